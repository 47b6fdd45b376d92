"""Colours of pictures: drawn as red, green and blue, or at once as a film's Y, Cb and Cr.

What is drawn is colours mixed in proportion, and Y, Cb and Cr are sums of red, green and blue. So a
picture drawn with colours already converted is the converted picture, and need not be converted.

Films are BT.709 in limited range, which browsers assume of HD video.
"""

from __future__ import annotations

from collections.abc import Callable

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

BT709 = 1  # AVCOL_SPC_BT709
TAGS = (BT709, ColorPrimaries.BT709, ColorTrc.BT709, ColorRange.MPEG)
"""Of a stream: its colour space, primaries and transfer characteristics, and its range."""

KR, KB = 0.2126, 0.0722  # BT.709: what red and blue have of the light

Channels = Callable[[np.ndarray], np.ndarray]
"""Red, green and blue, (..., 3) in 0 to 1 -> the three channels that are drawn, in 0 to 1."""


def tag(context: av.VideoCodecContext) -> None:
    """Write the film's colours into the stream of an encoder that is not open yet."""
    context.colorspace, context.color_primaries, context.color_trc, context.color_range = TAGS


def rgb(colors: np.ndarray) -> np.ndarray:
    """Red, green and blue as they are."""
    return colors


def bgr(colors: np.ndarray) -> np.ndarray:
    """Blue, green and red.

    Shapes name their channels as they lie in a picture's memory. What Cairo writes into files of
    vectors are names, not memory, and then red is red.
    """
    return colors[..., ::-1]


def ycbcr(colors: np.ndarray, saturation: float = 1.0) -> np.ndarray:
    """Y, Cb and Cr of red, green and blue; 1 is stored as 255.

    Args:
        colors: (..., 3), in 0 to 1.
        saturation: how much farther from grey blue is stored than it is. Browsers without a
            graphics card compute blue with libyuv, whose factor for the distance of Cb from grey is
            2 at most where BT.709 has 2.112: saturated yellows come out too blue. A Cb that is a
            little farther from grey shares that error between them and exact players.
    """
    red, green, blue = np.moveaxis(colors, -1, 0)
    light = KR * red + (1 - KR - KB) * green + KB * blue
    cb = np.clip(saturation * (blue - light) / (2 - 2 * KB), -0.5, 0.5)
    cr = (red - light) / (2 - 2 * KR)
    return np.stack([16 + 219 * light, 128 + 224 * cb, 128 + 224 * cr], axis=-1) / 255
