"""Stills out of a finished film, and small pictures."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from PIL import Image

LARGEST_POSTER = 60_000
"""Bytes of a poster that a page loads before anything else."""

_SIDES, _QUALITIES = (1920, 1600, 1280, 960, 640), (90, 80, 70, 60, 50)
_SIZES = tuple((side, quality) for side in _SIDES for quality in _QUALITIES)
_FAR = 100  # frames; what is farther on is looked for, what is nearer is decoded on the way


def small_poster(poster: Image.Image) -> bytes:
    """A poster as WebP of at most ``LARGEST_POSTER`` bytes, as large and as good as that allows.

    Raises:
        ValueError: Even the smallest is larger.
    """
    for longest, quality in _SIZES:
        data = webp(fitted(poster, longest), quality)
        if len(data) <= LARGEST_POSTER:
            return data
    raise ValueError(f"the poster has {len(data)} bytes even when small; make the picture calmer")


def webp(picture: Image.Image, quality: int) -> bytes:
    """A picture as WebP, with full colour resolution at the edges of type."""
    return _saved(picture, "WEBP", quality=quality, method=6, use_sharp_yuv=True)


def jpeg(picture: Image.Image) -> bytes:
    """A picture as JPEG without reduced colour."""
    return _saved(picture, "JPEG", quality=88, subsampling=0, optimize=True)


def png(picture: Image.Image) -> bytes:
    """A picture as PNG."""
    return _saved(picture, "PNG")


def _saved(picture: Image.Image, format_: str, **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, format_, **options)
    return file.getvalue()


def fitted(picture: Image.Image, longest: int) -> Image.Image:
    """The picture, made smaller if its longer side has more pixels than asked."""
    scale = longest / max(picture.size)
    if scale >= 1.0:
        return picture.convert("RGB")
    width, height = (round(side * scale) for side in picture.size)
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def frames_at(video: Path | BinaryIO, numbers: Iterable[int]) -> Iterator[av.VideoFrame]:
    """Some frames of a film.

    Args:
        video: The film.
        numbers: Which frames, counted from 0; soonest if ascending.

    Yields:
        One frame for each number.

    Raises:
        ValueError: The film has no such frame.
    """
    with av.open(video, "r") as file:
        stream = file.streams.video[0]
        stream.thread_type = "AUTO"
        rate, unit = stream.average_rate or Fraction(1), stream.time_base or Fraction(1)
        at = -_FAR - 1
        for wanted in numbers:
            if not at <= wanted <= at + _FAR:
                file.seek(round(wanted / rate / unit), stream=stream)
                frames, at = file.decode(stream), -1
            while at != wanted:
                try:
                    frame = next(frames)
                except StopIteration:
                    raise ValueError(
                        f"the film has no frame {wanted}: render it once more"
                    ) from None
                at = round((frame.pts or 0) * unit * rate)
            yield frame
