"""What Python says of a text: what is wrong and where, who arrives when, what the map shows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from momentum_film.deliver.web.companion import computable, has_rule, ring_paths
from momentum_film.plan.drawable import undrawable
from momentum_film.store.files import sha256_of
from momentum_math import Experiment, ExperimentError, Run, read_experiment, run, schema
from momentum_math.experiment import Method
from momentum_math.landscapes.expressed import script
from momentum_math.messages import printable
from momentum_math.optimizers.base import rule_script
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.toml.read import parse_toml

MOST_DRAWN = 600
"""So many points of a curve are told; of more, so many of them."""

_PLACE = re.compile(r"(?:contender (?P<number>\d+)|(?P<part>\w+)): (?P<text>.*)", re.DOTALL)
_KEY = re.compile(r"(?P<key>\w+)(?: = | is missing|: | must be )|unknown key \"(?P<other>[^\"]+)\"")


@dataclass(frozen=True)
class Problem:
    """Something that is wrong, in the words of ``momentum check``, and with which value."""

    path: tuple[str | int, ...]
    text: str


@dataclass(frozen=True)
class Checked:
    """A text as it was read: as far as it is right.

    Attributes:
        values: What the file says; None if it is no TOML.
        experiment: What it is, if nothing is wrong; of a file with a table [sweep], of the rest.
        problems: What is wrong.
    """

    values: dict[str, Any] | None
    experiment: Experiment | None
    problems: tuple[Problem, ...] = ()

    @property
    def has_sweep(self) -> bool:
        """Whether the file is of several films."""
        return "sweep" in (self.values or {})


@lru_cache(maxsize=32)
def checked(text: str, file: str, folder: Path = EXPERIMENTS) -> Checked:
    """Read a text as a file of this name in this folder is read."""
    values = None
    try:
        values = parse_toml(text.encode("utf-8", "replace"), file, folder)
        own = {key: value for key, value in values.items() if key != "sweep"}
        experiment = read_experiment(own, file)
        lines = undrawable(experiment, file)
    except ExperimentError as error:
        lines = error.messages
    if lines:
        return Checked(values, None, tuple(problem_of(line, file) for line in lines))
    return Checked(values, experiment)


def problem_of(line: str, file: str) -> Problem:
    """A line of ``momentum check`` without the file's name, and which value it is about.

    >>> problem_of("a.toml: contender 2: beta = 1.4 must be in [0, 1)", "a.toml")
    Problem(path=('contenders', 1, 'beta'), text='beta = 1.4 must be in [0, 1)')
    """
    text = line.removeprefix(f"{printable(file, 80)}: ")
    path: tuple[str | int, ...] = ()
    if (place := _PLACE.fullmatch(text)) and (place["number"] or place["part"] in _parts()):
        path = ("contenders", int(place["number"]) - 1) if place["number"] else (place["part"],)
        text = place["text"]
    if key := _KEY.match(text):
        name = key["key"] or key["other"]
        if path or key["other"] or name in schema()["properties"]:
            path = (*path, name)
    return Problem(path, text)


@cache
def _parts() -> frozenset[str]:
    """The tables of a file."""
    kinds = form_schema()["properties"].items()
    return frozenset(name for name, kind in kinds if "oneOf" in kind or "properties" in kind)


@cache
def form_schema() -> dict[str, Any]:
    """The schema of files without [sweep], which no form is made for."""
    whole = schema()
    whole["properties"] = {k: v for k, v in whole["properties"].items() if k != "sweep"}
    return whole


@lru_cache(maxsize=8)
def mathematics(experiment: Experiment) -> tuple[str, str]:
    """A script with which the page computes an experiment's runs itself, and the script's name.

    Both are empty where it cannot.
    """
    loss = computable(experiment)
    if loss is None:
        return "", ""
    methods = [experiment.computed(i) for i in range(len(experiment.contenders))]
    rules = ",\n".join(map(rule_script, methods))
    made = f"landscape: {script(loss)},\nrules: [{rules}]"
    name = sha256_of(made.encode())[:16]
    return f'window.live = {{ name: "{name}",\n{made} }};\n', name


@lru_cache(maxsize=8)
def view(experiment: Experiment) -> dict[str, Any]:
    """What the page draws of an experiment, and its numbers, as JSON can hold them."""
    outcome = run(experiment)
    landscape, shown = experiment.landscape, experiment.map
    sides = [high - low for low, high in landscape.window]
    return {
        "title": experiment.title,
        "minimum": landscape.minimum,
        "minima": [list(point) for point in landscape.minima],
        "start": list(experiment.start),
        "size": max(*sides, *(abs(x) for x in experiment.start)),
        "steps": experiment.steps,
        "threshold": experiment.threshold,
        "window": [list(side) for side in shown.window],
        "map_steps": shown.steps,
        "regions": ring_paths(experiment),
        "mathematics": mathematics(experiment)[1],
        "runs": [_told(each, shown.steps) for each in outcome.runs],
    }


def _told(each: Run, map_steps: int) -> dict[str, Any]:
    """A contender's run."""
    path = each.trajectory
    places = np.unique(np.linspace(0, len(path.losses) - 1, MOST_DRAWN).round().astype(int))
    return {
        "label": each.contender.label,
        "numbers": _numbers(each.contender.optimizer),
        "points": [list(map(_finite, point)) for point in path.points[: map_steps + 1].tolist()],
        "losses": [[int(at), _finite(float(each.excess[at]))] for at in places],
        "status": str(each.status),
        "ended_at": path.ended_at,
        "first_below": each.first_below,
        "stays_below": each.stays_below,
        "final_loss": _finite(float(each.final_loss)),
    }


def _numbers(method: Method) -> dict[str, float]:
    """With which the page computes a method's steps; none where it cannot."""
    return method.numbers if has_rule(method) else {}


def said(value: Any) -> Any:
    """A file's value as JSON can hold it: what that has no word for as TOML writes it.

    >>> said({"beta": [math.inf, 0.9]})
    {'beta': ['inf', 0.9]}
    """
    if isinstance(value, dict):
        return {key: said(each) for key, each in value.items()}
    if isinstance(value, list):
        return [said(each) for each in value]
    is_odd = isinstance(value, float) and not math.isfinite(value)
    return str(value) if is_odd else value


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
