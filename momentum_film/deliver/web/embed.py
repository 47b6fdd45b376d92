"""``embed.html``: a snippet to paste into any page; it works without script and without style."""

from __future__ import annotations

from markupsafe import Markup

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.text import captions
from momentum_film.deliver.web import html
from momentum_film.deliver.web.page import Media


def embed(film: FilmInfo, media: Media) -> Markup:
    """The snippet.

    Args:
        film: The film.
        media: The files beside the page that it is pasted into.
    """
    beside = [source.path for source in media.sources] + [media.poster]
    snippet = html.page(
        "embed.html",
        film=film,
        media=media,
        video=media.sources[-1].path,
        files=f"{', '.join(beside[:-1])} and {beside[-1]}",
        alt=captions.alternative_text(film),
        captions=captions.captions_vtt(film),
        marks=captions.chapters_vtt(film),
        script=html.asset("embed.js"),
    )
    return snippet + "\n"
