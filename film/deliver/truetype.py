"""A font with PostScript outlines as a small TrueType font, which every PDF reader knows."""

from __future__ import annotations

import io
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

_INSTRUCTED = (
    *("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"),
    *("SizeOfInstructions", "ComponentElements", "ComponentDepth"),
)
LARGEST_ERROR = 1.0
"""How far a quadratic curve may stray from the cubic one, in units of the font."""


def truetype(path: Path, text: str) -> bytes:
    """A font's glyphs for a text, with quadratic outlines.

    Args:
        path: An OpenType font with a CFF table.
        text: Characters it is used for.

    Returns:
        A TrueType font; characters that the font lacks are left out.
    """
    font = TTFont(path)
    _keep(font, text)
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


def _keep(font: TTFont, text: str) -> None:
    options = subset.Options()
    options.layout_features = ["kern"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text + " ")
    subsetter.subset(font)


def _replace_outlines(font: TTFont, outlines: dict) -> None:
    """Put TrueType's tables in the place of PostScript's."""
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphs, glyf.glyphOrder = outlines, font.getGlyphOrder()
    font["loca"] = newTable("loca")
    for name, glyph in outlines.items():
        glyph.recalcBounds(glyf)
        advance, _ = font["hmtx"][name]
        font["hmtx"][name] = (advance, glyph.xMin if glyph.numberOfContours else 0)
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for key in ("Points", "Contours", "CompositePoints", "CompositeContours", *_INSTRUCTED):
        setattr(maxp, f"max{key}", 0)
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    font.sfntVersion = "\x00\x01\x00\x00"
