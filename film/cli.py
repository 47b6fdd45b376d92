"""The command ``momentum``: parses, calls one function, prints. Manim is never imported here."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import click

from film.commands.batch import batch
from film.commands.bench import bench
from film.commands.deliver import deliver
from film.commands.play import play
from film.console import (
    BAD_INPUT,
    DEFAULT,
    ENVIRONMENT,
    EXPERIMENTS,
    engine_of,
    experiment_argument,
    fail,
    folder_of,
    list_files,
    load,
    load_all,
    look_options,
    only_option,
    path_of,
    progress,
    size,
    work_options,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("momentum"), prog_name="momentum")
def main() -> None:
    """Films about optimisation by momentum: one TOML file in, a film out.

    EXPERIMENT is a TOML file, or the name of a shipped experiment (see `momentum list`).
    """


main.add_command(batch)
main.add_command(bench)
main.add_command(deliver)
main.add_command(play)


@main.command()
@experiment_argument
@look_options()
@only_option
@work_options()
@click.option("--gif/--no-gif", default=True, show_default=True, help="Make the loop.")
def render(
    experiment: str,
    out: Path | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    gif: bool,
    **wanted: Any,
) -> None:
    """Make the film, its loop and its poster."""
    loaded = load(experiment)
    folder = out or folder_of(loaded.name)
    with progress() as told, engine_of(engine, workers, scheduler) as worker:
        if not folder.exists():
            worker.prepare()  # while the film, which is not there yet, is planned here
        import film
        from film.cache import Cache, default_folder
        from film.plan import Request

        request = Request(loaded, loop=gif, **wanted)
        made = film.make(request, folder, worker, Cache(default_folder(), warn=told.note), told)
    list_files(made)


@main.command()
@experiment_argument
@click.option("--json", "as_json", is_flag=True, help="Every point and loss, for programs.")
def show(experiment: str, as_json: bool) -> None:
    """Run the experiment and show who arrives when."""
    from momentum_math import load_experiment, run

    outcome = run(load_experiment(path_of(experiment)))
    if as_json:
        click.echo(json.dumps(outcome.to_dict(), ensure_ascii=False, allow_nan=False))
        return
    from rich.console import Console
    from rich.table import Table

    steps, threshold = outcome.experiment.steps, outcome.experiment.threshold
    aim = "no threshold" if threshold is None else f"threshold {threshold:g}"
    table = Table(
        title=f"{outcome.experiment.title}: {steps} steps, {aim}", title_justify="left", box=None
    )
    for heading in ("contender", "method", "status", "first below", "stays below", "final loss"):
        is_word = heading in ("contender", "method")
        table.add_column(heading, justify="left" if is_word else "right", no_wrap=True)
    for run_ in outcome.runs:
        ended = run_.trajectory.ended_at
        table.add_row(
            run_.contender.label,
            run_.contender.optimizer.method,
            run_.status if ended is None else f"{run_.status} at {ended}",
            *("-" if step is None else str(step) for step in (run_.first_below, run_.stays_below)),
            f"{run_.final_loss:.6g}",
        )
    Console(width=max(Console().width, 110)).print(table)


@main.command()
@click.argument("experiment")
def check(experiment: str) -> None:
    """Say what is wrong with an experiment file, one line for each thing."""
    first, *others = load_all(experiment)
    if others:
        names = ", ".join(each.name for each in (first, *others))
        click.echo(f"{1 + len(others)} valid experiments: {names}")
    else:
        click.echo(f"{first.name} is a valid experiment: {len(first.contenders)} contenders")


@main.command(name="list")
def list_() -> None:
    """The shipped experiments, one line each."""
    for path in sorted(EXPERIMENTS.glob("*.toml")):
        click.echo(f"{path.stem:16} {_about(path)}")


@main.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    default=DEFAULT,
    metavar="EXPERIMENT",
    show_default=True,
    help="The experiment to begin with.",
)
def new(name: str, source: str) -> None:
    """Write NAME.toml, a commented experiment to change."""
    from momentum_math import load_experiment, unsafe_name

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if wrong := unsafe_name(path.name):
        fail(BAD_INPUT, f"{path.name}: {wrong}")
    origin = path_of(source)
    load_experiment(origin)
    # The comments speak of the file by its path.
    text = origin.read_text(encoding="utf-8-sig").replace(f"experiments/{origin.name}", str(path))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(BAD_INPUT, f"{path} is there already; choose another name")
    click.echo(path)


@main.command()
def schema() -> None:
    """A JSON Schema of experiment files, for editors."""
    from momentum_math import schema as experiment_schema

    click.echo(json.dumps(experiment_schema(), ensure_ascii=False, indent=1))


@main.command()
def doctor() -> None:
    """What this machine has for making films, and what to do about what it lacks."""
    from film.doctor import doctor as probe

    probes = probe()
    for found in probes:
        mark = "ok" if found.ok else "MISSING" if found.required else "absent"
        click.echo(f"{mark:8} {found.name}: {found.detail}")
        if not found.ok:
            click.echo(f"         {found.remedy}")
    if any(found.required and not found.ok for found in probes):
        raise SystemExit(ENVIRONMENT)


@main.command()
@click.option("--clear", is_flag=True, help="Remove everything.")
@click.option("--stats", is_flag=True, help="How much there is (also without any option).")
def cache(clear: bool, stats: bool) -> None:
    """The rendered chapters that are kept."""
    from film.cache import Cache, default_folder

    kept = Cache(default_folder())
    found = kept.clear() if clear else kept.stats()
    verb = "removed" if clear and not stats else "kept"
    click.echo(f"{default_folder()}: {found.blobs} chapters, {size(found.bytes)} {verb}")


def _about(path: Path) -> str:
    """The first sentence of a file's leading comment."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines).partition(". ")[0].rstrip(".")


def run() -> NoReturn:
    """The console script: every end of the command with its exit code, in one line."""
    from film.interrupts import Interrupted, interruptible

    try:
        with interruptible():
            _answer(lambda: main(standalone_mode=False))
    except Interrupted as signal:
        click.echo(f"{signal}: the next run goes on where this one stopped", err=True)
        sys.stdout.flush()
        # Threads may still wait for workers, which end with their parent.
        os._exit(signal.exit_code)
    raise SystemExit(0)


def _answer(command: Callable[[], Any]) -> None:
    from momentum_math import ExperimentError

    try:
        command()
    except click.ClickException as error:
        usage = (
            error.ctx.command_path
            if isinstance(error, click.UsageError) and error.ctx
            else "momentum"
        )
        fail(BAD_INPUT, f"{usage}: {error.format_message()} (see {usage} --help)")
    except click.exceptions.Exit as error:
        raise SystemExit(error.exit_code) from None
    except ExperimentError as error:
        fail(BAD_INPUT, *error.messages)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(ENVIRONMENT, f"{where}{error.strerror or error}")
    except Exception as error:
        code = _code_of(error)
        if code is None:
            raise
        fail(code, " ".join(str(error).split()))


def _code_of(error: BaseException | None) -> int | None:
    """The exit code of an error, or of what caused it; None for a fault of the program."""
    from film.errors import FilmError
    from scenes.fonts import FontMissingError
    from scenes.tex import FormulaError, TexMissingError

    deeper = error.__cause__ if error is not None else None
    if isinstance(deeper, FormulaError | TexMissingError | FontMissingError | OSError):
        return _code_of(deeper)
    if isinstance(error, FormulaError):
        return BAD_INPUT
    if isinstance(error, TexMissingError | FontMissingError | OSError):
        return ENVIRONMENT
    return error.exit_code if isinstance(error, FilmError) else None


if __name__ == "__main__":
    run()
