"""Optimisers that step by the sign of each coordinate alone."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.optimizers.adaptive import Beta1, WeightDecay
from momentum_math.optimizers.base import Optimizer
from momentum_math.optimizers.momentum import AVERAGE
from momentum_math.parameters import SHARE, Parameter
from momentum_math.rules.rule import Lines


@final
@dataclass(frozen=True)
class Signum(Optimizer):
    """Signum: each coordinate steps by alpha against the sign of its averaged gradient.

    v <- beta v + (1 - beta) g, theta <- theta - alpha sign(v).

    Source: J. Bernstein et al., "signSGD: compressed optimisation for non-convex problems", ICML
    2018, https://arxiv.org/abs/1802.04434

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> trace(Saddle((4.0, -1.0)), Signum(0.25), (1.0, 1.0), 1).points[1].tolist()
    [0.75, 1.25]
    """

    beta: Annotated[
        float, Parameter(SHARE, "the share β of the old average that is kept", symbol="β")
    ] = 0.9

    name: ClassVar[str] = "signum"
    short: ClassVar[str] = "Signum"
    rule: ClassVar[Lines] = (AVERAGE, "theta = theta - lr*sign(v)")


@final
@dataclass(frozen=True)
class Lion(Optimizer):
    """Lion: the sign of one average of gradients, and another that is remembered.

    c = beta_1 m + (1 - beta_1) g, theta <- theta - alpha (sign(c) + lambda theta),
    m <- beta_2 m + (1 - beta_2) g.

    Source: X. Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023,
    https://arxiv.org/abs/2302.06675

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> trace(Saddle((4.0, -1.0)), Lion(0.25), (1.0, 1.0), 1).points[1].tolist()
    [0.75, 1.25]
    """

    beta1: Beta1 = 0.9
    beta2: Annotated[
        float, Parameter(SHARE, "the share β₂ of the old memory that is kept", symbol="β₂")
    ] = 0.99
    weight_decay: WeightDecay = 0.0

    name: ClassVar[str] = "lion"
    short: ClassVar[str] = "Lion"
    rule: ClassVar[Lines] = (
        "c = beta1*m + (1 - beta1)*g",
        "theta = theta - lr*(sign(c) + weight_decay*theta)",
        "m = beta2*m + (1 - beta2)*g",
    )
