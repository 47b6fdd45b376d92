"""Derivatives of a checked expression in x and y, by SymPy; the only module that touches it.

A kink has the mean of its one-sided slopes: 0 for ``abs`` and ``sign`` where they jump, and where
several arguments of ``max`` or ``min`` are level, the mean of their slopes. It has no bend. Beside
that a slope is what the chain rule says in floating-point numbers: infinite or nan where the
formula has none, such as ``sqrt(x)`` and ``log(x)`` at 0, or ``sqrt(x**2 + y**2)`` at the origin.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from momentum_math.expressions.functions import largest
from momentum_math.expressions.parser import Arithmetic, evaluate, parse


@lru_cache(maxsize=32)
def derivatives(formula: str, order: int) -> Callable[[Any, Any], list[Any]]:
    """Return a numpy function of x and y (...): order 1 for dx, dy, order 2 for dxx, dxy, dyy.

    The formula is one that ``parser.parse`` allows. Constants are not spread to (...).
    """
    x, y = sympy.symbols("x y", real=True)
    loss = evaluate(parse(formula), {"x": x, "y": y}, _SYMPY)
    wanted = [(x,), (y,)] if order == 1 else [(x, x), (x, y), (y, y)]
    slopes = [sympy.diff(loss, *symbols) for symbols in wanted]
    # SymPy makes |x| of a root of a square; where that bends, it has a distribution, numpy none.
    smooth = [slope.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0)) for slope in slopes]
    made: Callable[[Any, Any], list[Any]] = sympy.lambdify(
        (x, y), smooth, modules=[_VALUES, "numpy"], cse=True
    )
    return made


class _Step(sympy.Function):
    """A function whose slope is zero wherever it has one."""

    def _eval_derivative(self, symbol: Any) -> Any:
        return sympy.Integer(0)


class _Sign(_Step):
    """-1, 0 or 1."""


class _Abs(sympy.Function):
    """The absolute value; SymPy's own wants a proof that its argument is real."""

    def _eval_derivative(self, symbol: Any) -> Any:
        return _weighed(_Sign(*self.args), self.args[0], symbol)


class _Largest(sympy.Function):
    """The largest of its arguments."""

    def _eval_derivative(self, symbol: Any) -> Any:
        shares = (_Share(sympy.Integer(i), *self.args) for i in range(len(self.args)))
        slopes = (_weighed(*pair, symbol) for pair in zip(shares, self.args, strict=True))
        return sympy.Add(*slopes)


class _Share(_Step):
    """The share that its argument number i has in the largest of them."""


class _Weighed(sympy.Function):
    """A weight, which does not change, times a slope; nothing where the weight is 0."""

    def _eval_derivative(self, symbol: Any) -> Any:
        return _weighed(self.args[0], self.args[1], symbol)


class _Power(sympy.Function):
    """A power whose exponent is a number; SymPy's own divides by the base to lower the exponent."""

    def _eval_derivative(self, symbol: Any) -> Any:
        base, exponent = self.args
        return exponent * _Power(base, exponent - 1) * base.diff(symbol)


def _weighed(weight: Any, inner: Any, symbol: Any) -> Any:
    """The weight times the slope of what is weighed."""
    slope = inner.diff(symbol)
    return sympy.Integer(0) if slope == 0 else _Weighed(weight, slope)


def _share(index: int, *values: Any) -> Any:
    """1 where the value of this index alone is the largest, a part of it where several are."""
    most = largest(*values)
    return (values[index] == most) / sum(np.where(value == most, 1.0, 0.0) for value in values)


_VALUES = {
    "_Abs": np.abs,
    "_Sign": np.sign,
    "_Largest": largest,
    "_Share": _share,
    "_Weighed": lambda weight, slope: np.where(weight == 0.0, 0.0, weight * slope),
    "_Power": np.power,
}


def _power(base: Any, exponent: Any) -> Any:
    """A power, whose exponent or base is a number."""
    if not exponent.is_number:
        return base**exponent
    if float(exponent).is_integer():
        return base ** sympy.Integer(int(exponent))
    return base**exponent if base.is_number else _Power(base, exponent)


def _function(name: str, inside: list[Any]) -> Any:
    """A function's value as a SymPy expression."""
    match name:
        case "abs":
            return _Abs(*inside)
        case "sign":
            return _Sign(*inside)
        case "max":
            return _Largest(*inside)
        case "min":
            return -_Largest(*(-one for one in inside))
        case "log10" | "log2":
            return sympy.log(*inside) / sympy.Float(np.log(float(name.removeprefix("log"))))
        case "sqrt":
            root = sympy.sqrt(*inside)
            return _Power(*inside, sympy.Float(0.5)) if root.is_Pow else root
    return getattr(sympy, name)(*inside)


# Numbers become floats and only exponents stay whole: no integer can grow without bound.
_SYMPY = Arithmetic(lambda value: sympy.Float(float(value)), _power, _function)
