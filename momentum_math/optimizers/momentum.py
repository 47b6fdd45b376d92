"""Plain descent and the methods that keep a velocity: EMA momentum, heavy ball, Nesterov."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, final

import numpy as np

from momentum_math.types import Array

GRADIENT = r"\nabla L(\theta)"
DESCEND = r"\theta \leftarrow \theta - \alpha v"
ACCUMULATE = rf"v \leftarrow \beta v + {GRADIENT}"
AVERAGE = rf"v \leftarrow \beta v + (1-\beta) {GRADIENT}"


class Velocity(NamedTuple):
    """State of the methods that keep a velocity and nothing else."""

    velocity: Array


class CountedVelocity(NamedTuple):
    """State of the averaging form: the velocity and the number of updates made."""

    velocity: Array
    count: int


@final
@dataclass(frozen=True)
class GradientDescent:
    """Plain gradient descent: theta <- theta - alpha g.

    Source: A. Cauchy, "Methode generale pour la resolution des systemes d'equations simultanees",
    Comptes rendus 25 (1847) 536-538.

    Args:
        lr: Learning rate alpha > 0.

    >>> method = GradientDescent(lr=0.18)
    >>> theta = np.array([-4.0, 1.5])
    >>> method.step(theta, np.array([-0.4, 15.0]), method.init(theta))[0].round(12).tolist()
    [-3.928, -1.2]
    """

    lr: float

    name: ClassVar[str] = "gd"
    method: ClassVar[str] = "Gradient descent"
    rule: ClassVar[tuple[str, ...]] = (rf"\theta \leftarrow \theta - \alpha {GRADIENT}",)

    def init(self, theta: Array) -> Velocity:
        """No velocity yet."""
        return Velocity(np.zeros_like(theta))

    def step(self, theta: Array, gradient: Array, state: Velocity) -> tuple[Array, Velocity]:
        """One update; the velocity is the gradient itself."""
        return theta - self.lr * gradient, Velocity(gradient)


@final
@dataclass(frozen=True)
class EmaMomentum:
    """Momentum as a moving average: v <- beta v + (1 - beta) g, theta <- theta - alpha v.

    With v_0 = 0 it is exactly the heavy ball with learning rate alpha (1 - beta).

    Source: D. Kingma and J. Ba, "Adam", ICLR 2015, https://arxiv.org/abs/1412.6980 (the average and
    its bias correction); PyTorch's ``SGD(momentum=beta, dampening=beta)`` (the first step).

    Args:
        lr: Learning rate alpha > 0.
        beta: Share of the old velocity that is kept, in [0, 1).
        bias_correction: Whether the step uses v / (1 - beta^t), which lifts early averages.
        first_step: ``"zero"`` starts from v_0 = 0, ``"gradient"`` from v_0 = g_0 as PyTorch does.

    >>> method = EmaMomentum(lr=0.18, beta=0.9)
    >>> theta = np.array([-4.0, 1.5])
    >>> method.step(theta, np.array([-0.4, 15.0]), method.init(theta))[0].round(12).tolist()
    [-3.9928, 1.23]
    """

    lr: float
    beta: float
    bias_correction: bool = False
    first_step: str = "zero"

    name: ClassVar[str] = "ema-momentum"

    @property
    def method(self) -> str:
        """What people call it, with the variant."""
        if self.bias_correction:
            return "EMA momentum, bias-corrected"
        if self.first_step == "gradient":
            return "EMA, PyTorch's first step"
        return "EMA momentum"

    @property
    def rule(self) -> tuple[str, ...]:
        """One step as lines of LaTeX."""
        if self.bias_correction:
            return AVERAGE, r"\theta \leftarrow \theta - \alpha v / (1 - \beta^t)"
        if self.first_step == "gradient":
            return AVERAGE, DESCEND, r"v_0 = \nabla L(\theta_0)"
        return AVERAGE, DESCEND

    def init(self, theta: Array) -> CountedVelocity:
        """v_0 = 0 and no update made."""
        return CountedVelocity(np.zeros_like(theta), 0)

    def step(
        self, theta: Array, gradient: Array, state: CountedVelocity
    ) -> tuple[Array, CountedVelocity]:
        """One update."""
        count = state.count + 1
        if count == 1 and self.first_step == "gradient":
            velocity = gradient
        else:
            velocity = self.beta * state.velocity + (1.0 - self.beta) * gradient
        travel = velocity / (1.0 - self.beta**count) if self.bias_correction else velocity
        return theta - self.lr * travel, CountedVelocity(velocity, count)


@final
@dataclass(frozen=True)
class HeavyBall:
    """Polyak's heavy ball: v <- beta v + g, theta <- theta - alpha v.

    Source: B. Polyak, "Some methods of speeding up the convergence of iteration methods",
    USSR Comput. Math. Math. Phys. 4 (1964) 1-17, https://doi.org/10.1016/0041-5553(64)90137-5

    Args:
        lr: Learning rate alpha > 0.
        beta: Share of the old velocity that is kept, in [0, 1).

    >>> method = HeavyBall(lr=0.018, beta=0.9)
    >>> theta = np.array([-4.0, 1.5])
    >>> method.step(theta, np.array([-0.4, 15.0]), method.init(theta))[0].round(12).tolist()
    [-3.9928, 1.23]
    """

    lr: float
    beta: float

    name: ClassVar[str] = "heavy-ball"
    method: ClassVar[str] = "Heavy ball"
    rule: ClassVar[tuple[str, ...]] = (ACCUMULATE, DESCEND)

    def init(self, theta: Array) -> Velocity:
        """v_0 = 0."""
        return Velocity(np.zeros_like(theta))

    def step(self, theta: Array, gradient: Array, state: Velocity) -> tuple[Array, Velocity]:
        """One update."""
        velocity = self.beta * state.velocity + gradient
        return theta - self.lr * velocity, Velocity(velocity)


@final
@dataclass(frozen=True)
class Nesterov:
    """Nesterov's momentum in PyTorch's form.

    v <- beta v + g, theta <- theta - alpha (g + beta v).

    Source: Y. Nesterov, Soviet Math. Doklady 27 (1983) 372-376; I. Sutskever et al., "On the
    importance of initialization and momentum in deep learning", ICML 2013.

    Args:
        lr: Learning rate alpha > 0.
        beta: Share of the old velocity that is kept, in [0, 1).

    >>> method = Nesterov(lr=0.1, beta=0.5)
    >>> theta = np.array([1.0, 1.0])
    >>> method.step(theta, np.array([1.0, 2.0]), method.init(theta))[0].round(12).tolist()
    [0.85, 0.7]
    """

    lr: float
    beta: float

    name: ClassVar[str] = "nesterov"
    method: ClassVar[str] = "Nesterov momentum"
    rule: ClassVar[tuple[str, ...]] = (
        ACCUMULATE,
        rf"\theta \leftarrow \theta - \alpha ({GRADIENT} + \beta v)",
    )

    def init(self, theta: Array) -> Velocity:
        """v_0 = 0."""
        return Velocity(np.zeros_like(theta))

    def step(self, theta: Array, gradient: Array, state: Velocity) -> tuple[Array, Velocity]:
        """One update; the picture's velocity is v, the step also looks ahead along it."""
        velocity = self.beta * state.velocity + gradient
        return theta - self.lr * (gradient + self.beta * velocity), Velocity(velocity)
