"""One example of every landscape and every optimiser, made from what their classes declare."""

from __future__ import annotations

from typing import Any

from momentum_math import LANDSCAPES, OPTIMIZERS, Landscape, Optimizer
from momentum_math.parameters import REQUIRED, Parameter, made, parameters_of

FORMULA = "x**4/4 + (y - sin(x))**2 + log(1 + y**2)"
RULE = ["v = 0.5*v + g", "theta = theta - lr*(v + tanh(g))"]
NEEDED: dict[str, Any] = {"formula": FORMULA, "beta": 0.9, "rule": RULE}
"""A value for each key without a default, but for the learning rate."""


def needed(owner: type[Landscape] | type[Optimizer]) -> dict[str, Any]:
    """Key -> value for what a landscape's or a contender's table must have beside name and lr."""
    declared: list[Parameter] = list(parameters_of(owner).values())
    return {
        one.key: NEEDED[one.key] for one in declared if one.default is REQUIRED and one.key != "lr"
    }


def landscape_named(name: str) -> Landscape:
    """The landscape with its default parameters."""
    return LANDSCAPES[name](**needed(LANDSCAPES[name]))


def optimizer_named(name: str, lr: float, **numbers: Any) -> Optimizer:
    """The method with its default numbers, or some of them given."""
    cls, given = OPTIMIZERS[name], needed(OPTIMIZERS[name])
    declared = parameters_of(cls).values()
    values = {p.key: p.kind.read(given[p.key]) if p.key in given else p.default for p in declared}
    return made(cls, values | {"lr": lr} | numbers)


NAMED = tuple(name for name, cls in LANDSCAPES.items() if not needed(cls))
"""The landscapes that need no more than their name."""

LINEAR = tuple(name for name in OPTIMIZERS if optimizer_named(name, 1.0).recurrence(1.0))
"""The methods that are linear recurrences on a quadratic."""
