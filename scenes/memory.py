"""Chapter ``memory``: the rule grows a velocity, and the velocity does its work."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial

import numpy as np
from manim import VGroup, VMobject, color_to_rgba, smooth

from momentum_math.story import FIRST_GRADIENTS, RunStory, full_gradients
from momentum_math.story.agreement import agreement
from scenes.kit.animations import Appear, March, Vanish, after, ease, landing
from scenes.kit.basin.cuts import Balls, Cuts, moves_on_cuts
from scenes.kit.basin.gradient_strip import GradientStrip
from scenes.kit.charts import Chart, over
from scenes.kit.formulas.layout import one_line
from scenes.kit.formulas.mobject import LEAST, Formula, role_color
from scenes.kit.label_placement import bounds
from scenes.kit.map_layout import Valley, valley_boxes
from scenes.kit.particles import Arrow, Runner
from scenes.kit.shapes import (
    along,
    clipped,
    holds,
    rectangle,
    shape,
)
from scenes.kit.stage import ChapterScene, needed
from scenes.kit.text.label import Label, Vertical, text_width
from scenes.look import BODY, SMALL, Box
from scenes.words import labels
from scenes.words.rules import few_lines, meaning, plain_rule, rule_parts

RULE_HEIGHT, CUTS_HEIGHT = 2.25, 1.75  # units, the plot's name with it
LIGHT = 0.14  # opacity of the light behind a term
ALONE = 0.8  # the least length of the first gradient's arrow


class Terms(VGroup):
    """Terms of a rule, as they were typeset, and what they are called."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[tuple[VMobject, str, str]] = []

    def take(self, term: VMobject, tex: str, role: str) -> None:
        """Have one more term, with its LaTeX and its role."""
        self.add(term)
        self.terms.append((term, tex, role))


class Flying(VMobject):
    """A term of one rule on its way to the end of a term of another, which ends in the same."""

    def __init__(self, source: VMobject, target: VMobject) -> None:
        super().__init__(fill_color=source.get_fill_color(), fill_opacity=1.0, stroke_width=0.0)
        corner, goal = bounds(source), bounds(target)
        scale = goal.height / corner.height
        self._first = source.points.copy()
        ends = np.array([(corner.right, corner.bottom, 0.0), (goal.right, goal.bottom, 0.0)])
        self._last = (self._first - ends[0]) * scale + ends[1]
        colors = (color_to_rgba(one.get_fill_color()) for one in (source, target))
        self._colors = list(colors)
        self.show_at(0.0)

    def show_at(self, share: float) -> None:
        """The picture at a share of the way."""
        share, (first, last) = ease(share), self._colors
        self.points = self._first + (self._last - self._first) * share
        self.fill_rgbas = (first + (last - first) * share)[None]


class Rolling(VGroup):
    """A particle with its two arrows, and the strips of its gradients."""

    def __init__(
        self,
        scene: Memory,
        runner: Runner,
        chart: Chart,
        strips: list[GradientStrip],
        last: int,
        balls: Balls | None,
    ) -> None:
        theme, trajectory = scene.theme, scene.hero.run.trajectory
        self._runner, self.strips, self._balls = runner, strips, balls
        # Arrowheads stay under the names over the map.
        self._box = chart.box.inset(top=0.14)
        self.gradient, self.velocity = Arrow(theme.gradient, 0.06), Arrow(theme.velocity, 0.06)
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
        length = float(np.linalg.norm(self._downhill[0]))
        self._first = self._downhill[0] * max(1.0, ALONE / length if length else 1.0)
        super().__init__(*strips, runner, self.gradient, self.velocity)
        if balls:
            self.add(balls)
        self.show_at(0.0)

    def see_now(self, share: float) -> None:
        """Show a share of the first gradient's arrow, long enough to be seen while it is alone."""
        self._point(self.gradient, self._runner.path[0], self._first * ease(share))

    def compare(self, share: float) -> None:
        """Bring the first gradient's arrow to the scale of those that come."""
        way = self._first + (self._downhill[0] - self._first) * ease(share)
        self._point(self.gradient, self._runner.path[0], way)

    def _point(self, arrow: Arrow, stand: np.ndarray, way: np.ndarray) -> None:
        """Have an arrow point that way, as far as the map reaches."""
        inside = holds(self._box, stand) and clipped(np.stack([stand, stand + way]), self._box)
        arrow.point(*(inside[0] if inside else (stand, stand)))

    def show_at(self, step: float) -> None:
        whole = int(step + 1e-9)
        at = whole + landing((step - whole - 0.35) / 0.5)
        self._runner.show_at(at)
        if self._balls:
            self._balls.show_at(at)
        stand = along(self._runner.path, at)
        for arrow, ways in ((self.gradient, self._downhill), (self.velocity, self._rolling)):
            self._point(arrow, stand, along(ways, at))
        for strip in self.strips:
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
        _, top, bottom = valley_boxes(self.look, RULE_HEIGHT, shares=(1.15, 1.0))
        rows = self.rows(bottom)
        runner = self.runner(self.hero.index, valley.chart)
        last = self.last_step(runner, valley.chart)
        plot, balls = VGroup(), None
        if moves_on_cuts(self.story):
            cuts = Cuts(self.story, self.look, self.cuts_box(bottom))
            balls = cuts.balls(self.hero.index, last)
            plot = cuts.parts(balls).add(balls)
        swinging = balls if self.is_roomy(bottom) else None
        rolling = Rolling(self, runner, valley.chart, self.strips(rows, last), last, swinging)
        velocity, gradient = self.arrow_names(valley.chart, rolling.magnified)
        bars = VGroup(*rolling.strips, self.strip_names(rows))
        giving_way = VGroup() if swinging else plot  # the cuts, where the bars need their room

        with self.beat("plain_rule"):
            self.add(valley)
            plain = self.plain(top)
            there = plot if len(giving_way) else VGroup(plot, bars)
            self.play(Appear(self.heading(), plain, there), run_time=0.6)
            seen_now = self.light(plain[1], "gradient term")
            grown = [March(rolling.gradient, rolling.see_now, lambda s: s / 0.8, 0.8)]
            for strip in () if len(giving_way) else rolling.strips:
                grown.append(March(strip, strip.see_now, lambda s: s / 0.8, 0.8))
            self.play(*grown, Appear(gradient, seen_now, run_time=0.4))

        groups = self.momentum(top)
        with self.beat("remember") as beat:
            dimmed = plain.animate.set_color(theme.muted)
            self.play(dimmed, Vanish(seen_now), run_time=0.4)
            share = beat.left / len(groups)
            for group in groups:
                self.grow(group, plain)
                self.wait(share - 0.8)

        with self.beat("add_up") as beat:
            arriving = VGroup(runner)
            if len(giving_way):
                self.play(Vanish(giving_way), run_time=0.2)
                arriving.add(bars)
            lit = {role: self.lights(groups, role) for role in ("gradient term", "velocity term")}
            shrinks = March(rolling.gradient, rolling.compare, lambda s: s / 0.4, 0.4)
            self.play(Appear(arriving, lit["gradient term"]), shrinks, run_time=0.4)
            self.play(Appear(rolling.velocity, velocity, lit["velocity term"]), run_time=0.4)
            seconds, show = beat.left, rolling.show_at
            self.play(March(rolling, show, lambda s: min(last, s * last / seconds), seconds))

        with self.beat("compound"):
            self.play(Appear(self.sums(rows)), run_time=0.6)

    # --- what is where

    @staticmethod
    def is_roomy(box: Box) -> bool:
        """Whether there is room in a box for the cuts over the bars."""
        return box.width >= 4.2 and box.height >= CUTS_HEIGHT + 1.3

    def cuts_box(self, box: Box) -> Box:
        """Where the cuts are drawn: in the upper part of a box, or in all of it until bars come."""
        below = box.height - CUTS_HEIGHT if self.is_roomy(box) else 0.1
        return box.inset(left=0.1, top=0.45, right=0.1, bottom=below)

    def rows(self, box: Box) -> list[Box]:
        """The boxes of the bars: under each other, or side by side under the cuts."""
        if not (moves_on_cuts(self.story) and self.is_roomy(box)):
            return [row.inset(top=0.42, left=0.1, right=0.1) for row in box.rows(1, 1, gap=0.1)]
        under = box.inset(top=CUTS_HEIGHT + 0.5, left=0.1, right=0.1, bottom=0.33)
        return list(under.columns(1, 1, gap=0.25))

    # --- the rule

    def grow(self, group: Terms, plain: Formula) -> None:
        """Have terms appear; those that the plain rule has come from there, and arrive first."""
        flying = [
            Flying(source, term)
            for term, tex, role in group.terms
            for source, wanted in zip(plain, plain_rule(self.hero), strict=True)
            if (tex, role) == wanted or (role == "gradient term" and wanted[1] == "gradient")
        ]
        marches = [March(one, one.show_at, lambda s: s / 0.5, 0.8) for one in flying]
        rate = after(0.5 / 0.8, smooth) if flying else smooth
        self.play(Appear(group, run_time=0.8, rate_func=rate), *marches)
        self.remove(*flying)

    def lights(self, groups: list[Terms], role: str) -> VGroup:
        """Soft light behind the terms of a role, in its colour."""
        terms = (one for group in groups for one in group.terms)
        return VGroup(*(self.light(term, role) for term, _, own in terms if own == role))

    def light(self, term: VMobject, role: str) -> VMobject:
        """Soft light behind a term, in the colour of its role."""
        box = bounds(term).shrunk(-0.07)
        return shape(rectangle(box), fill=role_color(self.theme, role), opacity=LIGHT)

    def strips(self, rows: list[Box], last: int) -> list[GradientStrip]:
        """The components of gradients and velocities until a last step."""
        # Downhill is up in the strips, as it is forwards on the map.
        path = self.hero.run.trajectory
        gradients = -path.gradients[: last + 1]
        velocities = -path.velocities[1 : last + 2]
        full = -full_gradients(self.hero)[: last + 1]
        return [
            GradientStrip(box, gradients @ way, velocities @ way, last, self.theme, full @ way)
            for box, way in zip(rows, self.story.directions, strict=True)
        ]

    def last_step(self, runner: Runner, chart: Chart) -> int:
        """The step that is rolled to: on the map, the one after known, both arrows well in sight.

        It is in the last third of the first steps, and the bars until then sum up as all of them.
        """
        path = self.hero.run.trajectory
        if path.n < 2:  # there is nothing to choose from, and perhaps no velocity
            return 1
        inside = [holds(chart.box, point) for point in runner.path[1:FIRST_GRADIENTS]]
        on_map = inside.index(False) if False in inside else len(inside)
        most = max(1, min(on_map, path.n - 1))
        arrows = (path.gradients[: most + 1], path.velocities[1 : most + 2])
        sizes = [np.linalg.norm(ways, axis=1) for ways in arrows]
        seen = np.minimum(*(size / (float(size.max()) or 1.0) for size in sizes))
        ways, told = self.story.directions, self.verdicts(self.story.agreement)
        late = range(most - most // 3, most)
        alike = [k for k in late if self.verdicts(agreement(path.gradients[:k], ways)) == told]
        return max([*alike, most], key=lambda step: float(seen[step]))

    @staticmethod
    def verdicts(agreed: Iterable[float | None]) -> list[str]:
        """The sums of gradients in each direction, in words."""
        return [labels.sum_of_gradients(one) for one in agreed]

    def plain(self, box: Box) -> Formula:
        """The rule without a memory."""
        return self.line(plain_rule(self.hero), box, box.top - 0.3)

    def line(self, roles: list[tuple[str, str]], box: Box, baseline: float) -> Formula:
        """A line of a rule, (LaTeX, role) parts, at the left edge of a box."""
        parts = [(tex, role_color(self.theme, role)) for tex, role in roles]
        return Formula(parts, BODY * 1.15, (box.left, baseline), room=box.width)

    def momentum(self, box: Box) -> list[Terms]:
        """The rule with a memory: up to each term that has a meaning, and what it means."""
        groups, pending, height = [], Terms(), box.top - 0.9
        for line in few_lines(self.hero.run.contender.optimizer.tex, 3):
            roles = rule_parts(one_line(line, box.width / LEAST))
            end, lower = box.left - 0.18, 0.0
            for term, (tex, role) in zip(self.line(roles, box, height), roles, strict=True):
                pending.take(term, tex, role)
                text = meaning(line, role)
                if text:
                    color, width = role_color(self.theme, role), text_width(text, SMALL)
                    start, under = max(end + 0.18, term.get_center()[0] - width / 2), height - 0.26
                    if start + width > box.right + 0.05:
                        start, under, lower = box.right - width, height - 0.56, 0.12
                    name = Label(text, SMALL, color, (start, under), across=0.0, up="top")
                    end = start + width
                    pending.add(name)
                    groups.append(pending)
                    pending = Terms()
            if len(pending):
                groups.append(pending)
                pending = Terms()
            height -= (0.98 if any(meaning(line, role) for _, role in roles) else 0.55) + lower
        return groups

    def strip_names(self, strips: list[Box]) -> VGroup:
        names, muted = labels.gradient_bars(self.story), self.theme.muted
        return VGroup(*(over(b, name, muted, 0.1) for b, name in zip(strips, names, strict=True)))

    def arrow_names(self, chart: Chart, magnified: int) -> list[VGroup]:
        """The names of the velocity's arrow and the gradient's, over the map."""
        theme = self.theme
        x, y = chart.box.right, chart.box.top + 0.2
        long, short = labels.arrow_names(magnified)
        fits = text_width("".join(long), SMALL) + 2 * 0.57 + 0.3 <= chart.box.width
        found, texts = [], long if fits else short
        for name, color in zip(texts, (theme.velocity, theme.gradient), strict=True):
            label = Label(name, SMALL, theme.text(color), (x, y), across=1.0)
            x -= text_width(name, SMALL) + 0.12
            found.append(
                VGroup(label, Arrow(color).point(np.array([x - 0.45, y]), np.array([x, y])))
            )
            x -= 0.75
        return found

    def sums(self, strips: list[Box]) -> VGroup:
        """The sum of each component in words, beside its strip's name, or under the strip."""
        color = self.theme.text(self.theme.velocity)
        said = self.verdicts(self.story.agreement)
        is_under = strips[0].bottom == strips[1].bottom
        ats = [(s.right, s.bottom - 0.08 if is_under else s.top + 0.1) for s in strips]
        bold = partial(Label, em=SMALL, color=color, across=1.0, weight="Semibold")
        up: Vertical = "top" if is_under else "bottom"
        return VGroup(*(bold(text, at=at, up=up) for text, at in zip(said, ats, strict=True)))
