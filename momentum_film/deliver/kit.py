"""The values between the formats and their publisher: what files are made from, and files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from momentum_film.cut.edit import Cut
from momentum_film.cut.film_info import FilmInfo
from momentum_film.plan.jobs import Encoding, Segment
from momentum_film.plan.plan import Plan
from momentum_math import Outcome, run


@dataclass(frozen=True)
class FileName:
    """A file of a format.

    Attributes:
        name: Its file's name; ``{film}`` and ``{chapter}`` stand for theirs.
        kind: What it is, for the manifest.
        label: What a page calls it when it offers it; empty if it does not.
    """

    name: str
    kind: str
    label: str = ""

    def of(self, film: str, chapter: str = "") -> FileName:
        """The file of this film, and of this chapter if there is one for each."""
        name, label = (text.format(film=film, chapter=chapter) for text in (self.name, self.label))
        return FileName(name, self.kind, label)


@dataclass(frozen=True)
class Product:
    """A file that was made: how it is called, and its content."""

    file: FileName
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of its content."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Kit:
    """What the formats are made from.

    Attributes:
        film: The film.
        folder: Where its own files are; those around it are made from them.
        cut: Its pictures, while its own files are made.
        has_loop: Whether it has a loop.
        rendered: Format -> chapter -> what was rendered for it.
        made: What was made before in this delivery, in order.
    """

    film: FilmInfo
    folder: Path
    cut: Cut | None = None
    has_loop: bool = False
    rendered: Mapping[str, Mapping[str, Segment]] = field(default_factory=dict)
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

    @property
    def pictures(self) -> Cut:
        """The film's pictures.

        Raises:
            ValueError: Its own files are made already.
        """
        if self.cut is None:
            raise ValueError("the film itself can only be made of its segments")
        return self.cut


def _always(plan: Plan) -> bool:
    return True


@dataclass(frozen=True)
class Format:
    """Something that a film is handed over as, in one file or several.

    Attributes:
        files: How its files are called.
        make: From a kit to their contents, in that order.
        about: A line for the command's help; empty for the film's own files, which come unasked.
        needs: Formats that come with it, because it refers to them.
        renders: What the film's chapters are rendered as once more for it.
        by_chapter: Whether chapters are asked for, each of which has the files.
        wanted: Of the film's own files, whether a plan has what they are made from.
    """

    files: tuple[FileName, ...]
    make: Callable[[Kit], Iterable[bytes]]
    about: str = ""
    needs: tuple[str, ...] = ()
    renders: Encoding | None = None
    by_chapter: bool = False
    wanted: Callable[[Plan], bool] = _always

    def names(self, film: str, chapters: Iterable[str] = ()) -> list[FileName]:
        """Its files for a film, and for these chapters if there are some for each."""
        each = chapters if self.by_chapter else ("",)
        return [file.of(film, chapter) for chapter in each for file in self.files]
