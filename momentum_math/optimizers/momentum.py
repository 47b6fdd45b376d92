"""Plain descent and the methods that keep a velocity: EMA momentum, heavy ball, Nesterov."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.optimizers.base import Optimizer, Recurrence, State
from momentum_math.parameters import SHARE, Choice, Flag, Parameter
from momentum_math.types import Array

GRADIENT = r"\nabla L(\theta)"
DESCEND = r"\theta \leftarrow \theta - \alpha v"
ACCUMULATE = rf"v \leftarrow \beta v + {GRADIENT}"
AVERAGE = rf"v \leftarrow \beta v + (1-\beta) {GRADIENT}"


@dataclass(frozen=True)
class MomentumMethod(Optimizer):
    """A method that keeps a share beta of the old velocity."""

    beta: Annotated[
        float, Parameter(SHARE, "the share β of the old velocity that is kept", symbol="β")
    ]


@final
@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Plain gradient descent: theta <- theta - alpha g.

    Source: A. Cauchy, "Methode generale pour la resolution des systemes d'equations simultanees",
    Comptes rendus 25 (1847) 536-538.

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> from momentum_math import trace
    >>> bowl = Quadratic((0.1, 10.0))
    >>> trace(bowl, GradientDescent(0.18), (-4.0, 1.5), 1).points[1].round(12).tolist()
    [-3.928, -1.2]
    """

    name: ClassVar[str] = "gd"
    short: ClassVar[str] = "Gradient descent"
    rule: ClassVar[tuple[str, ...]] = (rf"\theta \leftarrow \theta - \alpha {GRADIENT}",)

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        return theta - self.lr * gradient, State(gradient)

    def recurrence(self, curvature: float) -> Recurrence:
        shrink = 1.0 - self.lr * curvature
        return Recurrence(shrink, 0.0, shrink)


@final
@dataclass(frozen=True)
class EmaMomentum(MomentumMethod):
    """Momentum as a moving average: v <- beta v + (1 - beta) g, theta <- theta - alpha v.

    With v_0 = 0 it is exactly the heavy ball with learning rate alpha (1 - beta).

    Source: D. Kingma and J. Ba, "Adam", ICLR 2015, https://arxiv.org/abs/1412.6980 (the average and
    its bias correction); PyTorch's ``SGD(momentum=beta, dampening=beta)`` (the first step).

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> from momentum_math import trace
    >>> bowl = Quadratic((0.1, 10.0))
    >>> trace(bowl, EmaMomentum(0.18, 0.9), (-4.0, 1.5), 1).points[1].round(12).tolist()
    [-3.9928, 1.23]
    """

    bias_correction: Annotated[
        bool, Parameter(Flag(), "whether the average is divided by 1 - β^t")
    ] = False
    first_step: Annotated[
        str,
        Parameter(
            Choice(("zero", "gradient")),
            'whether v starts from zero or, as in PyTorch, from the first "gradient"',
        ),
    ] = "zero"

    name: ClassVar[str] = "ema-momentum"
    short: ClassVar[str] = "Momentum"
    distinct: ClassVar[str] = "EMA momentum"

    @property
    def method(self) -> str:
        if self.bias_correction:
            return "EMA momentum, bias-corrected"
        if self.first_step == "gradient":
            return "EMA, PyTorch's first step"
        return "EMA momentum"

    @property
    def conflict(self) -> str:
        if self.bias_correction and "beta" in self.schedules:
            return "bias_correction divides by 1 - β^t: give one beta, or leave it out"
        both = self.bias_correction and self.first_step == "gradient"
        return 'bias_correction and first_step = "gradient" exclude each other' if both else ""

    @property
    def variant(self) -> str:
        said = ", bias-corrected" if self.bias_correction else ""
        return said + (", PyTorch start" if self.first_step == "gradient" else "")

    @property
    def rule(self) -> tuple[str, ...]:
        if self.bias_correction:
            return AVERAGE, r"\theta \leftarrow \theta - \alpha v / (1 - \beta^t)"
        if self.first_step == "gradient":
            return AVERAGE, DESCEND, r"v_0 = \nabla L(\theta_0)"
        return AVERAGE, DESCEND

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        count = state.updates + 1
        if count == 1 and self.first_step == "gradient":
            velocity = gradient
        else:
            velocity = self.beta * state.velocity + (1.0 - self.beta) * gradient
        travel = velocity / (1.0 - self.beta**count) if self.bias_correction else velocity
        return theta - self.lr * travel, State(velocity, count)

    def recurrence(self, curvature: float) -> Recurrence | None:
        """Return that of the heavy ball with learning rate alpha (1 - beta)."""
        if self.bias_correction:
            return None
        lr = self.lr * (1.0 - self.beta)
        start = self.lr if self.first_step == "gradient" else lr
        return Recurrence(1.0 + self.beta - lr * curvature, self.beta, 1.0 - start * curvature)


@final
@dataclass(frozen=True)
class HeavyBall(MomentumMethod):
    """Polyak's heavy ball: v <- beta v + g, theta <- theta - alpha v.

    Source: B. Polyak, "Some methods of speeding up the convergence of iteration methods",
    USSR Comput. Math. Math. Phys. 4 (1964) 1-17, https://doi.org/10.1016/0041-5553(64)90137-5

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> from momentum_math import trace
    >>> bowl = Quadratic((0.1, 10.0))
    >>> trace(bowl, HeavyBall(0.018, 0.9), (-4.0, 1.5), 1).points[1].round(12).tolist()
    [-3.9928, 1.23]
    """

    name: ClassVar[str] = "heavy-ball"
    short: ClassVar[str] = "Heavy ball"
    rule: ClassVar[tuple[str, ...]] = (ACCUMULATE, DESCEND)

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        velocity = self.beta * state.velocity + gradient
        return theta - self.lr * velocity, State(velocity)

    def recurrence(self, curvature: float) -> Recurrence:
        pull = self.lr * curvature
        return Recurrence(1.0 + self.beta - pull, self.beta, 1.0 - pull)


@final
@dataclass(frozen=True)
class Nesterov(MomentumMethod):
    """Nesterov's momentum in PyTorch's form.

    v <- beta v + g, theta <- theta - alpha (g + beta v).

    Source: Y. Nesterov, Soviet Math. Doklady 27 (1983) 372-376; I. Sutskever et al., "On the
    importance of initialization and momentum in deep learning", ICML 2013.

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> from momentum_math import trace
    >>> bowl = Quadratic((1.0, 2.0))
    >>> trace(bowl, Nesterov(0.1, 0.5), (1.0, 1.0), 1).points[1].round(12).tolist()
    [0.85, 0.7]
    """

    name: ClassVar[str] = "nesterov"
    short: ClassVar[str] = "Nesterov"
    method: ClassVar[str] = "Nesterov momentum"
    rule: ClassVar[tuple[str, ...]] = (
        ACCUMULATE,
        rf"\theta \leftarrow \theta - \alpha ({GRADIENT} + \beta v)",
    )

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        """Return new theta and state; the velocity is v, the step also looks ahead along it."""
        velocity = self.beta * state.velocity + gradient
        return theta - self.lr * (gradient + self.beta * velocity), State(velocity)

    def recurrence(self, curvature: float) -> Recurrence:
        shrink = 1.0 - self.lr * curvature
        first = 1.0 - (1.0 + self.beta) * self.lr * curvature
        return Recurrence((1.0 + self.beta) * shrink, self.beta * shrink, first)
