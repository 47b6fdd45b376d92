"""What is written on screen: numbers and names. No Manim.

Every number comes from the data; a phrase that would be false for them is not made.
"""

from __future__ import annotations

import math
import re

import numpy as np

from momentum_math import Outcome
from scenes import findings

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


# --- numbers ---------------------------------------------------------------------------------


def number(value: float, digits: int = 3) -> str:
    """A number with ``digits`` significant digits, as one writes it by hand.

    >>> number(-0.8), number(0.108481), number(1.479e-05, 2), number(100.0)
    ('−0.8', '0.108', '1.5 × 10⁻⁵', '100')
    """
    mantissa, exponent = _scientific(value, digits)
    if -4 <= exponent < 6:
        text = _trimmed(f"{value:.{max(0, digits - 1 - exponent)}f}")
    else:
        text = power(exponent) if mantissa == "1" else f"{mantissa} × {power(exponent)}"
    return text.replace("-", "−")


def tex_number(value: float, digits: int = 3) -> str:
    """The same in LaTeX."""
    return number(value, digits).replace("−", "-")


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
    """The threshold, as a power of ten where it is one.

    >>> threshold(1e-3), threshold(0.02)
    ('10⁻³', '0.02')
    """
    exponent = math.log10(value)
    return power(round(exponent)) if abs(exponent - round(exponent)) < 1e-9 else number(value)


def signed(value: float) -> str:
    """A coordinate for a counter: always a sign, always three decimals.

    >>> signed(-3.928), signed(0.00001)
    ('−3.928', '+0.000')
    """
    text = f"{value:+.3f}".replace("-0.000", "+0.000")
    return text.replace("-", "−")


def bracketed(value: float) -> str:
    """A factor, a negative one in brackets.

    >>> bracketed(-0.8), bracketed(0.982)
    ('(−0.8)', '0.982')
    """
    return f"({number(value)})" if value < 0 else number(value)


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


def verdicts_of(outcome: Outcome, index: int) -> list[str]:
    """Ways to say how it went, the longest first."""
    return [verdict_of(outcome, index), steps_taken(outcome, index).capitalize()]


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
    if run.status in ("diverged", "stopped"):
        return f"{run.status.capitalize()} at step {run.trajectory.ended_at}"
    manner, home = manner_of(outcome, index), findings.ends_in(outcome, index)
    if home is not None:
        manner = f"Ends in {minimum_name(home)}"
    if outcome.experiment.threshold is None:
        return manner
    if run.first_below is None:
        return f"{manner}, not within {steps} steps"
    if run.stays_below is None:
        return f"{manner}, below at step {run.first_below}, not for good"
    return f"{manner} ({run.first_below} steps to converge)"


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
    return f"{moves}, {'faster' if index == findings.swiftest(outcome) else 'slow'}"


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
        leader = findings.ranking(outcome, outcome.experiment.steps)[0]
        return f"In front at the end: {short_name(outcome, leader)}."
    index, step = passed
    return f"From step {step} on, {short_name(outcome, index)} is ahead of {short_name(outcome, base)}."


def arrivals_sentence(outcome: Outcome) -> str:
    """Who comes below the threshold, and when; who diverges where there is none."""
    steps, runs = outcome.experiment.steps, outcome.runs
    lost = [
        f"{short_name(outcome, i)} at step {r.trajectory.ended_at}"
        for i, r in enumerate(runs)
        if r.status == "diverged"
    ]
    if outcome.experiment.threshold is None:
        return (
            f"Out of sight: {', '.join(lost[:3])}."
            if lost
            else "Down and down: there is no lowest loss."
        )
    limit = threshold(outcome.experiment.threshold)
    arrived = sorted(
        (run.first_below, i) for i, run in enumerate(runs) if run.first_below is not None
    )
    if not arrived:
        return f"Nobody is below {limit} within {steps} steps."
    return f"Below {limit}: {', '.join(f'{short_name(outcome, i)} at {step}' for step, i in arrived[:3])}."


def standing(outcome: Outcome, step: int) -> str:
    """Who is ahead at a step, and against which loss."""
    leader, *others = findings.ranking(outcome, step)
    first = number(findings.loss_at(outcome, leader, step))
    if not others:
        return f"At step {step} the loss is {first}."
    second = number(findings.loss_at(outcome, others[0], step))
    if first == second:
        return f"At step {step}, {short_name(outcome, leader)} and {short_name(outcome, others[0])} are level: {first}."
    still = (
        "still " if findings.overtaking(outcome) and leader == outcome.experiment.baseline else ""
    )
    return (
        f"At step {step}, {short_name(outcome, leader)} is {still}ahead: {first} against {second}."
    )


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
    said = _COUNTED.get(round(ratio), f"{round(ratio)} times")
    return (
        f", {said} fewer"
        if abs(ratio - round(ratio)) <= 0.1 * round(ratio)
        else f", {number(ratio, 2)} times fewer"
    )


_COUNTED = {2: "half as many", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}


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
    return f"Loss f(θ) − ({number(minimum)})" if minimum < 0 else f"Loss f(θ) − {number(minimum)}"


def axis_kind(outcome: Outcome) -> str:
    """What kind of axis the losses stand on."""
    return (
        "log scale" if outcome.experiment.landscape.minimum is not None else "symmetric log scale"
    )


def race_title(outcome: Outcome) -> str:
    """What stands over the loss axis."""
    return f"{loss_name(outcome)}, {axis_kind(outcome)}, {outcome.experiment.steps} steps"


def board_race_titles(outcome: Outcome) -> list[str]:
    """Ways to head the board's loss curves, the longest first."""
    kind, steps = axis_kind(outcome), outcome.experiment.steps
    return [
        f"Loss vs. Optimisation Step ({kind}, {steps} steps)",
        f"Loss vs. Step ({kind}, {steps} steps)",
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
    if lies_along_axes(outcome) and abs(findings.basin(outcome).along[0]) > 0.5:
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
            ["β → 0: behaves like GD", "β = 0.9: typical sweet spot", "β → 1: overshoots"],
        ),
    ]


def steps_taken(outcome: Outcome, index: int) -> str:
    """How many steps a contender needed."""
    run = outcome.runs[index]
    if run.status in ("diverged", "stopped"):
        return f"{run.status} at {run.trajectory.ended_at}"
    if run.first_below is None:
        return f"not in {outcome.experiment.steps}"
    return f"{run.first_below} steps"


def moral(outcome: Outcome) -> str:
    """The film in one sentence."""
    if findings.remembering(outcome) is None:
        return "Every run on one board, with its rule."
    first, second, third = intuition(outcome)
    return f"{first} {second} {third} Which β is best depends on the step size."
