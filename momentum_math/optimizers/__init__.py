"""Optimisers, and the table of their names."""

from momentum_math.optimizers.adaptive import Adam, RMSProp
from momentum_math.optimizers.base import Optimizer, State
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov

__all__ = ["OPTIMIZERS", "Optimizer", "State"]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    optimizer.name: optimizer
    for optimizer in (GradientDescent, EmaMomentum, HeavyBall, Nesterov, RMSProp, Adam)
}
"""Name in an experiment file -> class."""
