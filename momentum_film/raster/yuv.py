"""The planes of a picture that was drawn as Y, Cb and Cr, renewed only where it changed.

4:2:0: Cb and Cr are means of two by two pixels.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from momentum_film.raster.planes import Planes
from momentum_film.raster.rectangles import Rectangle, merged

_ALL_BUT_LAST_BITS = np.uint32(0xFEFEFEFE)


class YuvPicture:
    """Planes that follow a picture.

    Args:
        width: pixels, even.
        height: pixels, even.
        blue: how many times as far from grey Cb is stored as it is drawn.

    Attributes:
        planes: as they are after the last ``follow``.
    """

    def __init__(self, width: int, height: int, blue: float = 1.0) -> None:
        self.planes = Planes(width, height)
        drawn = np.arange(256)
        self._cb = np.round(128 + blue * (drawn - 128)).clip(0, 255).astype(np.uint8)
        self._cb_is_drawn = bool((self._cb == drawn).all())
        self._frame = Rectangle(0, 0, width, height)
        self._follows = False  # before the first picture, anything may stand in the planes

    def follow(self, pixels: np.ndarray, changed: Iterable[Rectangle]) -> list[Rectangle]:
        """Take over what changed.

        Args:
            pixels: (height, width, 4) uint8, Y, Cb and Cr, and a channel that does not count.
            changed: outside of these rectangles the picture is as it was.

        Returns:
            Where the planes changed; edges are even.
        """
        found = []
        for target in merged(rectangle.grown(0, self._frame) for rectangle in changed):
            part = pixels[target.slices]
            words = part.view(np.uint32)[..., 0]
            # One mean is rounded up and the other down: on the whole none is too large.
            rows = _mean(words[::2], words[1::2], up=True)
            colors = _mean(rows[:, ::2], rows[:, 1::2], up=False).view(np.uint8)
            colors = colors.reshape(*colors.shape[:1], -1, 4)
            cb = colors[..., 1] if self._cb_is_drawn else self._cb[colors[..., 1]]
            planes = (part[..., 0], cb, colors[..., 2])
            if not self._follows or not all(map(np.array_equal, self.planes.parts(target), planes)):
                for mine, new in zip(self.planes.parts(target), planes, strict=True):
                    mine[:] = new
                found.append(target)
        self._follows = True
        return found


def _mean(one: np.ndarray, other: np.ndarray, up: bool) -> np.ndarray:
    """Means of the four bytes of words, all at once: what differs counts half.

    Source:
        H. S. Warren, Hacker's Delight, 2nd edition, section 2-5.
    """
    half = ((one ^ other) & _ALL_BUT_LAST_BITS) >> np.uint32(1)
    return (one | other) - half if up else (one & other) + half
