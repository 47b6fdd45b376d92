"""A landscape from the user's own formula; SymPy differentiates it.

This is the only module that touches SymPy, and only when a gradient or Hessian is asked for.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from momentum_math.arrays import Array, Point, Window
from momentum_math.formula_syntax import evaluate, parse
from momentum_math.formula_tex import formula_tex
from momentum_math.lowest import Lowest

UNBOUNDED, UNKNOWN = "unbounded", "unknown"
"""What may be said of a minimum in place of a number."""


@final
@dataclass(frozen=True)
class Formula:
    """A loss that its user wrote down; infinite or nan, without a warning, where it is undefined.

    Args:
        formula: In x and y, as ``formula_syntax.parse`` allows it.
        said: What its author says of the lowest value: a number, ``"unbounded"``, ``"unknown"``
            or, with None, nothing.
        lowest: What a search found.

    >>> bowl = Formula("x**2 + 10*y**2")
    >>> bowl.gradient((1.0, 1.0)).tolist()
    [2.0, 20.0]
    """

    formula: str
    said: float | str | None = field(default=None, metadata={"key": "minimum"})
    lowest: Lowest | None = field(default=None, compare=False, metadata={"key": None})

    name: ClassVar[str] = "formula"
    window: ClassVar[Window] = ((-3.0, 3.0), (-3.0, 3.0))

    @property
    def is_said(self) -> bool:
        """Whether the file names the lowest value, or says that there is none."""
        return isinstance(self.said, float) or self.said == UNBOUNDED

    @property
    def minimum(self) -> float | None:
        """The lowest value, from which losses count; None if it is said to be unbounded below."""
        if self.said == UNBOUNDED:
            return None
        if isinstance(self.said, float):
            return self.said
        return self.lowest.value if self.lowest else 0.0

    @property
    def minima(self) -> tuple[Point, ...]:
        """Minimisers that were found where the loss is at its lowest."""
        return self.lowest.points if self.lowest else ()

    @property
    def landmarks(self) -> tuple[Point, ...]:
        """The minimiser nearest to the start."""
        return self.minima[:1]

    @property
    def tex(self) -> str:
        """The right-hand side of f(theta) as LaTeX."""
        return formula_tex(parse(self.formula))

    def value(self, points: npt.ArrayLike) -> Array:
        """Loss at points (..., 2), shape (...)."""
        points = np.asarray(points, dtype=np.float64)
        with np.errstate(all="ignore"):
            return evaluate(parse(self.formula), points[..., 0], points[..., 1])

    def gradient(self, points: npt.ArrayLike) -> Array:
        """Gradient at points (..., 2), shape (..., 2)."""
        points = np.asarray(points, dtype=np.float64)
        result = np.empty(points.shape)
        with np.errstate(all="ignore"):
            slopes = _derivatives(self.formula, 1)(points[..., 0], points[..., 1])
        result[..., 0], result[..., 1] = slopes
        return result

    def hessian(self, points: npt.ArrayLike) -> Array:
        """Hessian at points (..., 2), shape (..., 2, 2)."""
        points = np.asarray(points, dtype=np.float64)
        result = np.empty((*points.shape, 2))
        with np.errstate(all="ignore"):
            xx, xy, yy = _derivatives(self.formula, 2)(points[..., 0], points[..., 1])
        result[..., 0, 0], result[..., 1, 1] = xx, yy
        result[..., 0, 1] = result[..., 1, 0] = xy
        return result

    def sketch(self) -> "Sketch":
        """The same loss with differences for slopes, for a first look without SymPy."""
        return Sketch(self.formula)


@final
@dataclass(frozen=True)
class Sketch:
    """A formula whose slopes are central differences: ready at once, right to six digits or so."""

    formula: str

    window: ClassVar[Window] = Formula.window
    value = Formula.value

    def gradient(self, points: npt.ArrayLike) -> Array:
        """Gradient at one point (2,), shape (2,)."""
        x, y = np.asarray(points, dtype=np.float64)
        h = 1e-6 * max(1.0, abs(x), abs(y))
        right, left, above, below = self.value([(x + h, y), (x - h, y), (x, y + h), (x, y - h)])
        return np.array([right - left, above - below]) / (2.0 * h)


@lru_cache(maxsize=32)
def _derivatives(formula: str, order: int) -> Callable[[Any, Any], list[Any]]:
    """The first (dx, dy) or second (dxx, dxy, dyy) derivatives as a numpy function of x and y."""
    import sympy

    x, y = sympy.symbols("x y", real=True)
    loss = _symbolic(parse(formula), {"x": x, "y": y})
    wanted = [(x,), (y,)] if order == 1 else [(x, x), (x, y), (y, y)]
    slopes = [sympy.diff(loss, *symbols) for symbols in wanted]
    # |x| bends only in a single point, where sympy puts a distribution; numpy has none.
    smooth = [slope.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0)) for slope in slopes]
    return sympy.lambdify((x, y), smooth, modules="numpy", cse=True)


def _symbolic(node: ast.expr, symbols: dict[str, Any]) -> Any:
    """A checked tree as a SymPy expression, node by node.

    Numbers become floats and only exponents stay whole, so that no integer can grow without bound.
    """
    import sympy

    match node:
        case ast.Constant(value=value):
            return sympy.Float(float(value))  # type: ignore[arg-type]
        case ast.Name(id=name):
            return symbols[name] if name in symbols else sympy.Float({"pi": np.pi, "e": np.e}[name])
        case ast.UnaryOp(op=op, operand=operand):
            inner = _symbolic(operand, symbols)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            exponent = _symbolic(right, symbols)
            if exponent.is_number and exponent == int(exponent):
                exponent = sympy.Integer(int(exponent))
            return _symbolic(left, symbols) ** exponent
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _symbolic(left, symbols), _symbolic(right, symbols)
            return _combine(op, a, b)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            function = sympy.Abs if name == "abs" else getattr(sympy, name)
            return function(_symbolic(argument, symbols))
    raise TypeError(f"{type(node).__name__} cannot come from parse")


def _combine(op: ast.operator, a: Any, b: Any) -> Any:
    """A sum, difference, product or quotient of SymPy expressions."""
    match op:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
    return a / b
