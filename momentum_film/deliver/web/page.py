"""``index.html``: a finished page around the film, with nothing to load but its own files."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.text.units import duration
from momentum_film.deliver.web import html
from momentum_film.deliver.web.companion import companion, computed, scripts
from momentum_film.deliver.web.css import custom_properties
from momentum_film.deliver.web.hero import SCRIPT, hero
from momentum_film.deliver.web.mathml import definitions, table
from momentum_math import Outcome
from scenes.words.numbers import number, threshold


class Source(NamedTuple):
    """A video file that the page offers: as it links to it, and its media type with the codec."""

    path: str
    type: str


class Download(NamedTuple):
    """A file that the page offers: what it is, as the page links to it, and how large it is."""

    label: str
    path: str
    bytes: int


class Media(NamedTuple):
    """The files beside a page: videos, the best first, a picture for before, what it offers."""

    sources: tuple[Source, ...]
    poster: str
    downloads: tuple[Download, ...] = ()


def page(film: FilmInfo, outcome: Outcome, media: Media) -> Markup:
    """The page as one HTML document."""
    limit = film.experiment.threshold
    there, seen = companion(outcome), hero(outcome)
    own = ("player.js", *((SCRIPT,) if seen else ()))
    return html.document(
        "page.html",
        html.style(custom_properties(f"{film.width} / {film.height}"), "page.css"),
        html.script(*own) + Markup("\n") + scripts(film.experiment),
        videos="'self' file: data:",
        images="'self' file: data:",
        film=film,
        media=media,
        summary=summary(film),
        companion=there,
        hero=seen,
        definitions=definitions(outcome),
        table=table(outcome),
        limit="" if limit is None else threshold(limit),
    )


def summary(film: FilmInfo) -> str:
    """The film in a sentence or two."""
    experiment = film.experiment
    who = ("One run", *(f"{count} runs" for count in ("Two", "Three", "Four", "Five", "Six")))
    start = ",\xa0".join(number(x) for x in experiment.start)
    bench = ", and a bench to try it yourself" if computed(experiment) else ""
    return (
        f"{who[len(experiment.contenders) - 1]} from the same start ({start}), "
        f"{experiment.steps}\xa0steps. A silent film of {duration(film.seconds)}{bench}."
    )
