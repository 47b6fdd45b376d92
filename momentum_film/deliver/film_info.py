"""A finished film, as its manifest tells it: the input of every format but the film itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from momentum_math import Experiment, read_experiment


@dataclass(frozen=True)
class Beat:
    """One thing that happens.

    Attributes:
        name: Unique in its chapter.
        start: Seconds from the film's start.
        end: Seconds from the film's start.
        caption: One or more full sentences.
    """

    name: str
    start: float
    end: float
    caption: str


@dataclass(frozen=True)
class Chapter:
    """A chapter with its beats in order; ``start`` and ``end`` in seconds of the film."""

    name: str
    title: str
    start: float
    end: float
    beats: tuple[Beat, ...]


@dataclass(frozen=True)
class Film:
    """What the other formats need to know of a film.

    Attributes:
        name: The experiment's name.
        title: The film's title.
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        frames: How many.
        experiment: What happens.
        chapters: In order.
    """

    name: str
    title: str
    width: int
    height: int
    fps: int
    frames: int
    experiment: Experiment
    chapters: tuple[Chapter, ...]

    @property
    def seconds(self) -> float:
        """How long the film is."""
        return self.frames / self.fps

    @property
    def beats(self) -> tuple[Beat, ...]:
        """Every beat of every chapter, in order."""
        return tuple(beat for chapter in self.chapters for beat in chapter.beats)


def read_film(manifest: Path) -> Film:
    """The film that a manifest describes."""
    return film_of(json.loads(manifest.read_text(encoding="utf-8")))


def film_of(manifest: dict[str, Any]) -> Film:
    """The film that a manifest's content describes."""
    return Film(
        name=manifest["name"],
        title=manifest["title"],
        width=manifest["width"],
        height=manifest["height"],
        fps=manifest["fps"],
        frames=manifest["frames"],
        experiment=_experiment(manifest),
        chapters=tuple(_chapter(chapter) for chapter in manifest["chapters"]),
    )


def _experiment(manifest: dict[str, Any]) -> Experiment:
    """The experiment, whose name is that of its file and no key in it."""
    keys = {key: value for key, value in manifest["experiment"].items() if key != "name"}
    return read_experiment(keys, f"{manifest['name']}.toml")


def _chapter(chapter: dict[str, Any]) -> Chapter:
    beats = tuple(
        Beat(beat["name"], beat["start_seconds"], beat["end_seconds"], beat["caption"])
        for beat in chapter["beats"]
    )
    start, end = chapter["start_seconds"], chapter["end_seconds"]
    return Chapter(chapter["name"], chapter["title"], start, end, beats)
