"""A landscape from the user's own formula.

SymPy differentiates it, and is loaded only when a gradient or Hessian is asked for.
"""

from dataclasses import dataclass, field
from typing import ClassVar, final

import numpy as np
import numpy.typing as npt

from momentum_math.landscapes.formula_latex import formula_tex
from momentum_math.landscapes.formula_parser import evaluate, parse
from momentum_math.landscapes.lowest import Lowest
from momentum_math.types import Array, Point, Window

UNBOUNDED, UNKNOWN = "unbounded", "unknown"
"""What may be said of a minimum in place of a number."""


@final
@dataclass(frozen=True)
class Formula:
    """A loss that its user wrote down; infinite or nan, without a warning, where it is undefined.

    So are its slopes, but a kink has the mean of the slopes beside it: abs(x) has 0 at 0.

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
        from momentum_math.landscapes.formula_slopes import derivatives

        with np.errstate(all="ignore"):
            slopes = derivatives(self.formula, 1)(points[..., 0], points[..., 1])
        result[..., 0], result[..., 1] = slopes
        return result

    def hessian(self, points: npt.ArrayLike) -> Array:
        """Hessian at points (..., 2), shape (..., 2, 2)."""
        points = np.asarray(points, dtype=np.float64)
        result = np.empty((*points.shape, 2))
        from momentum_math.landscapes.formula_slopes import derivatives

        with np.errstate(all="ignore"):
            xx, xy, yy = derivatives(self.formula, 2)(points[..., 0], points[..., 1])
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
