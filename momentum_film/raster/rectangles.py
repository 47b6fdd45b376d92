"""Pixel rectangles: where a picture changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# Two rectangles are drawn as one if that draws at most this many pixels more.
SPARE_PIXELS = 4096


class Rectangle(NamedTuple):
    """Columns ``left`` to ``right`` and rows ``top`` to ``bottom``, the latter excluded."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns in an array of pixels."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def meets(self, other: Rectangle) -> bool:
        """Whether the two share a pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def joined(self, other: Rectangle) -> Rectangle:
        """The smallest rectangle around both."""
        left, top, right, bottom = self
        x0, y0, x1, y1 = other
        # Comparisons: this is done for each thing that moves, against each other one.
        return Rectangle(
            x0 if x0 < left else left,
            y0 if y0 < top else top,
            x1 if x1 > right else right,
            y1 if y1 > bottom else bottom,
        )

    def grown(self, margin: int, within: Rectangle) -> Rectangle:
        """This rectangle with a margin, out to even edges, cut to ``within``."""
        left, top = (self.left - margin) & ~1, (self.top - margin) & ~1
        right, bottom = (self.right + margin + 1) & ~1, (self.bottom + margin + 1) & ~1
        return Rectangle(left, top, right, bottom).cut(within)

    def cut(self, within: Rectangle) -> Rectangle:
        """The part of it inside another one, perhaps without area."""
        left, right = max(self.left, within.left), min(self.right, within.right)
        top, bottom = max(self.top, within.top), min(self.bottom, within.bottom)
        return Rectangle(left, top, max(left, right), max(top, bottom))


def merged(rectangles: Iterable[Rectangle]) -> list[Rectangle]:
    """Few disjoint rectangles that cover all the given ones; those without area are left out.

    >>> near, far = Rectangle(2, 2, 6, 6), Rectangle(500, 500, 600, 600)
    >>> merged([Rectangle(0, 0, 4, 4), near, far]) == [Rectangle(0, 0, 6, 6), far]
    True
    """
    areas = {rectangle: area for rectangle in rectangles if (area := rectangle.area) > 0}
    if len(areas) < 2:
        return list(areas)
    hull = _hull(areas)
    if hull.area <= sum(areas.values()):
        return [hull]
    apart: list[Rectangle] = []
    for rectangle in sorted(areas):
        joined = rectangle
        while near := [other for other in apart if _worth_joining(joined, other)]:
            apart = [other for other in apart if other not in near]
            joined = _hull([joined, *near])
        apart.append(joined)
    return apart


def _hull(rectangles: Iterable[Rectangle]) -> Rectangle:
    """The smallest rectangle around all."""
    left, top, right, bottom = zip(*rectangles, strict=True)
    return Rectangle(min(left), min(top), max(right), max(bottom))


def _worth_joining(one: Rectangle, other: Rectangle) -> bool:
    return one.meets(other) or one.joined(other).area <= one.area + other.area + SPARE_PIXELS
