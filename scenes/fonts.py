"""The film's text font: Source Sans Pro, the same outlines on every machine.

The OTF files come from the package ``font-source-sans-pro`` and are handed to HarfBuzz by path,
so neither the system's fonts nor Pango's substitutions can change a film.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Weight = Literal["Regular", "Semibold", "Bold", "It"]

PACKAGE = "font_source_sans_pro"


class FontMissingError(RuntimeError):
    """The text font is not installed."""


@cache
def font_file(weight: Weight) -> Path:
    """Where the font's file is.

    Args:
        weight: of the upright fonts, or ``"It"``, the regular italic.

    Returns:
        Path of an OpenType font with CFF outlines.

    Raises:
        FontMissingError: the font's package is not installed or lacks the file.

    Source:
        https://github.com/adobe-fonts/source-sans (SIL Open Font License 1.1).

    >>> font_file("Semibold").name
    'SourceSansPro-Semibold.otf'
    """
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise FontMissingError(
            "the font Source Sans Pro is missing: run `make render` once more, "
            "or `pip install font-source-sans-pro==0.0.1`"
        )
    path = Path(package.origin).parent / "files" / f"SourceSansPro-{weight}.otf"
    if not path.is_file():
        raise FontMissingError(
            f"the package font-source-sans-pro has no {path.name}: "
            "`pip install --force-reinstall font-source-sans-pro==0.0.1`"
        )
    return path
