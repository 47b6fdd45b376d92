"""What a picture depends on besides its job: sources, libraries, fonts, and who sets formulas.

Two jobs with equal keys give equal bytes; anything that can change a pixel changes the key.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, get_args

import av
import cairo

from momentum_film.plan.jobs import RenderJob
from momentum_math import Experiment, load_experiment
from momentum_math.shipped_experiments import EXPERIMENTS
from scenes import SCENES
from scenes.kit.formulas.typesetter import typesetter
from scenes.kit.text.fonts import FAMILIAR, Weight, font_file
from scenes.storyboard import Storyboard

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("manim", "av", "numpy", "pycairo", "uharfbuzz", "contourpy", "svgelements", "pillow")


def job_key(job: RenderJob, storyboard: Storyboard) -> str:
    """Name of a job's result, 64 hexadecimal digits."""
    size = (job.theme, job.aspect, job.width, job.height, job.fps, job.encoding, job.span)
    chapters = [storyboard[job.chapter]]
    if before := storyboard.before(job.chapter):
        chapters.append(before)
    told = (storyboard.title, [asdict(chapter) for chapter in chapters])
    labels = "".join(contender.label for contender in job.experiment.contenders)
    fonts = fonts_of(storyboard.title + labels)
    ground = (
        chapter_sources(*(chapter.name for chapter in chapters)),
        toolchain(),
        fonts,
        _typeset_by(job.experiment),
    )
    return digest(job.experiment.to_dict(), size, told, ground)


def _typeset_by(experiment: Experiment) -> str:
    """Who sets an experiment's formulas; nobody where they are shipped with it."""
    return "" if _shipped(experiment.name) == experiment else typesetter().identity()


@lru_cache(maxsize=16)
def _shipped(name: str) -> Experiment | None:
    path = EXPERIMENTS / f"{name}.toml"
    return load_experiment(path) if path.is_file() else None


def digest(*values: Any) -> str:
    """SHA-256 of values as canonical JSON.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1}) != digest({"a": 1, "b": 2})
    True
    """
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def toolchain() -> dict[str, str]:
    """Versions of everything that draws or encodes, and the digest of the font."""
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    versions["python"] = ".".join(map(str, sys.version_info[:2]))
    versions["cairo"] = cairo.cairo_version_string()
    for library in ("libavcodec", "libavfilter", "libavformat"):
        versions[library] = ".".join(map(str, av.library_versions[library]))
    versions["font"] = hash_files(map(font_file, get_args(Weight)))
    return versions


@lru_cache(maxsize=64)
def fonts_of(text: str) -> list[str]:
    """The packages, with their versions, whose fonts draw what the film's own font lacks."""
    if FAMILIAR.fullmatch(text):
        return []
    from scenes.kit.text.font_runs import requirements

    names = (requirement.partition("==")[0] for requirement in requirements(text))
    return [f"{name} {importlib.metadata.version(name)}" for name in names]


@cache
def chapter_sources(*chapters: str) -> str:
    """Digest of the sources that draw some chapters: all but other chapters and the storyboard.

    What the storyboard tells is in a key as data, so its module is not.
    """
    others = [place.partition(":")[0] for name, place in SCENES.items() if name not in chapters]
    modules = (*others, "scenes.storyboard")
    apart = {(ROOT / Path(*module.split("."))).with_suffix(".py") for module in modules}
    scenes = [path for path in sources("scenes") if path not in apart]
    drawing = [ROOT / "momentum_film" / "render" / f"{name}.py" for name in ("chapter", "gif")]
    below = [*sources("momentum_film/raster"), *sources("momentum_math")]
    return hash_files([*scenes, *drawing, *below])


@cache
def delivery_sources() -> str:
    """Digest of the sources that make files of segments, and of what they are made with."""
    paths = [*sources("momentum_film/deliver"), *sources("momentum_film/cut")]
    return digest(hash_files(paths), toolchain())


def sources(folder: str) -> list[Path]:
    """The files of a package and of those in it, without what Python keeps beside them."""
    found = (ROOT / folder).rglob("*")
    return [path for path in found if path.is_file() and path.suffix != ".pyc"]


def hash_files(paths: Iterable[Path]) -> str:
    """Digest of distinct files' names and contents, in any order."""
    return digest([_hash_file(path) for path in sorted(paths)])


@cache
def _hash_file(path: Path) -> tuple[str, str]:
    """A file's name and the digest of what it held when it was asked for first."""
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return name, hashlib.sha256(path.read_bytes()).hexdigest()
