"""What the commands share: experiments by name, progress, sizes, and the ends of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from momentum_film.cli.speech import say
from momentum_film.deliver.text.units import size
from momentum_film.errors import BAD_INPUT
from momentum_math.shipped import EXPERIMENTS

if TYPE_CHECKING:
    from momentum_film.deliver.manifest import Delivered
    from momentum_film.engines.base import Engine

DEFAULT = "momentum"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

experiment_argument = click.argument("experiment", default=DEFAULT, metavar="[EXPERIMENT]")


only_option = click.option(
    "--only",
    "chapters",
    multiple=True,
    metavar="CHAPTER",
    help="Only this chapter; may be given more than once.",
)


def look_options(unsaid: str | bool = True) -> Decorator:
    """``--quality``, ``--theme`` and ``--aspect``.

    Args:
        unsaid: What they are if nobody says so, in words; True for the first of each.
    """
    return _all_of(
        click.option(
            "--quality",
            default="1080p60",
            show_default=unsaid,
            metavar="QUALITY",
            help="draft, 720p30, 1080p60 or 2160p60.",
        ),
        click.option(
            "--theme", default="paper", show_default=unsaid, help="paper, night or contrast."
        ),
        click.option(
            "--aspect", default="16:9", show_default=unsaid, help="16:9, 1:1, 9:16 or 4:5."
        ),
    )


def work_options(unsaid: str = "build/EXPERIMENT") -> Decorator:
    """``--out``, ``--engine``, ``--workers`` and ``--scheduler``.

    Args:
        unsaid: Where the files go if nobody says so.
    """
    return _all_of(
        click.option(
            "--out",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help=f"Where to; {unsaid} if not given.",
        ),
        click.option(
            "--engine", default="processes", show_default=True, help="processes, serial or dask."
        ),
        click.option(
            "--workers",
            type=click.IntRange(1, 256),
            metavar="N",
            help="How many processes; one per core if not given.",
        ),
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="Of a Dask cluster; if not given, the engine dask starts one here.",
        ),
    )


def _all_of(*options: Decorator) -> Decorator:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def load(experiment: str) -> Any:
    """The experiment of a file, or the shipped one of this name; its texts can be drawn."""
    from momentum_math import load_experiment

    path = path_of(experiment)
    return _drawable([load_experiment(path)], path.name)[0]


def load_all(experiment: str) -> Any:
    """Every experiment of a file, which has more than one if there is a table [sweep] in it."""
    from momentum_math import load_series

    path = path_of(experiment)
    return _drawable(load_series(path), path.name)


def _drawable(loaded: Sequence[Any], file: str) -> Sequence[Any]:
    """Experiments, if there is a font for all that they say; each line is said once."""
    from momentum_film.plan.drawable import undrawable

    if lines := dict.fromkeys(line for each in loaded for line in undrawable(each, file)):
        fail(BAD_INPUT, *lines)
    return loaded


def path_of(experiment: str) -> Path:
    """A file, or the shipped experiment of this name; what is neither ends the command."""
    path, shipped = Path(experiment), EXPERIMENTS / f"{experiment}.toml"
    if not path.is_file() and path.name == experiment and shipped.is_file():
        return shipped
    if path.suffix != ".toml" and not path.exists():
        said = f"{experiment}: no such file and no shipped experiment; see `momentum list`"
        fail(BAD_INPUT, said)
    return path


def folder_of(name: str) -> Path:
    """Where a film goes if nobody says where."""
    return Path("build") / name


def engine_of(name: str, workers: int | None, scheduler: str | None) -> Engine:
    """The engine of this name; see ``momentum_film.engines.engine_named``."""
    from momentum_film.engines import engine_named

    return engine_named(name, workers, scheduler)


def list_files(made: list[Delivered]) -> None:
    """Print each file with its size."""
    for file in made:
        say(f"{file.path}  {size(file.bytes)}")


def fail(code: int, *lines: str) -> NoReturn:
    """End the command with an exit code, and say why."""
    for line in lines:
        say(line, err=True)
    raise SystemExit(code)


@contextmanager
def progress() -> Iterator[Any]:
    """A bar on a terminal, lines in a log; both on stderr."""
    from rich.console import Console

    from momentum_film.render.progress import Bar, Lines

    console = Console(stderr=True)
    if console.is_terminal:
        with Bar(console) as bar:
            yield bar
    else:
        yield Lines(partial(say, err=True))
