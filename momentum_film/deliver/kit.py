"""The values between the formats and their publisher: what files are made from, and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from momentum_film.cut.film_info import FilmInfo
from momentum_film.plan.jobs import Encoding, Segment
from momentum_math import Outcome, run


class FileName(NamedTuple):
    """A file of a format, its kind for the manifest, and what a page calls it if it offers it.

    ``{film}`` and ``{chapter}`` stand for their names.
    """

    name: str
    kind: str
    label: str = ""


class Product(NamedTuple):
    """A file that was made: how it is called, and its content."""

    file: FileName
    data: bytes


@dataclass(frozen=True)
class Kit:
    """What the formats are made from.

    Attributes:
        film: The film.
        folder: Where its own files are; those around it are made from them.
        comment: For the film's metadata: which sources and toolchain it was made from.
        has_loop: Whether it has a loop.
        rendered: Format -> what was rendered for it, in the film's order.
        made: What was made before in this delivery, in order.
    """

    film: FilmInfo
    folder: Path
    comment: str = ""
    has_loop: bool = False
    rendered: Mapping[str, Sequence[Segment]] = field(default_factory=dict)
    made: tuple[Product, ...] = ()

    @property
    def video(self) -> Path:
        """The film's MP4."""
        return self.folder / f"{self.film.name}.mp4"

    @property
    def poster(self) -> Path:
        """The film's poster."""
        return self.folder / f"{self.film.name}.png"

    @cached_property
    def outcome(self) -> Outcome:
        """Of the film's experiment."""
        return run(self.film.experiment)


@dataclass(frozen=True)
class Format:
    """Something that a film is handed over as, in one file or several.

    Attributes:
        make: From a kit to the files' contents; its docstring is a line of the command's help.
        files: How the files are called, in that order.
        needs: Formats that come with it, because it refers to them.
        renders: What the film's chapters are rendered as once more for it.
    """

    make: Callable[[Kit], Iterable[bytes]]
    files: tuple[FileName, ...]
    needs: tuple[str, ...] = ()
    renders: Encoding | None = None

    @property
    def about(self) -> str:
        """A line for the command's help."""
        return self.make.__doc__ or ""

    @property
    def by_chapter(self) -> bool:
        """Whether chapters are asked for, each of which has the files."""
        return "{chapter}" in self.files[0].name

    def names(self, film: str, chapters: Iterable[str] = ()) -> list[FileName]:
        """Its files for a film, and for these chapters if there are some for each."""
        return [
            FileName(name.format(film=film, chapter=chapter), kind, label.format(chapter=chapter))
            for chapter in (chapters if self.by_chapter else ("",))
            for name, kind, label in self.files
        ]
