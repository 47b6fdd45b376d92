"""Many runs at once along one or two dials, further than the experiment goes.

Many *films* from one file, by its table [sweep], are the matter of ``toml.film_sweep``.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from momentum_math.experiment import Experiment
from momentum_math.types import Array, pair

STEP_LIMIT = 2_000
"""How far runs go on when one asks for the step at which they arrive."""


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
    columns = {name: np.reshape(values, (-1, 1)) for name, values in given.items()}
    stays, _ = _run_many(experiment, contender, columns)
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
    lr, beta = (dial.reshape(-1, 1) for dial in np.meshgrid(lrs, betas, indexing="ij"))
    stays, inside = _run_many(experiment, contender, {"lr": lr, "beta": beta})
    steps = np.where(inside, stays, STEP_LIMIT + 1)
    best = int(np.argmin(steps))
    if steps[best] > STEP_LIMIT:
        return None
    return float(lr[best, 0]), float(beta[best, 0]), int(steps[best])


def _run_many(
    experiment: Experiment, contender: int, dials: dict[str, Any]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Run a contender with many settings: each stays below from, and never left the map's window.

    The dials are columns (m, 1), so that one ``step`` of the method moves all points at once.
    """
    if experiment.threshold is None:
        raise ValueError("this landscape is unbounded below, so there is no threshold to reach")
    landscape, minimum = experiment.landscape, experiment.landscape.minimum or 0.0
    optimizer = replace(experiment.contenders[contender].optimizer, **dials)
    count, rounds = len(dials["beta"]), STEP_LIMIT + 1
    theta: Array = pair(*(np.full(count, coordinate) for coordinate in experiment.start))
    samples = experiment.noise.draws(rounds) if experiment.noise else np.zeros((rounds, 2))
    stays = np.zeros(count, dtype=np.int64)
    lowest, highest = theta.copy(), theta.copy()
    state = optimizer.init(theta)
    with np.errstate(all="ignore"):
        for k in range(rounds):
            below = landscape.value(theta) - minimum < experiment.threshold
            np.copyto(stays, k + 1, where=~below)
            np.minimum(lowest, theta, out=lowest)
            np.maximum(highest, theta, out=highest)
            theta, state = optimizer.step(theta, landscape.gradient(theta) + samples[k], state)
    stays.flags.writeable = False
    low, high = np.transpose(experiment.map.window)
    return stays, ((low <= lowest) & (highest <= high)).all(axis=1)
