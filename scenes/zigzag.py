"""Chapter ``zigzag``: plain gradient descent, first slowly, then quickly, and its limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from manim import Create, VGroup

from scenes import findings, words
from scenes.kit.animations import Appear, March
from scenes.kit.big_map import Valley, stacked, valley_boxes
from scenes.kit.figures import (
    HAIR,
    LINE,
    THIN,
    Arrow,
    Chart,
    Runner,
    along,
    clipped,
    corners,
    disc,
    nice_ticks,
    panel,
    panel_edge,
    rectangle,
    shape,
    x_axis,
    y_axis,
)
from scenes.kit.formulas.mobject import Formula, role_color
from scenes.kit.label_placement import bounds, clearest, outline
from scenes.kit.loss_chart import dashes, ring
from scenes.kit.pace import FIRST_STEPS
from scenes.kit.stage import ChapterScene
from scenes.kit.text.label import Label, first_fitting, fitted, text_width
from scenes.look import BODY, SMALL, Box, readable


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
        self._unit = words.counter_unit(float(np.abs(points[0]).max()))

    def show(self, step: float) -> Walk:
        whole = int(step + 1e-9)
        share = step - whole
        grown, moved = min(1.0, share / 0.4), min(1.0, max(0.0, (share - 0.4) / 0.4))
        moved = moved * moved * (3 - 2 * moved)
        self._runner.show(whole + moved)
        tail, tip = along(self._runner.path, whole + moved), along(self._runner.path, whole + 1)
        inside = clipped(np.stack([tail, tail + (tip - tail) * grown]), self._box)
        self._arrow.point(*(inside[0] if inside else (tail, tail)))
        self._write(whole + (share > 0.8))
        return self

    def run(self, step: float) -> Walk:
        """The same without the arrow, for when time runs fast."""
        self._arrow.point(np.zeros(2), np.zeros(2))
        self._runner.show(step)
        self._write(int(step + 1e-9))
        return self

    def _write(self, step: int) -> None:
        step = min(step, len(self._points) - 1)
        x, y = self._points[step]
        unit = self._unit
        self._readout.set_text(
            f"step {step}   θ₁ = {words.signed(x, unit)}   θ₂ = {words.signed(y, unit)}"
        )


class Sprint(March):
    """The walk without arrows."""

    def interpolate(self, alpha: float) -> None:
        elapsed = self._seconds if alpha >= 1 else alpha * self.run_time
        self.mobject.run(self._pace(min(elapsed, self._seconds)))


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
        valley = Valley(self.outcome, self.look)
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
            1.0,
            "bottom",
            "Semibold",
        )
        walk = Walk(runner, Arrow(theme.gradient), readout, run.trajectory.points, box)
        walk.show(0.0)
        last = self.experiment.map.steps

        with self.beat("first_steps") as beat:
            self.add(self.heading(), valley)
            about = [self.rule(index, rule)]
            if findings.factors(self.outcome) is not None:
                about.append(self.factors(factors))
            else:
                about.append(self.formulas(index, rule, bottom))
            self.play(Appear(*about, walk), run_time=0.4)
            seconds = beat.left
            self.play(March(walk, lambda s: s * FIRST_STEPS / seconds, seconds))

        with self.beat("crawl"):
            self.play(Sprint(walk, self.speeding_up(last, 3.6), 3.6))

        if findings.factors(self.outcome) is None:
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

    def rule(self, index: int, side: Box) -> VGroup:
        """Whose steps these are, the arrow's name, and the rule."""
        theme, optimizer = self.theme, self.outcome.runs[index].contender.optimizer
        top = side.top - 0.2
        title = words.title_of(self.outcome, index)
        em = BODY if text_width(title, BODY, "Semibold") <= side.width else SMALL
        arrow = Arrow(theme.gradient).point(
            np.array([side.left, top - 0.5]), np.array([side.left + 0.6, top - 0.5])
        )
        names = (
            ["one step: α × gradient, downhill", "one step"]
            if optimizer.name == "gd"
            else ["one step"]
        )
        name = first_fitting(names, SMALL, side.width - 0.72)
        group = VGroup(
            Label(
                fitted(title, em, side.width, "Semibold"),
                em,
                theme.text(self.color(index)),
                (side.left, top),
                0.0,
                "middle",
                "Semibold",
            ),
            arrow,
            Label(
                name,
                SMALL,
                theme.text(theme.gradient),
                (side.left + 0.72, top - 0.5),
                0.0,
                "middle",
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
            parts = [(tex, role_color(theme, role)) for tex, role in words.rule_parts(line)]
            at = (box.left, box.top - step * (i + 0.75))
            group.add(Formula(parts, min(BODY * 1.1, step / 1.5), at, room=room))
        return group

    def factors(self, side: Box) -> VGroup:
        """What one step does to the distance from the minimum, across and along."""
        theme = self.theme
        along_, across = findings.factors(self.outcome)
        top = side.top - 0.2
        rows = VGroup(
            Label("each step multiplies", SMALL, theme.muted, (side.left, top), 0.0, "middle")
        )
        for i, (name, value, color) in enumerate(
            zip(words.ways(self.outcome), (across, along_), (theme.ink, theme.muted), strict=True)
        ):
            y, text = top - 0.45 - 0.48 * i, f"× {words.bracketed(value)}"
            em = min(BODY, BODY * (side.width - 1.35) / text_width(text, BODY, "Semibold"))
            rows.add(
                Label(name, BODY, color, (side.left, y), 0.0, "middle"),
                Label(text, em, color, (side.left + 1.35, y), 0.0, "middle", "Semibold"),
            )
        return rows

    def shrink_chart(self, side: Box) -> Chart:
        """Step size to the right, the size of the factor upwards."""
        box = side.inset(left=0.32, right=0.1, bottom=0.75, top=0.4)
        lr = findings.baseline(self.outcome).contender.optimizer.lr
        end = max(1.2 * findings.lr_limit(self.outcome), 1.08 * lr)
        return Chart(
            box, (0.0, end), (0.0, max(1.22, 1.1 * abs(findings.factors(self.outcome)[1])))
        )

    def shrink_ground(self, plot: Chart) -> VGroup:
        theme, box = self.theme, plot.box
        limit = findings.lr_limit(self.outcome)
        danger = Box(plot.at(limit, 0)[0], box.bottom, box.right, box.top)
        one = plot.at(0, 1)[1]
        rates = round_ticks([0.0, limit], plot.x, 0.9 / plot.x_map[0])
        sizes = round_ticks([0.0, 1.0], plot.y, 1.35 * SMALL / plot.y_map[0])
        (rate_texts, rate_note), (size_texts, size_note) = map(words.tick_texts, (rates, sizes))
        below, above = (box.center[0], box.bottom - 0.42), (box.left, box.top + 0.1)
        return VGroup(
            panel(box, theme),
            shape(rectangle(danger), fill=theme.contenders[0], opacity=0.16),
            panel_edge(box, theme),
            shape(*dashes((box.left, one), (box.right, one)), stroke=theme.muted, width=THIN),
            x_axis(plot, theme, rates, rate_texts),
            y_axis(plot, theme, sizes, size_texts),
            Label(f"step size α{rate_note}", SMALL, theme.muted, below, 0.5, "top"),
            Label(f"factor per step{size_note}", SMALL, theme.muted, above, 0.0, "bottom"),
        )

    def shrink_curves(self, plot: Chart) -> list:
        bowl = findings.basin(self.outcome)
        lr = np.linspace(*plot.x, 121)
        curves = []
        for curvature, color in ((bowl.high, self.theme.ink), (bowl.low, self.theme.muted)):
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
        """Where this film's step size stands on both curves."""
        theme, lr = self.theme, findings.baseline(self.outcome).contender.optimizer.lr
        color = self.color(self.experiment.baseline)
        x = plot.at(lr, 0)[0]
        marks = VGroup(
            shape(
                corners(np.array([(x, plot.box.bottom), (x, plot.box.top)])),
                stroke=theme.muted,
                width=HAIR,
            )
        )
        for value in findings.factors(self.outcome):
            marks.add(
                shape(
                    disc(0.085) + (*plot.at(lr, abs(value)), 0.0),
                    fill=color,
                    stroke=readable(color, theme.panel, 4.5),
                    width=THIN,
                )
            )
        at = (plot.box.right, plot.box.top + 0.1)
        name = f"α = {words.number(lr)}"
        marks.add(Label(name, SMALL, theme.text(color), at, 1.0, "bottom", "Semibold"))
        taken = [np.array([(x, plot.box.bottom), (x, plot.box.top)])]
        taken += [ring(0.11) + plot.at(lr, abs(value)) for value in findings.factors(self.outcome)]
        return marks.add(*self.shrink_names(plot, taken))

    def shrink_names(self, plot: Chart, taken: list[np.ndarray]) -> list[Label]:
        """Which curve is which: beside each, where neither curve nor mark is."""
        bowl = findings.basin(self.outcome)
        lr = np.linspace(*plot.x, 121)
        one = [plot.place(np.array([(0.0, 1.0), (plot.x[1], 1.0)]))]
        curves = [
            clipped(plot.place(np.stack([lr, np.abs(1 - lr * curvature)], axis=1)), plot.box)
            for curvature in (bowl.low, bowl.high)
        ]
        lines, names = [*taken, *one, *curves[0], *curves[1]], []
        across, along_ = words.ways(self.outcome)
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
            labels = [Label(name, SMALL, color, tuple(at), 0.5, "middle") for at in places]
            names.append(clearest(labels, lines, plot.box.shrunk(0.03), near=0.02))
            lines.append(outline(bounds(names[-1])))
        return names
