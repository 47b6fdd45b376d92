"""``index.html``: a finished page around the film, with nothing to load but its own files."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from momentum_film.deliver.film_info import Chapter, Film
from momentum_film.deliver.text import captions
from momentum_film.deliver.text.html import (
    Html,
    clock,
    duration,
    fill,
    joined,
    size,
    titled,
    web_file,
)
from momentum_film.deliver.web.companion import companion, has_companion, scripts
from momentum_film.deliver.web.css import custom_properties
from momentum_film.deliver.web.mathml import formulas, table
from momentum_math import Outcome
from scenes.words.numbers import number, threshold


@dataclass(frozen=True)
class Source:
    """A video file that the page offers.

    Attributes:
        path: As the page links to it.
        type: Its media type with the codec.
    """

    path: str
    type: str


@dataclass(frozen=True)
class Download:
    """A file that the page offers: what it is, as the page links to it, and how large it is."""

    label: str
    path: str
    bytes: int


@dataclass(frozen=True)
class Media:
    """The files that stand beside a page.

    Attributes:
        sources: Video files, the best first.
        poster: The picture that stands for the film before it plays.
        downloads: What the page offers to take along.
    """

    sources: tuple[Source, ...]
    poster: str
    downloads: tuple[Download, ...] = ()


def page(film: Film, outcome: Outcome, media: Media) -> Html:
    """The page as one HTML document.

    Args:
        film: The film.
        outcome: Of its experiment.
        media: The files beside it.
    """
    style = Html(custom_properties(f"{film.width} / {film.height}") + "\n" + web_file("page.css"))
    names = ("player.js", *scripts(film.experiment))
    script = Html("\n".join(web_file(name) for name in names))
    columns, rows = table(outcome)
    return fill(
        web_file("page.html"),
        policy=policy(script, style, media="'self' file: data:", images="'self' file: data:"),
        icon=icon(),
        title=titled(film.title),
        summary=summary(film),
        style=style,
        width=film.width,
        height=film.height,
        poster=media.poster,
        alt=captions.alternative_text(film),
        sources=sources(media.sources),
        video=media.sources[-1].path,
        captions=track(captions.captions_vtt(film)),
        marks=track(captions.chapters_vtt(film)),
        chapters=joined(chapter_link(chapter, media.sources[-1].path) for chapter in film.chapters),
        companion=companion(outcome),
        mathematics=formulas(outcome),
        columns=columns,
        rows=rows,
        footnote=footnote(film),
        transcript=joined(_told(chapter) for chapter in film.chapters),
        files=joined(_download(download) for download in media.downloads),
        script=script,
    )


def icon() -> str:
    """The pages' icon, inside the page: without one a browser asks the server for it."""
    return "data:image/svg+xml," + quote(web_file("icon.svg"))


def policy(script: str, style: str, media: str, images: str) -> str:
    """A content security policy: nothing but this script, this style and the film's own files."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        f"media-src {media}; img-src {images}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def summary(film: Film) -> str:
    """The film in a sentence or two."""
    experiment = film.experiment
    count = len(experiment.contenders)
    who = "One run" if count == 1 else f"{_COUNTS[count]} runs"
    start = ",\xa0".join(number(x) for x in experiment.start)
    bench = ", and a bench to try it yourself" if has_companion(experiment) else ""
    return (
        f"{who} from the same start ({start}), {experiment.steps}\xa0steps. "
        f"A silent film of {duration(film.seconds)}{bench}."
    )


_COUNTS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}


def sources(offered: tuple[Source, ...]) -> Html:
    """``source`` elements, the best first."""
    return joined(
        fill('<source src="{{path}}" type="{{type}}">', path=source.path, type=source.type)
        for source in offered
    )


def track(vtt: str) -> str:
    """A text track inside the page: from ``file:`` a browser loads no other."""
    return "data:text/vtt;charset=utf-8;base64," + base64.b64encode(vtt.encode()).decode()


def chapter_link(chapter: Chapter, video: str) -> Html:
    """A chapter as a link to its time in the film, which works without script too."""
    return fill(
        '<li><a href="{{video}}#t={{at}}" data-start="{{start}}" data-end="{{end}}">'
        '<span class="at">{{clock}}</span> {{title}}</a></li>',
        video=video,
        at=f"{chapter.start:g}",
        start=f"{chapter.start:g}",
        end=f"{chapter.end:g}",
        clock=clock(chapter.start),
        title=chapter.title,
    )


def footnote(film: Film) -> Html:
    """What the table's words mean."""
    if film.experiment.threshold is None:
        return Html("")
    return fill(
        '<p class="footnote">First below: the first step whose loss is below {{limit}}. '
        "Stays below: the step from which it is below to the end, step {{steps}}.</p>",
        limit=threshold(film.experiment.threshold),
        steps=film.experiment.steps,
    )


def _told(chapter: Chapter) -> Html:
    said = " ".join(captions.sentences(chapter))
    return fill(
        '<h3>{{title}} <span class="at">{{clock}}</span></h3>\n<p>{{said}}</p>',
        title=chapter.title,
        clock=clock(chapter.start),
        said=said,
    )


def _download(download: Download) -> Html:
    return fill(
        '<li><a href="{{path}}" download>{{label}}</a> <span>{{size}}</span></li>',
        path=download.path,
        label=download.label,
        size=size(download.bytes),
    )
