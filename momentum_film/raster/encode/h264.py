"""Pictures in, H.264 out: one encoder for a whole chapter, at work beside the drawing."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange

from momentum_film.raster import colors
from momentum_film.raster.encode import skip_frames
from momentum_film.raster.encode.base import Options, Stream
from momentum_film.raster.planes import Planes
from momentum_film.raster.rectangles import Rectangle, merged
from momentum_film.raster.yuv import YuvPicture

# Measured (`make bench`) on the default film: nearer to the exact pictures than stock Manim's file
# at about its size. Drawings stand more than they move, so key frames, which are what is seen where
# a picture stands, are much better than what is seen in motion for a sixtieth of a second; edges
# are to stay edges, so they are not smoothed, and colours mean something, so they are to be more
# exact than light. One thread, so that the bytes do not depend on the number of cores.
_TUNING = {"subme": 1, "ipratio": 3.3, "aq-mode": 2, "no-deblock": 1, "chroma-qp-offset": -6}
# Short side in pixels -> preset, and how coarse: pixels that are larger to the eye are to be more
# exact. A constant quantiser (qp) takes a third less time, but does not weigh the parts of a
# picture, so small differences must not be dropped; crf makes smaller files, which counts for large
# pictures, as does looking for motion of less than a pixel (subme). Drafts are to be quick, so
# they are written in the code (CAVLC) that is written and read sooner.
_COARSENESS = (
    (1080, "veryfast", {"crf": 34}),
    (720, "veryfast", {"crf": 30}),
    (
        0,
        "superfast",
        {
            "qp": 22,
            "chroma-qp-offset": -8,
            "deadzone-inter": 0,
            "subme": 0,
            "me": "dia",
            "cabac": 0,
        },
    ),
)
# Key frames, from which a player can start: a picture that stands for a while, if the last key
# frame is some time ago; any changed picture, if it is long ago.
STANDING_SECONDS, KEY_SECONDS, LATE_KEY_SECONDS = 0.3, 1.5, 10
NEVER = 1 << 30
SATURATION = 1.0175  # see ``colors.ycbcr``
# Pictures on their way to the encoder: one being drawn, one being encoded, the rest waiting.
PICTURES = 4


def h264_options(width: int, height: int) -> Options:
    """What libx264 is told for pictures of a size."""
    preset, coarseness = next(row[1:] for row in _COARSENESS if min(width, height) >= row[0])
    settings = {**skip_frames.OPTIONS, **_TUNING, **coarseness}
    return (
        ("preset", preset),
        ("profile", "high"),
        ("threads", "1"),
        ("forced-idr", "1"),
        ("x264-params", ":".join(f"{name}={value}" for name, value in settings.items())),
    )


class _SplicedStream(Stream):
    """The same, with held frames written instead of encoded."""

    def __init__(self, size: tuple[int, int], fps: int, options: Options) -> None:
        super().__init__("libx264", "yuv420p", size, fps, options)
        colors.tag(self.context)
        self.context.gop_size = NEVER
        self.context.open()
        self._numbering = skip_frames.Numbering(bytes(self.context.extradata or b""))
        self._held = skip_frames.held_slice(*size, fps, options)
        self._fps, self._last_key = fps, -NEVER

    def encode_held(self, frame: av.VideoFrame, times: int, is_new: bool) -> None:
        """A picture for a number of frames; not encoded again if it was the last one too."""
        at, since_key = self.next, (self.next - self._last_key) / self._fps
        is_key = (is_new and since_key >= LATE_KEY_SECONDS) or (
            times >= STANDING_SECONDS * self._fps and since_key >= KEY_SECONDS
        )
        is_encoded = is_new or is_key
        if is_encoded:
            frame.pict_type = PictureType.I if is_key else PictureType.NONE
            (packet,) = self.encode(frame)
            data = bytes(packet)
            if packet.is_keyframe:
                self._last_key = at
                self._numbering.key()
            else:
                data = self._numbering.renumbered(data)
            self.write(data, at, packet.is_keyframe)
        for _ in range(times - is_encoded):
            self.write(self._numbering.renumbered(self._held), self.next, False)
            self.next += 1


class H264:
    """The film's own encoding: H.264 High, yuv420p, BT.709 limited range.

    Args:
        width: pixels, even.
        height: pixels, even.
        fps: frames per second.
        options: of libx264; ``h264_options`` if not given.
    """

    def __init__(
        self,
        width: int,
        height: int,
        fps: int,
        options: Options | None = None,
    ) -> None:
        self.channels = colors.ycbcr(SATURATION)
        options = options or h264_options(width, height)
        self._stream = _SplicedStream((width, height), fps, options)
        self._picture = YuvPicture(width, height)
        self._slots = [_Slot(width, height) for _ in range(PICTURES)]
        self._current, self._beside = 0, ThreadPoolExecutor(1, "encoder")

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        if changed:
            stale = self._picture.follow(pixels, changed)
            for slot in self._slots:
                slot.stale += stale
            self._current = (self._current + 1) % PICTURES
            self._slots[self._current].renew(self._picture.planes)
        slot = self._slots[self._current]
        slot.last = self._beside.submit(self._stream.encode_held, slot.frame, frames, bool(changed))

    def finish(self) -> bytes:
        try:
            for slot in self._slots:
                slot.wait()
            return self._beside.submit(self._stream.finish).result()
        finally:
            self.abort()

    def abort(self) -> None:
        self._beside.shutdown(wait=True, cancel_futures=True)


class _Slot:
    """A picture that the encoder may still be reading."""

    def __init__(self, width: int, height: int) -> None:
        self._planes = Planes(width, height)
        self.frame = self._planes.frame
        self.frame.color_range, self.frame.colorspace = ColorRange.MPEG, colors.BT709
        self.stale: list[Rectangle] = []
        self.last: Future[None] | None = None

    def wait(self) -> None:
        """Until the encoder is done with it; its error is raised here."""
        if self.last is not None:
            self.last.result()

    def renew(self, planes: Planes) -> None:
        self.wait()
        for rectangle in merged(self.stale):
            self._planes.copy(planes, rectangle)
        self.stale = []
