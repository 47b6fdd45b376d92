"""All losses with their heads, each labelled beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import VGroup

from momentum_math.story import Story
from scenes.kit.charts import Chart
from scenes.kit.label_placement import bounds, clearest, is_free, outline
from scenes.kit.loss_chart.curves import Curve
from scenes.kit.loss_chart.scale import LossScale, race_paths, spread
from scenes.kit.particles import Particle
from scenes.kit.shapes import along, holds, ring
from scenes.kit.text.label import Label, first_fitting, fitted, text_width
from scenes.look import SMALL, Box, Theme
from scenes.words.labels import at_curve

Row = tuple[float, float]  # height of something beside labels, and its extent upwards


class Racers(VGroup):
    """All curves with their heads, each head labelled beside it.

    A head is drawn over the heads before it; the first is the largest, so that heads at one
    point are all seen. Labels keep clear of each other and of ``obstacles``, and left of ``right``.
    """

    def __init__(
        self,
        story: Story,
        scale: LossScale,
        chart: Chart,
        theme: Theme,
        labels: Sequence[str],
        right: float,
        obstacles: Sequence[Label] = (),
    ) -> None:
        self._paths = race_paths(story.outcome, scale, chart)
        self._box, self._names = chart.box, labels
        self._obstacles = [
            (o.get_left()[0], o.get_right()[0], o.get_center()[1], o.height + 0.12)
            for o in obstacles
        ]
        self.curves, self.heads = VGroup(), VGroup()
        self._labels: list[Label] = []
        self._ends: list[str] = []
        for i, (path, text) in enumerate(zip(self._paths, labels, strict=True)):
            color, room = theme.contender(i), right - path[-1][0] - 0.26
            ways = at_curve(text, story.runs[i])
            self._ends.append(first_fitting(ways, SMALL, room, "Semibold"))
            self.curves.add(Curve(path, color, theme))
            self.heads.add(Particle(i, theme, radius=0.15 - 0.03 * min(i, 3)))
            label = Label(text, SMALL, theme.text(color), across=0.0, weight="Semibold")
            self._labels.append(label.on(theme.panel))
        self.labels = VGroup(*self._labels)
        super().__init__(self.curves, self.heads, self.labels)
        self._covered: list[int] = []
        self._lifted = [0.0] * len(self._paths)
        self._last = float(max(map(len, self._paths)))
        self._uncover_heads()
        self.show_at(0.0)

    def _uncover_heads(self) -> None:
        """Have labels keep off the heads on which they would lie when all have ended."""
        for _ in self._paths:
            self.show_at(self._last)
            before, new = self._covered, {other for _, other in self._covering()}
            self._covered = sorted({*before, *new})
            self.show_at(self._last)
            heights = sorted(label.at[1] for label in self._labels)
            if any(high - low < 1.2 * SMALL for low, high in pairwise(heights)):
                self._covered = before
                break
        # Where there is no room above each other: as much of a label as fits before the head.
        self.show_at(self._last)
        for own, other in self._covering():
            room = float(self._paths[other][-1][0]) - 0.2 - self._labels[own].at[0]
            if room > 2 * SMALL:
                self._ends[own] = fitted(self._ends[own], SMALL, room, "Semibold")
            else:
                self._lift(own)

    def _lift(self, own: int) -> None:
        """Move a label that lies on a head to the next height where no head and no label is."""
        label, box = self._labels[own], self._box
        taken = [outline(bounds(other)) for other in self._labels if other is not label]
        taken += [ring(0.16) + path[-1] for path in self._paths]
        rows = Box(-np.inf, box.bottom, np.inf, box.top)
        lifts = [sign * 1.3 * SMALL * row for row in range(1, 9) for sign in (-1.0, 1.0)]
        choices = [(text, lift) for text in (label.text, self._names[own]) for lift in lifts]
        moved = [label.copy().set_text(text).shift((0.0, lift, 0.0)) for text, lift in choices]
        best = moved.index(clearest(moved, taken, rows))
        self._ends[own], self._lifted[own] = choices[best]
        self.show_at(self._last)

    def _covering(self) -> list[tuple[int, int]]:
        """Pairs (label, head) of labels that lie on other heads where all have ended."""
        rooms = [bounds(label).shrunk(-0.16) for label in self._labels]
        return [
            (own, other)
            for own, room in enumerate(rooms)
            for other, path in enumerate(self._paths)
            if own != other and holds(room, path[-1])
        ]

    def _heights(self, wished: list[float], names: list[Row], heads: list[Row]) -> list[float]:
        """Heights of labels apart from each other, from names and, where there is room, heads.

        Where there is too little room between a name and the plot's edge, all go over or under it.
        """
        low, high = self._box.bottom, self._box.top
        ranges = [(low, high), *((y + size / 2, high) for y, size in names)]
        ranges += [(low, y - size / 2) for y, size in names]

        def placed(low: float, high: float, met: list[Row]) -> list[float]:
            kept = [(y, size) for y, size in met if low < y < high]
            sizes = [*[1.3 * SMALL] * len(wished), *(size for _, size in kept)]
            placed = spread([*wished, *(y for y, _ in kept)], sizes, low, high, len(kept))
            return placed[: len(wished)]

        def apart(heights: list[float], met: list[Row]) -> float:
            rows = sorted([*((y, True) for y in heights), *((y, False) for y, _ in met)])
            gaps = [b - a for (a, moves), (b, other) in pairwise(rows) if moves or other]
            return min([SMALL, *gaps])

        choices = [
            placed(low, high, met) for met in ([*names, *heads], names) for low, high in ranges
        ]
        return max(choices, key=lambda h: (apart(h, names), apart(h, [*names, *heads])))

    def show_at(self, step: float) -> Racers:
        tips = [along(path, step) for path in self._paths]
        texts = [
            end if step >= len(path) - 1 else name
            for name, end, path in zip(self._names, self._ends, self._paths, strict=True)
        ]
        extents = [
            (float(tip[0]) + 0.26, float(tip[0]) + 0.3 + text_width(t, SMALL, "Semibold"))
            for tip, t in zip(tips, texts, strict=True)
        ]
        names = [
            (y, size)
            for first, last, y, size in self._obstacles
            if any(first < right and left < last for left, right in extents)
        ]
        ended = [k for k in self._covered if step >= len(self._paths[k]) - 1]
        heads = [(float(tips[k][1]), 1.3 * SMALL) for k in ended]
        heights = self._heights([float(tip[1]) for tip in tips], names, heads)
        for k, tip in enumerate(tips):
            self.curves[k].show_at(step)
            self.heads[k].stand(tip)
            self._labels[k].set_text(texts[k], (float(tip[0]) + 0.26, heights[k]))
        for label, lift, path in zip(self._labels, self._lifted, self._paths, strict=True):
            if lift and step >= len(path) - 1:
                x, y = label.at
                label.set_text(label.text, (x, y + lift))
                others = [outline(bounds(other)) for other in self._labels if other is not label]
                if step < self._last - 1 and not is_free(label, others):  # they are to pass there
                    label.set_text(label.text, (x, y))
        return self
