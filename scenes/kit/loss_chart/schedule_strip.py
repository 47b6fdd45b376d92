"""A strip under the race: a number that changes, at each step, for all contenders that have it."""

from __future__ import annotations

import numpy as np
from manim import VGroup

from momentum_math.story import RunStory, Story
from scenes.kit.charts import Chart, panel, panel_edge, y_axis
from scenes.kit.loss_chart.curves import Curve
from scenes.kit.particles import Particle
from scenes.kit.shapes import HAIR, LINE, THIN, along, corners, shape
from scenes.kit.text.label import Label, first_fitting
from scenes.look import SMALL, Box, Theme
from scenes.words.numbers import tick_texts
from scenes.words.schedules import names_of

HEIGHT, LOW_HEIGHT, GAP = 0.95, 0.6, 0.14  # units: of a strip, of one of several, and over each
AIR = 0.14  # of the highest value, over it
COMPARABLE = 2.0  # a fixed value up to so many times the highest of those that change is shown


class ScheduleStrip(VGroup):
    """The courses of a number, thin as they will be, and bold as far as they were followed.

    Args:
        story: of the race.
        key: the number's, which changes in some run.
        box: the plot's.
        theme: its colours.
        right: up to where its name may reach.
    """

    def __init__(self, story: Story, key: str, box: Box, theme: Theme, right: float) -> None:
        courses = shown_courses(story, key)
        highest = max(float(course.max()) for course in courses.values()) or 1.0
        ends = (-AIR * highest, (1.0 + AIR) * highest)
        self._chart = Chart(box, (0.0, float(story.experiment.steps)), ends)
        self._playhead = shape(stroke=theme.muted, width=HAIR)
        self._paths, heads, curves, ahead = [], [], [], []
        for one, course in courses.items():
            path = self._chart.place(np.stack([np.arange(len(course)), course], axis=1))
            color = theme.contender(one.index)
            self._paths.append(path)
            heads.append(Particle(one.index, theme, radius=0.11 - 0.02 * min(one.index, 3)))
            ahead.append(shape(corners(path), stroke=theme.graphic(color), width=THIN))
            curves.append(Curve(path, color, theme, width=LINE * 0.8))
        self._curves, self.heads = VGroup(*curves), VGroup(*heads)
        super().__init__(
            self._ground(key, highest, theme, right),
            *ahead,
            self._playhead,
            self._curves,
            self.heads,
        )
        self.show_at(0.0)

    def _ground(self, key: str, highest: float, theme: Theme, right: float) -> VGroup:
        """Panel, the values at its edge, and the number's name beside it."""
        box, ticks = self._chart.box, [0.0, highest]
        texts, note = tick_texts(ticks)
        names = [f"{name}{note}" for name in names_of(key)]
        name = first_fitting(names, SMALL, right - box.right - 0.2)
        at = (box.right + 0.2, box.center[1])
        return VGroup(
            panel(box, theme),
            panel_edge(box, theme),
            y_axis(self._chart, theme, ticks, texts),
            Label(name, SMALL, theme.muted, at, across=0.0),
        )

    def show_at(self, step: float) -> ScheduleStrip:
        box = self._chart.box
        x = self._chart.at(min(step, self._chart.x[1]), 0.0)[0]
        self._playhead.points = corners([(x, box.bottom), (x, box.top)])
        for path, curve, head in zip(self._paths, self._curves, self.heads, strict=True):
            curve.show_at(step)
            head.stand(along(path, step))
        return self

    def value_at(self, value: float) -> float:
        """The height at which a value stands, units."""
        return self._chart.at(0.0, value)[1]


def shown_courses(story: Story, key: str) -> dict[RunStory, np.ndarray]:
    """The values of a number at each step of its runs, (n + 1,) each, fixed ones first.

    A fixed value that is far above those that change is left out: they would lie flat.
    """
    changing, fixed = {}, {}
    for one in story.runs:
        steps = len(one.run.trajectory.points)
        value = getattr(one.run.contender.optimizer, key, None)
        if key in one.schedules:
            changing[one] = one.schedules[key].course()[:steps]
        elif value is not None:
            fixed[one] = np.full(steps, value)
    highest = COMPARABLE * max(float(course.max()) for course in changing.values())
    return {one: course for one, course in fixed.items() if course[0] <= highest} | changing


def strips_height(count: int) -> float:
    """The height that so many strips take under a chart, units."""
    return count * (GAP + (HEIGHT if count == 1 else LOW_HEIGHT))


def strip_boxes(chart: Box, count: int) -> list[Box]:
    """Where so many strips stand under a chart, the first one on top."""
    step = strips_height(count) / max(count, 1)
    tops = [chart.bottom - GAP - k * step for k in range(count)]
    return [Box(chart.left, top - step + GAP, chart.right, top) for top in tops]
