"""What the commands share: experiments by name, progress, sizes, and the ends of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from momentum_film.cli.speech import say
from momentum_film.deliver.text.units import size
from momentum_film.errors import BAD_INPUT

# Imported where they are used: `momentum --help` need not wait for them.
if TYPE_CHECKING:
    from momentum_film.deliver.manifest import Delivered
    from momentum_film.engines.base import Engine
    from momentum_film.render.progress import Progress
    from momentum_math import Experiment

DEFAULT = "momentum"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Names(click.Choice[str]):
    """The names in a table, which is only read where somebody asks for them.

    Args:
        read: Returns the table.
    """

    def __init__(self, read: Callable[[], Iterable[str]]) -> None:
        self._read, self.case_sensitive = read, True

    @cached_property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(self._read())


def _qualities() -> Iterable[str]:
    from momentum_film.plan.plan import QUALITIES

    return QUALITIES


def _themes() -> Iterable[str]:
    from scenes.look import THEMES

    return THEMES


def _aspects() -> Iterable[str]:
    from scenes.look import FRAMES

    return FRAMES


def _engines() -> Iterable[str]:
    from momentum_film.engines import ENGINES

    return ENGINES


@dataclass(frozen=True)
class LookOption:
    """One of the options that decide how a film looks."""

    name: str
    plural: str
    default: str
    names: Names
    about: str


LOOK = (
    LookOption("quality", "qualities", "1080p60", Names(_qualities), "Short side and frame rate."),
    LookOption("theme", "themes", "paper", Names(_themes), "Colours."),
    LookOption("aspect", "aspects", "16:9", Names(_aspects), "Shape of the picture."),
)

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
        unsaid: What they are if nobody says so, in words; True for the default of each.
    """
    return _all_of(
        *(
            click.option(
                f"--{option.name}",
                type=option.names,
                default=option.default,
                show_default=unsaid,
                help=option.about,
            )
            for option in LOOK
        )
    )


def looks_options() -> Decorator:
    """The same, each as often as one likes: ``qualities``, ``themes`` and ``aspects``."""
    return _all_of(
        *(
            click.option(
                f"--{option.name}",
                option.plural,
                type=option.names,
                multiple=True,
                default=[option.default],
                show_default=True,
                help=f"{option.about[:-1]}; may be given more than once.",
            )
            for option in LOOK
        )
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
            "--engine",
            type=Names(_engines),
            default="processes",
            show_default=True,
            help="Who renders.",
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


def load(experiment: str) -> Experiment:
    """Return the experiment of a file, or the shipped one of this name; its texts can be drawn."""
    from momentum_math import load_experiment

    path = path_of(experiment)
    return _drawable([load_experiment(path)], path.name)[0]


def load_all(experiment: str) -> Sequence[Experiment]:
    """Return every experiment of a file: with a table [sweep], there is more than one."""
    from momentum_math import load_experiments

    path = path_of(experiment)
    return _drawable(load_experiments(path), path.name)


def _drawable(loaded: Sequence[Experiment], file: str) -> Sequence[Experiment]:
    """Return the experiments, if fonts can draw all that they say; else end the command."""
    from momentum_film.plan.drawable import undrawable

    if lines := dict.fromkeys(line for each in loaded for line in undrawable(each, file)):
        fail(BAD_INPUT, *lines)
    return loaded


def path_of(experiment: str) -> Path:
    """Return a file, or the shipped experiment of this name; what is neither ends the command."""
    from momentum_math.shipped_experiments import EXPERIMENTS

    path, shipped = Path(experiment), EXPERIMENTS / f"{experiment}.toml"
    if not path.is_file() and path.name == experiment and shipped.is_file():
        return shipped
    if path.suffix != ".toml" and not path.exists():
        said = f"{experiment}: no such file and no shipped experiment; see `momentum list`"
        fail(BAD_INPUT, said)
    return path


def folder_of(name: str) -> Path:
    """Return where a film goes if nobody says where."""
    return Path("build") / name


def engine_of(name: str, workers: int | None, scheduler: str | None) -> Engine:
    """Return the engine of this name; see ``momentum_film.engines.engine_named``."""
    from momentum_film.engines import engine_named

    return engine_named(name, workers, scheduler)


def list_files(made: Sequence[Delivered]) -> None:
    """Print each file with its size."""
    for file in made:
        say(f"{file.path}  {size(file.bytes)}")


def fail(code: int, *lines: str) -> NoReturn:
    """End the command with an exit code, and say why."""
    for line in lines:
        say(line, err=True)
    raise SystemExit(code)


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield who is told of the progress: a bar on a terminal, lines in a log; both on stderr."""
    from rich.console import Console

    from momentum_film.render.progress import Bar, Lines

    console = Console(stderr=True)
    if console.is_terminal:
        with Bar(console) as bar:
            yield bar
    else:
        yield Lines(partial(say, err=True))
