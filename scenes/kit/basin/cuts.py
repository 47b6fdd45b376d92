"""Two cuts through a basin, across and along: parabolas, and a ball on each for a particle."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from itertools import chain, takewhile

import numpy as np
from manim import VGroup, VMobject

from momentum_math.story import Basin, Story
from scenes.kit.animations import ease
from scenes.kit.charts import Chart, over, panel, panel_edge
from scenes.kit.label_placement import bounds, clearest, is_free, outline
from scenes.kit.map_layout import valley_boxes
from scenes.kit.particles import Particle
from scenes.kit.shapes import DISC, LINE, THIN, corners, dashes, disc, holds, joined, ring, shape
from scenes.kit.stage import needed
from scenes.kit.text.label import Label
from scenes.look import SMALL, Box, Frame, Look, Theme
from scenes.words import labels

At = tuple[float, float]
Place = tuple[float, float, float]  # x, y, and where it lies in a line: 0 its start, 1 its end
BALL, DOT, ROOM = 0.105, 0.045, 1.12  # radii, units; the plot's height over the highest ball


def cuts_top(frame: Frame) -> float:
    """The height over the cuts that chapters leave for what is said, units."""
    return 1.5 if frame.is_tall else 2.45


def cuts_box(look: Look) -> Box:
    """Where the cuts stand while a particle moves: in all chapters at the same place."""
    side = valley_boxes(look, cuts_top(look.frame))[2]
    return side.inset(left=0.1, top=0.45, bottom=0.1, right=0.1)


def moves_on_cuts(story: Story) -> bool:
    """Whether any motion is that of a ball on each cut: on a quadratic with a minimum."""
    return story.is_quadratic and story.basin is not None


class Cuts:
    """The cuts through the basin, or else the saddle, of a story; the one across comes first.

    Attributes:
        basin: what is cut.
        chart: distance from its middle to the right, loss upwards; of both on the same scales.
    """

    def __init__(self, story: Story, look: Look, box: Box) -> None:
        self.story, self.theme = story, look.theme
        self.basin: Basin = needed(story.basin or story.saddle)
        self._ways = (self.basin.across, self.basin.along)
        self._curvatures = (self.basin.high, self.basin.low)
        low, high = story.experiment.map.window[0]
        # Narrow enough that the names beside the curves stay clear of both.
        kappa, reach = abs(self.basin.condition), (high - low) / 2
        steep = reach / (6.0 if kappa > 30 else 4 * kappa**0.5)
        top = 0.5 * self.basin.high * steep**2
        if story.is_quadratic:
            starts = self._distances(np.array([story.experiment.start]))[:, 0]
            reach = max(reach, ROOM * float(np.abs(starts).max()))
            top = max(top, ROOM * float((np.array(self._curvatures) * starts**2).max()) / 2)
        self.chart = Chart(box, (-reach, reach), (0.0 if self.basin.low > 0 else -top, top))

    def _distances(self, points: np.ndarray) -> np.ndarray:
        """Of points, (n, 2), from the middle, (2, n): across and along."""
        found: np.ndarray = np.stack(self._ways) @ (points - self.basin.point).T
        return found

    @property
    def colors(self) -> tuple[str, str]:
        """Of what belongs to the cut across, and to the one along, as in the plane of springs."""
        return self.theme.muted, self.theme.ink

    def ground(self) -> VGroup:
        """The plot and its name."""
        box, theme = self.chart.box, self.theme
        name = over(box, labels.cuts_heading(self.story), theme.muted, 0.12)
        return VGroup(panel(box, theme), panel_edge(box, theme), name)

    def sampled(self, number: int) -> np.ndarray:
        """Distances at which a cut is inside the plot, (61,)."""
        highest = (2 * self.chart.y[1] / abs(self._curvatures[number])) ** 0.5
        reach = min(self.chart.x[1], highest)
        return np.linspace(-reach, reach, 61)

    def on_curve(self, number: int, distances: np.ndarray) -> np.ndarray:
        """Where distances, (n,), stand on a parabola, (n, 2), units."""
        heights = self._curvatures[number] / 2 * distances**2
        return self.chart.place(np.stack([distances, heights], axis=-1))

    def curves(self) -> list[VMobject]:
        """The parabolas."""
        pairs = zip((0, 1), self.colors, strict=True)
        return [self._curve(self.on_curve(n, self.sampled(n)), color) for n, color in pairs]

    def parts(self, balls: Balls) -> VGroup:
        """The plot with its parabolas, and as much of both names as no ball will stand on."""
        names = self.names()
        lines = list(zip(*names, strict=True))  # the names, then perhaps the curvatures
        free = list(takewhile(lambda pair: all(is_free(o, balls.rests) for o in pair), lines))
        named = (VGroup(*name[: len(free)]) for name in names)
        pairs = zip(self.curves(), named, strict=True)
        return VGroup(self.ground(), *chain.from_iterable(pairs))

    @staticmethod
    def _curve(points: np.ndarray, color: str) -> VMobject:
        return shape(corners(points), stroke=color, width=LINE)

    def ends(self, chart: Chart) -> list[list[At]]:
        """Where the cuts begin and end on the map, units."""
        chords = (chart.chord(self.basin.point, way) for way in self._ways)
        return [[chart.at(*end) for end in chord] for chord in chords]

    def lines(self, chart: Chart) -> list[VMobject]:
        """The cuts as dashed lines on the map."""
        pairs = zip(self.ends(chart), self.colors, strict=True)
        return [shape(*dashes(*ends), stroke=ink, width=THIN * 1.3) for ends, ink in pairs]

    def names(self) -> list[VGroup]:
        """What the cuts are called, and where there is room, both their curvatures."""
        whole, lines = self._named(with_curvatures=True)
        is_clear = all(is_free(name, lines[: 2 + k]) for k, name in enumerate(whole))
        return whole if is_clear else self._named(with_curvatures=False)[0]

    def _named(self, with_curvatures: bool) -> tuple[list[VGroup], list[np.ndarray]]:
        """The names, each where the least of the curves is, and curves and names as outlines."""
        box, found = self.chart.box, list[VGroup]()
        left, right = box.left + 0.12, box.right - 0.12
        heights = [box.top - 0.3, *(box.bottom + s * box.height for s in (0.32, 0.5, 0.7, 0.8))]
        inner: list[Place] = [(right, y, 1.0) for y in heights]
        outer: list[Place] = [(left, y, 0.0) for y in (*heights[1:], heights[0])]
        lines = [self.on_curve(number, self.sampled(number)) for number in (0, 1)]
        for name, curvature, color, places in zip(
            labels.ways(self.story),
            self._curvatures,
            self.colors,
            ([*inner, *outer], [*outer, *inner]),
            strict=True,
        ):
            choices = list[VGroup]()
            for x, y, side in places:
                words = partial(Label, em=SMALL, color=color, across=side)
                named = words(name, at=(x, y), weight="Semibold").on(self.theme.panel)
                choices.append(VGroup(named))
                if with_curvatures:
                    size = words(labels.curvature(curvature), at=(x, y - 0.32))
                    choices[-1].add(size.on(self.theme.panel))
            found.append(clearest(choices, lines, box))
            lines.append(outline(bounds(found[-1])))
        return found, lines

    def balls(self, index: int, steps: int) -> Balls:
        """A ball on each parabola for the first steps of a contender."""
        points = self.story.runs[index].run.trajectory.points[: steps + 1]
        good = np.logical_and.accumulate(np.isfinite(points).all(axis=1))
        return Balls(self, self._distances(points[good]), index, self.theme)


class Sliding(VGroup):
    """A cut that slides out of the map into the plot, and bends into its parabola.

    Args:
        cuts: all of them.
        number: of the cut.
        chart: of the map.
        seen: where points on the map, (n, 2), are seen, if that is not there.
    """

    def __init__(
        self,
        cuts: Cuts,
        number: int,
        chart: Chart,
        seen: Callable[[np.ndarray], np.ndarray] = lambda points: points,
    ) -> None:
        self._cuts, distances = cuts, cuts.sampled(number)
        way = (cuts.basin.across, cuts.basin.along)[number]
        on_map = chart.place(cuts.basin.point + distances[:, None] * way)
        box = chart.box
        self._first = seen(np.clip(on_map, (box.left, box.bottom), (box.right, box.top)))
        self._last = cuts.on_curve(number, distances)
        self._curve = cuts.curves()[number]
        super().__init__(self._curve)
        self.show_at(0.0)

    def show_at(self, share: float) -> None:
        """The picture at a share of the way."""
        done = ease(share)
        self._curve.points = corners(self._first * (1.0 - done) + self._last * done)


class Balls(VGroup):
    """A ball on each parabola, in step with a particle on the map, and a dot for each step.

    Args:
        cuts: the parabolas.
        distances: of the particle at each step, (2, n): across and along.
        index: the contender's.
        theme: of the film.

    Attributes:
        rests: outlines of all places where a ball stands at a step, (25, 2) each.
    """

    def __init__(self, cuts: Cuts, distances: np.ndarray, index: int, theme: Theme) -> None:
        self._cuts, self._distances = cuts, distances
        self._balls = [Particle(index, theme, BALL) for _ in distances]
        self._dots = [shape(fill=theme.contender(index), opacity=0.7) for _ in distances]
        self._box, self._passed, self._marks = cuts.chart.box, list[list[int]](), []
        self.rests: list[np.ndarray] = []
        for number, row in enumerate(distances):
            places = cuts.on_curve(number, row)
            passed = [k for k, at in enumerate(places) if holds(self._box, at)]
            self._passed.append(passed)
            self.rests += [ring(1.4 * BALL) + places[k] for k in passed]
            self._marks.append(joined(disc(DOT) + (*places[k], 0.0) for k in passed))
        super().__init__(*self._dots, *self._balls)
        self.show_at(0.0)

    def show_at(self, step: float) -> Balls:
        """The picture at a fractional step."""
        steps = np.arange(self._distances.shape[1])
        for number, (ball, dots) in enumerate(zip(self._balls, self._dots, strict=True)):
            distance = np.interp(step, steps, self._distances[number])
            at = self._cuts.on_curve(number, np.array(distance))
            ball.stand(at)
            if not holds(self._box, at):
                ball.points = ball.points[:0]
            shown = len(DISC) * bisect_right(self._passed[number], step + 1e-9)
            dots.points = self._marks[number][:shown].copy()
        return self
