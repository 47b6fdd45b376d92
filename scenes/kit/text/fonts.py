"""The film's fonts, from packages: neither the system's nor Pango's substitutes change a film."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Weight = Literal["Regular", "Semibold", "Bold", "It"]

WEIGHTS: dict[Weight, float] = {"Regular": 400.0, "It": 400.0, "Semibold": 600.0, "Bold": 700.0}
"""As fonts count them."""


class FontMissingError(RuntimeError):
    """The text font is not installed."""


@cache
def font_file(weight: Weight) -> Path:
    """The text font in a weight, upright but for ``"It"``: OpenType with CFF outlines.

    Raises:
        FontMissingError: the font's package is not installed or lacks the file.

    Source:
        https://github.com/adobe-fonts/source-sans (SIL Open Font License 1.1).

    >>> font_file("Semibold").name
    'SourceSansPro-Semibold.otf'
    """
    path = _beside("font_source_sans_pro", f"files/SourceSansPro-{weight}.otf")
    if path is None:
        raise FontMissingError(
            "the font Source Sans Pro is missing: run `make render` once more, "
            "or `pip install font-source-sans-pro==0.0.1`"
        )
    if not path.is_file():
        raise FontMissingError(
            f"the package font-source-sans-pro has no {path.name}: "
            "`pip install --force-reinstall font-source-sans-pro==0.0.1`"
        )
    return path


def _beside(package: str, file: str) -> Path | None:
    """The place of a package's file, or None without the package, which is not run."""
    found = find_spec(package)
    return Path(found.origin).parent / file if found and found.origin else None


FAMILIAR = re.compile(r"[ -~\xa0-\u017eΑ-Ρα-ωЀ-џ–—‘’“”…₀-₉⁰⁴-⁹−×√→≤≥]*")
"""What the text font has for certain, so that most texts need not be held against it."""


@dataclass(frozen=True)
class Face:
    """A face that draws what the text font lacks.

    Attributes:
        requirement: the package that has it, as pip reads it.
        file: ``"package/file"``.
        index: in a collection of several.
        scale: its size where the text font's is 1; Noto's letters are larger on the same em.
    """

    requirement: str
    file: str
    index: int = 0
    scale: float = 1.0

    @property
    def path(self) -> Path | None:
        """The font's file; None where it is not installed."""
        return _path(self.file)

    @property
    def remedy(self) -> str:
        """The command that installs it, with the pip beside this Python."""
        pip, here = Path(sys.prefix) / "bin" / "pip", Path.cwd()
        if not pip.is_file():
            return f"{sys.executable} -m pip install {self.requirement}"
        shown = pip.relative_to(here) if pip.is_relative_to(here) else pip
        return f"{shown} install {self.requirement}"


@cache
def _path(file: str) -> Path | None:
    path = _beside(*file.split("/", 1))
    return path if path and path.is_file() else None


NOTO = "manimgx-fonts==2026.9.26.post1"
NOTO_CJK = "manimgx-fonts-cjk==2026.9.26.post1"
STIX = "ziamath==0.13"
NOTO_SCALE = 0.92

# East Asia's letters have one code and differ by country: a collection has a face for each.
JAPANESE, KOREAN, CHINESE, TRADITIONAL = (
    Face(NOTO_CJK, "manimgx_fonts_cjk/NotoSansCJK-VF.otf.ttc", index, NOTO_SCALE)
    for index in range(4)
)

_SCRIPTS = (
    *("Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil"),
    *("Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar"),
    *("Armenian", "Georgian", "Ethiopic", "Symbols"),
)

# Source: Noto fonts (https://notofonts.github.io), STIX Two (https://www.stixfonts.org), all under
# the SIL Open Font License 1.1.
FACES: tuple[Face, ...] = (
    *(
        Face(NOTO, f"manimgx_fonts/NotoSans{script}[wght].ttf", scale=NOTO_SCALE)
        for script in ("", *_SCRIPTS)
    ),
    Face(STIX, "ziamath/fonts/STIXTwoMath-Regular.ttf"),
    JAPANESE,
    Face(NOTO, "manimgx_fonts/NotoEmoji[wght].ttf", scale=NOTO_SCALE),
)
"""In this order; the first that has a character draws it."""
