"""An optimiser that takes gradients between where it runs and the average of where it was."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.optimizers.base import Optimizer
from momentum_math.parameters import SHARE, Parameter
from momentum_math.rules.rule import Lines


@final
@dataclass(frozen=True)
class ScheduleFree(Optimizer):
    """Schedule-free gradient descent: an average of the path in place of a falling learning rate.

    z <- z - alpha g, x <- x + (z - x) / t, theta <- (1 - beta_1) z + beta_1 x; both start at theta.
    Shown is theta, where the gradients are taken, not the average x.

    Source: A. Defazio et al., "The road less scheduled", NeurIPS 2024,
    https://arxiv.org/abs/2405.15682

    >>> from momentum_math.landscapes.quadratics import Quadratic
    >>> from momentum_math import trace
    >>> bowl, method = Quadratic((1.0, 2.0)), ScheduleFree(0.1, beta1=0.5)
    >>> trace(bowl, method, (1.0, 1.0), 2).points[1:].round(6).tolist()
    [[0.9, 0.8], [0.8325, 0.68]]
    """

    beta1: Annotated[
        float,
        Parameter(SHARE, "the share β₁ of the average x where gradients are taken", symbol="β₁"),
    ] = 0.9

    name: ClassVar[str] = "schedule-free"
    short: ClassVar[str] = "Schedule-free"
    method: ClassVar[str] = "Schedule-free gradient descent"
    rule: ClassVar[Lines] = (
        "z = z - lr*g",
        "x = x + (z - x)/t",
        "theta = (1 - beta1)*z + beta1*x",
    )
    start: ClassVar[Lines] = ("z = theta", "x = theta")
