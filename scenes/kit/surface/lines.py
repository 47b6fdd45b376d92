"""Lines that lie on a surface: the map's own, lifted to their heights, as far as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import VGroup

from scenes.kit.shapes import NOTHING, shape
from scenes.kit.surface.sight import Sight, visible
from scenes.kit.surface.view import View
from scenes.look import mix, rgb

TOLERANCE = 0.012  # units that a line may be behind the mesh, which is coarser, and be seen


@dataclass(frozen=True, eq=False)
class Line:
    """A polyline on the map, (n, 2), units, and its points' heights, (n,)."""

    points: np.ndarray
    heights: np.ndarray


class Lines(VGroup):
    """Lines on a surface that look alike.

    Args:
        lines: all of them.
        mesh: the surface's, on the map, (m, n, 2), units.
        color: as on the map.
        lit_color: in full light.
        width: in Manim's points.
    """

    def __init__(
        self, lines: Sequence[Line], mesh: np.ndarray, color: str, lit_color: str, width: float
    ) -> None:
        self._drawn = shape(stroke=color, width=width)
        self._colors = color, lit_color
        self._pivot = (mesh[0, 0] + mesh[-1, -1]) / 2
        self._points = np.concatenate([line.points for line in lines])
        self._heights = np.concatenate([line.heights for line in lines])
        self._rows = (self._points[:, 1] - mesh[0, 0, 1]) / (mesh[1, 0, 1] - mesh[0, 0, 1])
        self._joined = np.ones(len(self._points), dtype=bool)
        self._joined[np.cumsum([len(line.points) for line in lines]) - 1] = False
        super().__init__(self._drawn)

    def show(self, view: View, sight: Sight, lit: float, page: str, presence: float) -> None:
        """Be seen from somewhere, where nothing is in front; see ``Sheet.show``."""
        seen = view.place(self._points, self._heights, self._pivot)
        clear = sight.clearance(seen, self._rows) + TOLERANCE
        self._drawn.points = _curves(visible(seen, clear, self._joined[:-1]))
        color = mix(page, mix(*self._colors, lit), presence)
        self._drawn.stroke_rgbas = np.array([[*rgb(color), 1.0]])


def _curves(segments: np.ndarray) -> np.ndarray:
    """Segments, (k, 2, 2), as Manim's curves, (4k, 3)."""
    if not len(segments):
        return NOTHING
    start, end = segments[:, 0], segments[:, 1]
    third = (end - start) / 3
    curves = np.zeros((len(segments), 4, 3))
    for k, at in enumerate((start, start + third, end - third, end)):
        curves[:, k, :2] = at
    return curves.reshape(-1, 3)
