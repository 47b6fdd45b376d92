"""``embed.html``: a snippet to paste into any page; it works without script and without style."""

from __future__ import annotations

from markupsafe import Markup

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.web import html
from momentum_film.deliver.web.page import Media


def embed(film: FilmInfo, media: Media) -> Markup:
    """The snippet, for a page beside which the media stand."""
    beside = [source.path for source in media.sources] + [media.poster]
    snippet = html.page(
        "embed.html",
        film=film,
        media=media,
        files=f"{', '.join(beside[:-1])} and {beside[-1]}",
        script=html.script("embed.js"),
    )
    return snippet + "\n"
