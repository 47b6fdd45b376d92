"""Plain descent and the methods that keep a velocity: EMA momentum, heavy ball, Nesterov."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.optimizers.base import Optimizer
from momentum_math.parameters import SHARE, Choice, Flag, Parameter
from momentum_math.rules.rule import Lines

ACCUMULATE, AVERAGE = "v = beta*v + g", "v = beta*v + (1 - beta)*g"
DESCEND = "theta = theta - lr*v"


@dataclass(frozen=True)
class MomentumMethod(Optimizer):
    """A method that keeps a share beta of the old velocity."""

    beta: Annotated[
        float, Parameter(SHARE, "the share β of the old velocity that is kept", symbol="β")
    ]

    arrow: ClassVar[str] = "v"

    @property
    def remembers(self) -> bool:
        return "beta" in self.schedules or self.beta > 0.0


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
    rule: ClassVar[Lines] = ("theta = theta - lr*g",)


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
    def rule(self) -> Lines:
        if self.bias_correction:
            return AVERAGE, "theta = theta - lr*(v/(1 - beta**t))"
        return AVERAGE, DESCEND

    @property
    def start(self) -> Lines:
        return ("v = g",) if self.first_step == "gradient" else ()


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
    rule: ClassVar[Lines] = (ACCUMULATE, DESCEND)


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
    rule: ClassVar[Lines] = (ACCUMULATE, "theta = theta - lr*(g + beta*v)")
