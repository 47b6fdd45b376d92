"""The skin of a surface: areas of one tone each, as far as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from contourpy import FillType, contour_generator
from manim import VGroup

from momentum_math.relief import Relief
from scenes.kit.charts import Chart
from scenes.kit.shapes import corners, joined, shape
from scenes.kit.surface.sight import Sight
from scenes.kit.surface.view import View
from scenes.look import Theme, luminance, mix, rgb

# From where light comes, in the picture: right, towards the back, and up.
LIGHT = np.array([-0.62, 0.34, 0.70]) / np.linalg.norm([0.62, 0.34, 0.70])
TONES = 20


class Sheet(VGroup):
    """The skin over a map.

    Attributes:
        mesh: its points on the map, (m, n, 2), units.
        heights: there, (m, n); where the loss is undefined, it is as high as can be.
    """

    def __init__(
        self, relief: Relief, chart: Chart, levels: Sequence[float], theme: Theme
    ) -> None:
        self.mesh = chart.place(np.stack(np.meshgrid(relief.x, relief.y), axis=-1))
        self.heights = np.nan_to_num(relief.height(relief.losses), nan=1.0)
        self._pivot = np.array(chart.box.center)
        across, up = self.mesh[1, 1] - self.mesh[0, 0]
        self._back, self._right = np.gradient(self.heights, up, across)
        rank = np.interp(relief.losses, levels, np.arange(len(levels)), right=len(levels))
        self._depth = (1 - np.nan_to_num(rank, nan=len(levels)) / len(levels)) ** 0.7
        self._paint = _Paint(theme)
        self._whole, self._below = shape(fill=theme.panel), shape(fill=theme.panel)
        self._areas = [shape(fill=theme.panel) for _ in range(TONES)]
        super().__init__(self._whole, self._below, *self._areas)

    def show(self, view: View, lit: float, presence: float) -> Sight:
        """Be seen from somewhere.

        Args:
            view: from where.
            lit: 1 in full light, 0 as flat as the map.
            presence: 0 is no more than the page, 1 is all there.
        """
        sight = Sight(view.place(self.mesh, self.heights, self._pivot))
        around = sight.over[[0, -1]], sight.under[[0, -1]]
        tones = sight.along_rows(self._tones(view, lit))
        for area, (below, above) in zip((self._below, self._whole), around[::-1], strict=True):
            edge = np.stack([np.tile(sight.x, 2), np.concatenate([below, above[::-1]])], axis=1)
            edge[len(sight.x) :, 0] = sight.x[::-1]
            area.points = corners(edge, closed=True)
        for area, color in zip((self._below, self._whole), self._paint.quiet, strict=True):
            area.set_fill(color)
        generator = contour_generator(
            z=tones, name="serial", fill_type=FillType.OuterOffset, corner_mask=False
        )
        bounds = np.linspace(0.0, 1.0, TONES + 1)
        bounds[[0, -1]] = -np.inf, np.inf
        for k, area in enumerate(self._areas):
            found, offsets = generator.filled(bounds[k], bounds[min(k + 2, TONES)])
            area.points = joined(
                corners(_placed(sight, outline[a:b]))
                for outline, ends in zip(found, offsets, strict=True)
                for a, b in pairwise(ends)
            )
            area.fill_rgbas = self._paint.tone((k + 0.5) / TONES, lit, presence)
        return sight

    def row(self, points: np.ndarray) -> np.ndarray:
        """On which row of the mesh points on the map, (n, 2), units, are, (n,)."""
        first, second = self.mesh[0, 0, 1], self.mesh[1, 0, 1]
        rows: np.ndarray = (points[:, 1] - first) / (second - first)
        return rows

    def outline(self) -> np.ndarray:
        """All points of the mesh with their heights, (m n, 3)."""
        return np.column_stack([self.mesh.reshape(-1, 2), self.heights.reshape(-1)])

    def _tones(self, view: View, lit: float) -> np.ndarray:
        """How dark the mesh is, from 0 to 1, (m, n): deep down and in the shade."""
        cosine, sine = np.cos(view.turn), np.sin(view.turn)
        x, y = LIGHT[0] * cosine + LIGHT[1] * sine, LIGHT[1] * cosine - LIGHT[0] * sine
        right, back = self._right * view.tall, self._back * view.tall
        light = (LIGHT[2] - right * x - back * y) / np.sqrt(1 + right**2 + back**2) - LIGHT[2]
        shaded = np.clip(0.12 + 0.5 * self._depth - 0.6 * light, 0.0, 1.0)
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
        self._page = rgb(theme.background)
        self._flat = np.array([rgb(theme.panel), rgb(theme.basin)])
        green = mix(theme.basin, theme.minimum, 0.5)
        ramp = (
            mix(theme.panel, "#FFFFFF", 0.2 if dark_page else 0.7),
            mix(theme.panel, theme.basin, 0.5),
            mix(theme.basin, theme.minimum, 0.25),
            mix(green, shadow, 0.25),
            mix(green, shadow, 0.45),
        )
        self._ramp = np.array([rgb(color) for color in ramp])
        self.quiet = (mix(theme.panel, theme.muted, 0.22), mix(theme.panel, theme.muted, 0.4))

    def tone(self, tone: float, lit: float, presence: float) -> np.ndarray:
        """The colour of a tone, (1, 4)."""
        at = np.linspace(0.0, 1.0, len(self._ramp))
        color = np.array([np.interp(tone, at, channel) for channel in self._ramp.T])
        flat = self._flat[0] + (self._flat[1] - self._flat[0]) * tone
        color = flat + (color - flat) * lit
        return np.array([[*(self._page + (color - self._page) * presence), 1.0]])

