"""Pictures as vectors: SVG or PDF, in which text is outlines and nothing is pixels."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence

import cairo
from manim import VMobject

from momentum_film.raster.colors import bgr
from momentum_film.raster.paths import append_by_segment
from momentum_film.raster.shapes import Shapes

SHORT_SIDE_POINTS = 540
"""Of a page: a slide of 16:9 is 13 1/3 inches wide."""

_ONE = 255  # of a colour
_NUMBER = re.compile(rb' id="surface\d+"')
_COLOR = re.compile(rb"rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)")


class Svg:
    """Pictures as SVG documents, one after the other, in pixels."""

    def __init__(self) -> None:
        self._files: list[tuple[cairo.Surface, io.BytesIO]] = []

    def page(self, width: int, height: int) -> cairo.Context:
        """A context for the next picture, whose unit is a pixel."""
        file = io.BytesIO()
        surface = cairo.SVGSurface(file, width, height)
        surface.set_document_unit(cairo.SVGUnit.PX)
        self._files.append((surface, file))
        return cairo.Context(surface)

    def finish(self) -> bytes:
        """The documents."""
        for surface, _ in self._files:
            surface.finish()
        return b"".join(_tidy(file.getvalue()) for _, file in self._files)


class Pdf:
    """Pictures as pages of one PDF document."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._surface = cairo.PDFSurface(self._file, 1, 1)
        self._surface.set_metadata(cairo.PDFMetadata.CREATE_DATE, "")  # the same bytes at any time
        self._context = cairo.Context(self._surface)
        self._pages = 0

    def page(self, width: int, height: int) -> cairo.Context:
        """A context for the next picture, whose unit is a pixel."""
        if self._pages:
            self._surface.show_page()
        scale = SHORT_SIDE_POINTS / min(width, height)
        across, down = round(width * scale), round(height * scale)  # Cairo paints whole points
        self._surface.set_size(across, down)
        self._pages += 1
        self._context.identity_matrix()
        self._context.scale(across / width, down / height)
        return self._context

    def finish(self) -> bytes:
        """The document."""
        self._surface.finish()
        return self._file.getvalue()


FILES: dict[str, Callable[[], Svg | Pdf]] = {"svg": Svg, "pdf": Pdf}


def _tidy(svg: bytes) -> bytes:
    """An SVG document of Cairo's without the number of its surface in this process.

    Colours are ``#rrggbb``, which every program reads.
    """
    return _COLOR.sub(_hexadecimal, _NUMBER.sub(b"", svg))


def _hexadecimal(color: re.Match[bytes]) -> bytes:
    """A colour of three percentages in two digits for each channel."""
    return b"#%02x%02x%02x" % tuple(round(_ONE * float(share) / 100) for share in color.groups())


class Vectors:
    """Writes pictures of shapes, so many pixels wide and high, each on a page of its own."""

    def __init__(self, file: Svg | Pdf, size: tuple[int, int], scale: cairo.Matrix) -> None:
        self._file, self._size, self._scale = file, size, scale
        self._shapes = Shapes(scale, bgr)
        self._ground: tuple[int, ...] = ()
        self._still: list[VMobject] = []

    def begin(
        self, ground: tuple[int, ...], still: Sequence[VMobject], resting: Sequence[VMobject]
    ) -> None:
        """Note the background, RGBA of 0 to 255, and what is still over it, lowest first."""
        self._ground, self._still = ground, list(still)

    def show(self, moving: Sequence[VMobject], frames: int) -> None:
        """Draw a picture of some mobjects over the still ones, lowest first."""
        context = self._file.page(*self._size)
        context.set_source_rgb(*(channel / _ONE for channel in self._ground[:3]))
        context.paint()
        context.transform(self._scale)
        for mobject in (*self._still, *moving):
            shape = self._shapes.of(mobject)
            if shape.paints:
                context.new_path()
                append_by_segment(context, shape.path)
                shape.paint(context)
