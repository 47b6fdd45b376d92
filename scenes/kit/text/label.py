"""Text on stage: one line, one mobject, so quickly made that a counter is set on every frame."""

from __future__ import annotations

from typing import Literal

import numpy as np
from manim import LineJointType, VMobject

from scenes.kit.text.fonts import Weight
from scenes.kit.text.lines import first_fitting, fitted, outline, text_width, wrap

__all__ = ["Label", "Vertical", "Weight", "first_fitting", "fitted", "text_width", "wrap"]

Vertical = Literal["baseline", "middle", "top", "bottom"]

# Ems above and below the baseline, from the font's own tables (OS/2).
CAP_HEIGHT, DESCENT = 0.660, 0.205

_RISE = {"baseline": 0.0, "middle": CAP_HEIGHT / 2, "top": CAP_HEIGHT, "bottom": -DESCENT}

HALO = 8.0  # Manim's points: of the edge that keeps text on a busy ground readable


class Label(VMobject):
    """One line of text: all its glyphs in a single filled mobject.

    Args:
        text: one line.
        em: size, units.
        color: ``#rrggbb``.
        at: anchor, units.
        across: where it lies in the line: 0 its start, 0.5 its middle, 1 its end.
        up: what of the line lies at its height.
        weight: of the font.
    """

    def __init__(
        self,
        text: str,
        em: float,
        color: str,
        at: tuple[float, float] = (0.0, 0.0),
        *,
        across: float = 0.5,
        up: Vertical = "middle",
        weight: Weight = "Regular",
    ) -> None:
        super().__init__(fill_color=color, fill_opacity=1.0, stroke_width=0.0)
        self.em, self.weight, self.at, self.across, self.up = em, weight, at, across, up
        self.set_text(text)

    def on(self, ground: str) -> Label:
        """Keep lines that pass behind the text away from it, by an edge in the ground's colour."""
        self.set_background_stroke(color=ground, width=HALO, opacity=1.0)
        # Round like the edges of all lines here: pointed joins would reach far out of the letters.
        self.joint_type = LineJointType.ROUND
        return self

    def set_text(self, text: str, at: tuple[float, float] | None = None) -> Label:
        """Write something else, at the same anchor if no other is given."""
        self.text, self.at = text, at or self.at
        points, width = outline(text, self.weight)
        x, y = self.at[0] - self.across * width * self.em, self.at[1] - _RISE[self.up] * self.em
        self.points = points * self.em + np.array([x, y, 0.0])
        return self
