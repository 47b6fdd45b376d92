"""Chapter ``zigzag``: plain gradient descent, first slowly, then quickly, and its limit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import Create, VGroup, VMobject

from scenes.kit.animations import Appear, March, Vanish, landing
from scenes.kit.basin.cuts import Balls, Cuts, cuts_box, cuts_top, moves_on_cuts
from scenes.kit.charts import Chart, nice_ticks, over, panel, panel_edge, x_axis, y_axis
from scenes.kit.formulas.mobject import LEAST, Formula, rule_line
from scenes.kit.label_placement import bounds, clearest, outline
from scenes.kit.loss_chart.so_far import LossSoFar
from scenes.kit.map_layout import Valley, stacked, valley_boxes
from scenes.kit.particles import Arrow, Runner
from scenes.kit.shapes import (
    HAIR,
    LINE,
    THIN,
    along,
    clipped,
    corners,
    dashes,
    disc,
    rectangle,
    ring,
    shape,
)
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, first_fitting, fitted, text_width
from scenes.look import BODY, SMALL, Box, readable
from scenes.pace import FIRST_STEPS
from scenes.words import labels
from scenes.words.names import title
from scenes.words.numbers import bracketed, counter_unit, signed, tick_texts
from scenes.words.rules import few_lines

CRAWL_SECONDS = 3.6


class Walk(VGroup):
    """A runner that takes its steps with the gradient's arrow, and numbers that follow it.

    The arrow is the step itself: it reaches from where the particle stands to where the
    gradient sends it.
    """

    def __init__(
        self,
        runner: Runner,
        arrow: Arrow,
        readout: Label,
        points: np.ndarray,
        box: Box,
        beside: Balls | LossSoFar | None,
    ) -> None:
        super().__init__(runner, arrow, readout, *([beside] if beside else []))
        self._runner, self._arrow, self._readout = runner, arrow, readout
        self._moving = [runner, beside] if beside else [runner]
        self._points, self._box = points, box
        self._unit = counter_unit(float(np.abs(points[0]).max()))

    def show_at(self, step: float) -> Walk:
        whole = int(step + 1e-9)
        share = step - whole
        grown, moved = min(1.0, share / 0.4), landing((share - 0.4) / 0.4)
        self._move(whole + moved)
        tail, tip = along(self._runner.path, whole + moved), along(self._runner.path, whole + 1)
        inside = clipped(np.stack([tail, tail + (tip - tail) * grown]), self._box)
        self._arrow.point(*(inside[0] if inside else (tail, tail)))
        self._write(whole + (share > 0.8))
        return self

    def show_fast(self, step: float) -> Walk:
        """Show a step without the arrow, for when time runs fast."""
        self._arrow.point(np.zeros(2), np.zeros(2))
        self._move(step)
        self._write(int(step + 1e-9))
        return self

    def _move(self, step: float) -> None:
        for one in self._moving:
            one.show_at(step)

    def _write(self, step: int) -> None:
        step = min(step, len(self._points) - 1)
        x, y = (signed(part, self._unit) for part in self._points[step])
        self._readout.set_text(labels.READOUT.format(step=step, x=x, y=y))


def round_ticks(
    wished: Sequence[float], ends: tuple[float, float], apart: float
) -> Sequence[float]:
    """The ticks that are wished, or round ones where those would stand closer than ``apart``."""
    if all(b - a >= apart for a, b in pairwise(wished)):
        return wished
    return nice_ticks(*ends, 2)


class Zigzag(ChapterScene):
    """Every step overshoots across the valley and gains little along it."""

    chapter = "zigzag"

    def construct(self) -> None:
        index = self.experiment.baseline
        run, theme = self.outcome.runs[index], self.theme
        valley = Valley(self.story, self.look)
        _, top, bottom = valley_boxes(self.look, cuts_top(self.frame))
        # Where the boxes are as wide as the picture, the factors stand beside the rule.
        rule, factors = (
            top.columns(1.5 if self.story.factors else 1.15, 1, gap=0.3)
            if self.frame.is_tall
            else (top, top.inset(top=0.9))
        )
        runner = self.runner(index, valley.chart)
        box, ink = valley.chart.box, theme.text(self.color(index))
        readout = over(box, "", ink, 0.12, across=1.0, weight="Semibold")
        has_factors, plot = self.story.factors is not None, VGroup()
        beside: Balls | LossSoFar | None = None
        if self.has_cuts:
            cuts = Cuts(self.story, self.look, cuts_box(self.look))
            beside = cuts.balls(index, self.experiment.map.steps)
            plot = cuts.parts(beside)
        elif self.has_losses:
            beside = LossSoFar(self.story, index, self.plot_box(bottom), theme)
        arrow, points = Arrow(theme.gradient), run.trajectory.points
        walk = Walk(runner, arrow, readout, points, box, beside).show_at(0.0)

        with self.beat("first_steps") as beat:
            self.add(valley, plot)
            more = (
                self.factor_rows(factors)
                if has_factors
                else self.formulas(index, rule, factors, bottom)
            )
            self.play(Appear(self.heading(), self.rule(index, rule), more, walk), run_time=0.4)
            seconds = beat.left
            self.play(March(walk, walk.show_at, lambda s: s * FIRST_STEPS / seconds, seconds))

        with self.beat("crawl"):
            self.play(March(walk, walk.show_fast, self.speeding_up, CRAWL_SECONDS))

        if not has_factors:
            return
        with self.beat("limit"):
            chart = self.shrink_chart(bottom)
            self.play(Vanish(plot, needed(beside)), Appear(self.shrink_ground(chart)), run_time=0.6)
            self.play(*(Create(curve) for curve in self.shrink_curves(chart)), run_time=1.2)
            self.play(Appear(self.shrink_marks(chart)), run_time=0.4)

    def speeding_up(self, elapsed: float) -> float:
        """From the first steps to the last with steadily growing speed."""
        share = min(1.0, elapsed / CRAWL_SECONDS)
        rest = self.experiment.map.steps - FIRST_STEPS
        return FIRST_STEPS + rest * (0.35 * share + 0.65 * share * share)

    @property
    def has_cuts(self) -> bool:
        """Whether the motion is that on the two cuts, and they have room beside the rule."""
        has_room = self.story.factors is not None or self.frame.is_wide
        return moves_on_cuts(self.story) and has_room

    @property
    def has_losses(self) -> bool:
        """Whether the loss is shown in step, where there are no cuts to move on."""
        return not self.has_cuts and self.story.factors is None

    @property
    def factors(self) -> tuple[float, float]:
        """The factors of a step's distance, (along, across)."""
        return needed(self.story.factors)

    def rule(self, index: int, side: Box) -> VGroup:
        """Whose steps these are, the arrow's name, and the rule."""
        theme, one = self.theme, self.story.runs[index]
        color, gradient = theme.text(self.color(index)), theme.text(theme.gradient)
        x, y, under = side.left, side.top - 0.2, side.top - 0.2 - 0.5
        em = BODY if text_width(title(one), BODY, "Semibold") <= side.width else SMALL
        name = fitted(title(one), em, side.width, "Semibold")
        step = first_fitting(labels.step_names(one), SMALL, side.width - 0.72)
        return VGroup(
            Label(name, em, color, (x, y), across=0.0, weight="Semibold"),
            Arrow(theme.gradient).point(np.array([x, under]), np.array([x + 0.6, under])),
            Label(step, SMALL, gradient, (x + 0.72, under), across=0.0),
        )

    def formulas(self, index: int, first: Box, beside: Box, second: Box) -> VGroup:
        """The rule's formulas: under its name or beside it, or in the second box."""
        box = first.inset(top=1.1) if stacked(self.frame) or self.has_losses else second
        if self.has_losses and self.frame.is_tall:
            box = beside
        rule = self.outcome.runs[index].contender.optimizer.tex
        lines = few_lines(rule, int(box.height / (1.5 * LEAST)))
        step, group = min(0.6, box.height / len(lines)), VGroup()
        for i, line in enumerate(lines):
            parts = rule_line(line, self.theme, box.width)
            at = (box.left, box.top - step * (i + 0.75))
            group.add(Formula(parts, min(BODY * 1.1, step / 1.5), at, room=box.width))
        return group

    def factor_rows(self, side: Box) -> VGroup:
        """The factors of one step, across and along."""
        x, y, muted = side.left, side.top - 0.2, self.theme.muted
        rows = VGroup(Label(labels.FACTORS_HEADING, SMALL, muted, (x, y), across=0.0))
        y -= 0.45
        for name, factor, color in zip(
            labels.ways(self.story), self.factors[::-1], (muted, self.theme.ink), strict=True
        ):
            text = labels.MULTIPLIED.format(factor=bracketed(factor))
            em = min(BODY, BODY * (side.width - 1.35) / text_width(text, BODY, "Semibold"))
            rows.add(
                Label(name, BODY, color, (x, y), across=0.0),
                Label(text, em, color, (x + 1.35, y), across=0.0, weight="Semibold"),
            )
            y -= 0.48
        return rows

    @staticmethod
    def plot_box(side: Box) -> Box:
        """Where losses are plotted: with room for their numbers."""
        return side.inset(left=0.72, right=0.12, bottom=0.75, top=0.4)

    def shrink_chart(self, side: Box) -> Chart:
        """Step size to the right, the size of the factor upwards."""
        box = side.inset(left=0.32, right=0.1, bottom=0.75, top=0.4)
        lr = needed(self.story.baseline.lr)
        end = max(1.2 * needed(self.story.lr_limit), 1.08 * lr)
        return Chart(box, (0.0, end), (0.0, max(1.22, 1.1 * abs(self.factors[1]))))

    def shrink_ground(self, plot: Chart) -> VGroup:
        theme, box = self.theme, plot.box
        limit = needed(self.story.lr_limit)
        danger = Box(plot.at(limit, 0)[0], box.bottom, box.right, box.top)
        one = plot.at(0, 1)[1]
        rates = round_ticks([0.0, limit], plot.x, 0.9 / plot.x_map[0])
        sizes = round_ticks([0.0, 1.0], plot.y, 1.35 * SMALL / plot.y_map[0])
        (rate_texts, rate_note), (size_texts, size_note) = map(tick_texts, (rates, sizes))
        below = (box.center[0], box.bottom - 0.42)
        return VGroup(
            panel(box, theme),
            shape(rectangle(danger), fill=theme.contenders[0], opacity=0.16),
            panel_edge(box, theme),
            shape(*dashes((box.left, one), (box.right, one)), stroke=theme.muted, width=THIN),
            x_axis(plot, theme, rates, rate_texts),
            y_axis(plot, theme, sizes, size_texts),
            Label(labels.LR_AXIS + rate_note, SMALL, theme.muted, below, up="top"),
            over(box, labels.FACTOR_AXIS + size_note, theme.muted, 0.1),
        )

    def sizes(self, plot: Chart, curvature: float) -> np.ndarray:
        """Step sizes and a direction's size of the factor with each, (121, 2)."""
        lr = np.linspace(*plot.x, 121)
        return np.stack([lr, np.abs(1 - lr * curvature)], axis=1)

    def shrink_curves(self, plot: Chart) -> list[VMobject]:
        basin, theme = needed(self.story.basin), self.theme
        curves = []
        for curvature, color in ((basin.high, theme.muted), (basin.low, theme.ink)):
            sizes = self.sizes(plot, curvature)
            inside = plot.place(sizes[sizes[:, 1] <= plot.y[1]])
            curves.append(shape(corners(inside), stroke=color, width=LINE))
        return curves

    def shrink_marks(self, plot: Chart) -> VGroup:
        """The marks of this film's step size on both curves, and the curves' names."""
        theme, box, lr = self.theme, plot.box, needed(self.story.baseline.lr)
        color, x = self.color(self.experiment.baseline), plot.at(lr, 0)[0]
        line = np.array([(x, box.bottom), (x, box.top)])
        marks = VGroup(shape(corners(line), stroke=theme.muted, width=HAIR))
        places = [plot.at(lr, abs(factor)) for factor in self.factors]
        edge = readable(color, theme.panel, 4.5)
        for at in places:
            marks.add(shape(disc(0.085) + (*at, 0.0), fill=color, stroke=edge, width=THIN))
        name, ink = labels.lr_value(lr), theme.text(color)
        marks.add(over(box, name, ink, 0.1, across=1.0, weight="Semibold"))
        return marks.add(*self.shrink_names(plot, [line, *(ring(0.11) + at for at in places)]))

    def shrink_names(self, plot: Chart, taken: list[np.ndarray]) -> list[Label]:
        """The curves' names: beside each, where neither curve nor mark is."""
        basin, theme = needed(self.story.basin), self.theme
        one = plot.place(np.array([(0.0, 1.0), (plot.x[1], 1.0)]))
        low, high = (
            clipped(plot.place(self.sizes(plot, curvature)), plot.box)
            for curvature in (basin.low, basin.high)
        )
        lines, names = [*taken, one, *low, *high], []
        across, along_ = labels.ways(self.story)
        for name, color, (share, size), pieces in (
            (along_, theme.ink, (0.32, 0.86), low),
            (across, theme.muted, (0.14, 0.22), high),
        ):
            places = [plot.at(share * plot.x[1], size)]
            # Else as close to the curve as may be.
            places += [
                (x + right, y + up)
                for away in (0.25, 0.4)
                for x, y in np.concatenate(pieces)[6::9]
                for right, up in ((0.0, away), (0.0, -away), (away + 0.2, 0.0), (-away - 0.2, 0.0))
            ]
            choices = [Label(name, SMALL, color, at) for at in places]
            names.append(clearest(choices, lines, plot.box.shrunk(0.03), near=0.02))
            lines.append(outline(bounds(names[-1])))
        return names
