"""Things that move on a map: particles, their trails, arrows.

They have ``show_at(step)``: the picture at a fractional step, a closed function of it, so that a
frame depends on its time alone.
"""

from __future__ import annotations

import numpy as np
from manim import VGroup, VMobject

from momentum_math import Trajectory
from scenes.kit.charts import Chart
from scenes.kit.shapes import (
    LINE,
    along,
    clipped,
    corners,
    disc,
    holds,
    marker_outline,
    part,
    shape,
)
from scenes.kit.text.label import Label, text_width
from scenes.look import SMALL, Box, Theme, readable
from scenes.words import labels

PARTICLE_RADIUS = 0.125


class Particle(VMobject):
    """A contender's particle: its marker in its colour, with a darker edge."""

    def __init__(
        self, index: int, color: str, theme: Theme, radius: float = PARTICLE_RADIUS
    ) -> None:
        edge = readable(color, theme.panel, 4.5)
        super().__init__(
            fill_color=color, fill_opacity=1.0, stroke_color=edge, stroke_width=LINE * 0.8
        )
        self._marker = marker_outline(index, radius)
        self.points = self._marker.copy()

    def stand(self, at: np.ndarray) -> Particle:
        """Stand at a point in units, (2,)."""
        self.points = self._marker + (*at, 0.0)
        return self


# Opacity of a trail by age: (steps back, opacity), youngest first; older is the last.
TRAIL_AGES = ((4, 0.85), (10, 0.6), (20, 0.45))
TRAIL_OLD = 0.3
# Above so many steps a dot for each would be a smear.
MOST_DOTS = 120


class Trail(VGroup):
    """The path of a particle so far: a line that fades with age and a dot per step.

    Args:
        path: the particle's points in units, (n, 2).
        box: outside of it nothing is drawn.
        color: of line and dots.
        width: of the line.
        dot: radius of the dots, units.
    """

    def __init__(
        self, path: np.ndarray, box: Box, color: str, width: float = LINE, dot: float = 0.045
    ) -> None:
        self._path, self._box, self._dot = path, box, disc(dot)
        opacities = [*(opacity for _, opacity in TRAIL_AGES), TRAIL_OLD]
        self._lines = VGroup(*(shape(stroke=color, width=width, opacity=o) for o in opacities))
        self._dots = shape(fill=color, opacity=0.6)
        inside = [holds(box, point) for point in path]
        self._dotted = (
            [k for k in range(1, len(path)) if inside[k]] if len(path) <= MOST_DOTS else []
        )
        super().__init__(self._lines, self._dots)

    def show_at(self, step: float) -> Trail:
        last = step
        for line, age in zip(self._lines, [*(age for age, _ in TRAIL_AGES), np.inf], strict=True):
            first = max(step - age, 0.0)
            pieces = clipped(part(self._path, first, last), self._box)
            line.points = np.concatenate([np.zeros((0, 3)), *(corners(piece) for piece in pieces)])
            last = first
        shown = [k for k in self._dotted if k <= step + 1e-9]
        centers = np.zeros((len(shown), 1, 3))
        centers[:, 0, :2] = self._path[shown]
        self._dots.points = (self._dot[None] + centers).reshape(-1, 3)
        return self


class Runner(VGroup):
    """A contender on a map: its trail and its particle.

    Where the particle has left the map, an arrow stands at the edge that it left through, with
    the step of its last point inside.

    Args:
        path: the contender's points in units, (n, 2); see ``shown_path``.
        box: the map's plotting box.
        index: the contender's.
        color: the contender's.
        theme: of the film.
        size: of particle, line and dots; 1 is as large as elsewhere.
    """

    def __init__(
        self, path: np.ndarray, box: Box, index: int, color: str, theme: Theme, size: float = 1.0
    ) -> None:
        self.path, self._box = path, box
        self.trail = Trail(path, box, color, LINE * size * theme.stroke_scale, 0.045 * size)
        self.particle = Particle(index, color, theme, PARTICLE_RADIUS * size)
        self._exit = Arrow(theme.text(color), 0.05)
        self._gone = Label("", SMALL, theme.text(color), weight="Semibold").on(theme.panel)
        super().__init__(self.trail, self.particle, self._exit, self._gone)
        self.show_at(0.0)

    def show_at(self, step: float) -> Runner:
        self.trail.show_at(step)
        at = along(self.path, step)
        if holds(self._box, at):
            self.particle.stand(at)
            self._exit.point(at, at)
            self._gone.set_text("")
            return self
        self.particle.points = np.zeros((0, 3))
        self._show_exit(step)
        return self

    def _show_exit(self, step: float) -> None:
        pieces = clipped(part(self.path, 0.0, step), self._box)
        inside = [
            k for k in range(int(step) + 1) if k < len(self.path) and holds(self._box, self.path[k])
        ]
        if not pieces or not inside:
            return
        inner, tip = pieces[-1][-2:]
        back = (inner - tip) / max(float(np.linalg.norm(inner - tip)), 1e-9)
        tail = clipped(np.stack([tip, tip + back * 0.35]), self._box)[0][-1]
        self._exit.point(tail, tip)
        arrow = np.stack([tip + back * 0.35, tip])
        for way in labels.LEAVES:
            text = way.format(step=inside[-1] + 1)
            places = self._beside(arrow, back, text_width(text, SMALL, "Semibold") / 2)
            if places:
                self._gone.at = places[0]
                self._gone.set_text(text)
                return
        self._gone.set_text("")

    def _beside(
        self, arrow: np.ndarray, back: np.ndarray, half: float
    ) -> list[tuple[float, float]]:
        """Places beside an arrow with room for words of this half width, the best first."""
        box, tip = self._box, arrow[1]
        x = float(np.clip(tip[0], box.left + half + 0.1, box.right - half - 0.1))
        y = tip[1] + back[1] * 0.55
        if abs(back[0]) > 2 * abs(back[1]):  # the arrow lies flat: the words go over it, or under
            y = tip[1] + (0.26 if tip[1] < box.center[1] + 0.1 else -0.26)
        y = float(np.clip(y, box.bottom + 0.25, box.top - 0.25))
        left, right = arrow[:, 0].min() - half - 0.15, arrow[:, 0].max() + half + 0.15
        low, high = arrow[:, 1].min() - 0.3, arrow[:, 1].max() + 0.3
        return [
            (px, py)
            for px, py in [(x, y), (left, y), (right, y), (x, low), (x, high)]
            if box.left <= px - half - 0.03
            and px + half + 0.03 <= box.right
            and box.bottom <= py - 0.13
            and py + 0.13 <= box.top
            and not clipped(arrow, Box(px - half - 0.1, py - 0.22, px + half + 0.1, py + 0.22))
        ]


def shown_path(trajectory: Trajectory, chart: Chart) -> np.ndarray:
    """A trajectory in units, (n, 2), up to its first point that is not finite."""
    points = trajectory.points
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    return chart.place(points[: bad[0]] if len(bad) else points)


class Arrow(VMobject):
    """A filled arrow, one outline: a shaft and a head that never outgrows it."""

    def __init__(self, color: str, width: float = 0.05) -> None:
        super().__init__(fill_color=color, fill_opacity=1.0, stroke_width=0.0)
        self._width = width

    def point(self, tail: np.ndarray, tip: np.ndarray) -> Arrow:
        """Reach from tail to tip, (2,) each, units; nothing where they coincide."""
        tail, tip = np.asarray(tail, dtype=float), np.asarray(tip, dtype=float)
        length = float(np.linalg.norm(tip - tail))
        if length < 1e-6:
            self.points = np.zeros((0, 3))
            return self
        along_, half = (tip - tail) / length, self._width / 2
        across = np.array([-along_[1], along_[0]])
        head = min(4.2 * self._width, 0.6 * length)
        flare = head * 0.48
        neck = tip - along_ * head
        half = min(half, flare * 0.5)
        self.points = corners(
            np.array(
                [
                    tail + across * half,
                    neck + across * half,
                    neck + across * flare,
                    tip,
                    neck - across * flare,
                    neck - across * half,
                    tail - across * half,
                ]
            ),
            closed=True,
        )
        return self
