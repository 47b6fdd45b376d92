"""What there is to tell of an outcome: a frozen value whose facts are computed once."""

from momentum_math.story.agreement import FIRST_GRADIENTS
from momentum_math.story.basin import Basin
from momentum_math.story.beta_sweep import BetaSweep
from momentum_math.story.late_arrival import LateArrival
from momentum_math.story.story import RunStory, Story, are_level

__all__ = [
    "FIRST_GRADIENTS",
    "Basin",
    "BetaSweep",
    "LateArrival",
    "RunStory",
    "Story",
    "are_level",
]
