"""Plots: where data stand in a box, the ground of a plot, its ticks and their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import VGroup, VMobject

from scenes.kit.shapes import THIN, corners, rectangle, shape
from scenes.kit.text.label import Label, first_fitting, text_width
from scenes.look import SMALL, Box, Theme
from scenes.words.names import AXES
from scenes.words.numbers import tick_texts


@dataclass(frozen=True)
class Chart:
    """Where data stand in a box: x from left to right, y from bottom to top, both linear.

    Attributes:
        box: units.
        x: data range.
        y: data range.
    """

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


def x_axis(
    chart: Chart, theme: Theme, ticks: Sequence[float], labels: Sequence[str], em: float = SMALL
) -> VGroup:
    """Ticks and their numbers under a chart."""
    marks, names = [], []
    for tick, text in zip(ticks, labels, strict=True):
        x, _ = chart.at(tick, chart.y[0])
        marks.append(corners(np.array([(x, chart.box.bottom), (x, chart.box.bottom - TICK)])))
        names.append(Label(text, em, theme.muted, (x, chart.box.bottom - TICK - 0.08), 0.5, "top"))
    return VGroup(shape(*marks, stroke=theme.muted, width=THIN), *names)


def y_axis(
    chart: Chart, theme: Theme, ticks: Sequence[float], labels: Sequence[str], em: float = SMALL
) -> VGroup:
    """Ticks and their numbers left of a chart."""
    marks, names = [], []
    for tick, text in zip(ticks, labels, strict=True):
        _, y = chart.at(chart.x[0], tick)
        marks.append(corners(np.array([(chart.box.left, y), (chart.box.left - TICK, y)])))
        names.append(Label(text, em, theme.muted, (chart.box.left - TICK - 0.08, y), 1.0, "middle"))
    return VGroup(shape(*marks, stroke=theme.muted, width=THIN), *names)


def map_axes(
    chart: Chart, theme: Theme, names: tuple[str, str] | None, reach: float = np.inf
) -> VGroup:
    """Ticks on two sides of a map; the x name under it and the y name turned, left of it.

    Args:
        chart: of the map.
        theme: of the film.
        names: of x and y; None where there is no room for them.
        reach: so far numbers may reach over the map on the right, units.
    """
    box = chart.box
    x_ticks = nice_ticks(*chart.x, max(2, int(box.width / 0.7)))
    y_ticks = nice_ticks(*chart.y, max(2, int(box.height / 0.55)))
    x_texts, x_note = tick_texts(x_ticks)
    y_texts, y_note = tick_texts(y_ticks)
    axes = VGroup(x_axis(chart, theme, x_ticks, x_texts), y_axis(chart, theme, y_ticks, y_texts))
    for label in axes[0][1:]:
        label.shift((min(0.0, box.right + reach - label.get_right()[0]), 0.0, 0.0))
    if names is None:
        return axes.add(*axis_notes(box, theme, x_note, y_note))
    clear = max(text_width(text, SMALL) for text in y_texts) + 0.32
    side = (box.left - max(0.62, clear), box.center[1])
    names = (
        first_fitting([names[0] + x_note, AXES[0] + x_note], SMALL, box.width),
        first_fitting([names[1] + y_note, AXES[1] + y_note], SMALL, box.height),
    )
    return axes.add(
        Label(names[0], SMALL, theme.muted, (box.center[0], box.bottom - 0.4), 0.5, "top"),
        turned_label(names[1], SMALL, theme.muted, side),
    )


def axis_notes(box: Box, theme: Theme, x_note: str, y_note: str) -> list[Label]:
    """What the numbers at the axes of a small map count, inside its lower left corner."""
    notes = [f"{name}{note}" for name, note in zip(AXES, (x_note, y_note), strict=True) if note]
    at = [(box.left + 0.1, box.bottom + 0.2 + 0.3 * row) for row in range(len(notes))]
    return [
        Label(note, SMALL, theme.muted, place, 0.0, "middle").on(theme.panel)
        for note, place in zip(notes, at, strict=True)
    ]


def turned_label(text: str, em: float, color: str, at: tuple[float, float]) -> Label:
    """A label that reads upwards, centred on ``at``."""
    label = Label(text, em, color, at)
    right, up, _ = (label.points - (*at, 0.0)).T
    label.points = np.column_stack((at[0] - up, at[1] + right, np.zeros(len(up))))
    return label
