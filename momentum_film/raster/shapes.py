"""A mobject as it is drawn, frozen: its path, its paints, and the pixels they can touch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import attrgetter
from typing import NamedTuple

import cairo
import numpy as np
from manim import VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

from momentum_film.raster.colors import Channels, rgb
from momentum_film.raster.paths import EMPTY, Outline, append_path, outline
from momentum_film.raster.rectangles import Rectangle

# Manim's stroke widths are in hundredths of a unit.
UNITS_PER_WIDTH = 0.01
# Points nearer than this, in units, are drawn alike: Cairo rounds to 1/256 of a pixel.
STILL = 1e-9
# Of a line with at least so many of Cairo's records (50 curves), only what comes near the part of
# the picture that is drawn is given to Cairo: of a curve that grows, its tip.
LONG = 200
MITER_LIMIT = 10.0  # Cairo's default, which Manim leaves as it is


class Paint(NamedTuple):
    """A stroke in a colour or gradient, its width in units; or a fill, whose width is 0."""

    source: cairo.Pattern
    width: float
    join: cairo.LineJoin
    cap: cairo.LineCap

    @property
    def reach(self) -> float:
        """How far from the path it may paint, units."""
        spike = MITER_LIMIT if self.join == cairo.LineJoin.MITER else 1.5
        return self.width / 2 * spike


@dataclass(frozen=True, eq=False)
class Shape:
    """What one mobject paints.

    Attributes:
        mobject: shapes of one mobject in different frames share it.
        data: the bytes of its points.
        points: (n, 3), units.
        path: the same for Cairo.
        paints: in the order of painting; empty where nothing is seen.
        reach: how far from its path it may paint, units.
        box: the pixels it may touch, not cut to the picture.
        style: equal for two shapes of one mobject that differ in their points alone.
    """

    mobject: VMobject
    data: bytes
    points: np.ndarray
    path: Outline
    paints: tuple[Paint, ...]
    reach: float
    box: Rectangle
    style: tuple

    @property
    def is_plain(self) -> bool:
        """Whether it has paints, and those do not depend on its points: no gradients."""
        return {type(paint.source) for paint in self.paints} == {cairo.SolidPattern}

    @property
    def is_filled(self) -> bool:
        """Whether its inside is painted too."""
        return not all(paint.width for paint in self.paints)

    def draw(self, context: cairo.Context) -> None:
        """Paint on a context whose matrix takes units to pixels."""
        path: Outline | None = self.path
        is_long = len(self.path.records) >= LONG
        if is_long and self.path.closed.tolist() == [False] and not self.is_filled:
            path = self._near(*context.clip_extents())
        if path is None:
            return
        context.new_path()
        append_path(context, path)
        self.paint(context)

    def paint(self, context: cairo.Context) -> None:
        """Paint along the path that a context has."""
        for source, width, join, cap in self.paints:
            context.set_source(source)
            if width:
                context.set_line_width(width)
                context.set_line_join(join)
                context.set_line_cap(cap)
                context.stroke_preserve()
            else:
                context.fill_preserve()

    def _near(self, left: float, low: float, right: float, high: float) -> Outline | None:
        """Of an open line all that is seen in a box, in units: its curves from first to last."""
        x, y = self.points[: len(self.points) // 4 * 4, :2].T
        reach = self.reach
        # A curve is inside the hull of its four points: it is beyond an edge if they all are.
        beyond = np.array([x < left - reach, x > right + reach, y < low - reach, y > high + reach])
        near = np.flatnonzero(~beyond.reshape(4, -1, 4).all(axis=2).any(axis=0))
        return self.path.part(int(near[0]), int(near[-1]) + 1) if len(near) else None


_NOWHERE = Rectangle(0, 0, 0, 0)
_NOTHING = Shape(VMobject(), b"", np.zeros((0, 3)), EMPTY, (), 0.0, _NOWHERE, ())


class Shapes:
    """Shapes of mobjects; the same object as long as the mobject looks the same.

    Args:
        scale: from units, y upwards, to pixels.
        channels: what colours are drawn as.
    """

    def __init__(self, scale: cairo.Matrix, channels: Channels = rgb) -> None:
        self._scale, self._channels = scale, channels
        self._known: dict[VMobject, Shape] = {}
        self._used: set[VMobject] = set()
        self._resting: dict[VMobject, Shape] = {}

    def of(self, mobject: VMobject) -> Shape:
        """The shape of a mobject as it is now."""
        if (resting := self._resting.get(mobject)) is not None:
            return resting
        self._used.add(mobject)
        data, style = mobject.points.tobytes(), _style(mobject)
        shape = self._known.get(mobject, _NOTHING)
        if data != shape.data or style != shape.style:
            shape = self._known[mobject] = self._made(mobject, data, style, shape)
        return shape

    def begin(self, resting: Iterable[VMobject]) -> None:
        """Note what does not change until the next call.

        Mobjects that were not asked for since the last call are let go.
        """
        used = self._used | self._resting.keys()
        self._known = {mobject: self._known[mobject] for mobject in used}
        self._used.clear()
        self._resting.clear()
        self._resting = {mobject: self.of(mobject) for mobject in resting}

    def _made(self, mobject: VMobject, data: bytes, style: tuple, old: Shape) -> Shape:
        """A new shape; what is the same in the old one is taken from there."""
        points = np.frombuffer(data).reshape(-1, 3)
        if data != old.data and not _same_points(points, old.points):
            path = _path(mobject, points)
        elif style == old.style:
            return old
        else:
            # The old points, so that many small steps are not taken for none.
            data, points, path = old.data, old.points, old.path
        if not len(path.records):
            return Shape(mobject, data, points, path, (), 0.0, _NOWHERE, style)
        keeps = old.style == style and old.is_plain
        paints = old.paints if keeps else _paints(mobject, self._channels)
        reach = max((paint.reach for paint in paints), default=0.0)
        if paints and points is old.points and reach == old.reach and old.paints:
            box = old.box
        else:
            box = self._box(points, reach) if paints else _NOWHERE
        return Shape(mobject, data, points, path, paints, reach, box, style)

    def damage(self, old: Shape, new: Shape) -> Rectangle:
        """The pixels in which two shapes of one mobject can differ."""
        if not old.paints or not new.paints:
            return new.box if new.paints else old.box
        first = _first_difference(old, new)
        if first == 0:
            return old.box.joined(new.box)
        longer = [shape for shape in (old, new) if first < len(shape.points)]
        boxes = [self._box(shape.points[first:], shape.reach) for shape in longer]
        return reduce(Rectangle.joined, boxes)

    def _box(self, points: np.ndarray, reach: float) -> Rectangle:
        """All pixels nearer than ``reach`` units to the hull of points, (n, 3), n > 0."""
        xy, scale = np.ascontiguousarray(points.T[:2]), self._scale  # copied: many times faster
        (x0, y0), (x1, y1) = xy.min(axis=1).tolist(), xy.max(axis=1).tolist()
        # Half a pixel would do for antialiasing; a whole one covers Cairo's rounding too.
        return Rectangle(
            math.floor((x0 - reach) * scale.xx + scale.x0) - 1,
            math.floor((y1 + reach) * scale.yy + scale.y0) - 1,
            math.ceil((x1 + reach) * scale.xx + scale.x0) + 1,
            math.ceil((y0 - reach) * scale.yy + scale.y0) + 1,
        )


def _first_difference(old: Shape, new: Shape) -> int:
    """Index of a point; whatever is painted only by points before it is the same in both."""
    count = min(len(old.points), len(new.points))
    if old.style != new.style or count < 16 or not new.is_plain:
        return 0
    unequal = old.points[:count].reshape(-1) != new.points[:count].reshape(-1)
    coordinate = int(unequal.argmax())
    first = coordinate // 3 if unequal[coordinate] else count
    # The curve before is in it too: the join at its end, or its cap, is another one now.
    curve = max(0, first // 4 * 4 - 4)
    paths = (old.path, new.path)
    subpaths = [(path, path.firsts.searchsorted(curve, side="right") - 1) for path in paths]
    if new.is_filled or any(path.closed[i] for path, i in subpaths):
        return int(min(path.firsts[i] for path, i in subpaths))
    return curve


def _same_points(new: np.ndarray, old: np.ndarray) -> bool:
    """Whether no point moved but by the last bits, as when one is interpolated with itself."""
    if len(new) != len(old) or not len(new) or abs(new[0, 0] - old[0, 0]) > STILL:
        return False
    return bool((np.abs(new - old) <= STILL).all())


_OTHER_STYLE = attrgetter(
    *("stroke_width", "background_stroke_width", "joint_type", "cap_style", "sheen_factor")
)


def _style(mobject: VMobject) -> tuple:
    """Everything but the points that decides how a mobject is painted; comparable."""
    return (
        mobject.fill_rgbas.tobytes(),
        mobject.stroke_rgbas.tobytes(),
        mobject.background_stroke_rgbas.tobytes(),
        tuple(mobject.sheen_direction),
        *_OTHER_STYLE(mobject),
    )


def _path(mobject: VMobject, points: np.ndarray) -> Outline:
    if not np.isfinite(points).all():
        points = points[:0]  # Manim draws nothing of a mobject with a point that is no number
    # A curve that is begun and not finished is not drawn.
    return outline(points[: len(points) // 4 * 4], mobject.tolerance_for_point_equality)


def _paints(mobject: VMobject, channels: Channels) -> tuple[Paint, ...]:
    """Manim's order: stroke behind, fill, stroke; what cannot be seen is left out."""
    paints = []
    behind, front = mobject.get_stroke_width(True), mobject.get_stroke_width()
    line = (LINE_JOIN_MAP[mobject.joint_type], CAP_STYLE_MAP[mobject.cap_style])
    for rgbas, width, is_drawn in (
        (mobject.get_stroke_rgbas(True), behind, behind != 0),
        (mobject.get_fill_rgbas(), 0.0, True),
        (mobject.get_stroke_rgbas(), front, front != 0),
    ):
        if is_drawn and (rgbas[:, 3] > 0).any():
            source = _source(mobject, _drawn(rgbas, channels))
            paints.append(Paint(source, float(width) * UNITS_PER_WIDTH, *line))
    return tuple(paints)


def _drawn(rgbas: np.ndarray, channels: Channels) -> list[list[float]]:
    """Colours as Cairo takes them: the last channel is the first in its memory."""
    mixed = _mixed(rgbas[:, :3].tobytes(), channels)
    return [[*color, alpha] for color, alpha in zip(mixed, rgbas[:, 3].tolist(), strict=True)]


@lru_cache(maxsize=1024)
def _mixed(colors: bytes, channels: Channels) -> list[list[float]]:
    """The channels of red, green and blue; what fades keeps them for many frames."""
    exact = np.clip(np.frombuffer(colors).reshape(-1, 3), 0, 1)
    return channels(exact)[:, ::-1].tolist()


def _source(mobject: VMobject, colors: list[list[float]]) -> cairo.Pattern:
    """The colour or gradient."""
    if len(colors) == 1:
        return cairo.SolidPattern(*colors[0])
    start, end = mobject.get_gradient_start_and_end_points()
    gradient = cairo.LinearGradient(*start[:2], *end[:2])
    for offset, color in zip(np.linspace(0, 1, len(colors)), colors, strict=True):
        gradient.add_color_stop_rgba(offset, *color)
    return gradient
