"""Loss landscapes over two parameters, and the table of those with a name."""

import inspect

from momentum_math.landscapes import classics, edges, formula, quadratics, several_minima
from momentum_math.landscapes.base import Landscape
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.landscapes.measured import MeasuredLandscape

__all__ = ["LANDSCAPES", "MEASURED", "Landscape"]

_MODULES = (quadratics, classics, several_minima, edges, formula)

LANDSCAPES: dict[str, type[Landscape]] = {
    declared.name: declared
    for module in _MODULES
    for declared in vars(module).values()
    if inspect.isclass(declared)
    and issubclass(declared, Landscape)
    and declared.__module__ == module.__name__
    and not inspect.isabstract(declared)
}
"""Name in an experiment file -> class: every landscape that these modules declare."""

MEASURED: dict[str, type[Landscape]] = {
    landscape.name: landscape for landscape in (MeasuredLandscape, FitLandscape)
}
"""The same for those that are made of a file of the user's."""
