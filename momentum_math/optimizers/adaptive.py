"""Optimisers that scale each coordinate's step by the size of its recent gradients."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.optimizers.base import Optimizer
from momentum_math.parameters import SHARE, Number, Parameter
from momentum_math.rules.rule import Lines

Epsilon = Annotated[
    float,
    Parameter(Number(0.0, 1.0, open_low=True), "added to the root", symbol="ε", is_dial=False),
]
Decay = Annotated[
    float,
    Parameter(SHARE, "the share of the old mean square that is kept", symbol="ρ", spoken="decay"),
]
Beta1 = Annotated[
    float, Parameter(SHARE, "the share β₁ of the old average that is kept", symbol="β₁")
]
Beta2 = Annotated[
    float, Parameter(SHARE, "the share β₂ of the old mean square that is kept", symbol="β₂")
]
WeightDecay = Annotated[
    float,
    Parameter(
        Number(0.0, 100.0),
        "the pull λ of the weights towards zero, apart from the loss",
        symbol="λ",
    ),
]

MEAN, SQUARES = "v = beta1*v + (1 - beta1)*g", "s = beta2*s + (1 - beta2)*g**2"
MEAN_CORRECTED, SQUARES_CORRECTED = "vhat = v/(1 - beta1**t)", "shat = s/(1 - beta2**t)"


@final
@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """AdaGrad in PyTorch's form: each coordinate's gradient over the root of its squares' sum.

    s <- s + g^2, theta <- theta - alpha g / (sqrt(s) + eps).

    Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and
    stochastic optimization", JMLR 12 (2011) 2121-2159.

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> trace(Saddle((4.0, -1.0)), AdaGrad(0.5), (1.0, 1.0), 1).points[1].round(6).tolist()
    [0.5, 1.5]
    """

    epsilon: Epsilon = 1e-10

    name: ClassVar[str] = "adagrad"
    short: ClassVar[str] = "AdaGrad"
    rule: ClassVar[Lines] = (
        "s = s + g**2",
        "theta = theta - lr*(g/(sqrt(s) + epsilon))",
    )


@final
@dataclass(frozen=True)
class RMSProp(Optimizer):
    """RMSProp in PyTorch's form: each coordinate's gradient over the root of its mean square.

    s <- rho s + (1 - rho) g^2, theta <- theta - alpha g / (sqrt(s) + eps).

    Source: T. Tieleman and G. Hinton, "Lecture 6.5 - rmsprop", Coursera 2012.

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> method = RMSProp(lr=0.01, decay=0.75)
    >>> trace(Saddle((4.0, -1.0)), method, (1.0, 1.0), 1).points[1].round(6).tolist()
    [0.98, 1.02]
    """

    decay: Decay = 0.99
    epsilon: Epsilon = 1e-8

    name: ClassVar[str] = "rmsprop"
    short: ClassVar[str] = "RMSProp"
    rule: ClassVar[Lines] = (
        "s = decay*s + (1 - decay)*g**2",
        "theta = theta - lr*(g/(sqrt(s) + epsilon))",
    )


@final
@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: averages of g and of g^2, both bias-corrected; eps outside the root.

    v <- beta_1 v + (1 - beta_1) g, s <- beta_2 s + (1 - beta_2) g^2,
    theta <- theta - alpha (v / (1 - beta_1^t)) / (sqrt(s / (1 - beta_2^t)) + eps).

    Source: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
    https://arxiv.org/abs/1412.6980

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> trace(Saddle((4.0, -0.5)), Adam(0.1), (1.0, 1.0), 1).points[1].round(6).tolist()
    [0.9, 1.1]
    """

    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    epsilon: Epsilon = 1e-8

    name: ClassVar[str] = "adam"
    short: ClassVar[str] = "Adam"
    rule: ClassVar[Lines] = (
        MEAN,
        SQUARES,
        MEAN_CORRECTED,
        SQUARES_CORRECTED,
        "theta = theta - lr*(vhat/(sqrt(shat) + epsilon))",
    )


@final
@dataclass(frozen=True)
class AdamW(Optimizer):
    """AdamW: Adam whose weights also shrink, apart from the gradient: decoupled weight decay.

    Adam's step, and theta <- theta - alpha lambda theta. It comes to rest where the two balance:
    not at the minimum of the loss, but nearer to zero.

    Source: I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019,
    https://arxiv.org/abs/1711.05101

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> method = AdamW(0.1, weight_decay=0.5)
    >>> trace(Saddle((4.0, -0.5)), method, (1.0, 1.0), 1).points[1].round(6).tolist()
    [0.85, 1.05]
    """

    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    epsilon: Epsilon = 1e-8
    weight_decay: WeightDecay = 0.01

    name: ClassVar[str] = "adamw"
    short: ClassVar[str] = "AdamW"
    rule: ClassVar[Lines] = (
        MEAN,
        SQUARES,
        MEAN_CORRECTED,
        SQUARES_CORRECTED,
        "theta = theta - lr*(vhat/(sqrt(shat) + epsilon) + weight_decay*theta)",
    )


@final
@dataclass(frozen=True)
class NAdam(Optimizer):
    """NAdam: Adam that looks ahead as Nesterov does; the form with a constant beta_1, as in optax.

    Adam's v and s; in place of the corrected v stands
    beta_1 v / (1 - beta_1^(t+1)) + (1 - beta_1) g / (1 - beta_1^t).

    Source: T. Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> trace(Saddle((4.0, -0.5)), NAdam(0.1), (1.0, 1.0), 1).points[1].round(6).tolist()
    [0.852632, 1.147368]
    """

    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    epsilon: Epsilon = 1e-8

    name: ClassVar[str] = "nadam"
    short: ClassVar[str] = "NAdam"
    rule: ClassVar[Lines] = (
        MEAN,
        SQUARES,
        "vhat = beta1*v/(1 - beta1**(t + 1)) + (1 - beta1)*g/(1 - beta1**t)",
        SQUARES_CORRECTED,
        "theta = theta - lr*(vhat/(sqrt(shat) + epsilon))",
    )


@final
@dataclass(frozen=True)
class AdaDelta(Optimizer):
    """AdaDelta in PyTorch's form: steps in proportion to the steps made before.

    s <- rho s + (1 - rho) g^2, delta = sqrt(u + eps) g / sqrt(s + eps),
    theta <- theta - alpha delta, u <- rho u + (1 - rho) delta^2.

    Source: M. Zeiler, "ADADELTA: an adaptive learning rate method", 2012,
    https://arxiv.org/abs/1212.5701 (where alpha is 1).

    >>> from momentum_math.landscapes.quadratics import Saddle
    >>> from momentum_math import trace
    >>> method = AdaDelta(1.0, decay=0.75, epsilon=0.01)
    >>> trace(Saddle((4.0, -1.0)), method, (1.0, 1.0), 1).points[1].round(6).tolist()
    [0.80025, 1.196116]
    """

    decay: Decay = 0.9
    epsilon: Epsilon = 1e-6

    name: ClassVar[str] = "adadelta"
    short: ClassVar[str] = "AdaDelta"
    arrow: ClassVar[str] = "delta"
    rule: ClassVar[Lines] = (
        "s = decay*s + (1 - decay)*g**2",
        "delta = sqrt(u + epsilon)*g/sqrt(s + epsilon)",
        "theta = theta - lr*delta",
        "u = decay*u + (1 - decay)*delta**2",
    )
