"""The fate of a run in few words, all of them true."""

import numpy as np

from momentum_math import Place
from momentum_math.optimizers.own import CustomRule
from momentum_math.story import RunStory, data_end, is_recorded
from scenes.words.names import counts_from_zero, loss_word
from scenes.words.numbers import counted, loss, number


def upper_first(text: str) -> str:
    """The text as it begins a sentence; Greek letters are symbols, and stay as they are."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def ending(one: RunStory) -> str:
    """The manner and the step in which a run ended before its last one."""
    if one.fell:
        return f"out of sight downwards at step {one.ended_at}"
    return f"{one.run.status} at step {one.ended_at}"


def undefined(one: RunStory) -> str:
    """What is undefined where a run stopped: the slope, or somebody's own rule."""
    with np.errstate(all="ignore"):
        slope = one.story.landscape.gradient(one.run.trajectory.points[-1])
    is_own = isinstance(one.run.contender.optimizer, CustomRule) and np.isfinite(slope).all()
    return "its rule" if is_own else "the slope"


# Where -> if it has stood there since the start, if it came there, and in short. In a local minimum
# a run may still move a little: it ends there.
_RESTING = {
    Place.LOWEST: ("stands at the minimum", "rests at the minimum", "The minimum"),
    Place.LOCAL_MINIMUM: ("stands in a local minimum", "ends in a local minimum", "Local minimum"),
    Place.SADDLE_POINT: ("stands on a saddle point", "rests at a saddle point", "Saddle point"),
    Place.FLAT: ("stands where it is flat", "rests where it is flat", "Flat ground"),
}


def resting(one: RunStory) -> str:
    """The place of a run's rest in words; empty where it came to none."""
    if one.rest is None:
        return ""
    since_start, later, _ = _RESTING[one.rest.place]
    return since_start if one.rest.since_start else later


def verdicts(one: RunStory) -> list[str]:
    """Ways to say how it went, the longest first; the last one in two or three words."""
    return list(map(upper_first, _fate(one)))


def steps_taken(one: RunStory) -> str:
    """The steps that a contender needed in words, or its ending."""
    return _fate(one)[1]


def _fate(one: RunStory) -> tuple[str, str, str]:
    """How it went: in a line, in steps, and in as few words as can be."""
    run, experiment = one.run, one.story.experiment
    if one.ended_at is not None:
        return ending(one), f"{ended_as(one)} at {one.ended_at}", ended_as(one)
    if one.rest and (one.rest.since_start or one.rest_elsewhere):  # worth more than its steps
        return resting(one), resting(one), _RESTING[one.rest.place][-1]
    how = manner(one) if one.ends_in is None else _end(one, one.ends_in)
    if experiment.threshold is None or one.story.starts_at_minimum:
        last = f"{loss_word(one.story)} {number(one.loss_at(run.trajectory.n))}"
        return how, last, "not for good" if one.comes_and_goes else last
    if run.first_below is None:
        steps = counted(experiment.steps)
        return f"{how}, not within {steps}", f"not in {steps}", f"not in {experiment.steps}"
    if run.stays_below is None:
        first = run.first_below
        return (
            f"{how}, below at step {first}, not for good",
            f"at {first}, not for good",
            "not for good",
        )
    steps = counted(run.stays_below)
    return f"{how} ({steps} to converge)", steps, steps


def _end(one: RunStory, minimum: int) -> str:
    """The minimum, one of several, in which a run ends: as one reads it off the map."""
    x, y = (number(part, 2) for part in one.story.minima[minimum])
    return f"Ends at ({x}, {y})"


def ended_as(one: RunStory) -> str:
    """The manner in which a run ended before its last step, in a word or three."""
    return "out of sight" if one.fell else str(one.run.status)


def manner(one: RunStory) -> str:
    """One to three words for how a run moves."""
    experiment = one.story.experiment
    if one.is_too_large:
        return "Overshoots"
    if is_recorded(one):  # its path is only seen in a plane: how it moves is not
        return "Recorded"
    moves = "Smooth"
    if one.oscillates(experiment.map.steps):
        has_beta = one.remembers or one.beta is not None
        moves = "Swings" if has_beta else "Oscillates"
    if experiment.threshold is None or len(one.story.runs) == 1:
        return moves
    if one is one.story.fastest:
        return f"{moves}, faster"
    return f"{moves}, slow" if one.is_slow else moves


def loss_counters(one: RunStory, step: int) -> list[str]:
    """Ways to write a run's loss at a step, the longest first."""
    is_over = one.has_ended(step)
    text = ended_as(one) if is_over else loss(one.loss_at(step))
    if not counts_from_zero(one.story):
        return [f"loss − min {text}", text]
    last = data_end(one)
    if last is not None and last < step:
        return [f"loss {text} at step {last}", f"loss {text}", text]
    return [text] if is_over or text == "∞" else [f"loss {text}", text]
