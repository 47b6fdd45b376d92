"""The loss against the step: axes, curves, and the marks on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import VGroup, VMobject

from momentum_math import Outcome
from scenes.kit.animations import Dimmer
from scenes.kit.charts import Chart, nice_ticks, panel, panel_edge, x_axis, y_axis
from scenes.kit.label_placement import clearest
from scenes.kit.loss_chart.scale import LossScale, race_paths
from scenes.kit.markers import Marker
from scenes.kit.shapes import HAIR, LINE, THIN, corners, dashes, disc, part, shape
from scenes.kit.text.label import Label, Vertical, text_width
from scenes.look import SMALL, Theme, readable
from scenes.words.names import STEP_AXIS, threshold_names
from scenes.words.numbers import number


class RaceAxes(VGroup):
    """Panel, decades, steps, and the threshold as a dashed line.

    The steps stand under the chart, lower by ``under`` where something is between them, and the
    losses left of it, farther by ``beside``.
    """

    def __init__(
        self,
        scale: LossScale,
        chart: Chart,
        theme: Theme,
        under: float = 0.0,
        beside: float = 0.0,
    ) -> None:
        box = chart.box
        lowered = Chart(box.inset(bottom=-under), chart.x, chart.y)
        losses = scale.ticks(1.35 * SMALL / chart.y_map[0])
        steps = nice_ticks(*chart.x, max(3, int(box.width / 0.95)))
        steps = [step for step in steps if step == round(step)]  # there are no half steps
        rows = [chart.at(0, height)[1] for height, _ in losses]
        grid = [corners([(box.left, y), (box.right, y)]) for y in rows]
        super().__init__(
            panel(box, theme),
            shape(*grid, stroke=theme.contour, width=HAIR, opacity=0.7),
            panel_edge(box, theme),
            x_axis(lowered, theme, steps, [number(s, 6) for s in steps]),
            y_axis(chart, theme, [h for h, _ in losses], [t for _, t in losses], 0.08 + beside),
            Label(
                STEP_AXIS, SMALL, theme.muted, (box.center[0], box.bottom - under - 0.46), up="top"
            ),
        )
        if scale.threshold is not None:
            first, last = (chart.at(end, scale.threshold) for end in chart.x)
            color = theme.graphic(theme.muted)
            self.add(shape(*dashes(first, last), stroke=color, width=THIN * 1.2))


class Curve(VGroup):
    """A contender's losses as a line that grows: a thin darker edge under its colour."""

    def __init__(self, path: np.ndarray, color: str, theme: Theme, width: float = LINE) -> None:
        self._path = path
        super().__init__(
            shape(stroke=readable(color, theme.panel, 4.5), width=width * theme.stroke_scale + 1.6),
            shape(stroke=color, width=width * theme.stroke_scale),
        )

    def show_at(self, step: float) -> Curve:
        points = corners(part(self._path, 0.0, step))
        for line in self:
            line.points = points
        return self


def leaving_marks(
    outcome: Outcome, scale: LossScale, chart: Chart, theme: Theme
) -> list[Milestone]:
    """A triangle where a curve leaves the axis for good: up when it diverges, down at the floor."""
    marks, paths = [], race_paths(outcome, scale, chart)
    for index, (run, path) in enumerate(zip(outcome.runs, paths, strict=True)):
        is_whole = len(path) == len(run.excess)
        if is_whole and (run.status == "running" or run.trajectory.ended_at is None):
            continue
        x, y = path[-1]
        up = 1.0 if y > chart.box.center[1] else -1.0
        points = np.array(Marker(3, turn_degrees=90.0 * up).outline(0.17))
        triangle = corners(points, closed=True) + (x, y - 0.1 * up, 0.0)
        color = theme.graphic(theme.contender(index))
        mark = shape(triangle, fill=color, stroke=theme.panel, width=THIN)
        marks.append(Milestone(len(path) - 1, mark, fade=1.0))
    return marks


class Milestone(VGroup):
    """Fully drawn parts that show from a step on: they fade in over the next few steps."""

    def __init__(self, step: int, *parts: VMobject, fade: float = 5.0) -> None:
        super().__init__(*parts)
        self._step, self._fade, self._dimmer = step, fade, Dimmer(*parts)

    def show_at(self, step: float) -> Milestone:
        self._dimmer.show(min(1.0, max(0.0, (step - self._step) / self._fade)))
        return self


RING = 0.17  # units, radius of the ring round an event


def crossing_mark(chart: Chart, step: int, height: float, color: str, theme: Theme) -> VMobject:
    """A ring round a point of the plot."""
    x, y = chart.at(step, height)
    return shape(disc(RING) + (x, y, 0.0), stroke=readable(color, theme.panel, 4.5), width=LINE)


def bound_dashes(chart: Chart, constant: float, rate: float) -> list[np.ndarray]:
    """The bound constant * rate**step as dashes, as far as they are inside the chart."""
    start = np.log10(constant)
    end = start + chart.x[1] * np.log10(rate)
    first = max(0.0, (start - chart.y[1]) / max(start - end, 1e-12) * chart.x[1])
    return dashes(chart.at(first, min(start, chart.y[1])), chart.at(chart.x[1], end))


def threshold_label(
    outcome: Outcome,
    threshold: float,
    scale: LossScale,
    chart: Chart,
    theme: Theme,
    lines: Sequence[np.ndarray],
) -> Label:
    """The threshold's name at its line, on the right if curves and other lines leave room there."""
    box, y = chart.box, chart.at(0, scale.height(threshold))[1]
    sides: tuple[tuple[float, Vertical], ...] = ((0.09, "bottom"), (-0.12, "top"))
    labels = [
        Label(name, SMALL, theme.muted, (float(x), y + up), across=1.0, up=vertical)
        for name in threshold_names(threshold)
        for x in np.linspace(box.right - 0.12, box.left + 0.12 + text_width(name, SMALL), 12)
        for up, vertical in sides
    ]
    taken = [*race_paths(outcome, scale, chart), *lines]
    return clearest(labels, taken, box).on(theme.panel)
