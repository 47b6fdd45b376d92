"""Commands about experiment files, which render nothing: list, new, check, show and schema."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from momentum_film.cli.options import DEFAULT, experiment_argument, fail, load_all, path_of
from momentum_film.cli.speech import say, say_json, say_table
from momentum_film.errors import BAD_INPUT, ENVIRONMENT

if TYPE_CHECKING:
    from momentum_math import Run

MOST_NAMED = 64  # experiments of a sweep


@click.command(name="list")
def list_() -> None:
    """The shipped experiments, one line each."""
    from momentum_math.shipped_experiments import EXPERIMENTS

    for path in sorted(EXPERIMENTS.glob("*.toml")):
        say(f"{path.stem:16} {about(path)}")


def about(path: Path) -> str:
    """Return the first sentence of a file's leading comment, without its full stop."""
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = itertools.takewhile(lambda line: line.startswith("#"), lines)
    return " ".join(line.lstrip("# ") for line in comment).partition(". ")[0].rstrip(".")


@click.command()
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
    """Write NAME.toml, a commented experiment to change, and the files that it reads."""
    from momentum_film.store.copies import write_copy
    from momentum_math import data_files, load_experiment, read_toml, unsafe_name

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if wrong := unsafe_name(path.name):
        fail(BAD_INPUT, f"{path.name}: {wrong}")
    origin = path_of(source)
    load_experiment(origin)
    # The comments speak of the file by its path.
    text = origin.read_text(encoding="utf-8-sig").replace(f"experiments/{origin.name}", str(path))
    try:
        beside = write_copy(text, path, data_files(read_toml(origin)), origin.parent)
    except FileExistsError as error:
        if error.filename == str(path):
            fail(BAD_INPUT, f"{path} is there already; choose another name")
        other = "is there already and is another file; go to another folder"
        fail(BAD_INPUT, f"{error.filename} {other}")
    except ValueError as error:
        fail(BAD_INPUT, f"{origin} reads {error}, outside of its folder; go to {origin.parent}")
    except OSError as error:
        fail(ENVIRONMENT, f"{path}: {error.strerror}; go to a folder that you may write")
    say(path)
    for place in beside:
        say(place)


@click.command()
@click.argument("experiment")
def check(experiment: str) -> None:
    """Say what is wrong with an experiment file, one line for each thing."""
    from momentum_math import ExperimentError

    found = load_all(experiment)
    wrong: list[str] = []
    for variant in found:
        try:
            only = variant.experiment()
        except ExperimentError as error:
            wrong += error.messages
    if wrong:
        fail(BAD_INPUT, *wrong)
    if len(found) > 1:
        names = [variant.name for variant in found]
        said = ", ".join(names) if len(names) <= MOST_NAMED else f"{names[0]} to {names[-1]}"
        say(f"{len(found)} valid experiments: {said}")
        return
    from momentum_math import CustomLandscape
    from momentum_math.optimizers.own import CustomRule
    from scenes.kit.formulas.typesetter import typesetter
    from scenes.words.names import minimum_found
    from scenes.words.numbers import counted

    say(f"{only.name} is a valid experiment: {counted(len(only.contenders), 'contender')}")
    if said := minimum_found(only):
        say(said)
    methods = (one.optimizer for one in only.contenders)
    if any(isinstance(one, CustomLandscape | CustomRule) for one in (only.landscape, *methods)):
        say(f"its own formulas are set by {typesetter().name}")


@click.command()
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
    title = f"{outcome.experiment.title}: {steps} steps, {aim}"
    say_table(title, {**words, **numbers}, [_row(run_) for run_ in outcome.runs])


def _row(run_: Run) -> tuple[str, ...]:
    """Return what the table says of a contender."""
    ended = run_.trajectory.ended_at
    return (
        run_.contender.label,
        run_.contender.optimizer.method,
        run_.status if ended is None else f"{run_.status} at {ended}",
        *("-" if step is None else str(step) for step in (run_.first_below, run_.stays_below)),
        f"{run_.final_loss:.6g}",
    )


@click.command()
def schema() -> None:
    """A JSON Schema of experiment files, for editors."""
    from momentum_math import schema as experiment_schema

    say_json(experiment_schema(), indent=1)
