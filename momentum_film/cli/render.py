"""``momentum render``: the film, its loop and its poster."""

from __future__ import annotations

from pathlib import Path

import click

from momentum_film.cli.options import (
    engine_of,
    experiment_argument,
    folder_of,
    list_files,
    load,
    look_options,
    only_option,
    progress,
    work_options,
)


@click.command()
@experiment_argument
@look_options()
@only_option
@work_options()
@click.option("--gif/--no-gif", default=True, show_default=True, help="Make the loop.")
def render(
    experiment: str,
    quality: str,
    theme: str,
    aspect: str,
    chapters: tuple[str, ...],
    out: Path | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    gif: bool,
) -> None:
    """Make the film, its loop and its poster."""
    loaded = load(experiment)
    folder = out or folder_of(loaded.name)
    with progress() as told, engine_of(engine, workers, scheduler) as worker:
        if not folder.exists():
            worker.prepare()  # while the film, which is not there yet, is planned here
        import momentum_film
        from momentum_film.plan.plan import Request
        from momentum_film.store.cache import default_cache

        request = Request(loaded, quality, theme, aspect, chapters, loop=gif)
        made = momentum_film.make(request, folder, worker, default_cache(told.note), told)
    list_files(made)
