"""``lecture.html``: one file with everything in it, which stops at the end of each beat."""

from __future__ import annotations

import base64
from typing import Any

from markupsafe import Markup

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.text.plain import plain
from momentum_film.deliver.web import html
from momentum_film.deliver.web.css import properties


def lecture(film: FilmInfo, video: bytes) -> Markup:
    """The lecture as one HTML document with the film's MP4 in it, in the film's colours."""
    return html.document(
        "lecture.html",
        html.style(properties(film.theme), "lecture.css"),
        html.script("lecture.js"),
        videos="blob:",
        images="data:",
        film=film,
        beats=_beats(film),
        video=Markup(base64.b64encode(video).decode()),
    )


def _beats(film: FilmInfo) -> dict[str, Any]:
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
