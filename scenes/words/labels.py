"""Labels of lines, arrows and axes in the chapters' pictures."""

from __future__ import annotations

from collections.abc import Sequence

from momentum_math.story import RunStory, Story
from scenes.words.numbers import bracketed, counted, number, signed
from scenes.words.runs import ended_as

AHEAD = "ahead"
DOWNHILL, WAY_TO_MINIMUM = "downhill", "the way to the minimum"
FACTORS_HEADING = "each step multiplies"
FACTOR_AXIS, LR_AXIS, BETA_AXIS = "factor per step", "step size α", "β"
STEPS_NEEDED = "steps needed"


# --- ravine ----------------------------------------------------------------------------------


def cuts_heading(story: Story) -> str:
    """The heading over the two parabolas."""
    if story.basin is None:
        return "cuts through the saddle"
    return "cuts through this minimum" if len(story.minima) > 1 else "cuts through the minimum"


def ways(story: Story) -> tuple[str, str]:
    """The names of the directions of the larger and of the smaller curvature."""
    return ("across", "along") if story.is_ravine else ("one way", "the other")


def curvature(value: float) -> str:
    """A cut's curvature."""
    return f"curvature {number(value)}"


def downhill_lines(story: Story) -> list[str]:
    """The lines at the arrow of the steepest descent."""
    if story.start_slopes is None:
        return [DOWNHILL]
    along, across = (number(part) for part in story.start_slopes)
    return [DOWNHILL, f"{across} across, {along} along"]


# --- zigzag ----------------------------------------------------------------------------------


def readout(step: int, point: Sequence[float], unit: float) -> str:
    """The counter of steps and coordinates, which are counted in a unit."""
    x, y = point
    return f"step {step}   θ₁ = {signed(x, unit)}   θ₂ = {signed(y, unit)}"


def step_names(one: RunStory) -> list[str]:
    """Ways to say what the arrow is, the longest first."""
    if one.method == "gd":
        return ["one step: α × gradient, downhill", "one step"]
    return ["one step"]


def multiplied(factor: float) -> str:
    """The factor of a step."""
    return f"× {bracketed(factor)}"


def lr_value(lr: float) -> str:
    """A learning rate."""
    return f"α = {number(lr)}"


# --- memory ----------------------------------------------------------------------------------


def arrow_names(magnified: int) -> list[tuple[str, str]]:
    """Ways to name the velocity's arrow, so many times longer than to scale, and the gradient's."""
    if magnified == 1:
        return [("velocity v", "gradient, downhill"), ("v", "downhill")]
    times = f"(×{number(magnified, 2)})"
    return [(f"velocity v {times}", "gradient, downhill"), (f"v {times}", "downhill")]


def gradient_bars(story: Story) -> tuple[str, str]:
    """The names of the two strips of gradients."""
    if story.is_ravine and story.is_quadratic:
        return "gradients across", "gradients along"
    return "gradients in θ₂", "gradients in θ₁"


def sum_of_gradients(agreement: float | None) -> str:
    """The words for the sum of the gradients in one direction."""
    if agreement is None:
        return "no slope"
    return "cancels out" if agreement < 0.5 else "adds up"


# --- descent, loss_race ----------------------------------------------------------------------


def step_counter(step: int, steps: int) -> str:
    """The counter of steps."""
    return f"step {step} of {steps}"


def leaves(step: int) -> list[str]:
    """Ways to say when a particle leaves the map, the longest first."""
    return [f"leaves at step {step}", f"step {step}"]


def at_curve(name: str, one: RunStory) -> list[str]:
    """Ways to say whose curve ends, and how it ended before its time, the longest first."""
    if one.ended_at is None:
        return [name]
    return [f"{name} {ended_as(one)} at step {one.ended_at}", f"{name} {ended_as(one)}", name]


def lowest(step: int, loss: float) -> list[str]:
    """Ways to say what the lowest loss was, the longest first."""
    short = f"lowest: {number(loss, 2)}"
    return [f"{short} at step {step}", short]


# --- dial ------------------------------------------------------------------------------------


def knob_lr(lr: float, decimals: int | None) -> str:
    """The label under the knob of the learning rate; without decimals, its first digits."""
    return f"α = {number(lr)}" if decimals is None else f"α = {lr:.{decimals}f}"


def knob_beta(value: float) -> str:
    """The label under the knob of β."""
    return f"β = {value:.2f}"


def step_counts(count: int, limit: int) -> list[str]:
    """Ways to write how many steps are needed, the longest first."""
    if count > limit:
        return [f"over {limit} steps", f"over {limit}"]
    return [counted(count), str(count)]
