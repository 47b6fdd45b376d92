"""Plots: where data stand in a box, the ground of a plot, its ticks and their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import VGroup, VMobject

from scenes.kit.shapes import THIN, corners, rectangle, shape
from scenes.kit.text.label import Label, Vertical, Weight
from scenes.look import SMALL, Box, Theme

At = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """Linear scales that place data ranges in a box: x from left to right, y upwards."""

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def x_map(self) -> tuple[float, float]:
        """(scale, offset): datum * scale + offset is in units."""
        scale = self.box.width / (self.x[1] - self.x[0])
        return scale, self.box.left - self.x[0] * scale

    @property
    def y_map(self) -> tuple[float, float]:
        scale = self.box.height / (self.y[1] - self.y[0])
        return scale, self.box.bottom - self.y[0] * scale

    def place(self, points: np.ndarray) -> np.ndarray:
        """Data points, (..., 2), in units."""
        (sx, ox), (sy, oy) = self.x_map, self.y_map
        return np.asarray(points, dtype=float) * (sx, sy) + (ox, oy)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """One data point in units."""
        px, py = self.place(np.array([x, y]))
        return float(px), float(py)

    def chord(self, point: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The ends, inside the data ranges, of the line through a data point, (2,) each."""
        reach = [-np.inf, np.inf]
        for axis, window in enumerate((self.x, self.y)):
            if abs(direction[axis]) > 1e-12:
                ends = sorted((edge - point[axis]) / direction[axis] for edge in window)
                reach = [max(reach[0], ends[0]), min(reach[1], ends[1])]
        return point + reach[0] * direction, point + reach[1] * direction


def panel(box: Box, theme: Theme) -> VMobject:
    """The ground of a plot."""
    return shape(rectangle(box), fill=theme.panel)


def panel_edge(box: Box, theme: Theme) -> VMobject:
    """The thin frame of a plot."""
    return shape(rectangle(box), stroke=theme.edge, width=THIN)


def over(
    box: Box,
    text: str,
    color: str,
    gap: float,
    *,
    em: float = SMALL,
    across: float = 0.0,
    up: Vertical = "bottom",
    weight: Weight = "Regular",
) -> Label:
    """Words over a box: from its left edge on, or up to its right edge where ``across`` is 1."""
    at = (box.right if across else box.left, box.top + gap)
    return Label(text, em, color, at, across=across, up=up, weight=weight)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers in [low, high]: steps of 1, 2 or 5 times a power of ten, at most ``most``.

    >>> nice_ticks(-5.0, 5.0)
    [-4.0, -2.0, 0.0, 2.0, 4.0]
    """
    rough = (high - low) / most
    magnitude = 10.0 ** np.floor(np.log10(rough))
    step = next(s * magnitude for s in (1, 2, 5, 10, 20) if (high - low) / (s * magnitude) <= most)
    first = int(np.ceil(low / step - 1e-9))
    last = int(np.floor(high / step + 1e-9))
    return [round(float(k * step), 12) for k in range(first, last + 1)]


TICK = 0.07


def x_axis(chart: Chart, theme: Theme, ticks: Sequence[float], texts: Sequence[str]) -> VGroup:
    """Ticks and their numbers under a chart."""
    xs, top = [chart.at(tick, chart.y[0])[0] for tick in ticks], chart.box.bottom
    rows = [((x, top), (x, top - TICK), (x, top - TICK - 0.08)) for x in xs]
    return _axis(rows, texts, theme, up="top")


def y_axis(
    chart: Chart,
    theme: Theme,
    ticks: Sequence[float],
    texts: Sequence[str],
    away: float = 0.08,
) -> VGroup:
    """Ticks left of a chart, and so far away from them their numbers."""
    ys, right = [chart.at(chart.x[0], tick)[1] for tick in ticks], chart.box.left
    rows = [((right, y), (right - TICK, y), (right - TICK - away, y)) for y in ys]
    return _axis(rows, texts, theme, across=1.0)


def _axis(
    rows: Sequence[tuple[At, At, At]], texts: Sequence[str], theme: Theme, **way: Any
) -> VGroup:
    """Ticks from a point to another, and numbers at a third."""
    marks = [corners([start, end]) for start, end, _ in rows]
    names = [
        Label(text, SMALL, theme.muted, at, **way)
        for text, (_, _, at) in zip(texts, rows, strict=True)
    ]
    return VGroup(shape(*marks, stroke=theme.muted, width=THIN), *names)


def turned_label(text: str, em: float, color: str, at: tuple[float, float]) -> Label:
    """A label that reads upwards, centred on ``at``."""
    return turned(Label(text, em, color, at))


def turned(label: Label) -> Label:
    """A label, turned about its place so that it reads upwards."""
    x, y = label.at
    right, up, _ = (label.points - (x, y, 0.0)).T
    label.points = np.column_stack((x - up, y + right, np.zeros(len(up))))
    return label
