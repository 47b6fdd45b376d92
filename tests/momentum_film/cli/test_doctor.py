"""The doctor: quick, without Manim, and with a remedy for whatever is missing."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from momentum_film.cli import doctor as module
from momentum_film.cli.doctor import Probe, probes
from scenes.kit.formulas import outlines
from scenes.kit.text import fonts


def probe(name: str) -> Probe:
    [found] = [probe for probe in probes() if probe.name == name]
    return found


def test_this_machine_is_well() -> None:
    assert [probe for probe in probes() if not probe.ok] == []


def test_names_are_unique_and_a_remedy_is_there_only_when_needed() -> None:
    found = probes()
    assert len({probe.name for probe in found}) == len(found) >= 10
    assert all(probe.detail and not probe.remedy for probe in found)


def test_it_is_quick_and_never_imports_manim() -> None:
    code = "import sys; from momentum_film.cli.doctor import probes; probes(); print(*sys.modules)"
    begun = time.monotonic()
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert time.monotonic() - begun < 3
    assert "manim" not in modules


def missing_manim(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)


def newer_manim(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "0.23.1")


def old_python(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))


def broken_cairo(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setitem(sys.modules, "cairo", None)


def broken_pango(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setitem(sys.modules, "manimpango", None)


def broken_av(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setitem(sys.modules, "av.codec", None)


def missing_font(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    fonts.font_file.cache_clear()


def missing_scripts(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(fonts, "_path", lambda _: None)


def missing_formulas(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(outlines, "SHIPPED", folder)


def damaged_formulas(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "0123.svg").write_text("<svg>")
    monkeypatch.setattr(outlines, "SHIPPED", folder)


def missing_latex(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", str(folder))


def full_disk(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**6, 10**6))


def no_place_for_the_cache(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("MOMENTUM_CACHE", str(folder / "file" / "cache"))


def plain_locale(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(module.locale, "getpreferredencoding", lambda _: "ANSI_X3.4-1968")


@pytest.mark.parametrize(
    ("harm", "name", "remedy"),
    [
        (missing_manim, "Manim", "make render"),
        (newer_manim, "Manim", "needs 0.22"),
        (old_python, "Python", "install Python 3.11"),
        (broken_cairo, "Cairo", "apt-get install"),
        (broken_pango, "Pango", "apt-get install"),
        (broken_av, "libx264", "pip install"),
        (missing_font, "font", "pip install"),
        (missing_scripts, "scripts", "pip install manimgx-fonts==2"),
        (missing_scripts, "mathematics", "pip install ziamath==0"),
        (missing_scripts, "East Asia", "pip install manimgx-fonts-cjk==2"),
        (missing_formulas, "formulas", "make tex"),
        (damaged_formulas, "formulas", "make tex"),
        (missing_latex, "LaTeX", "apt-get install texlive-latex-base lmodern dvisvgm"),
        (full_disk, "disk", "free at least 0.5 GB"),
        (no_place_for_the_cache, "cache", "MOMENTUM_CACHE=FOLDER"),
        (plain_locale, "locale", "LC_ALL"),
    ],
)
def test_what_is_missing_gets_its_remedy_in_one_line(
    harm, name: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harm(monkeypatch, tmp_path)
    try:
        found = probe(name)
    finally:
        fonts.font_file.cache_clear()
    assert not found.ok
    assert remedy in found.remedy
    assert "\n" not in found.remedy + found.detail
    optional = {"LaTeX", "locale", "libsvtav1", "scripts", "mathematics", "East Asia"}
    assert found.required == (name not in optional)
