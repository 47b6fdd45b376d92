"""Chapter ``ravine``: the landscape, and why its steepest way down is not the way."""

from __future__ import annotations

from functools import cached_property, partial

import numpy as np
from manim import Animation, Create, GrowFromPoint, VGroup, VMobject, Wait, smooth

from momentum_math.relief import Relief, relief
from momentum_math.story import Basin
from scenes.kit.animations import Appear, March, Vanish, late, steady
from scenes.kit.basin.cuts import Cuts, Sliding, cuts_box, cuts_top, moves_on_cuts
from scenes.kit.charts import Chart
from scenes.kit.formulas.layout import Layout, lay_out
from scenes.kit.formulas.mobject import Formula, FormulaLines
from scenes.kit.label_placement import bounds, clearest, is_free, outline, outside
from scenes.kit.map_layout import Valley, stacked, valley_boxes
from scenes.kit.particles import Arrow, Particle
from scenes.kit.shapes import THIN, clipped, dashes, holds, ring, shape
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.surface.planes import Plane
from scenes.kit.surface.surface import Surface
from scenes.kit.text.label import Label, Vertical, fitted, text_width, wrap
from scenes.kit.text.scripts import directed
from scenes.look import BODY, SMALL, TITLE, Box
from scenes.pace import TILT_SECONDS, TURN_SECONDS
from scenes.words import labels
from scenes.words.measured import measured_notes
from scenes.words.numbers import tex_number

CAST_STEP, CAST_GAP = 0.52, 0.3  # units, from one row of contenders to the next, and over them
TITLE_STEP = 0.85 / (1.4 * TITLE)  # from one line of the title to the next, ems
# Units: what the cuts need under the formula, what the ratio needs there, and the formula's margin.
CUTS_ROOM, RATIO_ROOM, FORMULA_MARGIN = 2.7, 0.4, 0.5
NOTE_ROOM = 0.55  # units under a surface for what is said of it
NOTE_STEP = 1.4 * BODY  # units from one line of a note to the next

# Share of a way, from there to the right and up, and how a line lies at that point.
Place = tuple[float, float, float, float, Vertical]


class Ravine(ChapterScene):
    """The title, the rings, the two curvatures, and the arrow that points across."""

    chapter = "ravine"

    def setup(self) -> None:
        """Prepare an empty stage: there is no surface yet, and nothing that goes with it."""
        super().setup()
        self.surface: Surface | None = None
        self.planes: list[Plane] = []
        self.title: VGroup | None = None
        self.note = VGroup()

    def construct(self) -> None:
        valley = Valley(self.story, self.look)
        self.opening(valley)
        if self.heights is not None:
            lines = self.ground(valley)
            self.settle(valley, lines)
        else:
            self.settle(valley, [])
            lines = self.ground(valley)

        with self.beat("downhill"):
            self.play(Wait(), *map(Vanish, lines), run_time=0.4)
            slope = self.story.start_gradient
            if slope is not None and slope.any():
                arrow, labels = self.downhill(valley.chart)
                start = (*valley.chart.at(*self.experiment.start), 0.0)
                self.play(GrowFromPoint(arrow, start), run_time=0.8)
                self.play(Appear(labels), run_time=0.4)

    @cached_property
    def heights(self) -> Relief | None:
        """The landscape as a surface, if it can be one."""
        return relief(self.story.landscape, self.experiment.map.window)

    def ground(self, valley: Valley) -> list[VMobject]:
        """The loss as a formula with its cuts, or how it was measured; the cuts on the map."""
        if notes := measured_notes(self.story):
            with self.beat("measured"):
                self.arrive(valley, self.notes(notes))
        elif self.center is None:
            with self.beat("formula"):
                self.arrive(valley, self.sides()[0])
        else:
            return self.bowl(valley)
        return []

    def arrive(self, valley: Valley, *beside: VMobject) -> None:
        """What is said beside the landscape comes, at first with the heading in the title's place.

        The map comes with the heading where it is seen as no surface.
        """
        here, gone = VGroup(*beside), list[Animation]()
        if self.title is not None:
            here.add(self.heading(), *([] if self.surface else [valley]))
            gone.append(Vanish(self.title, run_time=0.3))
            self.title = None
        self.play(Appear(here, run_time=0.6, rate_func=late if gone else smooth), *gone)

    def bowl(self, valley: Valley) -> list[VMobject]:
        """Planes cut the surface, or lines the map, and the cuts slide out; the lines."""
        formula, top, bottom = self.sides()
        cuts, surface = self.cuts(bottom), self.surface
        lines = cuts.lines(valley.chart)
        if surface is not None:
            ends = zip(cuts.ends(valley.chart), cuts.colors, strict=True)
            page = self.theme.background
            self.planes = [Plane(surface, pair, color, page) for pair, color in ends]
        with self.beat("bowl"):
            self.arrive(valley, formula, cuts.ground())
            for number, (line, name) in enumerate(zip(lines, cuts.names(), strict=True)):
                self.play(self.cutting(number, line))
                curve = Sliding(cuts, number, valley.chart, self.seen)
                self.play(March(curve, curve.show_at, lambda s: s / 0.8, 0.8))
                self.play(Appear(name), run_time=0.2)
            if self.story.basin is not None:
                self.play(Appear(self.ratio(top, bottom, formula.end)), run_time=0.4)
        return lines

    def cutting(self, number: int, line: VMobject) -> Animation:
        """A plane comes down through the surface; or a line is drawn on the map."""
        if self.surface is None:
            return Create(line, run_time=0.4)
        return March(self.planes[number], self.planes[number].come_down, lambda s: s / 0.6, 0.6)

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Where points of the map, (n, 2), units, are seen: there, or on the surface."""
        if self.surface is None:
            return points
        return self.surface.seen.place(points, self.surface.ground.height(points))

    def notes(self, notes: list[str]) -> VGroup:
        """Sentences beside the map, or under it, each in the lines that it needs."""
        _, box, _ = valley_boxes(self.look, 2.6, (1.0, 0.0))
        group, y = VGroup(), box.top - 0.2
        for note in notes:
            for line in wrap(note, BODY, box.width):
                group.add(Label(line, BODY, self.theme.ink, (box.left, y), across=0.0))
                y -= NOTE_STEP
            y -= 0.5 * NOTE_STEP
        return group

    def opening(self, valley: Valley) -> None:
        """The title, beside the landscape, which turns, if it can be seen as a surface.

        Not where the title and all who take part have no room beside it.
        """
        heights = self.heights
        is_logged = heights is not None and heights.unit is not None
        room, beside, across = self.title_boxes(NOTE_ROOM if is_logged else 0.0)
        title, turning = self.title_card(beside, across), list[Animation]()
        if heights is not None and title.height <= beside.height:
            marks = (self.experiment.start, *self.story.minima)
            times, theme, landscape = (TURN_SECONDS, TILT_SECONDS), self.theme, self.story.landscape
            self.surface = Surface(valley, landscape, heights, marks, theme, room, times)
            turn = steady(0.0, 1.0)
            turning.append(March(self.surface, self.surface.show_at, turn, TURN_SECONDS))
            if is_logged:
                under = (room.center[0], self.surface.lowest - 0.15)
                self.note.add(Label(labels.LOG_HEIGHT, SMALL, theme.muted, under, up="top"))
        else:
            title = self.title_card(self.frame.safe, 0.5)
        self.title = title
        with self.beat("title"):
            self.play(Appear(title, self.note, run_time=0.6), *turning)

    def settle(self, valley: Valley, lines: list[VMobject]) -> None:
        """The landscape is tilted until it is the map; where it is no surface, the map appears."""
        with self.beat("rings"):
            if self.surface is not None:
                self.tilt(valley, self.surface, lines)
            elif self.title is not None:
                self.arrive(valley)

    def tilt(self, valley: Valley, surface: Surface, lines: list[VMobject]) -> None:
        """The surface, with the planes that cut it, becomes the map, with the lines."""
        pace = steady(TURN_SECONDS, 1.0)
        follow = (March(one, one.follow, pace, TILT_SECONDS) for one in self.planes)
        tilt = March(surface, surface.show_at, pace, TILT_SECONDS)
        self.play(tilt, *follow, Vanish(self.note, run_time=0.4))
        self.remove(surface, *self.planes)
        self.add(valley.map, valley.minimum, valley.start, *lines)
        self.play(Appear(valley.axes), run_time=0.6)

    def title_boxes(self, under: float) -> tuple[Box, Box, float]:
        """Where the surface is seen, and the title; where that lies in its box, 0 left.

        The surface leaves so much room under it, and room for the heading and for what is said
        beside the map.
        """
        safe, top = self.frame.safe, self.frame.safe.top - self.frame.heading.bottom + 0.1
        if self.frame.is_wide:
            room, beside = safe.columns(0.66, 0.34, gap=0.4)
            return room.inset(bottom=0.75 + under, top=top), beside, 0.0
        share = 0.62 if self.frame.is_tall else 0.6
        room, beside = safe.rows(share, 1 - share, gap=0.3)
        lowest = max(room.bottom, valley_boxes(self.look, 1.0)[1].top)
        return room.inset(bottom=lowest - room.bottom + 0.05 + under, top=top), beside, 0.5

    def title_card(self, box: Box, across: float) -> VGroup:
        """The film's title and who takes part, in the middle of a box, or from its left edge on."""
        theme, title = self.theme, directed(self.experiment.title)
        cast, rows = self.cast(box, across)
        for em in (TITLE * 1.4, TITLE, BODY * 1.15, BODY):
            lines, step = wrap(title, em, box.width, "Semibold"), em * TITLE_STEP
            height = step * len(lines) + CAST_GAP + CAST_STEP * rows
            if height <= box.height:
                break
        top = box.center[1] + height / 2
        card, x = VGroup(), box.left + across * box.width
        for i, line in enumerate(lines):
            at = (x, top - step * (i + 0.5))
            card.add(Label(line, em, theme.ink, at, across=across, weight="Semibold"))
        cast.shift((0.0, top - step * len(lines) - CAST_GAP - CAST_STEP / 2, 0.0))
        return card.add(*cast)

    def cast(self, box: Box, across: float) -> tuple[VGroup, int]:
        """The contenders, each with the marker and the colour it keeps, in rows from y = 0 down."""
        room = box.width
        marker, gap = 0.36, 0.6
        titles = [directed(run.contender.label) for run in self.outcome.runs]
        widest = max(text_width(title, 1.0) for title in titles)
        em = min(BODY, max(SMALL, (room - marker) / widest))
        rows: list[list[tuple[int, str, float]]] = [[]]
        for i, title in enumerate(titles):
            name = fitted(title, em, room - marker)
            width = marker + text_width(name, em)
            if rows[-1] and sum(taken + gap for *_, taken in rows[-1]) + width > room:
                rows.append([])
            rows[-1].append((i, name, width))
        cast = VGroup()
        for number, row in enumerate(rows):
            taken = sum(width for *_, width in row) + gap * (len(row) - 1)
            x, y = box.left + across * (box.width - taken), -CAST_STEP * number
            for i, name, width in row:
                color = self.color(i)
                particle = Particle(i, self.theme, radius=0.1)
                cast.add(
                    particle.stand(np.array([x + 0.1, y])),
                    Label(name, em, self.theme.text(color), (x + marker, y), across=0.0),
                )
                x += width + gap
        return cast, len(rows)

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
        kept = moves_on_cuts(self.story)  # then they stay for the next chapters
        shares = (1.0, 1.0) if kept else (0.8, 1.0) if self.center else (1.0, 0.0)
        _, first, second = valley_boxes(self.look, 0.0, shares)
        if not stacked(self.frame):
            return self.formula(first), first, second
        formula = self.formula(Box(first.left, second.bottom, first.right, first.top))
        top = cuts_top(self.frame) if kept else formula.height_units
        return formula, *valley_boxes(self.look, top)[1:]

    def cuts(self, side: Box) -> Cuts:
        """The cuts, in the box that they keep, or over their ratio."""
        if moves_on_cuts(self.story):
            return Cuts(self.story, self.look, cuts_box(self.look))
        below = 1.0 if stacked(self.frame) else 0.1
        return Cuts(self.story, self.look, side.inset(left=0.1, top=0.45, bottom=below, right=0.1))

    def ratio(self, first: Box, second: Box, below: float) -> Formula:
        """The condition number: under the cuts, or under the formula if the cuts are beside it."""
        basin = needed(self.story.basin)
        low, high, kappa = map(tex_number, (basin.low, basin.high, basin.condition))
        parts = [(rf"\kappa = {high} / {low} = {kappa}", self.theme.ink)]
        if stacked(self.frame) and not moves_on_cuts(self.story):
            at = (second.center[0], second.bottom + 0.4)
            return Formula(parts, BODY, at, 0.5, room=second.width)
        return Formula(parts, BODY, (first.left, below - 0.2), room=first.width)

    @property
    def center(self) -> Basin | None:
        """The basin, or the saddle where there is none."""
        return self.story.basin or self.story.saddle

    def downhill(self, chart: Chart) -> tuple[Arrow, VGroup]:
        """The negative gradient at the start, its parts, and the way that would lead home."""
        theme, basin = self.theme, self.story.basin
        start = np.array(chart.at(*self.experiment.start))
        downhill = -self.experiment.landscape.gradient(np.array(self.experiment.start))
        slope = downhill / np.abs(downhill).max() * (chart.x_map[0], chart.y_map[0])
        tip = start + slope / float(np.linalg.norm(slope)) * 0.42 * chart.box.height
        tip = clipped(np.stack([start, tip]), chart.box)[0][-1]
        arrow = Arrow(theme.gradient, width=0.07).point(start, tip)
        home = start if basin is None else np.array(chart.at(*basin.point))
        way = np.stack([start, home])
        taken = [np.stack([start, tip]), arrow.points[::4, :2], ring(0.11) + start]
        taken.append(ring(0.17) + home)
        inside, beside = chart.box.shrunk(0.05), self.beside(start, tip, chart.box)
        names = clearest(beside, [*taken, way], inside, near=0.02)
        if float(np.linalg.norm(home - start)) < 1e-6 or not holds(chart.box, home):
            return arrow, names
        color = theme.graphic(theme.minimum)
        line = shape(*dashes(tuple(start), tuple(home)), stroke=color, width=THIN * 1.4)
        if len(self.story.minima) == 1:
            taken.append(outline(bounds(names)))
            goal = clearest(self.along(start, home), [way, *taken], inside, near=0.02)
            if not outside(bounds(goal), inside) and is_free(goal, taken):
                names.add(goal)
        return arrow, VGroup(line, names)

    def along(self, start: np.ndarray, home: np.ndarray) -> list[Label]:
        """The name of the way to the minimum, at places along it, the best first."""
        flat = abs(home[1] - start[1]) < 0.2 * abs(home[0] - start[0])
        first: Place = (0.5, 0.0, 0.1, 0.5, "bottom") if flat else (0.5, 0.2, 0.1, 0.0, "bottom")
        ups: list[tuple[float, Vertical]] = [(0.12, "bottom"), (-0.12, "top"), (0.0, "middle")]
        places: list[Place] = [
            (share, right, up, across, vertical)
            for share in (0.5, 0.65, 0.8, 0.35, 0.95)
            for up, vertical in ups
            for right, across in ((0.0, 0.5), (0.2, 0.0), (-0.2, 1.0))
        ]
        name = partial(Label, labels.WAY_TO_MINIMUM, SMALL, self.theme.text(self.theme.minimum))
        return [
            name(tuple(start + (home - start) * share + (right, up)), across=across, up=vertical)
            for share, right, up, across, vertical in [first, *places]
        ]

    def beside(self, start: np.ndarray, tip: np.ndarray, box: Box) -> list[VGroup]:
        """The lines at the downhill arrow: at its tip where there is room, at its other places."""
        lines, color = labels.downhill_lines(self.story), self.theme.text(self.theme.gradient)
        width = max(text_width(line, SMALL, "Semibold") for line in lines)
        low, high = box.bottom + 0.2 + 0.32 * (len(lines) - 1), box.top - 0.2
        sides = (1.0, 0.0) if tip[0] + 0.25 + width > box.right - 0.1 else (0.0, 1.0)

        def group(x: float, y: float, across: float) -> VGroup:
            """The lines on the map right of a point, or left of it where ``across`` is 1."""
            right = min(x + 0.25, box.right - 0.1 - width)
            left = max(x - 0.25, box.left + 0.1 + width)
            name = partial(Label, em=SMALL, color=color, across=across)
            ats = [(left if across else right, y - 0.32 * i) for i in range(len(lines))]
            rest = (name(line, at=at) for line, at in zip(lines[1:], ats[1:], strict=True))
            return VGroup(name(lines[0], at=ats[0], weight="Semibold"), *rest)

        return [
            group(x, float(np.clip(y + up, low, high)), across)
            for x, y in (tip, (start + tip) / 2)
            for up in (0.0, 0.3, -0.3, 0.6, -0.6)
            for across in sides
        ]
