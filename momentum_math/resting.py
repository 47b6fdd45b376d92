"""Where runs come to rest: at a minimum, known or found, at a saddle point, or where it is flat."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import final

import numpy as np

from momentum_math.experiment import Outcome, Run
from momentum_math.landscapes import Landscape
from momentum_math.trajectories import off_map
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
    """Return the minimum to which Newton's method leads from a point in its basin.

    Where the Hessian is not positive definite on the way, it leads nowhere: then it is a known
    minimum in which the slope jumps, if there is one. None too if the minimum is beyond reach.

    >>> from momentum_math.landscapes.classics import Himmelblau
    >>> nearest_minimum(Himmelblau(), (3.1, 1.9), 1.0)
    (3.0, 2.0)
    """
    found = _newton(landscape, point, reach)
    if found is not None:
        return found
    near = (known for known in landscape.minima if math.dist(known, point) <= reach)
    return next((known for known in near if not _is_round(landscape, known)), None)


def _is_round(landscape: Landscape, minimum: Point) -> bool:
    """Tell whether the loss bends up every way at a minimum, rather than rise from a point."""
    _, hessian = _slopes(landscape, np.array(minimum))
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian)[0] > 0.0)


def _newton(landscape: Landscape, point: Point, reach: float) -> Point | None:
    """The minimum to which Newton's method leads within reach; None where it leads nowhere."""
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
            near = (known for known in landscape.minima if np.hypot(*(at - known)) <= 1e-6 * reach)
            x, y = at.tolist()
            return next(near, (x, y))
    return None


def _slopes(landscape: Landscape, at: Array) -> tuple[Array, Array]:
    """Gradient and Hessian at a point, without a warning where they overflow."""
    with np.errstate(all="ignore"):
        return landscape.gradient(at), landscape.hessian(at)


def _reach(outcome: Outcome) -> float:
    """Return the distance within which a run is at a minimum."""
    return NEAR * float(np.ptp(outcome.experiment.map.window, axis=1).max())


def rest_of(outcome: Outcome, run: Run) -> Rest | None:
    """Return where a run came to rest.

    None while it is on its way, under noise, and where it diverged or stopped.
    """
    path, landscape = run.trajectory, outcome.experiment.landscape
    if path.ended_at is not None or outcome.experiment.noise is not None:
        return None
    if path.is_recorded and off_map(landscape, path):
        return None  # what was recorded went elsewhere than on this landscape
    end, tail = path.points[-1], path.points[-1 - max(1, int(TAIL * path.n)) :]
    reach = _reach(outcome)
    stands = bool((tail == end).all()) and not path.gradients[-1:].any()
    since_start = bool((path.points == path.points[0]).all())
    x, y = end.tolist()
    is_near = bool((np.hypot(*(tail - end).T) <= reach).all())
    minimum = nearest_minimum(landscape, (x, y), reach) if is_near else None
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
    slope, hessian = _slopes(landscape, end)
    if path.is_recorded and slope.any():
        return None  # it was not the landscape's slope that held it
    bends = np.linalg.eigvalsh(hessian) if np.isfinite(hessian).all() else np.zeros(2)
    saddle = bends[0] < 0.0 < bends[1]
    return Rest(Place.SADDLE_POINT if saddle else Place.FLAT, (x, y), since_start)


def _is_lowest(outcome: Outcome, run: Run, height: float) -> bool:
    """Tell whether a loss is the landscape's lowest, but for rounding."""
    landscape = outcome.experiment.landscape
    minimum = landscape.minimum
    if minimum is None:
        return False
    if landscape.minima:  # losses may count from below it
        minimum = float(landscape.value(landscape.minima[0]))
    near = 1e-9 * (float(run.trajectory.losses[0]) - minimum)
    return height - minimum <= max(near, 1e-12 * max(abs(height), abs(minimum)))


def minima_met(outcome: Outcome, rests: Iterable[Rest | None]) -> tuple[Point, ...]:
    """Return all minima worth marking, each once: known ones, then those where runs rest."""
    found, apart = list(outcome.experiment.landscape.minima), 1e-3 * _reach(outcome)
    for rest in rests:
        if rest is None or rest.place not in (Place.LOWEST, Place.LOCAL_MINIMUM):
            continue
        if all(np.hypot(*np.subtract(rest.point, known)) > apart for known in found):
            found.append(rest.point)
    return tuple(found)


def nearest_of(minima: tuple[Point, ...], point: Point) -> int | None:
    """Return the place in a list of several minima of the one that a point clearly is at.

    None where there are fewer than two, and where the point is further from the nearest than a
    quarter of the least distance between two of them.

    >>> nearest_of(((0.0, 0.0), (1.0, 0.0)), (0.9, 0.0))
    1
    """
    if len(minima) < 2:
        return None
    distance = np.linalg.norm(np.array(minima) - point, axis=1)
    nearest = int(distance.argmin())
    apart = min(np.hypot(*np.subtract(a, b)) for k, a in enumerate(minima) for b in minima[:k])
    return nearest if distance[nearest] < 0.25 * apart else None
