"""What is kept of a film for the sheet of a batch: words and numbers, no pictures, no runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from sys import intern

from momentum_film.cut.film_info import FilmInfo
from momentum_math import run
from momentum_math.story import Story
from scenes.words import names
from scenes.words.runs import verdicts


@dataclass(frozen=True, slots=True)
class Card:
    """A film of the sheet.

    Attributes:
        name: The film's, as its files are called.
        title: Its title.
        folder: Where its files are.
        look: Theme and aspect, in words.
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        seconds: How long it is.
        chapters: How many it has.
        bytes: Of its video; 0 if there is none.
        runs: (label, verdict) of each contender.
    """

    name: str
    title: str
    folder: Path
    look: str
    width: int
    height: int
    fps: int
    seconds: float
    chapters: int
    bytes: int
    runs: tuple[tuple[str, str], ...]

    @property
    def poster(self) -> Path:
        """Its poster, a PNG file."""
        return self.folder / f"{self.name}.png"


def card_of(film: FilmInfo, folder: Path, size: int) -> Card:
    """The card of a film in a folder, whose video has so many bytes."""
    words = [(names.title(one), verdicts(one)[0]) for one in Story(run(film.experiment)).runs]
    # Films of a sweep say much the same.
    runs = tuple((intern(label), intern(verdict)) for label, verdict in words)
    look = f"{film.theme}, {film.aspect}"
    picture = (film.width, film.height, film.fps)
    counts = (film.seconds, len(film.chapters), size)
    return Card(film.name, film.title, folder, look, *picture, *counts, runs)
