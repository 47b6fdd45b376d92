"""The picture in the encoder's colours, 4:2:0, converted only where it changed."""

from __future__ import annotations

from collections.abc import Iterable

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from momentum_film.raster.planes import Planes, views
from momentum_film.raster.rectangles import Rectangle, merged

# Chroma is filtered vertically, over two rows above and below: a change reaches that far. Twice as
# far round a rectangle is converted with it: near a picture's edge the filter leans inwards.
REACH = 2
MARGIN = 4


# Browsers without a graphics card compute blue with libyuv, whose factor for the distance of Cb
# from grey is 2 at most where BT.709 has 2.112: saturated yellows come out too blue. A Cb that is a
# little farther from grey shares that error between them and exact players.
def near_all_players(bits: int, factor: float) -> np.ndarray:
    """Cb -> the Cb to store, for all values of so many bits; limited range."""
    grey, most = 1 << (bits - 1), 112 << (bits - 8)
    stored = np.round((np.arange(2 * grey) - grey) * factor)
    return (grey + np.clip(stored, -most, most)).astype(np.uint8 if bits == 8 else np.uint16)


NEAR_ALL_PLAYERS = near_all_players(8, 1.0175)
FILTER = int(Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT)


class YuvPicture:
    """``planes`` that follow an RGBA picture."""

    def __init__(self, width: int, height: int) -> None:
        self.planes = Planes(width, height)
        self._frame = Rectangle(0, 0, width, height)
        self._converter = VideoReformatter()

    def follow(self, pixels: np.ndarray, changed: Iterable[Rectangle]) -> list[Rectangle]:
        """Convert what changed in pixels, (height, width, 4) uint8, RGBA.

        Outside of the given rectangles pixels are as they were, and planes outside of the returned.
        """
        grown = merged(rectangle.grown(REACH, self._frame) for rectangle in changed)
        for target in grown:
            self._convert(pixels, target)
        return grown

    def _convert(self, pixels: np.ndarray, target: Rectangle) -> None:
        source = target.grown(MARGIN, self._frame)
        frame = self._converter.reformat(
            av.VideoFrame.from_numpy_buffer(pixels[source.slices], format="rgba"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=FILTER,
            threads=1,
        )
        parts = self.planes.parts(target)
        for converted, mine, s in zip(views(frame), parts, (1, 2, 2), strict=True):
            top, left = (target.top - source.top) // s, (target.left - source.left) // s
            height, width = mine.shape
            mine[:] = converted[top : top + height, left : left + width]
        parts[1][:] = NEAR_ALL_PLAYERS[parts[1]]
