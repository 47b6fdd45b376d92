"""The loss from above: bands and rings of equal loss, and the marks of minima and start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import VGroup, VMobject

from momentum_math import Landscape, MapSettings, level_lines, level_regions
from scenes.kit.charts import Chart, panel, panel_edge
from scenes.kit.shapes import BOLD, THIN, corners, disc, holds, layer, shape
from scenes.look import Box, Theme, mix


def depth(rank: float | np.ndarray, count: int) -> np.ndarray:
    """How deep down the levels, numbered from the lowest, are: from 0, the rim, to 1."""
    # The inner rings are small: most of the colour has to come with the outer ones.
    found: np.ndarray = (1 - np.asarray(rank) / count) ** 0.7
    return found


def ring_color(theme: Theme, deep: float) -> str:
    """The colour of a ring: a little darker than the bands beside it."""
    return mix(theme.contour, mix(theme.basin, theme.ink, 0.22), 0.9 * deep)


def ring_width(deep: float) -> float:
    """The width of a ring; the inner ones are close together, so they are finer."""
    return THIN * (1.15 - 0.6 * deep)


class ContourMap(VGroup):
    """The loss from above: bands from the rim to the minimum, a ring between each two.

    Attributes:
        levels: one group (band, ring) per level, highest first.
    """

    def __init__(
        self, landscape: Landscape, settings: MapSettings, chart: Chart, theme: Theme
    ) -> None:
        self.ground, self.edge = panel(chart.box, theme), panel_edge(chart.box, theme)
        self.levels = VGroup()
        levels = settings.levels
        regions = level_regions(landscape, settings.window, levels)
        lines = level_lines(landscape, settings.window, levels)
        for rank, (region, line) in reversed(list(enumerate(zip(regions, lines, strict=True)))):
            deep = float(depth(rank, len(levels)))
            edges = (chart.place(edge) for polygon in region for edge in polygon)
            outlines = (corners(edge, closed=True) for edge in edges)
            page = theme.background
            band = layer(page, *outlines, fill=mix(theme.panel, theme.basin, deep))
            ring = layer(
                page,
                *(corners(chart.place(piece)) for piece in line),
                stroke=ring_color(theme, deep),
                width=ring_width(deep),
            )
            self.levels.add(VGroup(band, ring))
        super().__init__(self.ground, self.levels, self.edge)


def minimum_mark(
    chart: Chart, minima: Sequence[tuple[float, float]], theme: Theme, size: float = 0.13
) -> VMobject:
    """A plus at every known minimum inside the chart."""
    window, bars = Box(chart.x[0], chart.y[0], chart.x[1], chart.y[1]), []
    for point in minima:
        if holds(window, np.array(point)):
            x, y = chart.at(*point)
            bars.append(corners([(x - size, y), (x + size, y)]))
            bars.append(corners([(x, y - size), (x, y + size)]))
    return shape(*bars, stroke=theme.graphic(theme.minimum), width=BOLD)


def start_mark(
    chart: Chart, starts: Sequence[tuple[float, float]], theme: Theme, radius: float = 0.09
) -> VMobject:
    """A dark dot at every start inside the chart."""
    window = Box(chart.x[0], chart.y[0], chart.x[1], chart.y[1])
    inside = [start for start in starts if holds(window, np.array(start))]
    dots = (disc(radius) + (*chart.at(*start), 0.0) for start in inside)
    return shape(*dots, fill=theme.start)
