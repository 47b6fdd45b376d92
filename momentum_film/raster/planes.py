"""Y, U and V where a frame has them: libraries pad rows and planes as they like.

So nothing is reckoned here from a picture's size but what the frame itself says of its planes.
"""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np
from av.video.plane import VideoPlane

from momentum_film.raster.rectangles import Rectangle

# Samples of these take one byte, or two.
_SAMPLES: dict[str, np.dtype[np.unsignedinteger]] = {
    "yuv420p": np.dtype("u1"),
    "yuv420p10le": np.dtype("<u2"),
}


def views(frame: av.VideoFrame) -> tuple[np.ndarray, ...]:
    """A frame's planes without the padding of their rows; what is written there is in the frame.

    Args:
        frame: of yuv420p or yuv420p10le.

    Returns:
        Y, U and V, each (height, width) of its own, uint8 or uint16.

    Raises:
        KeyError: the frame is of another format.
    """
    kind = _SAMPLES[frame.format.name]
    return tuple(_rows(plane, kind)[:, : plane.width] for plane in frame.planes)


def parts(planes: Sequence[np.ndarray], where: Rectangle) -> list[np.ndarray]:
    """Y, U and V of a rectangle whose edges are even."""
    return [
        plane[where.top // s : where.bottom // s, where.left // s : where.right // s]
        for plane, s in zip(planes, (1, 2, 2), strict=True)
    ]


def _rows(plane: VideoPlane, kind: np.dtype[np.unsignedinteger]) -> np.ndarray:
    """A plane with the padding of its rows."""
    samples = np.frombuffer(memoryview(plane), kind)
    return samples.reshape(plane.height, plane.line_size // kind.itemsize)


class Planes:
    """Y, U and V of a picture, in a frame that an encoder takes.

    Args:
        width: pixels, even.
        height: pixels, even.

    Attributes:
        frame: yuv420p.
    """

    def __init__(self, width: int, height: int) -> None:
        self.frame = av.VideoFrame(width, height, "yuv420p")
        self._planes = views(self.frame)

    def parts(self, where: Rectangle) -> list[np.ndarray]:
        """Views of a rectangle whose edges are even."""
        return parts(self._planes, where)

    def copy(self, source: Planes, where: Rectangle) -> None:
        """Take over a rectangle of other planes."""
        for mine, theirs in zip(self.parts(where), source.parts(where), strict=True):
            mine[:] = theirs
