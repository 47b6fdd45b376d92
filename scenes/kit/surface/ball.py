"""A ball on a surface, with a small soft shadow; from above it is the mark of the start."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import VGroup

from scenes.kit.shapes import corners, disc, ring, shape
from scenes.kit.surface.sight import Sight
from scenes.kit.surface.view import View
from scenes.look import Theme

SHADOWS = (1.8, 1.5, 1.2, 0.9)  # radii of the ball
SHADOW = 0.1  # opacity of each
CAST = np.array([0.75, -0.3])  # away from the light, in radii


class Ball(VGroup):
    """A ball on a surface.

    Args:
        at: on the map, (2,), units.
        height: gives the heights of points on the map, (n, 2), units.
        mesh: the surface's, on the map, (m, n, 2), units.
        theme: of the film.
        radius: units.
    """

    def __init__(
        self,
        at: np.ndarray,
        height: Callable[[np.ndarray], np.ndarray],
        mesh: np.ndarray,
        theme: Theme,
        radius: float,
    ) -> None:
        self._at, self._radius = at, radius
        self._pivot = (mesh[0, 0] + mesh[-1, -1]) / 2
        self._row_height = float(mesh[1, 0, 1] - mesh[0, 0, 1])
        self._row = (at[1] - mesh[0, 0, 1]) / self._row_height
        self._height = float(height(at[None])[0])
        rims = [at + CAST * radius + ring(radius * size) for size in SHADOWS]
        self._rims = [(rim, height(rim)) for rim in rims]
        self._shadows = [shape(fill="#000000") for _ in SHADOWS]
        self._body, self._gleam = shape(fill=theme.start), shape(fill="#FFFFFF")
        super().__init__(*self._shadows, self._body, self._gleam)

    def show_from(self, view: View, sight: Sight, lit: float, presence: float) -> None:
        """Be seen from somewhere; see ``Sheet.show_from``."""
        contact = view.place(self._at, np.array(self._height), self._pivot)
        clear = float(sight.clearance(contact[None], np.array([self._row]))[0])
        there = presence * float(np.clip(1.0 + clear / self._radius, 0.0, 1.0))
        rise = self._radius * np.cos(view.rise)
        center = np.array([*contact, 0.0]) + (0.0, rise, 0.0)
        self._body.points = self._seen(sight, center)
        gleam = np.array([-0.36, 0.36, 0.0]) * self._radius
        self._gleam.points = disc(self._radius * 0.3) + center + gleam
        self._body.set_fill(opacity=presence)
        self._gleam.set_fill(opacity=0.45 * lit * there)
        for shadow, rim in zip(self._shadows, self._rims, strict=True):
            shadow.points = corners(view.place(*rim, self._pivot), closed=True)
            shadow.set_fill(opacity=SHADOW * lit * there)

    def _seen(self, sight: Sight, center: np.ndarray) -> np.ndarray:
        """What of the ball is seen, as curves; the ground that it lies on hides none of it."""
        rim = center[:2] + ring(self._radius)
        nearer = np.full(len(rim), self._row - self._radius / self._row_height)
        raised = sight.raised(rim, nearer)
        return disc(self._radius) + center if (raised == rim).all() else corners(raised)
