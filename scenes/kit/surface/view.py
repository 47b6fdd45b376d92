"""From where a surface is seen. No Manim."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import numpy as np

from scenes.look import Box

UPRIGHT = np.pi / 2


@dataclass(frozen=True)
class View:
    """A parallel projection of what stands on a map.

    Attributes:
        turn: of the map about the vertical, radians.
        rise: of the eye over the horizon, radians; upright it looks straight down.
        scale: of everything.
        tall: of height 1, units.
        x: where the pivot stands in the picture, units.
        y: likewise.
    """

    turn: float
    rise: float
    scale: float
    tall: float
    x: float
    y: float

    def place(self, points: np.ndarray, heights: np.ndarray, pivot: np.ndarray) -> np.ndarray:
        """Points of the map, (..., 2), units, at heights, (...), in the picture, (..., 2)."""
        away = points - pivot
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        right = away[..., 0] * cosine - away[..., 1] * sine
        back = away[..., 0] * sine + away[..., 1] * cosine
        up = back * np.sin(self.rise) + heights * (self.tall * np.cos(self.rise))
        return np.stack([self.x + self.scale * right, self.y + self.scale * up], axis=-1)

    def towards(self, other: View, share: float) -> View:
        """The view a share of the way to another one."""
        ways = zip(astuple(self), astuple(other), strict=True)
        return View(*(a + (b - a) * share for a, b in ways))

    def stretched(self, share: float) -> View:
        """The view of something so many times as tall."""
        return replace(self, tall=self.tall * share)


def from_above(box: Box, tall: float) -> View:
    """The view in which a surface over a map's box is the map."""
    return View(0.0, UPRIGHT, 1.0, tall, *box.center)


def fitted(views: list[View], corners: np.ndarray, pivot: np.ndarray, room: Box) -> list[View]:
    """Views, scaled alike and moved so that what stands at corners, (n, 3), fits a room."""
    seen = np.array([view.place(corners[:, :2], corners[:, 2], pivot) for view in views])
    low, high = seen.min(axis=(0, 1)), seen.max(axis=(0, 1))
    middle = (low + high) / 2
    scale = float(min(room.width / (high[0] - low[0]), room.height / (high[1] - low[1])))
    return [
        replace(
            view,
            scale=view.scale * scale,
            x=room.center[0] + scale * (view.x - middle[0]),
            y=room.center[1] + scale * (view.y - middle[1]),
        )
        for view in views
    ]
