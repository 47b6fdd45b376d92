"""The functions that a formula may use: their names, their values, and how they are printed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, final

import numpy as np

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi, "e": math.e}


@final
@dataclass(frozen=True)
class Function:
    """A function of one argument or more.

    Attributes:
        value: Of arrays, element by element; nan or infinite where it is undefined.
        tex: LaTeX with ``{}`` for what stands inside, or a name to which brackets are added.
        fewest: Arguments it needs.
        most: Arguments it takes; None for as many as one likes.
    """

    value: Callable[..., Any]
    tex: str
    fewest: int = 1
    most: int | None = 1

    def takes(self, count: int) -> bool:
        return self.fewest <= count and (self.most is None or count <= self.most)


def largest(*values: Any) -> Any:
    """The largest of two or more arrays, element by element; nan where one is nan."""
    return reduce(np.maximum, values)


def smallest(*values: Any) -> Any:
    """The smallest of two or more arrays, element by element; nan where one is nan."""
    return reduce(np.minimum, values)


FUNCTIONS: dict[str, Function] = {
    "abs": Function(np.abs, r"\left|{}\right|"),
    "acos": Function(np.arccos, r"\arccos"),
    "acosh": Function(np.arccosh, r"\operatorname{arcosh}"),
    "asin": Function(np.arcsin, r"\arcsin"),
    "asinh": Function(np.arcsinh, r"\operatorname{arsinh}"),
    "atan": Function(np.arctan, r"\arctan"),
    "atan2": Function(np.arctan2, r"\arctan_{2}", 2, 2),
    "atanh": Function(np.arctanh, r"\operatorname{artanh}"),
    "cos": Function(np.cos, r"\cos"),
    "cosh": Function(np.cosh, r"\cosh"),
    "exp": Function(np.exp, r"\exp"),
    "log": Function(np.log, r"\ln"),
    "log10": Function(np.log10, r"\log_{10}"),
    "log2": Function(np.log2, r"\log_{2}"),
    "max": Function(largest, r"\max", 2, None),
    "min": Function(smallest, r"\min", 2, None),
    "sign": Function(np.sign, r"\operatorname{sign}"),
    "sin": Function(np.sin, r"\sin"),
    "sinh": Function(np.sinh, r"\sinh"),
    "sqrt": Function(np.sqrt, r"\sqrt{{{}}}"),
    "tan": Function(np.tan, r"\tan"),
    "tanh": Function(np.tanh, r"\tanh"),
}

SAME = {
    **{f"arc{name}": f"a{name}" for name in ("cos", "sin", "tan", "cosh", "sinh", "tanh", "tan2")},
    **{"arcosh": "acosh", "arsinh": "asinh", "artanh": "atanh"},
    **{"ln": "log", "absolute": "abs", "fabs": "abs", "sgn": "sign"},
    **{"maximum": "max", "fmax": "max", "minimum": "min", "fmin": "min", "power": "pow"},
}
"""Other names under which functions are known; they mean the same here."""

SHORTHANDS = {"pow": 2, "hypot": 2, "square": 1}
"""Functions that are written out with operators, and how many arguments they need."""
