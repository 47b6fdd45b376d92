"""The loss against the step on a log axis: what ``loss_race`` and ``summary`` draw."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import VGroup, VMobject

from momentum_math import Outcome, Run
from scenes import words
from scenes.kit.figures import (
    HAIR,
    LINE,
    THIN,
    Chart,
    Particle,
    along,
    corners,
    disc,
    holds,
    nice_ticks,
    panel,
    panel_edge,
    part,
    regular,
    shape,
    x_axis,
    y_axis,
)
from scenes.kit.label_placement import bounds, clearest, outline
from scenes.kit.text.label import Label, first_fitting, fitted, text_width
from scenes.look import SMALL, Box, Theme, readable

# The log axis reaches this far below the threshold, and this many decades above the start; more
# where runs rise higher and do not diverge.
DEPTH, HEIGHT, MOST_HEIGHT = 1e-5, 2.0, 12.0


class LossScale:
    """How losses become heights: their log10 above the minimum, or a symmetric log without one.

    Heights are clamped to the axis; ``lasting`` tells from which step on a run is off it for good.

    Attributes:
        low: where the axis begins, in heights.
        high: where it ends.
    """

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        losses = np.concatenate([run.excess for run in outcome.runs])
        # Where every loss is the lowest there is no logarithm of it: the axis is linear round 0.
        self.is_log = outcome.experiment.landscape.minimum is not None and bool(losses.any())
        self._linear = linear_part(outcome)
        heights = self._height(losses)
        heights = heights[np.isfinite(heights)]
        lowest, highest = float(heights.min()), float(heights.max())
        start = self._height(outcome.runs[0].excess[:1])[0]
        start = float(start) if np.isfinite(start) else highest
        if self.is_log:
            threshold = outcome.experiment.threshold
            aim = np.log10(threshold) if threshold is not None else lowest
            # At least a decade under the threshold, for the steps that are written there.
            lowest = max(min(lowest, aim - 1), min(np.log10(DEPTH) + aim, highest - 1))
            self.low, self.high = (
                float(np.floor(lowest)) - 0.25,
                float(min(highest, max(start + HEIGHT, self._highest_kept()))) + 0.35,
            )
        else:
            reach = abs(start) + HEIGHT
            self.low, self.high = (
                float(max(lowest, -reach)) - 0.25,
                float(min(highest, reach)) + 0.35,
            )

    def _highest_kept(self) -> float:
        """As high as runs are that do not diverge, so far as an axis can be read."""
        kept = [run.excess for run in self._outcome.runs if run.trajectory.ended_at is None]
        heights = self._height(np.concatenate([self._outcome.runs[0].excess[:1], *kept]))
        return min(float(heights.max()), float(heights[0]) + MOST_HEIGHT)

    def _height(self, losses: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.is_log:
                return np.where(losses > 0, np.log10(np.maximum(losses, 1e-300)), -np.inf)
            return np.sign(losses) * np.log10(1 + np.abs(losses) / self._linear)

    def heights(self, run: Run) -> np.ndarray:
        """A run's losses as heights, clamped to the axis, (n + 1,)."""
        heights = np.nan_to_num(
            self._height(run.excess), nan=self.high, posinf=self.high, neginf=self.low
        )
        return np.clip(heights, self.low, self.high)

    def lasting(self, run: Run) -> int:
        """The last step at which a run is on the axis, or the last step of all."""
        on = np.flatnonzero(self._on_axis(run))
        return min(int(on[-1]) + 1, len(run.excess) - 1) if len(on) else 0

    def drawn_true(self, run: Run) -> list[int]:
        """The steps at which the head stands at its true height."""
        return [int(k) for k in np.flatnonzero(self._on_axis(run))] if self.is_log else []

    def _on_axis(self, run: Run) -> np.ndarray:
        height = self._height(run.excess)
        return (self.low < height) & (height < self.high)

    def height(self, loss: float) -> float:
        """The height of one loss."""
        return float(self._height(np.array([loss]))[0])

    @property
    def threshold(self) -> float | None:
        """The height of the threshold, where there is one and it is on the axis."""
        value = self._outcome.experiment.threshold
        height = None if value is None else self.height(value)
        return height if height is not None and self.low < height < self.high else None

    def ticks(self, closest: float) -> list[tuple[float, str]]:
        """(height, label) of powers of ten that are at least ``closest`` apart."""
        if self.is_log:
            every = int(np.ceil(closest))
            decades = range(int(np.ceil(self.low)), int(np.floor(self.high)) + 1)
            return [(float(d), words.power(d)) for d in decades if d % every == 0]
        every = int(np.ceil(closest))
        first = round(np.log10(self._linear)) + every
        ups = [(self.height(10.0**d), d) for d in range(first, first + 40, every)]
        ticks = [(0.0, "0"), *((h, words.power(d)) for h, d in ups)]
        ticks += [(-h, f"−{words.power(d)}") for h, d in ups]
        return sorted((h, label) for h, label in ticks if self.low < h < self.high)


def linear_part(outcome: Outcome) -> float:
    """Below which size a loss on the symmetric axis is shown linearly: a hundredth of the first."""
    first = abs(float(outcome.runs[0].excess[0]))
    return float(f"1e{round(np.log10(first)) - 2}") if first > 0 else 1e-2


def race_chart(outcome: Outcome, scale: LossScale, box: Box) -> Chart:
    """Steps to the right, heights of the loss upwards, over all contenders."""
    return Chart(box, (0.0, float(outcome.experiment.steps)), (scale.low, scale.high))


def dashes(
    start: tuple[float, float], end: tuple[float, float], dash: float = 0.12, gap: float = 0.09
) -> list[np.ndarray]:
    """Outlines of a dashed straight line, units."""
    a, b = np.array(start), np.array(end)
    length = float(np.linalg.norm(b - a))
    starts = np.arange(0.0, length, dash + gap)
    return [
        corners(np.stack([a + (b - a) * s / length, a + (b - a) * min(s + dash, length) / length]))
        for s in starts
    ]


class RaceAxes(VGroup):
    """Panel, decades, steps, and the threshold as a dashed line."""

    def __init__(self, outcome: Outcome, scale: LossScale, chart: Chart, theme: Theme) -> None:
        box = chart.box
        losses = scale.ticks(1.35 * SMALL / chart.y_map[0])
        steps = nice_ticks(*chart.x, max(3, int(box.width / 0.95)))
        steps = [step for step in steps if step == round(step)]  # there are no half steps
        rows = [chart.at(0, height)[1] for height, _ in losses]
        grid = [corners(np.array([(box.left, y), (box.right, y)])) for y in rows]
        super().__init__(
            panel(box, theme),
            shape(*grid, stroke=theme.contour, width=HAIR, opacity=0.7),
            panel_edge(box, theme),
            x_axis(chart, theme, steps, [words.number(s, 6) for s in steps]),
            y_axis(chart, theme, [height for height, _ in losses], [label for _, label in losses]),
            Label("Step", SMALL, theme.muted, (box.center[0], box.bottom - 0.46), 0.5, "top"),
        )
        if scale.threshold is not None:
            ends = (chart.at(end, scale.threshold) for end in chart.x)
            line = dashes(*ends)
            self.add(shape(*line, stroke=theme.graphic(theme.muted), width=THIN * 1.2))


class Curve(VGroup):
    """A contender's losses as a line that grows: a thin darker edge under its colour."""

    def __init__(self, path: np.ndarray, color: str, theme: Theme, width: float = LINE) -> None:
        self._path = path
        super().__init__(
            shape(stroke=readable(color, theme.panel, 4.5), width=width * theme.stroke_scale + 1.6),
            shape(stroke=color, width=width * theme.stroke_scale),
        )

    def show(self, step: float) -> Curve:
        points = corners(part(self._path, 0.0, step))
        for line in self:
            line.points = points
        return self


def race_paths(outcome: Outcome, scale: LossScale, chart: Chart) -> list[np.ndarray]:
    """Each contender's losses in units, (n, 2), until they leave the axis for good."""
    paths = []
    for run in outcome.runs:
        values = scale.heights(run)[: scale.lasting(run) + 1]
        paths.append(chart.place(np.stack([np.arange(len(values)), values], axis=1)))
    return paths


def leaving_marks(
    outcome: Outcome, scale: LossScale, chart: Chart, theme: Theme
) -> list[Milestone]:
    """A triangle where a curve leaves the axis for good: up when it diverges, down at the floor."""
    marks = []
    for index, (run, path) in enumerate(
        zip(outcome.runs, race_paths(outcome, scale, chart), strict=True)
    ):
        if (len(path) == len(run.excess) and run.status == "running") or len(path) == 0:
            continue
        if len(path) == len(run.excess) and run.trajectory.ended_at is None:
            continue
        color = theme.contenders[index % len(theme.contenders)]
        x, y = path[-1]
        up = y > chart.box.center[1]
        triangle = regular(3, 0.17, 90.0 if up else -90.0) + (x, y - 0.1 if up else y + 0.1, 0.0)
        marks.append(
            Milestone(
                len(path) - 1,
                shape(triangle, fill=theme.graphic(color), stroke=theme.panel, width=THIN),
                fade=1.0,
            )
        )
    return marks


def spread(
    centers: Sequence[float], sizes: Sequence[float], low: float, high: float, fixed: int = 0
) -> list[float]:
    """Centres moved apart so that things of these sizes do not overlap, inside a range.

    Args:
        centers: where things wish to be, in any order.
        sizes: their extents.
        low: where the range begins.
        high: where it ends.
        fixed: so many at the end of the list stay where they are.

    Returns:
        The new centres, in the order given.
    """
    order = sorted(range(len(centers)), key=lambda i: (centers[i], -i))
    placed = [centers[i] for i in order]
    half = [sizes[i] / 2 for i in order]
    loose = [0.0 if i >= len(centers) - fixed else 1.0 for i in order]
    for _ in range(80):
        for a in range(len(placed) - 1):
            short = half[a] + half[a + 1] - (placed[a + 1] - placed[a])
            give = loose[a] + loose[a + 1]
            if short > 1e-9 and give:
                placed[a] -= short * loose[a] / give
                placed[a + 1] += short * loose[a + 1] / give
        for a in range(len(placed)):
            if loose[a]:
                placed[a] = min(max(placed[a], low + half[a]), high - half[a])
    result = [0.0] * len(placed)
    for rank, index in enumerate(order):
        result[index] = placed[rank]
    return result


def endings(name: str, how: str, step: int | None) -> list[str]:
    """What stands at the end of a run's curve: how it ended and when, as much as there is room."""
    return [name] if step is None else [f"{name} {how} at step {step}", f"{name} {how}", name]


class Racers(VGroup):
    """All curves with their heads, each head labelled beside it.

    A head is drawn over the heads before it; the first is the largest, so that heads at one
    point are all seen. Labels keep clear of each other and of ``obstacles``, and left of ``right``.
    """

    def __init__(
        self,
        outcome: Outcome,
        scale: LossScale,
        chart: Chart,
        theme: Theme,
        labels: Sequence[str],
        right: float,
        obstacles: Sequence[Label] = (),
    ) -> None:
        self._paths = race_paths(outcome, scale, chart)
        self._box, self._names = chart.box, labels
        self._obstacles = [
            (o.get_left()[0], o.get_right()[0], o.get_center()[1], o.height + 0.12)
            for o in obstacles
        ]
        self._ends = [
            first_fitting(
                endings(name, words.ended_as(outcome, i), run.trajectory.ended_at),
                SMALL,
                right - path[-1][0] - 0.26,
                "Semibold",
            )
            for i, (name, run, path) in enumerate(
                zip(labels, outcome.runs, self._paths, strict=True)
            )
        ]
        colors = [theme.contenders[i % len(theme.contenders)] for i in range(len(self._paths))]
        self.curves = VGroup(
            *(Curve(p, c, theme) for p, c in zip(self._paths, colors, strict=True))
        )
        self.heads = VGroup(
            *(Particle(i, c, theme, radius=0.15 - 0.03 * min(i, 3)) for i, c in enumerate(colors))
        )
        self.labels = VGroup(
            *(
                Label(text, SMALL, theme.text(c), (0, 0), 0.0, "middle", "Semibold").on(theme.panel)
                for text, c in zip(labels, colors, strict=True)
            )
        )
        super().__init__(self.curves, self.heads, self.labels)
        self._covered: list[int] = []
        self._lifted = [0.0] * len(self._paths)
        self._uncover_heads()
        self.show(0.0)

    def _uncover_heads(self) -> None:
        """Have labels keep off the heads on which they would lie when all have ended."""
        last = float(max(map(len, self._paths)))
        for _ in self._paths:
            self.show(last)
            new = {other for _, other in self._covering()} - {*self._covered}
            if not new:
                break
            before = list(self._covered)
            self._covered += sorted(new)
            self.show(last)
            heights = sorted(label.at[1] for label in self.labels)
            if any(high - low < 1.2 * SMALL for low, high in pairwise(heights)):
                self._covered = before
                break
        # Where there is no room above each other: as much of a label as fits before the head.
        self.show(last)
        for own, other in self._covering():
            room = float(self._paths[other][-1][0]) - 0.2 - self.labels[own].at[0]
            if room > 2 * SMALL:
                self._ends[own] = fitted(self._ends[own], SMALL, room, "Semibold")
            else:
                self._lift(own)

    def _lift(self, own: int) -> None:
        """Move a label that lies on a head to the next height where no head and no label is."""
        label, box = self.labels[own], self._box
        taken = [outline(bounds(other)) for other in self.labels if other is not label]
        taken += [ring(0.16) + path[-1] for path in self._paths]
        rows = Box(-np.inf, box.bottom, np.inf, box.top)
        lifts = [sign * 1.3 * SMALL * row for row in range(1, 9) for sign in (-1.0, 1.0)]
        choices = [(text, lift) for text in (label.text, self._names[own]) for lift in lifts]
        moved = [label.copy().set_text(text).shift((0.0, lift, 0.0)) for text, lift in choices]
        best = moved.index(clearest(moved, taken, rows))
        self._ends[own], self._lifted[own] = choices[best]
        self.show(float(max(map(len, self._paths))))

    def _covering(self) -> list[tuple[int, int]]:
        """Which label lies on which other head where all have ended."""
        rooms = [bounds(label).shrunk(-0.16) for label in self.labels]
        return [
            (own, other)
            for own, room in enumerate(rooms)
            for other, path in enumerate(self._paths)
            if own != other and holds(room, path[-1])
        ]

    def show(self, step: float) -> Racers:
        tips = [along(path, step) for path in self._paths]
        texts = [
            end if step >= len(path) - 1 else name
            for name, end, path in zip(self._names, self._ends, self._paths, strict=True)
        ]
        left = min(float(tip[0]) for tip in tips) + 0.26
        right = max(
            float(tip[0]) + 0.3 + text_width(t, SMALL, "Semibold")
            for tip, t in zip(tips, texts, strict=True)
        )
        met = [
            (y, size) for first, last, y, size in self._obstacles if first < right and left < last
        ]
        met += [
            (float(tips[k][1]), 1.3 * SMALL)
            for k in self._covered
            if step >= len(self._paths[k]) - 1
        ]
        heights = spread(
            [*(float(tip[1]) for tip in tips), *(y for y, _ in met)],
            [*[1.3 * SMALL] * len(tips), *(size for _, size in met)],
            self._box.bottom,
            self._box.top,
            len(met),
        )
        for k, (curve, head, label) in enumerate(
            zip(self.curves, self.heads, self.labels, strict=True)
        ):
            curve.show(step)
            head.stand(tips[k])
            lifted = self._lifted[k] if step >= len(self._paths[k]) - 1 else 0.0
            label.at = (float(tips[k][0]) + 0.26, heights[k] + lifted)
            label.set_text(texts[k])
        return self


class Milestone(VGroup):
    """Something that shows from a step on: it fades in over the next few steps.

    Args:
        step: from which it shows.
        parts: fully drawn mobjects.
        fade: steps it takes.
    """

    def __init__(self, step: int, *parts: VMobject, fade: float = 5.0) -> None:
        super().__init__(*parts)
        self._step, self._fade = step, fade
        self._full = [
            (p, p.get_fill_opacity(), p.get_stroke_opacity(), p.get_stroke_opacity(background=True))
            for p in parts
        ]

    def show(self, step: float) -> Milestone:
        share = min(1.0, max(0.0, (step - self._step) / self._fade))
        for mobject, fill, stroke, halo in self._full:
            mobject.set_fill(opacity=fill * share, family=False)
            mobject.set_stroke(opacity=stroke * share, family=False)
            mobject.set_stroke(opacity=halo * share, background=True, family=False)
        return self


RING = 0.17  # units, radius of the ring round an event


def ring(radius: float) -> np.ndarray:
    """Points of a circle round the origin, (25, 2)."""
    angles = np.linspace(0, 2 * np.pi, 25)
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def crossing_mark(chart: Chart, step: int, height: float, color: str, theme: Theme) -> VMobject:
    """A ring round a point of the plot."""
    x, y = chart.at(step, height)
    return shape(disc(RING) + (x, y, 0.0), stroke=readable(color, theme.panel, 4.5), width=LINE)


def bound_dashes(chart: Chart, constant: float, rate: float) -> list[np.ndarray]:
    """The bound constant * rate**step as dashes, as far as they are inside the chart."""
    start = np.log10(constant)
    end = start + chart.x[1] * np.log10(rate)
    first = max(0.0, (start - chart.y[1]) / max(start - end, 1e-12) * chart.x[1])
    return dashes(chart.at(first, min(start, chart.y[1])), chart.at(chart.x[1], end))


def threshold_label(
    outcome: Outcome, scale: LossScale, chart: Chart, theme: Theme, lines: Sequence[np.ndarray]
) -> Label:
    """The threshold's name at its line, on the right if the curves leave room there.

    Args:
        outcome: with a threshold.
        scale: of the losses, the threshold among them.
        chart: where they stand.
        theme: of the film.
        lines: what is drawn besides the curves.
    """
    value, box = outcome.experiment.threshold, chart.box
    y = chart.at(0, scale.threshold)[1]
    names = [
        f"convergence threshold {words.threshold(value)}",
        f"threshold {words.threshold(value)}",
        "threshold",
    ]
    labels = [
        Label(name, SMALL, theme.muted, (float(x), y + up), 1.0, vertical)
        for name in names
        for x in np.linspace(box.right - 0.12, box.left + 0.12 + text_width(name, SMALL), 12)
        for up, vertical in ((0.09, "bottom"), (-0.12, "top"))
    ]
    lines = [*race_paths(outcome, scale, chart), *lines]
    return clearest(labels, lines, box).on(theme.panel)
