"""The marker of each contender, told once: films, pages and sheets draw the same outlines."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin

Point = tuple[float, float]


@dataclass(frozen=True)
class Marker:
    """An outline round the origin, for a particle of radius 1.

    Attributes:
        corners: how many points it has; 0 is a disc of radius 1.
        reach: how far its points are from the origin; more than 1 where the area would be small.
        turn_degrees: where its first point lies, from the x axis, counter-clockwise.
        inner: of a star, how far the notches are from the origin, as a share of ``reach``; else 1.
    """

    corners: int = 0
    reach: float = 1.0
    turn_degrees: float = 0.0
    inner: float = 1.0

    def outline(self, radius: float = 1.0) -> tuple[Point, ...]:
        """Its corners, y upwards, counter-clockwise; none of a disc.

        >>> [(round(x, 2), round(y, 2)) for x, y in Marker(3, 2.0, 90.0).outline()]
        [(0.0, 2.0), (-1.73, -1.0), (1.73, -1.0)]
        """
        is_star = self.inner != 1.0
        count = 2 * self.corners if is_star else self.corners
        points = []
        for k in range(count):
            turn = radians(self.turn_degrees) + 2 * pi * k / count
            reach = radius * self.reach * (self.inner if is_star and k % 2 else 1.0)
            points.append((reach * cos(turn), reach * sin(turn)))
        return tuple(points)


# In the contenders' order, so that colour never carries the meaning alone.
MARKERS: tuple[Marker, ...] = (
    Marker(),
    Marker(4, 1.22, 45.0),
    Marker(4, 1.3, 90.0),
    Marker(3, 1.4, 90.0),
    Marker(3, 1.4, -90.0),
    Marker(5, 1.6, 90.0, inner=0.5),
)


def marker_of(index: int) -> Marker:
    """The marker of the contender with this number, from 0."""
    return MARKERS[index % len(MARKERS)]
