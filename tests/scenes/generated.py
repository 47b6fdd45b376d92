"""Experiments made by chance for films: exact zeros, corners of every key's range, ties, endings.

    python -m tests.scenes.generated 300 7

plays the films of 300 experiments made from seed 7, without drawing them, then those of every
landscape with every method, and says what became of them: what `check` accepts must play through
every chapter, without a warning or a layout problem.
"""

from __future__ import annotations

import itertools
import random
import sys
import warnings
from collections import Counter
from typing import Any

import numpy as np

from momentum_math import (
    LANDSCAPES,
    OPTIMIZERS,
    ExperimentError,
    Outcome,
    read_experiment,
    run,
)
from momentum_math.optimizers.own import CustomRule
from momentum_math.parameters import REQUIRED, Choice, Flag, Integer, Number, NumberOr, Pair
from momentum_math.story import Story
from momentum_math.toml.format import CONTENDER_TABLES, EXPERIMENT_TABLE, LANDSCAPE_TABLES
from momentum_math.toml.tables import Key, NumberOrTable
from scenes.look import FRAMES, THEMES, Look
from scenes.storyboard import tell
from tests.examples import LINEAR, NAMED, landscape_named, needed
from tests.scenes.legible import layout_problems
from tests.scenes.staging import play

FORMULAS = (
    "x**2 + 10*y**2",
    "0.05*x**2 + 5*y**2 + 3",
    "0.05*x**2 + 5*y**2 + 693147.18",
    "x**2",
    "y**4",
    "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    "(x**2 + y**2 - 1)**2",
    "x**3 - 3*x*y**2",
    "-exp(-x**2 - y**2)",
    "tanh(x)**2 + tanh(y)**2",
    "sqrt(x**2 + y**2)",
    "abs(x) + abs(y)",
    "log(1 + x**2 + 4*y**2)",
    "log(1 + exp(-(2*x + y))) + log(1 + exp(-(x + 3*y)))",
    "20 + x**2 + y**2 - 10*cos(2*pi*x) - 10*cos(2*pi*y)",
    "x**2 - y**2",
    "sin(x)*cos(y)",
    "1/(1 + x**2) + y**2",
)
RULES: tuple[dict[str, Any], ...] = (
    {"rule": ["v = 0.9*v + g", "theta = theta - lr*sign(v)"]},
    {"rule": ["v = mu*v + (1 - mu)*g", "theta = theta - lr*v/(1 - mu**t)"], "const": {"mu": 0.9}},
    {"rule": ["theta = theta - lr*g/(1 + abs(g))"]},
    {"rule": ["v_max = max(v_max, abs(g))", "theta = theta - lr*g/v_max"]},
    {
        "rule": [
            "a = 0.5*a + tanh(g)",
            "b = max(b, a**2)",
            "c = a/sqrt(b)",
            "theta = theta - lr*c",
        ],
        "state": {"b": 1.0, "a": "g"},
    },
    {"rule": ["theta = theta - lr*log(g)"]},
    {"rule": ["u = 1e6*u + g", "theta = theta - lr*sign(u)"]},
    {"rule": ["theta = theta - lr*g/(t - 3)"]},
)
STARTS = (0.0, 0.0, 1.0, -1.0, 3.0, -2.0, 0.5, 1.5, -4.0)
RATES = (1e-4, 0.001, 0.01, 0.05, 0.1, 0.18, 0.5, 1.0)


SCHEDULED = 0.2
"""The share of numbers that change from step to step, of those that may."""


def schedule(kind: NumberOrTable, rng: random.Random, wild: float) -> dict[str, Any]:
    """A schedule for a number: values that people write, or corners for a share of its keys."""
    name = rng.choice(tuple(kind.table.options))
    usual = {"every": 20, "warmup": 5, "gamma": 0.97}
    values: dict[str, Any] = {}
    for key in kind.table.options[name].keys:
        if key.name in ("start", "peak", "end"):
            values[key.name] = rng.choice(RATES if kind.number.low > 0.0 else (0.0, 0.5, 0.9))
        elif key.name in usual:
            values[key.name] = usual[key.name]
        if rng.random() < wild / 3:
            values[key.name] = corners(key, rng)
    return values | {"schedule": name}


def corners(key: Key, rng: random.Random) -> Any:
    """A value at the edge of what a key allows; None where the kind has no edges."""
    match key.kind:
        case NumberOrTable(number=number):
            return corners(Key(key.name, number, ""), rng)
        case Number(low=low, high=high, open_low=open_low, open_high=open_high):
            edges = [
                float(np.nextafter(low, high)) if open_low else low,
                float(np.nextafter(high, low)) if open_high else high,
            ]
            small = [10.0 ** rng.uniform(-12, 6), low + (high - low) * rng.random()]
            return rng.choice([*edges, *(value for value in small if low < value < high)])
        case Integer(low=low, high=high):
            return rng.choice([low, low + 1, min(high, 400)])
        case Choice(options=options):
            return rng.choice(options)
        case Flag():
            return rng.random() < 0.5
        case Pair(item=item, opposite_signs=opposite):
            draw = [corners(Key("item", item, ""), rng) for _ in range(2)]
            return [abs(draw[0]) or 1.0, -abs(draw[1]) or -1.0] if opposite else draw
        case NumberOr(words=words):
            return rng.choice([*words, 0.0, -1.0])
    return None


def filled(keys: tuple[Key, ...], rng: random.Random, share: float) -> dict[str, Any]:
    """Values for a table's keys: corners for a share of them, and for all that must be given."""
    values = {}
    for key in keys:
        if key.default is REQUIRED or rng.random() < share:
            value = corners(key, rng)
            if value is not None:
                values[key.name] = value
    return values


def landscape(rng: random.Random, wild: float) -> dict[str, Any]:
    """A landscape's table."""
    if rng.random() < 0.4:
        table: dict[str, Any] = {"formula": rng.choice(FORMULAS)}
        if rng.random() < 0.25:
            table["minimum"] = rng.choice(["unknown", "unbounded"])
        return table
    name = rng.choice(NAMED)
    keys = tuple(key for key in LANDSCAPE_TABLES.options[name].keys if key.name != "name")
    return {"name": name} | filled(keys, rng, wild)


def recorded(rng: random.Random) -> dict[str, Any]:
    """A contender's table with a run of some shape, sometimes with losses of its own."""
    count, shrink = rng.choice([2, 3, 40, 200]), rng.choice([0.0, 0.9, -0.8, 1.0, 1.02])
    x, y = rng.choice(STARTS), rng.choice(STARTS)
    data: dict[str, Any] = {"points": [[x * shrink**k, y * shrink**k] for k in range(count)]}
    if rng.random() < 0.6:
        lowest = rng.choice([0.0, 0.0, 1e-9, 3.0, -1.0])
        data["losses"] = [lowest + rng.choice([1.0, rng.random()]) / (k + 1) for k in range(count)]
    return {"data": data, "label": f"Run {rng.randrange(10**6)}"}


def contender(rng: random.Random, wild: float) -> dict[str, Any]:
    """A contender's table."""
    name = rng.choice(tuple(OPTIMIZERS))
    told = ("optimizer", "label", "baseline", "lr", "beta")
    keys = tuple(key for key in CONTENDER_TABLES.options[name].keys if key.name not in told)
    values = {"optimizer": name, "lr": rng.choice(RATES)} | filled(keys, rng, wild / 3)
    if name == CustomRule.name:
        values |= rng.choice(RULES)
    own = {key.name: key for key in CONTENDER_TABLES.options[name].keys}
    if "beta" in own:
        values["beta"] = rng.choice([0.0, 0.5, 0.9, 0.99])
    for key in ("lr", "beta"):
        if key in own and rng.random() < wild / 3:
            values[key] = corners(own[key], rng)
        kind = own[key].kind if key in own else None
        if isinstance(kind, NumberOrTable) and rng.random() < SCHEDULED:
            values[key] = schedule(kind, rng, wild)
    if rng.random() < 0.15:
        values["label"] = rng.choice(["A" * 40, "Gradient descent, hand-tuned step size", "α"])
    return values


def experiment(rng: random.Random) -> dict[str, Any]:
    """An experiment in the keys of its file; most are accepted, some are refused."""
    wild = rng.choice([0.0, 0.0, 0.3, 0.8])
    ground = landscape(rng, wild)
    start = [rng.choice(STARTS), rng.choice(STARTS)]
    if rng.random() < 0.15:
        at_rest = landscape_named(ground["name"]).landmarks if "name" in ground else ()
        start = list(at_rest[0] if at_rest else (0.0, 0.0))
    who = [contender(rng, wild) for _ in range(rng.choice([1, 2, 2, 3, 6]))]
    if rng.random() < 0.15:
        who = [dict(who[0]) for _ in who]
    values: dict[str, Any] = {
        "start": start,
        "steps": rng.choice([1, 2, 12, 60, 150, 400]),
        "landscape": ground,
        "contenders": who,
    }
    keys = {key.name: key for key in EXPERIMENT_TABLE.keys}
    if rng.random() < wild / 2:
        values["start"] = corners(keys["start"], rng)
    if rng.random() < 0.2:
        values["title"] = rng.choice(["A title", "x" * 120, "A long title of many words " * 4])
    if rng.random() < 0.15:
        values["noise"] = {"sigma": rng.choice([1e-6, 0.3, 5.0]), "seed": rng.randrange(100)}
    if rng.random() < 0.2:
        values["threshold"] = 10.0 ** rng.randint(-9, 2)
    return values


MEMBERS = (*OPTIMIZERS, "schedule")
TEAMS = [MEMBERS[first : first + 4] for first in range(0, len(MEMBERS), 4)]
"""Methods that run together, and one whose learning rate changes."""


def crossed(ground: int, team: int) -> dict[str, Any]:
    """An experiment of a landscape of the table, by its place, with a team of methods."""
    name, rng = tuple(LANDSCAPES)[ground], random.Random(f"{ground} {team}")
    landscape = landscape_named(name)
    reach = max(high - low for low, high in landscape.window)
    slope = float(np.linalg.norm(landscape.gradient(landscape.example_start)))
    who = []
    for member in TEAMS[team]:
        method = member if member in OPTIMIZERS else rng.choice(tuple(OPTIMIZERS))
        rate = rng.choice((0.01, 0.03)) * reach / (slope if method in LINEAR else 1.0)
        one = {"optimizer": method, "lr": float(f"{rate:.2g}")} | needed(OPTIMIZERS[method])
        if member not in OPTIMIZERS:
            one["lr"] = {"schedule": "one-cycle", "start": one["lr"], "peak": 3.0 * one["lr"]}
        who.append(one)
    who[ground % len(who)]["baseline"] = True  # its rule is shown alone
    return {
        "start": list(landscape.example_start),
        "steps": rng.choice((12, 60, 150, 400)),
        "landscape": needed(LANDSCAPES[name]) or {"name": name},
        "contenders": who,
    }


def cross(ground: int, team: int) -> None:
    """Play such a film in one of the looks; raise AssertionError if it is not as it should be."""
    values, places = crossed(ground, team), ground + team
    aspect, theme = tuple(FRAMES)[places % len(FRAMES)], tuple(THEMES)[places % len(THEMES)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = problems_of(run(read_experiment(values, "crossed.toml")), aspect, theme)
    assert not found, f"{aspect}, {theme}: {values!r}\n" + "\n".join(found)


def problems_of(outcome: Outcome, aspect: str, theme: str = "paper") -> list[str]:
    """What is wrong with the film of an outcome."""
    found = []
    for chapter in tell(Story(outcome)).chapters:
        look = Look(THEMES[theme], FRAMES[aspect])
        scene = play(chapter.name, outcome, look)
        found += [f"{chapter.name}: {problem}" for problem in layout_problems(scene)]
        found += [
            f"{chapter.name}.{beat.name}: {words!r}"
            for beat in chapter.beats
            for words in (beat.caption, beat.on_screen)
            if any(wrong in f" {words} " for wrong in (" nan", " inf", " -0 ", " 1 steps", "None"))
        ]
    return found


def fuzz(count: int, seed: int) -> Counter[str]:
    """Play so many films; raise AssertionError at the first that is not as it should be."""
    rng, fates, aspects = random.Random(seed), Counter(), tuple(FRAMES)
    for number in range(count):
        values, aspect = experiment(rng), aspects[(number + seed) % len(aspects)]
        if number % 5 == 4:
            values["contenders"][0] = recorded(random.Random(seed + number))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                outcome = run(read_experiment(values, "generated.toml"))
            except ExperimentError as error:
                assert all(line.startswith("generated.toml: ") for line in error.messages)
                fates["refused"] += 1
                continue
            except Exception as error:
                raise AssertionError(f"seed {seed}, case {number}: {values!r}") from error
            try:
                found = problems_of(outcome, aspect)
            except Exception as error:
                raise AssertionError(f"seed {seed}, case {number}, {aspect}: {values!r}") from error
        assert not found, f"seed {seed}, case {number}, {aspect}: {values!r}\n" + "\n".join(found)
        fates["played"] += 1
    return fates


if __name__ == "__main__":
    COUNT, SEED = (int(arg) for arg in (*sys.argv[1:], "300", "1")[:2])
    print(f"{COUNT} experiments, seed {SEED}: {dict(fuzz(COUNT, SEED))}")
    for place, names in itertools.product(range(len(LANDSCAPES)), range(len(TEAMS))):
        cross(place, names)
    print(f"{len(LANDSCAPES)} landscapes with {len(OPTIMIZERS)} methods and a schedule: played")
