"""Chapter ``loss_race``: the losses grow together on a log axis, and what happens is marked."""

from __future__ import annotations

from functools import cached_property, partial

import numpy as np
from manim import Create, VGroup, VMobject

from momentum_math.story import LateArrival
from scenes.kit.animations import Appear, March, steady
from scenes.kit.charts import Chart, over
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
from scenes.kit.loss_chart.schedule_strip import ScheduleStrip, strip_boxes, strips_height
from scenes.kit.shapes import THIN, along, corners, dashes, disc, ring, shape
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, first_fitting, fitted, text_width
from scenes.look import SMALL, Box
from scenes.pace import race_pace
from scenes.words.labels import lowest as lowest_names
from scenes.words.names import bound, race_title_ways, short_name
from scenes.words.schedules import scheduled

BESIDE = 0.1  # units by which numbers at the axis stand farther away, clear of heads that start
DIP = 0.1  # units, radius of the ring round the lowest loss
WEIGHT = 20  # so many curves count less than a ring or a head under words


class Race(VGroup):
    """Curves at a step, over them names that stay and milestones, over these the heads."""

    def __init__(
        self,
        racers: Racers,
        names: list[Label],
        milestones: list[Milestone],
        strips: list[ScheduleStrip],
    ) -> None:
        super().__init__(racers.curves, *names, *milestones, racers.heads, racers.labels)
        self._parts = [racers, *milestones, *strips]
        self.riding = racers.labels  # names that move with the heads
        self.show_at(0.0)

    def show_at(self, step: float) -> None:
        for mobject in self._parts:
            mobject.show_at(step)


class LossRace(ChapterScene):
    """The loss against the step: who leads, who arrives, and who would need longer."""

    chapter = "loss_race"

    def construct(self) -> None:
        theme, box, steps = self.theme, self.chart.box, self.experiment.steps
        axes = RaceAxes(self.scale, self.chart, theme, self.strips_height, BESIDE)
        ways, room = race_title_ways(self.story), self.frame.safe.right - box.left
        title = over(box, first_fitting(ways, SMALL, room), theme.muted, 0.2)
        names = self.threshold_name()
        labels, right = self.labels, self.frame.safe.right
        racers = Racers(self.story, self.scale, self.chart, theme, labels, right, names)
        taken = [*map(outline, map(bounds, names)), *self.resting_heads, *self.at_the_end(racers)]
        leaving = leaving_marks(self.outcome, self.scale, self.chart, theme)
        strips = self.strips()
        race = Race(racers, names, [*self.milestones(taken), *leaving], strips)
        rate, slow, pause = race_pace(steps)

        with self.beat("axes"):
            flights = self.flights(racers.heads)
            flying = (March(one, one.show_at, lambda s: s / 0.8, 0.8) for one in flights)
            self.play(Appear(self.heading(), axes, title), *flying, run_time=0.8)
            self.play(Appear(race), run_time=0.4)
            self.remove(*flights)

        if strips:
            with self.beat("schedules"):
                self.play(Appear(*strips), run_time=0.6)

        moving, started = VGroup(race, *strips), self.clock
        show = race.show_at
        with self.beat("lead") as beat:
            self.play(March(moving, show, steady(0, rate), beat.seconds))
        with self.beat("finish") as beat:
            self.play(March(moving, show, steady(pause, rate), beat.seconds))
        with self.beat("tail") as beat:
            self.play(March(moving, show, lambda s: min(steps, slow + 2 * rate * s), beat.seconds))
        self.track_heads(started, rate, slow)

        late = self.story.late_arrival
        with self.beat("rest" if late is None else "bound"):
            if late is not None:
                color = theme.graphic(self.color(late.index))
                line = bound_dashes(self.chart, late.constant, late.rate)
                self.play(Create(shape(*line, stroke=color, width=2.4)), run_time=1.2)
                taken = [*map(outline, map(bounds, names)), *self.at_the_end(racers)]
                self.play(Appear(self.bound_names(late, taken)), run_time=0.4)

    @cached_property
    def scale(self) -> LossScale:
        return LossScale(self.outcome)

    @cached_property
    def labels(self) -> list[str]:
        """The names at the heads."""
        room = 0.3 * self.frame.body.width
        return [fitted(short_name(one), SMALL, room, "Semibold") for one in self.story.runs]

    @cached_property
    def chart(self) -> Chart:
        """Where losses stand; on the right room is left for the names at the heads."""
        room = 0.45 + max(text_width(label, SMALL, "Semibold") for label in self.labels)
        bottom = 0.75 + self.strips_height
        box = self.frame.body.inset(left=0.75 + BESIDE, bottom=bottom, right=room, top=0.5)
        return race_chart(self.outcome, self.scale, box)

    @property
    def strips_height(self) -> float:
        """The height that strips take between the chart and the steps under it."""
        return strips_height(len(scheduled(self.story)))

    def strips(self) -> list[ScheduleStrip]:
        """A strip for each number that changes from step to step."""
        keys, right = scheduled(self.story), self.frame.safe.right
        boxes = strip_boxes(self.chart.box, len(keys))
        return [
            ScheduleStrip(self.story, key, box, self.theme, right)
            for key, box in zip(keys, boxes, strict=True)
        ]

    @cached_property
    def events(self) -> list[tuple[int, int, float]]:
        """Overtakings and arrivals in order: (step, contender, height)."""
        runs, events = self.outcome.runs, []
        if self.story.overtaking is not None:
            index, step = self.story.overtaking
            events.append((step, index, float(self.scale.heights(runs[index])[step])))
        for index, run in enumerate(runs):
            if run.first_below:  # a start below it is no event
                aim = self.scale.height(needed(self.experiment.threshold))
                events.append((run.first_below, index, aim))
        return sorted(events)

    @cached_property
    def rings(self) -> list[np.ndarray]:
        """The rings at the events."""
        return [ring(RING) + self.chart.at(step, height) for step, _, height in self.events]

    @cached_property
    def marked_lines(self) -> list[np.ndarray]:
        """The lines drawn at the events: one down to the steps, and a ring."""
        places = [self.chart.at(step, height) for step, _, height in self.events]
        return [np.array([(x, y), (x, self.chart.box.bottom)]) for x, y in places] + self.rings

    @cached_property
    def all_lines(self) -> list[np.ndarray]:
        """The curves, and the lines drawn at the events."""
        return [*race_paths(self.outcome, self.scale, self.chart), *self.marked_lines]

    @cached_property
    def resting_heads(self) -> list[np.ndarray]:
        """The heads where a beat ends, so often that they count more than any number of curves."""
        _, slow, pause = race_pace(self.experiment.steps)
        paths = race_paths(self.outcome, self.scale, self.chart)
        return [ring(0.15) + along(path, step) for path in paths for step in (pause, slow)] * WEIGHT

    def threshold_name(self) -> list[Label]:
        """The threshold's name, where there is one and room for it."""
        threshold, rows = self.experiment.threshold, len(self.outcome.runs) + 3
        if threshold is None or self.scale.threshold is None:
            return []
        if self.chart.box.height < rows * 1.3 * SMALL:  # strips leave too little beside the names
            return []
        lines = [*self.marked_lines, *self.rings * WEIGHT, *self.resting_heads]
        name = threshold_label(self.outcome, threshold, self.scale, self.chart, self.theme, lines)
        return [name] if is_free(name, self.rings) else []

    def at_the_end(self, racers: Racers) -> list[np.ndarray]:
        """The outlines of heads and labels when the race is over, for words to keep off."""
        racers.show_at(self.experiment.steps)
        return [outline(bounds(one)) for one in (*racers.heads, *racers.labels)]

    def milestones(self, taken: list[np.ndarray]) -> list[Milestone]:
        """Every event: a ring at the curve, and the step, if there is room, at the foot of a line.

        Args:
            taken: the outlines of words and heads, on which no number may stand.
        """
        lines, words, found = [*self.all_lines, *taken], list(taken), []
        for row, (step, index, height) in enumerate(self.events):
            (x, y), color = self.chart.at(step, height), self.color(index)
            foot, ink = dashes((x, y), (x, self.chart.box.bottom)), self.theme.graphic(color)
            parts = [
                shape(*foot, stroke=ink, width=THIN),
                crossing_mark(self.chart, step, height, color, self.theme),
            ]
            number = self.step_number(str(step), x, row, self.theme.text(color), lines)
            if is_free(number, words):
                parts.append(number)
                lines.append(outline(bounds(number)))
                words.append(lines[-1])
            found.append(Milestone(step, *parts))
        return found

    def step_number(
        self, text: str, x: float, row: int, color: str, lines: list[np.ndarray]
    ) -> Label:
        """An event's step; later ones stand a line higher, so that close ones do not collide."""
        number = partial(Label, text, SMALL, color, up="baseline", weight="Semibold")
        foot = self.chart.box.bottom + 0.14 + 0.32 * row
        numbers = [
            number((at, foot + up), across=across)
            for up in (0.0, 0.32, 0.64)
            for at, across in ((x - 0.1, 1.0), (x + 0.1, 0.0))
        ]
        return clearest(numbers, lines, self.chart.box).on(self.theme.panel)

    def bound_names(self, late: LateArrival, taken: list[np.ndarray]) -> VGroup:
        """The bound's formula at its line, and the lowest loss beside its dip."""
        box, panel = self.chart.box, self.theme.panel
        color = self.theme.text(self.color(late.index))
        step, lowest = late.lowest
        dip = self.chart.at(step, np.log10(lowest))
        lines = [*self.all_lines, *taken]
        formula = clearest(self.formulas(late, color), lines, box).on(panel)
        lines.append(outline(bounds(formula)))
        beside = [(right, up, 0.0) for right in (0.2, 0.12 * box.width) for up in (0.06, -0.2)]
        ups = (0.3, -0.3, 0.6, -0.6, 0.9, -0.9)
        around = [(right, up, side) for up in ups for right, side in ((-0.2, 1.0), (0.2, 0.0))]
        names = [
            Label(text, SMALL, color, (dip[0] + right, dip[1] + up), across=across)
            for places in (beside, around)
            for text in lowest_names(step, lowest)
            for right, up, across in places
        ]
        name = clearest(names, lines, box).on(panel)
        mark = shape(disc(DIP) + (*dip, 0.0), stroke=color, width=THIN * 1.4)
        return VGroup(formula, self.leader(np.array(dip), bounds(name), color), mark, name)

    @staticmethod
    def leader(dip: np.ndarray, words: Box, color: str) -> VMobject:
        """A line from a ring to its words, where they are not right beside it."""
        near = np.clip(dip, (words.left - 0.06, words.bottom), (words.right + 0.06, words.top))
        way = near - dip
        length = float(np.linalg.norm(way))
        if length < 0.3:
            return shape(stroke=color, width=THIN)
        return shape(corners([dip + way * DIP / length, near]), stroke=color, width=THIN)

    def formulas(self, late: LateArrival, color: str) -> list[Label]:
        """The bound's formula over its line, then at places under it."""
        chart, text = self.chart, bound(late.constant, late.rate)
        name = partial(Label, text, SMALL, color, across=0.0, weight="Semibold")
        steps = [share * chart.x[1] for share in (0.62, 0.5, 0.4, 0.3)]
        heights = [np.log10(late.constant) + step * np.log10(late.rate) for step in steps]
        places = [chart.at(step, height) for step, height in zip(steps, heights, strict=True)]
        return [name((x, y + 0.16), up="bottom") for x, y in places] + [
            name((chart.at(share * chart.x[1], 0)[0], chart.box.top - 0.16 - down), up="top")
            for share in (0.3, 0.15, 0.45, 0.6, 0.02)
            for down in (0.0, 0.3, 0.6, 0.9)
        ]

    def track_heads(self, started: float, rate: int, slow: int) -> None:
        """Every step of every contender that falls on a frame."""
        for index, run in enumerate(self.outcome.runs):
            times = [
                (k, started + min(k, slow) / rate + max(k - slow, 0) / (2 * rate))
                for k in self.scale.drawn_true(run)
            ]
            self.track(index, self.chart.x_map, self.chart.y_map, self.on_frames(times))
