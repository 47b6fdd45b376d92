"""What is written on screen: numbers and names. No Manim.

Every number comes from the data; a phrase that would be false for them is not made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from momentum_math import Experiment, Formula, Outcome, Place, Run
from scenes import findings

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


# --- numbers ---------------------------------------------------------------------------------


def number(value: float, digits: int = 3) -> str:
    """A number with ``digits`` significant digits, as one writes it by hand.

    >>> number(-0.8), number(0.108481), number(1.479e-05, 2), number(100.0), number(-0.0)
    ('−0.8', '0.108', '1.5 × 10⁻⁵', '100', '0')
    """
    if value == 0:
        return "0"
    mantissa, exponent = _scientific(value, digits)
    if -4 <= exponent < 6:
        text = _trimmed(f"{value:.{max(0, digits - 1 - exponent)}f}")
    else:
        sign = {"1": "", "-1": "-"}.get(mantissa, f"{mantissa} × ")
        text = sign + power(exponent)
    return text.replace("-", "−")


def exact(value: float) -> str:
    """A number of the file, in all its digits.

    >>> exact(693147.18), exact(-3.0)
    ('693147.18', '−3')
    """
    digits = next(d for d in range(1, 18) if float(f"{value:.{d}g}") == value)
    return number(value, digits)


def counted(count: int, noun: str = "step") -> str:
    """A number of things.

    >>> counted(1), counted(0), counted(159)
    ('1 step', '0 steps', '159 steps')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def tex_number(value: float, digits: int = 3) -> str:
    r"""The same in LaTeX.

    >>> tex_number(0.1), tex_number(1e12), tex_number(-2.5e-6)
    ('0.1', '10^{12}', '-2.5 \\cdot 10^{-6}')
    """
    text = number(value, digits).replace("−", "-").replace(" × ", r" \cdot ")
    return re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"^{{{found[0].translate(_PLAIN)}}}", text)


def _scientific(value: float, digits: int) -> tuple[str, int]:
    """Mantissa and decimal exponent after rounding."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return _trimmed(mantissa), int(exponent)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def power(exponent: int) -> str:
    """A power of ten.

    >>> power(-3)
    '10⁻³'
    """
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def threshold(value: float) -> str:
    """The threshold, as a power of ten where it is a small or a large one.

    >>> threshold(1e-3), threshold(0.02), threshold(100.0)
    ('10⁻³', '0.02', '100')
    """
    exponent = math.log10(value)
    is_power = abs(exponent - round(exponent)) < 1e-9 and abs(exponent) > 2.5
    return power(round(exponent)) if is_power else number(value)


def signed(value: float, unit: float = 1.0) -> str:
    """A coordinate for a counter: always a sign, three decimals as long as they say something.

    >>> signed(-3.928), signed(0.00001), signed(-4e-06, 1e-06), signed(-7.6391617e16)
    ('−3.928', '+0.000', '−4.000 × 10⁻⁶', '−7.639 × 10¹⁶')
    """
    if abs(value / unit) >= LONGEST_COUNT:
        return ("−" if value < 0 else "+") + number(abs(value), 4)
    text = f"{value / unit:+.3f}".replace("-0.000", "+0.000")
    text = text.replace("-", "−")
    return text if unit == 1.0 else f"{text} × {power(round(math.log10(unit)))}"


LONGEST_COUNT = 1e4  # from here on a counter's digits after the first ones say nothing


def counter_unit(size: float) -> float:
    """What a counter of coordinates up to this size counts: ones, or a power of ten.

    >>> counter_unit(4.0), counter_unit(4e-06), counter_unit(2e5)
    (1.0, 1e-06, 100000.0)
    """
    exponent = math.floor(math.log10(size)) if size > 0 else 0
    return 1.0 if -2 <= exponent <= 3 else float(f"1e{exponent}")


def tick_texts(ticks: Sequence[float]) -> tuple[list[str], str]:
    """The numbers at an axis' ticks, and what the axis' name says of them where they are short.

    Numbers of many digits are counted in a power of ten; those that differ only in their last
    digits are counted from the first of them.

    >>> tick_texts([-4.0, -2.0, 0.0]), tick_texts([1e-6, 1.5e-6])
    ((['−4', '−2', '0'], ''), (['1', '1.5'], ' × 10⁻⁶'))
    >>> tick_texts([123456.2, 123456.4])
    (['0', '0.2'], ' − 123456.2')
    """
    texts = [number(tick) for tick in ticks]
    short = all(sum(map(str.isdigit, text)) <= MOST_DIGITS and "×" not in text for text in texts)
    if short and len(set(texts)) == len(texts):
        return texts, ""
    apart = min(b - a for a, b in pairwise(ticks)) if len(ticks) > 1 else abs(ticks[0])
    largest = max(abs(tick) for tick in ticks)
    if largest > 1e3 * apart:
        shifted, note = tick_texts([tick - ticks[0] for tick in ticks])
        base = number(abs(ticks[0]), 15)
        return shifted, f"{note} {'+' if ticks[0] < 0 else '−'} {base}"
    exponent = math.floor(math.log10(largest) + 1e-9)
    return [number(tick / 10.0**exponent) for tick in ticks], f" × {power(exponent)}"


MOST_DIGITS = 4  # of a number at a tick


def factor(value: float) -> str:
    """What each step multiplies by; one that only rounds to 1 is not 1.

    >>> factor(-0.8), factor(1.0), factor(1 - 1e-9)
    ('−0.8', '1', 'just under 1')
    """
    text = number(value)
    return text if text != "1" or value == 1 else f"just {'under' if value < 1 else 'over'} 1"


def bracketed(value: float) -> str:
    """A factor, a negative one in brackets.

    >>> bracketed(-0.8), bracketed(0.982)
    ('(−0.8)', '0.982')
    """
    return f"({factor(value)})" if value < 0 else factor(value)


def loss(value: float) -> str:
    """A loss for a counter: four decimals, or a power of ten where they say nothing.

    >>> loss(12.05), loss(0.108481), loss(0.00002)
    ('12.0500', '0.1085', '2.0 × 10⁻⁵')
    """
    if not math.isfinite(value):
        return "∞"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.4f}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × {power(int(exponent))}".replace("-", "−")


def beta(value: float) -> str:
    """β with two decimals, more where two would round it away.

    >>> beta(0.9), beta(0.995)
    ('0.90', '0.995')
    """
    return (
        f"{value:.2f}" if math.isclose(round(value, 2), value, abs_tol=1e-9) else number(value, 4)
    )


# --- names -----------------------------------------------------------------------------------


def axis_names(outcome: Outcome) -> tuple[str, str]:
    """Names of the map's axes; which is slow is said where the axes are those of a ravine."""
    if not lies_along_axes(outcome):
        return "θ₁", "θ₂"
    names = ("slow direction", "fast direction")
    first, second = names if abs(findings.basin(outcome).along[0]) > 0.5 else names[::-1]
    return f"θ₁ ({first})", f"θ₂ ({second})"


def ways(outcome: Outcome) -> tuple[str, str]:
    """What the directions of the larger and of the smaller curvature are called."""
    return ("across", "along") if findings.is_ravine(outcome) else ("one way", "the other")


def lies_along_axes(outcome: Outcome) -> bool:
    """Whether there is a ravine and it runs along one of the map's axes."""
    if not findings.is_ravine(outcome):
        return False
    return float(np.abs(findings.basin(outcome).along).min()) < 1e-6


def minimum_name(index: int) -> str:
    """What one of several minima is called: A, B and so on."""
    return chr(ord("A") + index)


def title_of(outcome: Outcome, index: int) -> str:
    """First line over a panel: the contender's label."""
    label = outcome.runs[index].contender.label
    return f"{label} (too large)" if findings.is_too_large(outcome, index) else label


def titles_of(outcome: Outcome, index: int) -> list[str]:
    """Ways to head a panel, the longest first."""
    return [
        title_of(outcome, index),
        outcome.runs[index].contender.label,
        short_name(outcome, index),
    ]


def loss_counters(outcome: Outcome, index: int, step: int) -> list[str]:
    """Ways to write a run's loss at a step, the longest first."""
    text = loss(findings.loss_at(outcome, index, step))
    if findings.has_ended(outcome, index, step):
        text = ended_as(outcome, index)
    if outcome.experiment.landscape.minimum in (None, 0.0):
        return [f"loss {text}", text] if text[-1].isdigit() or text[-1] in "⁰¹²³⁴⁵⁶⁷⁸⁹" else [text]
    return [f"loss − min {text}", text]


def verdicts_of(outcome: Outcome, index: int) -> list[str]:
    """Ways to say how it went, the longest first."""
    short = _upper_first(steps_taken(outcome, index))
    return [verdict_of(outcome, index), short, _shortest_verdict(outcome, index) or short]


def _shortest_verdict(outcome: Outcome, index: int) -> str:
    """How it went in two or three words, where the steps would not tell; else empty."""
    if outcome.runs[index].trajectory.ended_at is not None:
        return _upper_first(ended_as(outcome, index))
    place = findings.rest(outcome, index)
    if place is not None and (place.since_start or place.place is not Place.LOWEST):
        return _PLACES[place.place]
    return "Not for good" if findings.comes_and_goes(outcome, index) else ""


_PLACES = {
    Place.LOWEST: "The minimum",
    Place.LOCAL_MINIMUM: "Local minimum",
    Place.SADDLE_POINT: "Saddle point",
    Place.FLAT: "Flat ground",
}


def ended_as(outcome: Outcome, index: int) -> str:
    """What became of a run that ended before its last step, in a word or three."""
    return "out of sight" if findings.fell(outcome, index) else outcome.runs[index].status


def named(outcome: Outcome, index: int) -> str:
    """The short name as it stands in a sentence: one with a comma in quotation marks."""
    name = short_name(outcome, index)
    return f"“{name}”" if re.search("[,;،、，]", name) else name


def short_name(outcome: Outcome, index: int) -> str:
    """The name that stands at a curve: only what tells this contender from the others."""
    optimizer = outcome.runs[index].contender.optimizer
    others = [run.contender.optimizer for run in outcome.runs]
    plain = [other for other in others if other.name == "gd"]
    if optimizer.name == "gd" and len({other.lr for other in plain}) == len(plain):
        return "plain" if len(plain) == 1 else f"plain α = {number(optimizer.lr)}"
    methods = {other.name for other in others if other.name != "gd"}
    kin = [other for other in others if other.name == optimizer.name]
    if (
        len(methods) == 1
        and findings.has_beta(outcome.runs[index])
        and len({k.beta for k in kin}) == len(kin)
    ):
        return f"β = {beta(optimizer.beta)}"
    return outcome.runs[index].contender.label


def verdict_of(outcome: Outcome, index: int) -> str:
    """Second line over a panel: how it went, in few words, all of them true."""
    run, steps = outcome.runs[index], outcome.experiment.steps
    if run.trajectory.ended_at is not None:
        return ending_of(outcome, index)
    place = findings.rest(outcome, index)
    if place is not None and (place.since_start or place.place is not Place.LOWEST):
        return resting_of(outcome, index)
    manner, home = manner_of(outcome, index), findings.ends_in(outcome, index)
    if home is not None:
        manner = f"Ends in {minimum_name(home)}"
    if outcome.experiment.threshold is None or findings.start_is_lowest(outcome):
        return manner
    if run.first_below is None:
        return f"{manner}, not within {counted(steps)}"
    if run.stays_below is None:
        return f"{manner}, below at step {run.first_below}, not for good"
    return f"{manner} ({counted(run.stays_below)} to converge)"


def ending_of(outcome: Outcome, index: int) -> str:
    """How and when a run ended before its last step."""
    run = outcome.runs[index]
    if findings.fell(outcome, index):
        return f"Out of sight downwards at step {run.trajectory.ended_at}"
    return f"{run.status.capitalize()} at step {run.trajectory.ended_at}"


_RESTING = {
    Place.LOWEST: ("Stands at the minimum", "Rests at the minimum"),
    Place.LOCAL_MINIMUM: ("Stands in a local minimum", "Rests in a local minimum"),
    Place.SADDLE_POINT: ("Stands on a saddle point", "Rests at a saddle point"),
    Place.FLAT: ("Stands where it is flat", "Rests where it is flat"),
}


def resting_of(outcome: Outcome, index: int) -> str:
    """Where a run came to rest, or where it has stood since the start."""
    place = findings.rest(outcome, index)
    return _RESTING[place.place][0 if place.since_start else 1]


def manner_of(outcome: Outcome, index: int) -> str:
    """One to three words for how a run moves."""
    run = outcome.runs[index]
    if findings.is_too_large(outcome, index):
        return "Overshoots"
    moves = "Smooth"
    if findings.turns_back(run, outcome.experiment.map.steps):
        moves = "Swings" if findings.has_beta(run) else "Oscillates"
    if outcome.experiment.threshold is None or len(outcome.runs) == 1:
        return moves
    if index == findings.swiftest(outcome):
        return f"{moves}, faster"
    return f"{moves}, slow" if findings.is_slow(outcome, index) else moves


# --- formulas --------------------------------------------------------------------------------

# Parts of an update rule that have a colour; the longest first.
_ROLES = (
    (r"(1-\beta) \nabla L(\theta)", "gradient term"),
    (r"\nabla L(\theta)", "gradient"),
    (r"\beta v", "velocity term"),
    ("v", "velocity"),
)
_ROLE = dict(_ROLES)
_SPLIT = re.compile(
    "|".join(
        rf"(?<![a-zA-Z\\{{]){re.escape(tex)}(?![a-zA-Z])" if tex == "v" else re.escape(tex)
        for tex, _ in _ROLES
    )
)

ROLE_NAMES = {"velocity term": "what we remember", "gradient term": "what we see now"}


def rule_parts(line: str) -> list[tuple[str, str]]:
    r"""A line of an update rule as (LaTeX, role) parts.

    >>> rule_parts(r"\theta \leftarrow \theta - \alpha v")
    [('\\theta \\leftarrow \\theta - \\alpha', ''), ('v', 'velocity')]
    """
    parts, at = [], 0
    for match in _SPLIT.finditer(line):
        before = line[at : match.start()].strip()
        if before:
            parts.append((before, ""))
        role = _ROLE[match.group()]
        # In the line that makes the velocity, the bare gradient is all that is seen now.
        parts.append(
            (
                match.group(),
                "gradient term" if role == "gradient" and line.startswith("v ") else role,
            )
        )
        at = match.end()
    rest = line[at:].strip()
    return [*parts, (rest, "")] if rest else parts


# --- sentences -------------------------------------------------------------------------------


def lead_sentence(outcome: Outcome) -> str:
    """Who takes the lead when."""
    passed, base = findings.overtaking(outcome), outcome.experiment.baseline
    if passed is None:
        steps = outcome.experiment.steps
        if len(outcome.runs) == 1:
            return f"{outcome.runs[0].contender.label}: {_ends_with(outcome, 0)}."
        leader = findings.leader(outcome, steps)
        if leader is not None:
            return f"In front at the end: {named(outcome, leader)}."
        if all(findings.has_ended(outcome, i, steps) for i in range(len(outcome.runs))):
            return "Nobody reaches the end."
        last = findings.ranking(outcome, steps)[-1]
        if findings.level(outcome, findings.ranking(outcome, steps)[0], last, steps):
            return f"At the end {'both' if len(outcome.runs) == 2 else 'all'} are level."
        return "At the end nobody is ahead: the best are level."
    index, step = passed
    return f"From step {step} on, {named(outcome, index)} is ahead of {named(outcome, base)}."


def arrivals_sentence(outcome: Outcome) -> str:
    """Who comes below the threshold, and when; who diverges where there is none."""
    steps, runs = outcome.experiment.steps, outcome.runs
    if outcome.experiment.threshold is None:
        return _endings_sentence(outcome)
    if findings.start_is_lowest(outcome):
        return (
            "From the minimum, the noise moves everyone."
            if len(runs) > 1
            else "The noise moves it from the minimum."
        )
    limit = threshold(outcome.experiment.threshold)
    arrived = sorted(
        (run.first_below, i) for i, run in enumerate(runs) if run.first_below is not None
    )
    if arrived:
        brief = not any(run.stays_below is not None for run in runs)
        names = [
            f"{named(outcome, i)} at {step}{'' if brief else _for_how_long(runs[i])}"
            for step, i in arrived[:MOST_NAMED]
        ]
        return f"Below {limit}{', not for good' if brief else ''}: {', '.join(names)}."
    if len(runs) == 1:
        return f"Not below {limit} within {counted(steps)}{_why_not(outcome)}."
    return f"Nobody is below {limit} within {counted(steps)}{_why_not(outcome)}."


MOST_NAMED = 3  # contenders in a sentence


def _for_how_long(run: Run) -> str:
    """What has to be said of a run that comes below the threshold and rises over it again."""
    if run.stays_below is None:
        return " (not for good)"
    return "" if run.stays_below == run.first_below else f" (for good from {run.stays_below})"


def _why_not(outcome: Outcome) -> str:
    """Why nobody arrives, where all have the same reason: they rest elsewhere, or have ended."""
    everyone = range(len(outcome.runs))
    places = [findings.rests_elsewhere(outcome, i) for i in everyone]
    if all(place is not None for place in places):
        if all(place.place is Place.LOCAL_MINIMUM for place in places):
            one = len({tuple(np.round(place.point, 6)) for place in places}) == 1
            where = "a local minimum" if one else "local minima"
            return f": {'it rests' if len(places) == 1 else 'all rest'} in {where}"
        return f": {'it rests' if len(places) == 1 else 'all rest'} elsewhere"
    if all(outcome.runs[i].trajectory.ended_at is not None for i in everyone):
        statuses = {run.status for run in outcome.runs}
        verb = (
            {"diverged": "diverge", "stopped": "stop"}[statuses.pop()]
            if len(statuses) == 1
            else "end"
        )
        return f": {'it ' + verb + 's' if len(outcome.runs) == 1 else 'all ' + verb}"
    return ""


def _endings_sentence(outcome: Outcome) -> str:
    """How the runs fared where there is no threshold to reach."""
    lost = [
        f"{named(outcome, i)} at step {run.trajectory.ended_at}"
        for i, run in enumerate(outcome.runs)
        if run.status == "diverged"
    ]
    if lost:
        return f"Out of sight: {', '.join(lost[:MOST_NAMED])}."
    resting = [i for i in range(len(outcome.runs)) if findings.rest(outcome, i) is not None]
    if len(resting) == len(outcome.runs):
        return "Everyone has come to rest." if len(resting) > 1 else "It has come to rest."
    if resting:
        names = ", ".join(named(outcome, i) for i in resting[:MOST_NAMED])
        return f"Come to rest: {names}."
    falls = outcome.experiment.landscape.minimum is None and not findings.homes(outcome)
    return "Down and down: there is no lowest loss." if falls else "Everyone is on the way."


def _ends_with(outcome: Outcome, index: int) -> str:
    """How far a run has come at the end of its steps, or how it ended."""
    if outcome.runs[index].trajectory.ended_at is not None:
        return _lower_first(ending_of(outcome, index))
    steps = outcome.experiment.steps
    value = number(findings.loss_at(outcome, index, steps))
    return f"{loss_word(outcome)} {value} after {counted(steps)}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper_first(text: str) -> str:
    """The text as it begins a sentence; Greek letters are symbols, and stay as they are."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def headed(title: str, rest: str) -> str:
    """A title and what is said under it, as one line.

    >>> headed("A race", "same start."), headed("Half?", "same start.")
    ('A race: same start.', 'Half? Same start.')
    """
    if title[-1] in _ENDS:
        return f"{title} {_upper_first(rest)}"
    return f"{title}. {_upper_first(rest)}" if ":" in title else f"{title}: {rest}"


def on_one_page(title: str) -> str:
    """What the board is, in a sentence."""
    return f"{title} All on one page." if title[-1] in _ENDS else f"{title}, on one page."


_ENDS = ".!?…。！？؟"


def marks_sentence(outcome: Outcome) -> str:
    """What the crosses on the map are; nothing where no minimum is known."""
    count = len(findings.homes(outcome))
    if count == 0:
        return "There is no minimum." if outcome.experiment.landscape.name == "saddle" else ""
    lowest = len(outcome.experiment.landscape.minima)
    if count > 1:
        return "The crosses: the minima." if lowest == count else "The crosses: minima."
    return "The cross: the minimum." if lowest else "The cross: a minimum."


def cuts_name(outcome: Outcome) -> str:
    """What stands over the cuts through the bowl or the saddle."""
    if findings.basin(outcome) is None:
        return "cuts through the saddle"
    several = len(findings.homes(outcome)) > 1
    return "cuts through this minimum" if several else "cuts through the minimum"


def moral_of(agreement: float | None) -> str:
    """What became of the gradients in one direction."""
    if agreement is None:
        return "no slope"
    return "cancels out" if agreement < 0.5 else "adds up"


def losses_sentence(outcome: Outcome, step: int) -> str:
    """Everyone's loss after so many steps, or how it ended."""
    told = [
        f"{named(outcome, i)} {_lower_first(ending_of(outcome, i))}"
        if findings.has_ended(outcome, i, step)
        else f"{number(findings.loss_at(outcome, i, step))} for {named(outcome, i)}"
        for i in findings.ranking(outcome, step)
    ]
    word = loss_word(outcome).replace("loss", "losses" if len(told) > 1 else "loss", 1)
    return f"The {word} after {counted(step)}: {', '.join(told)}."


def standing(outcome: Outcome, step: int) -> str:
    """Who is ahead at a step, and against which loss."""
    if not findings.anyone_moves(outcome):
        return (
            "Nobody has moved: there is no slope." if len(outcome.runs) > 1 else "It has not moved."
        )
    leader, *others = findings.ranking(outcome, step)
    first = number(findings.loss_at(outcome, leader, step))
    if findings.has_ended(outcome, leader, step) and not findings.fell(outcome, leader):
        last = outcome.runs[leader].trajectory.ended_at
        if not others:
            return f"It {outcome.runs[leader].status} at step {last}."
        return f"Nobody is left: {named(outcome, leader)} ran longest, to step {last}."
    if findings.has_ended(outcome, leader, step):
        who = _upper_first(named(outcome, leader)) if others else "It"
        first_of_all = " first" if others else ""
        return f"{who} is out of sight{first_of_all}: at step {outcome.runs[leader].trajectory.ended_at}."
    if not others:
        return f"At step {step} the {loss_word(outcome)} is {first}."
    if findings.has_ended(outcome, others[0], step):
        return f"At step {step} only {named(outcome, leader)} is left: {first}."
    second = number(findings.loss_at(outcome, others[0], step))
    if findings.leader(outcome, step) is None:
        names = [
            named(outcome, i)
            for i in (leader, *others)
            if not findings.has_ended(outcome, i, step) and findings.level(outcome, leader, i, step)
        ]
        if len(names) == len(outcome.runs) > 2:
            return f"At step {step} all are level: {first}."
        return f"At step {step}, {', '.join(names[:-1])} and {names[-1]} are level: {first}."
    still = (
        "still " if findings.overtaking(outcome) and leader == outcome.experiment.baseline else ""
    )
    return f"At step {step}, {named(outcome, leader)} is {still}ahead: {first} against {second}."


def fairness(outcome: Outcome) -> str:
    """What the contenders have in common."""
    rates = {run.contender.optimizer.lr for run in outcome.runs}
    if len(outcome.runs) == 1:
        return f"From the start, α = {number(rates.pop())}."
    shared = f"same α = {number(rates.pop())}" if len(rates) == 1 else "each with its own α"
    noise = ", same noise" if outcome.experiment.noise is not None else ""
    return f"Same start, {shared}{noise}."


def times_fewer(outcome: Outcome, steps: int) -> str:
    """How many times fewer steps than the baseline, where that is worth saying."""
    base = findings.baseline(outcome).stays_below
    if base is None or base < 1.5 * steps:
        return ""
    ratio = base / steps
    if abs(ratio - round(ratio)) > 0.05 * round(ratio):
        return f", {number(ratio, 2)} times fewer"
    if round(ratio) == 2:
        return ", half as many"
    return f", {_COUNTED.get(round(ratio), f'{round(ratio)} times')} fewer"


_COUNTED = {3: "three times", 4: "four times", 5: "five times", 6: "six times"}


def bound(constant: float, rate: float) -> str:
    """A bound that shrinks with the step.

    >>> bound(12.1853, 0.99)
    'bound 12.2 · 0.99ᵏ'
    """
    return f"bound {number(constant)} · {number(rate)}ᵏ"


def loss_name(outcome: Outcome) -> str:
    """What the loss axis counts: the loss, or what it is above the minimum."""
    minimum = outcome.experiment.landscape.minimum
    if minimum in (None, 0.0):
        return "Loss f(θ)"
    lowest = " (the lowest found)" if is_found(outcome) else ""
    text = exact(minimum) if len(exact(minimum)) <= 12 else number(minimum, 6)
    return f"Loss f(θ) − ({text}){lowest}" if minimum < 0 else f"Loss f(θ) − {text}{lowest}"


def is_found(outcome: Outcome) -> bool:
    """Whether the minimum was not said, but found."""
    landscape = outcome.experiment.landscape
    return isinstance(landscape, Formula) and not landscape.is_said


def minimum_sentence(experiment: Experiment) -> str:
    """From where losses of a formula count whose file names no minimum; empty elsewhere."""
    landscape = experiment.landscape
    if not isinstance(landscape, Formula) or landscape.is_said or landscape.lowest is None:
        return ""
    found = landscape.lowest
    if not found.is_rest:
        reason = "no lowest point was found" if landscape.said is None else "the lowest loss met"
        return f"losses count from {exact(found.value)}: {reason}; minimum = … says another value"
    at = [f"({number(x, 6)}, {number(y, 6)})" for x, y in found.points[:3]]
    where = f" at {' and '.join(at)}" if at else ""
    return f"losses count from {exact(found.value)}, the lowest value found{where}"


def loss_word(outcome: Outcome) -> str:
    """What counters call a loss: as such, or what it is above the minimum."""
    return (
        "loss" if outcome.experiment.landscape.minimum in (None, 0.0) else "loss above the minimum"
    )


def axis_kind(outcome: Outcome) -> str:
    """What kind of axis the losses stand on."""
    return (
        "log scale" if outcome.experiment.landscape.minimum is not None else "symmetric log scale"
    )


def race_title(outcome: Outcome) -> str:
    """What stands over the loss axis."""
    return f"{loss_name(outcome)}, {axis_kind(outcome)}, {counted(outcome.experiment.steps)}"


def loss_axis_names(outcome: Outcome) -> list[str]:
    """Ways to name an axis of losses in few words, the longest first."""
    if outcome.experiment.landscape.minimum in (None, 0.0):
        return ["Loss f(θ)"]
    return [loss_name(outcome).removesuffix(" (the lowest found)"), "Loss − min"]


def board_race_titles(outcome: Outcome) -> list[str]:
    """Ways to head the board's loss curves, the longest first."""
    kind, steps = axis_kind(outcome), counted(outcome.experiment.steps)
    return [
        f"Loss vs. Optimisation Step ({kind}, {steps})",
        f"Loss vs. Step ({kind}, {steps})",
        f"Loss ({kind})",
    ]


# --- the board -------------------------------------------------------------------------------


def rules(outcome: Outcome) -> list[tuple[str, tuple[str, ...]]]:
    """Each method once: what it is called, and the LaTeX lines of its rule."""
    methods: dict[tuple[str, ...], str] = {}
    for run in outcome.runs:
        methods.setdefault(run.contender.optimizer.rule, run.contender.optimizer.method)
    return [(name, rule) for rule, name in methods.items()]


def intuition(outcome: Outcome) -> list[str]:
    """What a velocity does, in three short sentences."""
    lies_flat = lies_along_axes(outcome) and abs(findings.basin(outcome).along[0]) > 0.5
    if lies_flat and findings.cancels_across(outcome):
        return [
            "v accumulates past gradients.",
            "Vertical oscillations cancel out.",
            "Horizontal steps compound.",
        ]
    return [
        "v accumulates past gradients.",
        "What changes sign cancels out.",
        "What agrees compounds.",
    ]


def board_notes(outcome: Outcome) -> list[tuple[str, list[str]]]:
    """Headed notes for the board: what momentum does and what β does; or how everyone fared."""
    if findings.remembering(outcome) is None:
        return [
            (
                "In short",
                [
                    f"{short_name(outcome, i)}: {steps_taken(outcome, i)}"
                    for i in range(len(outcome.runs))
                ],
            )
        ]
    return [
        ("Key intuition", intuition(outcome)),
        (
            "Hyperparameter β",
            ["β → 0: behaves like GD", sweet_spot(outcome), "β → 1: overshoots"],
        ),
    ]


def sweet_spot(outcome: Outcome) -> str:
    """The β to remember: the usual one, or the best here where that is another."""
    swept = findings.dial(outcome)
    if swept is None or abs(swept.best_beta - USUAL_BETA) <= 0.05:
        return f"β = {number(USUAL_BETA)}: typical sweet spot"
    return f"β = {beta(swept.best_beta)}: soonest at this α"


USUAL_BETA = 0.9


def steps_taken(outcome: Outcome, index: int) -> str:
    """How many steps a contender needed."""
    run = outcome.runs[index]
    if run.trajectory.ended_at is not None:
        return f"{ended_as(outcome, index)} at {run.trajectory.ended_at}"
    place = findings.rest(outcome, index)
    if place is not None and (place.since_start or place.place is not Place.LOWEST):
        return _lower_first(resting_of(outcome, index))
    if outcome.experiment.threshold is None or findings.start_is_lowest(outcome):
        return f"{loss_word(outcome)} {number(findings.loss_at(outcome, index, run.trajectory.n))}"
    if run.first_below is None:
        return f"not in {outcome.experiment.steps}"
    if findings.comes_and_goes(outcome, index):
        return f"at {run.first_below}, not for good"
    return counted(run.stays_below)


def moral(outcome: Outcome) -> str:
    """The film in one sentence."""
    if findings.remembering(outcome) is None:
        return "Every run on one board, with its rule."
    if not findings.anyone_moves(outcome):
        return "Where there is no slope, nobody moves, whatever they remember."
    first, second, third = intuition(outcome)
    return f"{first} {second} {third} Which β is best depends on the step size."
