"""Chapter ``loss_race``: the losses grow together on a log axis, and what happens is marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from manim import Create, VGroup, VMobject

from momentum_math.story import LateArrival
from scenes.kit.animations import Appear, March, steady
from scenes.kit.charts import Chart
from scenes.kit.label_placement import bounds, clearest, is_free, outline
from scenes.kit.loss_chart.curves import (
    RING,
    Milestone,
    RaceAxes,
    bound_dashes,
    crossing_mark,
    leaving_marks,
    threshold_label,
)
from scenes.kit.loss_chart.racers import Racers
from scenes.kit.loss_chart.scale import LossScale, race_chart, race_paths
from scenes.kit.shapes import THIN, along, dashes, disc, ring, shape
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, first_fitting, fitted, text_width
from scenes.look import SMALL
from scenes.pace import race_pace
from scenes.words.labels import lowest as lowest_names
from scenes.words.names import bound, race_title_ways, short_name

WEIGHT = 20  # so many curves count less than a ring or a head under words


class Race(VGroup):
    """Curves at a step, over them names that stay and milestones, over these the heads.

    Attributes:
        riding: the names that move with the heads.
    """

    def __init__(self, racers: Racers, names: list[Label], milestones: list[Milestone]) -> None:
        super().__init__(racers.curves, *names, *milestones, racers.heads, racers.labels)
        self._parts, self.riding = [racers, *milestones], racers.labels
        self.show_at(0.0)

    def show_at(self, step: float) -> Race:
        for mobject in self._parts:
            mobject.show_at(step)
        return self


class LossRace(ChapterScene):
    """The loss against the step: who leads, who arrives, and who would need longer."""

    chapter = "loss_race"

    def construct(self) -> None:
        outcome, theme = self.outcome, self.theme
        room = 0.3 * self.frame.body.width
        labels = [fitted(short_name(one), SMALL, room, "Semibold") for one in self.story.runs]
        box = self.frame.body.inset(left=0.75, bottom=0.75, right=self.label_room(labels), top=0.5)
        chart = race_chart(outcome, self.scale, box)
        axes = RaceAxes(self.scale, chart, theme)
        title = Label(
            first_fitting(race_title_ways(self.story), SMALL, self.frame.safe.right - box.left),
            SMALL,
            theme.muted,
            (box.left, box.top + 0.2),
            across=0.0,
            up="bottom",
        )
        names = []
        threshold = self.experiment.threshold
        if threshold is not None and self.scale.threshold is not None:
            rings = self.rings(chart)
            lines = [*self.marked_lines(chart), *rings * WEIGHT, *self.resting_heads(chart)]
            name = threshold_label(outcome, threshold, self.scale, chart, theme, lines)
            names += [name] if is_free(name, rings) else []
        racers = Racers(self.story, self.scale, chart, theme, labels, self.frame.safe.right, names)
        taken = [*map(outline, map(bounds, names)), *self.resting_heads(chart)]
        taken += self.at_the_end(racers)
        marks = [
            *self.milestones(chart, taken),
            *leaving_marks(outcome, self.scale, chart, theme),
        ]
        race = Race(racers, names, marks)
        rate, slow, pause = race_pace(self.experiment.steps)

        with self.beat("axes"):
            self.add(self.heading())
            self.play(Appear(axes, title), run_time=0.8)
            self.play(Appear(race), run_time=0.4)

        started = self.clock
        with self.beat("lead") as beat:
            self.play(March(race, race.show_at, steady(0, rate), beat.seconds))
        with self.beat("finish") as beat:
            self.play(March(race, race.show_at, steady(pause, rate), beat.seconds))
        with self.beat("tail") as beat:
            steps = self.experiment.steps
            self.play(
                March(race, race.show_at, lambda s: min(steps, slow + 2 * rate * s), beat.seconds)
            )
        self.track_heads(chart, started, rate, slow)

        late = self.story.late_arrival
        with self.beat("rest" if late is None else "bound"):
            if late is not None:
                self.play(Create(self.bound_line(chart, late)), run_time=1.2)
                taken = [*map(outline, map(bounds, names)), *self.at_the_end(racers)]
                self.play(Appear(self.bound_names(chart, late, taken)), run_time=0.4)

    @cached_property
    def scale(self) -> LossScale:
        return LossScale(self.outcome)

    def label_room(self, labels: list[str]) -> float:
        """Width kept free on the right for the labels at the heads."""
        return 0.45 + max(text_width(label, SMALL, "Semibold") for label in labels)

    @cached_property
    def events(self) -> list[tuple[int, int, float]]:
        """Overtakings and arrivals in order: (step, contender, height)."""
        runs, events = self.outcome.runs, []
        overtaking = self.story.overtaking
        if overtaking is not None:
            index, step = overtaking
            events.append((step, index, float(self.scale.heights(runs[index])[step])))
        for index, run in enumerate(runs):
            if run.first_below:  # a start below it is no event
                aim = self.scale.height(needed(self.experiment.threshold))
                events.append((run.first_below, index, aim))
        return sorted(events)

    def marked_lines(self, chart: Chart) -> list[np.ndarray]:
        """The lines drawn at the events: one down to the steps, and a ring."""
        lines = []
        for step, _, height in self.events:
            x, y = chart.at(step, height)
            lines += [np.array([(x, y), (x, chart.box.bottom)]), ring(RING) + (x, y)]
        return lines

    def rings(self, chart: Chart) -> list[np.ndarray]:
        """The rings at the events."""
        return [ring(RING) + chart.at(step, height) for step, _, height in self.events]

    def resting_heads(self, chart: Chart) -> list[np.ndarray]:
        """The heads where a beat ends, so often that they count more than any number of curves."""
        _, slow, pause = race_pace(self.experiment.steps)
        paths = race_paths(self.outcome, self.scale, chart)
        heads = [ring(0.15) + along(path, step) for path in paths for step in (pause, slow)]
        return heads * WEIGHT

    def at_the_end(self, racers: Racers) -> list[np.ndarray]:
        """The outlines of heads and labels when the race is over, for words to keep off."""
        racers.show_at(self.experiment.steps)
        return [outline(bounds(one)) for one in (*racers.heads, *racers.labels)]

    def milestones(self, chart: Chart, taken: list[np.ndarray]) -> list[Milestone]:
        """Every event: a ring at the curve, the step at the foot of a line.

        Args:
            chart: where they stand.
            taken: the outlines of words and heads, on which no number may stand.
        """
        lines = [*race_paths(self.outcome, self.scale, chart), *self.marked_lines(chart), *taken]
        found, words = [], list(taken)
        for row, event in enumerate(self.events):
            number = self.step_number(chart, row, *event, lines)
            is_shown = is_free(number, words)
            found.append(self.milestone(chart, *event, number if is_shown else None))
            if is_shown:
                lines.append(outline(bounds(number)))
                words.append(lines[-1])
        return found

    def milestone(
        self, chart: Chart, step: int, index: int, height: float, number: Label | None
    ) -> Milestone:
        """One of them, its step not written where there is no room."""
        theme, color = self.theme, self.color(index)
        x, y = chart.at(step, height)
        return Milestone(
            step,
            shape(*dashes((x, y), (x, chart.box.bottom)), stroke=theme.graphic(color), width=THIN),
            crossing_mark(chart, step, height, color, theme),
            *([] if number is None else [number]),
        )

    def step_number(
        self,
        chart: Chart,
        row: int,
        step: int,
        index: int,
        height: float,
        lines: list[np.ndarray],
    ) -> Label:
        """An event's step; later ones stand a line higher, so that close ones do not collide."""
        theme, color = self.theme, self.color(index)
        x, _ = chart.at(step, height)
        foot = chart.box.bottom + 0.14 + 0.32 * row
        numbers = [
            Label(
                str(step),
                SMALL,
                theme.text(color),
                (at, foot),
                across=across,
                up="baseline",
                weight="Semibold",
            )
            for foot in (foot, foot + 0.32, foot + 0.64)
            for at, across in ((x - 0.1, 1.0), (x + 0.1, 0.0))
        ]
        return clearest(numbers, lines, chart.box).on(theme.panel)

    def bound_line(self, chart: Chart, late: LateArrival) -> VMobject:
        """The late arrival's bound, straight on this axis."""
        color = self.theme.graphic(self.color(late.index))
        return shape(*bound_dashes(chart, late.constant, late.rate), stroke=color, width=2.4)

    def bound_names(self, chart: Chart, late: LateArrival, taken: Sequence[np.ndarray]) -> VGroup:
        """The bound's formula over its line, and the lowest loss beside its dip."""
        step, lowest = late.lowest
        dip = chart.at(step, np.log10(lowest))
        color = self.theme.text(self.color(late.index))
        lines = [
            *race_paths(self.outcome, self.scale, chart),
            *self.marked_lines(chart),
            *taken,
        ]
        formula = self.bound_formula(chart, late, lines)
        return VGroup(
            formula,
            shape(disc(0.1) + (*dip, 0.0), stroke=color, width=THIN * 1.4),
            self.lowest_name(chart, late, [*lines, outline(bounds(formula))]),
        )

    def bound_formula(self, chart: Chart, late: LateArrival, lines: list[np.ndarray]) -> Label:
        """The bound's formula, over its line."""
        color, text = self.theme.text(self.color(late.index)), bound(late.constant, late.rate)
        labels = []
        for step in (0.62 * chart.x[1], 0.5 * chart.x[1], 0.4 * chart.x[1], 0.3 * chart.x[1]):
            x, y = chart.at(step, np.log10(late.constant) + step * np.log10(late.rate))
            labels.append(
                Label(text, SMALL, color, (x, y + 0.16), across=0.0, up="bottom", weight="Semibold")
            )
        # Under the line where over it there is no room.
        labels += [
            Label(
                text,
                SMALL,
                color,
                (x, chart.box.top - 0.16 - down),
                across=0.0,
                up="top",
                weight="Semibold",
            )
            for x, _ in (chart.at(share * chart.x[1], 0) for share in (0.3, 0.15, 0.45, 0.6, 0.02))
            for down in (0.0, 0.3, 0.6, 0.9)
        ]
        return clearest(labels, lines, chart.box).on(self.theme.panel)

    def lowest_name(self, chart: Chart, late: LateArrival, lines: list[np.ndarray]) -> Label:
        """The lowest loss, on the right of its dip."""
        color, (step, lowest) = self.theme.text(self.color(late.index)), late.lowest
        x, y = chart.at(step, np.log10(lowest))
        texts = lowest_names(step, lowest)
        labels = [
            Label(text, SMALL, color, (x + right, y + up), across=0.0)
            for text in texts
            for right in (0.12 * chart.box.width, 0.2)
            for up in (0.06, -0.2)
        ]
        labels += [
            Label(text, SMALL, color, (x + along, y + up), across=across)
            for text in texts
            for up in (0.3, -0.3, 0.6, -0.6, 0.9, -0.9)
            for along, across in ((-0.2, 1.0), (0.2, 0.0))
        ]
        return clearest(labels, lines, chart.box).on(self.theme.panel)

    def track_heads(self, chart: Chart, started: float, rate: int, slow: int) -> None:
        """Every step of every contender that falls on a frame."""
        for index, run in enumerate(self.outcome.runs):
            times = [
                (k, started + (k / rate if k <= slow else slow / rate + (k - slow) / (2 * rate)))
                for k in self.scale.drawn_true(run)
            ]
            self.track(index, chart.x_map, chart.y_map, self.on_frames(times))
