"""``index.html``: a finished page around the film, with nothing to load but its own files."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.text import captions
from momentum_film.deliver.text.units import duration
from momentum_film.deliver.web import html
from momentum_film.deliver.web.companion import companion, has_companion, scripts
from momentum_film.deliver.web.css import custom_properties
from momentum_film.deliver.web.mathml import definitions, table
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


def page(film: FilmInfo, outcome: Outcome, media: Media) -> Markup:
    """The page as one HTML document.

    Args:
        film: The film.
        outcome: Of its experiment.
        media: The files beside it.
    """
    style = Markup(custom_properties(f"{film.width} / {film.height}") + "\n") + html.asset(
        "page.css"
    )
    script = Markup("\n").join(map(html.asset, ("player.js", *scripts(film.experiment))))
    limit = film.experiment.threshold
    return html.page(
        "page.html",
        film=film,
        media=media,
        video=media.sources[-1].path,
        policy=html.policy(script, style, "'self' file: data:", "'self' file: data:"),
        icon=html.icon(),
        style=style,
        script=script,
        summary=summary(film),
        alt=captions.alternative_text(film),
        captions=captions.captions_vtt(film),
        marks=captions.chapters_vtt(film),
        companion=companion(outcome),
        definitions=definitions(outcome),
        table=table(outcome),
        limit="" if limit is None else threshold(limit),
    )


def summary(film: FilmInfo) -> str:
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
