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
from scenes.kit.shapes import BOLD, THIN
from scenes.kit.surface.ball import Ball
from scenes.kit.surface.lines import Line, Lines
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
PAINTED = (0.8, 0.99)  # shares of the tilt between which the map's own colours come
RING_GROUPS = 6


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
        self.lines = [
            *_rings(valley, landscape, relief, self.sheet, theme),
            self._line(_edges(self.sheet), theme.edge, mix(theme.edge, theme.muted, 0.6), THIN),
        ]
        bars = valley.minimum.points.reshape(-1, 4, 3)[:, [0, 3], :2]
        crosses = [self._ground.line(np.linspace(*bar, 9)) for bar in bars]
        self.crosses = [self._line(crosses, theme.minimum, theme.minimum, BOLD)] if crosses else []
        self.ball = Ball(
            np.array(chart.at(*marks[0])), self._ground.height, self.sheet.mesh, theme, 0.11
        )
        self._painting = _Painting(valley, self._ground)
        super().__init__(self.sheet, *self.lines, valley.map, *self.crosses, self.ball)
        self._above = from_above(chart.box, TALL * min(chart.box.width, chart.box.height))
        self._views = self._chosen(chart.place(np.array(marks)), room)

    def _line(self, lines: list[Line], color: str, lit_color: str, width: float) -> Lines:
        return Lines(lines, self.sheet.mesh, color, lit_color, width)

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
        for lines in (*self.lines, *self.crosses):
            lines.show(view, sight, lit, self._theme.background, presence)
        self.ball.show(view, sight, lit, presence)
        low, high = PAINTED
        self._painting.show(view, eased((share - low) / (high - low)))
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

    def line(self, points: np.ndarray) -> Line:
        return Line(points, self.height(points))


class _Painting:
    """The map's own areas and rings, laid on the surface, which come at the end."""

    def __init__(self, valley: Valley, ground: _Ground) -> None:
        self._pivot = ground.pivot
        leaves = valley.map.family_members_with_points()
        self._flat = [(leaf, leaf.points, ground.height(leaf.points[:, :2])) for leaf in leaves]
        self._dimmer = Dimmer(valley.map)

    def show(self, view: View, share: float) -> None:
        """Lie on the surface, so opaque; at 0 nothing does."""
        for leaf, points, heights in self._flat:
            leaf.points = points[:0]
            if share > 0.0:
                leaf.points = np.zeros_like(points)
                leaf.points[:, :2] = view.place(points[:, :2], heights, self._pivot)
        self._dimmer.show(share)


def _rings(
    valley: Valley, landscape: Landscape, relief: Relief, sheet: Sheet, theme: Theme
) -> list[Lines]:
    """The map's rings, in groups that look nearly as on the map."""
    window, levels = (valley.chart.x, valley.chart.y), valley.levels
    found: list[Lines] = []
    all_lines = level_lines(landscape, window, levels)
    for ranks in np.array_split(np.arange(len(levels)), min(RING_GROUPS, len(levels))):
        lines = [
            Line(valley.chart.place(thin), np.full(len(thin), relief.height(levels[rank])))
            for rank in ranks
            for thin in (thinned(line, window, 4e-4) for line in all_lines[rank])
        ]
        if lines:
            depth = (1 - float(ranks.mean()) / len(levels)) ** 0.7
            color = mix(theme.contour, theme.basin, 0.45 * depth)
            dark = mix(theme.minimum, theme.ink, 0.35)
            lit = mix(mix(color, theme.ink, 0.4), dark, 0.75 * depth)
            width = THIN * (1.15 - 0.45 * depth)
            found.append(Lines(lines, sheet.mesh, color, lit, width))
    return found


def _edges(sheet: Sheet) -> list[Line]:
    """The surface's four edges."""
    sides = (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1])
    return [Line(sheet.mesh[side], sheet.heights[side]) for side in sides]
