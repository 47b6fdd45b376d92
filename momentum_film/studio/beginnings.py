"""What a form begins with where somebody chooses another landscape or another method."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from momentum_math import LANDSCAPES
from momentum_math.data.grid import Grid
from momentum_math.data.recording import Recording
from momentum_math.data.samples import Samples
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.landscapes.formula import CustomLandscape
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.optimizers.own import CustomRule
from momentum_math.rules.rule import EXAMPLE
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.toml.format import CONTENDER_TABLES, LANDSCAPE_TABLES
from momentum_math.toml.read import parse_toml

_SIDE = np.linspace(-2.0, 2.0, 5)
_BOWL = Grid.of(_SIDE, _SIDE, _SIDE**2 + 4.0 * _SIDE[:, None] ** 2)
_POINTS = Samples((0.0, 1.0, 2.0, 3.0), (1.0, 3.0, 4.0, 7.0))

OWN: dict[str, dict[str, Any]] = {
    CustomLandscape.name: {"formula": "x**2 + 10*y**2"},
    MeasuredLandscape.name: {"grid": _BOWL.to_dict()},
    FitLandscape.name: {"data": _POINTS.to_dict()},
    CustomRule.name: {"rule": [EXAMPLE]},  # which needs no constants beside it
    Recording.name: {"data": {"points": []}},  # the page has them begin at the start
}
"""What everybody has another one of, so that it is right at once; numbers in place of a file."""


@cache
def samples() -> dict[str, dict[str, Any]]:
    """For each word that stands for a landscape or a method: what must be given, and its value.

    >>> samples()["ema-momentum"]
    {'lr': 0.18, 'beta': 0.9}
    """
    shipped: dict[str, Any] = {}
    for path in sorted(EXPERIMENTS.glob("*.toml"), key=lambda path: path.stem != "momentum"):
        values = parse_toml(path.read_bytes(), path.name, path.parent)
        for table in (*values["contenders"], values["landscape"]):
            shipped = table | shipped
    found: dict[str, dict[str, Any]] = {}
    for tables in (LANDSCAPE_TABLES, CONTENDER_TABLES):
        for word, table in tables.options.items():
            known = shipped | OWN.get(word, {})
            needed = [key for key in table.schema()["required"] if key != tables.selector]
            found[word] = {key: known[key] for key in needed}
    return found


@cache
def starts() -> dict[str, list[float]]:
    """For each landscape from where runs have something to do."""
    told = {name: list(each.example_start) for name, each in LANDSCAPES.items()}
    return told | {MeasuredLandscape.name: [-1.5, 1.0], FitLandscape.name: [0.0, 0.0]}
