"""The plane of all springs of a method: pull to the right, β upwards, and what they do there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

import numpy as np
from manim import VGroup

from momentum_math.story.springs import TwoSprings, tenfold_rate
from scenes.kit.charts import Chart, over, panel_edge, turned_label, x_axis, y_axis
from scenes.kit.label_placement import bounds, has_room, outside
from scenes.kit.particles import PARTICLE_RADIUS
from scenes.kit.shapes import HAIR, LINE, clipped, corners, layer, rectangle, shape
from scenes.kit.text.label import Label, first_fitting
from scenes.look import SMALL, Box, Theme, mix
from scenes.words import springs as words
from scenes.words.numbers import number

# What the plane shows beyond its dots, in ln αλ and in heights, and how far to the right at least.
LEFT, RIGHT, BELOW, ABOVE, LEAST_RIGHT = 1.9, 1.3, 0.45, 0.95, 3.5
CLEAR, OFF = 0.2, 0.07  # units between the names in the plane, and from them to lines
BEYOND = 1.3  # so far over the best β the dots climb at least, in heights
LINE_STEPS = tuple(digit * 10**power for power in range(6) for digit in (1, 3))
FASTEST, BANDS, DEEP = 1.0, 24, 0.55  # steps, bands of the ground, where the map's deepest is
CREEPS, SWINGS, DIVERGES, BETWEEN = range(4)
BETA_TICKS = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)


def height_of(beta: float) -> float:
    """How high β stands in the plane: 2 artanh √β, so that EMA momentum's wedge is a V.

    >>> round(height_of(0.25), 6)
    1.098612
    """
    return float(2 * np.arctanh(np.sqrt(beta)))


def betas_at(heights: np.ndarray) -> np.ndarray:
    """The β that stand at heights; 0 below the lowest."""
    squared: np.ndarray = np.tanh(np.maximum(heights, 0.0) / 2) ** 2
    return squared


def first_clear(
    ways: Sequence[Label], taken: Sequence[Box], lines: Sequence[np.ndarray]
) -> Label | None:
    """The first of some words that is on no box, and off polylines, (n, 2), or just not on them."""
    free = [one for one in ways if has_room(bounds(one), taken, lines)]
    off = (one for one in free if has_room(bounds(one).shrunk(-OFF), (), lines))
    return next(off, free[0] if free else None)


class SpringPlane:
    """Where springs stand, and the parts of the picture of the plane.

    Attributes:
        chart: ln αλ to the right, the height of β upwards.
        summit: the height to which the dots climb.
    """

    def __init__(self, pair: TwoSprings, box: Box, theme: Theme) -> None:
        self.pair, self.theme = pair, theme
        pulls = np.log([*pair.pulls, *(pull for place in pair.places for pull in place.pulls)])
        heights = [height_of(place.beta) for place in pair.places]
        self.summit = max([height_of(pair.best_beta) + BEYOND, *heights])
        x = (min(-1.0, pulls.min()) - LEFT, max(pulls.max() + RIGHT, LEAST_RIGHT))
        self.chart = Chart(box, x, (-BELOW, self.summit + ABOVE))

    def at(self, pull: float, height: float) -> np.ndarray:
        """The place of a spring in units, (2,)."""
        return np.array(self.chart.at(float(np.log(pull)), height))

    # --- ground

    @cached_property
    def _heights(self) -> np.ndarray:
        return np.linspace(*self.chart.y, 161)

    def _sides(self, heights: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Up at the lower pulls and down at the higher ones, as far as they are shown, in units."""
        kept = np.isfinite(high)
        ends = [np.clip(np.log(np.maximum(p[kept], 1e-300)), *self.chart.x) for p in (low, high)]
        up, down = (np.stack([end, heights[kept]], axis=1) for end in ends)
        return self.chart.place(np.concatenate([up, down[::-1]]))

    def within(self, rate: float) -> np.ndarray:
        """The border of the springs that are at least as fast as a rate, (n, 2), units."""
        top = height_of(rate**2 * (1 - 1e-12))
        heights = np.sort(np.append(self._heights[self._heights != top], min(top, self.chart.y[1])))
        low, high = self.pair.springs.pulls_within(betas_at(heights), rate)
        return self._sides(heights, low, high)

    @cached_property
    def lines(self) -> list[tuple[int, np.ndarray]]:
        """(steps until a tenth is left, the line of those springs), the slowest first."""
        top = self.chart.y[1] - 0.35 / self.chart.y_map[0]  # a line at the edge would be its own
        highest = float(betas_at(np.array([top]))[0])
        shown = [n for n in LINE_STEPS if tenfold_rate(n) ** 2 < highest]
        return [(n, self.within(tenfold_rate(n))) for n in reversed(shown)]

    @cached_property
    def wedge(self) -> list[np.ndarray]:
        """The border within which springs swing, pieces (n, 2), units."""
        heights = np.linspace(0.0, self.chart.y[1], 161)
        low, high = np.log(self.pair.springs.swinging_pulls(betas_at(heights)))
        ends, up = np.append(low[::-1], high), np.append(heights[::-1], heights)
        return clipped(self.chart.place(np.stack([ends, up], axis=1)), self.chart.box)

    @cached_property
    def stable(self) -> np.ndarray:
        """The border of the springs that do not diverge, (n, 2), units."""
        return self.within(1.0 - 1e-12)

    def bands(self) -> VGroup:
        """The ground: the faster, the deeper; where springs diverge; the border of the wedge."""
        theme, box = self.theme, self.chart.box
        band = partial(layer, theme.panel)
        danger = band(rectangle(box), fill=mix(theme.panel, theme.contenders[0], 0.22))
        bands = VGroup(danger, band(corners(self.stable, closed=True), fill=theme.panel))
        slowest = self.lines[0][0] * 10**0.5
        for share in np.linspace(0.0, 1.0, BANDS + 1)[1:]:
            line = self.within(tenfold_rate(slowest ** (1.0 - share) * FASTEST**share))
            bands.add(band(corners(line, closed=True), fill=self._depth(share)))
        for _, line in self.lines:
            edge = mix(theme.contour, theme.muted, 0.35)
            bands.add(shape(corners(line), stroke=edge, width=HAIR))
        wedge = [corners(piece) for piece in self.wedge]
        bands.add(shape(*wedge, stroke=theme.ink, width=LINE * theme.stroke_scale))
        name = first_fitting(words.LINES_HEADINGS, SMALL, box.width)
        return bands.add(over(box, name, theme.muted, 0.12))

    def _depth(self, share: float) -> str:
        """The colour of a band, from the slowest on; the fastest are deeper than the map."""
        theme = self.theme
        if share < DEEP:
            return mix(theme.panel, theme.basin, share / DEEP)
        return mix(theme.basin, theme.minimum, 0.45 * (share - DEEP) / (1.0 - DEEP))

    def axes(self) -> VGroup:
        """The frame, ticks on two sides, and their names."""
        chart, theme, box = self.chart, self.theme, self.chart.box
        first, last = (int(np.ceil(end / np.log(10) - 1e-9)) for end in chart.x)
        every = int(np.ceil(0.85 / (np.log(10) * chart.x_map[0])))
        decades = list(range(first, last + (last * np.log(10) <= chart.x[1]), every))
        apart, betas = 1.35 * SMALL / chart.y_map[0], [0.0]
        for beta in BETA_TICKS:
            inside = height_of(beta) <= chart.y[1] - 0.2
            if inside and height_of(beta) - height_of(betas[-1]) >= apart:
                betas.append(beta)
        under = (box.center[0], box.bottom - 0.42)
        name = first_fitting(words.PULL_AXES, SMALL, box.width + 0.6)
        beside = (box.left - 0.78, box.center[1])
        return VGroup(
            panel_edge(box, theme),
            x_axis(
                chart, theme, [k * np.log(10) for k in decades], [number(10.0**k) for k in decades]
            ),
            y_axis(chart, theme, [*map(height_of, betas)], [number(beta) for beta in betas]),
            Label(name, SMALL, theme.muted, under, up="top"),
            turned_label(words.MEMORY_AXIS, SMALL, theme.muted, beside),
        )

    def column(self, direction: int) -> np.ndarray:
        """Where a dot climbs: the ends of the line over its pull, (2, 2), units."""
        pull = self.pair.pulls[direction]
        return np.stack([self.at(pull, 0.0), self.at(pull, self.chart.y[1])])

    @cached_property
    def column_names(self) -> tuple[Label, Label]:
        """The names of the two springs, at the heads of their columns."""
        across = self._column_name(1, [])
        return self._column_name(0, [bounds(across)]), across

    def _column_name(self, direction: int, taken: list[Box]) -> Label:
        """Right of the column's head, or left of it where something is in the way.

        Where it has no place without a line behind it, it keeps off words and dots alone.
        """
        name, color = words.ALONG_ACROSS[direction], self.inks[direction]
        x, y = self.column(direction)[1].tolist()
        ways = [
            Label(name, SMALL, color, (x + right, y - under), across=side, weight="Semibold")
            for away in (0.12, 0.28)  # from the column, and from a dot on it
            for under in (0.22, 0.52, 0.82, 1.12, 1.42)
            for right, side in ((away, 0.0), (-away, 1.0))
        ]
        box, off = self.chart.box, [*taken, *self._dots]
        inside = [one for one in ways if not outside(bounds(one), box)]
        return first_clear(inside, off, self.wedge) or first_clear(inside, off, []) or ways[0]

    @property
    def inks(self) -> tuple[str, str]:
        """The colours of what belongs to (along, across), as words."""
        return self.theme.ink, self.theme.muted

    # --- names

    @cached_property
    def stands(self) -> list[Box]:
        """What words keep off: contenders, the dots where they rest, and their names."""
        return [*map(bounds, self.column_names), *self._dots]

    @property
    def _dots(self) -> list[Box]:
        """The boxes of contenders, and of the dots where they rest."""
        heights = (0.0, height_of(self.pair.best_beta), self.summit)
        dots = [(pull, up) for pull in self.pair.pulls for up in heights]
        dots += [(pull, height_of(one.beta)) for one in self.pair.places for pull in one.pulls]
        reach = np.array([-1.1, 1.1]) * PARTICLE_RADIUS
        around = (np.add.outer(reach, self.at(*dot)) for dot in dict.fromkeys(dots))
        return [Box(*low, *high) for low, high in around]

    @property
    def level(self) -> np.ndarray:
        """The line of the best β, (2, 2), units."""
        box, y = self.chart.box, float(self.critical[1])
        return np.array([(box.left, y), (box.right, y)])

    @property
    def critical(self) -> np.ndarray:
        """Where the last dot enters the wedge, (2,), units."""
        return self.at(self.pair.pulls[self.pair.last], height_of(self.pair.best_beta))

    @cached_property
    def critical_words(self) -> VGroup:
        """What the best β is called, and its number, beside its place."""
        (x, y), room, ways = self.critical.tolist(), self.chart.box.shrunk(0.05), []
        value = words.exact_beta(self.pair.best_beta)
        for lines in ((words.CRITICAL, value), (*words.CRITICAL.split(), value), (value,)):
            own = {side: bounds(self._stacked(lines, (0.0, 0.0), side)) for side in (0.0, 1.0)}
            for up in (0.24, -0.24, 0.4, -0.4, 0.6, -0.6, 0.9, -0.9, 1.2, -1.2):
                first = y + up + (0.3 * len(lines) - 0.2 if up > 0 else -0.1)
                for right, side in ((0.3, 0.0), (0.1, 0.0), (-0.3, 1.0), (-0.1, 1.0), (0.6, 0.0)):
                    at = (x + right, first)
                    ways.append((own[side].moved(*at), (lines, at, side)))
        inside = [way for way in ways if not outside(way[0], room)]
        keeps: tuple[list[np.ndarray], ...] = ([*self.wedge, self.level], [])
        clear = (way for keep in keeps for way in inside if has_room(way[0], self.stands, keep))
        _, way = next(clear, ways[0])
        return self._stacked(*way)

    def _stacked(self, lines: Sequence[str], at: tuple[float, float], side: float) -> VGroup:
        x, y = at
        return VGroup(
            *(
                Label(
                    *(line, SMALL, self.theme.ink, (x, y - 0.3 * row)),
                    across=side,
                    weight="Semibold",
                )
                for row, line in enumerate(lines)
            )
        )

    @cached_property
    def names(self) -> VGroup:
        """The steps at the lines and the regions' names, where there is room for them."""
        group, room = VGroup(), self.chart.box.shrunk(0.1)
        taken = [*self.stands, bounds(self.critical_words).shrunk(-CLEAR)]
        lines = [*self.wedge, self.level]
        kinds = {words.SWINGS: SWINGS, words.CREEPS: CREEPS, words.DIVERGES: DIVERGES}
        choices = [
            (Label(number(steps, 6), SMALL, self.theme.ink), self._at_line(line))
            for steps, line in self.lines
            if steps > 1
        ]
        for text, kind in kinds.items():
            name = Label(text, SMALL, self.theme.ink, weight="Semibold")
            choices.append((name, self._in_region(bounds(name), kind)))
        columns = [self.column(k) + (beside, 0.0) for k in (0, 1) for beside in (-0.1, 0.0, 0.1)]
        for name, spots in choices:
            own = bounds(name)
            inside = [at for at in spots if not outside(own.moved(*at), room)]
            keeps = ([*lines, *columns], lines)
            wide = own.shrunk(-OFF)
            ways = (at for keep in keeps for at in inside if has_room(wide.moved(*at), taken, keep))
            best = next(ways, None)
            if best is not None:
                group.add(name.set_text(name.text, best))
                taken.append(bounds(name).shrunk(-CLEAR))
        return group

    def _in_region(self, own: Box, kind: int) -> list[tuple[float, float]]:
        """Places of a name with those bounds inside of a region, those in its middle first."""
        size = own.shrunk(-0.1)
        box = self.chart.box.inset(size.width / 2, size.height / 2, size.width / 2, size.height / 2)
        grid = np.meshgrid(
            np.linspace(box.left, box.right, 33), np.linspace(box.bottom, box.top, 25)
        )
        spots = np.stack([axis.ravel() for axis in grid], axis=1)
        reach = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]) / 2
        around = spots[:, None] + reach * (size.width, size.height)
        inside = spots[(self._kinds(around) == kind).all(axis=1)]
        if not len(inside):
            return []
        away = np.hypot(*(inside - inside.mean(axis=0)).T)
        return [(x, y) for x, y in inside[np.argsort(away)][:150].tolist()]

    def _at_line(self, line: np.ndarray) -> list[tuple[float, float]]:
        """Places on a line among swinging springs, those farthest to the right first."""
        lengths = np.append(0.0, np.hypot(*np.diff(line, axis=0).T).cumsum())
        ends = np.linspace(0.0, lengths[-1], 300)
        points = np.stack([np.interp(ends, lengths, line[:, k]) for k in (0, 1)], axis=1)
        inside = points[self._kinds(points) == SWINGS]
        return [(x, y) for x, y in inside[np.argsort(-inside[:, 0])][::3].tolist()]

    def _kinds(self, points: np.ndarray) -> np.ndarray:
        """What springs do at points, (..., 2), units."""
        (sx, ox), (sy, oy) = self.chart.x_map, self.chart.y_map
        pulls, betas = np.exp((points[..., 0] - ox) / sx), betas_at((points[..., 1] - oy) / sy)
        low, high = self.pair.springs.swinging_pulls(betas)
        _, border = self.pair.springs.pulls_within(betas, 1.0)
        does = (pulls < low, (low < pulls) & (pulls < high), pulls > border)
        return np.select(does, (CREEPS, SWINGS, DIVERGES), BETWEEN)
