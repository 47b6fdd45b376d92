"""A page of a PDF file as pixels, by an interpreter of those operators that a drawing needs.

Source: ISO 32000-1, tables 51, 57, 59 and 60. An operator that is not known is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cairo
import numpy as np
from pypdf import PageObject
from pypdf.generic import ContentStream


class _Page:
    def __init__(self, page: PageObject, context: cairo.Context) -> None:
        self.context = context
        states = page["/Resources"].get("/ExtGState", {})
        self.opacities = {name: (state["/ca"], state["/CA"]) for name, state in states.items()}
        self.fill, self.stroke, self.opacity = (0.0,) * 3, (0.0,) * 3, (1.0, 1.0)
        self.kept: list[tuple] = []
        paint: dict[str, tuple[bool, bool]] = {"f": (True, False), "S": (False, True)}
        paint["B"] = (True, True)
        self.does: dict[str, Callable[..., Any]] = {
            "q": self.save,
            "Q": self.restore,
            "cm": lambda *values: context.transform(cairo.Matrix(*values)),
            "m": context.move_to,
            "l": context.line_to,
            "c": context.curve_to,
            "h": context.close_path,
            "W": context.clip_preserve,
            "n": context.new_path,
            "re": context.rectangle,
            "rg": lambda *color: setattr(self, "fill", color),
            "RG": lambda *color: setattr(self, "stroke", color),
            "gs": lambda name: setattr(self, "opacity", self.opacities[name]),
            "w": context.set_line_width,
            "J": lambda cap: context.set_line_cap(cairo.LineCap(cap)),
            "j": lambda join: context.set_line_join(cairo.LineJoin(join)),
            "M": context.set_miter_limit,
            "d": lambda dashes, start: context.set_dash(dashes, start),
            **{name: lambda kinds=kinds: self.paint(*kinds) for name, kinds in paint.items()},
        }

    def save(self) -> None:
        self.kept.append((self.fill, self.stroke, self.opacity))
        self.context.save()

    def restore(self) -> None:
        self.fill, self.stroke, self.opacity = self.kept.pop()
        self.context.restore()

    def paint(self, fills: bool, strokes: bool) -> None:
        if fills:
            self.context.set_source_rgba(*self.fill, self.opacity[0])
            self.context.fill_preserve()
        if strokes:
            self.context.set_source_rgba(*self.stroke, self.opacity[1])
            self.context.stroke_preserve()
        self.context.new_path()


def drawn(page: PageObject, width: int, height: int) -> np.ndarray:
    """A page so many pixels wide and high, (height, width, 3) uint8."""
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
    context = cairo.Context(surface)
    context.translate(0, height)
    context.scale(width / float(page.mediabox.width), -height / float(page.mediabox.height))
    interpreter = _Page(page, context)
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        plain = [float(o) if isinstance(o, float | int) else o for o in operands]
        whole = operator in (b"J", b"j")
        interpreter.does[operator.decode()](*(map(int, plain) if whole else plain))
    surface.flush()
    rows = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride() // 4, 4)
    return rows[:, :width, 2::-1].copy()
