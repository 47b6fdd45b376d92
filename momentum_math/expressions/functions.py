"""What an expression may use, and what to say about what it may not."""

import ast
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, final

import numpy as np

from momentum_math.messages import did_you_mean, printable

CONSTANTS = {"pi": math.pi, "e": math.e}

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


@final
@dataclass(frozen=True)
class Function:
    """A function of one argument or more.

    Attributes:
        value: Of arrays, element by element; nan or infinite where it is undefined.
        tex: LaTeX with ``{}`` for what stands inside, or a name to which brackets are added.
        slopes: Its derivatives by its arguments u and v, in the same language; those of functions
            with kinks are not declared here.
        fewest: Arguments it needs.
        takes_more: Whether it takes as many more as one likes.
    """

    value: Callable[..., Any]
    tex: str
    slopes: tuple[str, ...] = ()
    fewest: int = 1
    takes_more: bool = False

    def takes(self, count: int) -> bool:
        return count == self.fewest or (self.takes_more and count > self.fewest)


def largest(*values: Any) -> Any:
    """The largest of two or more arrays, element by element; nan where one is nan."""
    return reduce(np.maximum, values)


FUNCTIONS: dict[str, Function] = {
    "abs": Function(np.abs, r"\left|{}\right|"),
    "acos": Function(np.arccos, r"\arccos", ("-1/sqrt(1 - u**2)",)),
    "acosh": Function(np.arccosh, r"\operatorname{arcosh}", ("1/sqrt(u**2 - 1)",)),
    "asin": Function(np.arcsin, r"\arcsin", ("1/sqrt(1 - u**2)",)),
    "asinh": Function(np.arcsinh, r"\operatorname{arsinh}", ("1/sqrt(1 + u**2)",)),
    "atan": Function(np.arctan, r"\arctan", ("1/(1 + u**2)",)),
    "atan2": Function(np.arctan2, r"\arctan_{2}", ("v/(u**2 + v**2)", "-u/(u**2 + v**2)"), 2),
    "atanh": Function(np.arctanh, r"\operatorname{artanh}", ("1/(1 - u**2)",)),
    "cos": Function(np.cos, r"\cos", ("-sin(u)",)),
    "cosh": Function(np.cosh, r"\cosh", ("sinh(u)",)),
    "exp": Function(np.exp, r"\exp", ("exp(u)",)),
    "log": Function(np.log, r"\ln", ("1/u",)),
    "log10": Function(np.log10, r"\log_{10}", ("1/(log(10)*u)",)),
    "log2": Function(np.log2, r"\log_{2}", ("1/(log(2)*u)",)),
    "max": Function(largest, r"\max", (), 2, True),
    "min": Function(lambda *values: reduce(np.minimum, values), r"\min", (), 2, True),
    "sign": Function(np.sign, r"\operatorname{sign}"),
    "sin": Function(np.sin, r"\sin", ("cos(u)",)),
    "sinh": Function(np.sinh, r"\sinh", ("cosh(u)",)),
    "sqrt": Function(np.sqrt, r"\sqrt{{{}}}", ("0.5/sqrt(u)",)),
    "tan": Function(np.tan, r"\tan", ("1 + tan(u)**2",)),
    "tanh": Function(np.tanh, r"\tanh", ("1 - tanh(u)**2",)),
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

SOME = "sin, exp, log, sqrt, abs, max"

WORDS = {
    **{"sine": "sin", "cosine": "cos", "tangent": "tan", "arcsine": "asin"},
    **{"sinus": "sin", "cosinus": "cos", "exponential": "exp", "root": "sqrt", "signum": "sign"},
}
"""What people try that is not a name, and the name that they mean."""

_STEPS = ("floor", "ceil", "round", "rint", "trunc", "int", "heaviside", "step", "mod", "fmod")
_FLAT = "is flat between its jumps, where nothing pulls: use a smooth function"
INSTEAD = {
    **{name: _FLAT for name in _STEPS},
    "cbrt": "is sign(x)*abs(x)**(1/3) here",
    "log1p": "is log(1 + x) here",
    "expm1": "is exp(x) - 1 here",
    "exp2": "is 2**x here",
    "exp10": "is 10**x here",
    "lg": "is log10(x) or log2(x) here",
    **{name: "is 1/cos(x) here" for name in ("sec", "secant")},
    **{name: "is 1/sin(x) here" for name in ("csc", "cosec")},
    **{name: "is 1/tan(x) here" for name in ("cot", "cotan")},
    **{"sech": "is 1/cosh(x) here", "csch": "is 1/sinh(x) here", "coth": "is 1/tanh(x) here"},
    **{name: "is acos(1/x) here" for name in ("asec", "arcsec")},
    **{name: "is asin(1/x) here" for name in ("acsc", "arccsc")},
    **{name: "is atan(1/x) here" for name in ("acot", "arccot")},
    "abs2": "is abs(x)**2 here",
    "logit": "is log(x/(1 - x)) here",
    "sinc": "is sin(x)/x here",
    "sigmoid": "is 1/(1 + exp(-x)) here",
    "relu": "is max(0, x) here",
    "softplus": "is log(1 + exp(x)) here",
    "clip": "is max(low, min(x, high)) here",
    "norm": "is sqrt(x**2 + y**2) here",
    "softmax": "is written out with exp here",
    "mean": "is (x + y)/2 here",
    "sum": "is written out here, as in x**2 + y**2",
    "where": "is written with max, min or sign here",
}
"""Functions that a formula cannot use, and what to write instead."""

LIBRARIES = ("np", "numpy", "math", "torch", "jnp", "sympy", "tf", "cmath", "scipy")


def count_remedy(name: str) -> str:
    """Return what to say where a function has too few or too many arguments."""
    fewest = SHORTHANDS[name] if name in SHORTHANDS else FUNCTIONS[name].fewest
    takes_more = name in FUNCTIONS and FUNCTIONS[name].takes_more
    least = "at least" if takes_more else "exactly"
    two = "x, 3" if name == "pow" else "x, y"
    counted, example = ("one argument", "x") if fewest == 1 else ("two arguments", two)
    return f"must give {name} {least} {counted}, as in {name}({example})"


def function_remedy(name: str) -> str:
    """Return what to say about a call that is not allowed."""
    if name in FUNCTIONS or name in SHORTHANDS:
        return count_remedy(name)
    if name in INSTEAD:
        return f'has no function "{name}": it {INSTEAD[name]}'
    if re.fullmatch(r"log[1-9]\d?", name):
        return f'has no function "{name}": it is log(x)/log({name.removeprefix("log")}) here'
    meant = WORDS.get(name.lower(), name.lower())
    close = did_you_mean(meant, (*FUNCTIONS, *SHORTHANDS, *SAME))
    return f'has an unknown function "{printable(name, 24)}"{close or ", use one such as " + SOME}'


def attribute_remedy(node: ast.Attribute, allowed: str) -> str:
    """Return what to say about a name with a dot: a library's function goes by its name alone."""
    name = SAME.get(node.attr, node.attr)
    if not isinstance(node.value, ast.Name) or node.value.id not in LIBRARIES:
        return f"may only use {allowed}, and names without a dot"
    if name in (*FUNCTIONS, *SHORTHANDS, *CONSTANTS):
        return f"must say {node.attr} without {node.value.id}. before it"
    return function_remedy(node.attr)
