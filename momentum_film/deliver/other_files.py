"""What stands around a finished film: one kind, one small function, listed in one table.

To add a kind, write a function from a ``Kit`` to products and enter it in ``KINDS``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from momentum_film.deliver.film_info import Film
from momentum_film.deliver.text import captions as texts
from momentum_film.deliver.video.codecs import media_type
from momentum_film.deliver.web.mathml import definitions
from momentum_film.deliver.web.page import Download, Media, Source
from momentum_film.plan.jobs import Segment
from momentum_math import Outcome


@dataclass(frozen=True)
class Product:
    """A file that was made.

    Attributes:
        name: Its file's name.
        kind: What it is, for the manifest.
        data: Its content.
        label: What a page calls it when it offers it; empty if it does not.
    """

    name: str
    kind: str
    data: bytes
    label: str = ""


@dataclass(frozen=True)
class Kit:
    """What the kinds are made from.

    Attributes:
        film: The finished film.
        outcome: Of its experiment.
        theme: Its theme.
        folder: Where its own files are.
        av1: Its chapters as AV1, if that is wanted.
        loops: Chapters as GIFs, by name.
        made: What was made before in this delivery, in order.
    """

    film: Film
    outcome: Outcome
    theme: str
    folder: Path
    av1: tuple[Segment, ...] = ()
    loops: Mapping[str, Segment] = field(default_factory=dict)
    made: tuple[Product, ...] = ()

    @property
    def video(self) -> Path:
        """The film's MP4."""
        return self.folder / f"{self.film.name}.mp4"

    @property
    def poster(self) -> Path:
        """The film's poster."""
        return self.folder / f"{self.film.name}.png"


@dataclass(frozen=True)
class Kind:
    """Something that one can ask for.

    Attributes:
        make: From a kit to files.
        needs: Kinds that come with it, because it refers to them.
        about: A line for the command's help.
    """

    make: Callable[[Kit], list[Product]]
    about: str
    needs: tuple[str, ...] = ()


def captions(kit: Kit) -> list[Product]:
    """Captions and chapters for players, a transcript, an alternative text."""
    film, name = kit.film, kit.film.name
    formulas = [(each.name, each.lines) for each in definitions(kit.outcome)]
    transcript = texts.transcript(film, formulas)
    return [
        _text(f"{name}.vtt", "captions", texts.captions_vtt(film), "Captions, WebVTT"),
        _text(f"{name}.chapters.vtt", "chapters", texts.chapters_vtt(film)),
        _text(f"{name}.srt", "subtitles", texts.captions_srt(film), "Captions, SubRip"),
        _text("transcript.md", "transcript", transcript, "Transcript, Markdown"),
        _text("alt.txt", "alternative text", texts.alternative_text(film) + "\n"),
    ]


def _text(name: str, kind: str, text: str, label: str = "") -> Product:
    return Product(name, kind, text.encode(), label)


def av1(kit: Kit) -> list[Product]:
    """The film as AV1."""
    from momentum_film.deliver.video.av1 import av1 as join

    name = f"{kit.film.name}.av1.mp4"
    data = _written(name, lambda path: join(kit.film, kit.av1, path))
    return [Product(name, "av1", data, "Film, AV1")]


def teaser(kit: Kit) -> list[Product]:
    """A cut of less than 20 seconds."""
    from momentum_film.deliver.video.teaser import teaser as cut

    name = f"{kit.film.name}.teaser.mp4"
    data = _written(name, lambda path: cut(kit.film, kit.video, path))
    return [Product(name, "teaser", data, "Teaser, MP4")]


def loops(kit: Kit) -> list[Product]:
    """The chapters that were asked for, as GIFs."""
    return [
        Product(f"{kit.film.name}.{chapter}.gif", "gif", segment.data, f"Chapter {chapter}, GIF")
        for chapter, segment in kit.loops.items()
    ]


def lecture(kit: Kit) -> list[Product]:
    """One file that stops at each beat."""
    from momentum_film.deliver.web.lecture import lecture as page

    html = page(kit.film, kit.video.read_bytes(), kit.theme)
    return [Product("lecture.html", "lecture", html.encode(), "Lecture, one file for the browser")]


def slides(kit: Kit) -> list[Product]:
    """One slide per chapter."""
    from momentum_film.deliver.print.slides import slides as deck
    from momentum_film.deliver.video.clips import clips
    from momentum_film.deliver.video.pictures import frames_at

    film = kit.film
    firsts = frames_at(kit.video, [round(chapter.start * film.fps) for chapter in film.chapters])
    data = deck(film, clips(film, kit.video), list(firsts))
    return [Product("slides.pptx", "slides", data, "Slides, PowerPoint")]


def handout(kit: Kit) -> list[Product]:
    """One page per beat."""
    from momentum_film.deliver.print.handout import handout as sheets
    from momentum_film.deliver.video.pictures import frames_at

    film = kit.film
    lasts = frames_at(kit.video, [round(beat.end * film.fps) - 1 for beat in film.beats])
    data = sheets(film, list(lasts), kit.theme)
    return [Product("handout.pdf", "handout", data, "Handout, PDF")]


def embed(kit: Kit) -> list[Product]:
    """The page and the snippet, with a small poster."""
    from momentum_film.deliver.video.pictures import small_poster
    from momentum_film.deliver.web.embed import embed as snippet
    from momentum_film.deliver.web.page import page

    film = kit.film
    with Image.open(kit.poster) as picture:
        poster = Product(f"{film.name}.webp", "small poster", small_poster(picture))
    media = Media(_sources(kit), poster.name, _downloads(kit))
    return [
        poster,
        _text("embed.html", "embed", snippet(film, media)),
        _text("index.html", "page", page(film, kit.outcome, media)),
    ]


def _sources(kit: Kit) -> tuple[Source, ...]:
    """The film as AV1, if it was made, and as H.264, which every browser plays."""
    found = []
    for product in kit.made:
        if product.kind == "av1":
            found.append(Source(product.name, media_type(io.BytesIO(product.data))))
    return (*found, Source(kit.video.name, media_type(kit.video)))


def _downloads(kit: Kit) -> tuple[Download, ...]:
    """What the page offers to take along: the film, its poster, and what was made around it."""
    own = [("Film, H.264", kit.video), ("Poster, PNG", kit.poster)]
    found = [Download(label, path.name, path.stat().st_size) for label, path in own]
    gif = kit.folder / f"{kit.film.name}.gif"
    if gif.is_file():
        found.append(Download("Loop, GIF", gif.name, gif.stat().st_size))
    found += [Download(each.label, each.name, len(each.data)) for each in kit.made if each.label]
    return tuple(found)


def _written(name: str, write: Callable[[Path], object]) -> bytes:
    """What a function writes to a path."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


KINDS: dict[str, Kind] = {
    "captions": Kind(captions, "WebVTT, SubRip, transcript, alternative text"),
    "av1": Kind(av1, "the film as AV1, smaller"),
    "teaser": Kind(teaser, "a cut of less than 20 seconds"),
    "gif": Kind(loops, "a chapter as GIF; may be given more than once"),
    "lecture": Kind(lecture, "one HTML file that stops at each beat"),
    "slides": Kind(slides, "one slide per chapter"),
    "handout": Kind(handout, "PDF, one page per beat"),
    "embed": Kind(
        embed, "a page, and a snippet to paste; with captions and AV1", needs=("captions", "av1")
    ),
}
"""Kind -> how it is made, in the order in which they are: what is referred to comes first."""


def wanted_kinds(asked: frozenset[str]) -> tuple[str, ...]:
    """What was asked for with what comes with it, in the order in which it is made.

    >>> wanted_kinds(frozenset({"embed"}))
    ('captions', 'av1', 'embed')
    """
    needed = asked.union(*(KINDS[kind].needs for kind in asked))
    return tuple(kind for kind in KINDS if kind in needed)
