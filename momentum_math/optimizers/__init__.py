"""Optimisers, and the tables of their names and of the symbols of their numbers."""

from momentum_math.optimizers import adaptive, averaging, momentum, own, signs
from momentum_math.optimizers.base import Optimizer
from momentum_math.parameters import Parameter, parameters_of
from momentum_math.rules.recurrence import Recurrence
from momentum_math.rules.stepping import State

__all__ = ["OPTIMIZERS", "SYMBOLIC", "Optimizer", "Recurrence", "State"]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    method.name: method
    for module in (momentum, adaptive, signs, averaging, own)
    for method in vars(module).values()
    if isinstance(method, type) and issubclass(method, Optimizer) and "name" in vars(method)
}
"""Name in an experiment file -> class: every method of these modules, in the order of the text."""

SYMBOLIC: dict[str, Parameter] = {
    parameter.key: parameter
    for optimizer in OPTIMIZERS.values()
    for parameter in parameters_of(optimizer).values()
    if parameter.symbol
}
"""Key in an experiment file -> declaration of each number of an optimiser that has a symbol."""
