"""What a landscape is."""

from typing import Protocol

import numpy.typing as npt

from momentum_math.types import Array, Point, Window


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
