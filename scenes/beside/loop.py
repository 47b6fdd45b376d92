"""The loop that a film is shown by: the landscape is tilted into its map, and all run on it.

It is no chapter of the film, whose GIF it is: small, so the map takes the room of the footer.
"""

from __future__ import annotations

import numpy as np
from manim import VGroup

from momentum_math.relief import Relief, relief
from scenes.kit.animations import Appear, March, ease, steady
from scenes.kit.charts import over
from scenes.kit.map_layout import Valley
from scenes.kit.particles import Particle
from scenes.kit.stage import ChapterScene
from scenes.kit.surface.surface import APPEARING, Surface
from scenes.kit.text.label import Label, first_fitting, fitted
from scenes.kit.text.scripts import directed
from scenes.look import BODY, SMALL, Box, Frame
from scenes.pace import LOOP_RUN_SECONDS, LOOP_TILT_SECONDS, LOOP_TURN_SECONDS
from scenes.words import labels
from scenes.words.runs import loss_counters

ROW, MARKER = 0.95, 0.36  # units, from one contender to the next, and from its marker to its name
UNDER = 0.44  # rows, from a name to its loss
AXES_SECONDS = 0.4


def boxes(frame: Frame, count: int) -> tuple[Box, list[Box]]:
    """The map's plotting box, and a box for each of so many names."""
    safe = frame.safe
    body = Box(safe.left, safe.bottom, safe.right, frame.heading.bottom - 0.1)
    if frame.is_wide:
        main, names = body.columns(0.68, 0.32, gap=0.5)
        columns, height = 1, min(names.height, ROW * count)
    else:
        columns = 1 if frame.is_tall else 2
        height = min(0.4 * body.height, ROW * -(-count // columns))
        above = min(body.height - height - 0.2, 1.25 * body.width)
        main, names = body.rows(above, body.height - above - 0.2, gap=0.2)
    names = names.inset(bottom=names.height - height)
    cells = names.grid(-(-count // columns) * columns, columns, gap=0.3, row_gap=0.0)
    return main.inset(left=0.9, bottom=0.75, top=0.36), list(cells[:count])


class Race(VGroup):
    """Everybody on one map, their losses beside their names, and the step: a picture per step."""

    def __init__(self, scene: Loop, valley: Valley, names: list[Box]) -> None:
        self._story, theme = scene.story, scene.theme
        runs, chart = self._story.runs, valley.chart
        self._runners = [scene.runner(one.index, chart) for one in runs]
        self._counter = over(chart.box, "", theme.muted, 0.18, across=1.0)
        self._losses, self._room, self.cast = [], names[0].width - MARKER, VGroup()
        for one, box in zip(runs, names, strict=True):
            ink, x, y = theme.text(scene.color(one.index)), box.left, box.top - 0.3 * box.height
            name = fitted(directed(one.run.contender.label), BODY, self._room)
            particle = Particle(one.index, theme, radius=0.1).stand(np.array([x + 0.1, y]))
            self.cast.add(particle, Label(name, BODY, ink, (x + MARKER, y), across=0.0))
            under = (x + MARKER, y - UNDER * box.height)
            self._losses.append(Label("", SMALL, theme.muted, under, across=0.0))
        # The names of steps at which runs leave one map would stand on each other.
        shown = (part for runner in self._runners for part in runner[:-1])
        super().__init__(*shown, *self._losses, self._counter)
        self.show_at(0.0)

    def show_at(self, step: float) -> None:
        whole, steps = int(step + 1e-9), self._story.experiment.map.steps
        for runner, loss, run in zip(self._runners, self._losses, self._story.runs, strict=True):
            runner.show_at(step)
            loss.set_text(first_fitting(loss_counters(run, whole), SMALL, self._room))
        self._counter.set_text(labels.STEP_COUNTER.format(step=whole, steps=steps))


class Loop(ChapterScene):
    """From the side, from above, and all the steps that the map shows, with the names beside."""

    chapter = "loop"

    def construct(self) -> None:
        box, names = boxes(self.frame, len(self.story.runs))
        valley, steps = Valley(self.story, self.look, box), self.experiment.map.steps
        race = Race(self, valley, names)
        heights = relief(self.story.landscape, self.experiment.map.window)

        with self.beat("loop"):
            self.add(self.heading(), race.cast)
            if heights is None:
                self.add(valley)
                self.play(Appear(race), run_time=AXES_SECONDS)
            else:
                self.tilt(valley, heights)
                self.play(Appear(valley.axes, race), run_time=AXES_SECONDS)
            run = March(
                race, race.show_at, lambda s: steps * ease(s / LOOP_RUN_SECONDS), LOOP_RUN_SECONDS
            )
            self.play(run)

    def tilt(self, valley: Valley, heights: Relief) -> None:
        """The landscape, which is there at once, turns and becomes the map."""
        box, safe = valley.chart.box, self.frame.safe
        room = Box(safe.left, box.bottom - 0.4, min(box.right + 0.3, safe.right), box.top)
        marks = (self.experiment.start, *self.story.minima)
        times = (APPEARING + LOOP_TURN_SECONDS, LOOP_TILT_SECONDS)
        landscape, theme = self.story.landscape, self.theme
        surface = Surface(valley, landscape, heights, marks, theme, room, seconds=times)
        seconds = LOOP_TURN_SECONDS + LOOP_TILT_SECONDS
        self.play(March(surface, surface.show_at, steady(APPEARING, 1.0), seconds))
        self.remove(surface)
        self.add(valley.map, valley.minimum, valley.start)
