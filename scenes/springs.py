"""Chapter ``springs``: two damped springs, and the β at which the slow one is fastest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from manim import VGroup, VMobject

from momentum_math.story.springs import TwoSprings, tenfold_steps, two_springs
from scenes.kit.animations import Appear, March, Vanish, ease
from scenes.kit.charts import Chart, nice_ticks, over, panel, panel_edge, x_axis, y_axis
from scenes.kit.label_placement import bounds, outside
from scenes.kit.loss_chart.curves import Milestone
from scenes.kit.map_layout import Valley
from scenes.kit.particles import PARTICLE_RADIUS, Particle
from scenes.kit.shapes import (
    BOLD,
    HAIR,
    LINE,
    THIN,
    clipped,
    corners,
    dashes,
    disc,
    joined,
    part,
    shape,
)
from scenes.kit.spring_plane import OFF, SpringPlane, betas_at, first_clear, height_of
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, first_fitting, text_width
from scenes.look import BODY, SMALL, TITLE, Box, Frame
from scenes.words import labels
from scenes.words import springs as words
from scenes.words.names import STEP_AXIS, short_name
from scenes.words.numbers import number, power

DECADES, OVER = 6, 0.7  # of distances, below and over the first one
TENFOLDS = 4.5  # at the best β, so many times a tenth is left at the end of the plot
MOST_STEPS = 600  # of a curve
RING = 0.21
BESIDE_RING = RING + 0.12  # units from its middle to words beside it


def boxes(frame: Frame) -> tuple[Box, Box, Box]:
    """The boxes of the plane, of the numbers that count, and of the distances."""
    body = frame.body
    if frame.is_tall:
        plane, numbers, plot = body.rows(1.25, 0.32, 1.0, gap=0.2)
        return plane, numbers, plot
    if not frame.is_wide and frame.height > frame.width:
        plane, under = body.rows(1.4, 1.0, gap=0.2)
        numbers, plot = under.columns(0.75, 1.0, gap=0.3)
        return plane, numbers, plot
    plane, right = body.columns(1.12 if frame.is_wide else 1.3, 1.0, gap=0.4)
    top = 1.3 if frame.is_wide else 1.95
    numbers, plot = right.rows(top, right.height - top - 0.1, gap=0.1)
    return plane, numbers, plot


class Numbers(VGroup):
    """β, and the steps until a tenth of each distance is left."""

    def __init__(self, scene: Springs, box: Box) -> None:
        theme = scene.theme
        self._pair, self._digits = scene.pair, words.decimals(scene.pair.best_beta)
        widest = words.beta_value(0.0, self._digits)
        width = text_width(widest, TITLE, "Semibold")
        is_flat = box.width > width + 3.9
        x, y = box.left, box.center[1] if is_flat else box.top - 0.3
        self._beta = Label("", TITLE, theme.ink, (x, y), across=0.0, weight="Semibold")
        left, top = (x + width + 0.6, box.center[1] + 0.52) if is_flat else (x, y - 0.58)
        heading = first_fitting(words.STEPS_HEADINGS, SMALL, box.right - left)
        super().__init__(self._beta)
        at, lr = (x, y - 0.48) if is_flat else (x + width + 0.3, y), scene.pair.optimizer.lr
        self.add(Label(labels.lr_value(lr), SMALL, theme.muted, at, across=0.0))
        self.add(Label(heading, SMALL, theme.muted, (left, top), across=0.0))
        self._counts: list[Label] = []
        for row, (name, color) in enumerate(zip(words.ALONG_ACROSS, scene.plane.inks, strict=True)):
            y = top - 0.46 - 0.44 * row
            sample = [np.array([(left, y), (left + 0.42, y)])]
            self.add(
                shape(corners(sample[0]), stroke=scene.colors[row], width=scene.widths[row]),
                Label(name, BODY, color, (left + 0.58, y), across=0.0),
            )
            at = (left + 0.58 + 1.2, y)
            self._counts.append(Label("", BODY, color, at, across=0.0, weight="Semibold"))
        self.add(*self._counts)

    def show_at(self, beta: float) -> None:
        # Beyond the best β, where all climb together, steps grow quickly with its next digit.
        digits = self._digits + (beta > self._pair.best_beta + 1e-9)
        self._beta.set_text(words.beta_value(beta, digits))
        for count, rate in zip(self._counts, self._pair.rates(beta), strict=True):
            count.set_text(words.tenfold(rate))


class Swinging(VGroup):
    """Both springs at a height of the plane: their dots, distances and numbers."""

    def __init__(self, scene: Springs, plot: Chart, numbers: Numbers) -> None:
        self._plane, self._pair, self._plot, self._numbers = scene.plane, scene.pair, plot, numbers
        last = plot.x[1]
        self._steps = np.unique(np.linspace(0.0, last, min(int(last), MOST_STEPS) + 1).round())
        self._slopes = [shape(stroke=color, width=THIN) for color in scene.colors]
        self._curves = [
            shape(stroke=color, width=width)
            for color, width in zip(scene.colors, scene.widths, strict=True)
        ]
        self._dots = [scene.dot(direction) for direction in (0, 1)]
        self._outline = self._dots[0].points.copy()
        # The one along is the story: it lies on top.
        super().__init__(*self._slopes, *self._curves[::-1], *self._dots[::-1], numbers)
        self._share, self._height = 0.0, 0.0
        self.rise(0.0)

    def grow(self, share: float) -> None:
        """Show a share of the distances' steps."""
        self._share = share
        self.rise(self._height)

    def rise(self, height: float) -> None:
        """Stand at a height."""
        self._height, beta = height, float(betas_at(np.array(height)))
        self._numbers.show_at(beta)
        for dot, pull in zip(self._dots, self._pair.pulls, strict=True):
            dot.points = self._outline + (*self._plane.at(pull, height), 0.0)
        box, distances = self._plot.box, self._pair.distances(beta, self._steps)
        for curve, distance in zip(self._curves, distances, strict=True):
            logs = np.log10(np.clip(np.abs(distance), 1e-12, 1e12))
            path = self._plot.place(np.stack([self._steps, logs], axis=1))
            shown = part(path, 0.0, self._share * (len(path) - 1))
            curve.points = joined(map(corners, clipped(shown, box)))


class Turning(VGroup):
    """The map's two directions, and the start's distance in each: they become the two springs."""

    def __init__(self, scene: Springs, chart: Chart) -> None:
        theme, plane, basin = scene.theme, scene.plane, needed(scene.story.basin)
        away = np.array(scene.experiment.start) - basin.point
        parts, ways = basin.parts(away), (basin.along, basin.across)
        self._lines = [
            np.stack([chart.place(np.stack(chart.chord(basin.point, way))), plane.column(k)])
            for k, way in enumerate(ways)
        ]
        self._places = [
            np.stack([chart.place(basin.point + size * way), plane.column(k)[0]])
            for k, (size, way) in enumerate(zip(parts, ways, strict=True))
        ]
        self._dashes = [shape(stroke=theme.muted, width=HAIR) for _ in self._lines]
        self.dots = VGroup(*(scene.dot(direction) for direction in (0, 1)))
        self._outline = self.dots[0].points.copy()
        super().__init__(*self._dashes, self.dots, *plane.column_names)
        self._names = [(name, np.array(name.at)) for name in plane.column_names]
        self.show_at(0.0)

    def show_at(self, share: float) -> None:
        """Show a share of the way from the map to the plane."""
        for line, (old, new) in zip(self._dashes, self._lines, strict=True):
            a, b = old + (new - old) * share
            line.points = joined(dashes(tuple(a), tuple(b)))
        for dot, (name, at), (old, new) in zip(self.dots, self._names, self._places, strict=True):
            stand = old + (new - old) * share
            dot.points = self._outline + (*stand, 0.0)
            beside = stand + (0.2 * (1 - 2 * name.across), 0.28)
            name.set_text(name.text, tuple(beside + (at - beside) * share))


class Springs(ChapterScene):
    """Both directions climb with β; the slow one is fastest where it begins to swing."""

    chapter = "springs"

    @cached_property
    def pair(self) -> TwoSprings:
        """The springs of the contender that has a memory."""
        return needed(two_springs(self.story))

    @cached_property
    def plane(self) -> SpringPlane:
        plane, _, _ = boxes(self.frame)
        return SpringPlane(self.pair, plane.inset(0.95, 0.75, 0.05, 0.4), self.theme)

    @property
    def colors(self) -> tuple[str, str]:
        """The colours of (along, across)."""
        return self.plane.inks

    @property
    def widths(self) -> tuple[float, float]:
        scale = self.theme.stroke_scale
        return BOLD * scale, 1.3 * THIN * scale

    def construct(self) -> None:
        _, side, under = boxes(self.frame)
        plane, plot, valley = self.plane, self.distance_chart(under), Valley(self.story, self.look)
        best, summit = height_of(self.pair.best_beta), plane.summit
        sheet = Milestone(0, panel(plane.chart.box, self.theme), plane.axes(), fade=1.0).show_at(0)
        ground = Milestone(0, *plane.bands(), plane.names, fade=1.0).show_at(0)
        swinging, turning = Swinging(self, plot, Numbers(self, side)), Turning(self, valley.chart)
        mark = self.critical_mark()

        with self.beat("plane"):
            self.add(valley, sheet, ground)
            self.play(Appear(self.heading(), turning), run_time=0.4)
            turn = March(turning, turning.show_at, lambda s: ease(s / 1.4), 1.4)
            self.play(turn, Vanish(valley), March(sheet, sheet.show_at, lambda s: s - 0.4, 1.4))
            self.play(Appear(self.distance_ground(plot), swinging), run_time=0.4)
            self.remove(turning.dots)
            self.play(March(swinging, swinging.grow, lambda s: ease(s / 1.2), 1.2))

        with self.beat("plain"):
            self.play(March(ground, ground.show_at, lambda s: s / 0.8, 0.8))

        with self.beat("climb") as beat:
            self.wait(0.4)
            seconds = beat.left - 0.2
            self.play(March(swinging, swinging.rise, lambda s: best * ease(s / seconds), seconds))

        with self.beat("critical"):
            self.play(Appear(mark), run_time=0.6)

        def up(seconds: float) -> float:
            return best + (summit - best) * ease(seconds / 2.4)

        with self.beat("beyond"):
            self.play(March(swinging, swinging.rise, up, 2.4))

        with self.beat("best"):
            self.play(March(swinging, swinging.rise, lambda s: up(2.4 - s * 1.5), 1.6))
            self.play(Appear(self.contenders()), run_time=0.6)

    def dot(self, direction: int) -> VMobject:
        """The dot of a direction: it is at any β, so it is no contender's marker."""
        ground = self.theme.panel
        return shape(disc(0.13), fill=self.colors[direction], stroke=ground, width=THIN)

    # --- the distances

    def distance_chart(self, side: Box) -> Chart:
        """Steps to the right, decades of distance upwards."""
        steps = TENFOLDS * tenfold_steps(max(self.pair.rates(self.pair.best_beta)))
        unit = 10.0 ** np.floor(np.log10(steps))
        last = next(d * unit for d in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if d * unit >= steps)
        box = side.inset(left=0.72, bottom=0.75, right=0.25, top=0.4)
        return Chart(box, (0.0, max(10.0, round(last))), (-DECADES, OVER))

    def distance_ground(self, plot: Chart) -> VGroup:
        theme, box = self.theme, plot.box
        decades = [0, -2, -4, -6]
        steps = [s for s in nice_ticks(*plot.x, max(3, int(box.width / 0.95))) if s == round(s)]
        rows = [plot.at(0, decade)[1] for decade in decades]
        grid = [corners(np.array([(box.left, y), (box.right, y)])) for y in rows]
        texts = [power(decade) if decade else number(1) for decade in decades]
        name = first_fitting(words.DISTANCES, SMALL, box.width)
        return VGroup(
            panel(box, theme),
            shape(*grid, stroke=theme.contour, width=HAIR, opacity=0.7),
            panel_edge(box, theme),
            x_axis(plot, theme, steps, [number(step, 6) for step in steps]),
            y_axis(plot, theme, decades, texts),
            Label(STEP_AXIS, SMALL, theme.muted, (box.center[0], box.bottom - 0.42), up="top"),
            over(box, name, theme.muted, 0.12),
        )

    # --- marks

    def critical_mark(self) -> VGroup:
        """A ring where the last dot enters the wedge, that β as a line, and what it is called."""
        theme, plane = self.theme, self.plane
        (x, y), box = plane.critical.tolist(), plane.chart.box
        level = dashes((box.left, y), (box.right, y))
        return VGroup(
            shape(*level, stroke=theme.ink, width=HAIR),
            shape(disc(RING) + (x, y, 0.0), stroke=theme.ink, width=LINE),
            plane.critical_words,
        )

    def contenders(self) -> VGroup:
        """The contenders' own springs, and their names beside them."""
        plane, group = self.plane, VGroup()
        box, circle = plane.chart.box, np.array([-1.2, 1.2]) * RING
        around = Box(*np.add.outer(circle, plane.critical).ravel().tolist())
        said = (*plane.names, plane.critical_words)
        taken = [*plane.stands, around, *(bounds(one).shrunk(-OFF) for one in said)]
        stands = {
            place.index: [plane.at(pull, height_of(place.beta)) for pull in place.pulls]
            for place in self.pair.places
        }
        for index, own in stands.items():
            # The first is the largest, so that markers at one point are all seen.
            radius = PARTICLE_RADIUS * (0.7 - 0.12 * min(index, 3))
            group.add(*(Particle(index, self.theme, radius).stand(at) for at in own))
        nameless = dict(stands)
        for find in (self.names_beside, self.names_below):
            for index, own in list(nameless.items()):
                inside = [one for one in find(index, own) if not outside(bounds(one), box)]
                away = [*taken, *self.others(own)]
                name = first_clear(inside, away, [*plane.wedge, plane.level])
                if name is not None:
                    del nameless[index]
                    group.add(name)
                    taken.append(bounds(name))
        return group

    def others(self, stands: list[np.ndarray]) -> list[Box]:
        """Boxes round the marks of contenders elsewhere: a name in them would seem to be theirs."""
        plane, reach = self.plane, np.array([-BESIDE_RING, BESIDE_RING])
        marks = [plane.at(p, height_of(one.beta)) for one in self.pair.places for p in one.pulls]
        apart = [m for m in marks if min(np.hypot(*(m - own)) for own in stands) > RING]
        return [Box(*np.add.outer(reach, mark).ravel().tolist()) for mark in apart]

    def names_beside(self, index: int, stands: list[np.ndarray]) -> list[Label]:
        """A contender's name beside its marks, at its other places."""
        places = [
            (float(x) + right, float(y) + up, across)
            for x, y in stands
            for away in (0.2, BESIDE_RING)
            for right, across in ((-away, 1.0), (away, 0.0))
            for up in (0.0, 0.15, -0.15, 0.3, -0.3)
        ]
        places += [(float(x), float(y) + up, 0.5) for x, y in stands for up in (-0.34, 0.34)]
        return self.names_at(index, places)

    def names_below(self, index: int, stands: list[np.ndarray]) -> list[Label]:
        """A contender's name further away, in lines under or over its marks."""
        return self.names_at(
            index,
            (
                (float(x), float(y) + up, across)
                for up in (-0.34, 0.34, -0.6, -0.86)
                for across in (0.3, 0.7, 0.1, 0.9, 0.5)
                for x, y in stands
            ),
        )

    def names_at(self, index: int, places: Iterable[tuple[float, float, float]]) -> list[Label]:
        """A contender's name at each place: x, y, and how far across the name that is."""
        name, ink = short_name(self.story.runs[index]), self.theme.text(self.color(index))
        return [
            Label(name, SMALL, ink, (x, y), across=across, weight="Semibold")
            for x, y, across in places
        ]
