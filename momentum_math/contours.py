"""Where f is at most a level, and the lines where it equals one: polygons and polylines.

Quadratic bowls have exact ellipses; everything else is traced on a grid with contourpy.
Polygons and closed lines repeat their first point at the end.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt

from momentum_math.landscapes import Landscape
from momentum_math.landscapes.quadratics import Quadratic, direction
from momentum_math.types import Array, Window, readonly

ELLIPSE_POINTS = 256
GRID = 480
"""Cells of the grid along each side of the window."""

FINEST = 1 / 8
"""Of the steps along a line of the grid, the share at which a loss may turn from rising to falling
or back: waves shorter than sixteen cells are not what the loss does but what the grid makes of it.
"""

TOLERANCE = 1e-4
"""How far a thinned line may stray in one round, in sides of the window."""

Polygon = tuple[Array, ...]
"""(outer (k, 2), *holes (k, 2)), each closed; outer counterclockwise, holes clockwise."""


def level_regions(
    landscape: Landscape, window: Window, levels: Iterable[float]
) -> tuple[tuple[Polygon, ...], ...]:
    """Return the regions where f is at most each level, inside the window.

    Args:
        landscape: The loss.
        window: What is clipped to.
        levels: Losses.

    Returns:
        For each level its polygons, read-only; none where f is above the level everywhere.
    """
    return _level_regions(landscape, window, tuple(levels))


@lru_cache(maxsize=8)
def _level_regions(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> tuple[tuple[Polygon, ...], ...]:
    if isinstance(landscape, Quadratic):
        return tuple(_ellipse_region(landscape, window, level) for level in levels)
    tracer = _Tracer(landscape, window)
    return tuple(tuple(tracer.filled(level)) for level in levels)


def level_lines(
    landscape: Landscape, window: Window, levels: Iterable[float]
) -> tuple[tuple[Array, ...], ...]:
    """Return the lines on which f equals each level, inside the window and without its edge.

    Args:
        landscape: The loss.
        window: What is clipped to.
        levels: Losses.

    Returns:
        For each level its polylines (k, 2), read-only; closed ones repeat their first point.
    """
    return _level_lines(landscape, window, tuple(levels))


@lru_cache(maxsize=8)
def _level_lines(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> tuple[tuple[Array, ...], ...]:
    if isinstance(landscape, Quadratic):
        return tuple(
            _inside_pieces(_ellipse(landscape, level), window) if level > 0.0 else ()
            for level in levels
        )
    tracer = _Tracer(landscape, window)
    return tuple(tuple(readonly(line) for line in tracer.lines(level)) for level in levels)


def _ellipse(landscape: Quadratic, level: float) -> Array:
    """The ellipse f = level, counterclockwise and closed, shape (257, 2)."""
    turn = np.linspace(0.0, 2.0 * math.pi, ELLIPSE_POINTS + 1)
    first, second = (math.sqrt(2.0 * level / curvature) for curvature in landscape.curvatures)
    u, w = first * np.cos(turn), second * np.sin(turn)
    cosine, sine = direction(landscape.angle_degrees)
    points = np.column_stack([cosine * u - sine * w, sine * u + cosine * w])
    points[-1] = points[0]
    return points


def _ellipse_region(landscape: Quadratic, window: Window, level: float) -> tuple[Polygon, ...]:
    """The filled ellipse cut to the window; both are convex, so the cut is one polygon."""
    if level <= 0.0:
        return ()
    polygon = _ellipse(landscape, level)[:-1]
    for axis, (low, high) in enumerate(window):
        polygon = _cut(polygon, axis, low, keep_above=True)
        polygon = _cut(polygon, axis, high, keep_above=False)
    if len(polygon) < 3:
        return ()
    return ((readonly(np.vstack([polygon, polygon[:1]])),),)


def _cut(polygon: Array, axis: int, bound: float, *, keep_above: bool) -> Array:
    """A convex polygon (k, 2) cut by the line where coordinate ``axis`` equals ``bound``.

    Source: I. Sutherland and G. Hodgman, "Reentrant polygon clipping", CACM 17 (1974) 32-42.
    """
    depth = polygon[:, axis] - bound if keep_above else bound - polygon[:, axis]
    if (depth >= 0.0).all():
        return polygon
    following, depth_following = np.roll(polygon, -1, axis=0), np.roll(depth, -1)
    kept = depth >= 0.0
    crosses = kept != (depth_following >= 0.0)
    share = np.where(crosses, depth, 0.0) / np.where(crosses, depth - depth_following, 1.0)
    crossing = polygon + (following - polygon) * share[:, None]
    crossing[:, axis] = bound
    corners = np.stack([polygon, crossing], axis=1)
    cut: Array = corners[np.stack([kept, crosses], axis=1)]
    return cut


def _inside_pieces(line: Array, window: Window) -> tuple[Array, ...]:
    """The parts of a closed line inside the window, each from crossing to crossing."""
    starts, travel = line[:-1], np.diff(line, axis=0)
    enter, leave = _visible_share(starts, travel, window)
    visible = enter < leave
    onward = visible & (leave == 1.0)
    if onward.all() and (enter == 0.0).all():
        return (readonly(line),)
    first = int(np.argmin(onward)) + 1
    order = np.roll(np.arange(len(starts)), -first)
    pieces = np.split(order, np.flatnonzero(~onward[order])[:-1] + 1)
    return tuple(
        readonly(_piece(starts, travel, enter, leave, segments[visible[segments]]))
        for segments in pieces
        if visible[segments].any()
    )


def _piece(
    starts: Array, travel: Array, enter: Array, leave: Array, segments: npt.NDArray[np.int64]
) -> Array:
    """The points of one run of consecutive segments, cut at both ends."""
    a, b = segments[0], segments[-1]
    return np.vstack(
        [
            starts[a] + enter[a] * travel[a],
            starts[segments[1:]],
            starts[b] + leave[b] * travel[b],
        ]
    )


def _visible_share(starts: Array, travel: Array, window: Window) -> tuple[Array, Array]:
    """Return from which to which share of its length each segment is inside the window.

    Source: Y. Liang and B. Barsky, "A new concept and method for line clipping", ACM TOG 3 (1984).

    Args:
        starts: Shape (k, 2).
        travel: Shape (k, 2), from each start to its end.
        window: What is clipped to.

    Returns:
        (enter, leave), each (k,); a segment is outside where enter >= leave.
    """
    low, high = np.array(window).T
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (low - starts) / travel, (high - starts) / travel
    within = (low <= starts) & (starts <= high)
    still = travel == 0.0
    near = np.where(still, np.where(within, -np.inf, np.inf), np.minimum(to_low, to_high))
    far = np.where(still, np.where(within, np.inf, -np.inf), np.maximum(to_low, to_high))
    return np.maximum(near.max(axis=1), 0.0), np.minimum(far.min(axis=1), 1.0)


def is_too_fine(landscape: Landscape, window: Window) -> bool:
    """Whether a loss goes up and down so fast in a window that rings would show the grid.

    So it is where the waves are short, and where all losses differ by their last digits only.

    Args:
        landscape: The loss.
        window: What would be shown of it.
    """
    if isinstance(landscape, Quadratic):
        return False
    _, _, z = _grid(landscape, window)
    finite = z[np.isfinite(z)]
    if not len(finite):
        return False
    least = 1e-12 * float(np.ptp(finite / 2.0))
    return any(_turning_share(side, least) > FINEST for side in (z, z.T))


def _turning_share(values: Array, least: float) -> float:
    """Of the steps along the first axis, the share at which rising turns to falling or back.

    Args:
        values: Shape (n, m); next to those that are not finite nothing turns.
        least: What is smaller is no step.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.diff(values, axis=0)
        signs = np.where(np.abs(steps) > least, np.sign(steps), 0.0)
    return float((signs[1:] * signs[:-1] < 0.0).mean())


def _grid(landscape: Landscape, window: Window) -> tuple[Array, Array, Array]:
    """The grid's x and y, each (481,), and the losses on it, (481, 481)."""
    x, y = (np.linspace(low, high, GRID + 1) for low, high in window)
    with np.errstate(all="ignore"):
        return x, y, landscape.value(np.stack(np.meshgrid(x, y), axis=-1))


class _Tracer:
    """contourpy over one landscape and window."""

    def __init__(self, landscape: Landscape, window: Window) -> None:
        from contourpy import FillType, LineType, contour_generator

        x, y, z = _grid(landscape, window)
        self._generator = contour_generator(
            x,
            y,
            np.ma.masked_invalid(z),
            name="serial",
            line_type=LineType.Separate,
            fill_type=FillType.OuterOffset,
        )
        self._sides = np.array([high - low for low, high in window])

    def lines(self, level: float) -> Sequence[Array]:
        """The lines at one level."""
        lines = cast(Sequence[Array], self._generator.lines(level))  # as LineType.Separate has it
        return [_thinned(line, self._sides) for line in lines]

    def filled(self, level: float) -> list[Polygon]:
        """The polygons up to one level."""
        found = self._generator.filled(-np.inf, level)
        outlines, offsets = cast(tuple[list[Array], list[Array]], found)  # FillType.OuterOffset
        return [
            tuple(readonly(_thinned(points[a:b], self._sides)) for a, b in pairwise(starts))
            for points, starts in zip(outlines, offsets, strict=True)
        ]


def _thinned(line: Array, sides: Array) -> Array:
    """A polyline without the points that a straight line replaces, its ends kept.

    Each round looks at every second point and drops it if it lies near its neighbours' chord.

    Args:
        line: Shape (k, 2).
        sides: Shape (2,), the window's sides, in which nearness is measured.

    Returns:
        Shape (m, 2), m <= k; closed lines keep at least four points.
    """
    for offset in (1, 2) * 6:
        if len(line) <= 8:
            break
        middle = np.arange(offset, len(line) - 1, 2)
        before, at, after = (line[middle + shift] / sides for shift in (-1, 0, 1))
        chord, arm = after - before, at - before
        length = np.maximum(np.hypot(*chord.T), 1e-300)
        away = np.abs(chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / length
        line = np.delete(line, middle[away < TOLERANCE], axis=0)
    return line
