"""A strip of bars: what the gradients are in one direction, and the velocity that sums them up."""

from __future__ import annotations

import numpy as np
from manim import VGroup

from scenes.kit.animations import ease
from scenes.kit.charts import Chart, panel, panel_edge
from scenes.kit.shapes import LINE, THIN, corners, joined, part, rectangle, shape
from scenes.look import Box, Theme

GROWN = 0.3  # of a step, until its bar is whole


class GradientStrip(VGroup):
    """One component of the gradients as bars, one of the velocities as a line over them.

    Args:
        box: units.
        gradients: (n,), the component at each step until the last.
        velocities: (n,), the velocity that each step is made with, until the last.
        last: the step at which the film ends, whose own gradient is no longer seen.
        theme: for the colours.
        full: (n,), the component of the gradients of all samples, where bars are of mini-batches.
    """

    def __init__(
        self,
        box: Box,
        gradients: np.ndarray,
        velocities: np.ndarray,
        last: int,
        theme: Theme,
        full: np.ndarray,
    ) -> None:
        bars, full = gradients[:last], full[:last]
        both = np.concatenate([bars, velocities, full])
        # A direction without any slope keeps an empty strip.
        largest, reach = float(np.abs(both).max()) or 1.0, 1.12
        low = -reach if both.min() < 0 else 0.0
        high = reach if both.max() > 0 or low == 0.0 else 0.0
        chart = Chart(box, (-0.7, len(gradients) - 0.3), (low, high))
        self._tips, self._line_points, self._full = (
            chart.place(np.stack([np.arange(len(sizes)), sizes / largest], axis=1))
            for sizes in (bars, velocities, full)
        )
        self._half, self._zero, self._grown = 0.36 * chart.x_map[0], chart.at(0, 0)[1], 0.0
        self._bars = shape(fill=theme.gradient, opacity=0.45)
        self._line = shape(stroke=theme.velocity, width=LINE * 1.3)
        self._marks = shape(stroke=theme.ink, width=LINE)
        base = corners(np.array([(box.left, self._zero), (box.right, self._zero)]))
        zero = shape(base, stroke=theme.muted, width=THIN)
        edge = panel_edge(box, theme)
        super().__init__(panel(box, theme), zero, edge, self._bars, self._marks, self._line)
        self.show_at(0.0)

    def show_at(self, step: float) -> None:
        self._show_bars(max(step, self._grown))
        self._line.points = corners(part(self._line_points, 0.0, step))

    def see_now(self, share: float) -> None:
        """Show a share of the first bar, which stays from then on."""
        self._grown = GROWN * ease(share)
        self._show_bars(self._grown)

    def _show_bars(self, step: float) -> None:
        zero, half, bars = self._zero, self._half, []
        for k, (x, y) in enumerate(self._tips[: int(step + 1e-9) + 1].tolist()):
            y = zero + (y - zero) * min(1.0, max(0.0, (step - k) / GROWN))
            bars.append(rectangle(Box(x - half, min(y, zero), x + half, max(y, zero))))
        self._bars.points = np.concatenate([np.zeros((0, 3)), *bars])
        shown = self._full[: int(step + 1e-9) + 1]
        marks = (corners(np.array([(x - half, y), (x + half, y)])) for x, y in shown)
        self._marks.points = joined(marks)
