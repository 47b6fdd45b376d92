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
        reach: how far they are from the origin; more than 1 where the area would be small.
        turn_degrees: where the first one lies, from the x axis, counter-clockwise.
        inner: of a star, how far its notches are from the origin, as a share of ``reach``; else 1.
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
        shares = (1.0,) if self.inner == 1.0 else (1.0, self.inner)
        reaches = [radius * self.reach * share for share in shares] * self.corners
        turns = [
            radians(self.turn_degrees) + 2 * pi * k / len(reaches) for k in range(len(reaches))
        ]
        return tuple((r * cos(turn), r * sin(turn)) for r, turn in zip(reaches, turns, strict=True))


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
