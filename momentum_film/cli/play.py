"""``momentum play``: the lecture in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from momentum_film.cli.options import DEFAULT, fail, folder_of, path_of, port_option, serve_page
from momentum_film.errors import BAD_INPUT

LECTURE = "lecture.html"


@click.command()
@click.argument("what", default=DEFAULT, metavar="[EXPERIMENT|FOLDER]")
@port_option
@click.option("--open/--no-open", "opens", default=True, show_default=True, help="Open a browser.")
def play(what: str, port: int, opens: bool) -> None:
    """Show the lecture in a browser until Ctrl-C ends it."""
    from momentum_film.studio.serving import serving

    is_folder = Path(what).is_dir()
    folder = Path(what) if is_folder else folder_of(path_of(what).stem)
    if not (folder / LECTURE).is_file():
        film = f"EXPERIMENT --out {what}" if is_folder else what
        fail(BAD_INPUT, f"there is no {folder / LECTURE}: run momentum deliver {film} --lecture")
    serve_page(serving(folder, port), LECTURE, port, opens)
