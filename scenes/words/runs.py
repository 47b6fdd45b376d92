"""The fate of a run in few words, all of them true."""

from __future__ import annotations

from momentum_math import Place
from momentum_math.story import RunStory
from scenes.words.names import counts_from_zero, loss_word, minimum_name
from scenes.words.numbers import counted, loss, number


def upper_first(text: str) -> str:
    """The text as it begins a sentence; Greek letters are symbols, and stay as they are."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def ending(one: RunStory) -> str:
    """The manner and the step in which a run ended before its last one."""
    if one.fell:
        return f"out of sight downwards at step {one.ended_at}"
    return f"{one.run.status} at step {one.ended_at}"


# Where -> if it has stood there since the start, or came there. In a local minimum a run may still
# move a little: it ends there.
_RESTING = {
    Place.LOWEST: ("stands at the minimum", "rests at the minimum"),
    Place.LOCAL_MINIMUM: ("stands in a local minimum", "ends in a local minimum"),
    Place.SADDLE_POINT: ("stands on a saddle point", "rests at a saddle point"),
    Place.FLAT: ("stands where it is flat", "rests where it is flat"),
}


def resting(one: RunStory) -> str:
    """The place of a run's rest in words; empty where it came to none."""
    if one.rest is None:
        return ""
    since_start, later = _RESTING[one.rest.place]
    return since_start if one.rest.since_start else later


def _is_resting_noted(one: RunStory) -> bool:
    """Whether the place of a run's rest is worth more words than the steps that it took."""
    return one.rest is not None and (one.rest.since_start or one.rest.place is not Place.LOWEST)


def verdict(one: RunStory) -> str:
    """Second line over a panel: how it went."""
    run, experiment = one.run, one.story.experiment
    if one.ended_at is not None:
        return upper_first(ending(one))
    if _is_resting_noted(one):
        return upper_first(resting(one))
    how = manner(one) if one.ends_in is None else f"Ends in {minimum_name(one.ends_in)}"
    if experiment.threshold is None or one.story.starts_at_minimum:
        return how
    if run.first_below is None:
        return f"{how}, not within {counted(experiment.steps)}"
    if run.stays_below is None:
        return f"{how}, below at step {run.first_below}, not for good"
    return f"{how} ({counted(run.stays_below)} to converge)"


def verdicts(one: RunStory) -> list[str]:
    """Ways to say how it went, the longest first."""
    short = upper_first(steps_taken(one))
    return [verdict(one), short, _shortest_verdict(one) or short]


def _shortest_verdict(one: RunStory) -> str:
    """The verdict in two or three words, where the steps would not tell; else empty."""
    if one.ended_at is not None:
        return upper_first(ended_as(one))
    if one.rest is not None and _is_resting_noted(one):
        return _PLACES[one.rest.place]
    return "Not for good" if one.comes_and_goes else ""


_PLACES = {
    Place.LOWEST: "The minimum",
    Place.LOCAL_MINIMUM: "Local minimum",
    Place.SADDLE_POINT: "Saddle point",
    Place.FLAT: "Flat ground",
}


def ended_as(one: RunStory) -> str:
    """The manner in which a run ended before its last step, in a word or three."""
    return "out of sight" if one.fell else str(one.run.status)


def manner(one: RunStory) -> str:
    """One to three words for how a run moves."""
    experiment = one.story.experiment
    if one.is_too_large:
        return "Overshoots"
    moves = "Smooth"
    if one.oscillates(experiment.map.steps):
        moves = "Oscillates" if one.beta is None else "Swings"
    if experiment.threshold is None or len(one.story.runs) == 1:
        return moves
    if one is one.story.fastest:
        return f"{moves}, faster"
    return f"{moves}, slow" if one.is_slow else moves


def steps_taken(one: RunStory) -> str:
    """The steps that a contender needed in words, or its ending."""
    run, experiment = one.run, one.story.experiment
    if one.ended_at is not None:
        return f"{ended_as(one)} at {one.ended_at}"
    if _is_resting_noted(one):
        return resting(one)
    if experiment.threshold is None or one.story.starts_at_minimum:
        return f"{loss_word(one.story)} {number(one.loss_at(run.trajectory.n))}"
    if run.first_below is None:
        return f"not in {experiment.steps}"
    if run.stays_below is None:
        return f"at {run.first_below}, not for good"
    return counted(run.stays_below)


def final_loss(one: RunStory) -> str:
    """A run's last loss in words, or its ending."""
    if one.ended_at is not None:
        return ending(one)
    steps = one.story.experiment.steps
    return f"{loss_word(one.story)} {number(one.loss_at(steps))} after {counted(steps)}"


def loss_counters(one: RunStory, step: int) -> list[str]:
    """Ways to write a run's loss at a step, the longest first."""
    is_over = one.has_ended(step)
    text = ended_as(one) if is_over else loss(one.loss_at(step))
    if not counts_from_zero(one.story):
        return [f"loss − min {text}", text]
    return [text] if is_over or text == "∞" else [f"loss {text}", text]
