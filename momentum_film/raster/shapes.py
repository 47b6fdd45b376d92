"""A mobject as it is drawn, frozen: its path, its paints, and the pixels they can touch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cairo
import numpy as np
from manim import VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

from momentum_film.raster.colors import Channels
from momentum_film.raster.paths import Outline, append_path, outline
from momentum_film.raster.rectangles import Rectangle

# Manim's stroke widths are in hundredths of a unit.
UNITS_PER_WIDTH = 0.01
# Points nearer than this, in units, are drawn alike: Cairo rounds to 1/256 of a pixel.
STILL = 1e-9
# Of a line with at least so many of Cairo's records (50 curves), only what comes near the part of
# the picture that is drawn is given to Cairo: of a curve that grows, its tip.
LONG = 200
MITER_LIMIT = 10.0  # Cairo's default, which Manim leaves as it is


@dataclass(frozen=True, eq=False)
class Paint:
    """One fill or one stroke.

    Attributes:
        source: the colour, or the gradient.
        width: of the line, units; 0 for a fill.
        join: of the line.
        cap: of the line.
    """

    source: cairo.Pattern
    width: float = 0.0
    join: cairo.LineJoin = cairo.LineJoin.MITER
    cap: cairo.LineCap = cairo.LineCap.BUTT

    @property
    def reach(self) -> float:
        """How far from the path it may paint, units."""
        if self.width == 0:
            return 0.0
        spike = MITER_LIMIT if self.join == cairo.LineJoin.MITER else 1.5
        return self.width / 2 * spike


@dataclass(frozen=True, eq=False)
class Shape:
    """What one mobject paints.

    Attributes:
        key: of its mobject; shapes of one mobject in different frames share it.
        data: the bytes of its points.
        points: (n, 3), units.
        path: the same for Cairo.
        paints: in the order of painting; empty where nothing is seen.
        reach: how far from its path it may paint, units.
        box: the pixels it may touch, not cut to the picture.
        style: equal for two shapes of one mobject that differ in their points alone.
    """

    key: int
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
        return bool(self.paints) and all(
            isinstance(paint.source, cairo.SolidPattern) for paint in self.paints
        )

    @property
    def is_open_line(self) -> bool:
        """Whether it is one line, painted with strokes alone, that does not end where it begins."""
        return len(self.path.closed) == 1 and not (
            self.path.closed[0] or any(not paint.width for paint in self.paints)
        )

    def draw(self, context: cairo.Context) -> None:
        """Paint on a context whose matrix takes units to pixels."""
        path: Outline | None = self.path
        if len(self.path.records) >= LONG and self.is_open_line:
            path = _near(self.path, self.points, context.clip_extents(), self.reach)
        if path is None:
            return
        context.new_path()
        append_path(context, path)
        for paint in self.paints:
            context.set_source(paint.source)
            if paint.width:
                context.set_line_width(paint.width)
                context.set_line_join(paint.join)
                context.set_line_cap(paint.cap)
                context.stroke_preserve()
            else:
                context.fill_preserve()


@dataclass(frozen=True)
class Scale:
    """From units to pixels: ``x * px + left``, ``top - y * py``."""

    px: float
    py: float
    left: float
    top: float

    @property
    def matrix(self) -> cairo.Matrix:
        """The same for Cairo."""
        return cairo.Matrix(self.px, 0, 0, -self.py, self.left, self.top)

    def box(self, points: np.ndarray, reach: float) -> Rectangle:
        """All pixels nearer than ``reach`` units to the hull of points, (n, 3), n > 0."""
        xy = np.ascontiguousarray(points.T[:2])  # many times faster than along columns of (n, 3)
        (x0, y0), (x1, y1) = xy.min(axis=1).tolist(), xy.max(axis=1).tolist()
        # Half a pixel would do for antialiasing; a whole one covers Cairo's rounding too.
        return Rectangle(
            math.floor((x0 - reach) * self.px + self.left) - 1,
            math.floor(self.top - (y1 + reach) * self.py) - 1,
            math.ceil((x1 + reach) * self.px + self.left) + 1,
            math.ceil(self.top - (y0 - reach) * self.py) + 1,
        )


@dataclass(eq=False)
class _Known:
    """A mobject and how it looked when it was last asked for."""

    mobject: VMobject
    shape: Shape
    seen: int


class Shapes:
    """Shapes of mobjects; the same object as long as the mobject looks the same.

    Args:
        scale: from units to pixels.
        channels: what colours are drawn as.
    """

    def __init__(self, scale: Scale, channels: Channels) -> None:
        self._scale, self._channels = scale, channels
        self._known: dict[int, _Known] = {}
        self._round = 0

    def of(self, mobject: VMobject) -> Shape:
        """The shape of a mobject as it is now."""
        known = self._known.get(id(mobject))
        if known is None:
            shape = self._made(mobject, mobject.points.tobytes(), _style(mobject), None)
            self._known[id(mobject)] = _Known(mobject, shape, self._round)
            return shape
        known.seen = self._round
        points, style, old = mobject.points.tobytes(), _style(mobject), known.shape
        if points != old.data or style != old.style:
            known.shape = self._made(mobject, points, style, old)
        return known.shape

    def forget_unused(self) -> None:
        """Let go of mobjects that were not asked for since the last call."""
        self._known = {
            key: known for key, known in self._known.items() if known.seen == self._round
        }
        self._round += 1

    def _made(self, mobject: VMobject, data: bytes, style: tuple, old: Shape | None) -> Shape:
        """A new shape; what is the same in the old one is taken from there."""
        array = np.frombuffer(data).reshape(-1, 3)
        if old is not None and (data == old.data or _same_points(array, old.points)):
            if style == old.style:
                return old
            # The old points, so that many small steps are not taken for none.
            data, array, path = old.data, old.points, old.path
        else:
            path = _path(mobject, array)
        if not len(path.records):
            paints: tuple[Paint, ...] = ()
        elif old is not None and old.style == style and old.is_plain:
            paints = old.paints
        else:
            paints = _paints(mobject, self._channels)
        reach = max((paint.reach for paint in paints), default=0.0)
        if not paints:
            box = Rectangle(0, 0, 0, 0)
        elif old is not None and array is old.points and reach == old.reach and old.paints:
            box = old.box
        else:
            box = self._scale.box(array, reach)
        return Shape(id(mobject), data, array, path, paints, reach, box, style)

    def damage(self, old: Shape, new: Shape) -> Rectangle:
        """The pixels in which two shapes of one mobject can differ."""
        if not new.paints:
            return old.box
        if not old.paints:
            return new.box
        first = _first_difference(old, new)
        if first == 0:
            return old.box.joined(new.box)
        boxes = [
            self._scale.box(shape.points[first:], shape.reach)
            for shape in (old, new)
            if first < len(shape.points)
        ]
        return boxes[0] if len(boxes) == 1 else boxes[0].joined(boxes[1])


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
    subpaths = [int(np.searchsorted(s.path.firsts, curve, side="right")) - 1 for s in (old, new)]
    whole = any(not paint.width for paint in new.paints) or any(
        shape.path.closed[subpath] for shape, subpath in zip((old, new), subpaths, strict=True)
    )
    if whole:
        return int(min(s.path.firsts[i] for s, i in zip((old, new), subpaths, strict=True)))
    return curve


def _same_points(new: np.ndarray, old: np.ndarray) -> bool:
    """Whether no point moved but by the last bits, as when one is interpolated with itself."""
    if len(new) != len(old) or not len(new) or abs(new[0, 0] - old[0, 0]) > STILL:
        return False
    return bool((np.abs(new - old) <= STILL).all())


def _style(mobject: VMobject) -> tuple:
    """Everything but the points that decides how a mobject is painted; comparable."""
    return (
        mobject.fill_rgbas.tobytes(),
        mobject.stroke_rgbas.tobytes(),
        mobject.background_stroke_rgbas.tobytes(),
        mobject.stroke_width,
        mobject.background_stroke_width,
        mobject.joint_type,
        mobject.cap_style,
        mobject.background_image,
        mobject.sheen_factor,
        tuple(mobject.sheen_direction),
    )


def _near(
    path: Outline, points: np.ndarray, box: tuple[float, float, float, float], reach: float
) -> Outline | None:
    """An open line's part from its first curve near a box to its last: inside it looks the same.

    Args:
        path: of the points.
        points: (n, 3), units.
        box: left, low, right, high, units.
        reach: how far from the path is painted, units.
    """
    left, low, right, high = box
    x, y = points[: len(points) // 4 * 4, :2].T
    # A curve is inside the hull of its four points: it is beyond an edge if they all are.
    beyond = np.array([x < left - reach, x > right + reach, y < low - reach, y > high + reach])
    near = np.flatnonzero(~beyond.reshape(4, -1, 4).all(axis=2).any(axis=0))
    return path.part(int(near[0]), int(near[-1]) + 1) if len(near) else None


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
    for rgbas, width in (
        (mobject.get_stroke_rgbas(True), behind if behind else None),
        (mobject.get_fill_rgbas(), 0.0),
        (mobject.get_stroke_rgbas(), front if front else None),
    ):
        if width is not None and (rgbas[:, 3] > 0).any():
            source = _source(mobject, _drawn(rgbas, channels))
            paints.append(Paint(source, float(width) * UNITS_PER_WIDTH, *line))
    return tuple(paints)


def _drawn(rgbas: np.ndarray, channels: Channels) -> list[list[float]]:
    """Colours as Cairo takes them: the last channel is the first in its memory."""
    mixed = channels(np.clip(rgbas[:, :3], 0, 1))[:, ::-1]
    return np.concatenate([mixed, rgbas[:, 3:]], axis=1).tolist()


def _source(mobject: VMobject, colors: list[list[float]]) -> cairo.Pattern:
    """The colour or gradient."""
    if len(colors) == 1:
        return cairo.SolidPattern(*colors[0])
    start, end = mobject.get_gradient_start_and_end_points()
    gradient = cairo.LinearGradient(*start[:2], *end[:2])
    for offset, color in zip(np.linspace(0, 1, len(colors)), colors, strict=True):
        gradient.add_color_stop_rgba(offset, *color)
    return gradient
