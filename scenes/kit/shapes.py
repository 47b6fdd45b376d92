"""Lines and areas as Manim's curves, and what of a polyline is in a box."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Any, cast

import numpy as np
from manim import LineJointType, VMobject
from numpy.typing import ArrayLike

from scenes.kit.markers import marker_of
from scenes.look import Box, rgb

# Line widths in Manim's points (1/100 unit).
HAIR, THIN, LINE, BOLD = 1.0, 1.6, 3.0, 4.5
NOTHING = np.zeros((0, 3))  # points of what does not show


def corners(points: ArrayLike, closed: bool = False) -> np.ndarray:
    """A polyline, (n, 2) in units, as Manim's curves, (4 (n - 1), 3), or 4 more if closed."""
    flat = np.asarray(points, dtype=float)
    if closed:
        flat = np.concatenate([flat, flat[:1]])
    start, end = flat[:-1], flat[1:]
    third = (end - start) / 3
    curves = np.zeros((len(start), 4, 3))
    for k, place in enumerate((start, start + third, end - third, end)):
        curves[:, k, :2] = place
    return curves.reshape(-1, 3)


class Layer(VMobject):
    """One of many opaque things that lie on each other over a page.

    It fades by its colour: through the opacities of all of them, the lowest would be seen.

    Attributes:
        page: the colour of the page, RGB of 0 to 1.
    """

    page: tuple[float, float, float]


def layer(page: str, *outlines: np.ndarray, **style: Any) -> Layer:
    """One of many layers over a page; see ``shape``."""
    found = cast(Layer, shape(*outlines, kind=Layer, **style))
    found.page = rgb(page)
    return found


def shape(
    *outlines: np.ndarray,
    fill: str | None = None,
    stroke: str | None = None,
    width: float = 0.0,
    opacity: float = 1.0,
    kind: type[VMobject] = VMobject,
) -> VMobject:
    """One mobject of several outlines (arrays of curves)."""
    mobject = kind(
        fill_color=fill or stroke or "#000000",
        fill_opacity=opacity if fill else 0.0,
        stroke_color=stroke or fill or "#000000",
        stroke_width=width if stroke else 0.0,
        stroke_opacity=opacity if stroke else 0.0,
        joint_type=LineJointType.ROUND,
    )
    mobject.points = joined(outlines)
    return mobject


def joined(outlines: Iterable[np.ndarray]) -> np.ndarray:
    """Curves of several outlines, of none as well, (4k, 3)."""
    return np.concatenate([NOTHING, *outlines])


def rectangle(box: Box) -> np.ndarray:
    """Outline of a box."""
    x, y = (box.left, box.right, box.right, box.left), (box.bottom, box.bottom, box.top, box.top)
    return corners(np.stack([x, y], axis=1), closed=True)


# Four Bezier quarters of the unit circle (the usual handle length 4/3 (sqrt 2 - 1)).
_HANDLE = 4 / 3 * (2**0.5 - 1)
_QUARTER = np.array([(1, 0), (1, _HANDLE), (_HANDLE, 1), (0, 1)])
DISC = np.concatenate(
    [
        np.pad(_QUARTER @ np.array([(c, s), (-s, c)]), ((0, 0), (0, 1)))
        for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))
    ]
)


def disc(radius: float) -> np.ndarray:
    """Outline of a circle round the origin."""
    return DISC * radius


def marker_outline(index: int, radius: float) -> np.ndarray:
    """Outline of a contender's marker round the origin, (4k, 3)."""
    points = marker_of(index).outline(radius)
    return corners(points, closed=True) if points else disc(radius)


def along(path: np.ndarray, step: float) -> np.ndarray:
    """The point of a polyline at a fractional step; steps before and after its ends stay there."""
    if len(path) == 1:
        return path[0]
    step = min(max(step, 0.0), len(path) - 1.0)
    whole = min(int(step), len(path) - 2)
    start: np.ndarray = path[whole]
    return start + (path[whole + 1] - start) * (step - whole)


def part(path: np.ndarray, first: float, last: float) -> np.ndarray:
    """The piece of a polyline between two fractional steps."""
    first, last = max(first, 0.0), min(last, len(path) - 1.0)
    if last <= first:
        return path[:0]
    piece = path[int(first) : ceil(last) + 1].copy()
    piece[0], piece[-1] = along(path, first), along(path, last)
    return piece


def holds(box: Box, point: np.ndarray) -> bool:
    """Whether a point, (2,), lies in a box or on its edge."""
    return bool(box.left <= point[0] <= box.right and box.bottom <= point[1] <= box.top)


def inside(starts: np.ndarray, ways: np.ndarray, box: Box) -> tuple[np.ndarray, np.ndarray]:
    """Where straight ways, (n, 2) as their starts, enter and leave a box.

    Returns:
        The shares of each way, (n,) in 0 to 1; of one that misses the box the first is the larger.

    Source:
        Y.-D. Liang and B. A. Barsky, "A New Concept and Method for Line Clipping",
        ACM Transactions on Graphics 3 (1984), 1-22.
    """
    low, high = np.array([box.left, box.bottom]), np.array([box.right, box.top])
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - starts) / ways, (high - starts) / ways
    # A way along an edge's direction meets that edge nowhere: it is inside of it, or it is not.
    along_it, beside = ways == 0, (starts < low) | (starts > high)
    enter = np.where(along_it, np.where(beside, np.inf, -np.inf), np.minimum(one, other))
    leave = np.where(along_it, np.inf, np.maximum(one, other))
    return np.maximum(enter.max(axis=1), 0.0), np.minimum(leave.min(axis=1), 1.0)


def clipped(path: np.ndarray, box: Box) -> list[np.ndarray]:
    """The pieces, (k, 2), of a polyline of finite points, (n, 2), inside a box.

    Cairo draws lines to far points in wrong directions, so what leaves a plot is cut here.
    """
    low, high = np.array([box.left, box.bottom]), np.array([box.right, box.top])
    if len(path) == 0 or bool(((path >= low) & (path <= high)).all()):
        return [path] if len(path) else []
    starts, ways = path[:-1], path[1:] - path[:-1]
    first, last = inside(starts, ways, box)
    kept = first <= last
    first, last = first[kept, None], last[kept, None]
    starts, stops, ways = starts[kept], path[1:][kept], ways[kept]
    # The ends are the segment's own where it is not cut, so that neighbouring pieces meet.
    tails = np.where(first == 0.0, starts, np.clip(starts + ways * first, low, high))
    heads = np.where(last == 1.0, stops, np.clip(starts + ways * last, low, high))
    breaks = 1 + np.flatnonzero((tails[1:] != heads[:-1]).any(axis=1))
    runs = zip(np.split(tails, breaks), np.split(heads, breaks), strict=True)
    return [np.concatenate([some[:1], others]) for some, others in runs if len(some)]


DASH, GAP = 0.12, 0.09  # units


def dashes(start: tuple[float, float], end: tuple[float, float]) -> list[np.ndarray]:
    """Outlines of a dashed straight line, units."""
    a, way = np.array(start), np.array(end) - np.array(start)
    length = float(np.linalg.norm(way))
    ends = ((s, min(s + DASH, length)) for s in np.arange(0.0, length, DASH + GAP))
    return [corners([a + way * s / length for s in pair]) for pair in ends]


def ring(radius: float) -> np.ndarray:
    """Points of a circle round the origin, (25, 2)."""
    angles = np.linspace(0, 2 * np.pi, 25)
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
