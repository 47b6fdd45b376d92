"""The command ``momentum``: parses, calls one function, prints. Manim is never imported here."""

from __future__ import annotations

import os
import shlex
import sys
import traceback
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from benchmarks.command import bench
from momentum_film.cli.batch import batch
from momentum_film.cli.deliver import deliver
from momentum_film.cli.options import (
    DEFAULT,
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
from momentum_film.cli.play import play
from momentum_film.cli.speech import say, say_json, say_table, settle, speak_plainly
from momentum_film.errors import BAD_INPUT, ENVIRONMENT

if TYPE_CHECKING:
    from momentum_math import Run


WAY_OUT = "all that was made before is still there"


@dataclass
class _Asked:
    """What was asked of the program itself."""

    debug: bool = False


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("momentum"), prog_name="momentum")
@click.option("--debug", is_flag=True, envvar="MOMENTUM_DEBUG", help="Print tracebacks, too.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Films about optimisation by momentum: one TOML file in, a film out.

    EXPERIMENT is a TOML file, or the name of a shipped experiment (see `momentum list`).

    Rendered chapters and typeset formulas are kept in build/.cache, or where that cannot be written
    among your own caches; MOMENTUM_CACHE=FOLDER moves them. MOMENTUM_DEBUG=1 is --debug.

    Exit codes: 0 done, 2 something is wrong with what was asked for, 3 the machine lacks something,
    4 it failed otherwise; 128 and more, a signal ended it.
    """
    context.ensure_object(_Asked).debug = debug


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
        import momentum_film
        from momentum_film.plan.plan import Request
        from momentum_film.store.cache import default_cache

        request = Request(loaded, loop=gif, **wanted)
        made = momentum_film.make(request, folder, worker, default_cache(told.note), told)
    list_files(made)


@main.command()
@experiment_argument
@click.option("--json", "as_json", is_flag=True, help="Every point and loss, for programs.")
def show(experiment: str, as_json: bool) -> None:
    """Run the experiment and show who arrives when."""
    from momentum_math import load_experiment, run

    outcome = run(load_experiment(path_of(experiment)))
    if as_json:
        say_json(outcome.to_dict())
        return
    steps, threshold = outcome.experiment.steps, outcome.experiment.threshold
    aim = "no threshold" if threshold is None else f"threshold {threshold:g}"
    words = dict.fromkeys(("contender", "method", "status"), True)
    numbers = dict.fromkeys(("first below", "stays below", "final loss"), False)
    rows = [_row(run_) for run_ in outcome.runs]
    title = f"{outcome.experiment.title}: {steps} steps, {aim}"
    say_table(title, {**words, **numbers}, rows)


def _row(run_: Run) -> tuple[str, ...]:
    """What the table says of a contender."""
    ended = run_.trajectory.ended_at
    return (
        run_.contender.label,
        run_.contender.optimizer.method,
        run_.status if ended is None else f"{run_.status} at {ended}",
        *("-" if step is None else str(step) for step in (run_.first_below, run_.stays_below)),
        f"{run_.final_loss:.6g}",
    )


@main.command()
@click.argument("experiment")
def check(experiment: str) -> None:
    """Say what is wrong with an experiment file, one line for each thing."""
    first, *others = load_all(experiment)
    if others:
        names = ", ".join(each.name for each in (first, *others))
        say(f"{1 + len(others)} valid experiments: {names}")
    else:
        from scenes.words.names import minimum_found
        from scenes.words.numbers import counted

        who = counted(len(first.contenders), "contender")
        say(f"{first.name} is a valid experiment: {who}")
        if said := minimum_found(first):
            say(said)


@main.command(name="list")
def list_() -> None:
    """The shipped experiments, one line each."""
    for path in sorted(EXPERIMENTS.glob("*.toml")):
        say(f"{path.stem:16} {_about(path)}")


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
    except OSError as error:
        fail(ENVIRONMENT, f"{path}: {error.strerror}; go to a folder that you may write")
    say(path)


@main.command()
def schema() -> None:
    """A JSON Schema of experiment files, for editors."""
    from momentum_math import schema as experiment_schema

    say_json(experiment_schema(), indent=1)


@main.command()
def doctor() -> None:
    """What this machine has for making films, and what to do about what it lacks."""
    from momentum_film.cli.doctor import doctor as probe

    probes = probe()
    for found in probes:
        mark = "ok" if found.ok else "MISSING" if found.required else "absent"
        say(f"{mark:8} {found.name}: {found.detail}")
        if not found.ok:
            say(f"         {found.remedy}")
    if any(found.required and not found.ok for found in probes):
        raise SystemExit(ENVIRONMENT)


@main.command()
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
    from momentum_film.cli.interrupts import Interrupted, interruptible

    speak_plainly()
    try:
        with interruptible():
            _answer(_Asked())
    except Interrupted as signal:
        say(f"{signal}: the next run goes on where this one stopped", err=True)
        settle()
        # Threads may still wait for workers, which end with their parent.
        os._exit(signal.exit_code)
    raise SystemExit(0)


def _answer(asked: _Asked) -> None:
    from momentum_math import ExperimentError

    try:
        main(standalone_mode=False, obj=asked)
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
    except Exception as error:
        settle()
        if asked.debug:
            say("".join(traceback.format_exception(error)), err=True)
        _tell(error)


def _tell(error: Exception) -> NoReturn:
    """End the command with what is known of an error; a fault of the program is recorded."""
    from momentum_film import faults
    from scenes.kit import places

    said = faults.told(error)
    if said is None:
        command = shlex.join(["momentum", *sys.argv[1:]])
        said = faults.in_words(error, places.kept().folder, command, WAY_OUT)
    fail(said.exit_code, said.line)


if __name__ == "__main__":
    run()
