"""Many runs at once along one or two dials, further than the experiment goes.

Many *films* from one file, by its table [sweep], are the matter of ``toml.film_sweep``.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from momentum_math.experiment import Experiment
from momentum_math.landscapes import Landscape
from momentum_math.optimizers import Optimizer
from momentum_math.trajectories import Disturbance, seen_gradients
from momentum_math.types import Array, Point, pair, readonly

STEP_LIMIT = 2_000
"""How far runs go on when one asks for the step at which they arrive."""
AT_ONCE = 128
"""Steps whose losses are taken together."""


def steps_against_beta(
    experiment: Experiment,
    contender: int,
    betas: npt.ArrayLike,
    lrs: npt.ArrayLike | None = None,
) -> npt.NDArray[np.int64]:
    """Return the step from which a contender would stay below the threshold, for each beta.

    Args:
        experiment: One with a threshold.
        contender: Index of a contender whose method has a beta.
        betas: Shape (m,), each in [0, 1).
        lrs: Learning rates, shape (m,); the contender's own if not given.

    Returns:
        Shape (m,), read-only; ``STEP_LIMIT + 1`` where it does not stay below within so many steps.

    Raises:
        ValueError: The experiment has no threshold.
    """
    given = {"beta": betas} if lrs is None else {"beta": betas, "lr": lrs}
    stays, _ = _run_many(experiment, contender, given)
    return stays


def best_beta(experiment: Experiment, contender: int, betas: Array) -> tuple[float, int]:
    """Return the beta, of some (m,), with which a contender arrives soonest, and the steps.

    It is the middle one of several equally good neighbours.
    """
    steps = steps_against_beta(experiment, contender, betas)
    best = np.flatnonzero(steps == steps.min())
    middle = best[len(best) // 2]
    return float(betas[middle]), int(steps[middle])


def best_pair(
    experiment: Experiment, contender: int, lrs: npt.ArrayLike, betas: npt.ArrayLike
) -> tuple[float, float, int] | None:
    """Return the learning rate and beta with which a contender arrives soonest, both dials turned.

    Only pairs whose path never leaves the map's window take part: a pair that first throws the
    point out of the picture is no recommendation.

    Returns:
        (lr, beta, steps), or None if no pair arrives inside the window within ``STEP_LIMIT``.
    """
    lr, beta = (dial.ravel() for dial in np.meshgrid(lrs, betas, indexing="ij"))
    stays, inside = _run_many(experiment, contender, {"lr": lr, "beta": beta})
    steps = np.where(inside, stays, STEP_LIMIT + 1)
    best = int(np.argmin(steps))
    if steps[best] > STEP_LIMIT:
        return None
    return float(lr[best]), float(beta[best]), int(steps[best])


def _run_many(
    experiment: Experiment, contender: int, dials: dict[str, npt.ArrayLike]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Run a contender with many settings: when each stays below, and if it kept to the window."""
    if experiment.threshold is None:
        raise ValueError("this landscape is unbounded below, so there is no threshold to reach")
    values = {name: tuple(np.ravel(dial).tolist()) for name, dial in dials.items()}
    optimizer = experiment.computed(contender)
    others = replace(optimizer, **dict.fromkeys(values, 0.0))
    course = (experiment.landscape, others, experiment.start, experiment.noise)
    stays, lowest, highest = _runs(
        *course, experiment.threshold, tuple(values.items()), STEP_LIMIT + 1
    )
    low, high = np.transpose(experiment.map.window)
    return stays, ((low <= lowest) & (highest <= high)).all(axis=1)


@lru_cache(maxsize=64)
def _runs(
    landscape: Landscape,
    optimizer: Optimizer,
    start: Point,
    noise: Disturbance | None,
    threshold: float,
    dials: tuple[tuple[str, tuple[float, ...]], ...],
    rounds: int,
) -> tuple[npt.NDArray[np.int64], Array, Array]:
    """When m runs stay below a threshold, (m,), and their lowest and highest x and y, (m, 2) each.

    What does not decide it is no argument: the films of a sweep of beta share what their dials do.
    One ``step`` of the method moves all points at once; losses are taken of many steps at once.
    """
    columns: dict[str, Any] = {name: np.reshape(values, (-1, 1)) for name, values in dials}
    optimizer, count = replace(optimizer, **columns), len(dials[0][1])
    theta: Array = pair(*(np.full(count, coordinate) for coordinate in start))
    seen = seen_gradients(landscape, noise, rounds)
    stays = np.zeros(count, dtype=np.int64)
    lowest, highest = theta, theta
    state = optimizer.init(theta)
    with np.errstate(all="ignore"):
        for first in range(0, rounds, AT_ONCE):
            block = np.empty((min(AT_ONCE, rounds - first), count, 2))
            for k in range(len(block)):
                block[k] = theta
                theta, state = optimizer.step(theta, seen(first + k, theta), state)
            above = ~(landscape.value(block) - (landscape.minimum or 0.0) < threshold)
            last = first + len(block) - np.argmax(above[::-1], axis=0)
            stays = np.where(above.any(axis=0), last, stays)
            lowest = np.minimum(lowest, block.min(axis=0))
            highest = np.maximum(highest, block.max(axis=0))
    stays.flags.writeable = False
    return stays, readonly(lowest), readonly(highest)
