"""A font as a small TrueType font of one weight, which every PDF reader knows."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

LARGEST_ERROR = 1.0
"""How far a quadratic curve may stray from the cubic one, in units of the font."""


def truetype(path: Path, text: str, index: int = 0, weight: float = 400.0) -> bytes:
    """A font's glyphs for a text, with quadratic outlines and the rules to shape it.

    Args:
        path: An OpenType font.
        text: Characters it is used for.
        index: Of the font in a collection of several.
        weight: Which weight of a font that has many.

    Returns:
        A TrueType font; characters that the font lacks are left out.
    """
    font = TTFont(io.BytesIO(_part(path, text, index, weight)))
    if "glyf" not in font:
        glyphs = font.getGlyphSet()
        outlines = {}
        for name in font.getGlyphOrder():
            pen = TTGlyphPen(glyphs)
            glyphs[name].draw(Cu2QuPen(pen, LARGEST_ERROR, reverse_direction=True))
            outlines[name] = pen.glyph()
        _replace_outlines(font, outlines)
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def _part(path: Path, text: str, index: int, weight: float) -> bytes:
    """The part of a font that a text needs, in one weight."""
    face = hb.Face(hb.Blob.from_file_path(str(path)), index)
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.GLYPH_NAMES
    wanted.unicode_set.update(map(ord, text + " "))
    if face.has_var_data:
        wanted.pin_all_axes_to_default(face)
        wanted.pin_axis_location(face, "wght", weight)
    return hb.subset(face, wanted).blob.data


def _replace_outlines(font: TTFont, outlines: dict[str, Any]) -> None:
    """Put TrueType's tables in the place of PostScript's."""
    builder = FontBuilder(font=font)
    builder.isTTF = True
    builder.setupGlyf(outlines)
    builder.setupMaxp()
    font["maxp"].maxZones = 1
    for name, glyph in outlines.items():
        advance, _ = font["hmtx"][name]
        font["hmtx"][name] = (advance, glyph.xMin if glyph.numberOfContours else 0)
    font["post"].formatType = 3.0
    for table in {"CFF ", "CFF2", "VORG"} & set(font.keys()):
        del font[table]
    font.sfntVersion = "\x00\x01\x00\x00"
