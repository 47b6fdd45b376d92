"""libx264 as it is, which PyAV brings: each picture with its own quantiser, and told what changed.

Through FFmpeg neither can be said. Only the beginning of its largest structure is written down
here; everything else is set by name. ``opened`` holds up what it relies on.

Source:
    x264.h, whose interface a number in the name of ``x264_encoder_open_165`` stands for.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_int64, c_uint8, c_void_p
from functools import cache
from pathlib import Path

import av
import av._core
import numpy as np

from momentum_film.raster.planes import views

BUILD = 165
I420, KEY, PREDICTED = 2, 1, 3
CONSTANT = 1  # of a macroblock: it is as it was in the picture before
BLOCK = 16  # pixels of a macroblock's side
SLICE, KEY_SLICE = 1, 5
_PARAMETERS_SIZE = 4096  # about four times what it takes


class _Parameters(ctypes.Structure):
    """The beginning of ``x264_param_t``."""

    _fields_ = (
        ("before", c_int * 7),
        ("width", c_int),
        ("height", c_int),
        ("csp", c_int),
        ("after", c_uint8 * _PARAMETERS_SIZE),
    )


class _Image(ctypes.Structure):
    _fields_ = (
        ("csp", c_int),
        ("planes", c_int),
        ("strides", c_int * 4),
        ("plane", c_void_p * 4),
    )


class _Picture(ctypes.Structure):
    _fields_ = (
        ("kind", c_int),
        ("quantiser_plus_1", c_int),
        ("structure", c_int),
        ("is_key", c_int),
        ("pts", c_int64),
        ("dts", c_int64),
        ("parameters", c_void_p),
        ("image", _Image),
        ("quantiser_offsets", c_void_p),
        ("free_offsets", c_void_p),
        ("blocks", c_void_p),
        ("free_blocks", c_void_p),
        ("ratings", c_double * 6),
        ("times", c_double * 4),
        ("messages", c_void_p * 3),
        ("opaque", c_void_p),
    )


class _Unit(ctypes.Structure):
    """A unit of the stream: parameters, or a slice."""

    _fields_ = (
        ("importance", c_int),
        ("kind", c_int),
        ("long_start", c_int),
        ("first_block", c_int),
        ("last_block", c_int),
        ("size", c_int),
        ("data", c_void_p),
        ("padding", c_int),
    )


class X264:
    """One stream.

    Args:
        width: pixels, even.
        height: pixels, even.
        fps: frames per second.
        preset: x264's name of it.
        settings: as ``x264_param_parse`` takes them.

    Attributes:
        headers: sequence and picture parameters, with start codes.

    Raises:
        RuntimeError: this is not the libx264 it was written for, or it refuses.
    """

    def __init__(
        self, width: int, height: int, fps: int, preset: str, settings: Mapping[str, object]
    ) -> None:
        self._library = _library()
        parameters = _Parameters()
        wanted = (byref(parameters), preset.encode(), None)
        self._must(self._library.x264_param_default_preset(*wanted))
        parameters.width, parameters.height, parameters.csp = width, height, I420
        fixed = {"threads": 1, "fps": f"{fps}/1", "log": 0, "annexb": 1, "global-header": 1}
        for name, value in (fixed | dict(settings)).items():
            self._set(parameters, name, value)
        self._tell_blocks(parameters)
        self._must(self._library.x264_param_apply_profile(byref(parameters), b"high"))
        self._stream = c_void_p(self._library.opened(byref(parameters)))
        if not self._stream:
            raise RuntimeError(f"libx264 refuses pictures of {width} x {height}: {dict(settings)}")
        self._units, self._count = POINTER(_Unit)(), c_int()
        self._given, self._made = _Picture(), _Picture()
        self.headers = self._read(
            self._library.x264_encoder_headers(self._stream, byref(self._units), byref(self._count))
        )

    def encode(
        self, frame: av.VideoFrame, quantiser: int, is_key: bool, blocks: np.ndarray
    ) -> bytes:
        """A picture's slice, with its start code.

        Args:
            frame: yuv420p.
            quantiser: 1 to 51, the lower the better.
            is_key: whether it must stand alone.
            blocks: (rows, columns) uint8, for each macroblock ``CONSTANT`` or 0.
        """
        given = self._given
        self._library.x264_picture_init(byref(given))
        given.kind = KEY if is_key else PREDICTED
        given.quantiser_plus_1 = quantiser + 1
        given.image.csp, given.image.planes = I420, 3
        for index, (plane, view) in enumerate(zip(frame.planes, views(frame), strict=True)):
            given.image.strides[index] = plane.line_size
            given.image.plane[index] = view.ctypes.data
        given.blocks = blocks.ctypes.data
        size = self._library.x264_encoder_encode(
            *(self._stream, byref(self._units), byref(self._count)),
            *(byref(given), byref(self._made)),
        )
        data = self._read(size)
        if self._count.value != 1 or bool(self._made.is_key) != is_key:
            raise RuntimeError("libx264 did not make one slice of a picture")
        return data

    def error(self, frame: av.VideoFrame, among: np.ndarray) -> np.ndarray:
        """How far the last picture, as a decoder will see it, is from a frame.

        Args:
            frame: what was encoded.
            among: (rows, columns) bool, the macroblocks that count, of which there is one.

        Returns:
            (rows, columns), of luma, of 255: each macroblock's worst mean error in a quarter of it,
            8 x 8 pixels; 0 for those that do not count.
        """
        found = np.zeros(among.shape)
        rows, columns = (np.flatnonzero(among.any(axis=axis)) for axis in (1, 0))
        where = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        pixels = np.s_[
            rows[0] * BLOCK : (rows[-1] + 1) * BLOCK, columns[0] * BLOCK : (columns[-1] + 1) * BLOCK
        ]
        wanted, image = views(frame)[0], self._made.image
        buffer = (c_uint8 * (wanted.shape[0] * image.strides[0])).from_address(image.plane[0])
        made = np.frombuffer(buffer, np.uint8).reshape(-1, image.strides[0])[:, : wanted.shape[1]]
        one, other = wanted[pixels], made[pixels]
        off = np.maximum(one, other) - np.minimum(one, other)
        height, width = (BLOCK * side for side in found[where].shape)
        off = np.pad(off, ((0, height - off.shape[0]), (0, width - off.shape[1])))
        half = BLOCK // 2
        means = off.reshape(height // half, half, width // half, half).mean(axis=(1, 3))
        found[where] = means.reshape(height // BLOCK, 2, width // BLOCK, 2).max(axis=(1, 3))
        return found * among

    def close(self) -> None:
        """Let go of its memory."""
        if self._stream:
            self._library.x264_encoder_close(self._stream)
            self._stream = c_void_p()

    def _set(self, parameters: _Parameters, name: str, value: object) -> None:
        error = self._library.x264_param_parse(
            byref(parameters), name.encode(), str(value).encode()
        )
        if error:
            raise RuntimeError(f"libx264 does not know {name}={value}")

    def _tell_blocks(self, parameters: _Parameters) -> None:
        """Say that each picture comes with what changed, for which there is no name.

        The field stands two before the one of ``deadzone-inter``, which is found by setting it.
        """
        texts = []
        for value in (7, 8):
            copy = _Parameters.from_buffer_copy(parameters)
            self._set(copy, "deadzone-inter", value)
            texts.append(np.frombuffer(bytes(copy), np.int32))
        (place,) = np.flatnonzero(texts[0] != texts[1])
        if texts[0][place - 2] or texts[0][place - 1]:
            raise RuntimeError("libx264 has other parameters than those of its build 165")
        ctypes.c_int.from_buffer(parameters, 4 * int(place - 2)).value = 1

    def _read(self, size: int) -> bytes:
        """What the last call made: its units lie one after the other."""
        if size <= 0:
            raise RuntimeError("libx264 made nothing of a picture")
        return ctypes.string_at(self._units[0].data, size)

    def _must(self, error: int) -> None:
        if error:
            raise RuntimeError("libx264 refuses its own preset or profile")


@cache
def _library() -> ctypes.CDLL:
    """The libx264 that PyAV uses.

    Raises:
        RuntimeError: there is none, or another build.
    """
    here = Path(av.__file__).parent
    bundled = (*here.glob(".dylibs/*x264*"), *here.parent.glob("av.libs/*x264*"))
    for path in (*map(str, bundled), av._core.__file__):
        library = ctypes.CDLL(path)
        if opened := getattr(library, f"x264_encoder_open_{BUILD}", None):
            break
    else:
        raise RuntimeError(f"PyAV {av.__version__} brings no libx264 of build {BUILD}")
    opened.restype = c_void_p
    library.opened = opened  # type: ignore[attr-defined]
    library.x264_param_parse.argtypes = (c_void_p, c_char_p, c_char_p)
    return library
