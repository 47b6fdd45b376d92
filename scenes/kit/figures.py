"""What the chapters are built of: a noun in, a mobject out. Nothing here plays an animation.

Things that move in time have ``show(step)``: the picture at a fractional step, a closed
function of it, so that a frame depends on its time alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import LineJointType, VGroup, VMobject

from momentum_math import Landscape, MapSettings, Trajectory, level_lines, level_regions
from scenes.kit.markers import Marker, marker_of
from scenes.kit.text.label import Label, text_width
from scenes.look import SMALL, Box, Theme, mix, readable

# Line widths in Manim's points (1/100 unit).
HAIR, THIN, LINE, BOLD = 1.0, 1.6, 3.0, 4.5


# --- outlines --------------------------------------------------------------------------------


def corners(points: np.ndarray, closed: bool = False) -> np.ndarray:
    """A polyline as Manim's curves.

    Args:
        points: corners, (n, 2) or (n, 3), units.
        closed: whether the last corner is joined to the first.

    Returns:
        Curves, (4 (n - 1), 3), or 4 more when closed; (0, 3) for fewer than two corners.
    """
    points = np.asarray(points, dtype=float)
    if closed and len(points):
        points = np.concatenate([points, points[:1]])
    if len(points) < 2:
        return np.zeros((0, 3))
    start, end = points[:-1], points[1:]
    third = (end - start) / 3
    curves = np.zeros((len(start), 4, 3))
    for k, corner in enumerate((start, start + third, end - third, end)):
        curves[:, k, : points.shape[1]] = corner
    return curves.reshape(-1, 3)


def shape(
    *outlines: np.ndarray,
    fill: str | None = None,
    stroke: str | None = None,
    width: float = 0.0,
    opacity: float = 1.0,
) -> VMobject:
    """One mobject of several outlines (arrays of curves)."""
    mobject = VMobject(
        fill_color=fill or stroke or "#000000",
        fill_opacity=opacity if fill else 0.0,
        stroke_color=stroke or fill or "#000000",
        stroke_width=width if stroke else 0.0,
        stroke_opacity=opacity if stroke else 0.0,
        joint_type=LineJointType.ROUND,
    )
    mobject.points = np.concatenate([np.zeros((0, 3)), *outlines])
    return mobject


def rectangle(box: Box) -> np.ndarray:
    """Outline of a box."""
    return corners(
        np.array(
            [
                (box.left, box.bottom),
                (box.right, box.bottom),
                (box.right, box.top),
                (box.left, box.top),
            ]
        ),
        closed=True,
    )


def regular(sides: int, radius: float, turn_degrees: float) -> np.ndarray:
    """Outline of a regular polygon round the origin; its first corner is turned from the x axis."""
    points = Marker(sides, turn_degrees=turn_degrees).outline(radius)
    return corners(np.array(points), closed=True)


# Four Bezier quarters of the unit circle (the usual handle length 4/3 (sqrt 2 - 1)).
_HANDLE = 4 / 3 * (2**0.5 - 1)
_QUARTER = np.array([(1, 0), (1, _HANDLE), (_HANDLE, 1), (0, 1)])
_CIRCLE = np.concatenate(
    [
        np.pad(_QUARTER @ np.array([(c, s), (-s, c)]), ((0, 0), (0, 1)))
        for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))
    ]
)


def disc(radius: float) -> np.ndarray:
    """Outline of a circle round the origin."""
    return _CIRCLE * radius


def marker_outline(index: int, radius: float) -> np.ndarray:
    """Outline of a contender's marker round the origin, (4k, 3)."""
    points = marker_of(index).outline(radius)
    return corners(np.array(points), closed=True) if points else disc(radius)


# --- plots -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chart:
    """Where data stand in a box: x from left to right, y from bottom to top, both linear.

    Attributes:
        box: units.
        x: data range.
        y: data range.
    """

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def x_map(self) -> tuple[float, float]:
        """(scale, offset): datum * scale + offset is in units."""
        scale = self.box.width / (self.x[1] - self.x[0])
        return scale, self.box.left - self.x[0] * scale

    @property
    def y_map(self) -> tuple[float, float]:
        scale = self.box.height / (self.y[1] - self.y[0])
        return scale, self.box.bottom - self.y[0] * scale

    def place(self, points: np.ndarray) -> np.ndarray:
        """Data points, (..., 2), in units."""
        (sx, ox), (sy, oy) = self.x_map, self.y_map
        return np.asarray(points, dtype=float) * (sx, sy) + (ox, oy)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """One data point in units."""
        px, py = self.place(np.array([x, y]))
        return float(px), float(py)


def panel(box: Box, theme: Theme) -> VMobject:
    """The ground of a plot."""
    return shape(rectangle(box), fill=theme.panel)


def panel_edge(box: Box, theme: Theme) -> VMobject:
    """The thin frame of a plot."""
    return shape(rectangle(box), stroke=theme.edge, width=THIN)


class ContourMap(VGroup):
    """The loss from above: bands from the rim to the minimum, a ring between each two.

    Attributes:
        levels: one group (band, ring) per level, highest first.
    """

    def __init__(
        self, landscape: Landscape, settings: MapSettings, chart: Chart, theme: Theme
    ) -> None:
        super().__init__()
        self.ground = panel(chart.box, theme)
        self.edge = panel_edge(chart.box, theme)
        self.levels = VGroup()
        levels = list(settings.levels)
        regions = level_regions(landscape, settings.window, levels)
        lines = level_lines(landscape, settings.window, levels)
        for rank, (region, line) in reversed(list(enumerate(zip(regions, lines, strict=True)))):
            # The inner rings are small: most of the colour has to come with the outer ones.
            depth = (1 - rank / len(levels)) ** 0.7
            outlines = [
                corners(chart.place(ring), closed=True) for polygon in region for ring in polygon
            ]
            band = shape(*outlines, fill=mix(theme.panel, theme.basin, depth))
            ring = shape(
                *(corners(chart.place(piece)) for piece in line),
                stroke=mix(theme.contour, theme.basin, 0.45 * depth),
                width=THIN * (1.15 - 0.45 * depth),
            )
            self.levels.add(VGroup(band, ring))
        self.add(self.ground, self.levels, self.edge)


def minimum_mark(
    chart: Chart, minima: Sequence[tuple[float, float]], theme: Theme, size: float = 0.13
) -> VMobject:
    """A plus at every known minimum inside the chart."""
    inside = [
        point
        for point in minima
        if chart.x[0] <= point[0] <= chart.x[1] and chart.y[0] <= point[1] <= chart.y[1]
    ]
    bars = []
    for point in inside:
        x, y = chart.at(*point)
        bars += [
            corners(np.array([(x - size, y), (x + size, y)])),
            corners(np.array([(x, y - size), (x, y + size)])),
        ]
    return shape(*bars, stroke=theme.minimum, width=BOLD)


def start_mark(
    chart: Chart, start: tuple[float, float], theme: Theme, radius: float = 0.09
) -> VMobject:
    """A dark dot at the start."""
    return shape(disc(radius) + (*chart.at(*start), 0.0), fill=theme.start)


# --- axes ------------------------------------------------------------------------------------


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers in [low, high]: steps of 1, 2 or 5 times a power of ten, at most ``most``.

    >>> nice_ticks(-5.0, 5.0)
    [-4.0, -2.0, 0.0, 2.0, 4.0]
    """
    rough = (high - low) / most
    magnitude = 10.0 ** np.floor(np.log10(rough))
    step = next(s * magnitude for s in (1, 2, 5, 10, 20) if (high - low) / (s * magnitude) <= most)
    first = int(np.ceil(low / step - 1e-9))
    last = int(np.floor(high / step + 1e-9))
    return [round(float(k * step), 12) for k in range(first, last + 1)]


TICK = 0.07


def x_axis(
    chart: Chart, theme: Theme, ticks: Sequence[float], labels: Sequence[str], em: float = SMALL
) -> VGroup:
    """Ticks and their numbers under a chart."""
    marks, names = [], []
    for tick, text in zip(ticks, labels, strict=True):
        x, _ = chart.at(tick, chart.y[0])
        marks.append(corners(np.array([(x, chart.box.bottom), (x, chart.box.bottom - TICK)])))
        names.append(Label(text, em, theme.muted, (x, chart.box.bottom - TICK - 0.08), 0.5, "top"))
    return VGroup(shape(*marks, stroke=theme.muted, width=THIN), *names)


def y_axis(
    chart: Chart, theme: Theme, ticks: Sequence[float], labels: Sequence[str], em: float = SMALL
) -> VGroup:
    """Ticks and their numbers left of a chart."""
    marks, names = [], []
    for tick, text in zip(ticks, labels, strict=True):
        _, y = chart.at(chart.x[0], tick)
        marks.append(corners(np.array([(chart.box.left, y), (chart.box.left - TICK, y)])))
        names.append(Label(text, em, theme.muted, (chart.box.left - TICK - 0.08, y), 1.0, "middle"))
    return VGroup(shape(*marks, stroke=theme.muted, width=THIN), *names)


def turned_label(text: str, em: float, color: str, at: tuple[float, float]) -> Label:
    """A label that reads upwards, centred on ``at``."""
    label = Label(text, em, color, at)
    right, up, _ = (label.points - (*at, 0.0)).T
    label.points = np.column_stack((at[0] - up, at[1] + right, np.zeros(len(up))))
    return label


# --- things that move ------------------------------------------------------------------------

PARTICLE_RADIUS = 0.125


class Particle(VMobject):
    """A contender's particle: its marker in its colour, with a darker edge."""

    def __init__(
        self, index: int, color: str, theme: Theme, radius: float = PARTICLE_RADIUS
    ) -> None:
        edge = readable(color, theme.panel, 4.5)
        super().__init__(
            fill_color=color, fill_opacity=1.0, stroke_color=edge, stroke_width=LINE * 0.8
        )
        self._marker = marker_outline(index, radius)
        self.points = self._marker.copy()

    def stand(self, at: np.ndarray) -> Particle:
        """Stand at a point in units, (2,)."""
        self.points = self._marker + (*at, 0.0)
        return self


def along(path: np.ndarray, step: float) -> np.ndarray:
    """The point of a polyline at a fractional step; steps before and after its ends stay there."""
    step = min(max(step, 0.0), len(path) - 1.0)
    whole = min(int(step), len(path) - 2) if len(path) > 1 else 0
    if len(path) == 1:
        return path[0]
    return path[whole] + (path[whole + 1] - path[whole]) * (step - whole)


def part(path: np.ndarray, first: float, last: float) -> np.ndarray:
    """The piece of a polyline between two fractional steps."""
    last = min(last, len(path) - 1.0)
    first = max(first, 0.0)
    if last <= first:
        return path[:0]
    inner = path[int(np.floor(first)) + 1 : int(np.ceil(last))]
    return np.concatenate([along(path, first)[None], inner, along(path, last)[None]])


def holds(box: Box, point: np.ndarray) -> bool:
    """Whether a point, (2,), lies in a box or on its edge."""
    return bool(box.left <= point[0] <= box.right and box.bottom <= point[1] <= box.top)


def clipped(path: np.ndarray, box: Box) -> list[np.ndarray]:
    """The pieces of a polyline inside a box.

    Cairo draws lines to far points in wrong directions, so what leaves a plot is cut here.

    Args:
        path: finite points, (n, 2).
        box: units.

    Returns:
        Pieces, (k, 2) each.

    Source:
        Y.-D. Liang and B. A. Barsky, "A New Concept and Method for Line Clipping",
        ACM Transactions on Graphics 3 (1984), 1-22.
    """
    low, high = np.array([box.left, box.bottom]), np.array([box.right, box.top])
    if len(path) == 0 or bool(((path >= low) & (path <= high)).all()):
        return [path] if len(path) else []
    starts, ways = path[:-1], np.diff(path, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        bounds = np.sort(np.stack([low - starts, high - starts]) / ways, axis=0)
    # A segment along an edge's direction meets that edge nowhere: it is inside of it, or it is not.
    along_it, beside = ways == 0, (starts < low) | (starts > high)
    enter = np.where(along_it, np.where(beside, np.inf, -np.inf), bounds[0]).max(axis=1)
    leave = np.where(along_it, np.inf, bounds[1]).min(axis=1)
    first, last = np.maximum(enter, 0.0), np.minimum(leave, 1.0)
    kept = first <= last
    first, last = first[kept, None], last[kept, None]
    starts, stops, ways = starts[kept], path[1:][kept], ways[kept]
    # The ends are the segment's own where it is not cut, so that neighbouring pieces meet.
    tails = np.where(first == 0.0, starts, np.clip(starts + ways * first, low, high))
    heads = np.where(last == 1.0, stops, np.clip(starts + ways * last, low, high))
    breaks = 1 + np.flatnonzero((tails[1:] != heads[:-1]).any(axis=1))
    begins, ends = [0, *breaks.tolist()], [*breaks.tolist(), len(tails)]
    return [
        np.concatenate([tails[i : i + 1], heads[i:k]])
        for i, k in zip(begins, ends, strict=True)
        if i < k
    ]


# Opacity of a trail by age: (steps back, opacity), youngest first; older is the last.
TRAIL_AGES = ((4, 0.85), (10, 0.6), (20, 0.45))
TRAIL_OLD = 0.3
# Above so many steps a dot for each would be a smear.
MOST_DOTS = 120


class Trail(VGroup):
    """Where a particle has been: a line that fades with age and a dot per step.

    Args:
        path: the particle's points in units, (n, 2).
        box: outside of it nothing is drawn.
        color: of line and dots.
        width: of the line.
        dot: radius of the dots, units.
    """

    def __init__(
        self, path: np.ndarray, box: Box, color: str, width: float = LINE, dot: float = 0.045
    ) -> None:
        self._path, self._box, self._dot = path, box, disc(dot)
        opacities = [*(opacity for _, opacity in TRAIL_AGES), TRAIL_OLD]
        self._lines = VGroup(*(shape(stroke=color, width=width, opacity=o) for o in opacities))
        self._dots = shape(fill=color, opacity=0.6)
        inside = [holds(box, point) for point in path]
        self._dotted = (
            [k for k in range(1, len(path)) if inside[k]] if len(path) <= MOST_DOTS else []
        )
        super().__init__(self._lines, self._dots)

    def show(self, step: float) -> Trail:
        last = step
        for line, age in zip(self._lines, [*(age for age, _ in TRAIL_AGES), np.inf], strict=True):
            first = max(step - age, 0.0)
            pieces = clipped(part(self._path, first, last), self._box)
            line.points = np.concatenate([np.zeros((0, 3)), *(corners(piece) for piece in pieces)])
            last = first
        shown = [k for k in self._dotted if k <= step + 1e-9]
        centers = np.zeros((len(shown), 1, 3))
        centers[:, 0, :2] = self._path[shown]
        self._dots.points = (self._dot[None] + centers).reshape(-1, 3)
        return self


class Runner(VGroup):
    """A contender on a map: its trail and its particle.

    Where the particle has left the map, an arrow stands at the edge that it left through, with
    the step of its last point inside.

    Args:
        path: the contender's points in units, (n, 2); see ``shown_path``.
        box: the map's plotting box.
        index: the contender's.
        color: the contender's.
        theme: of the film.
        size: of particle, line and dots; 1 is as large as elsewhere.
    """

    def __init__(
        self, path: np.ndarray, box: Box, index: int, color: str, theme: Theme, size: float = 1.0
    ) -> None:
        self.path, self._box = path, box
        self.trail = Trail(path, box, color, LINE * size * theme.stroke_scale, 0.045 * size)
        self.particle = Particle(index, color, theme, PARTICLE_RADIUS * size)
        self._exit = Arrow(theme.text(color), 0.05)
        self._gone = Label("", SMALL, theme.text(color), weight="Semibold").on(theme.panel)
        super().__init__(self.trail, self.particle, self._exit, self._gone)
        self.show(0.0)

    def show(self, step: float) -> Runner:
        self.trail.show(step)
        at = along(self.path, step)
        if holds(self._box, at):
            self.particle.stand(at)
            self._exit.point(at, at)
            self._gone.set_text("")
            return self
        self.particle.points = np.zeros((0, 3))
        self._show_exit(step)
        return self

    def _show_exit(self, step: float) -> None:
        pieces = clipped(part(self.path, 0.0, step), self._box)
        inside = [
            k for k in range(int(step) + 1) if k < len(self.path) and holds(self._box, self.path[k])
        ]
        if not pieces or not inside:
            return
        inner, tip = pieces[-1][-2:]
        back = (inner - tip) / max(float(np.linalg.norm(inner - tip)), 1e-9)
        tail = clipped(np.stack([tip, tip + back * 0.35]), self._box)[0][-1]
        self._exit.point(tail, tip)
        arrow = np.stack([tip + back * 0.35, tip])
        for text in (f"leaves at step {inside[-1] + 1}", f"step {inside[-1] + 1}"):
            half = text_width(text, SMALL, "Semibold") / 2
            places = self._beside(arrow, back, half)
            if places:
                self._gone.at = places[0]
                self._gone.set_text(text)
                return
        self._gone.set_text("")

    def _beside(
        self, arrow: np.ndarray, back: np.ndarray, half: float
    ) -> list[tuple[float, float]]:
        """Where words of this half width have room beside an arrow, the best place first."""
        box, tip = self._box, arrow[1]
        x = float(np.clip(tip[0], box.left + half + 0.1, box.right - half - 0.1))
        y = tip[1] + back[1] * 0.55
        if abs(back[0]) > 2 * abs(back[1]):  # the arrow lies flat: the words go over it, or under
            y = tip[1] + (0.26 if tip[1] < box.center[1] + 0.1 else -0.26)
        y = float(np.clip(y, box.bottom + 0.25, box.top - 0.25))
        left, right = arrow[:, 0].min() - half - 0.15, arrow[:, 0].max() + half + 0.15
        low, high = arrow[:, 1].min() - 0.3, arrow[:, 1].max() + 0.3
        return [
            (px, py)
            for px, py in [(x, y), (left, y), (right, y), (x, low), (x, high)]
            if box.left <= px - half - 0.03
            and px + half + 0.03 <= box.right
            and box.bottom <= py - 0.13
            and py + 0.13 <= box.top
            and not clipped(arrow, Box(px - half - 0.1, py - 0.22, px + half + 0.1, py + 0.22))
        ]


def shown_path(trajectory: Trajectory, chart: Chart) -> np.ndarray:
    """A trajectory in units, (n, 2), up to its first point that is not finite."""
    points = trajectory.points
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    return chart.place(points[: bad[0]] if len(bad) else points)


class Arrow(VMobject):
    """A filled arrow, one outline: a shaft and a head that never outgrows it."""

    def __init__(self, color: str, width: float = 0.05) -> None:
        super().__init__(fill_color=color, fill_opacity=1.0, stroke_width=0.0)
        self._width = width

    def point(self, tail: np.ndarray, tip: np.ndarray) -> Arrow:
        """Reach from tail to tip, (2,) each, units; nothing where they coincide."""
        tail, tip = np.asarray(tail, dtype=float), np.asarray(tip, dtype=float)
        length = float(np.linalg.norm(tip - tail))
        if length < 1e-6:
            self.points = np.zeros((0, 3))
            return self
        along_, half = (tip - tail) / length, self._width / 2
        across = np.array([-along_[1], along_[0]])
        head = min(4.2 * self._width, 0.6 * length)
        flare = head * 0.48
        neck = tip - along_ * head
        half = min(half, flare * 0.5)
        self.points = corners(
            np.array(
                [
                    tail + across * half,
                    neck + across * half,
                    neck + across * flare,
                    tip,
                    neck - across * flare,
                    neck - across * half,
                    tail - across * half,
                ]
            ),
            closed=True,
        )
        return self
