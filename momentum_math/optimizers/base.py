"""What an optimiser is: an immutable value with numbers and a rule, which is text.

Symbols are those of the rules: theta the parameters, g the gradient at theta, v the velocity,
alpha the learning rate (``lr``), beta the share of the old velocity that is kept (``beta``).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from momentum_math.expressions.javascript import javascript
from momentum_math.optimizers.schedules import Schedule
from momentum_math.parameters import POSITIVE, Number, Parameter, parameters_of
from momentum_math.rules.notation import rule_tex
from momentum_math.rules.recurrence import LinearStep, Recurrence, linear_step
from momentum_math.rules.rule import GRADIENT, STEP, THETA, Lines, Numbers, Rule, parse_rule
from momentum_math.rules.stepping import RuleGraph, State, Step, rule_graph, step_of
from momentum_math.types import Array


@dataclass(frozen=True)
class Optimizer(ABC):
    """One method; its fields are its numbers, annotated with a ``Parameter`` each.

    A number may change from step to step: then its field holds a ``Schedule``, and only what ``at``
    returns can make a step. Theory that speaks of one number holds where ``schedules`` is empty.

    Attributes:
        name: Its name in an experiment file.
        short: What the label of a contender calls it.
        distinct: The same where ``short`` alone is ambiguous beside other kinds of momentum.
        conflict: What is wrong between its numbers, each right for itself; empty if nothing.
        method: What people call it, with the variant; ``short`` if nothing else is said.
        variant: What its label adds for a variant of the method.
        rule: One step, as ``rules.rule`` describes it: all else is made of it.
        remembers: Whether it keeps a velocity in which gradients accumulate.
        start: What the rule's states are before the first step, where they are not zero.
        arrow: The name in the rule that is the velocity; empty where that is what the learning
            rate is multiplied by.
    """

    lr: Annotated[float, Parameter(POSITIVE, "the learning rate α", symbol="α")]

    name: ClassVar[str]
    short: ClassVar[str]
    distinct: ClassVar[str] = ""

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
    def rule(self) -> Lines: ...

    @property
    def start(self) -> Lines:
        return ()

    @property
    def remembers(self) -> bool:
        return False

    @property
    def arrow(self) -> str:
        return ""

    @property
    def checked_rule(self) -> Rule:
        """The rule as trees."""
        return parse_rule(self.rule, _numbers(type(self)), self.start)

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers in the rule: those of the method, by field."""
        return {name: getattr(self, name) for name, _ in _numbers(type(self))}

    @property
    def graph(self) -> RuleGraph:
        """What the rule computes."""
        return rule_graph(self.checked_rule, self.arrow, {})

    @property
    def tex(self) -> Lines:
        """The rule as lines of LaTeX, with the numbers that change as those of step t."""
        return self.typeset(self.schedules)

    def typeset(self, changing: Collection[str]) -> Lines:
        r"""Return the rule as lines of LaTeX, with these numbers, by field, as those of step t.

        >>> from momentum_math.optimizers.momentum import GradientDescent
        >>> GradientDescent(0.1).typeset(["lr"])
        ('\\theta \\leftarrow \\theta - \\alpha_t \\nabla L(\\theta)',)
        """
        return rule_tex(self.checked_rule, _symbols(type(self)), changing)

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
        """Return the state before the first step at theta (2,): all zero."""
        zero = np.zeros_like(theta)
        return State(zero, 0, (zero,) * len(self.checked_rule.states))

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        """Return new theta (2,) and the new state, from the gradient (2,) at theta."""
        owner = type(self)
        step = _step(owner, self.rule, self.start, self.arrow)
        return step(theta, gradient, state, _values(owner)(self))

    def recurrence(self, curvature: float) -> Recurrence | None:
        """Return how the eigen-coordinate of a curvature lambda moves, if the method is linear.

        >>> from momentum_math.optimizers.momentum import HeavyBall
        >>> HeavyBall(lr=0.5, beta=0.25).recurrence(1.0)
        Recurrence(trace=0.75, determinant=0.25, first=0.5)
        """
        linear = None if self.schedules else _linear(self)
        return linear.recurrence(curvature) if linear else None


def rule_script(optimizer: Optimizer) -> str:
    """Return a method's rule for one coordinate as JavaScript, an object.

    ``numbers`` are the names of its numbers; ``first`` makes the states before the first step from
    theta, g and the numbers, ``step`` theta and the states after one from theta, g, t, the states
    and the numbers; see ``expressions.javascript``.
    """
    made, names = optimizer.graph, tuple(optimizer.numbers)
    after = (THETA, GRADIENT, STEP, *optimizer.checked_rule.states, *names)
    theta, _, *states = made.step
    first = javascript(made.graph, made.first, (THETA, GRADIENT, *names))
    step = javascript(made.graph, (theta, *states), after)
    return f"{{\nnumbers: {list(names)},\nfirst: {first},\nstep: {step},\n}}"


@lru_cache
def _numbers(owner: type[Optimizer]) -> Numbers:
    """The numbers in a method's rules, each with a value that is as good as any."""
    parameters = parameters_of(owner).items()
    return tuple((field, 0.5) for field, one in parameters if isinstance(one.kind, Number))


@lru_cache
def _values(owner: type[Optimizer]) -> Callable[[Optimizer], tuple[Any, ...]]:
    """What reads the numbers of a method, in the order of ``_numbers``."""
    names = tuple(dict(_numbers(owner)))
    return attrgetter(*names) if len(names) > 1 else lambda one: (getattr(one, names[0]),)


@lru_cache(maxsize=256)
def _step(owner: type[Optimizer], text: Lines, start: Lines, arrow: str) -> Step:
    """The function that makes a step of a method."""
    rule = parse_rule(text, _numbers(owner), start)
    return step_of(rule, rule_graph(rule, arrow, {}), tuple(dict(_numbers(owner))))


@lru_cache
def _symbols(owner: type[Optimizer]) -> dict[str, str]:
    """The symbols that a method declares for its numbers: name -> symbol."""
    return {field: one.symbol for field, one in parameters_of(owner).items() if one.symbol}


@lru_cache(maxsize=64)
def _linear(optimizer: Optimizer) -> LinearStep | None:
    """One step of a method as a matrix."""
    return linear_step(optimizer.checked_rule, optimizer.step)
