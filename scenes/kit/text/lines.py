"""Lines of text as outlines: how wide they are, where they break, and the curves they are made of.

Sizes are em heights in scene units; digits are tabular, so counters do not wobble. Manim is not
needed for any of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np
import uharfbuzz as hb

from scenes.kit.text.font_runs import advance, font, runs, shaped
from scenes.kit.text.fonts import Face, Weight
from scenes.kit.text.scripts import RIGHT_TO_LEFT_MARK, clusters, pieces


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
def _glyph(face: Face | None, weight: Weight, glyph: int) -> np.ndarray:
    """Outline of a glyph, (4k, 3) in ems, read-only."""
    outline = _Outline()
    draw = hb.DrawFuncs()
    draw.set_move_to_func(outline.move_to)
    draw.set_line_to_func(outline.line_to)
    draw.set_quadratic_to_func(outline.quadratic_to)
    draw.set_cubic_to_func(outline.cubic_to)
    draw.set_close_path_func(outline.close)
    made = font(face, weight)
    made.draw_glyph(glyph, draw, None)
    points = np.zeros((len(outline.points), 3))
    if outline.points:
        points[:, :2] = np.array(outline.points) / made.face.upem
    points.flags.writeable = False
    return points


@cache
def outline(text: str, weight: Weight = "Regular") -> tuple[np.ndarray, float]:
    """One line of text as curves, its baseline starting at the origin.

    Args:
        text: one line.
        weight: of the font.

    Returns:
        The curves, (4k, 3) in ems, read-only, and the line's advance width in ems.

    Raises:
        Undrawable: no font that is installed has a glyph for one of the characters.
    """
    pieces, pen = [np.zeros((0, 3))], 0.0
    for run in runs(text):
        glyphs, width = shaped(run, weight)
        outlines = [_glyph(glyph.face, weight, glyph.index) for glyph in glyphs]
        shifts = np.array([(glyph.x, glyph.y, 0.0) for glyph in glyphs]).reshape(-1, 3)
        points = np.concatenate([np.zeros((0, 3)), *outlines])
        points += np.repeat(shifts, [len(each) for each in outlines], axis=0)
        pieces.append(points * run.scale + (pen, run.rise, 0.0))
        pen += width * run.scale
    points = np.concatenate(pieces)
    points.flags.writeable = False
    return points, pen


def text_width(text: str, em: float, weight: Weight = "Regular") -> float:
    """Advance width of a line in units."""
    return advance(text, weight) * em


def fitted(text: str, em: float, width: float, weight: Weight = "Regular") -> str:
    """``text``, or as much of its beginning as fits ``width`` with an ellipsis."""
    if text_width(text, em, weight) <= width:
        return text
    ends = [0, *accumulate(map(len, clusters(text)))][:-1]
    cut = next(
        n
        for n in reversed(ends)
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
    """Break ``text`` into as few lines as fit ``width``: into sentences, or about equal ones.

    A line breaks at blanks and between ideographs; a word that is wider than a line, anywhere.
    """
    words = [part for piece in pieces(text) for part in _within(piece, em, width, weight)]
    count = 1
    while True:
        lines = _wrap_to(
            words, em, width if count == 1 else _even_width(words, em, count, weight), weight
        )
        if _fit(lines, count, em, width, weight):
            sentences = re.split(r"(?<=[.?!]) ", "".join(words))
            broken = sentences if _fit(sentences, len(lines), em, width, weight) else lines
            return _of_one_direction(text, broken)
        count += 1
        if count > len(words):
            return _of_one_direction(text, _wrap_to(words, em, width, weight))


def shortened(text: str, em: float, width: float, most: int, weight: Weight = "Regular") -> str:
    """``text``, or as much of its beginning as fits into ``most`` lines with an ellipsis."""
    if len(wrap(text, em, width, weight)) <= most:
        return text
    ends = list(accumulate(map(len, clusters(text))))
    cuts = [text[:end].rstrip() + "…" for end in ends]
    first = bisect_left(cuts, True, key=lambda cut: len(wrap(cut, em, width, weight)) > most)
    return cuts[max(first - 1, 0)]


def _within(piece: str, em: float, width: float, weight: Weight) -> Sequence[str]:
    """A piece of a line, in its clusters where it is wider than a line."""
    fits = text_width(piece.rstrip(), em, weight) <= width
    return (piece,) if fits else clusters(piece)


def _of_one_direction(text: str, lines: list[str]) -> list[str]:
    """Lines that read from right to left if their text does."""
    if not text.startswith(RIGHT_TO_LEFT_MARK):
        return lines
    return [RIGHT_TO_LEFT_MARK + line.lstrip(RIGHT_TO_LEFT_MARK) for line in lines]


def _fit(lines: list[str], count: int, em: float, width: float, weight: Weight) -> bool:
    """Whether there are at most so many lines, none wider than this."""
    return len(lines) <= count and all(text_width(line, em, weight) <= width for line in lines)


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
