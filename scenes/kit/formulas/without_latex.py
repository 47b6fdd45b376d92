r"""Formulas without LaTeX: the same LaTeX source, set by ziamath in a font for mathematics.

The font is Latin Modern Math where the system has it, so that formulas look as LaTeX's do, else
STIX Two Math, which ziamath brings along.

Source: C. Delker, https://ziamath.readthedocs.io (MIT); B. Jackowski, P. Strzelczyk and
P. Pianowski, Latin Modern Math (GUST Font License); STIX Two (SIL Open Font License 1.1).
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category
from xml.etree import ElementTree

from scenes.kit.formulas.latex import (
    Formula,
    FormulaError,
    TexMissingError,
    balanced,
    publish,
    shown,
)
from scenes.kit.text.fonts import STIX, Face

LATIN_MODERN = "opentype/public/lm-math/latinmodern-math.otf"
TREES = tuple(
    Path("/usr/share", *parts, "fonts")
    for parts in (
        ("texmf",),  # Debian and Ubuntu: fonts-lmodern
        ("texlive", "texmf-dist"),  # Fedora
        ("texmf-dist",),  # Arch
    )
)
ROWS = ("math", "mrow", "msqrt")
SIGNS, CLOSING = "+-−±", ")]}|⌋⌉"
WIDE_HAT, HAT, THIN = "\u0302", "ˆ", "0.1667em"
EM_BP = 10 * 72 / 72.27  # the type's 10 TeX points in the SVG's unit
NO_OUTLINE = ("Zs", "Cf", "Cc")  # of Unicode's categories: blanks, and marks that are not seen
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"


class MathFont(NamedTuple):
    """A font with a table for mathematics; contours of TrueType run the other way round."""

    name: str
    path: Path
    is_truetype: bool


@cache
def math_font() -> MathFont | None:
    """The font that formulas are set in; None where none is installed."""
    for tree in TREES:
        if (path := tree / LATIN_MODERN).is_file():
            return MathFont("Latin Modern Math", path, is_truetype=False)
    stix = Face(STIX, "ziamath/fonts/STIXTwoMath-Regular.ttf").path
    return MathFont("STIX Two Math", stix, is_truetype=True) if stix else None


@cache
def identity() -> str:
    """What decides how a formula looks: versions, and the font's digest."""
    font = math_font()
    digest = hashlib.sha256(font.path.read_bytes()).hexdigest()[:16] if font else ""
    versions = (f"{name} {version(name)}" for name in ("ziamath", "ziafont", "latex2mathml"))
    return ", ".join([*versions, f"{font.name if font else 'no font'} {digest}"])


def svg_name(formula: Formula) -> str:
    """File name of a formula's SVG, from everything that decides its outlines."""
    text = "\0".join((identity(), *formula))
    return hashlib.sha256(text.encode()).hexdigest()[:16] + ".svg"


def make(formulas: Sequence[Formula], folder: Path) -> tuple[Path, ...]:
    """Typeset formulas into SVGs as ``latex.make`` does, without LaTeX.

    Raises:
        FormulaError: One of the formulas has something that cannot be set.
        TexMissingError: There is no font.
    """
    drawn = [svg(formula) for formula in formulas]
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(
        publish(text.encode(), folder / svg_name(formula))
        for text, formula in zip(drawn, formulas, strict=True)
    )


def svg(formula: Formula) -> str:
    """A formula as SVG, laid out as ``latex.make`` says.

    Raises:
        FormulaError: It has something that cannot be set.
        TexMissingError: There is no font.
    """
    balanced(formula)
    font = math_font()
    if font is None:
        raise TexMissingError(f"formula {shown(formula)} has no font, `pip install {STIX}`")
    try:
        with warnings.catch_warnings(action="ignore"):  # of ziamath's own import
            drawn, width = _drawn(formula, font)
    except FormulaError:
        raise
    except Exception as error:  # whatever two libraries stumble over is in the formula
        said = " ".join(f"{type(error).__name__} {error}".split())[:80]
        raise FormulaError(
            f"formula {shown(formula)}: cannot be set without LaTeX ({said})"
        ) from error
    return _written(drawn, len(formula), width, font)


def _drawn(formula: Formula, font: MathFont) -> tuple[ElementTree.Element, float]:
    """Paths and bars, their colours the numbers of parts; and the advance width in TeX points."""
    # Only here: it takes a moment, and most films need it never.
    from ziamath.config import config as settings
    from ziamath.zmath import Math

    row = _row(formula)
    before = settings.svg2, settings.precision
    settings.svg2, settings.precision = False, 4
    try:
        node = Math(row, size=EM_BP, font=str(font.path)).node
        _check_letters(row, node.font, formula)
        canvas = ElementTree.Element("svg")
        node.draw(0.0, 0.0, canvas)
    finally:
        settings.svg2, settings.precision = before
    return canvas, float(node.bbox.xmax) * 10.0 / EM_BP


def _row(formula: Formula) -> ElementTree.Element:
    """A formula in MathML: the parts in one row, so that signs between them keep their distance."""
    from ziamath.tex import tex2mml

    row = ElementTree.Element("math", display="block")
    for number, part in enumerate(formula):
        math = ElementTree.fromstring(tex2mml(part))
        for inner in math.iter():
            inner.tag = inner.tag.rpartition("}")[2]
            inner.set("mathcolor", f"#{number:06x}")
            if inner.text == WIDE_HAT:
                inner.text = HAT
        is_one_row = len(math) == 1 and math[0].tag == "mrow"
        row.extend(math[0] if is_one_row else math)
    for parent in [one for one in row.iter() if one.tag in ROWS]:
        _space(parent)
    return row


def _space(row: ElementTree.Element) -> None:
    """Have signs before a number, and names of operators after a factor, stand as TeX has them."""
    before: ElementTree.Element | None = None
    for element in list(row):
        base, text = _base(element), _base(element).text or ""
        is_joined = before is not None and (before.tag != "mo" or (before.text or "") in CLOSING)
        if base.tag == "mo" and text in SIGNS and not is_joined:
            base.set("form", "prefix")
        if base.tag == "mo" and len(text) > 1 and text.isalpha() and is_joined:
            space = ElementTree.Element("mspace", width=THIN)
            row.insert(list(row).index(element), space)
        before = base


def _base(element: ElementTree.Element) -> ElementTree.Element:
    """What scripts stand at, or the element itself."""
    return element[0] if element.tag in ("msub", "msup", "msubsup") else element


def _check_letters(row: ElementTree.Element, font: Any, formula: Formula) -> None:
    """Refuse commands that are not known, which come out as their names, and missing letters."""
    for text in ("".join(element.text or "") for element in row.iter()):
        if "\\" in text:
            raise FormulaError(f"formula {shown(formula)}: Undefined control sequence {text[:40]}")
        for letter in text:
            if category(letter) not in NO_OUTLINE and font.glyphindex(letter) == 0:
                code = f"U+{ord(letter):04X}"
                raise FormulaError(f"formula {shown(formula)}: the font has no {letter} ({code})")


def _written(canvas: ElementTree.Element, parts: int, width: float, font: MathFont) -> str:
    """The SVG with a group for each part."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.Element(f"{{{_SVG}}}svg")
    ElementTree.SubElement(root, f"{{{_SVG}}}desc").text = f"{width:.4f}pt"
    outlines = ElementTree.SubElement(root, f"{{{_SVG}}}defs")
    groups = [
        ElementTree.SubElement(root, f"{{{_SVG}}}g", {"class": f"piece-{i}"}) for i in range(parts)
    ]
    for drawn in canvas:
        part = int(drawn.attrib["fill"][1:], 16)
        for outline in (one for one in drawn.iter() if one.tag != "g"):
            d = outline.get("d", "") or _bar(outline, font.is_truetype)
            name = f"outline-{len(outlines)}"
            ElementTree.SubElement(outlines, f"{{{_SVG}}}path", {"id": name, "d": d})
            use = {f"{{{_XLINK}}}href": f"#{name}"}
            ElementTree.SubElement(groups[part], f"{{{_SVG}}}use", use)
    return ElementTree.tostring(root, encoding="unicode")


def _bar(drawn: ElementTree.Element, clockwise: bool) -> str:
    """A bar as a path in the direction of the font's contours: else they would cancel.

    Empty for a blank, which has no outline.
    """
    if drawn.tag != "rect":
        return ""
    x, y, width, height = (float(drawn.attrib[key]) for key in ("x", "y", "width", "height"))
    right, bottom = x + width, y + height
    if clockwise:
        return f"M {x} {bottom} V {y} H {right} V {bottom} Z"
    return f"M {x} {bottom} H {right} V {y} H {x} Z"
