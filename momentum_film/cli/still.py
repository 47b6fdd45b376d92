"""``momentum still``: one picture of a film, as a figure for a paper or a slide."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from momentum_film.cli.options import (
    Names,
    experiment_argument,
    fail,
    folder_of,
    load,
    look_options,
)
from momentum_film.cli.speech import say
from momentum_film.errors import BAD_INPUT

UNSAID = "png"


@click.command()
@experiment_argument
@click.option("--chapter", metavar="CHAPTER", help="Whose picture it is; the board's if not given.")
@click.option("--beat", metavar="BEAT", help="Which beat's; the chapter's last if not given.")
@click.option(
    "--format",
    "ending",
    type=Names("momentum_film.deliver.still:ENCODINGS"),
    help=f"What it is written as; as --output ends if not given, else {UNSAID}.",
)
@look_options()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to; into build/EXPERIMENT if not given.",
)
def still(
    experiment: str,
    chapter: str | None,
    beat: str | None,
    ending: str | None,
    quality: str,
    theme: str,
    aspect: str,
    output: Path | None,
) -> None:
    """Draw the last picture of a beat: PNG as in the film, SVG or PDF as vectors for print.

    In SVG and PDF text is outlines, so no font is needed where they are shown.
    """
    loaded = load(experiment)
    from momentum_film.deliver.still import CHAPTER, draw_still
    from momentum_film.engines import engine_named
    from momentum_film.plan.plan import Request
    from momentum_film.render.progress import Progress
    from momentum_film.store.cache import default_cache

    name = ".".join(filter(None, (loaded.name, chapter or CHAPTER, beat, ending or UNSAID)))
    path = output or folder_of(loaded.name) / name
    if ending and path.suffix != f".{ending}":
        fail(BAD_INPUT, f"--output {path} does not end in .{ending}, which --format asks for")
    request = Request(loaded, quality, theme, aspect)
    kept = default_cache(partial(say, err=True))
    with engine_named("serial") as worker:
        draw_still(request, (chapter or CHAPTER, beat), path, worker, kept, Progress())
    say(path)
