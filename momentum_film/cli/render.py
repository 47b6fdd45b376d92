"""Commands that make films and keep their chapters: ``render``, ``batch`` and ``cache``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from momentum_film.cli.options import (
    experiment_argument,
    fail,
    folder_of,
    list_files,
    load,
    load_all,
    look_options,
    looks_options,
    only_option,
    progress,
    work_options,
)
from momentum_film.cli.speech import say, say_table
from momentum_film.deliver.text.units import size
from momentum_film.errors import BAD_INPUT, FAILED

if TYPE_CHECKING:
    from momentum_film.batch import Result

MANY = 1000
"""Who wants more films than this is asked whether that is meant."""


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
    from momentum_film.engines import engine_named

    folder = out or folder_of(loaded.name)
    with progress() as told, engine_named(engine, workers, scheduler) as worker:
        if not folder.exists():
            worker.prepare()  # while the film, which is not there yet, is planned here
        import momentum_film
        from momentum_film.plan.plan import Request
        from momentum_film.store.cache import default_cache

        request = Request(loaded, quality, theme, aspect, chapters, loop=gif)
        made = momentum_film.make(request, folder, worker, default_cache(told.note), told)
    list_files(made)


@click.command()
@click.argument("experiments", nargs=-1, required=True, metavar="EXPERIMENT...")
@looks_options()
@only_option
@click.option("--gif/--no-gif", default=True, show_default=True, help="Make the loops.")
@click.option("--yes", is_flag=True, help=f"Make more than {MANY} films without being asked.")
@work_options("build/batch")
def batch(
    experiments: tuple[str, ...],
    qualities: tuple[str, ...],
    themes: tuple[str, ...],
    aspects: tuple[str, ...],
    chapters: tuple[str, ...],
    gif: bool,
    yes: bool,
    out: Path | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Make many films in one go, and a sheet that shows them.

    An EXPERIMENT with a table [sweep] is one film for each combination of its values, and so are
    several qualities, themes and aspects. What is there already is not made again.
    """
    loaded = tuple(map(load_all, experiments))
    from momentum_film.engines import engine_named

    folder = out or folder_of("batch")
    with progress() as told, engine_named(engine, workers, scheduler) as worker:
        if not folder.exists():
            worker.prepare()  # while the first films are planned here
        from momentum_film.batch import Batch, Looks, make_batch, write_sheet
        from momentum_film.store.cache import default_cache

        films = Batch(loaded, Looks(qualities, themes, aspects, chapters, gif), folder)
        if len(films) > MANY and not yes:
            _ask(len(films))
        results = make_batch(films, worker, default_cache(told.note), told)
    _print_table(results)
    list_files(write_sheet(results, folder))
    failed = [f"{result.folder}: {result.why}" for result in results if result.why]
    if failed:
        count = f"{len(failed)} of {len(results)} films failed; the next run tries them again"
        fail(FAILED, *failed, count)


def _ask(count: int) -> None:
    """End the command if nobody wants so many films."""
    if not is_terminal():
        fail(BAD_INPUT, f"momentum batch: these are {count} films: --yes makes them all")
    try:
        agreed = click.confirm(f"These are {count} films. Make them all?", err=True)
    except click.Abort:  # the end of the input, which does not end the line
        agreed = False
        say(err=True)
    if not agreed:
        fail(BAD_INPUT, "nothing was made; fewer values, or fewer looks, are fewer films")


def is_terminal() -> bool:
    """Whether somebody is there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def _print_table(results: Sequence[Result]) -> None:
    """Print what became of each film; of very many, only how many there are of each kind."""
    if len(results) > MANY:
        states = Counter(result.state for result in results)
        said = ", ".join(f"{count} {state}" for state, count in states.items())
        say(f"{len(results)} films: {said}")
        return
    rows = []
    for result in results:
        card, known = result.card, ("-", "-", "-")
        if card:
            video = size(card.bytes) if card.bytes else "-"
            known = (str(card.chapters), f"{card.seconds:.1f}", video)
        rows.append((str(result.folder), result.state, *known))
    numbers = dict.fromkeys(("chapters", "seconds", "video"), False)
    say_table("", {"film": True, "state": True, **numbers}, rows)


@click.command()
@click.option("--clear", is_flag=True, help="Remove everything.")
@click.option("--stats", is_flag=True, help="How much there is (also without any option).")
def cache(clear: bool, stats: bool) -> None:
    """The rendered chapters that are kept.

    They are in build/.cache; MOMENTUM_CACHE=FOLDER moves them.
    """
    from momentum_film.store.cache import default_cache

    kept = default_cache(partial(say, err=True))
    found = kept.clear() if clear else kept.stats()
    verb = "removed" if clear and not stats else "kept"
    say(f"{kept.folder}: {found.blobs} chapters, {size(found.bytes)} {verb}")
