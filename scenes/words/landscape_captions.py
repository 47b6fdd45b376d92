"""What is said of the landscape and of plain descent on it: chapters ravine and zigzag."""

from __future__ import annotations

from momentum_math.story import Basin, Story
from scenes.words.numbers import factor, number
from scenes.words.runs import resting, upper_first
from scenes.words.said import Said, both_ways

# --- ravine ----------------------------------------------------------------------------------


def rings(story: Story) -> Said:
    """The words for the rings and the marks on the map."""
    marks = _marks(story)
    if not story.experiment.map.heights:
        said = "This is the map, without rings: the loss goes up and down too fast for them here."
        fewer = "Too fine for rings of equal loss."
        return Said(f"{said} {marks}", f"{fewer} {marks}") if marks else Said(said, fewer)
    if not marks:
        return Said(
            "This is the loss from above: each ring joins points of equal loss.",
            "Each ring: equal loss.",
        )
    return Said(
        f"This is the loss from above: each ring joins points of equal loss. {marks}",
        f"Each ring: equal loss. {marks}",
    )


def _marks(story: Story) -> str:
    """The sentence about the crosses on the map; empty where no minimum is known."""
    count, lowest = len(story.minima), len(story.landscape.minima)
    if count == 0:
        return "There is no minimum." if story.landscape.name == "saddle" else ""
    if count > 1:
        return "The crosses: the minima." if lowest == count else "The crosses: minima."
    return "The cross: the minimum." if lowest else "The cross: a minimum."


FORMULA = Said("This is the loss as a formula.", "The loss, as a formula.")


def curvatures(story: Story, basin: Basin) -> Said:
    """The words for the curvatures of the basin."""
    high, low = number(basin.high), number(basin.low)
    if story.is_ravine:
        kappa = number(basin.condition)
        ravine = "It is a ravine"
        if len(story.minima) > 1:
            ravine = "At the minimum nearest to the best run's end it is a ravine"
        return Said(
            f"{ravine}: the curvature is {high} across and {low} along, a ratio of {kappa}.",
            "Steep across the valley, almost flat along it.",
        )
    several = len(story.minima) > 1
    where = "At the minimum nearest to the best run's end" if several else "At the minimum"
    if high == low:
        return Said(f"{where} the curvature is {high}, whichever way one looks.", "A round bowl.")
    return Said(
        f"{where} the curvature is {high} one way and {low} the other.",
        "The same bowl, cut along its two axes.",
    )


def saddle(point: Basin) -> Said:
    """The words for the curvatures of the saddle point."""
    high, low = number(point.high), number(point.low)
    return Said(
        f"It is a saddle: the curvature is {high} one way and {low} the other.",
        "Up one way, down the other: flat only in the middle.",
    )


def downhill(story: Story) -> Said:
    """The words for the steepest descent at the start."""
    if story.start_gradient is None:
        return both_ways("At the start the slope is undefined: there is no way to step.")
    if not story.start_gradient.any():
        return _no_slope(story)
    along, across = story.start_slopes or (0.0, 0.0)
    if across <= 2 * along:
        return Said(
            "At the start, the arrow points down the steepest slope.",
            "The start, and the steepest way down.",
        )
    if along <= 1e-9 * across:
        return Said(
            f"At the start, the steepest way down points straight across: {number(across)}.",
            "Downhill points straight across the valley.",
        )
    return Said(
        "At the start, the steepest way down points across the valley: "
        f"{number(across)} across, only {number(along)} along.",
        "Downhill points across the valley, hardly along it.",
    )


def _no_slope(story: Story) -> Said:
    """The words for a start whose gradient is zero."""
    is_noisy = story.experiment.noise is not None
    if story.starts_at_minimum and is_noisy:
        return Said(
            "It stands at the minimum: only the noise moves it.",
            "It stands at the minimum: only noise moves it.",
        )
    if story.starts_at_minimum:
        return both_ways("It stands at the minimum: nothing pulls.")
    if is_noisy:
        return Said(
            "At the start the slope is zero: only the noise moves it.",
            "At the start the slope is zero: only noise moves it.",
        )
    return both_ways("At the start the slope is zero: nothing pulls.")


# --- zigzag ----------------------------------------------------------------------------------


def first_steps(story: Story) -> Said:
    """The words for the first steps of the baseline."""
    if story.factors is None or not story.zigzags:
        return both_ways("The first steps, each along its arrow.")
    along, across = (factor(value) for value in story.factors)
    if story.is_ravine:
        caption = (
            f"Each step multiplies the distance across the valley by {across}, "
            f"and along it by {along}."
        )
    else:
        caption = f"Each step multiplies one distance by {across}, and the other by {along}."
    if story.factors[1] < -1:
        return Said(caption, "Every step overshoots, further than the last.")
    if story.factors[1] == -1:
        return Said(caption, "Every step overshoots, as far as the last.")
    if story.is_ravine:
        return Said(caption, "Every step overshoots across, and gains little along.")
    if story.factors[0] < 0:
        return Said(caption, "Every step overshoots.")
    return Said(caption, "Every step overshoots in one direction.")


def crawl(story: Story) -> Said:
    """The words for the rest of the baseline's steps."""
    one, steps = story.baseline, story.experiment.map.steps
    if one.fell:
        return both_ways(f"Down and down: at step {one.ended_at} it is out of sight.")
    if one.run.status == "diverged":
        return both_ways(f"It diverges: at step {one.ended_at} it is out of sight.")
    if one.run.status == "stopped":
        return both_ways(f"It stops at step {one.ended_at}: there the slope is undefined.")
    if one.rest_elsewhere is not None and steps == story.experiment.steps:
        return both_ways(f"Then faster. {upper_first(resting(one))}.")
    if story.is_ravine and one.oscillates(steps) and story.experiment.noise is None:
        gone = story.zigzag_ends
        if gone is not None and 1 < gone < steps:
            return Said(
                f"The zigzag has died down by step {gone}. "
                "What remains is the crawl along the valley floor.",
                f"The zigzag is gone by step {gone}. The crawl remains.",
            )
    if steps == 1:
        return both_ways("There is only one step.")
    return both_ways(f"Then faster: the first {steps} steps.")


def limit(story: Story, across: float, lr_limit: float) -> Said:
    """The words for the step size of plain descent, held against its limit.

    Args:
        story: Of an outcome.
        across: The factor across; see ``Story.factors``.
        lr_limit: See ``Story.lr_limit``.
    """
    end, lr = number(lr_limit), number(story.baseline.lr)
    is_below = story.baseline.lr < lr_limit
    if is_below and story.zigzags:
        return Said(
            f"A larger step size is no way out: from {end} on, the zigzag never dies.",
            f"Why not a larger α? From {end} on, the zigzag never dies.",
        )
    if is_below and across < 0:  # only the start hides it
        return Said(
            f"From a step size of {end} on, the smallest push across would grow with each step.",
            f"Why not a larger α? From {end} on, any push across grows.",
        )
    if is_below:
        return Said(
            f"From a step size of {end} on, it no longer converges.",
            f"Why not a larger α? From {end} on, it no longer converges.",
        )
    if not story.zigzags:
        return both_ways(
            f"α = {lr} is beyond the limit {end}; only the start on the axis hides it."
        )
    if story.baseline.lr == lr_limit:
        return both_ways(f"α = {lr} is the limit: the zigzag never dies.")
    return Said(
        f"The step size {lr} is beyond the limit of {end}: "
        "across, every step is longer than the last.",
        f"α = {lr} is beyond the limit {end}: the zigzag grows.",
    )
