"""``NAME.teaser.mp4``: the race on the map and the race of the losses, in less than 20 seconds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import PictureType

from momentum_film.cut.film_info import Chapter, FilmInfo
from momentum_film.deliver.video.pictures import frames_at
from momentum_film.raster import colors

CHAPTERS = ("descent", "loss_race")
SECONDS = 18.0
HOLD_SECONDS = 1.2
OPTIONS = {"preset": "medium", "crf": "19", "profile": "high", "threads": "1"}


def teaser(film: FilmInfo, video: Path, path: Path) -> Path:
    """Cut the teaser out of a film's MP4, and return its path."""
    with av.open(path, "w", options={"movflags": "+faststart"}) as output:
        output.metadata["title"] = film.title
        stream = output.add_stream("libx264", rate=film.fps, options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, film.fps)
        colors.tag(stream.codec_context)
        for number, frame in enumerate(frames_at(video, plan(film))):
            frame.pts, frame.time_base = number, Fraction(1, film.fps)
            frame.pict_type = PictureType.NONE
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def plan(film: FilmInfo) -> list[int]:
    """Which of the film's frames the teaser shows, in its order.

    Each chapter without its first beat, all at one pace that is not slower than the film's, and a
    while of its last picture.
    """
    chapters = [chapter for chapter in film.chapters if chapter.name in CHAPTERS]
    spans = [(_opening(chapter), chapter.end) for chapter in chapters or film.chapters[-1:]]
    moving = sum(end - start for start, end in spans)
    pace = max(1.0, moving / (SECONDS - HOLD_SECONDS * len(spans)))
    frames: list[int] = []
    for start, end in spans:
        count = int((end - start) * film.fps / pace)
        first, last = start * film.fps, round(end * film.fps) - 1
        frames += [round(min(first + k * pace, last)) for k in range(count)]
        frames += [last] * round(HOLD_SECONDS * film.fps)
    return frames


def _opening(chapter: Chapter) -> float:
    """The end of a chapter's first beat, in which things only appear; seconds of the film."""
    return chapter.beats[0].end if len(chapter.beats) > 1 else chapter.start
