"""What a picture depends on besides its job: our sources, the libraries, the font.

Two jobs with equal keys give equal bytes; anything that can change a pixel changes the key.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, get_args

import av
import cairo

from film.jobs import RenderJob
from scenes import CHAPTERS
from scenes.fonts import FAMILIAR, Weight, font_file
from scenes.storyboard import Chapter

ROOT = Path(__file__).parent.parent
PACKAGES = ("manim", "av", "numpy", "pycairo", "uharfbuzz", "contourpy", "svgelements", "pillow")


def job_key(job: RenderJob, film_title: str, chapter: Chapter) -> str:
    """Name of a job's result.

    Args:
        job: What is rendered.
        film_title: The storyboard's.
        chapter: The chapter as the storyboard tells it.

    Returns:
        64 hexadecimal digits.
    """
    size = (job.theme, job.aspect, job.width, job.height, job.fps, job.encoding, job.span)
    told = (film_title, asdict(chapter))
    labels = (contender.label for contender in job.experiment.contenders)
    ground = (chapter_sources(job.chapter), toolchain(), fonts_of("".join((film_title, *labels))))
    return digest(job.experiment.to_dict(), size, told, ground)


def digest(*values: Any) -> str:
    """SHA-256 of values as canonical JSON.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1}) != digest({"a": 1, "b": 2})
    True
    """
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def toolchain() -> dict[str, str]:
    """Versions of everything that draws or encodes, and the digest of the font.

    Raises:
        FontMissingError: The font is not installed.
        PackageNotFoundError: A library is not installed.
    """
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    versions["python"] = ".".join(map(str, sys.version_info[:2]))
    versions["cairo"] = cairo.cairo_version_string()
    for library in ("libavcodec", "libavfilter", "libavformat"):
        versions[library] = ".".join(map(str, av.library_versions[library]))
    versions["font"] = hash_files(map(font_file, get_args(Weight)))
    return versions


@cache
def fonts_of(text: str) -> list[str]:
    """The packages, with their versions, whose fonts draw what the film's own font lacks."""
    if FAMILIAR.fullmatch(text):
        return []
    from scenes.lettering import requirements

    names = (requirement.partition("==")[0] for requirement in requirements(text))
    return [f"{name} {importlib.metadata.version(name)}" for name in names]


@cache
def chapter_sources(chapter: str) -> str:
    """Digest of the sources that draw a chapter; other chapters' modules are not among them."""
    modules = {
        name: ROOT / f"{place.split(':')[0].replace('.', '/')}.py"
        for name, place in CHAPTERS.items()
    }
    others = {path for name, path in modules.items() if name != chapter}
    storyboard = ROOT / "scenes" / "storyboard.py"
    scenes = set((ROOT / "scenes").glob("*.py")) - others - {storyboard}
    drawing = [ROOT / "film" / "render.py", ROOT / "film" / "loop.py"]
    drawing += (ROOT / "film" / "raster").glob("*.py")
    formulas = (ROOT / "scenes" / "formulas").glob("*.svg")
    mathematics = (ROOT / "momentum_math").glob("*.py")
    pace = _slice(storyboard.read_text(encoding="utf-8"), _asked_of_storyboard(scenes))
    return digest(pace, hash_files([*scenes, *drawing, *formulas, *mathematics]))


@cache
def delivery_sources() -> str:
    """Digest of the sources that make files of segments, and of what they are made with."""
    deliver = ROOT / "film" / "deliver"
    paths = [deliver / f"{name}.py" for name in ("video", "loop", "still", "captions", "writing")]
    paths += [ROOT / "film" / f"{name}.py" for name in ("cut", "verify", "subtitles")]
    return digest(hash_files(paths), toolchain())


def hash_files(paths: Iterable[Path]) -> str:
    """Digest of files' names and contents, in any order.

    Args:
        paths: Of distinct files.
    """
    total = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        total.update(f"{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def _asked_of_storyboard(scenes: Iterable[Path]) -> frozenset[str]:
    """What scenes import from the storyboard, but for what is told: keys hold that as data."""
    return frozenset().union(*map(_imported_from_storyboard, scenes)) - {"tell"}


@cache
def _imported_from_storyboard(path: Path) -> set[str]:
    """What a module imports from the storyboard."""
    source = path.read_text(encoding="utf-8")
    nodes = ast.walk(ast.parse(source)) if "scenes.storyboard" in source else ()
    return {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "scenes.storyboard"
        for alias in node.names
    }


@cache
def _slice(source: str, names: frozenset[str]) -> str:
    r"""The definitions of names in a module, and of all that these need of it.

    >>> _slice("A = 1\nB = A\nC = 2", frozenset({"B"}))
    'A = 1\nB = A'
    """
    defined: dict[str, ast.stmt] = {}
    for node in ast.parse(source).body:
        for name in _defines(node):
            defined[name] = node
    wanted, found = list(names), {}
    while wanted:
        name = wanted.pop()
        if name in defined and name not in found:
            found[name] = defined[name]
            wanted += [part.id for part in ast.walk(defined[name]) if isinstance(part, ast.Name)]
    nodes = {node.lineno: node for node in found.values()}
    return "\n".join(ast.unparse(nodes[line]) for line in sorted(nodes))


def _defines(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [
        part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
    ]
