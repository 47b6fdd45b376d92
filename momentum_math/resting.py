"""Where runs come to rest: at a minimum, known or found, at a saddle point, or where it is flat."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import final

import numpy as np

from momentum_math.experiment import Outcome, Run
from momentum_math.landscapes import Landscape
from momentum_math.types import Array, Point

NEAR = 0.03
"""A run rests in a minimum that is this near to its end, in sides of the map's window."""
ROUNDS = 100
SINGULAR = 1e-13
"""A Hessian whose curvatures are further apart than this has a direction without any."""
TAIL = 0.1
"""A run rests if it stays near for this share of its steps,"""
SETTLED = 1e-3
"""and all but this share of its height above the place is lost."""


class Place(Enum):
    """The kinds of place where a run can come to rest."""

    LOWEST = "minimum"
    LOCAL_MINIMUM = "local minimum"
    SADDLE_POINT = "saddle point"
    FLAT = "flat ground"


@final
@dataclass(frozen=True)
class Rest:
    """The place where a run came to rest.

    Attributes:
        place: What it rests on.
        point: Where, (x, y).
        since_start: Whether it never moved.
    """

    place: Place
    point: Point
    since_start: bool


def nearest_minimum(landscape: Landscape, point: Point, reach: float) -> Point | None:
    """Return the minimum to which Newton's method leads from a point, if that is near.

    Args:
        landscape: The loss.
        point: (x, y), inside the basin in question.
        reach: How far away the minimum may be.

    Returns:
        The minimiser; None where the Hessian is not positive definite on the way, or beyond reach.

    >>> from momentum_math.landscapes.classics import Himmelblau
    >>> nearest_minimum(Himmelblau(), (3.1, 1.9), 1.0)
    (3.0, 2.0)
    """
    at = np.array(point, dtype=np.float64)
    for _ in range(ROUNDS):
        gradient, hessian = _slopes(landscape, at)
        if not (np.isfinite(hessian).all() and np.isfinite(gradient).all()):
            return None
        low, high = np.linalg.eigvalsh(hessian)
        if low <= SINGULAR * high:
            return None
        step = np.linalg.solve(hessian, gradient)
        at = at - step
        if np.hypot(*(at - point)) > reach:
            return None
        if np.abs(step).max() <= 1e-13 * max(1.0, np.abs(at).max()):
            return _snapped(landscape, at.tolist(), reach)
    return None


def _snapped(landscape: Landscape, found: list[float], reach: float) -> Point:
    """A known minimum in place of one that was found, where they are the same."""
    for known in landscape.minima:
        if np.hypot(found[0] - known[0], found[1] - known[1]) <= 1e-6 * reach:
            return known
    return found[0], found[1]


def _slopes(landscape: Landscape, at: Array) -> tuple[Array, Array]:
    """Gradient and Hessian at a point, without a warning where they overflow."""
    with np.errstate(all="ignore"):
        return landscape.gradient(at), landscape.hessian(at)


def rests_in(outcome: Outcome, run: Run) -> Point | None:
    """Return the minimum in which a run ended, known or found.

    Args:
        outcome: What happened.
        run: One of its runs.

    Returns:
        The minimiser; None while the run is on its way, or where it diverged or stopped.
    """
    if run.trajectory.ended_at is not None:
        return None
    reach = _reach(outcome)
    tail = _tail(run)
    x, y = tail[-1].tolist()
    if (np.hypot(*(tail - (x, y)).T) > reach).any():
        return None
    return nearest_minimum(outcome.experiment.landscape, (x, y), reach)


def _reach(outcome: Outcome) -> float:
    """Return the distance within which a run is at a minimum."""
    return NEAR * max(high - low for low, high in outcome.experiment.map.window)


def _tail(run: Run) -> Array:
    """The last points of a run, (k, 2)."""
    points = run.trajectory.points
    return points[-1 - max(1, int(TAIL * run.trajectory.n)) :]


def rest_of(outcome: Outcome, run: Run) -> Rest | None:
    """Return where a run came to rest.

    Args:
        outcome: What happened.
        run: One of its runs.

    Returns:
        The place; None while it is on its way, under noise, and where it diverged or stopped.
    """
    path, landscape = run.trajectory, outcome.experiment.landscape
    if path.ended_at is not None or outcome.experiment.noise is not None:
        return None
    stands = bool((_tail(run) == path.points[-1]).all()) and not path.gradients[-1].any()
    since_start = bool((path.points == path.points[0]).all())
    x, y = path.points[-1].tolist()
    minimum = rests_in(outcome, run)
    if minimum is not None:
        height = float(landscape.value(minimum))
        if path.losses[-1] - height <= SETTLED * (path.losses[0] - height) or stands:
            lowest = _is_lowest(outcome, run, height)
            place = Place.LOWEST if lowest else Place.LOCAL_MINIMUM
            return Rest(place, minimum, since_start)
    if not stands:
        return None
    if _is_lowest(outcome, run, float(path.losses[-1])):
        return Rest(Place.LOWEST, (x, y), since_start)
    _, hessian = _slopes(landscape, np.array((x, y)))
    bends = np.linalg.eigvalsh(hessian) if np.isfinite(hessian).all() else np.zeros(2)
    saddle = bends[0] < 0.0 < bends[1]
    return Rest(Place.SADDLE_POINT if saddle else Place.FLAT, (x, y), since_start)


def _is_lowest(outcome: Outcome, run: Run, height: float) -> bool:
    """Tell whether a loss is the landscape's lowest, but for rounding."""
    minimum = outcome.experiment.landscape.minimum
    if minimum is None:
        return False
    near = 1e-9 * (float(run.trajectory.losses[0]) - minimum)
    return height - minimum <= max(near, 1e-12 * max(abs(height), abs(minimum)))


def minima_met(outcome: Outcome, rests: Iterable[Rest | None]) -> tuple[Point, ...]:
    """Return all minima worth marking: the known ones, then those in which runs ended.

    Args:
        outcome: What happened.
        rests: Of its runs, as ``rest_of`` finds them.

    Returns:
        Minimisers, each once.
    """
    found, apart = list(outcome.experiment.landscape.minima), 1e-3 * _reach(outcome)
    for rest in rests:
        if rest is None or rest.place not in (Place.LOWEST, Place.LOCAL_MINIMUM):
            continue
        if all(np.hypot(*np.subtract(rest.point, known)) > apart for known in found):
            found.append(rest.point)
    return tuple(found)
