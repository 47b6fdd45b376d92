"""What the commands share: options, experiments by name, progress, and the ends of a command."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from momentum_film.cli.speech import say
from momentum_film.deliver.text.units import size
from momentum_film.errors import BAD_INPUT, ENVIRONMENT

# Imported where they are used: `momentum --help` need not wait for them.
if TYPE_CHECKING:
    from momentum_film.deliver.manifest import Delivered
    from momentum_film.render.progress import Progress
    from momentum_math import Experiment, Sweep

DEFAULT = "momentum"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Names(click.Choice[str]):
    """The names in a table ``module:table``, which is only read where somebody asks for them."""

    def __init__(self, table: str) -> None:
        self._table, self.case_sensitive = table, True

    @cached_property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(pkgutil.resolve_name(self._table))


QUALITY = Names("momentum_film.plan.plan:QUALITIES")
ENGINE = Names("momentum_film.engines:ENGINES")
# The options that decide how a film looks: name, plural, default, names, what it is.
_LOOK = (
    ("quality", "qualities", "1080p60", QUALITY, "Short side and frame rate"),
    ("theme", "themes", "paper", Names("scenes.look:THEMES"), "Colours"),
    ("aspect", "aspects", "16:9", Names("scenes.look:FRAMES"), "Shape of the picture"),
)

port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Where to serve; any free port if not given.",
)

experiment_argument = click.argument("experiment", default=DEFAULT, metavar="[EXPERIMENT]")
only_option = click.option(
    *("--only", "chapters"),
    multiple=True,
    metavar="CHAPTER",
    help="Only this chapter, as in manifest.json; may be given more than once.",
)


def look_options(unsaid: str | bool = True) -> Decorator:
    """``--quality``, ``--theme`` and ``--aspect``; ``unsaid`` is what they are if nobody says."""
    return _all_of(
        click.option(
            f"--{name}", type=names, default=default, show_default=unsaid, help=f"{about}."
        )
        for name, _, default, names, about in _LOOK
    )


def looks_options() -> Decorator:
    """The same, each as often as one likes: ``qualities``, ``themes`` and ``aspects``."""
    return _all_of(
        click.option(
            *(f"--{name}", plural),
            type=names,
            multiple=True,
            default=[default],
            show_default=True,
            help=f"{about}; may be given more than once.",
        )
        for name, plural, default, names, about in _LOOK
    )


def work_options(unsaid: str = "build/EXPERIMENT") -> Decorator:
    """``--out``, ``--engine``, ``--workers`` and ``--scheduler``; ``unsaid`` is where files go."""
    folder, count = click.Path(path_type=Path, file_okay=False), click.IntRange(1, 256)
    out = f"Where to; {unsaid} if not given."
    workers = "How many processes; one per core if not given."
    scheduler = "Of a Dask cluster; if not given, the engine dask starts one here."
    return _all_of(
        [
            click.option("--out", type=folder, metavar="DIR", help=out),
            click.option(
                "--engine", type=ENGINE, default="processes", show_default=True, help="Who renders."
            ),
            click.option("--workers", type=count, metavar="N", help=workers),
            click.option("--scheduler", metavar="ADDRESS", help=scheduler),
        ]
    )


def _all_of(options: Iterable[Decorator]) -> Decorator:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(list(options)):
            command = option(command)
        return command

    return decorate


def load(experiment: str) -> Experiment:
    """Return the experiment of a file, or the shipped one of this name; its texts can be drawn."""
    from momentum_math import load_experiment

    path = path_of(experiment)
    return _drawable(load_experiment(path), path)


def load_all(experiment: str) -> Sweep:
    """Return every experiment of a file: with a table [sweep], there is more than one."""
    from momentum_math import load_experiments

    path = path_of(experiment)
    sweep = load_experiments(path)
    _drawable(sweep.plain, path)
    return sweep


def _drawable(loaded: Experiment, path: Path) -> Experiment:
    """Return an experiment, if fonts can draw all that it says; else end the command."""
    from momentum_film.plan.drawable import undrawable

    if lines := undrawable(loaded, path.name):
        fail(BAD_INPUT, *lines)
    return loaded


def path_of(experiment: str) -> Path:
    """Return a file, or the shipped experiment of this name; what is neither ends the command."""
    from momentum_math.messages import did_you_mean
    from momentum_math.shipped_experiments import EXPERIMENTS

    path, shipped = Path(experiment), EXPERIMENTS / f"{experiment}.toml"
    if not path.is_file() and path.name == experiment and shipped.is_file():
        return shipped
    if path.suffix != ".toml" and not path.exists():
        names = tuple(one.stem for one in EXPERIMENTS.glob("*.toml"))
        file = path.with_name(f"{path.name}.toml")
        hint = did_you_mean(experiment, (str(file),) if file.is_file() else names)
        said = f"{experiment}: no such file and no shipped experiment"
        fail(BAD_INPUT, said + (hint or "; see `momentum list`"))
    return path


def folder_of(name: str) -> Path:
    """Return where a film goes if nobody says where."""
    return Path("build") / name


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


def serve_page(server: AbstractContextManager[str], page: str, port: int, opens: bool) -> NoReturn:
    """Serve a page until a signal ends it, and end the command.

    Args:
        server: Gives the address, ending in a slash.
        page: What follows the address.
        port: What was asked for.
        opens: Whether a browser shows it.
    """
    import threading
    import webbrowser

    from momentum_film.cli.interrupts import Interrupted

    try:
        with server as base:
            say(f"{base}{page}")
            say("Ctrl-C ends it", err=True)
            if opens:
                webbrowser.open(f"{base}{page}")
            while True:
                threading.Event().wait()
    except Interrupted as signal:
        raise SystemExit(signal.exit_code) from None
    except OSError as error:
        fail(ENVIRONMENT, f"port {port}: {error.strerror}; choose another with --port")
