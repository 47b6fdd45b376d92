"""Chapter ``ravine``: the landscape, and why its steepest way down is not the way."""

from __future__ import annotations

import numpy as np
from manim import Create, GrowFromPoint, LaggedStart, VGroup, VMobject

from momentum_math.story import Basin
from scenes.kit.animations import Appear, Vanish
from scenes.kit.charts import Chart, panel, panel_edge
from scenes.kit.formulas.layout import Layout, lay_out
from scenes.kit.formulas.mobject import Formula, FormulaLines
from scenes.kit.label_placement import behind, bounds, clearest, outline, outside
from scenes.kit.map_layout import Valley, stacked, valley_boxes
from scenes.kit.particles import Arrow, Particle
from scenes.kit.shapes import LINE, THIN, clipped, corners, dashes, holds, ring, shape
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, Vertical, fitted, text_width, wrap
from scenes.kit.text.scripts import directed
from scenes.look import BODY, SMALL, TITLE, Box
from scenes.words import labels
from scenes.words.numbers import tex_number

TITLE_STEP = 0.85 / (1.4 * TITLE)  # from one line of the title to the next, ems
# Units: what the cuts need under the formula, what the ratio needs there, and the formula's margin.
CUTS_ROOM, RATIO_ROOM, FORMULA_MARGIN = 2.7, 0.4, 0.5

At = tuple[float, float, float]  # x, y, and where it lies in a line: 0 its start, 1 its end


class Ravine(ChapterScene):
    """The title, the rings, the two curvatures, and the arrow that points across."""

    chapter = "ravine"

    def construct(self) -> None:
        valley = Valley(self.story, self.look)
        formula, top, bottom = self.sides()

        with self.beat("title"):
            title = self.title_card()
            self.play(Appear(title), run_time=0.6)

        with self.beat("rings"):
            self.play(Vanish(title), run_time=0.4)
            self.play(
                Appear(self.heading(), valley.map.ground, valley.map.edge, valley.axes),
                run_time=0.4,
            )
            rings = list(reversed(valley.map.levels))
            self.add(valley.minimum)
            if rings:
                appear = (Appear(ring) for ring in rings)
                self.play(LaggedStart(*appear, lag_ratio=0.2), run_time=2.0)
            self.remove(*rings)
            self.add(valley.map, valley.axes, valley.minimum)

        cuts: list[tuple[VMobject, VMobject, VGroup]] = []
        if self.center is None:
            with self.beat("formula"):
                self.play(Appear(formula), run_time=0.6)
        else:
            plot = self.cut_chart(bottom)
            with self.beat("bowl"):
                self.play(Appear(formula, self.cut_ground(plot)), run_time=0.6)
                cuts = self.cuts(valley.chart, plot)
                for line, curve, name in cuts:
                    self.play(Create(line), Create(curve), Appear(name), run_time=0.8)
                if self.story.basin is not None:
                    self.play(Appear(self.ratio(top, bottom, formula.end)), run_time=0.4)

        with self.beat("downhill"):
            self.play(Appear(valley.start), *(Vanish(line) for line, _, _ in cuts), run_time=0.4)
            slope = self.story.start_gradient
            if slope is None or not slope.any():
                return
            arrow, labels = self.downhill(valley.chart)
            self.play(
                GrowFromPoint(arrow, (*valley.chart.at(*self.experiment.start), 0.0)), run_time=0.8
            )
            self.play(Appear(labels), run_time=0.4)

    def title_card(self) -> VGroup:
        """The film's title and who takes part."""
        theme, room = self.theme, self.frame.safe.width
        x, y = self.frame.box.center
        title, above = directed(self.experiment.title), self.frame.safe.top - y - 0.35
        for em in (TITLE * 1.4, TITLE, BODY * 1.15, BODY):
            lines, step = wrap(title, em, room, "Semibold"), em * TITLE_STEP
            if step * len(lines) <= above:
                break
        card = VGroup()
        for i, line in enumerate(lines):
            at = (x, y + 0.35 + step * (len(lines) - 1 - i))
            card.add(Label(line, em, theme.ink, at, weight="Semibold"))
        return card.add(*self.cast((x, y - 0.55), room))

    def cast(self, at: tuple[float, float], room: float) -> VGroup:
        """The contenders, each with the marker and the colour it keeps, in centred rows."""
        marker, gap = 0.36, 0.6
        labels = [
            fitted(directed(run.contender.label), BODY, room - marker) for run in self.outcome.runs
        ]
        widths = [marker + text_width(label, BODY) for label in labels]
        rows: list[list[int]] = [[]]
        for i, width in enumerate(widths):
            taken = sum(widths[k] + gap for k in rows[-1])
            if rows[-1] and taken + width > room:
                rows.append([])
            rows[-1].append(i)
        cast = VGroup()
        for number, row in enumerate(rows):
            x = at[0] - (sum(widths[i] for i in row) + gap * (len(row) - 1)) / 2
            y = at[1] - 0.52 * number
            for i in row:
                color = self.color(i)
                particle = Particle(i, self.theme, radius=0.1)
                cast.add(
                    particle.stand(np.array([x + 0.1, y])),
                    Label(labels[i], BODY, self.theme.text(color), (x + marker, y), across=0.0),
                )
                x += widths[i] + gap
        return cast

    def formula(self, side: Box) -> FormulaLines:
        """The loss, in the lines that it needs; in the middle where the cuts are beside it."""
        layout, ink = self.formula_layout(side), self.theme.ink
        lines = FormulaLines(layout, ink, (side.left, side.top), side.width)
        if stacked(self.frame):
            return lines
        top = min(side.top, side.center[1] + (lines.height_units + RATIO_ROOM) / 2)
        return FormulaLines(layout, ink, (side.left, top), side.width)

    def formula_layout(self, side: Box) -> Layout:
        """The loss in lines for a box that it shares with the ratio, or with the cuts as well."""
        tex = rf"f(\theta) = {self.experiment.landscape.tex}"
        taken = RATIO_ROOM if self.story.basin is not None else 0.0
        if stacked(self.frame):
            taken = CUTS_ROOM if self.center is not None else 0.0
        return lay_out(tex, side.width, side.height - taken - FORMULA_MARGIN)

    def sides(self) -> tuple[FormulaLines, Box, Box]:
        """The formula, its box, and that of the cuts, which leave theirs where there are none."""
        shares = (0.8, 1.0) if self.center is not None else (1.0, 0.0)
        _, first, second = valley_boxes(self.look, 0.0, shares)
        if not stacked(self.frame):
            return self.formula(first), first, second
        formula = self.formula(Box(first.left, second.bottom, first.right, first.top))
        return formula, *valley_boxes(self.look, formula.height_units)[1:]

    def cut_chart(self, side: Box) -> Chart:
        """Distance from the minimum to the right, loss upwards; both cuts on the same scales."""
        center = needed(self.center)
        below = 1.0 if stacked(self.frame) else 0.1
        box = side.inset(left=0.1, top=0.45, bottom=below, right=0.1)
        low, high = self.experiment.map.window[0]
        reach = (high - low) / 2
        # Narrow enough that the names beside the curves stay clear of both.
        kappa = abs(center.high / center.low)
        steep = reach / (6.0 if kappa > 30 else 4 * kappa**0.5)
        high = 0.5 * center.high * steep**2
        return Chart(box, (-reach, reach), (0.0 if center.low > 0 else -high, high))

    def cut_ground(self, plot: Chart) -> VGroup:
        theme, box = self.theme, plot.box
        name = Label(
            labels.cuts_heading(self.story),
            SMALL,
            theme.muted,
            (box.left, box.top + 0.12),
            across=0.0,
            up="bottom",
        )
        return VGroup(panel(box, theme), panel_edge(box, theme), name)

    def cuts(self, chart: Chart, plot: Chart) -> list[tuple[VMobject, VMobject, VGroup]]:
        """For each curvature, the steep one first: the cut on the map, its parabola, its name."""
        theme, center = self.theme, needed(self.center)
        names = labels.ways(self.story)
        box = plot.box
        left, right = box.left + 0.12, box.right - 0.12
        heights = [box.top - 0.3, *(box.bottom + s * box.height for s in (0.32, 0.5, 0.7, 0.8))]
        inner: list[At] = [(right, y, 1.0) for y in heights]
        outer: list[At] = [(left, y, 0.0) for y in (*heights[1:], heights[0])]
        cases = (
            (names[0], center.high, center.across, theme.ink, [*inner, *outer]),
            (names[1], center.low, center.along, theme.muted, [*outer, *inner]),
        )
        parabolas = [self.parabola(plot, curvature) for _, curvature, *_ in cases]
        cuts, lines = [], list(parabolas)
        for case, curve in zip(cases, parabolas, strict=True):
            name, curvature, direction, color, places = case
            first, last = chart.chord(center.point, direction)
            line = shape(*dashes(chart.at(*first), chart.at(*last)), stroke=color, width=THIN * 1.3)
            texts = (name, labels.curvature(curvature))
            label = self.cut_name(texts, color, places, lines, plot.box)
            for text in label:
                text.on(theme.panel)
            lines.append(outline(bounds(label)))
            cuts.append((line, shape(corners(curve), stroke=color, width=LINE), label))
        return cuts

    @staticmethod
    def parabola(plot: Chart, curvature: float) -> np.ndarray:
        """A cut's points as far as they are inside the plot, (61, 2), units."""
        reach = min(plot.x[1], (2 * plot.y[1] / abs(curvature)) ** 0.5)
        distance = np.linspace(-reach, reach, 61)
        return plot.place(np.stack([distance, curvature / 2 * distance**2], axis=1))

    @staticmethod
    def cut_name(
        texts: tuple[str, str], color: str, places: list[At], lines: list[np.ndarray], box: Box
    ) -> VGroup:
        """A cut's name over its curvature, at the first place where no line is."""
        groups = [
            VGroup(
                Label(texts[0], SMALL, color, (x, y), across=side, weight="Semibold"),
                Label(texts[1], SMALL, color, (x, y - 0.32), across=side),
            )
            for x, y, side in places
        ]
        return clearest(groups, lines, box)

    def ratio(self, first: Box, second: Box, below: float) -> Formula:
        """The condition number: under the cuts, or under the formula if the cuts are beside it."""
        basin = needed(self.story.basin)
        low, high, kappa = map(tex_number, (basin.low, basin.high, basin.condition))
        parts = [(rf"\kappa = {high} / {low} = {kappa}", self.theme.ink)]
        if stacked(self.frame):
            return Formula(
                parts, BODY, (second.center[0], second.bottom + 0.4), 0.5, room=second.width
            )
        return Formula(parts, BODY, (first.left, below - 0.2), room=first.width)

    @property
    def center(self) -> Basin | None:
        """The basin, or the saddle where there is none."""
        return self.story.basin or self.story.saddle

    def downhill(self, chart: Chart) -> tuple[Arrow, VGroup]:
        """The negative gradient at the start, its parts, and the way that would lead home."""
        theme, experiment = self.theme, self.experiment
        start = np.array(chart.at(*experiment.start))
        downhill = -experiment.landscape.gradient(np.array(experiment.start))
        slope = downhill / np.abs(downhill).max() * (chart.x_map[0], chart.y_map[0])
        tip = start + slope / float(np.linalg.norm(slope)) * 0.42 * chart.box.height
        tip = clipped(np.stack([start, tip]), chart.box)[0][-1]
        arrow = Arrow(theme.gradient, width=0.07).point(start, tip)
        home = start if self.story.basin is None else np.array(chart.at(*self.story.basin.point))
        ends = [ring(0.11) + start, ring(0.17) + home]
        taken = [np.stack([start, tip]), arrow.points[::4, :2], *ends]
        inside = chart.box.shrunk(0.05)
        names = clearest(
            self.beside(start, tip, chart.box),
            [*taken, np.stack([start, home])],
            inside,
            near=0.02,
        )
        if self.story.basin is None:
            return arrow, names
        if float(np.linalg.norm(home - start)) < 1e-6 or not holds(chart.box, home):
            return arrow, names
        way = shape(
            *dashes(tuple(start), tuple(home)),
            stroke=theme.graphic(theme.minimum),
            width=THIN * 1.4,
        )
        if len(self.story.minima) == 1:
            lines = [np.stack([start, home]), *taken, outline(bounds(names))]
            goal = clearest(self.along(start, home), lines, inside, near=0.02)
            if not outside(bounds(goal), inside) and not behind(bounds(goal), lines[1:]):
                names.add(goal)
        return arrow, VGroup(way, names)

    def along(self, start: np.ndarray, home: np.ndarray) -> list[Label]:
        """The name of the way to the minimum, at places along it, the best first."""
        flat = abs(home[1] - start[1]) < 0.2 * abs(home[0] - start[0])
        ups: tuple[tuple[float, Vertical], ...] = (
            (0.12, "bottom"),
            (-0.12, "top"),
            (0.0, "middle"),
        )
        places: tuple[tuple[float, float, float, float, Vertical], ...] = (
            (0.5, 0.0, 0.1, 0.5, "bottom") if flat else (0.5, 0.2, 0.1, 0.0, "bottom"),
            *(
                (share, right, up, across, vertical)
                for share in (0.5, 0.65, 0.8, 0.35, 0.95)
                for up, vertical in ups
                for right, across in ((0.0, 0.5), (0.2, 0.0), (-0.2, 1.0))
            ),
        )
        color = self.theme.text(self.theme.minimum)
        return [
            Label(
                labels.WAY_TO_MINIMUM,
                SMALL,
                color,
                tuple(start + (home - start) * share + (right, up)),
                across=across,
                up=vertical,
            )
            for share, right, up, across, vertical in places
        ]

    def beside(self, start: np.ndarray, tip: np.ndarray, box: Box) -> list[VGroup]:
        """The lines at the downhill arrow: at its tip where there is room, at its other places."""
        lines, color = labels.downhill_lines(self.story), self.theme.text(self.theme.gradient)
        width = max(text_width(line, SMALL, "Semibold") for line in lines)
        low, high = box.bottom + 0.2 + 0.32 * (len(lines) - 1), box.top - 0.2
        sides = (1, -1) if tip[0] + 0.25 + width <= box.right - 0.1 else (-1, 1)
        ups = (0.0, 0.3, -0.3, 0.6, -0.6)

        def left(x: float, side: int) -> float:
            """Where the lines begin, or end on the other side, so that none leaves the map."""
            if side > 0:
                return min(x + 0.25, box.right - 0.1 - width)
            return max(x - 0.25, box.left + 0.1 + width)

        return [
            VGroup(
                *(
                    Label(
                        line,
                        SMALL,
                        color,
                        (left(x, side), float(np.clip(y + up, low, high)) - 0.32 * i),
                        across=0.0 if side > 0 else 1.0,
                        weight="Regular" if i else "Semibold",
                    )
                    for i, line in enumerate(lines)
                )
            )
            for x, y in (tip, (start + tip) / 2)
            for up in ups
            for side in sides
        ]
