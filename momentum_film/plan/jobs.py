"""What a renderer is asked for and what it hands back: two frozen, picklable values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from momentum_math import Experiment

Encoding = Literal["h264", "web", "av1", "browsers", "lossless", "gif", "still", "svg", "pdf"]
# What is encoded side by side, of one drawing, into one file of so many video streams.
TOGETHER: dict[Encoding, tuple[Encoding, ...]] = {"browsers": ("web", "av1")}
HELD = frozenset({"av1"})  # where a picture that stands is one with a longer duration
VECTORS = frozenset({"svg", "pdf"})  # pictures that are no pixels
XML = b"<?xml"
Beats = tuple[tuple[str, float, float], ...]
LOOP_FPS = 25  # a GIF, whose delays are hundredths of a second, shows every second frame of these
# What a chapter is called while it is rendered; it may be rendered for more than the film.
_NAMES: dict[Encoding, str] = {
    "h264": "{}",
    "web": "{} as small H.264",
    "av1": "{} as AV1",
    "browsers": "{} for the web",
    "lossless": "{}, exactly",
    "gif": "{} as GIF",
    "still": "{} as a picture",
    "svg": "{} as SVG",
    "pdf": "{} as PDF",
}


@dataclass(frozen=True)
class RenderJob:
    """One chapter of one film, at one size: everything that decides its pixels.

    Attributes:
        experiment: What happens.
        chapter: A key of ``scenes.SCENES``.
        theme: A key of ``scenes.look.THEMES``.
        aspect: A key of ``scenes.look.FRAMES``.
        width: Pixels, even.
        height: Pixels, even.
        fps: Frames per second.
        encoding: ``"h264"`` for the film; ``"web"`` (H.264) and ``"av1"`` for the film once more,
            smaller, ``"browsers"`` for both; ``"lossless"`` for exact RGB (QuickTime Animation);
            ``"gif"`` for a loop;
            ``"still"`` for the last frame as PNG; ``"svg"`` and ``"pdf"`` for the last frame of
            each beat as vectors.
        span: First frame and the one after the last, both where a beat begins or ends, if it is
            only a part of the chapter.
    """

    experiment: Experiment
    chapter: str
    theme: str
    aspect: str
    width: int
    height: int
    fps: int
    encoding: Encoding = "h264"
    span: tuple[int, int] | None = None

    @property
    def streams(self) -> tuple[RenderJob, ...]:
        """A job for each video stream of the segment's file, in order: this one, if it is one."""
        together = TOGETHER.get(self.encoding, (self.encoding,))
        return tuple(replace(self, encoding=encoding) for encoding in together)

    @property
    def name(self) -> str:
        """What it is, for people."""
        part = "" if self.span is None else f" from frame {self.span[0]}"
        return _NAMES[self.encoding].format(self.chapter) + part


@dataclass(frozen=True)
class Segment:
    """A rendered chapter, or a part of one. It travels as bytes, so that no disk has to be shared.

    Attributes:
        chapter: A key of ``scenes.SCENES``.
        data: An MP4 file with one video stream, or one for each encoding of ``TOGETHER`` (without
            loss, a MOV file); for ``"gif"`` a GIF, for ``"still"`` a PNG file; for ``"pdf"`` a page
            for each beat, for ``"svg"`` a document for each, one after the other, which begin with
            an XML declaration.
        sha256: Hexadecimal digest of ``data``.
        frames: Number of frames that it stands for, even where ``data`` shows fewer.
        beats: (name, start, end) in seconds from the chapter's start, of the whole chapter.
        tracks: Of the whole chapter, per particle ``contender``, ``color``, ``x_px``, ``y_px`` and
            ``steps``: at ``seconds`` from the chapter's start the particle of a point (x, y) stands
            at ``x * x_px[0] + x_px[1]`` and ``y * y_px[0] + y_px[1]``. The picture's top left
            corner is (0, 0), y grows downwards, the centre of the first pixel is (0.5, 0.5).
    """

    chapter: str
    data: bytes
    sha256: str
    frames: int
    beats: Beats
    tracks: tuple[dict[str, Any], ...]

    @property
    def documents(self) -> list[bytes]:
        """Of SVG, the document of each beat."""
        _, *documents = self.data.split(XML)
        return [XML + document for document in documents]
