"""The picture: a list of shapes, redrawn only where the list differs from the one before.

Shapes low in the list that have not changed for a while are kept drawn in a picture of their own,
the base, so that what moves over a detailed map does not draw the map again.
"""

from __future__ import annotations

from collections.abc import Sequence

import cairo
import numpy as np
from manim import VMobject

from momentum_film.raster.colors import Channels, rgb
from momentum_film.raster.rectangles import Rectangle, merged
from momentum_film.raster.shapes import Shape, Shapes

# After this many frames without a change, shapes above the base become part of it.
CALM_FRAMES = 3


class Canvas:
    """A picture of shapes, so many pixels wide and high, on a plain ground.

    Attributes:
        pixels: (height, width, 4) uint8, the channels in which colours are drawn, and full opacity;
            overwritten by the next ``show``.
        frame: the whole picture.
    """

    def __init__(
        self, width: int, height: int, scale: cairo.Matrix, channels: Channels = rgb
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
        self._stale: list[Rectangle] = []

    def begin(
        self, ground: tuple[int, ...], still: Sequence, resting: Sequence[VMobject] = ()
    ) -> None:
        """Note the background, RGBA of 0 to 255, and what is still over it, lowest first.

        Neither changes until the next call, nor does what rests among what is shown over it.
        """
        self._shapes.begin(resting)
        self._still = [self._shapes.of(mobject) for mobject in still]
        if ground != self._ground:
            self._ground = ground
            self._shown, self._settled, self._stale = [], [], [self.frame]
            color = 255 * self._channels(np.array(ground[:3]) / 255)
            self._ground_pixel = (*np.round(color).astype(int).tolist(), ground[3])
            self._base.pixels[:] = self._ground_pixel

    def show(self, moving: Sequence) -> list[Rectangle]:
        """Draw a frame of some mobjects over the still ones, lowest first.

        Returns:
            Disjoint rectangles outside of which no pixel changed since the last call.
        """
        shapes = self._still + [self._shapes.of(mobject) for mobject in moving]
        damage = self._stale + _differences(self._shown, shapes, self._shapes)
        rectangles = merged(box.cut(self.frame) for box in damage)
        self._settle(shapes)
        for rectangle in rectangles:
            self._top.pixels[rectangle.slices] = self._base.pixels[rectangle.slices]
            self._top.draw(shapes[len(self._settled) :], rectangle)
        self._shown, self._stale = shapes, []
        return rectangles

    def _settle(self, shapes: list[Shape]) -> None:
        """Make the base a beginning of ``shapes``, and a longer one where they keep calm."""
        same = _common(self._shown, shapes)
        self._calm = min(self._calm, same) if self._calm_frames else same
        self._calm_frames += 1
        keep = _common(self._settled, shapes)
        removed, self._settled = self._settled[keep:], self._settled[:keep]
        for rectangle in merged(shape.box.cut(self.frame) for shape in removed if shape.paints):
            self._base.pixels[rectangle.slices] = self._ground_pixel
            self._base.draw(self._settled, rectangle)
        wanted = len(self._still)
        if self._calm_frames >= CALM_FRAMES:
            wanted, self._calm_frames = max(wanted, self._calm), 0
        if wanted > len(self._settled):
            self._base.draw(shapes[len(self._settled) : wanted], self.frame)
            self._settled = shapes[:wanted]


class _Layer:
    """Pixels that Cairo draws on."""

    def __init__(self, width: int, height: int, scale: cairo.Matrix) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint8)
        surface = cairo.ImageSurface.create_for_data(
            self.pixels.data, cairo.FORMAT_ARGB32, width, height
        )
        self._context, self._matrix = cairo.Context(surface), scale

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
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a is not b:
            return index
    return min(len(one), len(other))


def _differences(old: list[Shape], new: list[Shape], shapes: Shapes) -> list[Rectangle]:
    """Where two pictures can differ that were painted from these lists."""
    if len(old) == len(new):
        pairs = [(a, b) for a, b in zip(old, new, strict=True) if a is not b]
        if all(a.mobject is b.mobject for a, b in pairs):
            return [shapes.damage(a, b) for a, b in pairs]
    first = _common(old, new)
    old, new = old[first:], new[first:]
    last = _common(old[::-1], new[::-1])
    old, new = old[: len(old) - last], new[: len(new) - last]
    earlier = {shape.mobject: shape for shape in old}
    latest = {shape.mobject: shape for shape in new}
    # What stands in both lists, in the same order, differs only where it changed itself.
    kept = [shape.mobject for shape in old if shape.mobject in latest]
    kept_new = [shape.mobject for shape in new if shape.mobject in earlier]
    if kept != kept_new or len(kept) != len(set(kept)):
        return [shape.box for shape in (*old, *new)]
    boxes = [shape.box for shape in old if shape.mobject not in latest]
    boxes += [shape.box for shape in new if shape.mobject not in earlier]
    changed = ((earlier[mobject], latest[mobject]) for mobject in kept)
    return boxes + [shapes.damage(a, b) for a, b in changed if a is not b]
