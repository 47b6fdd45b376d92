"""Text as outlines: one line, one mobject.

HarfBuzz shapes the line with the project's own font file, so a label is the same curve on
every machine and takes microseconds: a counter may be set anew on every frame. Sizes are em
heights in scene units; digits are tabular, so counters do not wobble.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np
import uharfbuzz as hb
from manim import LineJointType, VMobject

from scenes.fonts import font_file

Weight = Literal["Regular", "Semibold", "Bold"]
Vertical = Literal["baseline", "middle", "top", "bottom"]

# Heights above the baseline in ems, from the font's own tables (OS/2 sCapHeight, sxHeight).
CAP_HEIGHT, X_HEIGHT, DESCENT = 0.660, 0.486, 0.205


@cache
def _font(weight: Weight) -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(font_file(weight)))))


class _Outline:
    """Collects one glyph's outline as Manim's cubic curves: (4k, 3), in font units."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self._start = self._at = (0.0, 0.0)

    def move_to(self, x: float, y: float, _: None) -> None:
        self._start = self._at = (x, y)

    def line_to(self, x: float, y: float, _: None) -> None:
        (ax, ay), end = self._at, (x, y)
        self._curve(
            (ax + (x - ax) / 3, ay + (y - ay) / 3),
            (ax + 2 * (x - ax) / 3, ay + 2 * (y - ay) / 3),
            end,
        )

    def quadratic_to(self, cx: float, cy: float, x: float, y: float, _: None) -> None:
        ax, ay = self._at
        first = (ax + 2 * (cx - ax) / 3, ay + 2 * (cy - ay) / 3)
        self._curve(first, (x + 2 * (cx - x) / 3, y + 2 * (cy - y) / 3), (x, y))

    def cubic_to(
        self, c1x: float, c1y: float, c2x: float, c2y: float, x: float, y: float, _: None
    ) -> None:
        self._curve((c1x, c1y), (c2x, c2y), (x, y))

    def close(self, _: None) -> None:
        if self._at != self._start:
            self.line_to(*self._start, None)

    def _curve(self, *points: tuple[float, float]) -> None:
        self.points += [self._at, *points]
        self._at = points[-1]


@cache
def _glyph(weight: Weight, glyph: int) -> np.ndarray:
    """Outline of a glyph, (4k, 3) in ems, read-only."""
    outline = _Outline()
    draw = hb.DrawFuncs()
    draw.set_move_to_func(outline.move_to)
    draw.set_line_to_func(outline.line_to)
    draw.set_quadratic_to_func(outline.quadratic_to)
    draw.set_cubic_to_func(outline.cubic_to)
    draw.set_close_path_func(outline.close)
    font = _font(weight)
    font.draw_glyph(glyph, draw, None)
    points = np.zeros((len(outline.points), 3))
    if outline.points:
        points[:, :2] = np.array(outline.points) / font.face.upem
    points.flags.writeable = False
    return points


# The font has every superscript digit but no superscript minus: (character, scale, rise in ems).
_COMPOSED = {"⁻": ("−", 0.58, 0.31)}


@cache
def outline(text: str, weight: Weight = "Regular") -> tuple[np.ndarray, float]:
    """One line of text as curves, its baseline starting at the origin.

    Args:
        text: one line.
        weight: of the font.

    Returns:
        The curves, (4k, 3) in ems, read-only, and the line's advance width in ems.

    Raises:
        ValueError: the font has no glyph for one of the characters.
    """
    pieces, pen = [np.zeros((0, 3))], 0.0
    for run in re.split(f"([{''.join(_COMPOSED)}])", text):
        character, scale, rise = _COMPOSED.get(run, (run, 1.0, 0.0))
        points, width = _shaped(character, weight)
        pieces.append(points * scale + (pen, rise, 0.0))
        pen += width * scale
    points = np.concatenate(pieces)
    points.flags.writeable = False
    return points, pen


def _shaped(text: str, weight: Weight) -> tuple[np.ndarray, float]:
    """A run of text that the font can set by itself: curves and advance width, ems."""
    if not text:
        return np.zeros((0, 3)), 0.0
    font = _font(weight)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer, {"tnum": True})
    upem, pen, pieces = font.face.upem, 0.0, [np.zeros((0, 3))]
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint == 0:
            raise ValueError(
                f"the film's font has no character {text[info.cluster]!r}, in {text!r}"
            )
        shift = np.array([pen + position.x_offset, position.y_offset, 0.0]) / upem
        pieces.append(_glyph(weight, info.codepoint) + shift)
        pen += position.x_advance
    return np.concatenate(pieces), pen / upem


def text_width(text: str, em: float, weight: Weight = "Regular") -> float:
    """Advance width of a line in units."""
    return outline(text, weight)[1] * em


def fitted(text: str, em: float, width: float, weight: Weight = "Regular") -> str:
    """``text``, or as much of its beginning as fits ``width`` with an ellipsis."""
    if text_width(text, em, weight) <= width:
        return text
    cut = next(
        n
        for n in range(len(text) - 1, -1, -1)
        if text_width(text[:n].rstrip() + "…", em, weight) <= width or n == 0
    )
    return text[:cut].rstrip() + "…"


def first_fitting(texts: Sequence[str], em: float, width: float, weight: Weight = "Regular") -> str:
    """The first of several ways to say it that fits ``width``; the last is cut if need be."""
    for text in texts:
        if text_width(text, em, weight) <= width:
            return text
    return fitted(texts[-1], em, width, weight)


def wrap(text: str, em: float, width: float, weight: Weight = "Regular") -> list[str]:
    """Break ``text`` into as few lines as fit ``width``: into sentences, or about equal ones."""
    words = text.split()
    count = 1
    while True:
        lines = _wrap_to(
            words, em, width if count == 1 else _even_width(words, em, count, weight), weight
        )
        if _fit(lines, count, em, width, weight):
            sentences = re.split(r"(?<=[.?!]) ", " ".join(words))
            return sentences if _fit(sentences, len(lines), em, width, weight) else lines
        count += 1
        if count > len(words):
            return _wrap_to(words, em, width, weight)


def _fit(lines: list[str], count: int, em: float, width: float, weight: Weight) -> bool:
    """Whether there are at most so many lines, none wider than this."""
    return len(lines) <= count and all(text_width(line, em, weight) <= width for line in lines)


def _even_width(words: list[str], em: float, count: int, weight: Weight) -> float:
    """The narrowest column in which ``words`` make at most ``count`` lines."""
    total = text_width(" ".join(words), em, weight)
    return next(
        width
        for width in np.linspace(total / count, total, 60)
        if len(_wrap_to(words, em, width, weight)) <= count
    )


def _wrap_to(words: list[str], em: float, width: float, weight: Weight) -> list[str]:
    lines = [words[0]] if words else []
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if text_width(longer, em, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


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
