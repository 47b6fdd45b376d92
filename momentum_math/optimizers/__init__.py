"""Optimisers, and the tables of their names and of the symbols of their numbers."""

from momentum_math.optimizers.adaptive import Adam, RMSProp
from momentum_math.optimizers.base import Optimizer, Recurrence, State
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov
from momentum_math.parameters import Parameter, parameters_of

__all__ = ["OPTIMIZERS", "SYMBOLIC", "Optimizer", "Recurrence", "State"]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.name: optimizer
    for optimizer in (GradientDescent, EmaMomentum, HeavyBall, Nesterov, RMSProp, Adam)
}
"""Name in an experiment file -> class."""

SYMBOLIC: dict[str, Parameter] = {
    parameter.key: parameter
    for optimizer in OPTIMIZERS.values()
    for parameter in parameters_of(optimizer).values()
    if parameter.symbol
}
"""Key in an experiment file -> declaration of each number of an optimiser that has a symbol."""
