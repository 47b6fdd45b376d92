"""A line of text on a picture, in the film's fonts and any script they have."""

from __future__ import annotations

import math

import cairo
import numpy as np
from PIL import Image

from momentum_film.raster import paths
from scenes.kit.text.lines import outline

ASCENT, DESCENT = 1.2, 0.5
"""Room above and below the baseline for any script, ems."""


def write(picture: Image.Image, place: tuple[int, int], text: str, size: int, color: str) -> None:
    """Write a line on an RGB picture.

    Args:
        picture: It is changed.
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
    paths.append_by_curve(context, paths.outline(curves * (size, -size, 1.0), 0.0))
    context.fill()
    surface.flush()
    rows = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride())
    mask = Image.fromarray(rows[:, :width].copy())
    left, top = place[0] - margin, place[1] - round(ASCENT * size)
    picture.paste(color, (left, top, left + width, top + height), mask)
