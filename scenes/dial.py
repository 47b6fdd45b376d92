"""Chapter ``dial``: turn β, then both knobs, and watch path and step count follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from manim import VGroup, VMobject

from momentum_math import Experiment, steps_against_beta, trace
from momentum_math.story import BetaSweep
from momentum_math.story.beta_sweep import BETAS, lr_unit
from momentum_math.tuning import STEP_LIMIT
from scenes.kit.animations import Appear, March, Vanish
from scenes.kit.charts import Chart, panel, panel_edge, x_axis, y_axis
from scenes.kit.map_layout import Valley, valley_boxes
from scenes.kit.particles import Particle
from scenes.kit.shapes import LINE, THIN, along, clipped, corners, disc, holds, part, shape
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, first_fitting, text_width
from scenes.look import BODY, SMALL, Box, Theme
from scenes.words import labels

KNOB_RADIUS = 0.52


class Knob(VGroup):
    """A dial from 0 to ``high``: a ring, an arc up to the pointer, its value."""

    def __init__(
        self, at: tuple[float, float], high: float, color: str, theme: Theme, em: float
    ) -> None:
        self._at, self._high = np.array(at), high
        x, y = at
        self._arc = shape(stroke=color, width=6.0)
        self._hand = shape(stroke=theme.ink, width=BOLD_HAND)
        self._value = Label("", em, theme.ink, (x, y - KNOB_RADIUS - 0.18), weight="Semibold")
        ring = shape(corners(self._arc_points(1.0)), stroke=theme.edge, width=6.0)
        super().__init__(
            ring,
            self._arc,
            self._hand,
            shape(disc(0.07) + (x, y, 0.0), fill=theme.ink),
            self._value,
        )

    def _angle(self, share: float | np.ndarray) -> np.ndarray:
        return np.radians(225 - 270 * np.asarray(share))

    def _arc_points(self, share: float) -> np.ndarray:
        angles = self._angle(np.linspace(0, share, 49))
        return self._at + KNOB_RADIUS * np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def turn(self, value: float, text: str) -> Knob:
        share = value / self._high
        self._arc.points = corners(self._arc_points(max(share, 1e-3)))
        angle = float(self._angle(share))
        tip = self._at + 0.8 * KNOB_RADIUS * np.array([np.cos(angle), np.sin(angle)])
        self._hand.points = corners(np.array([self._at, tip]))
        self._value.set_text(text)
        return self


BOLD_HAND = 4.0


class Tuned:
    """The contender whose knobs are turned: its path and its step counts at any pair of them.

    ``turn`` goes from 0 to 1 while β turns from 0 to its end, from 1 to 2 while β goes to its
    best, and from 2 to 3 while both go to the best pair.

    Args:
        experiment: with a threshold.
        sweep: of the contender.
    """

    def __init__(self, experiment: Experiment, sweep: BetaSweep) -> None:
        self._experiment, self._sweep = experiment, sweep
        self.lr = experiment.contenders[sweep.index].optimizer.lr
        # Knobs are read to a hundredth of their range: one table holds all that can be read.
        self._unit = lr_unit(self.lr) / 100
        # A step size that can be written without a power of ten, with so many decimals.
        is_plain = 1e-4 < self._unit < 10
        self.decimals = max(2, round(-np.log10(self._unit))) if is_plain else None
        last = self.lr if sweep.pair is None else sweep.pair[0]
        self._first, count = (
            round(self.lr / self._unit),
            round(abs(last - self.lr) / self._unit) + 1,
        )
        lrs = self.lr + np.sign(last - self.lr) * np.arange(count) * self._unit
        counts = steps_against_beta(
            experiment, sweep.index, np.tile(BETAS, count), STEP_LIMIT, np.repeat(lrs, len(BETAS))
        )
        self._counts = counts.reshape(count, len(BETAS))

    def knobs_at(self, turn: float) -> tuple[float, float]:
        """(lr, β) at a turn between 0 and 3."""
        best, end = self._sweep.best_beta, float(BETAS[-1])
        if turn <= 1:
            return self.lr, end * turn
        if turn <= 2 or self._sweep.pair is None:
            return self.lr, end + (best - end) * (min(turn, 2.0) - 1)
        lr, beta, _ = self._sweep.pair
        return self.lr + (lr - self.lr) * (turn - 2), best + (beta - best) * (turn - 2)

    def counts_at(self, lr: float) -> np.ndarray:
        """Steps until it stays below the threshold, for ``BETAS``."""
        return self._counts[min(abs(round(lr / self._unit) - self._first), len(self._counts) - 1)]

    def path(self, lr: float, beta: float) -> np.ndarray:
        """The map's steps, (n, 2)."""
        experiment = self._experiment
        own = experiment.contenders[self._sweep.index].optimizer
        optimizer = replace(own, lr=float(lr), beta=float(beta))  # type: ignore[call-arg]  # it has a beta
        return trace(experiment.landscape, optimizer, experiment.start, experiment.map.steps).points


class Tuning(VGroup):
    """The picture at a turn: path on the map, knobs, the curve of step counts and its dot."""

    def __init__(
        self,
        tuned: Tuned,
        index: int,
        color: str,
        theme: Theme,
        chart: Chart,
        plot: Chart,
        knobs: tuple[Knob, Knob],
    ) -> None:
        self._tuned, self._chart, self._plot = tuned, chart, plot
        self._trail_line = shape(stroke=color, width=LINE, opacity=0.75)
        self._trail_dots = shape(fill=color, opacity=0.6)
        self._particle = Particle(index, theme)
        self._curve = shape(stroke=theme.velocity, width=LINE)
        self._head = Particle(index, theme)
        self._count = Label(
            "",
            BODY,
            theme.text(color),
            (plot.box.right, plot.box.top + 0.14),
            across=1.0,
            up="bottom",
            weight="Semibold",
        )
        self._alpha, self._beta = knobs
        super().__init__(
            self._trail_line,
            self._trail_dots,
            self._particle,
            *knobs,
            self._curve,
            self._head,
            self._count,
        )
        self.show_at(0.0)

    def show_at(self, turn: float) -> Tuning:
        lr, beta = self._tuned.knobs_at(turn)
        path = self._chart.place(self._tuned.path(lr, beta))
        self._show_path(path, self._chart.box)
        self._alpha.turn(lr, labels.knob_lr(lr, self._tuned.decimals))
        self._beta.turn(beta, labels.knob_beta(beta))
        self._show_counts(self._tuned.counts_at(lr), beta, all_of_it=turn >= 1)
        return self

    def _show_path(self, path: np.ndarray, box: Box) -> None:
        """The trail and its end, as far as they are on the map."""
        pieces = (corners(piece) for piece in clipped(path, box))
        self._trail_line.points = np.concatenate([np.zeros((0, 3)), *pieces])
        dots = np.array([point for point in path[1:] if holds(box, point)]).reshape(-1, 2)
        centers = np.pad(dots, ((0, 0), (0, 1)))[:, None]
        self._trail_dots.points = (disc(0.04)[None] + centers).reshape(-1, 3)
        self._particle.stand(path[-1])
        if not holds(box, path[-1]):
            self._particle.points = np.zeros((0, 3))

    def _show_counts(self, counts: np.ndarray, beta: float, all_of_it: bool) -> None:
        plotted = self._plot.place(np.stack([BETAS, np.log10(counts)], axis=1))
        at = beta / float(BETAS[1])
        inside = counts <= STEP_LIMIT
        curve = plotted if all_of_it else part(plotted, 0.0, at)
        if all_of_it:
            curve = curve[inside]
        self._curve.points = corners(curve)
        # What takes longer than the plot is high stands at its top.
        x, y = along(plotted, at)
        top = self._plot.box.top
        self._head.stand(np.array([x, y if y <= top else top - 0.08]))
        count = int(counts[min(round(at), len(counts) - 1)])
        texts = labels.step_counts(count, STEP_LIMIT)
        room = self._plot.box.width - text_width(labels.STEPS_NEEDED, SMALL) - 0.15
        self._count.set_text(first_fitting(texts, BODY, room, "Semibold"))


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
        tuned = Tuned(self.experiment, self.sweep)
        color, em = self.color(self.sweep.index), SMALL if tuned.decimals is None else BODY
        tuning = Tuning(
            tuned, self.sweep.index, color, self.theme, valley.chart, plot, self.knobs(top, em)
        )

        with self.beat("turn") as beat:
            self.add(self.heading(), valley)
            self.play(Appear(self.plot_ground(plot)), Appear(tuning), run_time=0.6)
            seconds = beat.left - 0.4
            self.play(March(tuning, tuning.show_at, lambda s: ease(s / seconds), seconds))

        with self.beat("best"):
            self.play(March(tuning, tuning.show_at, lambda s: 1 + ease(s / 1.6), 1.6))
            mark = self.best_mark(plot)
            self.play(Appear(mark), run_time=0.4)

        if self.sweep.pair is not None:
            with self.beat("both"):
                self.play(
                    Vanish(mark), March(tuning, tuning.show_at, lambda s: 2 + ease(s / 3.2), 3.2)
                )

    def knobs(self, side: Box, em: float) -> tuple[Knob, Knob]:
        """α and β, their values in a size of type."""
        theme = self.theme
        # In the middle where the curve beside them is higher than they are.
        y = side.center[1] + 0.15 if side.height > 2 else side.top - KNOB_RADIUS - 0.05
        lr = self.experiment.contenders[self.sweep.index].optimizer.lr
        most = max(lr_unit(lr), self.sweep.pair[0] if self.sweep.pair else 0.0)
        left, right = side.columns(1, 1)
        return (
            Knob((left.center[0], y), most, theme.gradient, theme, em),
            Knob((right.center[0], y), 1.0, theme.velocity, theme, em),
        )

    def plot_chart(self, side: Box) -> Chart:
        box = side.inset(left=0.62, right=0.05, bottom=0.75, top=0.45)
        counts = self.sweep.steps[self.sweep.steps <= STEP_LIMIT]
        low = min(counts.min(), self.sweep.pair[2] if self.sweep.pair else counts.min())
        return Chart(
            box, (0.0, 1.0), (float(np.log10(low)) - 0.15, float(np.log10(counts.max())) + 0.15)
        )

    def plot_ground(self, plot: Chart) -> VGroup:
        theme, box = self.theme, plot.box
        ticks = self.count_ticks(plot)
        return VGroup(
            panel(box, theme),
            panel_edge(box, theme),
            x_axis(plot, theme, [0, 0.25, 0.5, 0.75, 1.0], ["0", "0.25", "0.5", "0.75", "1"]),
            y_axis(plot, theme, [float(np.log10(t)) for t in ticks], [str(t) for t in ticks]),
            Label(
                labels.BETA_AXIS, SMALL, theme.muted, (box.center[0], box.bottom - 0.42), up="top"
            ),
            Label(
                labels.STEPS_NEEDED,
                SMALL,
                theme.muted,
                (box.left, box.top + 0.12),
                across=0.0,
                up="bottom",
            ),
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
        x, y = plot.at(self.sweep.best_beta, np.log10(self.sweep.best_steps))
        return shape(disc(0.2) + (x, y, 0.0), stroke=self.theme.ink, width=THIN * 1.5)


def ease(share: float) -> float:
    """Smoothly from 0 to 1."""
    share = min(max(share, 0.0), 1.0)
    return share * share * share * (10 - 15 * share + 6 * share * share)
