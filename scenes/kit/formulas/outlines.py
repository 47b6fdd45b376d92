r"""Formulas: LaTeX in, outlines out, and no LaTeX where the outlines are known.

A formula is a tuple of parts such as ``(r"v \leftarrow", r"\beta v", "+", …)``, typeset together as
one line of display mathematics in Latin Modern.

SVGs of the shipped films are committed in ``svg``, named by the hash of their LaTeX (``make tex``
renews them); others are made when they are needed, by whatever ``typesetter`` there is, and kept in
``scenes.cache_folder``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import svgelements

from scenes import cache_folder
from scenes.kit.curves import CurvePen
from scenes.kit.formulas import latex
from scenes.kit.formulas.latex import Formula
from scenes.kit.formulas.typesetter import Typesetter, typesetter

SHIPPED = Path(__file__).parent / "svg"
EM_BP = 10 * 72 / 72.27  # the type's 10 TeX points in the SVG's unit

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True)
class Typeset:
    """A formula's advance width, ems, and per part its outline from the start of the baseline.

    Outlines are Manim's cubic curves, (4k, 3) in ems, y upwards, read-only.
    """

    pieces: tuple[np.ndarray, ...]
    width: float


def typeset(formula: Sequence[str]) -> Typeset:
    """Outlines of a formula, from its SVG where there is one, else from the typesetter.

    Raises:
        FormulaError: it does not accept the formula.
        TexMissingError: the formula has no SVG yet and there is nothing to make one with.
    """
    return _parse(formula_svgs([formula])[0].read_text(encoding="utf-8"), len(formula))


def formula_svgs(
    formulas: Sequence[Sequence[str]], folder: Path | None = None, by: Typesetter | None = None
) -> list[Path]:
    """SVGs of formulas; all that are new are made at once, by the typesetter that there is.

    They go into the folder, or where things are kept, and are looked for there and in ``SHIPPED``.

    Raises:
        FormulaError: the typesetter does not accept one of the formulas.
        TexMissingError: there are new formulas and nothing to make them with.
    """
    folder = folder or cache_folder.kept().folder / cache_folder.FORMULAS
    by, asked = by or typesetter(), [tuple(formula) for formula in formulas]
    known = {formula: path for formula in asked if (path := _known(formula, folder, by))}
    if new := [formula for formula in dict.fromkeys(asked) if formula not in known]:
        known |= zip(new, by.make(new, folder), strict=True)
    return [known[formula] for formula in asked]


def _known(formula: Formula, folder: Path, by: Typesetter) -> Path | None:
    """A formula's SVG if there is one and it is whole."""
    for path in (SHIPPED / latex.svg_name(formula), folder / by.svg_name(formula)):
        try:
            _parse(path.read_text(encoding="utf-8"), len(formula))
        except (OSError, ValueError, ElementTree.ParseError):
            continue
        return path
    return None


@cache
def _parse(svg: str, pieces: int) -> Typeset:
    """Read an SVG that ``latex.make`` wrote; from any other raise ValueError or ParseError."""
    root = ElementTree.fromstring(svg.encode())
    glyphs = {f"#{glyph.get('id')}": _curves(glyph.get("d")) for glyph in root.iter(f"{_SVG}path")}
    groups = {group.get("class"): group for group in root.iter(f"{_SVG}g")}
    names = [f"piece-{i}" for i in range(pieces)]
    width = root.findtext(f".//{_SVG}desc") or ""
    if not width.endswith("pt") or not set(names) <= set(groups):
        raise ValueError("not a formula's SVG")
    outlines = tuple(_outline(groups[name], glyphs) for name in names)
    return Typeset(outlines, float(width.removesuffix("pt")) / 10)


def _outline(group: ElementTree.Element, glyphs: dict[str, np.ndarray]) -> np.ndarray:
    curves = [np.zeros((0, 3))]
    for item in group:
        x, y = float(item.get("x", 0)), float(item.get("y", 0))
        if item.tag == f"{_SVG}use" and item.get(_HREF) in glyphs:
            curves.append(glyphs[item.attrib[_HREF]] + (x, y, 0.0))
        elif item.tag == f"{_SVG}rect":
            right, bottom = x + float(item.get("width", 0)), y + float(item.get("height", 0))
            # Counter-clockwise once y points upwards, as the glyphs are: else they would cancel.
            curves.append(_curves(f"M{x} {bottom}H{right}V{y}H{x}Z"))
        else:
            raise ValueError(f"a formula's SVG has no {item.tag}")
    outline = np.concatenate(curves) * (1 / EM_BP, -1 / EM_BP, 1.0)
    outline.flags.writeable = False
    return outline


def _curves(d: str | None) -> np.ndarray:
    """A path's segments as cubic curves, (4k, 3), in the path's units."""
    pen = CurvePen()
    for segment in svgelements.Path(d):
        if isinstance(segment, svgelements.Move):
            pen.moveTo(segment.end)
        elif isinstance(segment, svgelements.CubicBezier):
            pen.curveTo(segment.control1, segment.control2, segment.end)
        elif isinstance(segment, svgelements.QuadraticBezier):
            pen.qCurveTo(segment.control, segment.end)
        else:
            pen.lineTo(segment.end)
    return pen.curves()
