"""Formulas as mobjects: LaTeX by parts, each part one mobject in the colour of what it means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import VGroup

from scenes.figures import shape
from scenes.formulas import typeset
from scenes.look import Theme

Part = tuple[str, str]  # LaTeX, colour


class Formula(VGroup):
    """One line of mathematics.

    Args:
        parts: (LaTeX, ``#rrggbb``) in order; each becomes one mobject.
        em: size, units.
        at: a point of its baseline.
        across: where ``at`` lies in the line: 0 its start, 0.5 its middle, 1 its end.
        room: the line is made smaller where it would be wider than this, units.

    Attributes:
        tex: the whole line.
        em: size, units.
        width_units: advance width, units.
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
        em = min(em, room / line.width)
        self.em, self.tex = em, " ".join(tex for tex, _ in parts)
        self.width_units = line.width * em
        origin = (at[0] - across * self.width_units, at[1], 0.0)
        super().__init__(
            *(
                shape(piece * em + origin, fill=color)
                for piece, (_, color) in zip(line.pieces, parts, strict=True)
            )
        )


def role_color(theme: Theme, role: str) -> str:
    """The colour of a part of an update rule (see ``words.rule_parts``)."""
    colors = {"gradient": theme.text(theme.gradient), "velocity": theme.text(theme.velocity)}
    return colors.get(role.removesuffix(" term"), theme.ink)
