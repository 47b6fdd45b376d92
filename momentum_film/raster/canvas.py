"""The picture: a list of shapes, redrawn only where the list differs from the one before.

Shapes low in the list that have not changed for a while are kept drawn in a picture of their own,
the base, so that what moves over a detailed map does not draw the map again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import cairo
import numpy as np

from momentum_film.raster.colors import Channels, rgb
from momentum_film.raster.rectangles import Rectangle, merged
from momentum_film.raster.shapes import Scale, Shape, Shapes

# After this many frames without a change, shapes above the base become part of it.
CALM_FRAMES = 3


class Canvas:
    """A picture of shapes on a plain ground.

    Args:
        width: pixels.
        height: pixels.
        scale: from units to pixels.
        channels: what colours are drawn as.

    Attributes:
        pixels: (height, width, 4) uint8, the channels and full opacity; overwritten by the next
            ``show``.
        frame: the whole picture.
    """

    def __init__(
        self, width: int, height: int, scale: Scale, channels: Channels = rgb
    ) -> None:
        self.frame = Rectangle(0, 0, width, height)
        self._shapes, self._channels = Shapes(scale, channels), channels
        self._base, self._top = _Layer(width, height, scale), _Layer(width, height, scale)
        self.pixels = self._top.pixels
        self._ground: tuple[int, ...] = ()
        self._ground_pixel: tuple[int, ...] = ()
        self._still: list[Shape] = []
        self._shown: list[Shape] = []
        self._settled: list[Shape] = []
        self._calm, self._calm_frames = 0, 0
        self._fresh = True

    def begin(self, ground: tuple[int, ...], still: Sequence) -> None:
        """Take note of what cannot change until the next call.

        Args:
            ground: RGBA of the background, 0 to 255.
            still: mobjects under those that ``show`` will be given, lowest first.
        """
        self._shapes.forget_unused()
        self._still = [self._shapes.of(mobject) for mobject in still]
        if ground != self._ground:
            self._ground = ground
            self._shown, self._settled = [], []
            color = self._channels(np.array(ground[:3]) / 255) * 255
            self._ground_pixel = (*np.round(color).astype(int).tolist(), ground[3])
            self._base.pixels[:] = self._ground_pixel
            self._top.pixels[:] = self._ground_pixel
            self._fresh = True

    def show(self, moving: Sequence) -> list[Rectangle]:
        """Draw a frame.

        Args:
            moving: mobjects over the still ones, lowest first.

        Returns:
            Disjoint rectangles outside of which no pixel changed since the last call.
        """
        shapes = self._still + [self._shapes.of(mobject) for mobject in moving]
        damage = [box.cut(self.frame) for box in _differences(self._shown, shapes, self._shapes)]
        if self._fresh:
            damage, self._fresh = [self.frame], False
        rectangles = merged(box for box in damage if box.area > 0)
        self._settle(shapes)
        if rectangles:
            settled = len(self._settled)
            for rectangle in rectangles:
                self._top.restore(rectangle, self._base.pixels)
                self._top.draw(shapes[settled:], rectangle)
        self._shown = shapes
        return rectangles

    def _settle(self, shapes: list[Shape]) -> None:
        """Make the base a beginning of ``shapes``, and a longer one where they keep calm."""
        same = _common(self._shown, shapes)
        self._calm = min(self._calm, same) if self._calm_frames else same
        self._calm_frames += 1
        keep = _common(self._settled, shapes)
        if keep < len(self._settled):
            removed, self._settled = self._settled[keep:], self._settled[:keep]
            for rectangle in merged(shape.box.cut(self.frame) for shape in removed if shape.paints):
                if rectangle.area > 0:
                    self._base.pixels[
                        rectangle.top : rectangle.bottom, rectangle.left : rectangle.right
                    ] = self._ground_pixel
                    self._base.draw(self._settled, rectangle)
        wanted = len(self._still)
        if self._calm_frames >= CALM_FRAMES:
            wanted, self._calm_frames = max(wanted, self._calm), 0
        if wanted > len(self._settled):
            self._base.draw(shapes[len(self._settled) : wanted], self.frame)
            self._settled = shapes[:wanted]


class _Layer:
    """Pixels that Cairo draws on."""

    def __init__(self, width: int, height: int, scale: Scale) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint8)
        surface = cairo.ImageSurface.create_for_data(
            self.pixels.data, cairo.FORMAT_ARGB32, width, height
        )
        self._context, self._matrix = cairo.Context(surface), scale.matrix

    def restore(self, rectangle: Rectangle, source: np.ndarray) -> None:
        """Copy a part of another layer's pixels."""
        rows, columns = (
            slice(rectangle.top, rectangle.bottom),
            slice(rectangle.left, rectangle.right),
        )
        self.pixels[rows, columns] = source[rows, columns]

    def draw(self, shapes: Sequence[Shape], within: Rectangle) -> None:
        """Draw shapes over what is there, inside a rectangle only."""
        context = self._context
        context.reset_clip()
        context.new_path()
        context.identity_matrix()
        context.rectangle(*within[:2], within.right - within.left, within.bottom - within.top)
        context.clip()
        context.set_matrix(self._matrix)
        for shape in shapes:
            if shape.paints and shape.box.meets(within):
                shape.draw(context)


def _common(one: Sequence[Shape], other: Sequence[Shape]) -> int:
    """How many shapes at the beginning are the same in both."""
    for index, (a, b) in zip(count(), zip(one, other, strict=False)):
        if a is not b:
            return index
    return min(len(one), len(other))


def _differences(old: list[Shape], new: list[Shape], shapes: Shapes) -> list[Rectangle]:
    """Where two pictures can differ that were painted from these lists."""
    if len(old) == len(new):
        pairs = [(a, b) for a, b in zip(old, new, strict=True) if a is not b]
        if all(a.key == b.key for a, b in pairs):
            return [shapes.damage(a, b) for a, b in pairs]
    first = _common(old, new)
    old, new = old[first:], new[first:]
    last = _common(old[::-1], new[::-1])
    old, new = old[: len(old) - last], new[: len(new) - last]
    latest = {shape.key: shape for shape in new}
    # What stands in both lists, in the same order, differs only where it changed itself.
    kept_old = [shape.key for shape in old if shape.key in latest]
    earlier = {shape.key: shape for shape in old}
    kept_new = [shape.key for shape in new if shape.key in earlier]
    if kept_old != kept_new or len(kept_old) != len(set(kept_old)):
        return [shape.box for shape in (*old, *new)]
    boxes = [shape.box for shape in old if shape.key not in latest]
    boxes += [shape.box for shape in new if shape.key not in earlier]
    changed = ((earlier[key], latest[key]) for key in kept_old)
    return boxes + [shapes.damage(a, b) for a, b in changed if a is not b]
