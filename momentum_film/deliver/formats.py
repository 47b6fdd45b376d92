"""Every format that a film is handed over in, in one table.

To add a format, write a function from a ``Kit`` to the contents of its files and enter it in
``FORMATS``: the command's flags, the manifest, the page's downloads and the cache follow.
What makes a format is imported when it is made, so that to read the table costs nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from momentum_film.deliver.kit import FileName, Format, Kit

if TYPE_CHECKING:
    from momentum_film.deliver.web.page import Download


def video(kit: Kit) -> list[bytes]:
    """The film as H.264 in MP4, which plays everywhere, with its captions as subtitles inside."""
    from momentum_film.cut.mux import join
    from momentum_film.deliver.text.captions import subtitles

    film, segments, cues = kit.film, kit.rendered["video"], subtitles(kit.film)
    return _written(lambda path: join(film, segments, path, comment=kit.comment, cues=cues))


def captions(kit: Kit) -> list[bytes]:
    """WebVTT, SubRip, transcript, alternative text."""
    from momentum_film.deliver.text import captions as texts
    from momentum_film.deliver.web.mathml import definitions

    film = kit.film
    made = (
        texts.captions_vtt(film),
        texts.chapters_vtt(film),
        texts.captions_srt(film),
        texts.transcript(film, definitions(kit.outcome)),
        texts.alternative_text(film) + "\n",
    )
    return [text.encode() for text in made]


def av1(kit: Kit) -> list[bytes]:
    """The film as AV1, smaller."""
    from momentum_film.cut.mux import join

    return _written(lambda path: join(kit.film, kit.rendered["av1"], path, "av1"))


def web(kit: Kit) -> list[bytes]:
    """The film as H.264, small, for browsers that do not know AV1."""
    from momentum_film.cut.mux import join

    return _written(lambda path: join(kit.film, kit.rendered["web"], path, "web"))


def teaser(kit: Kit) -> list[bytes]:
    """A cut of less than 20 seconds."""
    from momentum_film.deliver.video.teaser import teaser as cut

    return _written(lambda path: cut(kit.film, kit.video, path))


def as_rendered(name: str) -> Callable[[Kit], list[bytes]]:
    """Make a format of what was rendered and verified for it, as it is."""
    return lambda kit: [segment.data for segment in kit.rendered[name]]


def gif(kit: Kit) -> list[bytes]:
    """A chapter as GIF; may be given more than once."""
    return as_rendered("gif")(kit)


def lecture(kit: Kit) -> list[bytes]:
    """One HTML file that stops at each beat."""
    from momentum_film.deliver.web.lecture import lecture as page

    return [page(kit.film, kit.video.read_bytes()).encode()]


def slides(kit: Kit) -> list[bytes]:
    """One slide per chapter."""
    from momentum_film.cut.mux import split
    from momentum_film.deliver.print.slides import slides as deck
    from momentum_film.deliver.video.pictures import frames_at

    film = kit.film
    firsts = frames_at(kit.video, [film.frame_at(chapter.start) for chapter in film.chapters])
    return [deck(film, split(film, kit.video), [frame.to_image() for frame in firsts])]


def handout(kit: Kit) -> list[bytes]:
    """PDF, one page per beat."""
    from momentum_film.deliver.print.handout import handout as sheets

    drawn = kit.rendered["handout"]
    return [sheets(kit.film, [still for segment in drawn for still in segment.documents])]


def embed(kit: Kit) -> list[bytes]:
    """A page, and a snippet to paste; with captions, and the film for the web twice."""
    from PIL import Image

    from momentum_film.deliver.video.codecs import media_type
    from momentum_film.deliver.video.pictures import small_poster
    from momentum_film.deliver.web.embed import embed as snippet
    from momentum_film.deliver.web.page import Media, Source, page

    film = kit.film
    with Image.open(kit.poster) as picture:
        small = small_poster(picture)
    sources = tuple(
        Source(file.name, media_type(io.BytesIO(data)))
        for file, data in kit.made
        if file.kind in ("av1", "web")
    )
    media = Media(sources, f"{film.name}.webp", _downloads(kit))
    return [small, snippet(film, media).encode(), page(film, kit.outcome, media).encode()]


def _downloads(kit: Kit) -> tuple[Download, ...]:
    """What the page offers to take along: the film, its poster, and what was made around it."""
    from momentum_film.deliver.web.page import Download

    own = ("video", "poster", *(("loop",) if kit.has_loop else ()))
    names = [file for name in own for file in FORMATS[name].names(kit.film.name)]
    sizes = [(file, (kit.folder / file.name).stat().st_size) for file in names]
    sizes += [(file, len(data)) for file, data in kit.made]
    return tuple(Download(file.label, file.name, size) for file, size in sizes if file.label)


def _written(write: Callable[[Path], object]) -> list[bytes]:
    """What a function writes to a path."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write(path)
        return [path.read_bytes()]


FORMATS = {
    "video": Format(video, (FileName("{film}.mp4", "video", "Film, H.264"),)),
    "loop": Format(as_rendered("loop"), (FileName("{film}.gif", "gif", "Loop, GIF"),)),
    "poster": Format(as_rendered("poster"), (FileName("{film}.png", "poster", "Poster, PNG"),)),
    "captions": Format(
        captions,
        (
            FileName("{film}.vtt", "captions", "Captions, WebVTT"),
            FileName("{film}.chapters.vtt", "chapters"),
            FileName("{film}.srt", "subtitles", "Captions, SubRip"),
            FileName("transcript.md", "transcript", "Transcript, Markdown"),
            FileName("alt.txt", "alternative text"),
        ),
    ),
    "av1": Format(av1, (FileName("{film}.av1.mp4", "av1", "Film, AV1"),), renders="browsers"),
    "web": Format(
        web, (FileName("{film}.web.mp4", "web", "Film, H.264, small"),), renders="browsers"
    ),
    "teaser": Format(teaser, (FileName("{film}.teaser.mp4", "teaser", "Teaser, MP4"),)),
    "gif": Format(
        gif, (FileName("{film}.{chapter}.gif", "gif", "Chapter {chapter}, GIF"),), renders="gif"
    ),
    "lecture": Format(
        lecture, (FileName("lecture.html", "lecture", "Lecture, one file for the browser"),)
    ),
    "slides": Format(slides, (FileName("slides.pptx", "slides", "Slides, PowerPoint"),)),
    "handout": Format(
        handout, (FileName("handout.pdf", "handout", "Handout, PDF"),), renders="svg"
    ),
    "embed": Format(
        embed,
        (
            FileName("{film}.webp", "small poster"),
            FileName("embed.html", "embed"),
            FileName("index.html", "page"),
        ),
        needs=("captions", "av1", "web"),
    ),
}
"""Name -> format, in the order in which they are made: what is referred to comes first."""

OWN = ("video", "loop", "poster")
"""The film's own files, which come unasked."""

AROUND = tuple(name for name in FORMATS if name not in OWN)
"""What one can ask for around a film, each by a flag of its own."""


def with_needs(asked: frozenset[str]) -> tuple[str, ...]:
    """What was asked for with what comes with it, in the order in which it is made.

    >>> with_needs(frozenset({"embed"}))
    ('captions', 'av1', 'web', 'embed')
    """
    needed = asked.union(*(FORMATS[name].needs for name in asked))
    return tuple(name for name in FORMATS if name in needed)
