"""Optimisers that scale each coordinate's step by the size of its recent gradients."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, final

import numpy as np

from momentum_math.types import Array

SQUARES = r"\, [\nabla L(\theta)]^2"


class Scaled(NamedTuple):
    """State of RMSProp: the latest scaled direction and the average of squared gradients."""

    velocity: Array
    squares: Array


class Moments(NamedTuple):
    """State of Adam: the latest scaled direction, both averages, and the updates made."""

    velocity: Array
    mean: Array
    squares: Array
    count: int


@final
@dataclass(frozen=True)
class RMSProp:
    """RMSProp in PyTorch's form: each coordinate's gradient over the root of its mean square.

    s <- rho s + (1 - rho) g^2, theta <- theta - alpha g / (sqrt(s) + eps).

    Source: T. Tieleman and G. Hinton, "Lecture 6.5 - rmsprop", Coursera 2012.

    Args:
        lr: Learning rate alpha > 0.
        decay: Share rho of the old average that is kept, in [0, 1).
        epsilon: Added outside the root, above zero.

    >>> method = RMSProp(lr=0.01, decay=0.75)
    >>> theta = np.array([1.0, 1.0])
    >>> method.step(theta, np.array([4.0, -1.0]), method.init(theta))[0].round(6).tolist()
    [0.98, 1.02]
    """

    lr: float
    decay: float = 0.99
    epsilon: float = 1e-8

    name: ClassVar[str] = "rmsprop"
    method: ClassVar[str] = "RMSProp"
    rule: ClassVar[tuple[str, ...]] = (
        rf"s \leftarrow \rho s + (1-\rho){SQUARES}",
        r"\theta \leftarrow \theta - \alpha\, \nabla L(\theta) / (\sqrt{s} + \varepsilon)",
    )

    def init(self, theta: Array) -> Scaled:
        """No velocity and s_0 = 0."""
        return Scaled(np.zeros_like(theta), np.zeros_like(theta))

    def step(self, theta: Array, gradient: Array, state: Scaled) -> tuple[Array, Scaled]:
        """One update; the velocity is the gradient as it was scaled."""
        squares = self.decay * state.squares + (1.0 - self.decay) * (gradient * gradient)
        velocity = gradient / (np.sqrt(squares) + self.epsilon)
        return theta - self.lr * velocity, Scaled(velocity, squares)


@final
@dataclass(frozen=True)
class Adam:
    """Adam: averages of g and of g^2, both bias-corrected; eps outside the root.

    v <- beta_1 v + (1 - beta_1) g, s <- beta_2 s + (1 - beta_2) g^2,
    theta <- theta - alpha (v / (1 - beta_1^t)) / (sqrt(s / (1 - beta_2^t)) + eps).

    Source: D. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015,
    https://arxiv.org/abs/1412.6980

    Args:
        lr: Learning rate alpha > 0.
        beta1: Share of the old average of g that is kept, in [0, 1).
        beta2: Share of the old average of g^2 that is kept, in [0, 1).
        epsilon: Added outside the root, above zero.

    >>> method = Adam(lr=0.1)
    >>> theta = np.array([1.0, 1.0])
    >>> method.step(theta, np.array([4.0, -0.5]), method.init(theta))[0].round(6).tolist()
    [0.9, 1.1]
    """

    lr: float
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    name: ClassVar[str] = "adam"
    method: ClassVar[str] = "Adam"
    rule: ClassVar[tuple[str, ...]] = (
        r"v \leftarrow \beta_1 v + (1-\beta_1) \nabla L(\theta)",
        rf"s \leftarrow \beta_2 s + (1-\beta_2){SQUARES}",
        r"\theta \leftarrow \theta - \alpha\, \hat{v} / (\sqrt{\hat{s}} + \varepsilon)",
        r"\hat{v} = v / (1-\beta_1^t),\quad \hat{s} = s / (1-\beta_2^t)",
    )

    def init(self, theta: Array) -> Moments:
        """Both averages zero, no update made."""
        zero = np.zeros_like(theta)
        return Moments(zero, zero, zero, 0)

    def step(self, theta: Array, gradient: Array, state: Moments) -> tuple[Array, Moments]:
        """One update; the velocity is the scaled direction."""
        count = state.count + 1
        mean = self.beta1 * state.mean + (1.0 - self.beta1) * gradient
        squares = self.beta2 * state.squares + (1.0 - self.beta2) * (gradient * gradient)
        root = np.sqrt(squares / (1.0 - self.beta2**count))
        velocity = mean / (1.0 - self.beta1**count) / (root + self.epsilon)
        return theta - self.lr * velocity, Moments(velocity, mean, squares, count)
