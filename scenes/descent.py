"""Chapter ``descent``: every contender from the same start, in lockstep."""

from __future__ import annotations

from functools import cached_property

from manim import LaggedStart, VGroup

from scenes.kit.animations import Appear, March, steady, stepwise
from scenes.kit.charts import Chart
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

    def __init__(self, scene: Descent, boards: list[Box]) -> None:
        super().__init__()
        self._runs, theme = scene.story.runs, scene.theme
        self._last = scene.experiment.map.steps
        self._rooms = [scene.loss_room(i) for i in range(len(boards))]
        self.runners = VGroup(
            *(scene.runner(i, scene.chart(board)) for i, board in enumerate(boards))
        )
        self.losses = VGroup(
            *(
                Label(
                    "",
                    BODY,
                    theme.text(scene.color(i)),
                    (board.right, board.top + 0.14),
                    across=1.0,
                    up="baseline",
                    weight="Semibold",
                )
                for i, board in enumerate(boards)
            )
        )
        box = scene.frame.heading
        self.counter = Label("", BODY, theme.muted, (box.right, box.center[1]), across=1.0)
        self.add(self.runners, self.losses, self.counter)
        self.show_at(0.0)

    def show_at(self, step: float) -> Lockstep:
        whole = int(step + 1e-9)
        for index, (runner, loss, room) in enumerate(
            zip(self.runners, self.losses, self._rooms, strict=True)
        ):
            runner.show_at(step)
            said = loss_counters(self._runs[index], whole)
            loss.set_text(first_fitting(said, BODY, room, "Semibold"))
        self.counter.set_text(labels.step_counter(whole, self._last))
        return self


class Descent(ChapterScene):
    """Three particles take the same steps; only their memory differs."""

    chapter = "descent"

    def chart(self, board: Box) -> Chart:
        return Chart(board, *self.experiment.map.window)

    @cached_property
    def panels(self) -> Panels:
        """The plotting boxes, room left for titles, axes and numbers."""
        return self.flat or self.laid_out(TWO_LINES)

    @cached_property
    def flat(self) -> Panels | None:
        """The panels with title and loss in one line, where a frame has no height to spare."""
        if self.frame.is_wide:
            return None
        flat = self.laid_out(ONE_LINE)
        room = flat.boxes[0].width - LOSS_WIDTH
        names = (titles(one)[-1] for one in self.story.runs)
        return flat if all(text_width(n, SMALL, "Semibold") <= room for n in names) else None

    def laid_out(self, title: float) -> Panels:
        """The panels with so much room over each, units."""
        return panels(self.story, self.frame.body, title)

    def strip(self, index: int) -> Box:
        """Over a map, where its title goes: not over the axis' numbers, if it is close to them."""
        return self.panels.boxes[index] if self.flat else self.panels.title(index)

    def title(self, index: int) -> str:
        """The longest title for which there is room over a map."""
        room = self.strip(index).width - (LOSS_WIDTH if self.flat else 0.0)
        return first_fitting(titles(self.story.runs[index]), SMALL, room, "Semibold")

    def loss_room(self, index: int) -> float:
        """The room over a map for its loss, units."""
        taken = text_width(self.title(index), SMALL, "Semibold") + 0.15 if self.flat else 0.0
        return self.panels.boxes[index].width - taken

    def construct(self) -> None:
        boards = list(self.panels.boxes)
        steps = self.experiment.map.steps
        slow, rate = slow_steps(steps), roll_rate(steps)
        maps = VGroup(*(self.board(i, board) for i, board in enumerate(boards)))
        field = Lockstep(self, boards)

        with self.beat("line_up"):
            self.add(self.heading())
            self.play(LaggedStart(*(Appear(m) for m in maps), lag_ratio=0.25), run_time=1.2)
            self.play(Appear(field), run_time=0.4)

        started = self.clock
        with self.beat("one_by_one") as beat:
            self.play(March(field, field.show_at, stepwise(0, SLOW_STEP_SECONDS), beat.seconds))

        with self.beat("roll") as beat:
            pace = stepwise(slow, 1 / rate) if rate == 5 else steady(slow, rate)
            self.play(March(field, field.show_at, lambda s: min(steps, pace(s)), beat.seconds))

        times = [(k, started + SLOW_STEP_SECONDS * k) for k in range(slow + 1)]
        times += [(k, times[slow][1] + (k - slow) / rate) for k in range(slow + 1, steps + 1)]
        for i, board in enumerate(boards):
            chart, points = self.chart(board), self.outcome.runs[i].trajectory.points
            seen = [
                (k, t) for k, t in times if k < len(points) and holds(board, chart.place(points[k]))
            ]
            self.track(i, chart.x_map, chart.y_map, self.on_frames(seen))

        with self.beat("verdict"):
            mark = self.leader_mark(boards, steps)
            if len(mark):
                self.play(Appear(mark), run_time=0.4)

    def board(self, index: int, board: Box) -> VGroup:
        """A contender's map with its title and axes."""
        chart, theme = self.chart(board), self.theme
        at = (self.strip(index).left, board.top + (0.14 if self.flat else 0.6))
        title = self.title(index)
        return VGroup(
            ContourMap(self.experiment.landscape, self.experiment.map, chart, theme),
            self.axes[index],
            minimum_mark(chart, self.story.minima, theme),
            start_mark(chart, self.experiment.start, theme),
            Label(
                title,
                SMALL,
                theme.text(self.color(index)),
                at,
                across=0.0,
                up="baseline",
                weight="Semibold",
            ),
        )

    @cached_property
    def axes(self) -> list[VGroup]:
        """The axes of each map."""
        named = axis_names(self.story) if self.panels.named else None
        return [
            map_axes(self.chart(board), self.theme, named, PANEL_REACH, self.at_the_end(index))
            for index, board in enumerate(self.panels.boxes)
        ]

    def at_the_end(self, index: int) -> Runner:
        """A contender on its map when the map's steps are over."""
        chart = self.chart(self.panels.boxes[index])
        return self.runner(index, chart).show_at(self.experiment.map.steps)

    def leader_mark(self, boards: list[Box], step: int) -> VGroup:
        """A frame round the map of whoever is ahead at this step, if one is, and the word."""
        leader = self.story.leader(step)
        if leader is None:
            return VGroup()
        board, color = boards[leader.index], self.theme.text(self.color(leader.index))
        return VGroup(
            shape(rectangle(board), stroke=color, width=3.0),
            self.corner_name(labels.AHEAD, leader.index, color),
        )

    def corner_name(self, text: str, index: int, color: str) -> Label:
        """A word in the corner of a map that its particle leaves free."""
        board = self.panels.boxes[index]
        chart, taken = self.chart(board), standing(self.at_the_end(index))
        taken += [ring(PARTICLE_RADIUS) + chart.at(*home) for home in self.story.minima]
        if not self.panels.named:
            taken += [outline(bounds(note)) for note in self.axes[index][2]]
        edges: tuple[tuple[float, Vertical], ...] = (
            (board.bottom + 0.16, "bottom"),
            (board.top - 0.16, "top"),
        )
        names = [
            Label(text, SMALL, color, (x, y), across=across, up=up, weight="Semibold")
            for y, up in edges
            for x, across in ((board.right - 0.12, 1.0), (board.left + 0.12, 0.0))
        ]
        return clearest(names, taken, board)
