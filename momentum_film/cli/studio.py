"""``momentum studio``: change an experiment in the browser, and watch its film."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import click

from momentum_film.cli.options import experiment_argument, fail, path_of, port_option
from momentum_film.cli.speech import say
from momentum_film.errors import ENVIRONMENT


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
    import webbrowser

    from momentum_film.cli.interrupts import Interrupted
    from momentum_film.studio.app import application
    from momentum_film.studio.guard import TOKEN, Guard
    from momentum_film.studio.serving import serving_app
    from momentum_film.studio.studio import open_studio

    path, token = path_of(experiment), secrets.token_urlsafe(16)
    try:
        with (
            open_studio(path, Path.cwd(), workers) as opened,
            serving_app(lambda _: Guard(application(opened), token), port) as base,
        ):
            address = f"{base}?{TOKEN}={token}"
            say(address)
            say("Ctrl-C ends it", err=True)
            if browser:
                webbrowser.open(address)
            try:
                threading.Event().wait()
            finally:
                opened.end()
    except Interrupted as signal:
        raise SystemExit(signal.exit_code) from None
    except OSError as error:
        fail(ENVIRONMENT, f"port {port}: {error.strerror}; choose another with --port")
