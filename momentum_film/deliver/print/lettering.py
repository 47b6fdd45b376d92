"""A line of text on a picture, in the film's fonts and any script they have."""

from __future__ import annotations

import math
from itertools import pairwise

import cairo
import numpy as np
from PIL import Image

from scenes.kit.text.lines import outline

ASCENT, DESCENT = 1.2, 0.5
"""Room above and below the baseline for any script, ems."""


def write(picture: Image.Image, place: tuple[int, int], text: str, size: int, color: str) -> None:
    """Write a line on a picture.

    Args:
        picture: In RGB; it is changed.
        place: Left end and baseline of the line, pixels from the top left.
        text: One line.
        size: Of the em, pixels.
        color: ``#rrggbb``.
    """
    curves, advance = outline(text)
    margin = size
    width = math.ceil(advance * size) + 2 * margin
    height = math.ceil((ASCENT + DESCENT) * size)
    surface = cairo.ImageSurface(cairo.FORMAT_A8, width, height)
    context = cairo.Context(surface)
    context.translate(margin, round(ASCENT * size))
    _trace(context, curves * (size, -size, 1.0))
    context.fill()
    surface.flush()
    rows = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride())
    mask = Image.fromarray(rows[:, :width].copy())
    left, top = place[0] - margin, place[1] - round(ASCENT * size)
    picture.paste(color, (left, top, left + width, top + height), mask)


def _trace(context: cairo.Context, curves: np.ndarray) -> None:
    """The path of Bezier curves, (4k, 3); one that does not begin where the last ended is apart."""
    flat = curves[:, :2].reshape(-1, 4, 2)
    apart = [True, *(bool((a[3] != b[0]).any()) for a, b in pairwise(flat))]
    for begins, (start, first, second, end) in zip(apart, flat.tolist(), strict=False):
        if begins:
            context.move_to(*start)
        context.curve_to(*first, *second, *end)
