"""Lines of text as outlines: how wide they are, where they break, and the curves they are made of.

Sizes are em heights in scene units; digits are tabular, so counters do not wobble. No Manim.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate

import numpy as np

from scenes.kit.curves import CurvePen
from scenes.kit.text.font_runs import advance, font, runs, shaped
from scenes.kit.text.fonts import Face, Weight
from scenes.kit.text.scripts import MOST_KEPT, RIGHT_TO_LEFT_MARK, clusters, pieces


@cache
def _glyph(face: Face | None, weight: Weight, glyph: int) -> np.ndarray:
    """Outline of a glyph, (4k, 3) in ems."""
    made, pen = font(face, weight), CurvePen()
    made.draw_glyph_with_pen(glyph, pen)
    return pen.curves() / made.face.upem


@lru_cache(maxsize=MOST_KEPT)
def outline(text: str, weight: Weight = "Regular") -> tuple[np.ndarray, float]:
    """One line of text as curves, its baseline starting at the origin.

    Returns:
        The curves, (4k, 3) in ems, read-only, and the line's advance width in ems.

    Raises:
        Undrawable: no font that is installed has a glyph for one of the characters.
    """
    outlines, pen = [np.zeros((0, 3))], 0.0
    for run in runs(text):
        glyphs, width = shaped(run, weight)
        for glyph in glyphs:
            points = _glyph(run.face, weight, glyph.index) + (glyph.x, glyph.y, 0.0)
            outlines.append(points * run.scale + (pen, run.rise, 0.0))
        pen += width * run.scale
    curves = np.concatenate(outlines)
    curves.flags.writeable = False
    return curves, pen


def text_width(text: str, em: float, weight: Weight = "Regular") -> float:
    """Advance width of a line in units."""
    return advance(text, weight) * em


def fitted(text: str, em: float, width: float, weight: Weight = "Regular") -> str:
    """``text``, or as much of its beginning as fits ``width`` with an ellipsis."""
    ends = accumulate(map(len, clusters(text)[:-1]))
    shorter = (text[:end].rstrip() + "…" for end in reversed([0, *ends]))
    ways = (way for way in (text, *shorter) if text_width(way, em, weight) <= width)
    return next(ways, "…")


def first_fitting(texts: Sequence[str], em: float, width: float, weight: Weight = "Regular") -> str:
    """The first of several ways to say it that fits ``width``; the last is cut if need be."""
    for text in texts:
        if text_width(text, em, weight) <= width:
            return text
    return fitted(texts[-1], em, width, weight)


def wrap(text: str, em: float, width: float, weight: Weight = "Regular") -> list[str]:
    """Break ``text`` into as few lines as fit ``width``: into sentences, or about equal ones.

    A line breaks at blanks and between ideographs, but where it can be helped not beside "=" or
    "×", nor between a number and what it counts; a word that is wider than a line, anywhere.
    """

    def fit(lines: list[str], most: int) -> bool:
        return len(lines) <= most and all(text_width(one, em, weight) <= width for one in lines)

    words: list[str] = []
    for piece in pieces(text):
        if words and _stay_together(words[-1], piece) and fit([(words[-1] + piece).rstrip()], 1):
            words[-1] += piece
        else:
            words += (piece,) if fit([piece.rstrip()], 1) else clusters(piece)
    lines = _wrap_to(words, em, width, weight)
    for count in range(1, len(words) + 1):
        room = width if count == 1 else _even_width(words, em, count, weight)
        even = _wrap_to(words, em, room, weight)
        if fit(even, count):
            sentences = re.split(r"(?<=[.?!]) ", "".join(words))
            lines = sentences if fit(sentences, len(even)) else even
            break
    if not text.startswith(RIGHT_TO_LEFT_MARK):
        return lines
    return [RIGHT_TO_LEFT_MARK + line.lstrip(RIGHT_TO_LEFT_MARK) for line in lines]


def _stay_together(before: str, after: str) -> bool:
    """Whether two pieces read badly on two lines: "β =" and "0.9", "37" and "steps"."""
    last, first = before.strip().rpartition(" ")[2], after.strip()
    is_number = last.replace(".", "").isdecimal()
    return bool({last, first} & set("=×→")) or (is_number and first[:1].islower())


def shortened(text: str, em: float, width: float, most: int, weight: Weight = "Regular") -> str:
    """``text``, or as much of its beginning as fits into ``most`` lines with an ellipsis."""
    if len(wrap(text, em, width, weight)) <= most:
        return text
    ends = accumulate(map(len, clusters(text)))
    cuts = [text[:end].rstrip() + "…" for end in ends]
    first = bisect_left(cuts, True, key=lambda cut: len(wrap(cut, em, width, weight)) > most)
    return cuts[max(first - 1, 0)]


def _even_width(words: list[str], em: float, count: int, weight: Weight) -> float:
    """The narrowest column in which ``words`` make at most ``count`` lines."""
    total = text_width("".join(words), em, weight)
    widths = np.linspace(total / count, total, 60).tolist()
    first = bisect_left(
        widths, True, key=lambda width: len(_wrap_to(words, em, width, weight)) <= count
    )
    return widths[min(first, len(widths) - 1)]


def _wrap_to(words: list[str], em: float, width: float, weight: Weight) -> list[str]:
    """Pieces of a text, with the blanks behind them, as lines without blanks at their ends."""
    lines = words[:1]
    for word in words[1:]:
        longer = lines[-1] + word
        if text_width(longer.rstrip(), em, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.rstrip() for line in lines]
