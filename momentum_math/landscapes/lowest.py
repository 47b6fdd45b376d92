"""The lowest point of a formula near a few points: a grid, refined by Newton's method.

What is not found in the region searched is not claimed to be absent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from momentum_math.landscapes.base import Landscape
from momentum_math.types import Array, Point, Window

GRID = 97
"""Points of the grid along each side of a region."""
CANDIDATES = 12
MOST_ROUNDS = 80
MOST_POINTS = 9
"""A loss with more minimisers than this is periodic, or flat: its lowest points are not listed."""


@final
@dataclass(frozen=True)
class Lowest:
    """The lowest value found.

    Attributes:
        value: The loss there.
        points: Isolated minimisers, nearest to the start first; empty where there are none or many.
        is_rest: Whether the gradient vanishes there, so that the loss falls no further nearby.
    """

    value: float
    points: tuple[Point, ...]
    is_rest: bool


def region(start: Point, paths: Sequence[Array]) -> Window:
    """The square that is searched: the start, the origin and the paths, three times as wide.

    Of the paths (n, 2) what has run far away plays no part; 6 wide where all are the origin.
    """
    core = np.array([start, (0.0, 0.0)])
    reach = 12.0 * (float(np.abs(core).max()) or 1.0)
    near = [path[(np.abs(path) <= reach).all(axis=1)] for path in paths]
    box = np.vstack([core, *near])
    low, high = box.min(axis=0), box.max(axis=0)
    half = 1.5 * float((high - low).max()) or 3.0
    x, y = ((low + high) / 2.0).tolist()
    return (x - half, x + half), (y - half, y + half)


@lru_cache(maxsize=8)
def lowest(loss: Landscape, start: Point, window: Window, others: tuple[Point, ...] = ()) -> Lowest:
    """Return the lowest value found from a start, a grid over a window, and other points.

    It is above none of them. The loss is finite at the start; elsewhere it may be undefined,
    without a warning. A pure function, remembered.
    """
    seeds = [*np.array([start, *others], dtype=np.float64), *_low_points(loss, window)]
    size = max(high - low for low, high in window)
    ends = [_descend(loss, seed, size) for seed in seeds]
    values = [_value(loss, end) for end in ends]
    best = min(range(len(ends)), key=values.__getitem__)
    near = 1e-9 * max(_value(loss, seeds[0]) - values[best], 0.0) + 1e-14 * abs(values[best])
    rests = [_rests(loss, end, size) for end in ends]
    found: list[Array] = []
    for end, value, rest in zip(ends, values, rests, strict=True):
        is_lowest = rest and value <= values[best] + near
        is_new = all(np.abs(end - other).max() > 1e-5 * size for other in found)
        if is_lowest and is_new and min(_around(loss, end, 1e-3 * size)) > value:
            found.append(_snapped(loss, end, size, near))
    found.sort(key=lambda point: float(np.hypot(*(point - np.array(start)))))
    points = tuple((float(x), float(y)) for x, y in found) if len(found) <= MOST_POINTS else ()
    value = min([values[best], *(_value(loss, point) for point in found)])
    return Lowest(_rounded(value, near), points, rests[best])


def _value(loss: Landscape, point: Array) -> float:
    """The loss at a point; infinite where it is undefined."""
    value = float(loss.value(point))
    return value if np.isfinite(value) else np.inf


def _low_points(loss: Landscape, window: Window) -> list[Array]:
    """Points of a grid that are at most as high as their neighbours, the lowest first."""
    x, y = (np.linspace(low, high, GRID) for low, high in window)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    values = loss.value(points)
    values = np.where(np.isfinite(values), values, np.inf)
    around = sliding_window_view(np.pad(values, 1, constant_values=np.inf), (3, 3))
    is_low = (values <= around.min(axis=(2, 3))) & np.isfinite(values)
    order = np.argsort(values[is_low], kind="stable")[:CANDIDATES]
    return list(points[is_low][order])


def _hessian(loss: Landscape, at: Array, size: float) -> Array:
    """The Hessian by central differences of the gradient, (2, 2): no second derivatives needed."""
    step = 1e-5 * size
    with np.errstate(all="ignore"):
        rows = [loss.gradient(at + way) - loss.gradient(at - way) for way in step * np.eye(2)]
        matrix = np.array(rows) / (2.0 * step)
        return (matrix + matrix.T) / 2.0


def _descend(loss: Landscape, at: Array, size: float) -> Array:
    """Return where Newton's method leads downhill from a point, (2,); it never climbs."""
    for _ in range(MOST_ROUNDS):
        gradient, matrix = loss.gradient(at), _hessian(loss, at, size)
        if not (np.isfinite(gradient).all() and np.isfinite(matrix).all()) or not gradient.any():
            return at
        here = _value(loss, at)
        steps = _downhill(matrix, gradient, size) / 2.0 ** np.arange(30)[:, None]
        step = next((step for step in steps if _value(loss, at + step) < here), None)
        if step is None:
            return at
        at = at + step
        if np.abs(step).max() <= 1e-15 * size:
            return at
    return at


def _downhill(matrix: Array, gradient: Array, size: float) -> Array:
    """A Newton step with every curvature taken as positive, no longer than half the region."""
    values, vectors = np.linalg.eigh(matrix)
    bend = np.maximum(np.abs(values), 1e-12 * max(float(np.abs(values).max()), 1e-300))
    with np.errstate(all="ignore"):
        step: Array = -vectors @ ((vectors.T @ gradient) / bend)
    if not np.isfinite(step).all():
        step = -gradient / max(float(np.abs(gradient).max()), 1e-300) * size
    length = float(np.abs(step).max())
    return step * min(1.0, 0.5 * size / length) if length else step


def _around(loss: Landscape, at: Array, reach: float) -> list[float]:
    """The losses in 32 directions at a distance from a point; infinite where undefined."""
    turn = np.linspace(0.0, 2.0 * np.pi, 33)[:-1]
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    return [_value(loss, at + reach * way) for way in circle]


def _rests(loss: Landscape, at: Array, size: float) -> bool:
    """Tell whether a move by a small part of the region gains nothing, and no pole is near."""
    if _is_at_pole(loss, at, size):
        return False
    here = _value(loss, at)
    around = min(min(_around(loss, at, reach * size)) for reach in (1e-4, 1e-2))
    return around >= here - 1e-12 * max(abs(here), 1e-300)


def _is_at_pole(loss: Landscape, at: Array, size: float) -> bool:
    """Tell whether a few millionths of the region change the loss as only a pole does.

    Newton's method comes as near to a pole as its Hessian sees, and there so little changes much
    of what a hundredth does.
    """
    here = _value(loss, at)
    near, far = (
        np.array([value for value in _around(loss, at, reach * size) if np.isfinite(value)])
        for reach in (3e-6, 1e-2)
    )
    if not (near.size and far.size):
        return False
    change = float(np.abs(near - here).max())
    return change > max(0.15 * float(np.median(np.abs(far - here))), 1e-12 * abs(here))


def _snapped(loss: Landscape, at: Array, size: float, near: float) -> Array:
    """A minimiser in round numbers, where these are as low."""
    here = _value(loss, at)
    for digits in range(5):
        unit = 10.0 ** (np.floor(np.log10(size)) - digits)
        rounded = np.round(at / unit) * unit
        rounded = np.array([float(f"{coordinate:.12g}") for coordinate in rounded]) + 0.0
        if np.abs(rounded - at).max() <= 1e-7 * size and _value(loss, rounded) <= here + near:
            return rounded
    return at


def _rounded(value: float, near: float) -> float:
    """A value in few digits, where these differ only by rounding."""
    if abs(value) <= near:
        return 0.0
    for digits in range(1, 13):
        short = float(f"{value:.{digits}g}")
        if abs(short - value) <= near:
            return short
    return value
