"""Chapter ``descent``: every contender from the same start, in lockstep."""

from __future__ import annotations

from functools import cached_property

from manim import LaggedStart, VGroup

from scenes.kit.animations import Appear, March, steady, stepwise
from scenes.kit.charts import Chart, over
from scenes.kit.contour_map import ContourMap, minimum_mark, start_mark
from scenes.kit.label_placement import bounds, clearest, outline
from scenes.kit.map_layout import PANEL_REACH, Panels, map_axes, panels, standing
from scenes.kit.particles import PARTICLE_RADIUS, Runner
from scenes.kit.shapes import holds, rectangle, ring, shape
from scenes.kit.stage import ChapterScene
from scenes.kit.text.label import Label, Vertical, first_fitting, text_width
from scenes.look import BODY, SMALL, Box
from scenes.pace import SLOW_STEP_SECONDS, roll_rate, slow_steps
from scenes.words import labels
from scenes.words.names import axis_names, titles
from scenes.words.runs import loss_counters

# Heights over a map with its title and its loss in one line or in two, and what a loss may take.
ONE_LINE, TWO_LINES = 0.5, 0.95
LOSS_WIDTH = 1.75


class Lockstep(VGroup):
    """All runners, their losses and the step counter: one picture per step."""

    def __init__(self, scene: Descent) -> None:
        super().__init__()
        self._story, theme, box = scene.story, scene.theme, scene.frame.heading
        inks = [theme.text(scene.color(i)) for i in range(len(scene.charts))]
        self._rooms = [scene.loss_room(i) for i in range(len(scene.charts))]
        self.runners = VGroup(*(scene.runner(i, chart) for i, chart in enumerate(scene.charts)))
        self.losses = VGroup(
            *(
                over(c.box, "", ink, 0.14, em=BODY, across=1.0, up="baseline", weight="Semibold")
                for c, ink in zip(scene.charts, inks, strict=True)
            )
        )
        self.counter = Label("", BODY, theme.muted, (box.right, box.center[1]), across=1.0)
        self.add(self.runners, self.losses, self.counter)
        self.show_at(0.0)

    def show_at(self, step: float) -> Lockstep:
        whole, story = int(step + 1e-9), self._story
        for runner, loss, room, run in zip(
            self.runners, self.losses, self._rooms, story.runs, strict=True
        ):
            runner.show_at(step)
            loss.set_text(first_fitting(loss_counters(run, whole), BODY, room, "Semibold"))
        steps = story.experiment.map.steps
        self.counter.set_text(labels.STEP_COUNTER.format(step=whole, steps=steps))
        return self


class Descent(ChapterScene):
    """Three particles take the same steps; only their memory differs."""

    chapter = "descent"

    @cached_property
    def is_flat(self) -> bool:
        """Whether title and loss stand in one line: there is no height to spare, but width."""
        if self.frame.is_wide:
            return False
        room = panels(self.story, self.frame.body, ONE_LINE).boxes[0].width - LOSS_WIDTH
        names = (titles(one)[-1] for one in self.story.runs)
        return all(text_width(name, SMALL, "Semibold") <= room for name in names)

    @cached_property
    def panels(self) -> Panels:
        """The plotting boxes, room left for titles, axes and numbers."""
        return panels(self.story, self.frame.body, ONE_LINE if self.is_flat else TWO_LINES)

    @cached_property
    def charts(self) -> list[Chart]:
        """Where data stand on each map."""
        return [Chart(box, *self.experiment.map.window) for box in self.panels.boxes]

    def strip(self, index: int) -> Box:
        """Over a map, where its title goes: not over the axis' numbers, if it is close to them."""
        return self.panels.boxes[index] if self.is_flat else self.panels.title(index)

    def title(self, index: int) -> str:
        """The longest title for which there is room over a map."""
        room = self.strip(index).width - (LOSS_WIDTH if self.is_flat else 0.0)
        return first_fitting(titles(self.story.runs[index]), SMALL, room, "Semibold")

    def loss_room(self, index: int) -> float:
        """The room over a map for its loss, units."""
        taken = text_width(self.title(index), SMALL, "Semibold") + 0.15 if self.is_flat else 0.0
        return self.panels.boxes[index].width - taken

    def construct(self) -> None:
        steps = self.experiment.map.steps
        slow, rate = slow_steps(steps), roll_rate(steps)
        maps = VGroup(*map(self.board, range(len(self.charts))))
        field = Lockstep(self)

        with self.beat("line_up"):
            here = LaggedStart(*(Appear(m) for m in maps), lag_ratio=0.25, run_time=1.2)
            flights = self.flights(field)
            flying = (March(one, one.show_at, lambda s: s / 1.2, 1.2) for one in flights)
            self.play(Appear(self.heading(), run_time=0.6), here, *flying)
            self.play(Appear(field), run_time=0.4)
            self.remove(*flights)

        started = self.clock
        with self.beat("one_by_one") as beat:
            self.play(March(field, field.show_at, stepwise(0, SLOW_STEP_SECONDS), beat.seconds))

        with self.beat("roll") as beat:
            pace = stepwise(slow, 1 / rate) if rate == 5 else steady(slow, rate)
            self.play(March(field, field.show_at, lambda s: min(steps, pace(s)), beat.seconds))

        for i, chart in enumerate(self.charts):
            points = self.outcome.runs[i].trajectory.points[: steps + 1]
            seen = [
                (k, started + SLOW_STEP_SECONDS * min(k, slow) + max(k - slow, 0) / rate)
                for k, place in enumerate(chart.place(points))
                if holds(chart.box, place)
            ]
            self.track(i, chart.x_map, chart.y_map, self.on_frames(seen))

        with self.beat("verdict"):
            mark = self.leader_mark(steps)
            if len(mark):
                self.play(Appear(mark), run_time=0.4)

    def board(self, index: int) -> VGroup:
        """A contender's map with its title and axes."""
        chart, theme, ink = self.charts[index], self.theme, self.theme.text(self.color(index))
        strip, title, gap = self.strip(index), self.title(index), 0.14 if self.is_flat else 0.6
        return VGroup(
            ContourMap(self.experiment.landscape, self.experiment.map, chart, theme),
            self.axes[index],
            minimum_mark(chart, self.story.minima, theme),
            start_mark(chart, self.start_of(index), theme),
            over(strip, title, ink, gap, up="baseline", weight="Semibold"),
        )

    @cached_property
    def axes(self) -> list[VGroup]:
        """The axes of each map."""
        named = axis_names(self.story) if self.panels.named else None
        return [
            map_axes(chart, self.theme, named, PANEL_REACH, self.at_the_end(index))
            for index, chart in enumerate(self.charts)
        ]

    def at_the_end(self, index: int) -> Runner:
        """A contender on its map when the map's steps are over."""
        return self.runner(index, self.charts[index]).show_at(self.experiment.map.steps)

    def leader_mark(self, step: int) -> VGroup:
        """A frame round the map of whoever is ahead at this step, if one is, and the word."""
        leader = self.story.leader(step)
        if leader is None:
            return VGroup()
        color = self.theme.text(self.color(leader.index))
        frame = shape(rectangle(self.panels.boxes[leader.index]), stroke=color, width=3.0)
        return VGroup(frame, self.corner_name(labels.AHEAD, leader.index, color))

    def corner_name(self, text: str, index: int, color: str) -> Label:
        """A word in the corner of a map that its particle leaves free."""
        chart, taken = self.charts[index], standing(self.at_the_end(index))
        taken += [ring(PARTICLE_RADIUS) + chart.at(*home) for home in self.story.minima]
        if not self.panels.named:
            taken += [outline(bounds(note)) for note in self.axes[index][2]]
        room = chart.box.inset(0.12, 0.16, 0.12, 0.16)
        edges: list[tuple[float, Vertical]] = [(room.bottom, "bottom"), (room.top, "top")]
        names = [
            Label(text, SMALL, color, (x, y), across=across, up=up, weight="Semibold")
            for y, up in edges
            for x, across in ((room.right, 1.0), (room.left, 0.0))
        ]
        return clearest(names, taken, chart.box)
