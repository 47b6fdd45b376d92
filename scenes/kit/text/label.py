"""Text on stage: one line, one mobject.

HarfBuzz shapes the line with the project's own font files, so a label is the same curve on
every machine and takes microseconds: a counter may be set anew on every frame.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from manim import LineJointType, VMobject

from scenes.kit.text.lines import first_fitting, fitted, outline, text_width, wrap

__all__ = [
    "Label",
    "Vertical",
    "Weight",
    "first_fitting",
    "fitted",
    "outline",
    "text_width",
    "wrap",
]

Weight = Literal["Regular", "Semibold", "Bold"]
Vertical = Literal["baseline", "middle", "top", "bottom"]

# Heights above the baseline in ems, from the font's own tables (OS/2 sCapHeight, sxHeight).
CAP_HEIGHT, X_HEIGHT, DESCENT = 0.660, 0.486, 0.205

# Width of the edge that keeps text on a busy ground readable, in Manim's points.
HALO = 8.0

_RISE: dict[Vertical, float] = {
    "baseline": 0.0,
    "middle": CAP_HEIGHT / 2,
    "top": CAP_HEIGHT,
    "bottom": -DESCENT,
}


class Label(VMobject):
    """One line of text: all its glyphs in a single filled mobject.

    Args:
        text: one line.
        em: size, units.
        color: ``#rrggbb``.
        at: anchor, units.
        across: where the anchor lies in the line: 0 its start, 0.5 its middle, 1 its end.
        up: what of the line lies at the anchor's height.
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
        self.em, self.weight, self.across = em, weight, across
        self.at, self.up = at, up
        self.set_text(text)

    def on(self, ground: str) -> Label:
        """Keep lines that pass behind the text away from it, by an edge in the ground's colour."""
        self.set_background_stroke(color=ground, width=HALO, opacity=1.0)
        # Round like the edges of all lines here: pointed joins would reach far out of the letters.
        self.joint_type = LineJointType.ROUND
        return self

    def set_text(self, text: str) -> Label:
        """Write something else at the same anchor."""
        self.text = text
        points, width = outline(text, self.weight)
        shift = np.array(
            [self.at[0] - self.across * width * self.em, self.at[1] - _RISE[self.up] * self.em, 0.0]
        )
        self.points = points * self.em + shift
        return self
