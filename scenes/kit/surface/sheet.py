"""The skin of a surface: areas of one tone each, as far as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from contourpy import FillType, contour_generator
from manim import VGroup

from momentum_math.relief import Relief
from scenes.kit.charts import Chart
from scenes.kit.contour_map import depth
from scenes.kit.shapes import NOTHING, shape
from scenes.kit.surface.lines import Line, Pen
from scenes.kit.surface.sight import Sight, curves
from scenes.kit.surface.view import View
from scenes.look import Theme, luminance, mix, rgb

# From where light comes, in the picture: right, towards the back, and up.
LIGHT = np.array([-0.66, 0.10, 0.70]) / np.linalg.norm([0.66, 0.10, 0.70])
TONES = 10


class Sheet(VGroup):
    """The skin over a map.

    Attributes:
        mesh: its points on the map, (m, n, 2), units.
        heights: there, (m, n); where the loss is undefined, it is as high as can be.
    """

    def __init__(self, relief: Relief, chart: Chart, levels: Sequence[float], theme: Theme) -> None:
        self.mesh = chart.place(np.stack(np.meshgrid(relief.x, relief.y), axis=-1))
        self.heights = np.nan_to_num(relief.height(relief.losses), nan=1.0)
        self._pivot = np.array(chart.box.center)
        across, up = self.mesh[1, 1] - self.mesh[0, 0]
        self._right: np.ndarray = np.gradient(self.heights, across, axis=1)
        self._back: np.ndarray = np.gradient(self.heights, up, axis=0)
        rank = np.interp(relief.losses, levels, np.arange(len(levels)), right=len(levels))
        self._depth = depth(np.nan_to_num(rank, nan=len(levels)), len(levels))
        self._paint = _Paint(theme)
        self._sides = [shape(fill=theme.panel) for _ in range(2)]
        self._areas = [shape(fill=theme.panel) for _ in range(TONES)]
        super().__init__(*self._sides, *self._areas)

    def sight(self, view: View) -> Sight:
        """What is seen of it from somewhere."""
        return Sight(view.place(self.mesh, self.heights, self._pivot))

    def show_from(self, view: View, sight: Sight, lit: float, presence: float) -> None:
        """Be seen from somewhere.

        Args:
            view: from where.
            sight: what is seen of the surface from there.
            lit: 1 in full light, 0 as flat as the map.
            presence: 0 is no more than the page, 1 is all there.
        """
        quiet, colors = self._paint.colors(lit, presence)
        for side, edge, color in zip(self._sides, (sight.under, sight.over), quiet, strict=True):
            x = np.concatenate([sight.x, sight.x[::-1], sight.x[:1]])
            y = np.concatenate([edge[0], edge[-1, ::-1], edge[0, :1]])
            side.points = curves(np.stack([x, y], axis=1), np.array([len(x)]))
            side.fill_rgbas = color
        generator = contour_generator(
            z=sight.along_rows(self._tones(view, lit)),
            fill_type=FillType.ChunkCombinedOffset,
        )
        bounds = [-np.inf, *np.linspace(0.0, 1.0, TONES + 1)[1:-1].tolist(), np.inf, np.inf]
        for k, (area, color) in enumerate(zip(self._areas, colors, strict=True)):
            # Each lies over the beginning of the next one, so that no seam shows between them.
            found = generator.filled(bounds[k], bounds[k + 2])
            (points,), (ends,) = cast(tuple[list[np.ndarray], list[np.ndarray]], found)
            area.points = NOTHING if points is None else curves(_placed(sight, points), ends[1:])
            area.fill_rgbas = color

    def hide(self) -> None:
        """Be gone until the next ``show_from``."""
        for area in self:
            area.points = NOTHING

    def row(self, points: np.ndarray) -> np.ndarray:
        """On which row of the mesh points on the map, (n, 2), units, are, (n,)."""
        first, second = self.mesh[0, 0, 1], self.mesh[1, 0, 1]
        rows: np.ndarray = (points[:, 1] - first) / (second - first)
        return rows

    def edges(self, pen: Pen) -> list[Line]:
        """The surface's four edges."""
        sides = (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1])
        return [Line(self.mesh[side], self.heights[side], pen) for side in sides]

    def outline(self) -> np.ndarray:
        """All points of the mesh with their heights, (m n, 3)."""
        return np.column_stack([self.mesh.reshape(-1, 2), self.heights.reshape(-1)])

    def _tones(self, view: View, lit: float) -> np.ndarray:
        """How dark the mesh is, from 0 to 1, (m, n): deep down and in the shade."""
        cosine, sine = np.cos(view.turn), np.sin(view.turn)
        x, y = LIGHT[0] * cosine + LIGHT[1] * sine, LIGHT[1] * cosine - LIGHT[0] * sine
        right, back = self._right * view.tall, self._back * view.tall
        light = (LIGHT[2] - right * x - back * y) / np.sqrt(1 + right**2 + back**2) - LIGHT[2]
        shaded = np.clip(0.1 + 0.68 * self._depth - 0.5 * light, 0.0, 1.0)
        tones: np.ndarray = self._depth + (shaded - self._depth) * lit
        return tones


def _placed(sight: Sight, points: np.ndarray) -> np.ndarray:
    """Points between columns and rows, (n, 2), in the picture, (n, 2)."""
    column, row = points[:, 0], points[:, 1]
    k, j = column.astype(int), row.astype(int)
    right, up = np.minimum(k + 1, len(sight.x) - 1), np.minimum(j + 1, len(sight.over) - 1)
    s, t = column - k, row - j
    x = sight.x[k] + (sight.x[right] - sight.x[k]) * s
    low = sight.over[j, k] + (sight.over[j, right] - sight.over[j, k]) * s
    high = sight.over[up, k] + (sight.over[up, right] - sight.over[up, k]) * s
    return np.stack([x, low + (high - low) * t], axis=1)


class _Paint:
    """The colours of a surface in a theme."""

    def __init__(self, theme: Theme) -> None:
        dark_page = luminance(theme.background) <= 0.18
        shadow = "#000000" if dark_page else theme.ink
        self._page = np.array(rgb(theme.background))
        green = mix(theme.basin, theme.minimum, 0.5)
        ramp = (
            mix(theme.panel, "#FFFFFF", 0.2 if dark_page else 0.7),
            mix(theme.panel, theme.basin, 0.5),
            mix(theme.basin, theme.minimum, 0.25),
            mix(green, shadow, 0.25),
            mix(green, shadow, 0.45),
        )
        self._quiet = np.array([rgb(mix(theme.panel, theme.muted, much)) for much in (0.22, 0.4)])
        at, tones = np.linspace(0.0, 1.0, len(ramp)), (np.arange(TONES) + 0.5) / TONES
        colors = np.array([rgb(color) for color in ramp])
        self._lit = np.stack([np.interp(tones, at, channel) for channel in colors.T], axis=1)
        panel, basin = np.array(rgb(theme.panel)), np.array(rgb(theme.basin))
        self._flat = panel + (basin - panel) * tones[:, None]

    def colors(self, lit: float, presence: float) -> tuple[np.ndarray, np.ndarray]:
        """The colours of the under side and of what lies under all areas, and of the areas.

        Shapes (2, 1, 4) and (k, 1, 4); see ``Sheet.show_from``.
        """
        areas = self._flat + (self._lit - self._flat) * lit
        colors = self._page + (np.concatenate([self._quiet, areas]) - self._page) * presence
        rgbas = np.concatenate([colors, np.ones((len(colors), 1))], axis=1)[:, None]
        return rgbas[:2], rgbas[2:]
