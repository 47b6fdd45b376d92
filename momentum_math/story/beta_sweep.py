"""How soon one contender arrives with other values of beta, and of its learning rate."""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
import numpy.typing as npt

from momentum_math.experiment import Experiment
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.tuning import STEP_LIMIT, best_pair, steps_against_beta
from momentum_math.types import readonly

BETAS = readonly(np.round(np.linspace(0.0, 0.99, 100), 10))
"""The values of beta that a sweep tries, (100,)."""


@final
@dataclass(frozen=True)
class BetaSweep:
    """Steps until the loss stays below the threshold, against beta.

    Attributes:
        index: Whose method and learning rate, which are the same throughout.
        steps: For each of ``BETAS``, (100,); above ``STEP_LIMIT`` where it does not arrive.
        best_beta: With which it arrives soonest.
        best_steps: The steps that it takes then.
        pair: The best (lr, beta, steps) whose path stays on the map; None where it is no better.
    """

    index: int
    steps: npt.NDArray[np.int64]
    best_beta: float
    best_steps: int
    pair: tuple[float, float, int] | None


@lru_cache(maxsize=16)
def beta_sweep(experiment: Experiment, index: int) -> BetaSweep | None:
    """The steps that a contender needs with each beta from 0 to 0.99; None if it never arrives.

    None as well on a measured landscape: thousands of steps between its points would prove nothing.
    """
    is_measured = isinstance(experiment.landscape, MeasuredLandscape)
    if experiment.threshold is None or experiment.noise is not None or is_measured:
        return None
    steps = steps_against_beta(experiment, index, BETAS)
    best = int(np.argmin(steps))
    if steps[best] > STEP_LIMIT:
        return None
    # Dials with a mark at every quarter: round numbers to remember, not the last step gained.
    unit = lr_unit(experiment.computed(index).lr)
    quarters = np.arange(1, 9) / 4
    pair = best_pair(experiment, index, quarters * unit, quarters[:3])
    if pair is not None and pair[2] >= steps[best]:
        pair = None
    return BetaSweep(index, steps, float(BETAS[best]), int(steps[best]), pair)


def lr_unit(lr: float) -> float:
    """The power of ten at a learning rate or next above it.

    >>> lr_unit(0.18), lr_unit(0.002)
    (1.0, 0.01)
    """
    return float(10.0 ** np.ceil(np.log10(lr)))
