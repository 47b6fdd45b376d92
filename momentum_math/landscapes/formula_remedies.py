"""What to say about a name that a formula cannot use, and what to write instead."""

import ast
import re

from momentum_math.landscapes.formula_functions import CONSTANTS, FUNCTIONS, SAME, SHORTHANDS
from momentum_math.messages import did_you_mean, printable

ALLOWED = "x, y, pi, e, numbers, + - * / **"
SOME = "sin, exp, log, sqrt, abs, max"

WORDS = {
    "sine": "sin",
    "cosine": "cos",
    "tangent": "tan",
    "arcsine": "asin",
    "sinus": "sin",
    "cosinus": "cos",
    "exponential": "exp",
    "root": "sqrt",
    "signum": "sign",
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
    if name in SHORTHANDS:
        fewest, is_exact = SHORTHANDS[name], True
    else:
        fewest, is_exact = FUNCTIONS[name].fewest, FUNCTIONS[name].fewest == FUNCTIONS[name].most
    least = "exactly" if is_exact else "at least"
    one, two = ("one argument", "x"), ("two arguments", "x, 3" if name == "pow" else "x, y")
    counted, example = one if fewest == 1 else two
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


def attribute_remedy(node: ast.Attribute) -> str:
    """Return what to say about a name with a dot: a library's function goes by its name alone."""
    name = SAME.get(node.attr, node.attr)
    match node.value:
        case ast.Name(id=library) if library in LIBRARIES:
            if name in (*FUNCTIONS, *SHORTHANDS, *CONSTANTS):
                return f"must say {node.attr} without {library}. before it"
            return function_remedy(node.attr)
    return f"may only use {ALLOWED}, and names without a dot"
