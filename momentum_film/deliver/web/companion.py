"""The interactive companion of a film: the page computes as ``momentum_math`` does, in a script."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from markupsafe import Markup

from momentum_film.deliver.web import html
from momentum_math import (
    OPTIMIZERS,
    STEP_LIMIT,
    Array,
    Experiment,
    MomentumMethod,
    Optimizer,
    Outcome,
    Window,
    best_beta,
    level_regions,
    settings,
)
from momentum_math.experiment import Method
from momentum_math.landscapes.expressed import Expressed, script
from momentum_math.optimizers.base import rule_script
from momentum_math.optimizers.springs import springs_of
from momentum_math.story import Story
from scenes.words.numbers import number, threshold

KNOWN = {
    name: optimizer
    for name, optimizer in OPTIMIZERS.items()
    if issubclass(optimizer, MomentumMethod)
}
METHODS = {name: optimizer.distinct or optimizer.short for name, optimizer in KNOWN.items()}
"""Methods one can choose; with β = 0 each of them is plain gradient descent."""

GRID = 1000
"""Rings are drawn on a grid of this many points along each side of the map."""


Knobs = dict[str, Any]
"""``method``, ``lr`` and ``beta``: where the knobs stand."""


class Preset(NamedTuple):
    """A button that sets the knobs: its label, the contender whose they are, and their values."""

    label: str
    contender: int | None
    knobs: Knobs


def companion(outcome: Outcome) -> dict[str, Any] | None:
    """What the companion's template speaks of; None where the page lacks the mathematics."""
    if computed(outcome.experiment) is None:
        return None
    choices = presets(outcome)
    there = data(outcome, [choice.knobs for choice in choices])
    return {"methods": METHODS, "presets": choices, "data": there}


def scripts(experiment: Experiment) -> Markup:
    """The companion's scripts, as one; empty where it has none."""
    loss = computed(experiment)
    if loss is None:
        return Markup()
    # Digits, operators, and names of letters and digits: nothing in it is anybody's text.
    landscape = Markup(f"const landscape = {script(loss)};")
    methods = {name: method(lr=1.0, beta=0.5) for name, method in KNOWN.items()}
    runners = {str(i): experiment.computed(i) for i in range(len(experiment.contenders))}
    written = (f'"{key}": {rule_script(one)}' for key, one in (runners | methods).items())
    rules = Markup("const rules = {{\n{}\n}};".format(",\n".join(written)))
    there = html.script("chart.js", "springs.js", "companion.js")
    ours = (html.script("momentum_math.js"), landscape, rules, there)
    return Markup("\n").join(ours)


def has_rule(method: Method) -> TypeGuard[Optimizer]:
    """Whether the page can compute a method's steps.

    It has no rule of what was recorded, and no numbers that change on the way.
    """
    return isinstance(method, Optimizer) and not method.schedules


def computable(experiment: Experiment) -> Expressed | None:
    """The loss of an experiment whose runs the page can compute; None where it cannot.

    Noise comes from numpy's generator, and a loss that was measured has no expression.
    """
    loss = experiment.landscape
    is_clear = experiment.noise is None and all(
        has_rule(who.optimizer) for who in experiment.contenders
    )
    return loss if isinstance(loss, Expressed) and is_clear else None


def computed(experiment: Experiment) -> Expressed | None:
    """The same for the companion, which counts steps to a threshold; an unbounded loss has none."""
    return None if experiment.threshold is None else computable(experiment)


def presets(outcome: Outcome) -> list[Preset]:
    """A preset for each contender with knobs, and one for the best β of the first."""
    experiment = outcome.experiment
    found = [
        Preset(who.label, i, knobs)
        for i, who in enumerate(experiment.contenders)
        if (knobs := _knobs(experiment.computed(i)))
    ]
    for i, who in enumerate(experiment.contenders):
        name, lr = who.optimizer.name, experiment.computed(i).lr
        if name in METHODS:
            beta, steps = best_beta(experiment, i, np.arange(100) / 100)
            if steps <= STEP_LIMIT:
                best = {"method": name, "lr": lr, "beta": beta}
                found.append(Preset(f"Best β at α = {number(lr)}", None, best))
            break
    return found


def _knobs(optimizer: Optimizer) -> Knobs | None:
    """Where the knobs stand for an optimiser; None where it has others."""
    numbers = settings(optimizer)
    if optimizer.name == "gd":
        return {"method": "ema-momentum", "lr": optimizer.lr, "beta": 0.0}
    is_variant = numbers.get("bias_correction") or numbers.get("first_step", "zero") != "zero"
    if optimizer.name not in METHODS or is_variant:
        return None
    return {"method": optimizer.name, "lr": optimizer.lr, "beta": numbers["beta"]}


def data(outcome: Outcome, choices: list[Knobs]) -> dict[str, Any]:
    """What the page computes with and draws on, as JSON can hold it."""
    experiment = outcome.experiment
    landscape, window = experiment.landscape, experiment.map.window
    rates = [experiment.computed(i).lr for i in range(len(experiment.contenders))]
    first = [choice for choice in choices if choice["beta"] > 0] or choices
    sides = [high - low for low, high in landscape.window]
    return {
        "minimum": landscape.minimum,
        "minima": [list(point) for point in landscape.minima],
        "start": list(experiment.start),
        "size": max(*sides, *(abs(x) for x in experiment.start)),
        "steps": experiment.steps,
        "limit": max(STEP_LIMIT, experiment.steps),
        "threshold": experiment.threshold,
        "threshold_text": threshold(experiment.threshold or 1.0),
        "highest": max(float(run.excess[0]) for run in outcome.runs),
        "window": [list(side) for side in window],
        "map_steps": experiment.map.steps,
        "axes": ["θ₁", "θ₂"],
        "regions": ring_paths(experiment),
        "contenders": [experiment.computed(i).numbers for i in range(len(experiment.contenders))],
        "presets": choices,
        "first": first[0] if first else {"method": "ema-momentum", "lr": rates[0], "beta": 0.9},
        "lr_range": lr_range(experiment),
        "springs": springs(outcome),
    }


def lr_range(experiment: Experiment) -> list[float]:
    """Between which learning rates the knob turns."""
    rates = [experiment.computed(i).lr for i in range(len(experiment.contenders))]
    return [float(f"{min(rates) / 20:.1g}"), float(f"{max(rates) * 10:.1g}")]


def springs(outcome: Outcome) -> dict[str, Any] | None:
    """What the page knows of the plane of springs; None where the landscape is no ravine.

    Every method that one can choose is linear on a quadratic landscape.
    """
    story = Story(outcome)
    if (
        computed(outcome.experiment) is None
        or story.basin is None
        or not (story.is_quadratic and story.is_ravine)
    ):
        return None
    families = {name: springs_of(method(lr=1.0, beta=0.5)) for name, method in KNOWN.items()}
    return {
        "curvatures": [story.basin.low, story.basin.high],
        "lr_range": lr_range(outcome.experiment),
        "families": {name: asdict(family) for name, family in families.items() if family},
    }


def ring_paths(experiment: Experiment) -> list[str]:
    """Regions up to each level, highest first, as SVG paths on a square of ``GRID`` units."""
    window, levels = experiment.map.window, experiment.map.levels[::-1]
    regions = level_regions(experiment.landscape, window, levels)
    paths = ("".join(_ring(ring, window) for part in level for ring in part) for level in regions)
    return [path for path in paths if path]


def _ring(ring: Array, window: Window) -> str:
    """A closed ring as a path in whole units, without points that change nothing."""
    (left, right), (bottom, top) = window
    scale = np.array([GRID / (right - left), -GRID / (top - bottom)])
    kept = _turning(np.rint((ring - (left, top)) * scale).astype(int))
    if len(kept) < 3:
        return ""
    moves = " ".join(f"{x} {y}" for x, y in np.diff(kept, axis=0).tolist())
    return f"M{kept[0][0]} {kept[0][1]}l{moves}z"


def _turning(places: np.ndarray) -> np.ndarray:
    """Points (k, 2) without those within one unit of the line between those that stay."""
    kept = [0]
    for i in range(2, len(places)):
        start, end = places[kept[-1]], places[i]
        chord, arms = end - start, places[kept[-1] + 1 : i] - start
        length = max(float(np.hypot(*chord)), 1e-9)
        if (np.abs(chord[0] * arms[:, 1] - chord[1] * arms[:, 0]) > 0.6 * length).any():
            kept.append(i - 1)
    return places[kept]
