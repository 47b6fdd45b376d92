"""Labels of lines, arrows and axes, chapter by chapter; what goes into them stands in braces."""

from momentum_math.story import RunStory, Story, data_end
from scenes.words.numbers import counted, number
from scenes.words.runs import ended_as

DOWNHILL, WAY_TO_MINIMUM = "downhill", "the way to the minimum"
READOUT = "step {step}   θ₁ = {x}   θ₂ = {y}"
FACTORS_HEADING, MULTIPLIED = "each step multiplies", "× {factor}"
FACTOR_AXIS, LR_AXIS = "|factor| per step", "step size α"
AHEAD, STEP_COUNTER = "ahead", "step {step} of {steps}"
LEAVES = ("leaves at step {step}", "step {step}")  # the map; the longest first
LOG_HEIGHT = "height: log scale"
BETA_AXIS, STEPS_NEEDED = "β", "steps needed"
BETA_VALUE = "β = {beta:.2f}"
FIRST_STEPS = "first {steps}"
BEYOND = ("longer than shown, or never", "longer, or never", "longer")  # the longest first


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
    along, across = map(number, story.start_slopes)
    return [DOWNHILL, f"{across} across, {along} along"]


def step_names(one: RunStory) -> list[str]:
    """Ways to say what the arrow is, the longest first."""
    return ["one step: α × gradient, downhill", "one step"] if one.method == "gd" else ["one step"]


def arrow_names(magnified: int) -> list[tuple[str, str]]:
    """Ways to name the velocity's arrow, so many times longer than to scale, and the gradient's."""
    times = "" if magnified == 1 else f" (×{number(magnified, 2)})"
    return [(f"velocity, −v{times}", "gradient, downhill"), (f"−v{times}", "downhill")]


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


def lowest(step: int, loss: float) -> list[str]:
    """Ways to say what the lowest loss was, the longest first."""
    return [f"lowest: {number(loss, 2)} at step {step}", f"lowest: {number(loss, 2)}"]


def at_curve(name: str, one: RunStory) -> list[str]:
    """Ways to say whose curve ends, and how it ended before its time, the longest first."""
    if one.ended_at is None:
        last = data_end(one)
        return [name] if last is None else [f"{name}, data to step {last}", name]
    return [f"{name} {ended_as(one)} at step {one.ended_at}", f"{name} {ended_as(one)}", name]


def lr_value(lr: float, decimals: int | None = None) -> str:
    """A learning rate; without decimals, its first digits."""
    return f"α = {number(lr)}" if decimals is None else f"α = {lr:.{decimals}f}"


def step_counts(count: int, limit: int) -> list[str]:
    """Ways to write how many steps are needed, the longest first."""
    return (
        [f"over {limit} steps", f"over {limit}"] if count > limit else [counted(count), str(count)]
    )
