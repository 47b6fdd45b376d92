"""The gradients of all samples beside those of the mini-batches that a run saw."""

from __future__ import annotations

import numpy as np

from momentum_math.story.story import RunStory, Story
from momentum_math.trajectories import Batches
from momentum_math.types import Array


def has_batches(story: Story) -> bool:
    """Whether the gradients that optimisers see are those of mini-batches."""
    return isinstance(story.experiment.noise, Batches)


def full_gradients(one: RunStory) -> Array:
    """The gradients of all samples along a run, (n + 1, 2); (0, 2) where it saw those itself."""
    if not has_batches(one.story):
        return np.empty((0, 2))
    return one.story.landscape.gradient(one.run.trajectory.points)
