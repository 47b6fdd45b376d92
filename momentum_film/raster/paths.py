"""A mobject's points as a Cairo path.

Manim adds a path to Cairo curve by curve from Python. Here it is laid out in memory as Cairo's own
public ``cairo_path_data_t`` records and added with a single call of ``cairo_append_path``; where
that cannot be reached (Cairo linked into Pycairo without its symbols), curve by curve as well.

Source: https://www.cairographics.org/manual/cairo-Paths.html (cairo_path_data_t)
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cairo
import numpy as np

MOVE, CURVE, CLOSE = map(int, (cairo.PATH_MOVE_TO, cairo.PATH_CURVE_TO, cairo.PATH_CLOSE_PATH))
# Units by which a curve may stray from a line: a thousandth of a pixel, and no thickness of type.
STRAIGHT = 1e-5
# A record is 16 bytes, either a point or a header (kind and length as two 32-bit integers): here,
# one complex number, x + iy or the number with the header's bits.
_HEADERS = np.zeros((3, 4), np.int32)
_HEADERS[:, :2] = (MOVE, 2), (CURVE, 4), (CLOSE, 1)
_MOVE, _CURVE, _CLOSE = _HEADERS.view(np.complex128)[:, 0].tolist()


@dataclass(frozen=True, eq=False)
class Outline:
    """A path of cubic curves.

    Attributes:
        records: Cairo's, (n,) complex128.
        firsts: index of the first point of each subpath.
        closed: whether each subpath ends where it begins.
    """

    records: np.ndarray
    firsts: np.ndarray
    closed: np.ndarray

    def part(self, first: int, end: int) -> Outline:
        """The curves of an open line from one to another, the latter excluded."""
        records = self.records[4 * first : 2 + 4 * end].copy()
        records[0], records[1] = _MOVE, self.records[4 * first + 1]
        return Outline(records, _ONE, _OPEN)


def outline(points: np.ndarray, tolerance: float) -> Outline:
    """The path of points, (4 n, 3): a subpath goes on as long as curves touch, as Manim sees it."""
    count = len(points) // 4
    if not count:
        return EMPTY
    curves = np.ascontiguousarray(points[:, :2]).view(np.complex128).reshape(count, 4)
    gaps = _apart(curves[:-1, 3], curves[1:, 0], tolerance)
    if not len(gaps):
        return _single(curves, not len(_apart(curves[:1, 0], curves[-1:, 3], tolerance)))
    firsts, lasts = np.append(0, gaps + 1), np.append(gaps, count - 1)
    closed = np.ones(len(firsts), bool)
    closed[_apart(curves[firsts, 0], curves[lasts, 3], tolerance)] = False

    # Every subpath has two records before its curves, four for each, and one if it is closed.
    sizes = 4 * (lasts + 1 - firsts)
    ends = np.cumsum(sizes + 2 + closed)
    begins = ends - sizes - 2 - closed
    records = np.empty(ends[-1], np.complex128)
    records[begins] = _MOVE
    records[begins + 1] = curves[firsts, 0]
    records[ends[closed] - 1] = _CLOSE
    at = 4 * np.arange(count) + np.repeat(begins + 2 - 4 * firsts, sizes // 4)
    records[at] = _CURVE
    for k in (1, 2, 3):
        records[at + k] = curves[:, k]
    return Outline(records, 4 * firsts, closed)


def _single(curves: np.ndarray, closed: bool) -> Outline:
    """The path of curves, (n, 4), that all touch."""
    count = len(curves)
    records = np.empty(2 + 4 * count + closed, np.complex128)
    records[0], records[1] = _MOVE, curves[0, 0]
    body = records[2 : 2 + 4 * count].reshape(count, 4)
    body[:] = curves
    body[:, 0] = _CURVE
    if closed:
        records[-1] = _CLOSE
    return Outline(records, _ONE, _CLOSED if closed else _OPEN)


EMPTY = Outline(np.zeros(0, np.complex128), np.zeros(0, int), np.zeros(0, bool))
_ONE, _OPEN, _CLOSED = np.zeros(1, int), np.zeros(1, bool), np.ones(1, bool)


def _apart(ends: np.ndarray, starts: np.ndarray, tolerance: float) -> np.ndarray:
    """Indices of pairs of points that are not the same as far as Manim is concerned; (n,) each."""
    apart = np.flatnonzero(ends != starts)
    if len(apart):
        starts = starts[apart]
        off = ends[apart] - starts
        near = np.abs(off.real) <= tolerance + 1e-5 * np.abs(starts.real)
        near &= np.abs(off.imag) <= tolerance + 1e-5 * np.abs(starts.imag)
        apart = apart[~near]
    return apart


def append_by_curve(context: cairo.Context, path: Outline) -> None:
    """Add a path to a context, one call per curve."""
    calls: dict[int, Callable[..., None]]
    calls = {MOVE: context.move_to, CURVE: context.curve_to, CLOSE: context.close_path}
    heads = path.records.view(np.int32).reshape(-1, 4)[:, :2].tolist()
    values = path.records.view(np.float64).tolist()
    at = 0
    while at < len(heads):
        kind, length = heads[at]
        calls[kind](*values[2 * at + 2 : 2 * (at + length)])
        at += length


def append_by_segment(context: cairo.Context, path: Outline) -> None:
    """Add a path, one call per curve, and those that are straight as lines: for files of vectors.

    Manim's lines are curves whose points lie evenly on a line.
    """
    heads = path.records.view(np.int32).reshape(-1, 4)[:, :2].tolist()
    points = path.records.tolist()
    at, last = 0, 0j
    while at < len(heads):
        kind, length = heads[at]
        if kind == CLOSE:
            context.close_path()
        elif kind == MOVE:
            last = points[at + 1]
            context.move_to(last.real, last.imag)
        else:
            first, second, end = points[at + 1 : at + 4]
            third = (end - last) / 3
            if abs(first - last - third) + abs(end - second - third) <= STRAIGHT:
                context.line_to(end.real, end.imag)
            else:
                first_two = (first.real, first.imag, second.real, second.imag)
                context.curve_to(*first_two, end.real, end.imag)
            last = end
        at += length


class _Path(ctypes.Structure):
    """Cairo's public ``cairo_path_t``."""

    _fields_ = (("status", ctypes.c_int), ("data", ctypes.c_void_p), ("num_data", ctypes.c_int))


def _native() -> Callable[[cairo.Context, Outline], None] | None:
    """Add a path with one call of Cairo; None where that cannot be had."""
    # Pycairo's public header py3cairo.h: an object header, then cairo_t *ctx and PyObject *base.
    header, pointer = object.__basicsize__, ctypes.sizeof(ctypes.c_void_p)
    if cairo.Context.__basicsize__ != header + 2 * pointer:
        return None
    try:
        append = ctypes.PyDLL(sys.modules["cairo._cairo"].__file__).cairo_append_path
    except (OSError, AttributeError):
        return None
    append.argtypes, append.restype = (ctypes.c_void_p, ctypes.POINTER(_Path)), None

    def append_at_once(context: cairo.Context, path: Outline) -> None:
        native = ctypes.c_void_p.from_address(id(context) + header)
        address = ctypes.addressof(ctypes.c_char.from_buffer(cast(bytearray, path.records)))
        records = _Path(0, address, len(path.records))
        append(native, ctypes.byref(records))

    return append_at_once


append_path = _native() or append_by_curve
