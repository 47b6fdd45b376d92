"""``momentum doctor``: what this machine has for making films, what it lacks, and the remedies."""

from __future__ import annotations

import importlib
import importlib.metadata
import locale
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import click

from momentum_film.cli.speech import say
from momentum_film.errors import ENVIRONMENT
from scenes import cache_folder
from scenes.kit.formulas import latex
from scenes.kit.formulas.typesetter import typesetter
from scenes.kit.text.fonts import FACES, NOTO, NOTO_CJK, STIX, FontMissingError, Weight, font_file

FREE_BYTES = 500_000_000  # a 4K film with its pieces, and room to spare
SET_UP = "run `make render`, which installs it"


@dataclass(frozen=True)
class Probe:
    """One thing that was looked at."""

    name: str
    detail: str
    remedy: str = ""  # what to do if it is not there and good
    required: bool = True  # by every film

    @property
    def ok(self) -> bool:
        return not self.remedy


@click.command()
def doctor() -> None:
    """What this machine has for making films, and what to do about what it lacks."""
    found = probes()
    for probe in found:
        mark = "ok" if probe.ok else "MISSING" if probe.required else "absent"
        say(f"{mark:8} {probe.name}: {probe.detail}")
        if not probe.ok:
            say(f"         {probe.remedy}")
    if any(probe.required and not probe.ok for probe in found):
        raise SystemExit(ENVIRONMENT)


def probes() -> list[Probe]:
    """Return all that films need, looked at; never imports Manim, takes a fraction of a second."""
    return [
        _python(),
        _manim(),
        _library("Cairo", "cairo", "cairo_version_string"),
        _library("Pango", "manimpango", "pango_version"),
        _encoder("libx264", "for MP4", required=True),
        _encoder("libsvtav1", "for the smaller MP4 of web pages", required=False),
        _font(),
        _scripts("scripts", "for titles from Arabic to Thai", NOTO),
        _scripts("mathematics", "for titles with mathematical letters", STIX),
        _scripts("East Asia", "for Chinese, Japanese and Korean titles", NOTO_CJK),
        _formulas(),
        _latex(),
        _disk(),
        _cache(),
        _locale(),
    ]


def _python() -> Probe:
    version = sys.version_info
    remedy = "" if version >= (3, 11) else "install Python 3.11 or newer"
    return Probe("Python", ".".join(map(str, version[:3])), remedy)


def _manim() -> Probe:
    try:
        version = importlib.metadata.version("manim")
    except importlib.metadata.PackageNotFoundError:
        version = "none"
    return Probe("Manim", version, "" if version.startswith("0.22.") else f"needs 0.22: {SET_UP}")


def _library(name: str, module: str, version: str) -> Probe:
    """A compiled module, which loads only if the system's library is there."""
    try:
        found = str(getattr(importlib.import_module(module), version)())
    except ImportError as error:
        libraries = "Debian and Ubuntu: apt-get install libpango1.0-dev; macOS: brew install pango"
        return Probe(name, str(error), f"{libraries}; then {SET_UP}")
    return Probe(name, found)


def _encoder(name: str, purpose: str, required: bool) -> Probe:
    try:
        codec = importlib.import_module("av.codec").Codec(name, "w")
    except (ImportError, ValueError) as error:
        return Probe(name, str(error), "pip install --force-reinstall av", required)
    return Probe(name, f"{purpose} ({codec.long_name})", required=required)


def _font() -> Probe:
    try:
        files = [font_file(weight) for weight in get_args(Weight)]
    except FontMissingError as error:
        return Probe("font", "not found", str(error))
    return Probe("font", f"Source Sans Pro, {len(files)} styles")


def _scripts(name: str, purpose: str, requirement: str) -> Probe:
    """Fonts for what the film's font lacks."""
    faces = (face for face in FACES if face.requirement == requirement)
    remedy = next((face.remedy for face in faces if face.path is None), "")
    detail = f"{requirement.partition('=')[0]}{' missing' if remedy else ''}, {purpose}"
    return Probe(name, detail, remedy, required=False)


def _formulas() -> Probe:
    from scenes.kit.formulas import outlines  # takes a while, and is of no use to other commands

    paths = sorted(outlines.SHIPPED.glob("*.svg"))
    damaged = [path.name for path in paths if not _is_xml(path)]
    detail = f"{len(paths)} typeset" + (f", damaged: {', '.join(damaged)}" if damaged else "")
    remedy = "git checkout scenes/kit/formulas/svg, or make tex"
    return Probe("formulas", detail, remedy if damaged or not paths else "")


def _is_xml(path: Path) -> bool:
    try:
        ElementTree.parse(path)
    except ElementTree.ParseError:
        return False
    return True


def _latex() -> Probe:
    missing = latex.missing_tools()
    detail = f"{' and '.join(missing)} missing" if missing else "latex and dvisvgm"
    detail += f"; formulas that no shipped film has are set by {typesetter().name}"
    return Probe("LaTeX", detail, latex.REMEDY if missing else "", required=False)


def _disk() -> Probe:
    free = shutil.disk_usage(".").free
    remedy = f"free at least {FREE_BYTES / 1e9:.1f} GB in {Path.cwd()}"
    return Probe("disk", f"{free / 1e9:.1f} GB free", remedy if free < FREE_BYTES else "")


def _cache() -> Probe:
    kept = cache_folder.kept()
    detail = kept.because or f"{kept.folder} ({cache_folder.remedy()})"
    remedy = f"it cannot be written: {cache_folder.VARIABLE}=FOLDER names one that can"
    return Probe("cache", detail, "" if cache_folder.can_write(kept.folder) else remedy)


def _locale() -> Probe:
    encoding = locale.getpreferredencoding(False)
    remedy = "export LC_ALL=C.UTF-8, or letters such as β are spelled out"
    is_utf8 = encoding.lower().replace("-", "") == "utf8"
    return Probe("locale", encoding, "" if is_utf8 else remedy, required=False)
