"""``momentum studio``: change an experiment in the browser, and watch its film."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from momentum_film.cli.options import experiment_argument, path_of, port_option, serve_page


@click.command()
@experiment_argument
@port_option
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open a browser.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="How many processes; one per core if not given.",
)
def studio(experiment: str, port: int, browser: bool, workers: int | None) -> None:
    """Change an experiment in the browser, and watch its film, until Ctrl-C ends it.

    A shipped experiment is not changed but copied: what is made of it is saved under a new name.
    """
    from momentum_film.studio.guard import TOKEN

    token = secrets.token_urlsafe(16)
    server = _served(path_of(experiment), workers, token, port)
    serve_page(server, f"?{TOKEN}={token}", port, browser)


@contextmanager
def _served(path: Path, workers: int | None, token: str, port: int) -> Iterator[str]:
    """The studio's address, for those who know the token; it ends before its server does."""
    from momentum_film.studio.app import application
    from momentum_film.studio.guard import Guard
    from momentum_film.studio.serving import serving_app
    from momentum_film.studio.studio import open_studio

    with (
        open_studio(path, Path.cwd(), workers) as opened,
        serving_app(lambda _: Guard(application(opened), token), port) as base,
    ):
        try:
            yield base
        finally:
            opened.end()
