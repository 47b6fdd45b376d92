"""What there is to tell of runs that were recorded elsewhere, besides what any run has."""

from __future__ import annotations

from functools import lru_cache

from momentum_math.story.story import RunStory, Story
from momentum_math.trajectories import off_map
from momentum_math.types import Point


def is_recorded(one: RunStory) -> bool:
    """Whether a run is shown as it was recorded, and was not computed."""
    return one.run.trajectory.is_recorded


def data_end(one: RunStory) -> int | None:
    """The last step of a recorded run that is shorter than the experiment; None of any other."""
    last = one.run.trajectory.n
    return last if is_recorded(one) and last < one.story.experiment.steps else None


def starts(story: Story) -> tuple[Point, ...]:
    """The points from which runs start, each once, that of the experiment first."""
    first = (run.trajectory.points[0].tolist() for run in story.outcome.runs)
    return tuple(dict.fromkeys([story.experiment.start, *((x, y) for x, y in first)]))


@lru_cache(maxsize=16)
def any_off_map(story: Story) -> bool:
    """Whether some run's recorded losses are not those of the landscape where it was."""
    return any(
        off_map(story.landscape, one.run.trajectory) for one in story.runs if is_recorded(one)
    )
