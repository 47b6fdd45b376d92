"""Places for labels: of several candidates, the one that the fewest lines run through."""

from __future__ import annotations

from collections.abc import Sequence
from operator import and_
from typing import TypeVar

import numpy as np
from manim import Mobject

from scenes.kit.shapes import inside
from scenes.look import Box

Words = TypeVar("Words", bound=Mobject)
NEAR = 0.05  # units that words keep from a line


def clearest(
    candidates: Sequence[Words], lines: Sequence[np.ndarray], within: Box, near: float = NEAR
) -> Words:
    """The candidate with the least of the polylines, (n, 2) each, behind or near it.

    Candidates that stay within the box come before others; of equal ones, the first is taken.
    """
    starts, ways = _segments(lines)

    def trouble(words: Words) -> tuple[float, float]:
        box = bounds(words)
        return outside(box, within), _length(starts, ways, box.shrunk(-near))

    return min(candidates, key=trouble)


def is_free(words: Mobject, taken: Sequence[np.ndarray]) -> bool:
    """Whether none of the polylines runs through the words; those without a place are left out."""
    return behind(bounds(words), taken) == 0.0


def has_room(own: Box, boxes: Sequence[Box], lines: Sequence[np.ndarray]) -> bool:
    """Whether words with those bounds overlap none of the boxes, and no polyline runs through."""
    across = (own.left < box.right and box.left < own.right for box in boxes)
    up = (own.bottom < box.top and box.bottom < own.top for box in boxes)
    return not any(map(and_, across, up)) and behind(own, lines) == 0.0


def bounds(mobject: Mobject) -> Box:
    """The box round what is drawn, units."""
    points = mobject.get_all_points()[:, :2]
    return Box(*map(float, (*points.min(axis=0), *points.max(axis=0))))


def outline(box: Box) -> np.ndarray:
    """A box as a line for other words to keep off: its edges and diagonals, (7, 2)."""
    low, high = (box.left, box.bottom), (box.right, box.top)
    right, left = (box.right, box.bottom), (box.left, box.top)
    return np.array([low, high, right, low, left, right, high])


def behind(box: Box, lines: Sequence[np.ndarray]) -> float:
    """The length of polylines inside a box, units, to a hundredth."""
    return _length(*_segments(lines), box)


def _segments(lines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Where the straight parts of polylines start, and their ways, (n, 2) each."""
    none = np.zeros((0, 2))
    starts = np.concatenate([none, *(line[:-1] for line in lines)])
    return starts, np.concatenate([none, *(line[1:] for line in lines)]) - starts


def _length(starts: np.ndarray, ways: np.ndarray, box: Box) -> float:
    """How much of straight ways is inside a box, units, to a hundredth."""
    first, last = inside(starts, ways, box)
    return round(float(np.hypot(*ways.T) @ np.maximum(last - first, 0.0)), 2)


def outside(box: Box, within: Box) -> float:
    """The length by which a box leaves another one, units, to a hundredth."""
    lower = (within.left - box.left, within.bottom - box.bottom)
    return round(max(0.0, *lower, box.right - within.right, box.top - within.top), 2)
