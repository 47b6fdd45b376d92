"""Optimisers that scale each coordinate's step by the size of its recent gradients."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

import numpy as np

from momentum_math.optimizers.base import Optimizer, State
from momentum_math.parameters import SHARE, Number, Parameter
from momentum_math.types import Array

SQUARES = r"\, [\nabla L(\theta)]^2"

Epsilon = Annotated[
    float,
    Parameter(Number(0.0, 1.0, open_low=True), "added to the root", symbol="ε", is_dial=False),
]


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

    decay: Annotated[
        float,
        Parameter(
            SHARE, "the share of the old mean square that is kept", symbol="ρ", spoken="decay"
        ),
    ] = 0.99
    epsilon: Epsilon = 1e-8

    name: ClassVar[str] = "rmsprop"
    short: ClassVar[str] = "RMSProp"
    averages: ClassVar[int] = 1
    rule: ClassVar[tuple[str, ...]] = (
        rf"s \leftarrow \rho s + (1-\rho){SQUARES}",
        r"\theta \leftarrow \theta - \alpha\, \nabla L(\theta) / (\sqrt{s} + \varepsilon)",
    )

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        """Return new theta and state; the velocity is the gradient as it was scaled."""
        (squares,) = state.averages
        squares = self.decay * squares + (1.0 - self.decay) * (gradient * gradient)
        velocity = gradient / (np.sqrt(squares) + self.epsilon)
        return theta - self.lr * velocity, State(velocity, averages=(squares,))


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

    beta1: Annotated[
        float, Parameter(SHARE, "the share β₁ of the old average that is kept", symbol="β₁")
    ] = 0.9
    beta2: Annotated[
        float, Parameter(SHARE, "the share β₂ of the old mean square that is kept", symbol="β₂")
    ] = 0.999
    epsilon: Epsilon = 1e-8

    name: ClassVar[str] = "adam"
    short: ClassVar[str] = "Adam"
    averages: ClassVar[int] = 2
    rule: ClassVar[tuple[str, ...]] = (
        r"v \leftarrow \beta_1 v + (1-\beta_1) \nabla L(\theta)",
        rf"s \leftarrow \beta_2 s + (1-\beta_2){SQUARES}",
        r"\theta \leftarrow \theta - \alpha\, \hat{v} / (\sqrt{\hat{s}} + \varepsilon)",
        r"\hat{v} = v / (1-\beta_1^t),\quad \hat{s} = s / (1-\beta_2^t)",
    )

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        """Return new theta and state; the velocity is the scaled direction."""
        count = state.updates + 1
        mean, squares = state.averages
        mean = self.beta1 * mean + (1.0 - self.beta1) * gradient
        squares = self.beta2 * squares + (1.0 - self.beta2) * (gradient * gradient)
        root = np.sqrt(squares / (1.0 - self.beta2**count))
        velocity = mean / (1.0 - self.beta1**count) / (root + self.epsilon)
        return theta - self.lr * velocity, State(velocity, count, (mean, squares))
