"""A landscape that is seen from the side at first, turns slowly, and is tilted into its map."""

from __future__ import annotations

from itertools import product

import numpy as np
from manim import VGroup

from momentum_math import Landscape, level_lines
from momentum_math.contours import thinned
from momentum_math.relief import Relief
from scenes.kit.animations import Dimmer
from scenes.kit.charts import Chart
from scenes.kit.map_layout import Valley
from scenes.kit.shapes import BOLD, NOTHING, THIN
from scenes.kit.surface.ball import Ball
from scenes.kit.surface.lines import Line, Lines, Pen
from scenes.kit.surface.sheet import Sheet
from scenes.kit.surface.sight import Sight
from scenes.kit.surface.view import View, fitted, from_above
from scenes.look import Box, Theme, mix

TALL = 0.52  # heights, of the map's shorter side
TURNS = (np.radians(36), np.radians(22))  # of the map, at the beginning and at the tilt's
RISES = tuple(np.radians(degrees) for degrees in (40, 48, 56, 64))
APPEARING, SWELLING = 0.8, 2.0  # seconds
FLATTEST = 0.35  # share of its height with which it appears
DARK, FLAT = 0.45, 0.98  # shares of the tilt at which light begins to fade, and is gone
PAINTED = (0.8, 0.995)  # shares of the tilt between which the map's own colours come
MOST_RINGS, PENS = 18, 5  # while it is seen from the side


def eased(share: float) -> float:
    """Rest, motion, rest: a share of the way at a share of the time, both from 0 to 1."""
    share = min(1.0, max(0.0, share))
    return share * share * share * (10 + share * (6 * share - 15))


class Surface(VGroup):
    """The landscape of a valley's map, from the side; at the end of its flight it is the map.

    Args:
        valley: the map.
        relief: its heights.
        landscape: its loss.
        marks: points to be seen: the start, then the minima; data.
        theme: of the film.
        room: where it is seen from the side.
        times: seconds until it begins to tilt, and until it is the map.
    """

    def __init__(
        self,
        valley: Valley,
        relief: Relief,
        landscape: Landscape,
        marks: tuple[tuple[float, float], ...],
        theme: Theme,
        room: Box,
        times: tuple[float, float],
    ) -> None:
        self._theme, self._times, self._relief = theme, times, relief
        chart = valley.chart
        self._ground = _Ground(landscape, relief, chart)
        self.sheet = Sheet(relief, chart, valley.levels, theme)
        edge = Pen(theme.edge, mix(theme.edge, theme.muted, 0.6), THIN)
        rings, others = _rings(valley, landscape, relief, theme)
        self.lines = Lines([*rings, *self.sheet.edges(edge)], self.sheet.mesh, theme.background)
        self.others = [Lines(others, self.sheet.mesh, theme.background)] if others else []
        bars = valley.minimum.points.reshape(-1, 4, 3)[:, [0, 3], :2]
        pen = Pen(theme.minimum, theme.minimum, BOLD)
        bars_ = [self._ground.line(np.linspace(*bar, 9), pen) for bar in bars]
        self.crosses = [Lines(bars_, self.sheet.mesh, theme.background)] if bars_ else []
        self.ball = Ball(
            np.array(chart.at(*marks[0])), self._ground.height, self.sheet.mesh, theme, 0.11
        )
        self._painting = _Painting(valley, self._ground)
        super().__init__(
            self.sheet, self._painting, *self.others, self.lines, *self.crosses, self.ball
        )
        self._above = from_above(chart.box, TALL * min(chart.box.width, chart.box.height))
        self._views = self._chosen(chart.place(np.array(marks)), room)

    def show_at(self, seconds: float) -> Surface:
        """The picture after so many seconds."""
        start, end = self._times
        share = eased((seconds - start) / (end - start))
        first, last = self._views
        view = first.towards(last, seconds / start)
        swell = 1.0 - max(0.0, 1.0 - seconds / SWELLING) ** 3
        view = view.stretched(FLATTEST + (1.0 - FLATTEST) * swell).towards(self._above, share)
        lit = 1.0 - eased((share - DARK) / (FLAT - DARK))
        presence = eased(seconds / APPEARING)
        sight = self.sheet.show(view, lit, presence)
        for lines in (self.lines, *self.crosses):
            lines.show(view, sight, lit, presence)
        self.ball.show(view, sight, lit, presence)
        low, high = PAINTED
        painted = eased((share - low) / (high - low))
        self._painting.show_on(view, painted)
        for lines in self.others:
            lines.show(view, sight, lit, presence, painted)
        return self

    def _chosen(self, marks: np.ndarray, room: Box) -> tuple[View, View]:
        """The lowest views, the first and the last, in which the marks, (k, 2), are seen."""
        heights = self._ground.height(marks)
        rows = self.sheet.row(marks)
        best: tuple[float, tuple[View, View]] | None = None
        for rise, side in product(RISES, (-1, 1)):
            views = [
                View(side * turn, rise, 1.0, self._above.tall, 0.0, 0.0) for turn in TURNS
            ]
            first, last = fitted(views, self.sheet.outline(), self._ground.pivot, room)
            unseen = 0.0
            for view in (first, last):
                sight = Sight(view.place(self.sheet.mesh, self.sheet.heights, self._ground.pivot))
                seen = view.place(marks, heights, self._ground.pivot)
                hidden = sight.clearance(seen, rows) < -0.02
                unseen += 10.0 * hidden[0] + hidden[1:].mean() if len(hidden) > 1 else hidden[0]
            if best is None or unseen < best[0] - 0.05:
                best = unseen, (first, last)
        assert best is not None
        return best[1]


class _Ground:
    """Heights of a surface anywhere on its map, and lines on it."""

    def __init__(self, landscape: Landscape, relief: Relief, chart: Chart) -> None:
        self._landscape, self._relief, self._chart = landscape, relief, chart
        self.pivot = np.array(chart.box.center)

    def height(self, points: np.ndarray) -> np.ndarray:
        """At points on the map, (..., 2), units."""
        (sx, ox), (sy, oy) = self._chart.x_map, self._chart.y_map
        with np.errstate(all="ignore"):
            losses = self._landscape.value((points - (ox, oy)) / (sx, sy))
        return np.nan_to_num(self._relief.height(losses), nan=1.0)

    def line(self, points: np.ndarray, pen: Pen) -> Line:
        return Line(points, self.height(points), pen)


class _Painting(VGroup):
    """The map's own areas, laid on the surface, which come at the end."""

    def __init__(self, valley: Valley, ground: _Ground) -> None:
        bands = (band.copy() for band, _ in valley.map.levels)
        super().__init__(valley.map.ground.copy(), *bands)
        self._pivot = ground.pivot
        self._flat = [(leaf, leaf.points, ground.height(leaf.points[:, :2])) for leaf in self]
        self._dimmer = Dimmer(self)
        for leaf in self:
            leaf.points = NOTHING

    def show_on(self, view: View, share: float) -> None:
        """Lie on the surface, so opaque; at 0 nothing does."""
        if share == 0.0:
            return
        for leaf, points, heights in self._flat:
            leaf.points = np.zeros_like(points)
            leaf.points[:, :2] = view.place(points[:, :2], heights, self._pivot)
        self._dimmer.show(share)


def _rings(
    valley: Valley, landscape: Landscape, relief: Relief, theme: Theme
) -> tuple[list[Line], list[Line]]:
    """The map's rings, in pens that are nearly those of the map: first not too many, then others."""
    levels, window = valley.levels, (valley.chart.x, valley.chart.y)
    lines, first, others = level_lines(landscape, window, levels), [], []
    shown = set(range(len(levels) - 1, -1, -len(levels) // MOST_RINGS))
    for ranks in np.array_split(np.arange(len(levels)), min(PENS, len(levels))):
        depth = (1 - float(ranks.mean()) / len(levels)) ** 0.7
        color = mix(theme.contour, theme.basin, 0.45 * depth)
        dark = mix(theme.minimum, theme.ink, 0.35)
        lit = mix(mix(color, theme.ink, 0.4), dark, 0.75 * depth)
        pen = Pen(color, lit, THIN * (1.15 - 0.45 * depth))
        for rank in ranks:
            for line in lines[rank]:
                thin = thinned(line, window, 4e-4)
                height = relief.height(np.full(len(thin), levels[rank]))
                ring = Line(valley.chart.place(thin), height, pen)
                (first if rank in shown else others).append(ring)
    return first, others
