"""Chapter ``memory``: the rule grows a velocity, and the velocity does its work."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from manim import VGroup

from momentum_math.story import FIRST_GRADIENTS, RunStory, full_gradients
from scenes.kit.animations import Appear, March
from scenes.kit.charts import Chart, over, panel, panel_edge
from scenes.kit.formulas.mobject import Formula, role_color
from scenes.kit.map_layout import Valley, valley_boxes
from scenes.kit.particles import Arrow, Runner
from scenes.kit.shapes import (
    LINE,
    THIN,
    along,
    clipped,
    corners,
    holds,
    joined,
    part,
    rectangle,
    shape,
)
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, text_width
from scenes.look import BODY, SMALL, Box
from scenes.words import labels
from scenes.words.rules import meaning, rule_parts


class Strip(VGroup):
    """One component of the gradients as bars, one of the velocities as a line over them.

    Args:
        box: units.
        gradients: (n,), the component at each step.
        velocities: (n,), the velocity that each step is made with.
        last: the step at which the film ends; the strip is as high as what is seen until then.
        scene: for its colours.
        full: (n,), the component of the gradients of all samples, where bars are of mini-batches.
    """

    def __init__(
        self,
        box: Box,
        gradients: np.ndarray,
        velocities: np.ndarray,
        last: int,
        scene: Memory,
        full: np.ndarray,
    ) -> None:
        theme, velocities = scene.theme, velocities[: last + 1]
        gradients = np.where(np.arange(len(gradients)) < last, gradients, 0.0)  # later bars stay
        both = np.concatenate([gradients, velocities, full[:last]])
        # A direction without any slope keeps an empty strip.
        largest, reach = float(np.abs(both).max()) or 1.0, 1.12
        low = -reach if both.min() < 0 else 0.0
        high = reach if both.max() > 0 or low == 0.0 else 0.0
        chart = Chart(box, (-0.7, len(gradients) - 0.3), (low, high))
        self._tips, self._line_points, self._full = (
            chart.place(np.stack([np.arange(len(sizes)), sizes / largest], axis=1))
            for sizes in (gradients, velocities, full[:last])
        )
        self._half, self._zero = 0.36 * chart.x_map[0], chart.at(0, 0)[1]
        self._bars = shape(fill=theme.gradient, opacity=0.45)
        self._line = shape(stroke=theme.velocity, width=LINE * 1.3)
        self._marks = shape(stroke=theme.ink, width=LINE)
        base = corners(np.array([(box.left, self._zero), (box.right, self._zero)]))
        zero = shape(base, stroke=theme.muted, width=THIN)
        edge = panel_edge(box, theme)
        super().__init__(panel(box, theme), zero, edge, self._bars, self._marks, self._line)
        self.show_at(0.0)

    def show_at(self, step: float) -> None:
        zero, half, bars = self._zero, self._half, []
        for k, (x, y) in enumerate(self._tips[: int(step + 1e-9) + 1].tolist()):
            y = zero + (y - zero) * min(1.0, max(0.0, (step - k) / 0.3))
            bars.append(rectangle(Box(x - half, min(y, zero), x + half, max(y, zero))))
        self._bars.points = np.concatenate([np.zeros((0, 3)), *bars])
        shown = self._full[: int(step + 1e-9) + 1]
        marks = (corners(np.array([(x - half, y), (x + half, y)])) for x, y in shown)
        self._marks.points = joined(marks)
        self._line.points = corners(part(self._line_points, 0.0, step))


class Rolling(VGroup):
    """A particle with its two arrows, and the strips of its gradients."""

    def __init__(
        self, scene: Memory, runner: Runner, chart: Chart, strips: list[Strip], last: int
    ) -> None:
        theme, trajectory = scene.theme, scene.hero.run.trajectory
        self._runner, self._strips = runner, strips
        # Arrowheads stay under the names over the map.
        self._box = chart.box.inset(top=0.14)
        self._gradient, self._velocity = Arrow(theme.gradient, 0.06), Arrow(theme.velocity, 0.06)
        scales = (chart.x_map[0], chart.y_map[0])
        size = float(np.abs(trajectory.gradients[: last + 1]).max()) or 1.0
        downhill = -trajectory.gradients[: last + 1] / size * scales
        velocity = -trajectory.velocities[1 : last + 2] / size * scales
        # A run that ends with its first step has no velocity to show.
        velocity = velocity if len(velocity) else np.zeros((1, 2))
        longest = float(np.linalg.norm(downhill, axis=1).max()) or 1.0
        fastest = float(np.linalg.norm(velocity, axis=1).max(initial=0.0)) or longest
        scale = 0.34 * chart.box.height / longest
        # An average is shorter than what it averages: the velocity is drawn a whole number of
        # times longer, and its name says how many.
        self.magnified = max(1, round(0.9 * longest / fastest))
        self._downhill, self._rolling = downhill * scale, velocity * scale * self.magnified
        super().__init__(*strips, runner, self._gradient, self._velocity)
        self.show_at(0.0)

    def show_at(self, step: float) -> None:
        whole = int(step + 1e-9)
        moved = min(1.0, max(0.0, (step - whole - 0.35) / 0.5))
        at = whole + moved * moved * (3 - 2 * moved)
        self._runner.show_at(at)
        stand = along(self._runner.path, at)
        for arrow, ways in ((self._gradient, self._downhill), (self._velocity, self._rolling)):
            inside = holds(self._box, stand) and clipped(
                np.stack([stand, stand + along(ways, at)]), self._box
            )
            arrow.point(*(inside[0] if inside else (stand, stand)))
        for strip in self._strips:
            strip.show_at(step)


class Memory(ChapterScene):
    """The rule of plain descent grows a memory; the particle shows what it is good for."""

    chapter = "memory"

    @cached_property
    def hero(self) -> RunStory:
        """The run whose velocity is shown."""
        return needed(self.story.with_memory)

    def construct(self) -> None:
        theme = self.theme
        valley = Valley(self.story, self.look)
        _, top, bottom = valley_boxes(self.look, 2.25, shares=(1.15, 1.0))
        rows = [row.inset(top=0.42, left=0.1, right=0.1) for row in bottom.rows(1, 1, gap=0.1)]

        with self.beat("plain_rule"):
            self.add(self.heading(), valley)
            plain = self.plain(top)
            self.play(Appear(plain), run_time=0.6)

        with self.beat("remember") as beat:
            self.play(plain.animate.set_color(theme.muted), run_time=0.4)
            groups = self.momentum(top)
            share = beat.left / len(groups)
            for group in groups:
                self.play(Appear(group), run_time=0.6)
                self.wait(share - 0.6)

        runner = self.runner(self.hero.index, valley.chart)
        last = self.last_step(runner, valley.chart)
        strips = self.strips(rows, last)
        rolling = Rolling(self, runner, valley.chart, strips, last)
        with self.beat("add_up") as beat:
            names = (self.strip_names(rows), self.arrow_names(valley.chart, rolling.magnified))
            self.play(Appear(rolling, *names), run_time=0.6)
            seconds, show = beat.left, rolling.show_at
            self.play(March(rolling, show, lambda s: min(last, s * last / seconds), seconds))

        with self.beat("compound"):
            self.play(Appear(self.sums(rows)), run_time=0.6)

    def strips(self, rows: list[Box], last: int) -> list[Strip]:
        """The components of gradients and velocities until a last step."""
        # Downhill is up in the strips, as it is forwards on the map.
        path = self.hero.run.trajectory
        gradients = -path.gradients[:FIRST_GRADIENTS]
        velocities = -path.velocities[1 : FIRST_GRADIENTS + 1]
        full = -full_gradients(self.hero)[:FIRST_GRADIENTS]
        return [
            Strip(box, gradients @ way, velocities @ way, last, self, full @ way)
            for box, way in zip(rows, self.story.directions, strict=True)
        ]

    def last_step(self, runner: Runner, chart: Chart) -> int:
        """The step that is rolled to: as long as it is on the map, and the step after is known."""
        inside = [holds(chart.box, point) for point in runner.path[1:FIRST_GRADIENTS]]
        on_map = inside.index(False) if False in inside else len(inside)
        return max(1, min(on_map, self.hero.run.trajectory.n - 1))

    def plain(self, box: Box) -> Formula:
        """The rule without a memory."""
        parts = [(r"\theta \leftarrow \theta - \alpha", ""), (r"\nabla L(\theta)", "gradient")]
        return self.line(parts, box, box.top - 0.3)

    def line(self, roles: list[tuple[str, str]], box: Box, baseline: float) -> Formula:
        """A line of a rule, (LaTeX, role) parts, at the left edge of a box."""
        parts = [(tex, role_color(self.theme, role)) for tex, role in roles]
        return Formula(parts, BODY * 1.15, (box.left, baseline), room=box.width)

    def momentum(self, box: Box) -> list[VGroup]:
        """The rule with a memory: up to each term that has a meaning, and what it means."""
        groups, pending, height = [], VGroup(), box.top - 0.9
        for line in self.hero.run.contender.optimizer.rule:
            roles = rule_parts(line)
            end, lower = box.left - 0.18, 0.0
            for term, (_, role) in zip(self.line(roles, box, height), roles, strict=True):
                pending.add(term)
                text = meaning(line, role)
                if text:
                    color, width = role_color(self.theme, role), text_width(text, SMALL)
                    start, under = max(end + 0.18, term.get_center()[0] - width / 2), height - 0.26
                    if start + width > box.right + 0.05:
                        start, under, lower = box.right - width, height - 0.56, 0.12
                    name = Label(text, SMALL, color, (start, under), across=0.0, up="top")
                    end = start + width
                    groups.append(pending.add(name))
                    pending = VGroup()
            if len(pending):
                groups.append(pending)
                pending = VGroup()
            height -= 0.98 + lower
        return groups

    def strip_names(self, strips: list[Box]) -> VGroup:
        names, muted = labels.gradient_bars(self.story), self.theme.muted
        return VGroup(*(over(b, name, muted, 0.1) for b, name in zip(strips, names, strict=True)))

    def arrow_names(self, chart: Chart, magnified: int) -> VGroup:
        """The names of the two arrows, over the map."""
        theme = self.theme
        x, y = chart.box.right, chart.box.top + 0.2
        long, short = labels.arrow_names(magnified)
        fits = text_width("".join(long), SMALL) + 2 * 0.57 + 0.3 <= chart.box.width
        names, texts = VGroup(), long if fits else short
        for name, color in zip(texts, (theme.velocity, theme.gradient), strict=True):
            names.add(Label(name, SMALL, theme.text(color), (x, y), across=1.0))
            x -= text_width(name, SMALL) + 0.12
            names.add(Arrow(color).point(np.array([x - 0.45, y]), np.array([x, y])))
            x -= 0.75
        return names

    def sums(self, strips: list[Box]) -> VGroup:
        """The sum of each component in words, beside its strip's name."""
        color = self.theme.text(self.theme.velocity)
        said = [labels.sum_of_gradients(agreed) for agreed in self.story.agreement]
        return VGroup(
            *(
                over(box, text, color, 0.1, across=1.0, weight="Semibold")
                for box, text in zip(strips, said, strict=True)
            )
        )
