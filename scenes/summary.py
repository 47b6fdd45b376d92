"""Chapter ``summary``: the whole experiment on one board; its last frame is the poster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import LaggedStart, VGroup

from scenes.kit.animations import Appear
from scenes.kit.charts import Chart, over, turned_label
from scenes.kit.contour_map import ContourMap, minimum_mark, start_mark
from scenes.kit.formulas.mobject import Formula, rule_line
from scenes.kit.loss_chart.curves import Curve, RaceAxes, leaving_marks
from scenes.kit.loss_chart.scale import LossScale, race_chart, race_paths, spread
from scenes.kit.map_layout import PANEL_REACH, Panels, map_axes, panels
from scenes.kit.shapes import LINE
from scenes.kit.stage import ChapterScene
from scenes.kit.text.label import Label, first_fitting, fitted, text_width, wrap
from scenes.look import SMALL, Box
from scenes.words import board
from scenes.words.names import axis_names, curve_names, loss_axis_names, short_name, titles
from scenes.words.rules import Rules, rules_of
from scenes.words.runs import verdicts

End = tuple[float, tuple[str, ...], str]  # of a curve: height, lines of its name, colour

# Heights of an update rule's name and of each of its lines, units; and as close together as can
# be read, where rules are many.
LOOSE, TIGHT = np.array([0.52, 0.4]), np.array([0.38, 0.25])
RULES_HEADING = 0.42
SHORTEST = 0.5  # units: a name that is cut to less says nothing
# Room for the names at the curves' ends, units: at least, and at most.
END_ROOM = (1.45, 1.9)


def rule_heights(loose: float) -> tuple[float, float]:
    """Heights of a rule's name and of each of its lines, units; from tight, 0, to loose, 1."""
    name, line = TIGHT + loose * (LOOSE - TIGHT)
    return float(name), float(line)


def rules_height(rules: Rules, loose: float = 1.0, heading: float = RULES_HEADING) -> float:
    """Height of a heading and update rules under it, units."""
    name, line = rule_heights(loose)
    return heading + sum(name + line * len(lines) for _, lines in rules)


def looseness(columns: Sequence[Rules], height: float) -> float:
    """The looseness of two columns, the first with a heading; below 0 if they do not fit."""
    found = [1.0]
    for rules, heading in zip(columns, (RULES_HEADING, 0.0), strict=True):
        least, most = (rules_height(rules, loose, heading) for loose in (0.0, 1.0))
        if most > height:
            found.append((height - least) / (most - least))
    return min(found)


def rule_columns(rules: Rules, height: float) -> tuple[Rules, Rules]:
    """The rules in two columns, their order kept, as loose as may be.

    The first ones only, where all of them would be too small to read.
    """
    for count in range(len(rules), 0, -1):
        choices = [(rules[:k], rules[k:count]) for k in range(1, count + 1)]
        best = max(choices, key=lambda columns: looseness(columns, height))
        if looseness(best, height) >= 0:
            return best
    return [], []


def shortened(line: str, width: float) -> str:
    """A line that fits, its name cut if need be: "name: what is said of it"."""
    name, colon, said = line.rpartition(": ")
    if text_width(line, SMALL) <= width or not colon:
        return fitted(line, SMALL, width)
    for end in (colon + said, colon + board.brief(said)):
        room = width - text_width(end, SMALL)
        if room > SHORTEST:
            return fitted(name, SMALL, room) + end
    return fitted(board.brief(said), SMALL, width)


class Summary(ChapterScene):
    """Trajectories on top, the losses below them, the rules and what to remember beside."""

    chapter = "summary"

    def construct(self) -> None:
        maps_box, race_box, text_box = self.boxes()
        laid_out = panels(self.story, maps_box, title=0.72)
        maps = [self.panel(i, laid_out) for i in range(len(self.outcome.runs))]
        race, text = self.race(race_box), self.text(text_box)

        with self.beat("assemble"):
            here = LaggedStart(*map(Appear, maps), lag_ratio=0.3, run_time=1.2)
            self.play(Appear(self.heading(centered=True), run_time=0.6), here)
            self.play(Appear(race), run_time=0.6)
            if text:
                self.play(LaggedStart(*map(Appear, text), lag_ratio=0.2), run_time=1.2)

        with self.beat("hold"):
            self.wait(self.storyboard["summary"]["hold"].seconds)

    def boxes(self) -> tuple[Box, Box, Box]:
        """Panels, race and text; this board has no words at the bottom, so it takes their room."""
        body, many = self.frame.safe.inset(top=0.72), rules_height(rules_of(self.story)) >= 3.0
        if self.frame.is_wide:
            # Many rules need more room than few; the maps give it.
            share = 0.48 if many else 0.55
            upper, lower = body.rows(share, 1 - share, gap=0.25)
            race, text = lower.columns(6.45, 6.7, gap=0.25)
            return upper, race, text
        if self.is_crowded:
            upper, race = body.rows(1.4, 1.0, gap=0.15)
            return upper, race, Box(body.left, body.bottom, body.right, body.bottom)
        words = 1.5 if self.notes_only else 3.25 if many else 2.75
        losses = 2.2 if self.notes_only else max(2.7, 0.26 * body.height)
        maps = body.height - words - losses - 0.3
        upper, race, text = body.rows(maps, losses, words, gap=0.15)
        return upper, race, text

    @property
    def notes_only(self) -> bool:
        """Whether the frame is too small for the rules, which the film has shown before."""
        return self.frame.height < 9 and not self.frame.is_wide

    @property
    def is_crowded(self) -> bool:
        """Whether the frame has no room for more than the maps and the losses."""
        return not (self.frame.is_wide or self.frame.is_tall) and len(self.outcome.runs) > 3

    def panel(self, index: int, laid_out: Panels) -> VGroup:
        theme, experiment = self.theme, self.experiment
        chart, strip = Chart(laid_out.boxes[index], *experiment.map.window), laid_out.title(index)
        color, one = self.color(index), self.story.runs[index]
        runner = self.runner(index, chart, size=0.75).show_at(experiment.map.steps)
        named = axis_names(self.story) if laid_out.named else None
        title = first_fitting(titles(one), SMALL, strip.width, "Semibold")
        return VGroup(
            ContourMap(experiment.landscape, experiment.map, chart, theme),
            map_axes(chart, theme, named, PANEL_REACH, runner),
            minimum_mark(chart, self.story.minima, theme),
            start_mark(chart, self.start_of(index), theme),
            runner,
            over(strip, title, theme.text(color), 0.42, weight="Semibold"),
            over(strip, first_fitting(verdicts(one), SMALL, strip.width), theme.ink, 0.1),
        )

    def race(self, box: Box) -> VGroup:
        theme, outcome, last = self.theme, self.outcome, self.experiment.steps
        inner = box.inset(left=1.1, bottom=0.72, top=0.4, right=self.end_room)
        scale = LossScale(outcome)
        chart = race_chart(outcome, scale, inner)
        paths = race_paths(outcome, scale, chart)
        loss_name = first_fitting(loss_axis_names(self.story), SMALL, inner.height)
        title = first_fitting(board.race_titles(self.story), SMALL, box.width, "Bold")
        curves = [
            Curve(path, self.color(i), theme, width=LINE * 0.75).show_at(last)
            for i, path in enumerate(paths)
        ]
        leaving = leaving_marks(outcome, scale, chart, theme)
        return VGroup(
            RaceAxes(scale, chart, theme),
            *curves,
            *(mark.show_at(last + 5) for mark in leaving),
            self.heading_line(title, box.left, box.top),
            turned_label(loss_name, SMALL, theme.muted, (box.left + 0.14, inner.center[1])),
            self.end_labels(scale, chart, paths),
        )

    @property
    def end_room(self) -> float:
        """Width kept free for the names at the curves' ends."""
        names = (curve_names(one)[0] for one in self.story.runs)
        longest = max(text_width(name, SMALL) for name in names)
        return float(np.clip(longest + 0.14, *END_ROOM))

    def end_name(self, index: int, most_lines: int) -> tuple[str, ...]:
        """A contender's name in the room at the curves' ends, cut if need be."""
        one, room = self.story.runs[index], self.end_room - 0.12
        name = next(
            n for n in curve_names(one) if text_width(n, SMALL) <= room or n == short_name(one)
        )
        lines = wrap(name, SMALL, room)
        fit = len(lines) <= most_lines and all(text_width(x, SMALL) <= room for x in lines)
        return tuple(lines) if fit else (fitted(name, SMALL, room),)

    def end_labels(self, scale: LossScale, chart: Chart, paths: list[np.ndarray]) -> VGroup:
        """Every curve's name at its end, and the threshold's among them."""
        theme, line = self.theme, 1.12 * SMALL
        low, high = chart.box.bottom - 0.02, chart.box.top + 0.2
        aim: list[End] = []
        if scale.threshold is not None:
            aim = [(chart.at(0, scale.threshold)[1], board.THRESHOLD_LINES, theme.muted)]
        in_two, in_one = (
            [
                (float(path[-1][1]), self.end_name(i, most_lines), theme.text(self.color(i)))
                for i, path in enumerate(paths)
            ]
            for most_lines in (2, 1)
        )
        # Where there is no room for everything: names in one line, then without the threshold's.
        for entries in (aim + in_two, aim + in_one, in_one):
            sizes = [line * len(texts) for _, texts, _ in entries]
            if sum(sizes) <= high - low:
                break
        heights = spread([y for y, *_ in entries], sizes, low, high)
        x, names = chart.box.right + 0.12, VGroup()
        for height, (_, texts, color) in zip(heights, entries, strict=True):
            for row, text in enumerate(texts):
                y = height + line * ((len(texts) - 1) / 2 - row)
                names.add(Label(text, SMALL, color, (x, y), across=0.0))
        return names

    def text(self, box: Box) -> list[VGroup]:
        """The update rules, the key intuition, and what β does; rules alone where they are many."""
        if self.is_crowded:
            return []
        if self.notes_only:
            single = len(board.notes(self.story)) == 1
            return self.notes(*([box] if single else box.columns(1, 1, gap=0.2)))
        rules = rules_of(self.story)
        if not rules:
            return self.notes(*(box.columns(1, 1, gap=0.15) if box.width > 6 else [box]))
        left, right = (
            box.columns(3.3, 3.35, gap=0.15) if box.width > 6 else box.rows(1.0, 1.0, gap=0.2)
        )
        if rules_height(rules) <= left.height:
            return [self.rules(board.RULES_TITLE, rules, left), *self.notes(right)]
        columns = rule_columns(rules, left.height)
        shown, loose = sum(map(len, columns)), looseness(columns, left.height)
        title = board.RULES_TITLE
        if shown < len(rules):
            title = board.SOME_RULES_TITLE.format(shown=shown, count=len(rules))
        # The second column has no heading; its rules stand beside the first's where they fit so.
        if rules_height(columns[1], loose) <= right.height:
            right = right.inset(top=RULES_HEADING)
        groups = [self.rules(title, columns[0], left, loose)]
        return [*groups, self.rules("", columns[1], right, loose)] if columns[1] else groups

    def rules(self, title: str, rules: Rules, box: Box, loose: float = 1.0) -> VGroup:
        """Names and formulas, closer together where they are many."""
        theme, y, group = self.theme, box.top, VGroup()
        if title:
            group.add(self.heading_line(title, box.left, y))
            y -= RULES_HEADING
        name_height, line_height = rule_heights(loose)
        for name, lines in rules:
            name = fitted(name, SMALL, box.width)
            group.add(Label(name, SMALL, theme.muted, (box.left, y), across=0.0, up="top"))
            y -= name_height
            parts = [rule_line(line, theme, box.width - 0.15) for line in lines]
            em = min(Formula(line, 0.72 * line_height, room=box.width - 0.15).em for line in parts)
            for line in parts:
                group.add(Formula(line, em, (box.left + 0.15, y)))
                y -= line_height
        return group

    def notes(self, *boxes: Box) -> list[VGroup]:
        """Headed notes, one in each box, or all under each other in a single one."""
        groups, y = [], boxes[0].top
        for i, (title, lines) in enumerate(board.notes(self.story)):
            box = boxes[min(i, len(boxes) - 1)]
            y = box.top if len(boxes) > 1 else y
            group = VGroup(self.heading_line(title, box.left, y))
            for line in lines:
                y -= 0.34
                text = shortened(line, box.width)
                group.add(Label(text, SMALL, self.theme.ink, (box.left, y), across=0.0, up="top"))
            y -= 0.52
            groups.append(group)
        return groups

    def heading_line(self, text: str, x: float, y: float) -> Label:
        return Label(text, SMALL, self.theme.ink, (x, y), across=0.0, up="top", weight="Bold")
