"""Upright planes that cut a surface: each comes down, and leaves the line in which it cuts.

From above a plane is a line, so what is left of it on the map is a dashed one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import VGroup

from scenes.kit.animations import ease
from scenes.kit.shapes import HAIR, NOTHING, THIN, dashes, shape
from scenes.kit.surface.lines import Lines, Pen
from scenes.kit.surface.sight import curves
from scenes.kit.surface.surface import Surface
from scenes.look import rgb

TOP = 1.06  # heights of the surface, where its room is as high
SAMPLES = 121
FILL, EDGE = 0.13, 0.55  # opacities


class Plane(VGroup):
    """A plane over a straight way on a surface's map.

    Args:
        surface: what it cuts.
        ends: of the way, units on the map.
        color: its own, and its line's.
    """

    def __init__(
        self, surface: Surface, ends: Sequence[tuple[float, float]], color: str, page: str
    ) -> None:
        first, last = ends
        self._surface, self._color = surface, np.array(rgb(color))
        self._points = np.linspace(first, last, SAMPLES)
        self._heights = surface.ground.height(self._points)
        self._tops = np.clip(surface.heights_within(self._points), self._heights, TOP)
        pen = Pen(color, color, THIN * 1.3)
        pairs = (dash[[0, -1], :2] for dash in dashes(first, last))
        lines = [surface.ground.line(pair, pen) for pair in pairs]
        self._cut, self._sheet = Lines(lines, surface.sheet.mesh, page), shape(fill=color)
        self._sheet.set_stroke(color, HAIR)
        super().__init__(self._sheet, self._cut)
        self.come_down(0.0)

    def come_down(self, share: float) -> None:
        """Be a share of the way down through the surface."""
        self._down = ease(share)
        self.follow()

    def follow(self, _seconds: float = 0.0) -> None:
        """Be seen from where the surface is seen."""
        seen, level = self._surface.seen, TOP * (1.0 - self._down)
        there = seen.lit * min(1.0, 4 * self._down)
        self._cut.show_from(seen.view, seen.sight, 1.0, 1.0, max(0.0, 2 * self._down - 1))
        self._sheet.points = NOTHING
        if there > 0.0:
            # Over the surface, and no lower than the plane has come.
            rows = self._surface.sheet.row(self._points)
            lower, upper = (
                seen.sight.over_edge(seen.place(self._points, heights), rows)
                for heights in (np.clip(level, self._heights, self._tops), self._tops)
            )
            around = np.concatenate([lower, upper[::-1], lower[:1]])
            self._sheet.points = curves(around, np.array([len(around)]))
        self._sheet.fill_rgbas = np.array([[*self._color, FILL * there]])
        self._sheet.stroke_rgbas = np.array([[*self._color, EDGE * there]])
