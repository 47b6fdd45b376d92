"""A job becomes a segment: a chapter is drawn with Manim, and its pictures are encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from momentum_film.engines.base import Report
from momentum_film.plan.jobs import VECTORS, Beats, Encoding, RenderJob, Segment
from momentum_film.plan.plan import stills_of, story_of, storyboard_of
from momentum_film.raster.encode.base import Encoder, Listener
from momentum_film.raster.samples import Samples
from momentum_film.render.gif import EVERY, loop
from scenes import SCENES, look


class Drawn(NamedTuple):
    """What is known of a chapter whose pictures went to an encoder; see ``plan.jobs.Segment``."""

    frames: int
    beats: Beats
    tracks: tuple[dict[str, Any], ...]


def render(
    job: RenderJob,
    report: Report = lambda _: None,
    samples: Samples | None = None,
    listener: Listener | None = None,
) -> Segment:
    """Render one chapter; ``samples`` takes some of the exact pictures.

    ``listener`` is told of each packet of a film in its own encoding.

    The same job gives the same bytes, in any process and on any number of cores.

    Raises:
        KeyError: No such chapter, theme or aspect.
        ImportError: Another Manim than the one this was written for.
    """
    if job.encoding in VECTORS:
        drawn, data = _draw_vectors(job, report)
        return Segment(job.chapter, data, hashlib.sha256(data).hexdigest(), *drawn)
    encoder = _encoder(job, listener)
    try:
        drawn = draw(job, samples.watching(encoder) if samples else encoder, report)
        data = encoder.finish()
    finally:
        encoder.abort()
    if job.encoding == "gif":
        data = loop(data, drawn.beats, flat_colors(job))
    return Segment(job.chapter, data, hashlib.sha256(data).hexdigest(), *drawn)


def draw(job: RenderJob, encoder: Encoder, report: Report = lambda _: None) -> Drawn:
    """Draw one chapter into an encoder of the job's size, which is left to be finished."""
    from momentum_film.raster.manim import quick_import  # noqa: F401  (before anything else imports Manim)
    from momentum_film.raster.manim.renderer import Film

    return _play(job, partial(Film, encoder), report)


def _draw_vectors(job: RenderJob, report: Report) -> tuple[Drawn, bytes]:
    """Draw the last picture of each beat of a chapter, as one file."""
    from momentum_film.raster.manim import quick_import  # noqa: F401  (as above)
    from momentum_film.raster.vectors import FILES, Vectors

    file = FILES[job.encoding]()
    drawn = _play(job, partial(Vectors, file), report)
    return drawn, file.finish()


def _play(job: RenderJob, screen: Callable[..., Any], report: Report) -> Drawn:
    """Play one chapter on a screen, which is made as ``FilmRenderer`` says."""
    from momentum_film.raster.manim.pins import check_version
    from momentum_film.raster.manim.quick_mobjects import quick_mobjects
    from momentum_film.raster.manim.renderer import FilmRenderer
    from momentum_film.raster.manim.settings import collecting_rarely, configured

    check_version()
    film_look = look.look(job.theme, job.aspect)
    module, name = SCENES[job.chapter].split(":")
    scene_class = getattr(import_module(module), name)
    size, stills = (job.width, job.height), stills_of(job)
    manim = configured(*size, job.fps, film_look.theme.background)
    with manim as unit, collecting_rarely(), quick_mobjects():
        renderer = FilmRenderer(
            screen,
            report,
            span=job.span,
            every=EVERY if job.encoding == "gif" else 1,
            stills=stills,
        )
        scene = scene_class(renderer=renderer)
        scene.story, scene.look = story_of(job.experiment), film_look
        scene.storyboard = storyboard_of(job.experiment)
        # What a chapter begins with is not seen in its later parts, nor where a beat ends.
        scene.begins_alone = stills is not None or (job.span is not None and job.span[0] > 0)
        scene.render()
    tracks = tuple(_in_pixels(track, unit, *size) for track in scene.tracks)
    return Drawn(renderer.frames, tuple(scene.beat_times), tracks)


def flat_colors(job: RenderJob) -> tuple[str, ...]:
    """``#rrggbb`` of a job's large even areas and of its contenders, which must stay exact."""
    theme = look.THEMES[job.theme]
    contenders = theme.contenders[: len(job.experiment.contenders)]
    return (theme.background, theme.panel, *contenders)


def _encoder(job: RenderJob, listener: Listener | None = None) -> Encoder:
    if len(job.streams) > 1:
        from momentum_film.raster.encode.several import Several

        return Several([_encoder(stream) for stream in job.streams])
    from momentum_film.raster.encode.av1 import Av1
    from momentum_film.raster.encode.exact import Lossless, Still
    from momentum_film.raster.encode.h264 import H264, WEB

    if job.encoding == "still":
        return Still()
    if job.encoding == "h264" and listener:
        return H264(job.width, job.height, job.fps, listener=listener)
    lossy: dict[Encoding, Callable[[int, int, int], Encoder]] = {
        "h264": H264,
        "web": partial(H264, tuning=WEB),
        "av1": Av1,
    }
    return lossy.get(job.encoding, Lossless)(job.width, job.height, job.fps)


def _in_pixels(track: dict[str, Any], unit: float, width: int, height: int) -> dict[str, Any]:
    """A scene's track, which is in units from the picture's middle, y upwards."""
    (x_scale, x_offset), (y_scale, y_offset) = track["x"], track["y"]
    return {
        "contender": track["contender"],
        "color": track["color"],
        "x_px": [x_scale * unit, x_offset * unit + width / 2],
        "y_px": [-y_scale * unit, height / 2 - y_offset * unit],
        "steps": track["steps"],
    }
