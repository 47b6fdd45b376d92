"""Who sets the formulas that no shipped film has: LaTeX where it is installed, else ziamath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenes.kit.formulas import latex, without_latex
from scenes.kit.formulas.latex import Formula


@dataclass(frozen=True)
class Typesetter:
    """A way from LaTeX to SVG.

    Attributes:
        name: What people call it, and the font.
        identity: Everything about it that decides outlines, but for the formula.
        svg_name: The file name of a formula's SVG.
        make: Formulas and a folder -> the SVGs' paths; see ``latex.make``.
    """

    name: str
    identity: Callable[[], str]
    svg_name: Callable[[Formula], str]
    make: Callable[[Sequence[Formula], Path], tuple[Path, ...]]


LATEX = Typesetter("LaTeX", lambda: "LaTeX", latex.svg_name, latex.make)


def typesetter() -> Typesetter:
    """The one that this machine has."""
    if not latex.missing_tools():
        return LATEX
    font = without_latex.math_font()
    name = f"ziamath, in {font.name}" if font else "ziamath, which lacks a font"
    here = without_latex
    return Typesetter(name, here.identity, here.svg_name, here.make)
