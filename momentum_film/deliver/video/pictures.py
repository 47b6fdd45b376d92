"""Stills out of a finished film, and small pictures."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from PIL import Image

LARGEST_POSTER = 60_000
"""Bytes of a poster that a page loads before anything else."""

_SIZES = tuple((side, quality) for side in (1920, 1600, 1280, 960, 640) for quality in (90, 80, 65))


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
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=quality, method=6, use_sharp_yuv=True)
    return file.getvalue()


def jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """A picture as JPEG without reduced colour."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0, optimize=True)
    return file.getvalue()


def fitted(picture: Image.Image, longest: int) -> Image.Image:
    """The picture, made smaller if its longer side has more pixels than asked."""
    scale = longest / max(picture.size)
    if scale >= 1.0:
        return picture.convert("RGB")
    width, height = (round(side * scale) for side in picture.size)
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def frames_at(video: Path, numbers: Iterable[int]) -> Iterator[Image.Image]:
    """Some frames of a film.

    Args:
        video: The film.
        numbers: Which frames, ascending, counted from 0.

    Yields:
        One picture for each number.

    Raises:
        ValueError: The film has no such frame.
    """
    with av.open(str(video), "r") as file:
        for wanted in numbers:
            for number, frame in frames_from(file, wanted):
                if number == wanted:
                    yield frame.to_image()
                    break
            else:
                raise ValueError(f"the film has no frame {wanted}: render it once more")


def frames_from(file: InputContainer, first: int) -> Iterator[tuple[int, av.VideoFrame]]:
    """(number, frame) of a film's frames, from the key frame before the first one on.

    Args:
        file: The film.
        first: Counted from 0.
    """
    stream = file.streams.video[0]
    if not stream.codec_context.is_open:
        stream.thread_type = "AUTO"
    rate, unit = stream.average_rate or Fraction(1), stream.time_base or Fraction(1)
    file.seek(round(first / rate / unit), stream=stream)
    for frame in file.decode(stream):
        yield round((frame.pts or 0) * unit * rate), frame
