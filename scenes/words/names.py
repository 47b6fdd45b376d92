"""Names: of contenders, axes, minima, and of the loss."""

import re

from momentum_math import CustomLandscape, Experiment
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.story import RunStory, Story
from scenes.words.numbers import beta, counted, exact, number, threshold
from scenes.words.rules import method_name
from scenes.words.schedules import name_by_method, name_by_schedule

AXES = ("θ₁", "θ₂")
PRINCIPAL_AXES = ("first principal direction", "second principal direction")
LOSS_AXIS, STEP_AXIS = "Loss f(θ)", "Step"


def axis_names(story: Story) -> tuple[str, str]:
    """Names of the map's axes; which is slow is said where the axes are those of a ravine."""
    if isinstance(story.landscape, MeasuredLandscape) and story.landscape.variance is not None:
        return PRINCIPAL_AXES
    if story.slow_axis is None:
        return AXES
    if story.slow_axis == 0:
        return "θ₁ (slow direction)", "θ₂ (fast direction)"
    return "θ₁ (fast direction)", "θ₂ (slow direction)"


def axis_units(x_note: str, y_note: str) -> list[str]:
    """The units of two axes in lines of their own, that of y first; one line where they agree."""
    if x_note == y_note:
        return [f"θ{x_note}"] if x_note else []
    notes = zip(AXES[::-1], (y_note, x_note), strict=True)
    return [f"{name}{note}" for name, note in notes if note]


def title(one: RunStory) -> str:
    """First line over a panel: the contender's label."""
    return f"{one.label} (too large)" if one.is_too_large else one.label


def titles(one: RunStory) -> list[str]:
    """Ways to head a panel, the longest first."""
    return [title(one), one.label, short_name(one)]


def short_name(one: RunStory) -> str:
    """The name that stands at a curve: only what tells this contender from the others."""
    if name := name_by_schedule(one):
        return name
    if one.schedules:
        return name_by_method(one)
    plain = [other for other in one.story.runs if other.method == "gd"]
    if one.method == "gd" and one.lr and len({other.lr for other in plain}) == len(plain):
        return "plain" if len(plain) == 1 else f"plain α = {number(one.lr)}"
    methods = {other.method for other in one.story.runs if other.method != "gd"}
    kin = [other for other in one.story.runs if other.method == one.method]
    is_told_by_beta = len(methods) == 1 and len({other.beta for other in kin}) == len(kin)
    if is_told_by_beta and one.beta is not None:
        return f"β = {beta(one.beta)}"
    return one.label


def curve_names(one: RunStory) -> list[str]:
    """Ways to name a curve, the longest first: plain descent is spelled out if there is room."""
    name = short_name(one)
    return ["plain descent", name] if name == "plain" else [name]


def name_in_sentence(one: RunStory) -> str:
    """The short name as it stands in a sentence: one with a comma in quotation marks."""
    name = short_name(one)
    return f"“{name}”" if re.search("[,;،、，]", name) else name


def chapter_method(story: Story) -> str:
    """The chapter's title for the method of the baseline."""
    if story.baseline.method == "gd":
        return "Plain gradient descent"
    return method_name(story.baseline.run.contender)


def landscape_title(story: Story) -> str:
    """The chapter's title for the landscape."""
    if story.landscape.is_saddle:
        return "A saddle"
    if len(story.minima) > 1:
        return "Several valleys"
    return "A ravine" if story.is_ravine else "The landscape"


def counts_from_zero(story: Story) -> bool:
    """Whether losses are told as they are, not as what they are above the minimum."""
    return story.landscape.minimum in (None, 0.0)


def loss_word(story: Story) -> str:
    """The loss as counters call it: as such, or above the minimum."""
    return "loss" if counts_from_zero(story) else "loss above the minimum"


def loss_axis_names(story: Story) -> list[str]:
    """Ways to name an axis of losses in few words, the longest first."""
    minimum = story.landscape.minimum
    if minimum is None or minimum == 0.0:
        return [LOSS_AXIS]
    text = exact(minimum) if len(exact(minimum)) <= 12 else number(minimum, 6)
    name = f"Loss f(θ) − ({text})" if minimum < 0 else f"Loss f(θ) − {text}"
    return [name, "Loss − min"]


def axis_kind(story: Story) -> str:
    """The kind of axis that the losses stand on."""
    has_logarithms = any(run.excess.any() for run in story.outcome.runs)
    is_bounded = story.landscape.minimum is not None
    return "log scale" if is_bounded and has_logarithms else "symmetric log scale"


def loss_axis_ways(story: Story) -> list[str]:
    """Ways to name an axis of losses and its kind, the longest first."""
    names = loss_axis_names(story)
    return [*(f"{name}, {axis_kind(story)}" for name in names), *names]


def race_title_ways(story: Story) -> list[str]:
    """Ways to write the title over the loss axis, the longest first."""
    kind, steps = axis_kind(story), counted(story.experiment.steps)
    names, landscape = loss_axis_names(story), story.landscape
    is_found = isinstance(landscape, CustomLandscape) and not landscape.is_said
    if is_found and not counts_from_zero(story):
        names = [f"{names[0]} (the lowest found)", *names]
    return [f"{name}, {kind}, {steps}" for name in names]


def bound(constant: float, rate: float) -> str:
    """A bound that shrinks with the step.

    >>> bound(12.1853, 0.99)
    'bound 12.2 · 0.99ᵏ'
    """
    return f"bound {number(constant)} · {number(rate)}ᵏ"


def threshold_names(value: float) -> list[str]:
    """Ways to name the line of the threshold, the longest first."""
    text = threshold(value)
    return [f"convergence threshold {text}", f"threshold {text}", "threshold"]


def minimum_found(experiment: Experiment) -> str:
    """From where losses of a formula count whose file names no minimum; empty elsewhere."""
    landscape = experiment.landscape
    if not isinstance(landscape, CustomLandscape) or landscape.is_said or landscape.lowest is None:
        return ""
    found, value = landscape.lowest, exact(landscape.lowest.value)
    if not found.is_rest and landscape.said is None:
        return (
            f"losses count from {value}: no lowest point was found; minimum = … says another value"
        )
    if not found.is_rest:
        return f"losses count from {value}: the lowest loss met; minimum = … says another value"
    at = " and ".join(f"({number(x, 6)}, {number(y, 6)})" for x, y in found.points[:3])
    if not at:
        return f"losses count from {value}, the lowest value found"
    return f"losses count from {value}, the lowest value found at {at}"
