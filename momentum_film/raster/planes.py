"""Y, U and V where a frame has them: libraries pad rows and planes as they like."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np

from momentum_film.raster.rectangles import Rectangle

_SAMPLES: dict[str, np.dtype] = {"yuv420p": np.dtype("u1"), "yuv420p10le": np.dtype("<u2")}


def views(frame: av.VideoFrame) -> tuple[np.ndarray, ...]:
    """A frame's Y, U and V without the padding of their rows; writing there writes to the frame.

    Each is (height, width) of its own, uint8 for yuv420p, uint16 for yuv420p10le.

    Raises:
        KeyError: the frame is of another format.
    """
    kind = _SAMPLES[frame.format.name]
    return tuple(
        np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)[:, : plane.width]
        for plane in frame.planes
    )


def parts(planes: Sequence[np.ndarray], where: Rectangle) -> list[np.ndarray]:
    """Y, U and V of a rectangle whose edges are even."""
    return [
        plane[where.top // s : where.bottom // s, where.left // s : where.right // s]
        for plane, s in zip(planes, (1, 2, 2), strict=True)
    ]


class Planes:
    """Y, U and V of a picture whose sides are even, in the yuv420p ``frame`` of an encoder."""

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
