"""Lines that lie on a surface: the map's own, lifted to their heights, as far as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import VGroup

from scenes.kit.shapes import shape
from scenes.kit.surface.sight import Sight, visible
from scenes.kit.surface.view import View
from scenes.look import rgb

TOLERANCE = 0.012  # units that a line may be behind the mesh, which is coarser, and be seen


@dataclass(frozen=True, eq=False)
class Pen:
    """What lines look alike in: their colour on the map and in full light, and their width."""

    color: str
    lit_color: str
    width: float


@dataclass(frozen=True, eq=False)
class Line:
    """A polyline on the map, (n, 2), units, its points' heights, (n,), and its pen."""

    points: np.ndarray
    heights: np.ndarray
    pen: Pen


class Lines(VGroup):
    """Lines on a surface, one mobject for each pen.

    Args:
        lines: all of them.
        mesh: the surface's, on the map, (m, n, 2), units.
        page: the colour they appear from.
    """

    def __init__(self, lines: Sequence[Line], mesh: np.ndarray, page: str) -> None:
        pens = list(dict.fromkeys(line.pen for line in lines))
        self._page = np.array(rgb(page))
        self._colors = [(np.array(rgb(pen.color)), np.array(rgb(pen.lit_color))) for pen in pens]
        ordered = sorted(lines, key=lambda line: pens.index(line.pen))
        self._points = np.concatenate([np.zeros((0, 2)), *(line.points for line in ordered)])
        self._heights = np.concatenate([np.zeros(0), *(line.heights for line in ordered)])
        self._pivot = (mesh[0, 0] + mesh[-1, -1]) / 2
        self._rows = (self._points[:, 1] - mesh[0, 0, 1]) / (mesh[1, 0, 1] - mesh[0, 0, 1])
        counts = np.array([len(line.points) for line in ordered], int)
        owner = np.repeat(np.array([pens.index(line.pen) for line in ordered], int), counts)
        owner[np.cumsum(counts, dtype=int) - 1] = -1  # from a line's last point none leads on
        self._drawn = [np.flatnonzero(owner == k) for k in range(len(pens))]
        super().__init__(*(shape(stroke=pen.color, width=pen.width) for pen in pens))

    def show_from(
        self, view: View, sight: Sight, lit: float, presence: float, opacity: float = 1.0
    ) -> None:
        """Be seen from somewhere, where nothing is in front; see ``Sheet.show_from``."""
        if opacity == 0.0 or not len(self):
            return
        seen = view.place(self._points, self._heights, self._pivot)
        clear = sight.clearance(seen, self._rows) + TOLERANCE
        for drawn, where, (flat, full) in zip(self, self._drawn, self._colors, strict=True):
            drawn.points = visible(seen, clear, where)
            color = self._page + (flat + (full - flat) * lit - self._page) * presence
            drawn.stroke_rgbas = np.array([[*color, opacity]])
