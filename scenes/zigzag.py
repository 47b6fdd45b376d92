"""Chapter ``zigzag``: plain gradient descent, first slowly, then quickly, and its limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from manim import Create, VGroup, VMobject

from scenes.kit.animations import Appear, March
from scenes.kit.charts import Chart, nice_ticks, panel, panel_edge, x_axis, y_axis
from scenes.kit.formulas.mobject import Formula, role_color
from scenes.kit.label_placement import bounds, clearest, outline
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
from scenes.words.numbers import counter_unit, tick_texts
from scenes.words.rules import rule_parts


class Walk(VGroup):
    """A runner that takes its steps with the gradient's arrow, and numbers that follow it.

    The arrow is the step itself: it reaches from where the particle stands to where the
    gradient sends it.
    """

    def __init__(
        self, runner: Runner, arrow: Arrow, readout: Label, points: np.ndarray, box: Box
    ) -> None:
        super().__init__(runner, arrow, readout)
        self._runner, self._arrow, self._readout = runner, arrow, readout
        self._points, self._box = points, box
        self._unit = counter_unit(float(np.abs(points[0]).max()))

    def show_at(self, step: float) -> Walk:
        whole = int(step + 1e-9)
        share = step - whole
        grown, moved = min(1.0, share / 0.4), min(1.0, max(0.0, (share - 0.4) / 0.4))
        moved = moved * moved * (3 - 2 * moved)
        self._runner.show_at(whole + moved)
        tail, tip = along(self._runner.path, whole + moved), along(self._runner.path, whole + 1)
        inside = clipped(np.stack([tail, tail + (tip - tail) * grown]), self._box)
        self._arrow.point(*(inside[0] if inside else (tail, tail)))
        self._write(whole + (share > 0.8))
        return self

    def show_fast(self, step: float) -> Walk:
        """Show a step without the arrow, for when time runs fast."""
        self._arrow.point(np.zeros(2), np.zeros(2))
        self._runner.show_at(step)
        self._write(int(step + 1e-9))
        return self

    def _write(self, step: int) -> None:
        step = min(step, len(self._points) - 1)
        self._readout.set_text(labels.readout(step, self._points[step], self._unit))


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
        _, top, bottom = valley_boxes(self.look, 1.5 if self.frame.is_tall else 2.45)
        # Where the boxes are as wide as the picture, the factors stand beside the rule.
        rule, factors = (
            top.columns(1.5, 1, gap=0.3) if self.frame.is_tall else (top, top.inset(top=0.9))
        )
        runner = self.runner(index, valley.chart)
        box = valley.chart.box
        readout = Label(
            "",
            SMALL,
            theme.text(self.color(index)),
            (box.right, box.top + 0.12),
            across=1.0,
            up="bottom",
            weight="Semibold",
        )
        walk = Walk(runner, Arrow(theme.gradient), readout, run.trajectory.points, box)
        walk.show_at(0.0)
        last = self.experiment.map.steps

        with self.beat("first_steps") as beat:
            self.add(self.heading(), valley)
            about = [self.rule(index, rule)]
            if self.story.factors is not None:
                about.append(self.factor_rows(factors))
            else:
                about.append(self.formulas(index, rule, bottom))
            self.play(Appear(*about, walk), run_time=0.4)
            seconds = beat.left
            self.play(March(walk, walk.show_at, lambda s: s * FIRST_STEPS / seconds, seconds))

        with self.beat("crawl"):
            self.play(March(walk, walk.show_fast, self.speeding_up(last, 3.6), 3.6))

        if self.story.factors is None:
            return
        with self.beat("limit"):
            plot = self.shrink_chart(bottom)
            self.play(Appear(self.shrink_ground(plot)), run_time=0.6)
            self.play(*(Create(curve) for curve in self.shrink_curves(plot)), run_time=1.2)
            self.play(Appear(self.shrink_marks(plot)), run_time=0.4)

    @staticmethod
    def speeding_up(last: int, seconds: float) -> Callable[[float], float]:
        """From the first steps to the last with steadily growing speed."""
        rest = last - FIRST_STEPS

        def pace(elapsed: float) -> float:
            share = min(1.0, elapsed / seconds)
            return FIRST_STEPS + rest * (0.35 * share + 0.65 * share * share)

        return pace

    @property
    def factors(self) -> tuple[float, float]:
        """The factors of a step's distance, (along, across)."""
        return needed(self.story.factors)

    def rule(self, index: int, side: Box) -> VGroup:
        """Whose steps these are, the arrow's name, and the rule."""
        theme = self.theme
        top = side.top - 0.2
        name = title(self.story.runs[index])
        em = BODY if text_width(name, BODY, "Semibold") <= side.width else SMALL
        arrow = Arrow(theme.gradient).point(
            np.array([side.left, top - 0.5]), np.array([side.left + 0.6, top - 0.5])
        )
        step = first_fitting(labels.step_names(self.story.runs[index]), SMALL, side.width - 0.72)
        group = VGroup(
            Label(
                fitted(name, em, side.width, "Semibold"),
                em,
                theme.text(self.color(index)),
                (side.left, top),
                across=0.0,
                weight="Semibold",
            ),
            arrow,
            Label(
                step, SMALL, theme.text(theme.gradient), (side.left + 0.72, top - 0.5), across=0.0
            ),
        )
        return group

    def formulas(self, index: int, first: Box, second: Box) -> VGroup:
        """The rule's formulas: under its name, or in the second box where that is beside it."""
        theme, lines = self.theme, self.outcome.runs[index].contender.optimizer.rule
        box = Box(first.left, second.bottom, first.right, first.top - 1.1)
        if not stacked(self.frame):
            box = second
        step = min(0.6, box.height / len(lines))
        group, room = VGroup(), box.width
        for i, line in enumerate(lines):
            parts = [(tex, role_color(theme, role)) for tex, role in rule_parts(line)]
            at = (box.left, box.top - step * (i + 0.75))
            group.add(Formula(parts, min(BODY * 1.1, step / 1.5), at, room=room))
        return group

    def factor_rows(self, side: Box) -> VGroup:
        """The factors of one step, across and along."""
        theme = self.theme
        along_, across = self.factors
        top = side.top - 0.2
        rows = VGroup(
            Label(labels.FACTORS_HEADING, SMALL, theme.muted, (side.left, top), across=0.0)
        )
        for i, (name, value, color) in enumerate(
            zip(labels.ways(self.story), (across, along_), (theme.ink, theme.muted), strict=True)
        ):
            y, text = top - 0.45 - 0.48 * i, labels.multiplied(value)
            em = min(BODY, BODY * (side.width - 1.35) / text_width(text, BODY, "Semibold"))
            rows.add(
                Label(name, BODY, color, (side.left, y), across=0.0),
                Label(text, em, color, (side.left + 1.35, y), across=0.0, weight="Semibold"),
            )
        return rows

    def shrink_chart(self, side: Box) -> Chart:
        """Step size to the right, the size of the factor upwards."""
        box = side.inset(left=0.32, right=0.1, bottom=0.75, top=0.4)
        lr = self.story.baseline.lr
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
        below, above = (box.center[0], box.bottom - 0.42), (box.left, box.top + 0.1)
        muted = theme.muted
        return VGroup(
            panel(box, theme),
            shape(rectangle(danger), fill=theme.contenders[0], opacity=0.16),
            panel_edge(box, theme),
            shape(*dashes((box.left, one), (box.right, one)), stroke=theme.muted, width=THIN),
            x_axis(plot, theme, rates, rate_texts),
            y_axis(plot, theme, sizes, size_texts),
            Label(labels.LR_AXIS + rate_note, SMALL, muted, below, up="top"),
            Label(labels.FACTOR_AXIS + size_note, SMALL, muted, above, across=0.0, up="bottom"),
        )

    def shrink_curves(self, plot: Chart) -> list[VMobject]:
        basin = needed(self.story.basin)
        lr = np.linspace(*plot.x, 121)
        curves = []
        for curvature, color in ((basin.high, self.theme.ink), (basin.low, self.theme.muted)):
            size = np.abs(1 - lr * curvature)
            inside = size <= plot.y[1]
            curves.append(
                shape(
                    corners(plot.place(np.stack([lr, size], axis=1)[inside])),
                    stroke=color,
                    width=LINE,
                )
            )
        return curves

    def shrink_marks(self, plot: Chart) -> VGroup:
        """The marks of this film's step size on both curves."""
        theme, lr = self.theme, self.story.baseline.lr
        color = self.color(self.experiment.baseline)
        x = plot.at(lr, 0)[0]
        marks = VGroup(
            shape(
                corners(np.array([(x, plot.box.bottom), (x, plot.box.top)])),
                stroke=theme.muted,
                width=HAIR,
            )
        )
        for value in self.factors:
            marks.add(
                shape(
                    disc(0.085) + (*plot.at(lr, abs(value)), 0.0),
                    fill=color,
                    stroke=readable(color, theme.panel, 4.5),
                    width=THIN,
                )
            )
        at = (plot.box.right, plot.box.top + 0.1)
        name = labels.lr_value(lr)
        marks.add(
            Label(name, SMALL, theme.text(color), at, across=1.0, up="bottom", weight="Semibold")
        )
        taken = [np.array([(x, plot.box.bottom), (x, plot.box.top)])]
        taken += [ring(0.11) + plot.at(lr, abs(value)) for value in self.factors]
        return marks.add(*self.shrink_names(plot, taken))

    def shrink_names(self, plot: Chart, taken: list[np.ndarray]) -> list[Label]:
        """The curves' names: beside each, where neither curve nor mark is."""
        basin = needed(self.story.basin)
        lr = np.linspace(*plot.x, 121)
        one = [plot.place(np.array([(0.0, 1.0), (plot.x[1], 1.0)]))]
        curves = [
            clipped(plot.place(np.stack([lr, np.abs(1 - lr * curvature)], axis=1)), plot.box)
            for curvature in (basin.low, basin.high)
        ]
        lines, names = [*taken, *one, *curves[0], *curves[1]], []
        across, along_ = labels.ways(self.story)
        for name, color, first, pieces in (
            (along_, self.theme.muted, (0.32, 0.86), curves[0]),
            (across, self.theme.ink, (0.14, 0.22), curves[1]),
        ):
            places = [plot.at(first[0] * plot.x[1], first[1])]
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
