"""The text font: its files, what they can set, and what happens without them."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import get_args

import pytest
from fontTools.ttLib import TTFont

from scenes.kit.text import fonts
from scenes.kit.text.fonts import FontMissingError, Weight, font_file

GREEK = "αβγδεηθκλμνπρσω"
NEEDED = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    " .,:;!?'\"()[]/+-=<>%&#_–—−×·±≤≥≈→←∞√←ᵏ₀₁₂₃⁰¹²³⁴⁵⁶⁷⁸⁹…“”’" + GREEK
)


@pytest.mark.parametrize("weight", get_args(Weight))
def test_every_weight_is_the_font_it_says(weight: str) -> None:
    font = TTFont(font_file(weight))
    family = font["name"].getDebugName(16) or font["name"].getDebugName(1)
    assert family == "Source Sans Pro"
    assert "CFF " in font
    assert "Open Font License" in font["name"].getDebugName(13)
    bold = {"Regular": 400, "It": 400, "Semibold": 600, "Bold": 700}
    assert font["OS/2"].usWeightClass == bold[weight]
    assert (font["post"].italicAngle != 0) == (weight == "It")


@pytest.mark.parametrize("weight", ["Regular", "Semibold", "Bold"])
def test_the_font_has_every_character_of_a_film(weight: str) -> None:
    known = TTFont(font_file(weight)).getBestCmap()
    assert [character for character in NEEDED if ord(character) not in known] == []


def test_digits_are_all_equally_wide() -> None:
    font = TTFont(font_file("Regular"))
    names = font.getBestCmap()
    assert len({font["hmtx"][names[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_the_fonts_package_is_found_but_not_run() -> None:
    asked = "from scenes.kit.text.fonts import font_file; print(font_file('It'))"
    code = f"import sys; {asked}; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert Path(printed[0]).is_file()
    assert not {"manim", "manimpango", "font_source_sans_pro"} & set(printed[1].split())


@pytest.mark.parametrize("origin", [None, "elsewhere/__init__.py"])
def test_a_missing_font_is_an_error_with_a_remedy(
    origin: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = origin and ModuleSpec("font", None, origin=str(tmp_path / origin))
    monkeypatch.setattr(fonts, "find_spec", lambda _: spec)
    with pytest.raises(
        FontMissingError, match=r"pip install .*font-source-sans-pro==0\.0\.1"
    ) as error:
        font_file.__wrapped__("Regular")
    assert "\n" not in str(error.value)
