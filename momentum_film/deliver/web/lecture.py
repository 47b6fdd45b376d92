"""``lecture.html``: one file with everything in it, which stops at the end of each beat."""

from __future__ import annotations

import base64
from typing import Any

from momentum_film.deliver.film_info import Chapter, Film
from momentum_film.deliver.text import captions
from momentum_film.deliver.text.html import Html, fill, joined, plain, script_data, titled, web_file
from momentum_film.deliver.web.css import properties
from momentum_film.deliver.web.page import icon, policy


def lecture(film: Film, video: bytes, theme: str) -> Html:
    """The lecture as one HTML document that needs nothing else.

    Args:
        film: The film.
        video: The film's MP4.
        theme: The film's theme, for what is around the picture.
    """
    style = Html(properties(theme) + "\n" + web_file("lecture.css"))
    script = web_file("lecture.js")
    return fill(
        web_file("lecture.html"),
        policy=policy(script, style, media="blob:", images="data:"),
        icon=icon(),
        title=titled(film.title),
        style=style,
        width=film.width,
        height=film.height,
        alt=captions.alternative_text(film),
        file=f"{film.name}.mp4",
        chapters=joined(_button(i, chapter) for i, chapter in enumerate(film.chapters)),
        beats=script_data(_beats(film)),
        film=Html(base64.b64encode(video).decode()),
        script=script,
    )


def _button(index: int, chapter: Chapter) -> Html:
    return fill(
        '<li><button type="button" value="{{index}}" title="{{title}}">'
        '<span class="number">{{number}}</span> <span class="title">{{title}}</span></button></li>',
        index=index,
        number=index + 1,
        title=chapter.title,
    )


def _beats(film: Film) -> dict[str, Any]:
    """What the lecture's script knows of the film."""
    return {
        "fps": film.fps,
        "chapters": [
            {
                "title": plain(chapter.title),
                "start": chapter.start,
                "end": chapter.end,
                "beats": [
                    {"start": beat.start, "end": beat.end, "caption": plain(beat.caption)}
                    for beat in chapter.beats
                ],
            }
            for chapter in film.chapters
        ],
    }
