"""Loss landscapes over two parameters: what a landscape is, and the table of those with a name."""

from typing import Protocol

import numpy.typing as npt

from momentum_math.arrays import Array, Point, Window
from momentum_math.formulas import Formula
from momentum_math.quadratics import Quadratic, Saddle
from momentum_math.valleys import Beale, Himmelblau, Rastrigin, Rosenbrock, StyblinskiTang


class Landscape(Protocol):
    """A loss f(x, y) with its derivatives, as an immutable value that can be compared and pickled.

    Attributes:
        name: Its name in an experiment file.
        minima: Known minimisers, the lowest first; may be empty.
        minimum: The infimum of f; None when f is unbounded below.
        landmarks: Points that a map should show: the minima, or the middle of a saddle.
        window: A part of the plane worth looking at.
        tex: The right-hand side of f as LaTeX, with the parameters' numbers.
    """

    @property
    def name(self) -> str: ...

    @property
    def minima(self) -> tuple[Point, ...]: ...

    @property
    def minimum(self) -> float | None: ...

    @property
    def landmarks(self) -> tuple[Point, ...]: ...

    @property
    def window(self) -> Window: ...

    @property
    def tex(self) -> str: ...

    def value(self, points: npt.ArrayLike) -> Array:
        """Loss at points (..., 2), shape (...)."""
        ...

    def gradient(self, points: npt.ArrayLike) -> Array:
        """Gradient at points (..., 2), shape (..., 2)."""
        ...

    def hessian(self, points: npt.ArrayLike) -> Array:
        """Hessian at points (..., 2), shape (..., 2, 2)."""
        ...


LANDSCAPES: dict[str, type[Landscape]] = {
    landscape.name: landscape
    for landscape in (
        Quadratic,
        Rosenbrock,
        Beale,
        Himmelblau,
        StyblinskiTang,
        Rastrigin,
        Saddle,
        Formula,
    )
}
"""Name in an experiment file -> class."""
