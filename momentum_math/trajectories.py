"""Running an optimiser on a landscape, and reading off when its loss is low."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from momentum_math.data.recording import Recording
from momentum_math.landscapes import Landscape
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.optimizers import Optimizer
from momentum_math.types import Array, Point, readonly

FAR = 1e6
"""A run that is this many window sizes away has diverged."""

VAST = 1e150
"""What is larger is no length that could be shown."""

AGREE = 0.02
"""Recorded losses are those of the map if they differ by no more than this share of their range."""

TINIEST_LOSS = 1e-290
"""What is no higher above the minimum is no loss."""


class Status(StrEnum):
    """The state of a run after its last step."""

    RUNNING = "running"
    """It made all its steps."""
    CONVERGED = "converged"
    """It made all its steps, and its loss stays below the threshold up to the last."""
    DIVERGED = "diverged"
    """It left beyond all measure."""
    STOPPED = "stopped"
    """It came to where the loss, its gradient or its own rule is undefined."""


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


@dataclass(frozen=True)
class Batches:
    """Gradients of some samples at a time, the same ones for every contender.

    Args:
        batch: Samples in each, drawn anew for every step without replacement.
        seed: Seed of numpy's ``default_rng``.
    """

    batch: int
    seed: int = 1

    def draws(self, count: int, samples: int) -> npt.NDArray[np.int64]:
        """The samples of the first ``count`` steps, shape (count, batch)."""
        order = np.random.default_rng(self.seed).random((count, samples)).argsort(axis=1)
        return order[:, : self.batch]


Disturbance = Noise | Batches
"""What makes the gradients that optimisers see others than those of the loss."""


def seen_gradients(
    landscape: Landscape, noise: Disturbance | None, count: int
) -> Callable[[int, Array], Array]:
    """Return what tells the gradient, (..., 2), that a step of the first ``count`` sees at theta.

    Raises:
        TypeError: Batches are asked of a landscape that is not the mean loss of samples.
    """
    if noise is None:
        return lambda _, theta: landscape.gradient(theta)
    if isinstance(noise, Noise):
        added = noise.draws(count)
        return lambda k, theta: landscape.gradient(theta) + added[k]
    if not isinstance(landscape, FitLandscape):
        raise TypeError(f"{landscape.name} has no samples to draw batches of")
    fit, drawn = landscape, noise.draws(count, len(landscape.data))
    return lambda k, theta: fit.batch_gradient(theta, drawn[k])


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The path of one run; every array is read-only float64 and finite.

    Attributes:
        points: Shape (n + 1, 2), the parameters after 0..n updates.
        losses: Shape (n + 1,).
        gradients: Shape (n + 1, 2), as the optimiser saw them (with noise, if any). A last gradient
            that is not finite is given as zero: there is no direction to show. Of a run that was
            recorded nothing is known of them: shape (0, 2), as the velocities.
        velocities: Shape (n + 1, 2), the velocity after k updates, the first row zero. One beyond
            ``VAST``, which a rule may have that steps by its sign, is given as zero.
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

    @property
    def is_recorded(self) -> bool:
        """Whether it was recorded, so that no gradients are known."""
        return not len(self.gradients)

    @property
    def headings(self) -> Array:
        """What shows where a run turns round: gradients or, where none are known, its steps."""
        return np.diff(self.points, axis=0) if self.is_recorded else self.gradients

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickled arrays are writeable in numpy; ours stay read-only."""
        self.__dict__.update(state)
        for array in (self.points, self.losses, self.gradients, self.velocities):
            array.flags.writeable = False


@lru_cache(maxsize=24)
def trace(
    landscape: Landscape,
    optimizer: Optimizer,
    start: Point,
    steps: int,
    noise: Disturbance | None = None,
) -> Trajectory:
    """Run ``optimizer`` on ``landscape`` for ``steps`` updates; a pure function, remembered.

    Args:
        landscape: The loss.
        optimizer: The method.
        start: (x, y), where the loss is finite.
        steps: Number of updates, at least 0; fewer are made when the run diverges or stops.
        noise: Noise on the gradients, or batches of samples that they are of.

    Raises:
        ValueError: The loss at the start is not finite; start elsewhere.

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> from momentum_math.optimizers.momentum import GradientDescent
    >>> path = trace(Quadratic((0.1, 10.0)), GradientDescent(0.18), (-4.0, 1.5), 300)
    >>> first_below(path.losses, 1e-3)
    185
    """
    points, gradients, velocities = (np.zeros((steps + 1, 2)) for _ in range(3))
    seen = seen_gradients(landscape, noise, steps + 1)
    sides = np.ptp(landscape.window, axis=1)
    reach = FAR * float(max(*sides, *np.abs(start)))
    theta = np.array(start, dtype=np.float64)
    state, changes = optimizer.init(theta), bool(optimizer.schedules)
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            gradient = seen(k, theta)
            points[k], gradients[k], velocities[k] = theta, gradient, state.velocity
            ending = _ending(theta, gradient, reach)
            if ending or k == steps:
                break
            method = optimizer.at(k + 1) if changes else optimizer
            theta, state = method.step(theta, gradient, state)
        losses = landscape.value(points[: k + 1])
    return _trimmed(points, losses, gradients, velocities, ending)


@lru_cache(maxsize=24)
def recorded(landscape: Landscape, recording: Recording, steps: int) -> Trajectory:
    """Return the path of a run that was recorded, until a step or its end; remembered.

    Losses that were not recorded are the landscape's.

    Raises:
        ValueError: One of those is not finite: the file has to give losses.

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> seen = Recording(((2.0, 0.0), (1.0, 0.0), (0.0, 0.0)))
    >>> recorded(Quadratic((1.0, 1.0)), seen, 300).losses.tolist()
    [2.0, 0.5, 0.0]
    """
    points = np.array(recording.points[: steps + 1])
    losses = landscape_losses(landscape, points)
    if recording.losses is not None:
        losses = np.array(recording.losses[: steps + 1])
    if not np.isfinite(losses).all():
        k = int(np.argmin(np.isfinite(losses)))
        at = ", ".join(f"{part:g}" for part in points[k])
        raise ValueError(f"point {k}, ({at}), has no loss on this landscape: record the losses too")
    none = readonly(np.empty((0, 2)))
    return Trajectory(readonly(points), readonly(losses), none, none)


def off_map(landscape: Landscape, path: Trajectory) -> bool:
    """Tell whether a path's losses are not the landscape's there, so far as it has any there.

    So are those of a recorded run where the landscape is the loss on a plane and the run is not in
    that plane; they may differ by a fiftieth of their range.
    """
    there = landscape_losses(landscape, path.points)
    apart = np.abs(path.losses - there)[np.isfinite(there)]
    return bool((apart > AGREE * float(np.ptp(path.losses)) + TINIEST_LOSS).any())


def landscape_losses(landscape: Landscape, points: Array) -> Array:
    """The landscape's loss at points, (n, 2), shape (n,), without a warning where there is none."""
    with np.errstate(all="ignore"):
        return landscape.value(points)


def _ending(theta: Array, gradient: Array, reach: float) -> Status | None:
    """Why a run ends here, if it does; plain floats, since this is the inner loop."""
    x, y = theta.tolist()
    if math.isnan(x) or math.isnan(y):  # a rule may be undefined where the loss is not
        return Status.STOPPED
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
        velocities=readonly(np.where(np.abs(velocities[:count]) <= VAST, velocities[:count], 0.0)),
        status=ending or Status.RUNNING,
        ended_at=count - 1 if ending else None,
    )


def excess(losses: Array, minimum: float | None) -> Array:
    """Return how far losses are above the landscape's minimum.

    Without a minimum they count from zero. The result, (n,) as the losses, is read-only, and never
    below zero where the minimum is known: a loss below it is rounding.

    >>> excess(np.array([-1.0, 2.0]), -3.0).tolist()
    [2.0, 5.0]
    """
    if minimum is None:
        return readonly(losses)
    return readonly(np.maximum(losses - minimum, 0.0))


def is_minimal(loss: float, minimum: float) -> bool:
    """Tell whether a loss is the landscape's minimum, but for rounding."""
    rounding = 4.0 * float(np.finfo(float).eps) * max(abs(loss), abs(minimum))
    return loss - minimum <= max(TINIEST_LOSS, rounding)


def first_below(losses: Array, threshold: float) -> int | None:
    """Return the first step whose loss is below the threshold; the run may rise above it again.

    It is the smallest k with losses[k] < threshold, where losses, (n + 1,), count from the minimum.

    >>> first_below(np.array([5.0, 0.5, 2.0, 0.5]), 1.0)
    1
    """
    below = np.asarray(losses) < threshold
    return int(np.argmax(below)) if below.any() else None


def stays_below(losses: Array, threshold: float | Array) -> int | None:
    """Return the step from which a loss is below a threshold, or another loss, up to the last step.

    Args:
        losses: Shape (n + 1,), counted from the landscape's minimum.
        threshold: One for all steps, or one for each, shape (n + 1,).

    Returns:
        The smallest k with losses[j] < threshold for all j >= k; None if there is none.

    >>> stays_below(np.array([5.0, 0.5, 2.0, 0.5]), 1.0)
    3
    """
    above = np.flatnonzero(~(np.asarray(losses) < threshold))
    step = int(above[-1]) + 1 if len(above) else 0
    return step if step < len(losses) else None
