"""Pictures in, H.264 out: one encoder for a whole chapter, at work beside the drawing."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import av
import numpy as np

from momentum_film.raster import colors
from momentum_film.raster.encode import skip_frames
from momentum_film.raster.encode.base import HEADERS, KEY, OTHER, Listener
from momentum_film.raster.encode.x264 import BLOCK, CONSTANT, X264
from momentum_film.raster.planes import Planes
from momentum_film.raster.rectangles import Rectangle, merged
from momentum_film.raster.yuv import YuvPicture

CHANNELS = partial(colors.ycbcr, saturation=1.0175)
# Measured (`make bench`) on the default film. Few macroblocks change, and those are drawings: sharp
# edges that must stay so, on flat ground that must stay flat. So nothing is smoothed or searched
# for long, small differences are kept (deadzone), and small blocks are allowed.
SETTINGS = {
    **skip_frames.SETTINGS,
    "keyint": "infinite",
    "cabac": 1,
    "8x8dct": 1,
    "no-deblock": 1,
    "deadzone-inter": 11,
    "aq-mode": 0,
    "chroma-qp-offset": -6,
    **dict(zip(("colormatrix", "colorprim", "transfer"), 3 * ["bt709"], strict=True)),
    "fullrange": "off",
}


SMALL = 720  # pixels of the short side
SMALL_ERROR = 2.6  # at most, of what stands in small pictures, whose marks are small, too


@dataclass(frozen=True)
class Tuning:
    """How a stream is encoded.

    Attributes:
        preset: libx264's name of it.
        settings: what is not as the preset has it, in pairs.
        moving: how coarse a picture is that is seen for a moment, as a quantiser.
        standing: the same of one that stands for a while.
        key: the same of a key frame.
        error: of luma, of 255, in a block of 8 x 8 pixels on average: where a picture that stands
            is off by more, it is encoded once more, and finer.
        finer_if_small: so much lower are the quantisers of pictures of few pixels.
    """

    preset: str
    settings: tuple[tuple[str, Any], ...]
    moving: int
    standing: int
    key: int
    error: float
    finer_if_small: int

    def of_size(self, width: int, height: int) -> Tuning:
        """For pictures of a size: small ones are to keep the colours of small things."""
        if min(width, height) >= SMALL:
            return self
        settings = dict(self.settings)
        quantisers = (settings["qp"], self.moving, self.standing, self.key)
        qp, moving, standing, key = (each - self.finer_if_small for each in quantisers)
        small = tuple({**settings, "qp": qp, "chroma-qp-offset": -12}.items())
        error = min(self.error, SMALL_ERROR)
        return replace(self, settings=small, moving=moving, standing=standing, key=key, error=error)


# libx264 holds quantisers between those that it would give to key frames and to B-frames of its own
# accord, so those are spread (``ipratio``).
FILM = Tuning(
    "ultrafast",
    tuple({**SETTINGS, "qp": 22, "ipratio": 8, "partitions": "i4x4,i8x8,p8x8,p4x4"}.items()),
    *(24, 20, 19),
    error=2.3,
    finer_if_small=0,
)
# A third as large, for browsers: x264 looks for motion of parts of a pixel, and weighs what it
# writes. What moves may be coarse, but where a picture stands it is as clean as in the film.
_SPREAD = {"qp": 38, "ipratio": 4}
WEB = Tuning(
    "medium",
    tuple({**SETTINGS, **_SPREAD, "chroma-qp-offset": -6, "subme": 2, "psy-rd": "0,0"}.items()),
    *(38, 31, 28),
    error=5.2,
    finer_if_small=8,
)
# Key frames, from which a player can start: a picture that stands for a while, if the last key
# frame is some time ago; any changed picture, if it is long ago.
STANDING_SECONDS, KEY_SECONDS, LATE_KEY_SECONDS = 0.3, 2, 10
FINER = (16, 12, 8, 4)  # quantisers
SETTLING_SECONDS = 0.5  # after so long at most, what has come to rest is encoded well
NEVER = 1 << 30
# Pictures on their way to the encoder: one being drawn, one being encoded, the rest waiting.
PICTURES = 4


class _SplicedStream:
    """An encoder's slices, and held frames that are written instead of encoded."""

    def __init__(
        self, width: int, height: int, fps: int, tuning: Tuning, listener: Listener
    ) -> None:
        self._tell = listener
        self._tuning = tuning = tuning.of_size(width, height)
        self._encoder = X264(width, height, fps, tuning.preset, dict(tuning.settings))
        self._numbering = skip_frames.Numbering(self._encoder.headers)
        self._held = skip_frames.held_slice(width, height, fps, tuning.preset, tuning.settings)
        self._fps, self._last_key, self._refined = fps, -NEVER, 0
        self._packets: list[bytes] = []
        self._keys: set[int] = set()
        blocks = (-(-height // BLOCK), -(-width // BLOCK))
        self._same, self._coarse = np.empty(blocks, np.uint8), np.ones(blocks, bool)
        self._unjudged = np.ones(blocks, bool)
        listener(HEADERS, self._encoder.headers)

    def encode_held(self, frame: av.VideoFrame, times: int, changed: Sequence[Rectangle]) -> None:
        """A picture for a number of frames, of which the first is encoded."""
        at, since_key = len(self._packets), (len(self._packets) - self._last_key) / self._fps
        stands = times >= STANDING_SECONDS * self._fps
        is_key = since_key >= (KEY_SECONDS if stands else LATE_KEY_SECONDS)
        data = self._encoded(frame, changed, stands, is_key)
        if is_key:
            self._last_key = at
            self._keys.add(at)
            self._numbering.key()
        else:
            data = self._numbering.renumbered(data)
        self._packets.append(data)
        self._packets += self._finer(frame, times - 1) if stands else ()
        missing = at + times - len(self._packets)
        self._packets += (self._numbering.renumbered(self._held) for _ in range(missing))
        for number in range(at, len(self._packets)):
            self._tell(KEY if number in self._keys else OTHER, self._packets[number])

    def _finer(self, frame: av.VideoFrame, most: int) -> Iterator[bytes]:
        """The picture once more where it is off by too much, each time finer."""
        for quantiser in FINER[:most]:
            off = self._encoder.error(frame, self._unjudged) > self._tuning.error
            if not off.any():
                break
            self._unjudged = off
            self._same[:] = np.where(off, 0, CONSTANT)
            data = self._encoder.encode(frame, quantiser, False, self._same)
            yield self._numbering.renumbered(data)
        self._unjudged[:] = False

    def _encoded(
        self, frame: av.VideoFrame, changed: Sequence[Rectangle], stands: bool, is_key: bool
    ) -> bytes:
        """A slice in which only that is looked at which changed, or is to be better now."""
        at = len(self._packets)
        self._same[:] = CONSTANT
        for left, top, right, bottom in changed:
            where = np.s_[top // BLOCK : -(-bottom // BLOCK), left // BLOCK : -(-right // BLOCK)]
            self._same[where] = 0
        # What moved and has come to rest beside what moves is not left as it was in passing.
        settles = at - self._refined >= SETTLING_SECONDS * self._fps and bool(
            (self._coarse & (self._same == CONSTANT)).any()
        )
        self._coarse |= self._same == 0
        if stands or is_key or settles:
            self._same[self._coarse] = 0
            self._coarse[:] = False
            self._refined = at
        self._unjudged |= (self._same == 0) | is_key  # in a key frame all is encoded anew
        tuning = self._tuning
        fine = stands or settles
        quantiser = tuning.key if is_key else tuning.standing if fine else tuning.moving
        return self._encoder.encode(frame, quantiser, is_key, self._same)

    def finish(self) -> bytes:
        """The file."""
        file = io.BytesIO()
        first = io.BytesIO(self._encoder.headers + self._packets[0])
        with (
            av.open(first, format="h264") as source,
            av.open(file, "w", format="mp4") as output,
        ):
            stream = output.add_stream_from_template(source.streams.video[0], opaque=True)
            stream.time_base = frame = Fraction(1, self._fps)
            for at, data in enumerate(self._packets):
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, frame
                packet.pts = packet.dts = at
                packet.duration, packet.is_keyframe = 1, at in self._keys
                output.mux_one(packet)
        return file.getvalue()

    def close(self) -> None:
        """Let go of the encoder."""
        self._encoder.close()


class H264:
    """The film's own encoding: H.264 High, yuv420p, BT.709 limited range.

    Args:
        width: pixels, even.
        height: pixels, even.
        fps: frames per second.
        tuning: how; as the film itself if not given.
        listener: is told of each packet, by a thread of the encoder's.
    """

    channels = staticmethod(CHANNELS)

    def __init__(
        self,
        width: int,
        height: int,
        fps: int,
        tuning: Tuning = FILM,
        listener: Listener = lambda _kind, _packet: None,
    ) -> None:
        self._stream = _SplicedStream(width, height, fps, tuning, listener)
        self._picture = YuvPicture(width, height)
        self._slots = [_Slot(width, height) for _ in range(PICTURES)]
        self._current, self._beside = 0, ThreadPoolExecutor(1, "encoder")
        self._changed: list[Rectangle] = []
        self._frames = 0

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        stale = self._picture.follow(pixels, changed)
        if stale:
            self._hand_over()
            self._changed = stale
            for slot in self._slots:
                slot.stale += stale
            self._current = (self._current + 1) % PICTURES
            self._slots[self._current].renew(self._picture.planes)
        self._frames += frames

    def _hand_over(self) -> None:
        """Give the last picture to the encoder, now that it is known for how long it stands."""
        if self._frames:
            slot, picture = self._slots[self._current], (self._frames, self._changed)
            slot.last = self._beside.submit(self._stream.encode_held, slot.frame, *picture)
            self._frames = 0

    def finish(self) -> bytes:
        try:
            self._hand_over()
            for slot in self._slots:
                slot.wait()
            return self._beside.submit(self._stream.finish).result()
        finally:
            self.abort()

    def abort(self) -> None:
        self._beside.shutdown(wait=True, cancel_futures=True)
        self._stream.close()


class _Slot:
    """A picture that the encoder may still be reading."""

    def __init__(self, width: int, height: int) -> None:
        self._planes = Planes(width, height)
        self.frame = self._planes.frame
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
