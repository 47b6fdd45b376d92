"""Chapter ``dial``: turn β, then both knobs, and watch path and step count follow."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from manim import VGroup, VMobject

from momentum_math import Experiment, steps_against_beta, trace
from momentum_math.story import BetaSweep
from momentum_math.story.beta_sweep import BETAS, lr_unit
from momentum_math.tuning import STEP_LIMIT
from scenes.kit.animations import Appear, March, Vanish, ease
from scenes.kit.charts import Chart, over, panel, panel_edge, turned, x_axis, y_axis
from scenes.kit.map_layout import Valley, valley_boxes
from scenes.kit.particles import PARTICLE_RADIUS, Arrow, Particle, Shadow
from scenes.kit.shapes import (
    LINE,
    NOTHING,
    THIN,
    along,
    clipped,
    corners,
    disc,
    holds,
    joined,
    part,
    rectangle,
    shape,
)
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, first_fitting, text_width
from scenes.look import BODY, SMALL, Box, Theme
from scenes.words import labels
from scenes.words.numbers import counted

KNOB_RADIUS, HAND_WIDTH = 0.52, 4.0


class Knob(VGroup):
    """A dial from 0 to ``high``: a ring, an arc up to the pointer, its value."""

    def __init__(
        self, at: tuple[float, float], high: float, color: str, theme: Theme, em: float
    ) -> None:
        self._at, self._high = np.array(at), high
        x, y = at
        self._arc = shape(stroke=color, width=6.0)
        self._hand = shape(stroke=theme.ink, width=HAND_WIDTH)
        self._value = Label("", em, theme.ink, (x, y - KNOB_RADIUS - 0.18), weight="Semibold")
        ring = shape(self._arc_to(1.0), stroke=theme.edge, width=6.0)
        hub = shape(disc(0.07) + (x, y, 0.0), fill=theme.ink)
        super().__init__(ring, self._arc, self._hand, hub, self._value)

    def _ways(self, shares: float | np.ndarray) -> np.ndarray:
        """Directions from the middle to shares of the range, (..., 2)."""
        angles = np.radians(225 - 270 * np.asarray(shares))
        return np.stack([np.cos(angles), np.sin(angles)], axis=-1)

    def _arc_to(self, share: float) -> np.ndarray:
        return corners(self._at + KNOB_RADIUS * self._ways(np.linspace(0, share, 49)))

    def turn(self, value: float, text: str) -> None:
        share = value / self._high
        self._arc.points = self._arc_to(max(share, 1e-3))
        tip = self._at + 0.8 * KNOB_RADIUS * self._ways(share)
        self._hand.points = corners(np.array([self._at, tip]))
        self._value.set_text(text)


class Tuned:
    """The contender whose knobs are turned: its path and its step counts at any pair of them.

    Args:
        experiment: with a threshold.
        sweep: of the contender.
    """

    def __init__(self, experiment: Experiment, sweep: BetaSweep) -> None:
        self._experiment, self._sweep = experiment, sweep
        self.lr = experiment.computed(sweep.index).lr
        # Knobs are read to a hundredth of their range: one table holds all that can be read.
        self._unit = lr_unit(self.lr) / 100
        # A step size that can be written without a power of ten, with so many decimals.
        is_plain = 1e-4 < self._unit < 10
        self.decimals = max(2, round(-np.log10(self._unit))) if is_plain else None
        last = self.lr if sweep.pair is None else sweep.pair[0]
        self._first = round(self.lr / self._unit)
        count = round(abs(last - self.lr) / self._unit) + 1
        lrs = self.lr + np.sign(last - self.lr) * np.arange(count) * self._unit
        counts = steps_against_beta(
            experiment, sweep.index, np.tile(BETAS, count), np.repeat(lrs, len(BETAS))
        )
        self._counts = counts.reshape(count, len(BETAS))

    def knobs_at(self, turn: float) -> tuple[float, float]:
        """(lr, β) at a turn: β goes to its end until 1, to its best until 2; then both, until 3."""
        best = self._sweep.best_beta
        lr, beta, _ = self._sweep.pair or (self.lr, best, 0)
        lrs, betas = (self.lr, self.lr, self.lr, lr), (0.0, BETAS[-1], best, beta)
        return float(np.interp(turn, range(4), lrs)), float(np.interp(turn, range(4), betas))

    def counts_at(self, lr: float) -> np.ndarray:
        """Steps until it stays below the threshold, for ``BETAS``."""
        return self._counts[min(abs(round(lr / self._unit) - self._first), len(self._counts) - 1)]

    def path(self, lr: float, beta: float) -> np.ndarray:
        """The map's steps, (n, 2)."""
        experiment = self._experiment
        own = experiment.computed(self._sweep.index)
        optimizer = replace(own, lr=lr, beta=beta)  # type: ignore[call-arg]  # it has a beta
        return trace(experiment.landscape, optimizer, experiment.start, experiment.map.steps).points


class Tuning(VGroup):
    """The picture at a turn: path on the map, knobs, the curve of step counts and its dot."""

    def __init__(self, scene: Dial, chart: Chart, plot: Chart, knobs: Box) -> None:
        theme, index = scene.theme, scene.sweep.index
        self._tuned = Tuned(scene.experiment, scene.sweep)
        self._chart, self._plot, color = chart, plot, scene.color(index)
        self._trail_line = shape(stroke=color, width=LINE, opacity=0.75)
        self._trail_dots = shape(fill=color, opacity=0.6)
        self.particle, self._head = (Particle(index, theme) for _ in range(2))
        self._shadow, self._exit = Shadow(PARTICLE_RADIUS), Arrow(theme.text(color))
        em = SMALL if self._tuned.decimals is None else BODY
        self._alpha, self._beta = scene.knobs(knobs, em)
        self._curve = shape(stroke=theme.velocity, width=LINE)
        self._beyond = shape(fill=theme.contenders[0], opacity=0.16)
        self._beyond_name = Label("", SMALL, theme.text(theme.contenders[0]), up="top")
        self._count = over(
            plot.box, "", theme.text(color), 0.14, em=BODY, across=1.0, weight="Semibold"
        )
        path = (self._trail_line, self._trail_dots, self._shadow, self.particle, self._exit)
        beyond = (self._beyond, self._beyond_name)
        marks = (self._curve, self._head, self._count)
        super().__init__(*path, self._alpha, self._beta, *beyond, *marks)
        self.show_at(0.0)

    def show_at(self, turn: float) -> None:
        lr, beta = self._tuned.knobs_at(turn)
        self._show_path(self._chart.place(self._tuned.path(lr, beta)))
        self._alpha.turn(lr, labels.lr_value(lr, self._tuned.decimals))
        self._beta.turn(beta, labels.BETA_VALUE.format(beta=beta))
        self._show_counts(self._tuned.counts_at(lr), beta, all_of_it=turn >= 1)

    def _show_path(self, path: np.ndarray) -> None:
        """The trail and its end, as far as they are on the map."""
        box = self._chart.box
        pieces = clipped(path, box)
        self._trail_line.points = joined(map(corners, pieces))
        dots = [disc(0.04) + (*point, 0.0) for point in path[1:] if holds(box, point)]
        self._trail_dots.points = joined(dots)
        is_inside = holds(box, path[-1])
        self.particle.stand(path[-1])
        self._shadow.fall(path[-1] if is_inside else None)
        self._exit.point(path[-1], path[-1])
        if not is_inside:
            self.particle.points = NOTHING
            if pieces:
                self._exit.leave(pieces[-1], box)

    def _show_counts(self, counts: np.ndarray, beta: float, all_of_it: bool) -> None:
        # Who does not arrive has no number of steps: that is over the plot.
        logs = np.where(counts > STEP_LIMIT, self._plot.y[1] + 1.0, np.log10(counts))
        box, plotted = self._plot.box, self._plot.place(np.stack([BETAS, logs], axis=1))
        at = beta / float(BETAS[1])
        curve = plotted if all_of_it else part(plotted, 0.0, at)
        self._curve.points = joined(map(corners, clipped(curve, box)))
        self._show_beyond(curve)
        # What takes longer than the plot is high stands at its top.
        x, y = along(plotted, at)
        self._head.stand(np.array([x, y if y <= box.top else box.top - 0.08]))
        texts = labels.step_counts(int(counts[min(round(at), len(counts) - 1)]), STEP_LIMIT)
        room = box.width - text_width(labels.STEPS_NEEDED, SMALL) - 0.15
        self._count.set_text(first_fitting(texts, BODY, room, "Semibold"))

    def _show_beyond(self, curve: np.ndarray) -> None:
        """Shade where a curve, (n, 2), is over the plot, and say so in the widest such place."""
        box = self._plot.box
        spans = spans_over(curve, box.top)
        shades = (rectangle(Box(left, box.bottom, right, box.top)) for left, right in spans)
        self._beyond.points = joined(shades)
        left, right = max(spans, key=lambda span: span[1] - span[0], default=(0.0, 0.0))
        self._name_beyond(left, right)

    def _name_beyond(self, left: float, right: float) -> None:
        """Name a shaded place: along its top, or upwards in it where that is too narrow."""
        box, name, middle = self._plot.box, self._beyond_name, (left + right) / 2
        ways = [way for way in labels.BEYOND if text_width(way, SMALL) <= right - left - 0.16]
        name.up = "top"
        name.set_text(next(iter(ways), ""), (middle, box.top - 0.16))
        if not ways and right - left > 1.4 * SMALL:
            name.up = "middle"
            turned(name.set_text(first_fitting(labels.BEYOND, SMALL, box.height - 0.2), box.center))
            name.shift((middle - box.center[0], 0.0, 0.0))


def spans_over(curve: np.ndarray, top: float) -> list[tuple[float, float]]:
    """Where a curve, (n, 2), is higher than that, from left to right.

    >>> spans_over(np.array([(0.0, 9), (1, 9), (2, 1), (3, 1), (4, 9)]), 5.0)
    [(0.0, 1.5), (3.5, 4.0)]
    """
    spans: list[tuple[float, float]] = []
    for (x, y), (next_x, next_y) in pairwise(curve.tolist()):
        if max(y, next_y) <= top:
            continue
        cut = x + (next_x - x) * (top - y) / (next_y - y) if min(y, next_y) <= top else None
        left, right = (
            (x if y > top or cut is None else cut),
            (next_x if cut is None or y <= top else cut),
        )
        if spans and spans[-1][1] == left:
            left = spans.pop()[0]
        spans.append((left, right))
    return spans


class Dial(ChapterScene):
    """β alone: plain at 0, best in between, overshooting near 1. Then both knobs."""

    chapter = "dial"

    @property
    def sweep(self) -> BetaSweep:
        """The sweep of the contender whose knobs are turned."""
        return needed(self.story.beta_sweep)

    def construct(self) -> None:
        valley = Valley(self.story, self.look)
        _, top, bottom = valley_boxes(self.look, 1.75, shares=(1.0, 1.2))
        plot = self.plot_chart(bottom)
        tuning = Tuning(self, valley.chart, plot, top)

        with self.beat("turn") as beat:
            flights = self.flights(tuning.particle)
            flying = (March(one, one.show_at, lambda s: s / 0.6, 0.6) for one in flights)
            drawn = labels.FIRST_STEPS.format(steps=counted(self.experiment.map.steps))
            note = over(valley.chart.box, drawn, self.theme.muted, 0.12)
            here = Appear(self.heading(), valley, note, self.plot_ground(plot), tuning)
            self.play(here, *flying, run_time=0.6)
            self.remove(*flights)
            seconds = beat.left - 0.4
            self.play(March(tuning, tuning.show_at, lambda s: ease(s / seconds), seconds))

        with self.beat("best"):
            self.play(March(tuning, tuning.show_at, lambda s: 1 + ease(s / 1.6), 1.6))
            mark = self.best_mark(plot)
            self.play(Appear(mark), run_time=0.4)

        if self.sweep.pair is not None:
            with self.beat("both"):
                turn = March(tuning, tuning.show_at, lambda s: 2 + ease(s / 3.2), 3.2)
                self.play(Vanish(mark), turn)

    def knobs(self, side: Box, em: float) -> tuple[Knob, Knob]:
        """α and β, their values in a size of type."""
        # In the middle where the curve beside them is higher than they are.
        y = side.center[1] + 0.15 if side.height > 2 else side.top - KNOB_RADIUS - 0.05
        lr = self.experiment.computed(self.sweep.index).lr
        most = max(lr_unit(lr), self.sweep.pair[0] if self.sweep.pair else 0.0)
        left, right = (half.center[0] for half in side.columns(1, 1))
        return (
            Knob((left, y), most, self.theme.gradient, self.theme, em),
            Knob((right, y), 1.0, self.theme.velocity, self.theme, em),
        )

    def plot_chart(self, side: Box) -> Chart:
        box = side.inset(left=0.62, right=0.05, bottom=0.75, top=0.45)
        counts = self.sweep.steps[self.sweep.steps <= STEP_LIMIT]
        low = min(counts.min(), self.sweep.pair[2] if self.sweep.pair else STEP_LIMIT)
        ends = (float(np.log10(low)) - 0.15, float(np.log10(counts.max())) + 0.15)
        return Chart(box, (0.0, 1.0), ends)

    def plot_ground(self, plot: Chart) -> VGroup:
        theme, box, ticks = self.theme, plot.box, self.count_ticks(plot)
        below = (box.center[0], box.bottom - 0.42)
        return VGroup(
            panel(box, theme),
            panel_edge(box, theme),
            x_axis(plot, theme, [0, 0.25, 0.5, 0.75, 1.0], ["0", "0.25", "0.5", "0.75", "1"]),
            y_axis(plot, theme, np.log10(ticks).tolist(), [str(t) for t in ticks]),
            Label(labels.BETA_AXIS, SMALL, theme.muted, below, up="top"),
            over(box, labels.STEPS_NEEDED, theme.muted, 0.12),
        )

    @staticmethod
    def count_ticks(plot: Chart) -> list[int]:
        """Round numbers of steps on the plot's axis, with room for each."""
        apart = 1.35 * SMALL / plot.y_map[0]
        ticks: list[int] = []
        for tick in (10, 20, 50, 100, 200, 500, 1000, 2000):
            height = np.log10(tick)
            clear = not ticks or height - np.log10(ticks[-1]) >= apart
            if plot.y[0] <= height <= plot.y[1] and clear:
                ticks.append(tick)
        return ticks

    def best_mark(self, plot: Chart) -> VMobject:
        at = plot.at(self.sweep.best_beta, np.log10(self.sweep.best_steps))
        return shape(disc(0.2) + (*at, 0.0), stroke=self.theme.ink, width=THIN * 1.5)
