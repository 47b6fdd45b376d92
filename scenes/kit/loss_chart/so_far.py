"""One contender's loss against the step, in step with its particle on a map."""

from __future__ import annotations

import numpy as np
from manim import VGroup

from momentum_math.story import Story
from scenes.kit.charts import Chart, nice_ticks, over, panel, panel_edge, x_axis, y_axis
from scenes.kit.loss_chart.curves import Curve
from scenes.kit.loss_chart.scale import LossScale
from scenes.kit.particles import Particle
from scenes.kit.shapes import along
from scenes.kit.text.label import Label, first_fitting
from scenes.look import SMALL, Box, Theme
from scenes.words.names import STEP_AXIS, loss_axis_ways
from scenes.words.numbers import number

BELOW, ABOVE = 0.25, 0.35  # decades under the lowest and over the highest loss
HEAD = 0.105  # units


class LossSoFar(VGroup):
    """The losses of the map's steps as a curve that grows, in a box with room for its axes."""

    def __init__(self, story: Story, index: int, box: Box, theme: Theme) -> None:
        scale, run, steps = (
            LossScale(story.outcome),
            story.runs[index].run,
            story.experiment.map.steps,
        )
        heights = scale.heights(run)[: min(steps, scale.lasting(run)) + 1]
        # From a whole decade on, so that there is more than one number at the axis.
        lowest = np.floor(heights.min()) if scale.is_log else heights.min()
        ends = (float(lowest) - BELOW, float(heights.max()) + ABOVE)
        chart = Chart(box, (0.0, float(max(1, steps))), ends)
        self._path = chart.place(np.stack([np.arange(len(heights)), heights], axis=1))
        self._curve = Curve(self._path, theme.contender(index), theme)
        self._head = Particle(index, theme, radius=HEAD)
        ticks = scale.ticks(1.35 * SMALL / chart.y_map[0])
        ticks = [tick for tick in ticks if ends[0] <= tick[0] <= ends[1]]
        counts = [step for step in nice_ticks(*chart.x, 4) if step == round(step)]
        under = (box.center[0], box.bottom - 0.42)
        super().__init__(
            panel(box, theme),
            panel_edge(box, theme),
            x_axis(chart, theme, counts, [number(count, 6) for count in counts]),
            y_axis(chart, theme, [height for height, _ in ticks], [text for _, text in ticks]),
            Label(STEP_AXIS, SMALL, theme.muted, under, up="top"),
            over(box, first_fitting(loss_axis_ways(story), SMALL, box.width), theme.muted, 0.12),
            self._curve,
            self._head,
        )
        self.show_at(0.0)

    def show_at(self, step: float) -> LossSoFar:
        """The picture at a fractional step."""
        self._curve.show_at(step)
        self._head.stand(along(self._path, step))
        return self
