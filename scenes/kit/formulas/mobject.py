"""Formulas as mobjects: LaTeX by parts, each part one mobject in the colour of what it means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import VGroup

from scenes.kit.formulas.layout import LINE, Layout, one_line
from scenes.kit.formulas.outlines import typeset
from scenes.kit.shapes import shape
from scenes.look import SMALL, Theme
from scenes.words.rules import rule_parts

Part = tuple[str, str]  # LaTeX, colour
LEAST = 0.6 * SMALL  # the smallest type that a rule is set in, units

# Of a formula in lines, units: its first baseline below its top, its end below its last baseline,
# and what is clear between two lines' outlines, twice that where both are taller than this, ems.
FIRST_LINE, LAST_LINE, CLEAR, TALL = 0.45, 0.4, 0.06, 1.4


class Formula(VGroup):
    """One line of mathematics, each part one mobject; no wider than its room, units.

    ``at`` is a point of its baseline, from its start (``across`` is 0) to its end (1).
    """

    def __init__(
        self,
        parts: Sequence[Part],
        em: float,
        at: tuple[float, float] = (0.0, 0.0),
        across: float = 0.0,
        room: float = np.inf,
    ) -> None:
        line = typeset([tex for tex, _ in parts])
        self.em = em = min(em, room / line.width)
        self.tex = " ".join(tex for tex, _ in parts)
        origin = (at[0] - across * (line.width * em), at[1], 0.0)
        super().__init__()
        for piece, (_, color) in zip(line.pieces, parts, strict=True):
            self.add(shape(piece * em + origin, fill=color))


class FormulaLines(VGroup):
    """One formula in several lines of one size, each as high as its outlines need.

    ``at`` is the top left corner; ``height_units`` under it, at ``end``, something else can stand.
    """

    def __init__(self, layout: Layout, color: str, at: tuple[float, float], room: float) -> None:
        lines = [typeset([line.tex]) for line in layout.lines]
        widths = [one.indent + made.width for one, made in zip(layout.lines, lines, strict=True)]
        em = min(layout.em, room / max(widths))
        ys = [made.pieces[0][:, 1] * em for made in lines]
        baselines = [max(FIRST_LINE, ys[0].max() + CLEAR)]
        for above, below in pairwise(ys):
            apart = below.max() - above.min()
            step = max(LINE * em, apart + (CLEAR if apart < TALL * em else 2 * CLEAR))
            baselines.append(baselines[-1] + step)
        self.height_units = baselines[-1] + max(LAST_LINE, CLEAR - ys[-1].min())
        self.end = at[1] - self.height_units
        super().__init__()
        for line, y in zip(layout.lines, baselines, strict=True):
            self.add(Formula([(line.tex, color)], em, (at[0] + line.indent * em, at[1] - y)))


def role_color(theme: Theme, role: str) -> str:
    """The colour of a part of an update rule (see ``words.rule_parts``)."""
    colors = {"gradient": theme.text(theme.gradient), "velocity": theme.text(theme.velocity)}
    return colors.get(role.removesuffix(" term"), theme.ink)


def rule_line(line: str, theme: Theme, room: float) -> list[Part]:
    """A line of an update rule in its colours; what is too long for a room, units, shortened."""
    shown = one_line(line, room / LEAST)
    return [(tex, role_color(theme, role)) for tex, role in rule_parts(shown)]
