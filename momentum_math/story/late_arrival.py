"""When a run would arrive that does not within the steps of its experiment."""

import math
from dataclasses import dataclass
from typing import final

from momentum_math.data.recording import Recording
from momentum_math.experiment import Experiment, Run
from momentum_math.landscapes.quadratics import Quadratic
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.theory import envelope
from momentum_math.trajectories import stays_below, trace

FAR = 100_000
"""Steps: whether a run would arrive later than this is not asked."""


@final
@dataclass(frozen=True)
class LateArrival:
    """A run that does not arrive within the experiment's steps, but provably does later.

    Attributes:
        index: The contender's.
        constant: loss_k <= constant * rate**k.
        rate: Per step.
        stays: The step from which it would stay below the threshold.
        lowest: (step, loss) within the steps run.
    """

    index: int
    constant: float
    rate: float
    stays: int
    lowest: tuple[int, float]


def late_arrival(experiment: Experiment, run: Run, index: int) -> LateArrival | None:
    """When a contender would arrive.

    None where it arrived, ended otherwise, has no memory, or where no closed form tells: there is
    none while its numbers change.
    """
    landscape, threshold = experiment.landscape, experiment.threshold
    optimizer = run.contender.optimizer
    if not isinstance(landscape, Quadratic) or threshold is None or experiment.noise is not None:
        return None
    if isinstance(optimizer, Recording):
        return None
    if run.first_below is not None or run.status != "running":
        return None
    if not (isinstance(optimizer, MomentumMethod) or optimizer.remembers):
        return None
    if optimizer.schedules or optimizer.recurrence(1.0) is None:
        return None
    constant, rate = envelope(optimizer, landscape, experiment.start)
    if not 0 < rate < 1:
        return None
    limit = max(0, math.floor(math.log(threshold / constant) / math.log(rate)) + 1)
    if limit > FAR:
        return None
    path = trace(landscape, optimizer, experiment.start, limit)
    stays = stays_below(path.losses, threshold)
    if stays is None:
        return None
    return LateArrival(index, constant, rate, stays, run.lowest)
