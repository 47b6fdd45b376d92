"""``embed.html``: a snippet to paste into any page; it works without script and without style."""

from __future__ import annotations

from momentum_film.deliver.film_info import Chapter, Film
from momentum_film.deliver.text import captions
from momentum_film.deliver.text.html import Html, clock, fill, joined, titled, web_file
from momentum_film.deliver.web.page import Media, sources, track


def embed(film: Film, media: Media) -> Html:
    """The snippet.

    Args:
        film: The film.
        media: The files beside the page that it is pasted into.
    """
    video = media.sources[-1].path
    beside = [source.path for source in media.sources] + [media.poster]
    return Html(
        fill(
            web_file("embed.html"),
            files=f"{', '.join(beside[:-1])} and {beside[-1]}",
            title=titled(film.title),
            width=film.width,
            height=film.height,
            poster=media.poster,
            alt=captions.alternative_text(film),
            sources=sources(media.sources),
            captions=track(captions.captions_vtt(film)),
            marks=track(captions.chapters_vtt(film)),
            video=video,
            chapters=joined(_link(chapter, video) for chapter in film.chapters),
            script=web_file("embed.js"),
        )
        + "\n"
    )


def _link(chapter: Chapter, video: str) -> Html:
    return fill(
        '<li><a href="{{video}}#t={{start}}">{{clock}} {{title}}</a></li>',
        video=video,
        start=f"{chapter.start:g}",
        clock=clock(chapter.start),
        title=chapter.title,
    )
