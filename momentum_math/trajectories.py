"""Running an optimiser on a landscape, and reading off when its loss is low."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np

from momentum_math.landscapes import Landscape
from momentum_math.optimizers import Optimizer
from momentum_math.types import Array, Point, readonly

FAR = 1e6
"""A run that is this many window sizes away has diverged."""


class Status(StrEnum):
    """The state of a run after its last step."""

    RUNNING = "running"
    """It made all its steps."""
    CONVERGED = "converged"
    """It made all its steps, and its loss stays below the threshold up to the last."""
    DIVERGED = "diverged"
    """It left beyond all measure."""
    STOPPED = "stopped"
    """It came to where the loss or its gradient is undefined."""


@dataclass(frozen=True)
class Noise:
    """Normal noise on each component of the gradient, the same draws for every contender.

    Args:
        sigma: Standard deviation, above zero.
        seed: Seed of numpy's ``default_rng``.
    """

    sigma: float
    seed: int = 1

    def draws(self, count: int) -> Array:
        """The noise of the first ``count`` steps, shape (count, 2)."""
        return np.random.default_rng(self.seed).normal(0.0, self.sigma, size=(count, 2))


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The path of one run; every array is read-only float64 and finite.

    Attributes:
        points: Shape (n + 1, 2), the parameters after 0..n updates.
        losses: Shape (n + 1,).
        gradients: Shape (n + 1, 2), as the optimiser saw them (with noise, if any). A last gradient
            that is not finite is given as zero: there is no direction to show.
        velocities: Shape (n + 1, 2), the velocity after k updates, the first row zero.
        status: How the run stands; ``CONVERGED`` only once a threshold was applied.
        ended_at: The last step of a run that diverged or stopped, else None.
    """

    points: Array
    losses: Array
    gradients: Array
    velocities: Array
    status: Status = Status.RUNNING
    ended_at: int | None = None

    @property
    def n(self) -> int:
        """The number of updates made."""
        return len(self.points) - 1

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickled arrays are writeable in numpy; ours stay read-only."""
        frozen = {
            key: readonly(value) if isinstance(value, np.ndarray) else value
            for key, value in state.items()
        }
        self.__dict__.update(frozen)


@lru_cache(maxsize=24)
def trace(
    landscape: Landscape, optimizer: Optimizer, start: Point, steps: int, noise: Noise | None = None
) -> Trajectory:
    """Run ``optimizer`` on ``landscape`` for ``steps`` updates; a pure function, remembered.

    Args:
        landscape: The loss.
        optimizer: The method.
        start: (x, y), where the loss is finite.
        steps: Number of updates, at least 0; the trajectory has one point more.
        noise: Noise on the gradients.

    Returns:
        The trajectory; shorter than asked when the run diverged or stopped.

    Raises:
        ValueError: The loss at the start is not finite; start elsewhere.

    >>> from momentum_math.landscapes import Quadratic
    >>> from momentum_math.optimizers import GradientDescent
    >>> path = trace(Quadratic((0.1, 10.0)), GradientDescent(0.18), (-4.0, 1.5), 300)
    >>> first_below(path.losses, 1e-3)
    185
    """
    points, gradients, velocities = (np.zeros((steps + 1, 2)) for _ in range(3))
    samples = None if noise is None else noise.draws(steps + 1)
    reach = FAR * _size(landscape, start)
    theta = np.array(start, dtype=np.float64)
    state = optimizer.init(theta)
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            gradient = landscape.gradient(theta)
            if samples is not None:
                gradient = gradient + samples[k]
            points[k], gradients[k], velocities[k] = theta, gradient, state.velocity
            ending = _ending(theta, gradient, reach)
            if ending or k == steps:
                break
            theta, state = optimizer.step(theta, gradient, state)
        losses = landscape.value(points[: k + 1])
    return _trimmed(points, losses, gradients, velocities, ending)


def _size(landscape: Landscape, start: Point) -> float:
    """The larger side of what one would look at."""
    sides = (high - low for low, high in landscape.window)
    return max(*sides, abs(start[0]), abs(start[1]))


def _ending(theta: Array, gradient: Array, reach: float) -> Status | None:
    """Why a run ends here, if it does; plain floats, since this is the inner loop."""
    x, y = theta.tolist()
    if not (abs(x) <= reach and abs(y) <= reach):
        return Status.DIVERGED
    total = sum(gradient.tolist())
    if math.isfinite(total):
        return None
    return Status.STOPPED if np.isnan(gradient).any() else Status.DIVERGED


def _trimmed(
    points: Array, losses: Array, gradients: Array, velocities: Array, ending: Status | None
) -> Trajectory:
    """The trajectory up to its last finite point and loss."""
    finite = np.isfinite(losses) & np.isfinite(points[: len(losses)]).all(axis=1)
    count = len(losses) if finite.all() else int(np.argmin(finite))
    if count == 0:
        raise ValueError("the loss at the start is not finite; start elsewhere")
    if count < len(losses):
        is_undefined = np.isnan(losses[count]) and ending is not Status.DIVERGED
        ending = Status.STOPPED if is_undefined else Status.DIVERGED
    seen = gradients[:count]
    return Trajectory(
        points=readonly(points[:count].copy()),
        losses=readonly(losses[:count].copy()),
        gradients=readonly(np.where(np.isfinite(seen), seen, 0.0)),
        velocities=readonly(velocities[:count].copy()),
        status=ending or Status.RUNNING,
        ended_at=count - 1 if ending else None,
    )


def excess(losses: Array, minimum: float | None) -> Array:
    """Return how far losses are above the landscape's minimum.

    Args:
        losses: Shape (n,).
        minimum: The infimum of the loss; None counts from zero, without a floor.

    Returns:
        Shape (n,), read-only; never below zero where the minimum is known, since a loss below it
        is rounding.

    >>> excess(np.array([-1.0, 2.0]), -3.0).tolist()
    [2.0, 5.0]
    """
    if minimum is None:
        return readonly(losses)
    return readonly(np.maximum(losses - minimum, 0.0))


def first_below(losses: Array, threshold: float) -> int | None:
    """Return the first step whose loss is below the threshold; the run may rise above it again.

    Args:
        losses: Shape (n + 1,), counted from the landscape's minimum.
        threshold: Above zero.

    Returns:
        The smallest k with losses[k] < threshold; None if there is none.

    >>> first_below(np.array([5.0, 0.5, 2.0, 0.5]), 1.0)
    1
    """
    below = np.asarray(losses) < threshold
    return int(np.argmax(below)) if below.any() else None


def stays_below(losses: Array, threshold: float) -> int | None:
    """Return the step from which the loss is below the threshold up to the last step.

    Args:
        losses: Shape (n + 1,), counted from the landscape's minimum.
        threshold: Above zero.

    Returns:
        The smallest k with losses[j] < threshold for all j >= k; None if there is none.

    >>> stays_below(np.array([5.0, 0.5, 2.0, 0.5]), 1.0)
    3
    """
    above = np.flatnonzero(~(np.asarray(losses) < threshold))
    step = int(above[-1]) + 1 if len(above) else 0
    return step if step < len(losses) else None


def leads(losses_a: Array, losses_b: Array) -> tuple[tuple[int, int], ...]:
    """Return the stretches of steps on which b is strictly lower than a.

    Args:
        losses_a: Shape (n + 1,).
        losses_b: Shape (m + 1,). A run that ended earlier counts as infinitely high afterwards.

    Returns:
        Pairs (first step, last step), ascending.

    >>> leads(np.array([3.0, 2.0, 2.0, 2.0]), np.array([3.0, 1.0, 2.0, 1.0]))
    ((1, 1), (3, 3))
    """
    length = max(len(losses_a), len(losses_b))
    rows = np.full((2, length), np.inf)
    rows[0, : len(losses_a)] = losses_a
    rows[1, : len(losses_b)] = losses_b
    ahead = np.concatenate([[False], rows[1] < rows[0], [False]]).astype(np.int8)
    changes = np.diff(ahead)
    firsts, lasts = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1) - 1
    return tuple(zip(firsts.tolist(), lasts.tolist(), strict=True))


def overtakings(losses_a: Array, losses_b: Array) -> int | None:
    """Return the step from which b stays ahead of a for good.

    Args:
        losses_a: Shape (n + 1,).
        losses_b: Shape (m + 1,).

    Returns:
        The first step of b's last lead if that lasts to the end; None otherwise.

    >>> overtakings(np.array([3.0, 2.0, 2.0, 2.0]), np.array([3.0, 1.0, 2.0, 1.0]))
    3
    """
    stretches = leads(losses_a, losses_b)
    last = max(len(losses_a), len(losses_b)) - 1
    return stretches[-1][0] if stretches and stretches[-1][1] == last else None
