"""The large map that four chapters share, the room beside it, and maps side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product, starmap

import numpy as np
from manim import VGroup

from momentum_math.story import Story, starts
from scenes.kit.charts import Chart, nice_ticks, turned_label, x_axis, y_axis
from scenes.kit.contour_map import ContourMap, minimum_mark, start_mark
from scenes.kit.label_placement import behind, bounds, clearest, outline
from scenes.kit.particles import PARTICLE_RADIUS, Runner
from scenes.kit.shapes import ring
from scenes.kit.text.label import Label, first_fitting, text_width
from scenes.look import SMALL, Box, Frame, Look, Theme
from scenes.words.names import AXES, axis_names, axis_units
from scenes.words.numbers import tick_texts


def stacked(frame: Frame) -> bool:
    """Whether the two boxes that go with the map stand over each other, not side by side."""
    return frame.is_wide or frame.is_tall


def valley_boxes(
    look: Look, first_height: float, shares: tuple[float, float] = (1.0, 1.0)
) -> tuple[Box, Box, Box]:
    """The map's plotting box, and two boxes for what is said beside it or under it.

    The first has its height where they stand over each other, else their widths are in the ratio.
    """
    body, gap = look.frame.body, 0.3
    if look.frame.is_wide:
        main, side = body.columns(0.66, 0.34, gap=0.55)
    else:
        under = 0.49 * body.height if look.frame.is_tall else max(2.25, 0.42 * body.height)
        main, side = body.rows(body.height - under - gap, under, gap=gap)
    if stacked(look.frame):
        first, second = side.rows(first_height, side.height - first_height - 0.1, gap=0.1)
    else:
        first, second = side.columns(*shares, gap=gap)
    return main.inset(left=0.9, bottom=0.75, top=0.36), first, second


# Units.
OVERHANG = 0.08  # so far a number at a map's right edge may reach over the margin
RISE = 0.09  # so far one at its upper edge may rise over it: the words over a map begin there
WIDEST = 0.54  # wider numbers on the left push the axis' name out of the picture
PANEL_MARGIN = 0.1  # right of each of several maps
PANEL_REACH = PANEL_MARGIN + OVERHANG


class Valley(VGroup):
    """The loss landscape on a large map: ground and rings, axes, minima, start.

    Its plotting box is that of ``valley_boxes`` if none is given.
    """

    def __init__(self, story: Story, look: Look, box: Box | None = None) -> None:
        experiment = story.experiment
        box = box or valley_boxes(look, 1.0)[0]
        self.chart = Chart(box, *experiment.map.window)
        self.levels = experiment.map.levels
        self.map = ContourMap(experiment.landscape, experiment.map, self.chart, look.theme)
        reach = look.frame.safe.right - box.right + OVERHANG
        self.axes = map_axes(self.chart, look.theme, axis_names(story), reach)
        self.minimum = minimum_mark(self.chart, story.minima, look.theme, size=0.17)
        self.start = start_mark(self.chart, starts(story), look.theme, radius=0.11)
        super().__init__(self.map, self.axes, self.minimum, self.start)


def map_axes(
    chart: Chart,
    theme: Theme,
    names: tuple[str, str] | None,
    reach: float,
    runner: Runner | None = None,
) -> VGroup:
    """Ticks on two sides of a map; the x name under it and the y name turned, left of it.

    Args:
        chart: of the map.
        theme: of the film.
        names: None where there is no room for them.
        reach: so far numbers may reach over the map on the right, units.
        runner: on a map without names, for what else is written there to keep off.
    """
    box = chart.box
    x_ticks = nice_ticks(*chart.x, max(2, int(box.width / 0.7)))
    y_ticks = nice_ticks(*chart.y, ticks_up(box.height))
    x_texts, x_note = tick_texts(x_ticks)
    y_texts, y_note = tick_texts(y_ticks)
    if names is not None and max(text_width(text, SMALL) for text in y_texts) > WIDEST:
        y_texts, y_note = tick_texts(y_ticks, 2)
    axes = VGroup(x_axis(chart, theme, x_ticks, x_texts), y_axis(chart, theme, y_ticks, y_texts))
    for label in axes[0][1:]:
        label.shift((min(0.0, box.right + reach - label.get_right()[0]), 0.0, 0.0))
    for label in axes[1][1:]:
        label.shift((0.0, min(0.0, box.top + RISE - label.get_top()[1]), 0.0))
    if names is None:
        notes = axis_notes(box, theme, (x_note, y_note), runner)
        # Numbers without their unit would be false: they go where it has no place.
        return VGroup(*(axis.submobjects[0] for axis in axes)) if notes is None else axes.add(notes)
    clear = max(text_width(text, SMALL) for text in y_texts) + 0.32
    side, under = (box.left - max(0.62, clear), box.center[1]), (box.center[0], box.bottom - 0.4)
    x_name = first_fitting([names[0] + x_note, AXES[0] + x_note], SMALL, box.width)
    y_name = first_fitting([names[1] + y_note, AXES[1] + y_note], SMALL, box.height)
    return axes.add(
        Label(x_name, SMALL, theme.muted, under, up="top"),
        turned_label(y_name, SMALL, theme.muted, side),
    )


def ticks_up(height: float) -> int:
    """So many numbers beside a map of a height, units, at most."""
    return max(2, int(height / 0.55))


def axis_notes(
    box: Box, theme: Theme, notes: tuple[str, str], runner: Runner | None
) -> VGroup | None:
    """The units of the numbers at the axes of a small map, where it is freest, or None."""
    texts = axis_units(*notes)
    if not texts:
        return VGroup()
    low, high = box.bottom + 0.2 + 0.3 * (len(texts) - 1), box.top - 0.2
    sides = ((box.left + 0.1, 0.0), (box.right - 0.1, 1.0))
    places = [*product((low, high), sides), *product((low, high), [(box.center[0], 0.5)])]
    places += product(np.linspace(low, high, 6)[1:-1], sides)
    groups = [VGroup() for _ in places]
    for group, (y, (x, across)) in zip(groups, places, strict=True):
        for row, text in enumerate(texts):
            label = Label(text, SMALL, theme.muted, (x, y - 0.3 * row), across=across)
            group.add(label.on(theme.panel))
    if runner is None:
        return groups[0]
    stands = standing(runner)
    free = [group for group in groups if not behind(bounds(group), stands)]
    return clearest(free, [runner.path], box) if free else None


def standing(runner: Runner) -> list[np.ndarray]:
    """The outlines of what a runner shows besides its trail, for words to keep off."""
    shown = [part for part in runner if part is not runner.trail and len(part.points)]
    return [*(outline(bounds(part)) for part in shown), ring(PARTICLE_RADIUS) + runner.path[0]]


@dataclass(frozen=True)
class Panels:
    """The plots of maps side by side, and whether there is room for the names of their axes."""

    boxes: tuple[Box, ...]
    named: bool

    def title(self, index: int) -> Box:
        """The strip over a map for a title, which may begin over the axis' name and numbers."""
        box = self.boxes[index]
        left = box.left - (0.72 if self.named else 0.42)
        return Box(left, box.top, box.right + 0.05, box.top)


# So many times smaller a map may be if its axes are named for that.
NAMES_WORTH = 1.5


def panels(story: Story, body: Box, title: float) -> Panels:
    """Plotting boxes for each contender's map, in the grid in a body that shows most of each.

    Axes are named where the names fit along them; over each is room for a title, units.
    """
    window, count = story.experiment.map.window, len(story.runs)
    lengths = [text_width(name, SMALL) for name in axis_names(story)]
    wanted = float(np.clip((window[0][1] - window[0][0]) / (window[1][1] - window[1][0]), 1.0, 2.0))

    def laid_out(columns: int, named: bool) -> Panels:
        bottom = 0.75 if named else 0.42
        cells = body.grid(count, columns, gap=0.3, row_gap=0.2)
        counts = {5, ticks_up(cells[0].height - bottom - title)}
        texts = [text for most in counts for text in tick_texts(nice_ticks(*window[1], most))[0]]
        ticks = max(0.3, *(text_width(text, SMALL) for text in texts))
        left = ticks + (0.48 if named else 0.24)
        boxes = (cell.inset(left, bottom, PANEL_MARGIN, title) for cell in cells)
        return Panels(tuple(boxes), named)

    def shown(option: Panels) -> float:
        """The area of the map's own shape in a box; names of axes are worth a part of it."""
        width, height = option.boxes[0].width, option.boxes[0].height
        if min(width, height) < 0.5:
            return min(width, height) - 10
        if option.named and (width < lengths[0] or height < lengths[1]):
            return 0.0
        area = min(width, 1.3 * height * wanted) * min(height, 1.8 * width / wanted)
        return area * (NAMES_WORTH if option.named else 1.0)

    return max(starmap(laid_out, product(range(1, count + 1), (True, False))), key=shown)
