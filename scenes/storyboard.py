"""The film as data: chapters, beats, seconds and words, told from an outcome. No Manim.

``tell`` is the only author: what it does not put into a beat is not said.
"""

from __future__ import annotations

from dataclasses import dataclass

from momentum_math import Outcome
from scenes import findings, words
from scenes.kit.pace import (
    SLOW_STEP_SECONDS,
    race_pace,
    reading_seconds,
    roll_rate,
    slow_steps,
    whole_seconds,
)


@dataclass(frozen=True)
class Beat:
    """One thing that happens.

    Attributes:
        name: unique in its chapter.
        seconds: a multiple of 0.2, so exact at 15, 30 and 60 frames a second.
        caption: one full sentence for the caption track and the lecturer's notes.
        telling: the few words at the bottom of the picture; empty keeps the beat silent.
    """

    name: str
    seconds: float
    caption: str
    telling: str = ""


@dataclass(frozen=True)
class Chapter:
    """One scene of the film: a name, a title for menus, and its beats in order."""

    name: str
    title: str
    beats: tuple[Beat, ...]

    @property
    def seconds(self) -> float:
        return round(sum(beat.seconds for beat in self.beats), 6)

    def __getitem__(self, name: str) -> Beat:
        return next(beat for beat in self.beats if beat.name == name)


@dataclass(frozen=True)
class Storyboard:
    """The whole film."""

    title: str
    chapters: tuple[Chapter, ...]

    @property
    def seconds(self) -> float:
        return round(sum(chapter.seconds for chapter in self.chapters), 6)

    def __getitem__(self, name: str) -> Chapter:
        return next(chapter for chapter in self.chapters if chapter.name == name)


def _still(name: str, seconds: float, caption: str, telling: str) -> Beat:
    """A beat that waits, if need be, until its words are read."""
    return Beat(name, max(seconds, reading_seconds(telling)), caption, telling)


def tell(outcome: Outcome) -> Storyboard:
    """The film of an outcome: which chapters, how long, in which words.

    Args:
        outcome: of any valid experiment.

    Returns:
        Chapters in the order of the film; those that make no sense for the data are left out.
    """
    told = [_ravine, _zigzag, _memory, _descent, _loss_race, _dial, _summary]
    if not findings.anyone_moves(outcome):
        told = [_ravine, _descent, _summary]
    chapters = (chapter(outcome) for chapter in told)
    return Storyboard(outcome.experiment.title, tuple(c for c in chapters if c is not None))


def _ravine(outcome: Outcome) -> Chapter:
    experiment, bowl = outcome.experiment, findings.basin(outcome)
    beats = [
        Beat(
            "title",
            round(2.2 + 0.4 * len(outcome.runs), 1),
            words.headed(experiment.title, words.fairness(outcome)),
        ),
        Beat("rings", 3.4, *_ring_words(outcome)),
    ]
    if bowl is None and findings.saddle(outcome) is not None:
        beats.append(Beat("bowl", 4.4, *_saddle_words(outcome)))
    elif bowl is None:
        beats.append(
            Beat("formula", 2.4, "This is the loss as a formula.", "The loss, as a formula.")
        )
    else:
        beats.append(Beat("bowl", 4.4, *_bowl_words(outcome)))
    beats.append(Beat("downhill", 4.0, *_downhill_words(outcome)))
    return Chapter("ravine", _landscape_title(outcome), tuple(beats))


def _ring_words(outcome: Outcome) -> tuple[str, str]:
    marks = words.marks_sentence(outcome)
    if not outcome.experiment.map.rings:
        said = "This is the map, without rings: the loss goes up and down too fast for them here."
        return f"{said} {marks}".strip(), f"Too fine for rings of equal loss. {marks}".strip()
    said = "This is the loss from above: each ring joins points of equal loss."
    return f"{said} {marks}".strip(), f"Each ring: equal loss. {marks}".strip()


def _landscape_title(outcome: Outcome) -> str:
    landscape = outcome.experiment.landscape
    if landscape.name == "saddle":
        return "A saddle"
    if len(findings.homes(outcome)) > 1:
        return "Several valleys"
    return "A ravine" if findings.is_ravine(outcome) else "The landscape"


def _bowl_words(outcome: Outcome) -> tuple[str, str]:
    bowl = findings.basin(outcome)
    high, low, kappa = (words.number(v) for v in (bowl.high, bowl.low, bowl.condition))
    several = len(findings.homes(outcome)) > 1
    where = "At the minimum nearest to the best run's end" if several else "At the minimum"
    if findings.is_ravine(outcome):
        ravine = f"{where} it is a ravine" if several else "It is a ravine"
        return (
            f"{ravine}: the curvature is {high} across and {low} along, a ratio of {kappa}.",
            "Steep across the valley, almost flat along it.",
        )
    if high == low:
        return f"{where} the curvature is {high}, whichever way one looks.", "A round bowl."
    return (
        f"{where} the curvature is {high} one way and {low} the other.",
        "The same bowl, cut along its two axes.",
    )


def _saddle_words(outcome: Outcome) -> tuple[str, str]:
    bend = findings.saddle(outcome)
    return (
        f"It is a saddle: the curvature is {words.number(bend.high)} one way and {words.number(bend.low)} the other.",
        "Up one way, down the other: flat only in the middle.",
    )


def _downhill_words(outcome: Outcome) -> tuple[str, str]:
    slope = findings.slope_at_start(outcome)
    if slope is None:
        said = "At the start the slope is undefined: there is no way to step."
        return said, said
    if not slope.any():
        lowest = findings.start_is_lowest(outcome)
        where = "It stands at the minimum" if lowest else "At the start the slope is zero"
        if outcome.experiment.noise is not None:
            return f"{where}: only the noise moves it.", f"{where}: only noise moves it."
        return f"{where}: nothing pulls.", f"{where}: nothing pulls."
    both = findings.downhill(outcome)
    if both is not None and both[1] > 2 * both[0]:
        along, across = (words.number(part) for part in both)
        if both[0] <= 1e-9 * both[1]:
            said = "Downhill points straight across the valley."
            return f"At the start, the steepest way down points straight across: {across}.", said
        return (
            f"At the start, the steepest way down points across the valley: {across} across, only {along} along.",
            "Downhill points across the valley, hardly along it.",
        )
    return (
        "At the start, the arrow points down the steepest slope.",
        "The start, and the steepest way down.",
    )


def _zigzag(outcome: Outcome) -> Chapter:
    optimizer = findings.baseline(outcome).contender.optimizer
    title = "Plain gradient descent" if optimizer.name == "gd" else optimizer.method
    beats = [
        Beat("first_steps", 6.4, *_first_steps_words(outcome)),
        Beat("crawl", 4.4, *_crawl_words(outcome)),
    ]
    if findings.factors(outcome) is not None:
        beats.append(_still("limit", 4.4, *_limit_words(outcome)))
    return Chapter("zigzag", title, tuple(beats))


def _limit_words(outcome: Outcome) -> tuple[str, str]:
    own = findings.baseline(outcome).contender.optimizer.lr
    limit, lr = words.number(findings.lr_limit(outcome)), words.number(own)
    if own < findings.lr_limit(outcome) and not findings.zigzags(outcome):
        if findings.factors(outcome)[1] < 0:  # only the start hides it
            return (
                f"From a step size of {limit} on, the smallest push across would grow with each step.",
                f"Why not a larger α? From {limit} on, any push across grows.",
            )
        return (
            f"From a step size of {limit} on, it no longer converges.",
            f"Why not a larger α? From {limit} on, it no longer converges.",
        )
    if own < findings.lr_limit(outcome):
        return (
            f"A larger step size is no way out: from {limit} on, the zigzag never dies.",
            f"Why not a larger α? From {limit} on, the zigzag never dies.",
        )
    if not findings.zigzags(outcome):
        said = f"α = {lr} is beyond the limit {limit}; only the start on the axis hides it."
        return said, said
    if own == findings.lr_limit(outcome):
        said = f"α = {lr} is the limit: the zigzag never dies."
        return said, said
    return (
        f"The step size {lr} is beyond the limit of {limit}: across, every step is longer than the last.",
        f"α = {lr} is beyond the limit {limit}: the zigzag grows.",
    )


def _first_steps_words(outcome: Outcome) -> tuple[str, str]:
    both = findings.factors(outcome)
    if both is not None and findings.zigzags(outcome):
        along, across = (words.factor(f) for f in both)
        if both[1] <= -1:
            again = "Every step overshoots, as far as the last."
            said = "Every step overshoots, further than the last." if both[1] < -1 else again
        elif findings.is_ravine(outcome):
            said = "Every step overshoots across, and gains little along."
        elif both[0] < 0:
            said = "Every step overshoots."
        else:
            said = "Every step overshoots in one direction."
        caption = f"Each step multiplies the distance across the valley by {across}, and along it by {along}."
        if not findings.is_ravine(outcome):
            caption = f"Each step multiplies one distance by {across}, and the other by {along}."
        return caption, said
    return "The first steps, each along its arrow.", "The first steps, each along its arrow."


def _crawl_words(outcome: Outcome) -> tuple[str, str]:
    run, steps = findings.baseline(outcome), outcome.experiment.map.steps
    ended = run.trajectory.ended_at
    if run.status == "diverged":
        falls = findings.fell(outcome, outcome.experiment.baseline)
        said = f"{'Down and down' if falls else 'It diverges'}: at step {ended} it is out of sight."
        return said, said
    if run.status == "stopped":
        said = f"It stops at step {ended}: there the slope is undefined."
        return said, said
    place = findings.rests_elsewhere(outcome, outcome.experiment.baseline)
    if place is not None and steps == outcome.experiment.steps:
        said = f"Then faster. {words.resting_of(outcome, outcome.experiment.baseline)}."
        return said, said
    if (
        findings.is_ravine(outcome)
        and findings.turns_back(run, steps)
        and outcome.experiment.noise is None
    ):
        gone = findings.zigzag_gone(outcome)
        if gone is not None and 1 < gone < steps:
            return (
                f"The zigzag has died down by step {gone}. What remains is the crawl along the valley floor.",
                f"The zigzag is gone by step {gone}. The crawl remains.",
            )
    said = f"Then faster: the first {steps} steps." if steps > 1 else "There is only one step."
    return said, said


def _memory(outcome: Outcome) -> Chapter | None:
    if findings.remembering(outcome) is None:
        return None
    first, second, third = words.intuition(outcome)
    return Chapter(
        "memory",
        "Give it a memory",
        (
            Beat(
                "plain_rule",
                3.6,
                "Plain gradient descent only sees the gradient where it stands.",
                "Plain descent sees only the gradient here and now.",
            ),
            Beat(
                "remember",
                5.4,
                "Momentum keeps a velocity v: part of what it remembers, and part of what it sees now.",
                "Momentum keeps a velocity v, and steps along it.",
            ),
            Beat("add_up", 7.0, *_books_words(outcome)),
            Beat("compound", 4.0, f"{first} {second} {third}", f"{second} {third}"),
        ),
    )


def _books_words(outcome: Outcome) -> tuple[str, str]:
    if findings.cancels_across(outcome):
        return (
            "Across the valley the gradients change sign and cancel in v; along the valley they agree and add up.",
            "Across, the gradients change sign. Along, they agree.",
        )
    return (
        "The bars are the gradients at each step; the line is the velocity that remembers them.",
        "Bars: the gradients. Line: the velocity that remembers.",
    )


def _descent(outcome: Outcome) -> Chapter:
    steps = outcome.experiment.map.steps
    slow, rate = slow_steps(steps), roll_rate(steps)
    one_by_one = "The first steps, one by one." if slow > 1 else "The first step."
    together = "All in lockstep" if len(outcome.runs) > 1 else "Onwards"
    roll = f"{together}: one dot, one step." if rate == 5 else f"{together}, {rate} steps a second."
    taken = f"It takes {words.counted(steps)}."
    if len(outcome.runs) > 1:
        taken = f"All take {words.counted(steps)} in lockstep."
    if not findings.anyone_moves(outcome):
        one_by_one = roll = "Nobody moves." if len(outcome.runs) > 1 else "It does not move."
        taken = f"{roll[:-1]}, not in {words.counted(steps)}."
    elif slow == steps:
        roll = one_by_one
    return Chapter(
        "descent",
        "Side by side",
        (
            _still("line_up", 2.0, words.fairness(outcome), words.fairness(outcome)),
            Beat("one_by_one", round(slow * SLOW_STEP_SECONDS, 1), one_by_one, one_by_one),
            Beat(
                "roll",
                max(0.4, whole_seconds((steps - slow) / rate)),
                taken,
                roll,
            ),
            _still(
                "verdict",
                4.4,
                words.losses_sentence(outcome, steps),
                words.standing(outcome, steps),
            ),
        ),
    )


def _loss_race(outcome: Outcome) -> Chapter:
    experiment, steps = outcome.experiment, outcome.experiment.steps
    rate, slow, pause = race_pace(steps)
    lead, arrivals = words.lead_sentence(outcome), words.arrivals_sentence(outcome)
    late = findings.latecomer(outcome)
    aim = (
        ""
        if experiment.threshold is None
        else f", with the threshold at {words.threshold(experiment.threshold)}"
    )
    kind = words.axis_kind(outcome)
    beats = [
        _still(
            "axes",
            2.6,
            f"Now the loss against the step, on a {kind}{aim}.",
            f"Now the loss, on a {kind}.",
        ),
        Beat("lead", round(pause / rate, 1), lead, lead),
        Beat("finish", round((slow - pause) / rate, 1), arrivals, arrivals),
        Beat(
            "tail",
            max(0.4, whole_seconds((steps - slow) / (2 * rate))),
            f"{'The race' if len(outcome.runs) > 1 else 'It'} goes on to step {steps}.",
            arrivals,
        ),
    ]
    if late is None:
        order = f"After {words.counted(steps)} the order stands."
        beats.append(Beat("rest", 2.0, order if len(outcome.runs) > 1 else arrivals, arrivals))
    else:
        name, (step, lowest) = words.named(outcome, late.index), late.lowest
        beats.append(
            _still(
                "bound",
                5.0,
                f"{name} does not arrive within {words.counted(steps)}; its lowest loss is {words.number(lowest, 2)} at step {step}. "
                f"But its bound shrinks by a factor of {words.number(late.rate)} a step, and it would stay below from step {late.stays}.",
                f"{name}: not within {steps}. It would stay below from step {late.stays}.",
            )
        )
    return Chapter("loss_race", "The race", tuple(beats))


def _dial(outcome: Outcome) -> Chapter | None:
    swept = findings.dial(outcome)
    if swept is None:
        return None
    best, needed = words.beta(swept.best_beta), words.counted(swept.best_steps)
    soonest = f"at {best} it arrives soonest, " if swept.best_beta > 0 else ""
    at_best = (
        f"At this step size no memory is best: {needed} until the loss stays below the threshold.",
        f"At this α no memory is best: β = 0 takes {needed}.",
    )
    if swept.best_beta > 0:
        at_best = (
            f"At this step size the best is β = {best}: {needed} until the loss stays below the threshold.",
            f"At this α the best is β = {best}: {needed}.",
        )
    beats = [
        Beat(
            "turn",
            9.0,
            f"Turn β from 0 to 0.99: at 0 it is plain descent, {soonest}near 1 it overshoots.",
            "β → 0: behaves like plain descent.   β → 1: overshoots.",
        ),
        _still("best", 3.4, *at_best),
    ]
    if swept.pair is not None:
        lr, beta, steps = swept.pair
        gain = words.times_fewer(outcome, steps)
        beats.append(
            Beat(
                "both",
                6.0,
                f"Turn both knobs: step size {words.number(lr)} and β = {words.beta(beta)} take {words.counted(steps)}{gain}.",
                f"Turn both: α = {words.number(lr)}, β = {words.beta(beta)}: {words.counted(steps)}{gain}.",
            )
        )
    return Chapter("dial", "Two knobs" if swept.pair is not None else "The knob", tuple(beats))


def _summary(outcome: Outcome) -> Chapter:
    return Chapter(
        "summary",
        outcome.experiment.title,
        (
            Beat("assemble", 3.0, words.on_one_page(outcome.experiment.title)),
            Beat("hold", 7.0, words.moral(outcome)),
        ),
    )
