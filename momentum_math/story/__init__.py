"""What there is to tell of an outcome: a frozen value whose facts are computed once."""

from momentum_math.story.agreement import FIRST_GRADIENTS
from momentum_math.story.basin import Basin
from momentum_math.story.batches import full_gradients, has_batches
from momentum_math.story.beta_sweep import BetaSweep
from momentum_math.story.late_arrival import LateArrival
from momentum_math.story.recorded import any_off_map, data_end, is_recorded, starts
from momentum_math.story.story import RunStory, Story, are_level

__all__ = [
    "FIRST_GRADIENTS",
    "Basin",
    "BetaSweep",
    "LateArrival",
    "RunStory",
    "Story",
    "any_off_map",
    "are_level",
    "data_end",
    "full_gradients",
    "has_batches",
    "is_recorded",
    "starts",
]
