"""What lies on a surface: heights anywhere on its map, the map's rings there, its own areas."""

from __future__ import annotations

import numpy as np
from manim import VGroup

from momentum_math import Landscape, level_lines
from momentum_math.contours import thinned
from momentum_math.relief import Relief
from scenes.kit.animations import Dimmer
from scenes.kit.contour_map import depth, ring_color, ring_width
from scenes.kit.map_layout import Valley
from scenes.kit.shapes import NOTHING, shape
from scenes.kit.surface.lines import Line, Pen
from scenes.kit.surface.view import View
from scenes.look import Theme, mix

MOST_RINGS, PENS = 12, 3  # while it is seen from the side
STRAYS = 4e-4  # sides of the map that a ring may be from where it is


class Ground:
    """Heights of a surface over a valley's map, and lines on it."""

    def __init__(self, valley: Valley, landscape: Landscape, relief: Relief) -> None:
        self._valley, self._landscape, self._relief = valley, landscape, relief
        self.pivot = np.array(valley.chart.box.center)

    def height(self, points: np.ndarray) -> np.ndarray:
        """At points on the map, (..., 2), units; the highest where the loss is undefined."""
        (sx, ox), (sy, oy) = self._valley.chart.x_map, self._valley.chart.y_map
        with np.errstate(all="ignore"):
            losses = self._landscape.value((points - (ox, oy)) / (sx, sy))
        return np.nan_to_num(self._relief.height(losses), nan=1.0)

    def line(self, points: np.ndarray, pen: Pen) -> Line:
        """A line on the surface over points on the map, (n, 2), units."""
        return Line(points, self.height(points), pen)

    def rings(self, theme: Theme) -> tuple[list[Line], list[Line]]:
        """The map's rings, in pens nearly like the map's: not too many of them, and the rest."""
        chart, levels = self._valley.chart, self._valley.levels
        window = (chart.x, chart.y)
        lines = level_lines(self._landscape, window, levels)
        shown = set(range(len(levels) - 1, -1, -len(levels) // MOST_RINGS))
        first: list[Line] = []
        others: list[Line] = []
        for ranks in np.array_split(np.arange(len(levels)), min(PENS, len(levels))):
            pen = _ring_pen(theme, float(depth(ranks.mean(), len(levels))))
            for rank in ranks.tolist():
                height = float(self._relief.height(levels[rank]))
                for thin in (thinned(line, window, STRAYS) for line in lines[rank]):
                    ring = Line(chart.place(thin), np.full(len(thin), height), pen)
                    (first if rank in shown else others).append(ring)
        return first, others


def _ring_pen(theme: Theme, deep: float) -> Pen:
    """As ``ContourMap`` draws a ring of this depth; from the side, darker."""
    color, green = ring_color(theme, deep), mix(theme.minimum, theme.ink, 0.35)
    return Pen(color, mix(mix(color, theme.ink, 0.4), green, 0.75 * deep), ring_width(deep))


class Painting(VGroup):
    """The map's own areas, laid on the surface: what it is in the end."""

    def __init__(self, valley: Valley, ground: Ground) -> None:
        super().__init__(valley.map.ground.copy())
        for level in valley.map.levels:
            band = level[0]
            # The sheet is seen through it: these are no layers over the page.
            self.add(shape(band.points.copy(), fill=band.get_fill_color().to_hex()))
        self._pivot = ground.pivot
        self._flat = [(leaf, leaf.points, ground.height(leaf.points[:, :2])) for leaf in self]
        self._dimmer = Dimmer(self)
        for leaf in self:
            leaf.points = NOTHING

    def show_from(self, view: View, share: float) -> None:
        """Lie on the surface, so opaque, 0 to 1."""
        if share == 0.0:
            return
        for leaf, points, heights in self._flat:
            leaf.points = np.zeros_like(points)
            leaf.points[:, :2] = view.place(points[:, :2], heights, self._pivot)
        self._dimmer.show(share)
