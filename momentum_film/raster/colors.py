"""The colours of films: BT.709 in limited range, which browsers assume of HD video."""

from __future__ import annotations

import av
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

BT709 = 1  # AVCOL_SPC_BT709
TAGS = (BT709, ColorPrimaries.BT709, ColorTrc.BT709, ColorRange.MPEG)
"""Of a stream: its colour space, primaries and transfer characteristics, and its range."""


def tag(context: av.VideoCodecContext) -> None:
    """Write the film's colours into the stream of an encoder that is not open yet."""
    context.colorspace, context.color_primaries, context.color_trc, context.color_range = TAGS
