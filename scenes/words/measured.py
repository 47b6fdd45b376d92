"""What is said of what was measured: a landscape on a grid, recorded losses, mini-batches."""

from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.story import Story, any_off_map, is_recorded

BETWEEN = "Measured on a grid, interpolated between."
BARS_OF_BATCHES = (
    "The bars are the gradients of the mini-batches, the marks those of all samples; "
    "the line is the velocity that remembers.",
    "Bars: of mini-batches. Marks: of all samples.",
)


def which_loss(story: Story) -> str:
    """The sentence about whose losses a race shows, where recorded ones are not the map's."""
    if all(map(is_recorded, story.runs)):
        return "It is the loss that was recorded, not that of the rings."
    return "Of recorded runs it is the loss that was recorded, of the others that of the map."


def measured(story: Story) -> str:
    """All that is to know of it, in a line."""
    return " ".join(measured_notes(story))


def _share(variance: float) -> str:
    """A share of variance; what only rounds to all is not all."""
    percent = f"{100 * variance:.0f}"
    return "over 99" if percent == "100" and variance < 1 else percent


def measured_notes(story: Story) -> list[str]:
    """What is to know of a measured landscape, in sentences."""
    landscape = story.landscape
    if not isinstance(landscape, MeasuredLandscape):
        return []
    across, up = len(landscape.grid.x), len(landscape.grid.y)
    notes = [f"The loss was measured on a grid, {across} × {up}, and interpolated between."]
    if landscape.variance is not None:
        share = _share(landscape.variance)
        notes.append(f"This plane holds {share} % of the runs' variance.")
    if any_off_map(story):
        notes.append("The lines on this plane are not the loss along the path.")
    return notes
