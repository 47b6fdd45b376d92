r"""Formulas: LaTeX in, outlines out, and no LaTeX where the outlines are known.

A formula is a tuple of parts such as ``(r"v \leftarrow", r"\beta v", "+", …)``, typeset together as
one line of display mathematics in Latin Modern. Its outlines have the baseline at y = 0 and start
at x = 0, so a formula stands on the baseline of the text beside it.

SVGs of the shipped films are committed in ``scenes/formulas``, named by the hash of their LaTeX
(``make tex`` renews them); others are made by ``latex`` and ``dvisvgm`` and kept in a
folder of ``scenes.cache_folder``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import svgelements

from scenes import cache_folder
from scenes.kit.formulas import latex
from scenes.kit.formulas.latex import Formula, FormulaError, TexMissingError

__all__ = [
    "Formula",
    "FormulaError",
    "TexMissingError",
    "Typeset",
    "asking",
    "formula_svgs",
    "svg_name",
    "typeset",
]

SHIPPED = Path(__file__).parent / "svg"
EM_BP = 10 * 72 / 72.27  # the type's 10 TeX points in the SVG's unit

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"

_asked: ContextVar[dict[Formula, None] | None] = ContextVar("asked", default=None)


@dataclass(frozen=True)
class Typeset:
    """Outlines of a formula.

    Attributes:
        pieces: per part its filled outline, (4k, 3) in ems as Manim's cubic curves, y upwards,
            read-only.
        width: advance width, ems.
    """

    pieces: tuple[np.ndarray, ...]
    width: float


def typeset(formula: Sequence[str]) -> Typeset:
    r"""Outlines of a formula, from its SVG where there is one, else from LaTeX.

    Args:
        formula: its parts, LaTeX for math mode, in order. TeX spaces them as one formula.

    Raises:
        FormulaError: TeX does not accept the formula.
        TexMissingError: the formula has no SVG yet and LaTeX is not installed.
    """
    parts = tuple(formula)
    asked = _asked.get()
    if asked is not None:
        asked[parts] = None
        path = _known(parts, _made())
        return _stand_in(len(parts)) if path is None else _read(path, len(parts))
    return _read(formula_svgs([parts])[0], len(parts))


@contextmanager
def asking() -> Iterator[dict[Formula, None]]:
    """Collect the formulas that are asked for; as long, the unknown ones are squares."""
    asked: dict[Formula, None] = {}
    token = _asked.set(asked)
    try:
        yield asked
    finally:
        _asked.reset(token)


def formula_svgs(formulas: Sequence[Sequence[str]], folder: Path | None = None) -> list[Path]:
    """SVGs of formulas; all that are new are made in a single run of LaTeX.

    Args:
        formulas: each a sequence of parts.
        folder: where new SVGs go, and old ones are looked for besides the shipped ones; where
            things are kept if not given.

    Raises:
        FormulaError: TeX does not accept one of the formulas.
        TexMissingError: there are new formulas and LaTeX is not installed.
    """
    folder = folder or _made()
    asked = [tuple(formula) for formula in formulas]
    known = {formula: _known(formula, folder) for formula in asked}
    new = [formula for formula, path in known.items() if path is None]
    if new:
        known |= dict(zip(new, latex.make(new, folder, svg_name), strict=True))
    return [path for formula in asked if (path := known[formula]) is not None]


def svg_name(formula: Formula) -> str:
    r"""File name of a formula's SVG, from everything that decides its outlines.

    >>> svg_name((r"\theta",)) == svg_name((r"\theta",)) != svg_name((r"\vartheta",))
    True
    """
    return hashlib.sha256(latex.document([formula]).encode()).hexdigest()[:16] + ".svg"


def _made() -> Path:
    """Where formulas are that no shipped film has."""
    return cache_folder.kept().folder / cache_folder.FORMULAS


def _known(formula: Formula, folder: Path) -> Path | None:
    """A formula's SVG if there is one and it is whole."""
    for path in (SHIPPED / svg_name(formula), folder / svg_name(formula)):
        try:
            _read(path, len(formula))
        except (OSError, ValueError, ElementTree.ParseError):
            continue
        return path
    return None


def _stand_in(pieces: int) -> Typeset:
    square = np.array([(0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)])
    return Typeset(tuple(_polygon(square + (i / 2, 0.0)) for i in range(pieces)), pieces / 2)


def _read(path: Path, pieces: int) -> Typeset:
    return _parse(path.read_text(encoding="utf-8"), pieces)


@cache
def _parse(svg: str, pieces: int) -> Typeset:
    """Read an SVG that ``tex.make`` wrote; from any other raise ValueError or ParseError."""
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
            corners = np.array([(x, bottom), (right, bottom), (right, y), (x, y)])
            curves.append(_polygon(corners))
        else:
            raise ValueError(f"a formula's SVG has no {item.tag}")
    outline = np.concatenate(curves) * (1 / EM_BP, -1 / EM_BP, 1.0)
    outline.flags.writeable = False
    return outline


def _curves(d: str | None) -> np.ndarray:
    """A path's segments as cubic curves, (4k, 3), in the path's units."""
    points: list[complex] = []
    for segment in svgelements.Path(d):
        if isinstance(segment, svgelements.Move):
            continue
        start, end = complex(segment.start), complex(segment.end)
        if isinstance(segment, svgelements.CubicBezier):
            points += [start, complex(segment.control1), complex(segment.control2), end]
        elif isinstance(segment, svgelements.QuadraticBezier):
            control = complex(segment.control)
            points += [start, (start + 2 * control) / 3, (end + 2 * control) / 3, end]
        elif start != end:
            points += [start, (2 * start + end) / 3, (start + 2 * end) / 3, end]
    flat = np.array(points, dtype=complex)
    return np.stack([flat.real, flat.imag, np.zeros(len(flat))], axis=1)


def _polygon(corners: np.ndarray) -> np.ndarray:
    """A closed polygon's sides as cubic curves, (4k, 3); corners (k, 2)."""
    start, end = corners, np.roll(corners, -1, axis=0)
    sides = np.stack([start, (2 * start + end) / 3, (start + 2 * end) / 3, end], axis=1)
    return np.pad(sides.reshape(-1, 2), ((0, 0), (0, 1)))
