"""Sentences about the race: who leads, who arrives, who is level, what all have in common."""

from collections.abc import Sequence

import numpy as np

from momentum_math import Place
from momentum_math.story import RunStory, Story, are_level, has_batches, is_recorded, starts
from scenes.words.names import loss_word, name_in_sentence
from scenes.words.numbers import alike, counted, number, threshold
from scenes.words.runs import ending, upper_first
from scenes.words.schedules import rate

MOST_NAMED = 3  # contenders in a sentence


def lead(story: Story) -> str:
    """The sentence about who takes the lead at which step."""
    steps = story.experiment.steps
    if story.overtaking is not None:
        index, step = story.overtaking
        ahead, behind = name_in_sentence(story.runs[index]), name_in_sentence(story.baseline)
        return f"From step {step} on, {ahead} is ahead of {behind}."
    ranked = story.ranking(steps)
    best, last = ranked[0], ranked[-1]
    if len(story.runs) == 1 and best.ended_at is not None:
        return f"{best.label}: {ending(best)}."
    if len(story.runs) == 1:
        loss = number(best.loss_at(steps))
        return f"{best.label}: {loss_word(story)} {loss} after {counted(steps)}."
    if leader := story.leader(steps):
        return f"In the end, {name_in_sentence(leader)} will be in front."
    if best.has_ended(steps):
        return "Nobody reaches the end."
    if not are_level(best, last, steps):
        return "At the end nobody is ahead: the best are level."
    return "At the end both are level." if len(story.runs) == 2 else "At the end all are level."


def arrivals(story: Story) -> str:
    """The sentence about who arrives at which step; about the endings without a threshold."""
    steps, is_alone = counted(story.experiment.steps), len(story.runs) == 1
    if story.experiment.threshold is None:
        return _endings(story)
    if story.starts_at_minimum:
        if is_alone:
            return "The noise moves it from the minimum."
        return "From the minimum, the noise moves everyone."
    limit = threshold(story.experiment.threshold)
    arrived = [one for one in story.runs if one.run.first_below is not None]
    if arrived:
        return _arrived(limit, sorted(arrived, key=lambda one: one.run.first_below or 0))
    reason = _why_nobody_arrives(story)
    if is_alone and reason:
        return f"Not below {limit} within {steps}: {reason}."
    if is_alone:
        return f"Not below {limit} within {steps}."
    if reason:
        return f"Nobody is below {limit} within {steps}: {reason}."
    return f"Nobody is below {limit} within {steps}."


def _arrived(limit: str, arrived: Sequence[RunStory]) -> str:
    """The sentence about who came below the threshold, the first one first."""
    named = arrived[:MOST_NAMED]
    if all(one.comes_and_goes for one in arrived):
        names = [f"{name_in_sentence(one)} at {one.run.first_below}" for one in named]
        return f"Below {limit}, not for good: {', '.join(names)}."
    return f"Below {limit}: {', '.join(map(_arrival, named))}."


def _arrival(one: RunStory) -> str:
    """A run's name and the step at which it came below the threshold, for good or not."""
    name, first, stays = name_in_sentence(one), one.run.first_below, one.run.stays_below
    if stays is None:
        return f"{name} at {first} (not for good)"
    return f"{name} at {first}" if stays == first else f"{name} at {first} (for good from {stays})"


# Why nobody arrives -> if it is one run, and if there are more.
_REASONS = {
    "one place": ("it ends in a local minimum", "all end in a local minimum"),
    "places": ("it ends in local minima", "all end in local minima"),
    "elsewhere": ("it rests elsewhere", "all end elsewhere"),
    "diverged": ("it diverges", "all diverge"),
    "stopped": ("it stops", "all stop"),
    "ended": ("it ends", "all end"),
}


def _why_nobody_arrives(story: Story) -> str:
    """The reason that all have: they rest elsewhere, or have ended; empty where there is none."""
    resting = [one.rest_elsewhere for one in story.runs if one.rest_elsewhere is not None]
    statuses = {str(one.run.status) for one in story.runs}
    if len(resting) == len(story.runs):
        where = {tuple(np.round(place.point, 6)) for place in resting}
        reason = "one place" if len(where) == 1 else "places"
        if any(place.place is not Place.LOCAL_MINIMUM for place in resting):
            reason = "elsewhere"
    elif all(one.ended_at is not None for one in story.runs):
        reason = statuses.pop() if len(statuses) == 1 else "ended"
    else:
        return ""
    alone, all_of_them = _REASONS[reason]
    return alone if len(story.runs) == 1 else all_of_them


def _endings(story: Story) -> str:
    """The sentence about the endings of runs without a threshold."""
    lost = [one for one in story.runs if one.run.status == "diverged"][:MOST_NAMED]
    if lost:
        told = ", ".join(f"{name_in_sentence(one)} at step {one.ended_at}" for one in lost)
        return f"Out of sight: {told}."
    places = {one: one.rest.place for one in story.runs if one.rest is not None}
    if Place.LOCAL_MINIMUM in places.values():  # where runs may still move a little
        placed = [one for one, at in places.items() if at in (Place.LOWEST, Place.LOCAL_MINIMUM)]
        words = ("It ends in a local minimum.", "All end in minima.", "In minima at the end")
    else:
        placed = list(places)
        words = ("It has come to rest.", "Everyone has come to rest.", "Come to rest")
    if len(placed) == len(story.runs):
        return words[0] if len(placed) == 1 else words[1]
    if placed:
        return f"{words[2]}: {', '.join(map(name_in_sentence, placed[:MOST_NAMED]))}."
    if story.landscape.minimum is None and not story.minima:
        return "Down and down: there is no lowest loss."
    return "Everyone is on the way."


def losses(story: Story, step: int) -> str:
    """The sentence with every loss at a step, or how the run ended."""
    told = ", ".join(
        f"{name_in_sentence(one)} {ending(one)}"
        if one.has_ended(step)
        else f"{number(one.loss_at(step))} for {name_in_sentence(one)}"
        for one in story.ranking(step)
    )
    if len(story.runs) == 1:
        return f"The {loss_word(story)} after {counted(step)}: {told}."
    if loss_word(story) == "loss":
        return f"The losses after {counted(step)}: {told}."
    return f"The losses above the minimum after {counted(step)}: {told}."


def standing(story: Story, step: int) -> str:
    """The sentence about who is ahead at a step, and against which loss."""
    best, *others = story.ranking(step)
    if not story.anyone_moves:
        return "Nobody has moved: there is no slope." if others else "It has not moved."
    if best.has_ended(step):
        return _standing_ended(best, is_alone=not others)
    name, loss = name_in_sentence(best), number(best.loss_at(step))
    if not others:
        return f"At step {step} the {loss_word(story)} is {loss}."
    if others[0].has_ended(step):
        return f"At step {step} only {name} is left: {loss}."
    if story.leader(step) is None:
        running = [one for one in (best, *others) if not one.has_ended(step)]
        level = [name_in_sentence(one) for one in running if are_level(best, one, step)]
        if len(level) == len(story.runs) > 2:
            return f"At step {step} all are level: {loss}."
        return f"At step {step}, {', '.join(level[:-1])} and {level[-1]} are level: {loss}."
    loss, second = alike(best.loss_at(step), others[0].loss_at(step))
    if story.overtaking is not None and best is story.baseline:
        return f"At step {step}, {name} is still ahead: {loss} against {second}."
    return f"At step {step}, {name} is ahead: {loss} against {second}."


def _standing_ended(best: RunStory, is_alone: bool) -> str:
    """The sentence about the best where it has ended itself."""
    name, last = name_in_sentence(best), best.ended_at
    if best.fell:
        if is_alone:
            return f"It is out of sight: at step {last}."
        return f"{upper_first(name)} is out of sight first: at step {last}."
    if is_alone:
        return f"It {best.run.status} at step {last}."
    return f"Nobody is left: {name} ran longest, to step {last}."


def _recorded(story: Story) -> str:
    """The sentence about runs some of which are shown as they were recorded."""
    names = [name_in_sentence(one) for one in story.runs if is_recorded(one)]
    start = "Same start" if len(starts(story)) == 1 else "Each from its own start"
    if len(names) < len(story.runs):
        return f"{start}, as recorded: {', '.join(names)}."
    return f"{start}, all as recorded." if len(names) > 1 else "A run as it was recorded."


def fairness(story: Story) -> str:
    """The sentence about what the contenders have in common."""
    if any(map(is_recorded, story.runs)):
        return _recorded(story)
    rates = {(one.lr, one.schedules.get("lr")) for one in story.runs}
    first = rate(story.runs[0])
    if len(story.runs) == 1:
        return f"From the start, {first}."
    if story.experiment.noise is None:
        if len(rates) == 1:
            return f"Same start, same {first}."
        return "Same start, each with its own α."
    noise = "mini-batches" if has_batches(story) else "noise"
    if len(rates) == 1:
        return f"Same start, same {first}, same {noise}."
    return f"Same start, each with its own α, same {noise}."


def at_the_start(story: Story) -> str:
    """The sentences before the first step: what all have in common, and whose aim is moved."""
    return f"{fairness(story)} {_aim(story)}".rstrip()


def _aim(story: Story) -> str:
    """The sentence about where weight decay pulls; empty where nobody has any."""
    names = [name_in_sentence(one) for one in story.runs if _decay(one) > 0.0]
    if not names:
        return ""
    who = " and ".join(names) if len(names) <= 2 else f"{len(names)} of them"
    it, aims = ("it", "aims") if len(names) == 1 else ("them", "aim")
    if not story.minima:
        return f"The weight decay of {who} also pulls {it} towards zero."
    if all(point == (0.0, 0.0) for point in story.minima):
        return f"The weight decay of {who} also pulls {it} to the minimum, at zero."
    return f"{who} {aims} beside the minimum: weight decay pulls {it} towards zero."


def _decay(one: RunStory) -> float:
    """How strongly a method pulls towards zero, whatever the loss."""
    decay: float = one.run.contender.settings.get("weight_decay", 0.0)
    return decay


ENDS = ".!?…。！？؟"  # of titles that are sentences


def headed(title: str, rest: str) -> str:
    """A title and what is said under it, as one line.

    >>> headed("A race", "same start."), headed("Half?", "same start.")
    ('A race: same start.', 'Half? Same start.')
    """
    if title[-1] in ENDS:
        return f"{title} {upper_first(rest)}"
    return f"{title}. {upper_first(rest)}" if ":" in title else f"{title}: {rest}"


_NUMERALS = {3: "three", 4: "four", 5: "five", 6: "six"}


def times_fewer(story: Story, steps: int) -> str:
    """The ratio to the baseline's steps, and its name, in words; empty if not worth saying."""
    base = story.baseline.run.stays_below
    if base is None or base < 1.5 * steps:
        return ""
    ratio, whole = base / steps, round(base / steps)
    if abs(ratio - whole) > 0.05 * whole:
        fewer = f"{number(ratio, 2)} times fewer than"
    elif whole == 2:
        fewer = "half as many as"
    else:
        fewer = f"{_NUMERALS.get(whole, whole)} times fewer than"
    return f"{fewer} {name_in_sentence(story.baseline)}"
