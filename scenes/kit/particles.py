"""Things that move on a map: particles, their trails, arrows.

They have ``show_at(step)``: the picture at a fractional step, a closed function of it, so that a
frame depends on its time alone.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from manim import VGroup, VMobject

from scenes.kit.animations import ease
from scenes.kit.shapes import (
    DISC,
    LINE,
    NOTHING,
    along,
    clipped,
    corners,
    disc,
    holds,
    joined,
    marker_outline,
    part,
    shape,
)
from scenes.kit.text.label import Label, text_width
from scenes.look import SMALL, Box, Theme, readable
from scenes.words import labels

PARTICLE_RADIUS = 0.125

At = tuple[float, float]


class Particle(VMobject):
    """A contender's particle: its marker in its colour, with a darker edge.

    Attributes:
        index: the contender's.
    """

    def __init__(self, index: int, theme: Theme, radius: float = PARTICLE_RADIUS) -> None:
        color = theme.contender(index)
        edge = readable(color, theme.panel, 4.5)
        super().__init__(
            fill_color=color, fill_opacity=1.0, stroke_color=edge, stroke_width=LINE * 0.8
        )
        self.index, self._marker = index, marker_outline(index, radius)
        self.points = self._marker.copy()

    def stand(self, at: np.ndarray) -> Particle:
        """Stand at a point in units, (2,)."""
        self.points = self._marker + (*at, 0.0)
        return self


class Flight(VGroup):
    """A particle on its way from where one is that goes, to where another of its contender is."""

    def __init__(self, particle: Particle, goal: Particle) -> None:
        self._moving, self._first, self._last = particle.copy(), particle.points, goal.points
        super().__init__(self._moving)
        self.set_z_index(1)  # what it flies to comes while it flies
        self.show_at(0.0)

    def show_at(self, share: float) -> None:
        """The picture at a share of the way; before it leaves, the one that goes is seen."""
        done = ease(share)
        flown = self._first * (1.0 - done) + self._last * done
        self._moving.points = flown if share > 0.0 else NOTHING


# Of a shadow: radii of what casts it, the opacity of each disc, and where it falls, in radii.
SHADOWS, SHADOW, CAST = (1.5, 1.28, 1.06), 0.075, np.array([0.42, -0.42, 0.0])


class Shadow(VGroup):
    """The small soft shadow of a particle on its map."""

    def __init__(self, radius: float) -> None:
        self._rims = [disc(radius * size) + CAST * radius for size in SHADOWS]
        super().__init__(*(shape(fill="#000000", opacity=SHADOW) for _ in SHADOWS))

    def fall(self, at: np.ndarray | None) -> Shadow:
        """Fall beside a particle at a point in units, (2,); nowhere if there is none."""
        for soft, rim in zip(self, self._rims, strict=True):
            soft.points = NOTHING if at is None else rim + (*at, 0.0)
        return self


# Opacity of a trail by age: (steps back at most, opacity), youngest first.
TRAIL_AGES = ((4.0, 0.9), (10.0, 0.7), (20.0, 0.55), (np.inf, 0.4))
YOUNG, DOTS = 10, (0.5, 0.8)  # steps back at most; opacities of dots, old and young
# Above so many steps a dot for each would be a smear; the line, alone, fades to no less than this.
MOST_DOTS, ALONE = 120, 0.6


class Trail(VGroup):
    """The path of a particle so far, (n, 2): a line that fades with age and a dot per step.

    Outside of the box nothing is drawn; the dots' radius is in units.
    """

    def __init__(self, path: np.ndarray, box: Box, color: str, width: float, dot: float) -> None:
        self._path, self._box = path, box
        has_dots = len(path) <= MOST_DOTS
        least = 0.0 if has_dots else ALONE
        self._lines = VGroup(
            *(shape(stroke=color, width=width, opacity=max(o, least)) for _, o in TRAIL_AGES)
        )
        self._dots = VGroup(*(shape(fill=color, opacity=opacity) for opacity in DOTS))
        steps = range(1, len(path)) if has_dots else ()
        self._dotted = [k for k in steps if holds(box, path[k])]
        self._marks = joined(disc(dot) + (*path[k], 0.0) for k in self._dotted)
        super().__init__(self._lines, self._dots)

    def show_at(self, step: float) -> Trail:
        last = step
        for line, (age, _) in zip(self._lines, TRAIL_AGES, strict=True):
            first = max(step - age, 0.0)
            line.points = joined(map(corners, clipped(part(self._path, first, last), self._box)))
            last = first
        old, shown = (
            len(DISC) * bisect_right(self._dotted, last + 1e-9) for last in (step - YOUNG, step)
        )
        for dots, span in zip(self._dots, (slice(old), slice(old, shown)), strict=True):
            dots.points = self._marks[span].copy()
        return self


class Runner(VGroup):
    """A contender on a map: its trail and its particle.

    Where the particle has left the map's box, an arrow stands at the edge that it left through,
    with the step of its last point inside.

    Args:
        path: the contender's points in units, (n, 2).
        box: outside of it nothing is drawn.
        index: the contender's.
        theme: of the film.
        size: of particle, line and dots; 1 is as large as elsewhere.
    """

    def __init__(
        self, path: np.ndarray, box: Box, index: int, theme: Theme, size: float = 1.0
    ) -> None:
        self.path, self._box = path, box
        color = theme.contender(index)
        self.trail = Trail(path, box, color, LINE * size * theme.stroke_scale, 0.045 * size)
        self.particle = Particle(index, theme, PARTICLE_RADIUS * size)
        self._shadow = Shadow(PARTICLE_RADIUS * size)
        self._exit = Arrow(theme.text(color))
        self._gone = Label("", SMALL, theme.text(color), weight="Semibold").on(theme.panel)
        super().__init__(self.trail, self._shadow, self.particle, self._exit, self._gone)
        self.show_at(0.0)

    def show_at(self, step: float) -> Runner:
        self.trail.show_at(step)
        at = along(self.path, step)
        if holds(self._box, at):
            self.particle.stand(at)
            self._shadow.fall(at)
            self._exit.point(at, at)
            self._gone.set_text("")
        else:
            self.particle.points = NOTHING
            self._shadow.fall(None)
            self._show_exit(step)
        return self

    def _show_exit(self, step: float) -> None:
        pieces = clipped(part(self.path, 0.0, step), self._box)
        inside = [k for k, at in enumerate(self.path[: int(step) + 1]) if holds(self._box, at)]
        if not pieces or not inside:
            return
        arrow, back = self._exit.leave(pieces[-1], self._box)
        ways = (
            (text, place)
            for text in (way.format(step=inside[-1] + 1) for way in labels.LEAVES)
            for place in self._beside(arrow, back, text_width(text, SMALL, "Semibold") / 2)
        )
        self._gone.set_text(*next(ways, ("", self._gone.at)))

    def _beside(self, arrow: np.ndarray, back: np.ndarray, half: float) -> list[At]:
        """Places beside an arrow with room for words of this half width, the best first."""
        box, tip = self._box, arrow[1]
        x = float(np.clip(tip[0], box.left + half + 0.1, box.right - half - 0.1))
        y = tip[1] + back[1] * 0.55
        if abs(back[0]) > 2 * abs(back[1]):  # the arrow lies flat: the words go over it, or under
            y = tip[1] + (0.26 if tip[1] < box.center[1] + 0.1 else -0.26)
        y = float(np.clip(y, box.bottom + 0.25, box.top - 0.25))
        left, right = arrow[:, 0].min() - half - 0.15, arrow[:, 0].max() + half + 0.15
        low, high = arrow[:, 1].min() - 0.3, arrow[:, 1].max() + 0.3
        room = box.inset(half + 0.03, 0.13, half + 0.03, 0.13)
        return [
            (px, py)
            for px, py in [(x, y), (left, y), (right, y), (x, low), (x, high)]
            if holds(room, np.array([px, py]))
            and not clipped(arrow, Box(px - half - 0.1, py - 0.22, px + half + 0.1, py + 0.22))
        ]


class Arrow(VMobject):
    """A filled arrow, one outline: a shaft and a head that never outgrows it."""

    def __init__(self, color: str, width: float = 0.05) -> None:
        super().__init__(fill_color=color, fill_opacity=1.0, stroke_width=0.0)
        self._width = width

    def point(self, tail: np.ndarray, tip: np.ndarray) -> Arrow:
        """Reach from tail to tip, (2,) each, units; nothing where they coincide."""
        length = float(np.linalg.norm(tip - tail))
        if length < 1e-6:
            self.points = NOTHING
            return self
        way = (tip - tail) / length
        head = min(4.2 * self._width, 0.6 * length)
        flare, neck = head * 0.48, tip - way * head
        half = min(self._width / 2, flare * 0.5)
        shaft, side = np.array([-way[1], way[0]]) * half, np.array([-way[1], way[0]]) * flare
        outline = [tail + shaft, neck + shaft, neck + side, tip]
        outline += [neck - side, neck - shaft, tail - shaft]
        self.points = corners(outline, closed=True)
        return self

    def leave(self, path: np.ndarray, box: Box) -> tuple[np.ndarray, np.ndarray]:
        """Point out of a box where a path inside, (n, 2), ends at its edge.

        Returns:
            Tail and tip, were there room for them, (2, 2), and the way back as a unit vector.
        """
        inner, tip = path[-2:]
        back = (inner - tip) / max(float(np.linalg.norm(inner - tip)), 1e-9)
        arrow = np.stack([tip + back * 0.35, tip])
        self.point(clipped(arrow[::-1], box)[0][-1], tip)
        return arrow, back
