"""What an optimiser is: an immutable value whose ``step`` is a pure function.

Symbols are those of the rules: theta the parameters, g the gradient at theta, v the velocity,
alpha the learning rate (``lr``), beta the share of the old velocity that is kept (``beta``).
"""

import cmath
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, ClassVar, NamedTuple, Self, final

import numpy as np

from momentum_math.optimizers.schedules import Schedule
from momentum_math.parameters import POSITIVE, Parameter
from momentum_math.types import Array


class State(NamedTuple):
    """The memory of an optimiser between two steps.

    Attributes:
        velocity: The latest direction of travel, shape (2,), before the learning rate: the arrow
            that a picture shows.
        updates: How many were made.
        averages: Running averages that are not the velocity, each of shape (2,).
    """

    velocity: Array
    updates: int = 0
    averages: tuple[Array, ...] = ()


@final
@dataclass(frozen=True)
class Recurrence:
    """The motion of one eigen-coordinate on a quadratic: x_1 = p x_0, x_{k+1} = T x_k - D x_{k-1}.

    Attributes:
        trace: T, the sum of the characteristic roots, which solve mu^2 - T mu + D = 0.
        determinant: D, their product.
        first: p, the factor of the first step.
    """

    trace: float
    determinant: float
    first: float

    @property
    def roots(self) -> tuple[complex, complex]:
        """The characteristic roots, the one of larger modulus first."""
        root = cmath.sqrt(self.trace**2 - 4.0 * self.determinant)
        larger = (self.trace + root) / 2.0 if self.trace >= 0 else (self.trace - root) / 2.0
        return larger, self.determinant / larger if larger else larger

    def distances(self, steps: Array) -> Array:
        """x_k for x_0 = 1 at whole steps k >= 0, (n,), in closed form.

        x_k = p S_k - D S_{k-1} with S_k = (mu_1^k - mu_2^k) / (mu_1 - mu_2).

        >>> Recurrence(1.882, 0.9, 0.982).distances(np.array([0.0, 1.0, 2.0])).round(6).tolist()
        [1.0, 0.982, 0.948124]
        """
        large, small = self.roots

        def powers(k: Array) -> Array:
            if abs(large - small) <= 1e-7 * abs(large):
                middle: Array = k * large.real ** np.maximum(k - 1.0, 0.0)
                return middle
            difference: Array = ((large**k - small**k) / (large - small)).real
            return difference

        if large == 0.0:
            return np.where(steps == 0.0, 1.0, np.where(steps == 1.0, self.first, 0.0))
        later = np.maximum(steps, 1.0)
        found: Array = self.first * powers(later) - self.determinant * powers(later - 1.0)
        return np.where(steps == 0.0, 1.0, found)


@dataclass(frozen=True)
class Optimizer(ABC):
    """One method; its fields are its numbers, annotated with a ``Parameter`` each.

    A number may change from step to step: then its field holds a ``Schedule``, and only what ``at``
    returns can make a step. Theory that speaks of one number holds where ``schedules`` is empty.

    Attributes:
        name: Its name in an experiment file.
        short: What the label of a contender calls it.
        distinct: The same where ``short`` alone is ambiguous beside other kinds of momentum.
        averages: How many running averages it keeps besides the velocity.
        conflict: What is wrong between its numbers, each right for itself; empty if nothing.
        method: What people call it, with the variant; ``short`` if nothing else is said.
        variant: What its label adds for a variant of the method.
        rule: One step as lines of LaTeX.
    """

    lr: Annotated[float, Parameter(POSITIVE, "the learning rate α", symbol="α")]

    name: ClassVar[str]
    short: ClassVar[str]
    distinct: ClassVar[str] = ""
    averages: ClassVar[int] = 0

    @property
    def method(self) -> str:
        return self.short

    @property
    def conflict(self) -> str:
        return ""

    @property
    def variant(self) -> str:
        return ""

    @property
    @abstractmethod
    def rule(self) -> tuple[str, ...]: ...

    @property
    def schedules(self) -> dict[str, Schedule]:
        """The numbers that change from step to step, by field."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in values if isinstance(value, Schedule)}

    def at(self, step: int) -> Self:
        """Return the method with the numbers of a step, counted from 1; itself if none changes."""
        numbers: dict[str, Any] = {
            name: schedule.at(step) for name, schedule in self.schedules.items()
        }
        return replace(self, **numbers) if numbers else self

    def over(self, steps: int) -> Self:
        """Return the method for a run of so many steps, which its schedules span."""
        numbers: dict[str, Any] = {
            name: schedule.over(steps) for name, schedule in self.schedules.items()
        }
        return replace(self, **numbers) if numbers else self

    def init(self, theta: Array) -> State:
        """Return the state before the first step at theta (2,): v_0 = 0, averages of 0."""
        zero = np.zeros_like(theta)
        return State(zero, 0, (zero,) * self.averages)

    @abstractmethod
    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        """Return new theta (2,) and the new state, from the gradient (2,) at theta."""

    def recurrence(self, curvature: float) -> Recurrence | None:
        """Return how the eigen-coordinate of a curvature lambda moves, if the method is linear."""
        return None
