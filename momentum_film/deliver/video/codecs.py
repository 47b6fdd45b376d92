"""What a browser needs to know of a video before it loads it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import av


def media_type(video: Path | BinaryIO) -> str:
    """An MP4's media type with the codec's name, as in a ``source`` element.

    Raises:
        ValueError: It is neither H.264 nor AV1; deliver the film once more.

    Source:
        RFC 6381; AV1 Codec ISO Media File Format Binding, section 5.
    """
    with av.open(video, "r") as file:
        context = file.streams.video[0].codec_context
        name, setup = context.name, bytes(context.extradata or b"")
    if name == "h264":
        codec = f"avc1.{setup[1:4].hex().upper()}"
    elif "av1" in name or "dav1d" in name:
        codec = _av1(setup)
    else:
        raise ValueError(f"the film is {name}, not H.264 or AV1: deliver it once more")
    return f'video/mp4; codecs="{codec}"'


def _av1(setup: bytes) -> str:
    """``av01.0.08M.10`` from the four bytes that describe an AV1 stream."""
    profile, level = setup[1] >> 5, setup[1] & 31
    tier = "H" if setup[2] >> 7 else "M"
    depth = (8, 8, 10, 12)[setup[2] >> 5 & 3]  # high_bitdepth, twelve_bit
    return f"av01.{profile}.{level:02d}{tier}.{depth:02d}"
