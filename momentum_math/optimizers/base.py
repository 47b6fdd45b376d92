"""What an optimiser is: an immutable value with two pure functions, ``init`` and ``step``.

Symbols are those of the rules: theta the parameters, g the gradient at theta, v the velocity,
alpha the learning rate (``lr``), beta the share of the old velocity that is kept (``beta``).
A state's ``velocity`` is the direction of the arrow that a picture shows, v_0 = 0.
"""

from typing import Protocol

from momentum_math.types import Array


class State(Protocol):
    """What an optimiser remembers between two steps."""

    @property
    def velocity(self) -> Array:
        """The latest direction of travel, shape (2,), before the learning rate."""
        ...


class Optimizer(Protocol):
    """One method with its numbers.

    Attributes:
        name: Its name in an experiment file.
        lr: The learning rate alpha.
        method: What people call it.
        rule: One step as lines of LaTeX.
    """

    @property
    def name(self) -> str: ...

    @property
    def lr(self) -> float: ...

    @property
    def method(self) -> str: ...

    @property
    def rule(self) -> tuple[str, ...]: ...

    def init(self, theta: Array) -> State:
        """The state before the first step at theta (2,)."""
        ...

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        """One update: new theta (2,) and new state, from the gradient (2,) at theta."""
        ...
