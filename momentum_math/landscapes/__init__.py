"""Loss landscapes over two parameters, and the table of those with a name."""

from momentum_math.landscapes.base import Landscape
from momentum_math.landscapes.classics import (
    Beale,
    Himmelblau,
    Rastrigin,
    Rosenbrock,
    StyblinskiTang,
)
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.landscapes.formula import CustomLandscape
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.landscapes.quadratics import Quadratic, Saddle

__all__ = ["LANDSCAPES", "MEASURED", "Landscape"]

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
        CustomLandscape,
    )
}
"""Name in an experiment file -> class."""

MEASURED: dict[str, type[Landscape]] = {
    landscape.name: landscape for landscape in (MeasuredLandscape, FitLandscape)
}
"""The same for those that are made of a file of the user's."""
