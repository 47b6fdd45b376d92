"""Chapter ``memory``: the rule grows a velocity, and the velocity does its work."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from manim import VGroup

from momentum_math.story import FIRST_GRADIENTS, RunStory
from scenes.kit.animations import Appear, March
from scenes.kit.charts import Chart, panel, panel_edge
from scenes.kit.formulas.mobject import Formula, role_color
from scenes.kit.map_layout import Valley, valley_boxes
from scenes.kit.particles import Arrow, Runner
from scenes.kit.shapes import LINE, THIN, along, clipped, corners, holds, part, rectangle, shape
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
    """

    def __init__(
        self, box: Box, gradients: np.ndarray, velocities: np.ndarray, last: int, scene: Memory
    ) -> None:
        theme = scene.theme
        gradients, velocities = gradients.copy(), velocities[: last + 1]
        gradients[last:] = 0.0  # the last one's bar does not grow any more
        # A direction without any slope keeps an empty strip.
        largest = float(np.abs(np.concatenate([gradients, velocities])).max()) or 1.0
        gradients, velocities, reach = gradients / largest, velocities / largest, 1.12
        both = np.concatenate([gradients, velocities])
        low = -reach if both.min() < 0 else 0.0
        high = reach if both.max() > 0 or low == 0.0 else 0.0
        self._chart = Chart(box, (-0.7, len(gradients) - 0.3), (low, high))
        self._gradients = gradients
        self._line_points = self._chart.place(
            np.stack([np.arange(len(velocities)), velocities], axis=1)
        )
        zero = self._chart.at(0, 0)[1]
        self._bars = shape(fill=theme.gradient, opacity=0.45)
        self._line = shape(stroke=theme.velocity, width=LINE * 1.3)
        super().__init__(
            panel(box, theme),
            shape(
                corners(np.array([(box.left, zero), (box.right, zero)])),
                stroke=theme.muted,
                width=THIN,
            ),
            panel_edge(box, theme),
            self._bars,
            self._line,
        )
        self.show_at(0.0)

    def show_at(self, step: float) -> Strip:
        count = min(int(step + 1e-9) + 1, len(self._gradients))
        zero = self._chart.at(0, 0)[1]
        bars = []
        for k in range(count):
            x, y = self._chart.at(k, self._gradients[k])
            grown = min(1.0, (step - k) / 0.3) if k == count - 1 else 1.0
            y = zero + (y - zero) * max(grown, 0.0)
            half = 0.36 * self._chart.x_map[0]
            bars.append(rectangle(Box(x - half, min(y, zero), x + half, max(y, zero))))
        self._bars.points = np.concatenate([np.zeros((0, 3)), *bars])
        self._line.points = corners(part(self._line_points, 0.0, step))
        return self


class Rolling(VGroup):
    """A particle with its two arrows, and the strips of its gradients."""

    def __init__(
        self, scene: Memory, runner: Runner, chart: Chart, strips: list[Strip], last: int
    ) -> None:
        theme = scene.theme
        self._runner, self._strips = runner, strips
        # Arrowheads stay under the names over the map.
        self._box = chart.box.inset(top=0.14)
        self._gradient, self._velocity = Arrow(theme.gradient, 0.06), Arrow(theme.velocity, 0.06)
        trajectory = scene.hero.run.trajectory
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

    def show_at(self, step: float) -> Rolling:
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
        return self


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
            seconds = beat.left
            self.play(
                March(rolling, rolling.show_at, lambda s: min(last, s * last / seconds), seconds)
            )

        with self.beat("compound"):
            self.play(Appear(self.sums(rows)), run_time=0.6)

    def strips(self, rows: list[Box], last: int) -> list[Strip]:
        """The components of gradients and velocities, as they are until a last step."""
        # Downhill is up in the strips, as it is forwards on the map.
        path = self.hero.run.trajectory
        gradients = -path.gradients[:FIRST_GRADIENTS]
        velocities = -path.velocities[1 : FIRST_GRADIENTS + 1]
        return [
            Strip(box, gradients @ way, velocities @ way, last, self)
            for box, way in zip(rows, self.story.directions, strict=True)
        ]

    def last_step(self, runner: Runner, chart: Chart) -> int:
        """The step that is rolled to: as long as it is on the map, and the step after is known."""
        inside = [holds(chart.box, point) for point in runner.path[1:FIRST_GRADIENTS]]
        on_map = inside.index(False) if False in inside else len(inside)
        return max(1, min(on_map, self.hero.run.trajectory.n - 1))

    def plain(self, box: Box) -> Formula:
        theme = self.theme
        gradient = theme.text(theme.gradient)
        return Formula(
            [(r"\theta \leftarrow \theta - \alpha", theme.ink), (r"\nabla L(\theta)", gradient)],
            BODY * 1.15,
            (box.left, box.top - 0.3),
            room=box.width,
        )

    def momentum(self, box: Box) -> list[VGroup]:
        """The rule with a memory: up to each term that has a meaning, and what it means."""
        theme, groups, pending = self.theme, [], VGroup()
        height = box.top - 0.9
        for line in self.hero.run.contender.optimizer.rule:
            roles = rule_parts(line)
            formula = Formula(
                [(tex, role_color(theme, role)) for tex, role in roles],
                BODY * 1.15,
                (box.left, height),
                room=box.width,
            )
            end, lower = box.left - 0.18, 0.0
            for term, (_, role) in zip(formula, roles, strict=True):
                pending.add(term)
                text = meaning(line, role)
                if text:
                    start = max(end + 0.18, term.get_center()[0] - text_width(text, SMALL) / 2)
                    under = height - 0.26
                    if start + text_width(text, SMALL) > box.right + 0.05:
                        start, under = box.right - text_width(text, SMALL), height - 0.56
                        lower = 0.12
                    name = Label(
                        text, SMALL, role_color(theme, role), (start, under), across=0.0, up="top"
                    )
                    end = start + text_width(text, SMALL)
                    groups.append(pending.add(name))
                    pending = VGroup()
            if len(pending):
                groups.append(pending)
                pending = VGroup()
            height -= 0.98 + lower
        return groups

    def strip_names(self, strips: list[Box]) -> VGroup:
        return VGroup(
            *(
                Label(
                    name,
                    SMALL,
                    self.theme.muted,
                    (box.left, box.top + 0.1),
                    across=0.0,
                    up="bottom",
                )
                for box, name in zip(strips, labels.gradient_bars(self.story), strict=True)
            )
        )

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
                Label(
                    text,
                    SMALL,
                    color,
                    (box.right, box.top + 0.1),
                    across=1.0,
                    up="bottom",
                    weight="Semibold",
                )
                for box, text in zip(strips, said, strict=True)
            )
        )
