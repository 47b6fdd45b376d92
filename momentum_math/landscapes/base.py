"""What a landscape is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy.typing as npt

from momentum_math.types import Array, Point, Window


@dataclass(frozen=True)
class Landscape(ABC):
    """A loss f(x, y) with its derivatives; its fields are annotated with a ``Parameter`` each.

    Attributes:
        name: Its name in an experiment file.
        example_start: (x, y) from where runs have something to do, with the default parameters.
        minima: Known minimisers, the lowest first; may be empty.
        minimum: The infimum of f, 0 if nothing else is said; None when f is unbounded below.
        landmarks: Points that a map should show: the minima, or the middle of a saddle.
        is_saddle: Whether it is about a saddle point: a landmark where there is no minimum.
        window: A part of the plane worth looking at.
        tex: The right-hand side of f as LaTeX, with the parameters' numbers.
    """

    name: ClassVar[str]
    example_start: ClassVar[Point]

    @property
    @abstractmethod
    def minima(self) -> tuple[Point, ...]: ...

    @property
    def minimum(self) -> float | None:
        return 0.0

    @property
    def landmarks(self) -> tuple[Point, ...]:
        return self.minima

    @property
    def is_saddle(self) -> bool:
        return self.minimum is None and not self.minima and len(self.landmarks) > 0

    @property
    @abstractmethod
    def window(self) -> Window: ...

    @property
    @abstractmethod
    def tex(self) -> str: ...

    @abstractmethod
    def value(self, points: npt.ArrayLike) -> Array:
        """Return the loss at points (..., 2), shape (...)."""

    @abstractmethod
    def gradient(self, points: npt.ArrayLike) -> Array:
        """Return the gradient at points (..., 2), shape (..., 2)."""

    @abstractmethod
    def hessian(self, points: npt.ArrayLike) -> Array:
        """Return the Hessian at points (..., 2), shape (..., 2, 2)."""
