"""A landscape that is seen from the side at first, turns slowly, and is tilted into its map."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from manim import VGroup

from momentum_math import Landscape
from momentum_math.relief import Relief
from scenes.kit.map_layout import Valley
from scenes.kit.shapes import BOLD, THIN
from scenes.kit.surface.ball import Ball
from scenes.kit.surface.ground import Ground, Painting
from scenes.kit.surface.lines import Lines, Pen
from scenes.kit.surface.sheet import Sheet
from scenes.kit.surface.sight import Sight
from scenes.kit.surface.view import View, fitted, from_above
from scenes.look import Box, Theme, mix

TALL = 0.52  # heights, of the map's shorter side
TURNS = (np.radians(36), np.radians(22))  # of the map, at the beginning and when it tilts
RISES = tuple(np.radians(degrees) for degrees in (40, 48, 56, 64))
APPEARING, SWELLING = 0.8, 1.6  # seconds
FLATTEST = 0.35  # share of its height with which it appears
# Shares of the tilt: between the first two the light fades, between the last two the map's own
# areas and the rest of its rings come.
DIMMING, PAINTING = (0.45, 0.97), (0.97, 0.998)
START_RADIUS = 0.11  # as in ``Valley``
HIDDEN = -0.02  # units behind an edge


def eased(share: float) -> float:
    """Rest, motion, rest: the share of a way at a share of the time."""
    share = min(1.0, max(0.0, share))
    return share**3 * (10 + share * (6 * share - 15))


def between(share: float, ends: tuple[float, float]) -> float:
    """How far a share is from one end to the other, eased."""
    return eased((share - ends[0]) / (ends[1] - ends[0]))


@dataclass(frozen=True, eq=False)
class Seen:
    """How a surface is seen at a time: from where, what of it, and how lit (see ``Sheet``)."""

    view: View
    sight: Sight
    lit: float
    pivot: np.ndarray

    def place(self, points: np.ndarray, heights: np.ndarray) -> np.ndarray:
        """Points on the map, (n, 2), at heights, (n,), in the picture, (n, 2), units."""
        return self.view.place(points, heights, self.pivot)


class Surface(VGroup):
    """The landscape of a valley's map, from the side; in the end it is the map.

    Args:
        valley: the map.
        landscape: the loss.
        relief: its heights.
        marks: data points to be seen: the start, then the minima.
        theme: of the film.
        room: where it is seen from the side.
        seconds: in which it turns until it comes to rest, and then is tilted until it is the map.

    Attributes:
        seen: how it was shown last.
    """

    seen: Seen

    def __init__(
        self,
        valley: Valley,
        landscape: Landscape,
        relief: Relief,
        marks: tuple[tuple[float, float], ...],
        theme: Theme,
        room: Box,
        seconds: tuple[float, float],
    ) -> None:
        box, page = valley.chart.box, theme.background
        self._turning, self._tilting, self.ground = *seconds, Ground(valley, landscape, relief)
        self.sheet = Sheet(relief, valley.chart, valley.levels, theme)
        mesh = self.sheet.mesh
        edge = Pen(theme.edge, mix(theme.edge, theme.muted, 0.6), THIN)
        rings, others = self.ground.rings(theme)
        self.lines = Lines([*rings, *self.sheet.edges(edge)], mesh, page)
        self._others = Lines(others, mesh, page)
        bars, cross = valley.minimum.points.reshape(-1, 4, 3), theme.graphic(theme.minimum)
        pen = Pen(cross, cross, BOLD)
        ways = (np.linspace(bar[0, :2], bar[3, :2], 9) for bar in bars)
        self._crosses = Lines([self.ground.line(way, pen) for way in ways], mesh, page)
        placed = valley.chart.place(np.array(marks))
        self.ball = Ball(placed[0], self.ground.height, mesh, theme, START_RADIUS)
        self._painting = Painting(valley, self.ground)
        super().__init__(
            self.sheet, self._painting, self._others, self.lines, self._crosses, self.ball
        )
        self._above = from_above(box, TALL * min(box.width, box.height))
        self._room = room
        self._first, self._last = self._chosen(placed, room)

    def show_at(self, seconds: float) -> Surface:
        """The picture after so many seconds."""
        presence = eased(seconds / APPEARING)
        share = eased((seconds - self._turning) / self._tilting)
        swell = 1.0 - max(0.0, 1.0 - seconds / SWELLING) ** 3
        turned = 1.0 - max(0.0, 1.0 - seconds / self._turning) ** 2
        view = self._first.towards(self._last, turned)
        view = view.stretched(FLATTEST + (1.0 - FLATTEST) * swell).towards(self._above, share)
        lit, painted = 1.0 - between(share, DIMMING), between(share, PAINTING)
        sight = self.sheet.sight(view)
        self.seen = Seen(view, sight, lit, self.ground.pivot)
        if painted < 1.0:
            self.sheet.show_from(view, sight, lit, presence)
        else:
            self.sheet.hide()
        self.lines.show_from(view, sight, lit, presence)
        self._others.show_from(view, sight, lit, presence, painted)
        self._crosses.show_from(view, sight, lit, presence)
        self.ball.show_from(view, sight, lit, presence)
        self._painting.show_from(view, painted)
        return self

    @property
    def lowest(self) -> float:
        """How far down it reaches while it is seen from the side, units."""
        points, pivot = self.sheet.outline(), self.ground.pivot
        views = (self._first, self._last)
        return min(float(v.place(points[:, :2], points[:, 2], pivot)[:, 1].min()) for v in views)

    def heights_within(self, points: np.ndarray) -> np.ndarray:
        """Over points on the map, (n, 2), the heights at the top of its room before it tilts, (n,).

        What stands on it may be so high.
        """
        low, high = (
            self._last.place(points, np.full(len(points), height), self.ground.pivot)[:, 1]
            for height in (0.0, 1.0)
        )
        found: np.ndarray = (self._room.top - low) / (high - low)
        return found

    def _chosen(self, marks: np.ndarray, room: Box) -> tuple[View, View]:
        """The lowest views, at first and when it tilts, in which most of the marks are seen."""
        points, pivot = self.sheet.outline(), self.ground.pivot
        found: list[tuple[float, float, int, list[View]]] = []
        for rise, side in product(RISES, (-1, 1)):
            views = [View(side * turn, rise, 1.0, self._above.tall, 0.0, 0.0) for turn in TURNS]
            views = fitted(views, points, pivot, room)
            hidden = sum(self._hidden(view, marks) for view in views)
            found.append((round(hidden, 6), rise, len(found), views))
        first, last = min(found)[3]
        return first, last

    def _hidden(self, view: View, marks: np.ndarray) -> float:
        """How much of the marks, (k, 2), units, is not seen: the start counts as much as all."""
        sight = self.sheet.sight(view)
        seen = view.place(marks, self.ground.height(marks), self.ground.pivot)
        hidden = sight.clearance(seen, self.sheet.row(marks)) < HIDDEN
        return float(hidden[0]) + float(hidden.mean())
