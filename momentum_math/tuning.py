"""Runs beyond the experiment: longer ones, and many at once along one or two dials.

Many *films* from one file, by its table [sweep], are the matter of ``toml.film_sweep``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from momentum_math.experiment import Experiment
from momentum_math.landscapes import Landscape
from momentum_math.optimizers import Optimizer
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.trajectories import excess, first_below, stays_below, trace
from momentum_math.types import Array, Point, Window, pair

STEP_LIMIT = 2_000
"""How far runs go on when one asks for the step at which they arrive."""


@dataclass(frozen=True)
class StepsUntil:
    """The steps at which a run arrives: first below the threshold, and below it from then on."""

    first: int | None
    stays: int | None


def steps_until(
    landscape: Landscape,
    optimizer: Optimizer,
    start: Point,
    threshold: float,
    limit: int = STEP_LIMIT,
) -> StepsUntil:
    """Return when a run that goes on for ``limit`` steps arrives.

    Args:
        landscape: The loss, bounded below.
        optimizer: The method.
        start: (x, y).
        threshold: Loss above the minimum.
        limit: Number of steps.

    Returns:
        Both steps, None where not reached within ``limit``.

    >>> from momentum_math.optimizers.momentum import EmaMomentum
    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> steps_until(Quadratic((0.1, 10.0)), EmaMomentum(0.18, 0.99), (-4.0, 1.5), 1e-3)
    StepsUntil(first=408, stays=914)
    """
    path = trace(landscape, optimizer, start, limit)
    above = excess(path.losses, landscape.minimum)
    stays = stays_below(above, threshold) if path.ended_at is None else None
    return StepsUntil(first_below(above, threshold), stays)


def has_beta(optimizer: Optimizer) -> TypeGuard[MomentumMethod]:
    """Tell whether a method has a dial called beta."""
    return isinstance(optimizer, MomentumMethod)


def first_with_beta(experiment: Experiment) -> int | None:
    """Return the index of the first contender whose method has a beta; None if none has."""
    contenders = enumerate(experiment.contenders)
    return next((i for i, who in contenders if has_beta(who.optimizer)), None)


def steps_against_beta(
    experiment: Experiment,
    contender: int,
    betas: npt.ArrayLike,
    limit: int = STEP_LIMIT,
    lrs: npt.ArrayLike | None = None,
) -> npt.NDArray[np.int64]:
    """Return the step from which a contender would stay below the threshold, for each beta.

    Args:
        experiment: One with a threshold.
        contender: Index of a contender whose method has a beta.
        betas: Shape (m,), each in [0, 1).
        limit: Number of steps.
        lrs: Learning rates, shape (m,); the contender's own if not given.

    Returns:
        Shape (m,), read-only; ``limit + 1`` where it does not stay below within ``limit`` steps.

    Raises:
        ValueError: The experiment has no threshold.
    """
    optimizer = experiment.contenders[contender].optimizer
    dials: dict[str, Any] = {"beta": np.asarray(betas, dtype=np.float64)[:, None]}
    if lrs is not None:
        dials["lr"] = np.asarray(lrs, dtype=np.float64)[:, None]
    stays, _ = _run_many(experiment, replace(optimizer, **dials), len(dials["beta"]), limit, None)
    return stays


def best_beta(
    experiment: Experiment,
    contender: int,
    betas: npt.ArrayLike | None = None,
    limit: int = STEP_LIMIT,
) -> tuple[float, int]:
    """Return the beta with which a contender arrives soonest.

    Args:
        experiment: One with a threshold.
        contender: Index of a contender whose method has a beta.
        betas: Values to try, shape (m,); 0, 0.001, ..., 0.999 if not given.
        limit: Number of steps.

    Returns:
        (beta, steps); the middle one of several equally good neighbours.
    """
    tried = np.arange(1000) / 1000.0 if betas is None else np.asarray(betas, dtype=np.float64)
    steps = steps_against_beta(experiment, contender, tried, limit)
    best = np.flatnonzero(steps == steps.min())
    return float(tried[best[len(best) // 2]]), int(steps.min())


def best_pair(
    experiment: Experiment,
    lrs: Sequence[float],
    betas: Sequence[float],
    contender: int | None = None,
    limit: int = STEP_LIMIT,
) -> tuple[float, float, int] | None:
    """Return the learning rate and beta with which a contender arrives soonest, both dials turned.

    Only pairs whose path never leaves the map's window take part: a pair that first throws the
    point out of the picture is no recommendation.

    Args:
        experiment: One with a threshold.
        lrs: Learning rates to try.
        betas: Betas to try.
        contender: Index of the contender; the first with a beta if not given.
        limit: Number of steps.

    Returns:
        (lr, beta, steps), or None if no pair arrives inside the window within ``limit``.
    """
    index = first_with_beta(experiment) if contender is None else contender
    if index is None:
        return None
    grid = np.array([(lr, beta) for lr in lrs for beta in betas])
    dials: dict[str, Any] = {"lr": grid[:, :1], "beta": grid[:, 1:]}
    optimizer = replace(experiment.contenders[index].optimizer, **dials)
    stays, inside = _run_many(experiment, optimizer, len(grid), limit, experiment.map.window)
    steps = np.where(inside, stays, limit + 1)
    best = int(np.argmin(steps))
    if steps[best] > limit:
        return None
    return float(grid[best, 0]), float(grid[best, 1]), int(steps[best])


def _run_many(
    experiment: Experiment, optimizer: Optimizer, count: int, limit: int, window: Window | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Run ``count`` settings side by side: each stays below from, and never left the window.

    The optimiser's numbers are columns (count, 1), so its one ``step`` moves all points at once.
    """
    if experiment.threshold is None:
        raise ValueError("this landscape is unbounded below, so there is no threshold to reach")
    landscape, minimum = experiment.landscape, experiment.landscape.minimum or 0.0
    theta: Array = pair(*(np.full(count, coordinate) for coordinate in experiment.start))
    samples = experiment.noise.draws(limit + 1) if experiment.noise else np.zeros((limit + 1, 2))
    stays = np.zeros(count, dtype=np.int64)
    inside = np.ones(count, dtype=np.bool_)
    state = optimizer.init(theta)
    with np.errstate(all="ignore"):
        for k in range(limit + 1):
            below = landscape.value(theta) - minimum < experiment.threshold
            np.copyto(stays, k + 1, where=~below)
            for coordinate, (low, high) in zip(theta.T, window or (), strict=False):
                inside &= (low <= coordinate) & (coordinate <= high)
            theta, state = optimizer.step(theta, landscape.gradient(theta) + samples[k], state)
    stays.flags.writeable = False
    return stays, inside
