"""Where f is at most a level, and the lines where it equals one: polygons and polylines.

Quadratic bowls have exact ellipses; everything else is traced on a grid with contourpy.
Polygons and closed lines repeat their first point at the end.
"""

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np

from momentum_math.landscapes import Landscape
from momentum_math.landscapes.quadratics import Quadratic, direction
from momentum_math.types import Array, Window, readonly

if TYPE_CHECKING:
    from contourpy import ContourGenerator

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


@lru_cache(maxsize=8)
def level_regions(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> tuple[tuple[Polygon, ...], ...]:
    """Return, for each level, the regions of the window where f is at most that, read-only."""
    if isinstance(landscape, Quadratic):
        return tuple(_ellipse_region(landscape, window, level) for level in levels)
    generator = _generator(landscape, window)
    return tuple(_filled(generator, window, level) for level in levels)


@lru_cache(maxsize=8)
def level_lines(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> tuple[tuple[Array, ...], ...]:
    """Return, for each level, the lines (k, 2) in the window where f equals that, read-only.

    The window's edge is none of them.
    """
    if isinstance(landscape, Quadratic):
        return tuple(_ellipse_lines(landscape, window, level) for level in levels)
    generator = _generator(landscape, window)
    lines = (cast(list[Array], generator.lines(level)) for level in levels)  # LineType.Separate
    return tuple(tuple(thinned(line, window) for line in found) for found in lines)


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


def _ellipse_lines(landscape: Quadratic, window: Window, level: float) -> tuple[Array, ...]:
    """The outline of the ellipse's region without what lies on the window's edge."""
    for (outline,) in _ellipse_region(landscape, window, level):
        bounds = outline[:, None] == np.transpose(window)
        on_edge = (bounds[:-1] & bounds[1:]).any(axis=(1, 2))
        if not on_edge.any():
            return (outline,)
        first = 0 if on_edge[-1] else int(on_edge.argmax()) + 1
        corners, on_edge = np.roll(outline[:-1], -first, axis=0), np.roll(on_edge, -first)
        pieces = np.split(corners, np.flatnonzero(on_edge)[:-1] + 1)
        return tuple(readonly(piece) for piece in pieces if len(piece) > 1)
    return ()


def is_too_fine(landscape: Landscape, window: Window) -> bool:
    """Tell whether a loss goes up and down so fast in a window that rings would show the grid.

    So it is where the waves are short, and where all losses differ by their last digits only.
    """
    if isinstance(landscape, Quadratic):
        return False
    _, _, z = grid(landscape, window)
    finite = z[np.isfinite(z)]
    if not len(finite):
        return False
    least = 1e-12 * float(np.ptp(finite / 2.0))
    return any(_turning_share(side, least) > FINEST for side in (z, z.T))


def _turning_share(values: Array, least: float) -> float:
    """Of the steps along the first axis of values (n, m), the share at which they turn up or down.

    What is smaller than ``least`` is no step; next to values that are not finite nothing turns.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.diff(values, axis=0)
        signs = np.where(np.abs(steps) > least, np.sign(steps), 0.0)
    return float((signs[1:] * signs[:-1] < 0.0).mean())


def grid(landscape: Landscape, window: Window, cells: int = GRID) -> tuple[Array, Array, Array]:
    """The grid's x and y, each (cells + 1,), and the losses on it, (cells + 1, cells + 1)."""
    x, y = (np.linspace(low, high, cells + 1) for low, high in window)
    with np.errstate(all="ignore"):
        return x, y, landscape.value(np.stack(np.meshgrid(x, y), axis=-1))


def _generator(landscape: Landscape, window: Window) -> "ContourGenerator":
    """Contourpy's generator over one landscape and window."""
    from contourpy import FillType, LineType, contour_generator

    x, y, z = grid(landscape, window)
    return contour_generator(
        x,
        y,
        np.ma.masked_invalid(z),
        name="serial",
        line_type=LineType.Separate,
        fill_type=FillType.OuterOffset,
    )


def _filled(generator: "ContourGenerator", window: Window, level: float) -> tuple[Polygon, ...]:
    """The polygons up to one level."""
    found = generator.filled(-np.inf, level)
    outlines, offsets = cast(tuple[list[Array], list[Array]], found)  # FillType.OuterOffset
    return tuple(
        tuple(thinned(points[a:b], window) for a, b in pairwise(starts))
        for points, starts in zip(outlines, offsets, strict=True)
    )


def thinned(line: Array, window: Window, tolerance: float = TOLERANCE) -> Array:
    """A polyline (k, 2) without the points that a straight line replaces, read-only, ends kept.

    Each round looks at every second point and drops it if it lies near its neighbours' chord, in
    sides of the window. Closed lines keep at least four points.
    """
    sides = np.ptp(window, axis=1)
    for offset in (1, 2) * 6:
        if len(line) <= 8:
            break
        middle = np.arange(offset, len(line) - 1, 2)
        before, at, after = (line[middle + shift] / sides for shift in (-1, 0, 1))
        chord, arm = after - before, at - before
        length = np.maximum(np.hypot(*chord.T), 1e-300)
        away = np.abs(chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / length
        line = np.delete(line, middle[away < tolerance], axis=0)
    return readonly(line)
