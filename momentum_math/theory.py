"""Closed forms: what theory says about a run before it is made.

On a quadratic every eigen-direction of the Hessian moves on its own. With curvature lambda, plain
descent, EMA momentum, the heavy ball and Nesterov's momentum all obey one recurrence,

    x_1 = p x_0,   x_{k+1} = T x_k - D x_{k-1},

whose characteristic roots mu solve mu^2 - T mu + D = 0. What else is here follows from T, D and p.
"""

import cmath
import math
from dataclasses import dataclass

import numpy as np

from momentum_math.landscapes.quadratics import Quadratic, eigen_coordinates
from momentum_math.optimizers import Optimizer
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov
from momentum_math.types import Point


@dataclass(frozen=True)
class Recurrence:
    """How one eigen-coordinate moves: x_{k+1} = T x_k - D x_{k-1} + noise.

    Attributes:
        trace: T, the sum of the roots.
        determinant: D, their product.
        first: p, the factor of the first step.
        kicks: (b_0, b_1): noise xi_k on the gradient adds b_0 xi_k + b_1 xi_{k-1} to x_{k+1}.
    """

    trace: float
    determinant: float
    first: float
    kicks: tuple[float, float]

    @property
    def roots(self) -> tuple[complex, complex]:
        """The characteristic roots, the one of larger modulus first."""
        root = cmath.sqrt(self.trace**2 - 4.0 * self.determinant)
        larger = (self.trace + root) / 2.0 if self.trace >= 0 else (self.trace - root) / 2.0
        return larger, self.determinant / larger if larger else larger


def recurrence(optimizer: Optimizer, curvature: float) -> Recurrence:
    """The recurrence of a linear method in a direction of the given curvature.

    Args:
        optimizer: Plain descent, EMA momentum without bias correction, heavy ball, or Nesterov.
        curvature: Eigenvalue lambda of the Hessian; may be negative.

    Returns:
        Its coefficients.

    Raises:
        TypeError: The method has no such recurrence; ask only for linear ones.

    >>> round(recurrence(GradientDescent(0.18), 10.0).trace, 12)
    -0.8
    """
    if isinstance(optimizer, GradientDescent):
        shrink = 1.0 - optimizer.lr * curvature
        return Recurrence(shrink, 0.0, shrink, (-optimizer.lr, 0.0))
    if isinstance(optimizer, EmaMomentum) and not optimizer.bias_correction:
        return _averaging(optimizer, curvature)
    if isinstance(optimizer, HeavyBall):
        pull = optimizer.lr * curvature
        beta = optimizer.beta
        return Recurrence(1.0 + beta - pull, beta, 1.0 - pull, (-optimizer.lr, 0.0))
    if isinstance(optimizer, Nesterov):
        lr, beta = optimizer.lr, optimizer.beta
        shrink = 1.0 - lr * curvature
        return Recurrence(
            (1.0 + beta) * shrink,
            beta * shrink,
            1.0 - (1.0 + beta) * lr * curvature,
            (-lr * (1.0 + beta), lr * beta),
        )
    raise TypeError(f"{optimizer} is not a linear recurrence, it has no closed form here")


def _averaging(optimizer: EmaMomentum, curvature: float) -> Recurrence:
    """EMA momentum, which is the heavy ball with learning rate alpha (1 - beta)."""
    lr, beta = optimizer.lr * (1.0 - optimizer.beta), optimizer.beta
    start = optimizer.lr if optimizer.first_step == "gradient" else lr
    return Recurrence(1.0 + beta - lr * curvature, beta, 1.0 - start * curvature, (-lr, 0.0))


def has_closed_form(optimizer: Optimizer) -> bool:
    """Whether the closed forms of this module hold for a method.

    >>> has_closed_form(HeavyBall(0.1, 0.9)), has_closed_form(EmaMomentum(0.1, 0.9, True))
    (True, False)
    """
    try:
        recurrence(optimizer, 1.0)
    except TypeError:
        return False
    return True


def factor(lr: float, curvature: float) -> float:
    """What plain descent multiplies an eigen-coordinate by in each step: 1 - alpha lambda.

    >>> round(factor(0.18, 10.0), 12)
    -0.8
    """
    return 1.0 - lr * curvature


def spectral_radius(optimizer: Optimizer, curvature: float) -> float:
    """The factor by which an eigen-coordinate shrinks per step in the long run.

    Args:
        optimizer: A linear method.
        curvature: Eigenvalue lambda of the Hessian.

    Returns:
        max |mu|; the run converges along this direction iff it is below 1.

    >>> round(spectral_radius(EmaMomentum(0.18, 0.9), 0.1), 6)
    0.977221
    """
    return max(abs(root) for root in recurrence(optimizer, curvature).roots)


def rings(optimizer: Optimizer, curvature: float) -> bool:
    """Whether a direction oscillates as a damped wave, that is, has complex roots.

    For EMA momentum this is |ln(alpha lambda)| < 2 artanh(sqrt(beta)), and then |mu| = sqrt(beta).

    Args:
        optimizer: A linear method.
        curvature: Eigenvalue lambda of the Hessian.

    Returns:
        True for complex roots; plain descent never rings (a negative factor is a zigzag).

    >>> rings(EmaMomentum(0.18, 0.9), 0.1), rings(EmaMomentum(0.18, 0.99), 0.1)
    (False, True)
    """
    form = recurrence(optimizer, curvature)
    return form.trace**2 < 4.0 * form.determinant


def lr_limit(optimizer: Optimizer, curvature: float) -> float:
    """The learning rate from which a method diverges along a direction.

    Args:
        optimizer: A linear method; its own learning rate plays no part.
        curvature: Eigenvalue lambda of the Hessian, above zero.

    Returns:
        2 / lambda for plain descent, 2 (1+beta) / ((1-beta) lambda) for EMA momentum,
        2 (1+beta) / lambda for the heavy ball, 2 (1+beta) / ((1+2 beta) lambda) for Nesterov.

    Raises:
        TypeError: The method has no such limit.

    >>> lr_limit(GradientDescent(0.18), 10.0), round(lr_limit(EmaMomentum(0.18, 0.9), 10.0), 12)
    (0.2, 3.8)
    """
    if isinstance(optimizer, GradientDescent):
        return 2.0 / curvature
    if isinstance(optimizer, EmaMomentum):
        return 2.0 * (1.0 + optimizer.beta) / ((1.0 - optimizer.beta) * curvature)
    if isinstance(optimizer, HeavyBall):
        return 2.0 * (1.0 + optimizer.beta) / curvature
    if isinstance(optimizer, Nesterov):
        return 2.0 * (1.0 + optimizer.beta) / ((1.0 + 2.0 * optimizer.beta) * curvature)
    raise TypeError(f"{optimizer} has no closed limit for its learning rate")


def critical_beta(lr: float, curvature: float) -> float:
    """The beta at which EMA momentum begins to ring along a direction.

    There both roots coincide, which is the quickest decay along that direction at this alpha.

    Args:
        lr: Learning rate alpha.
        curvature: Eigenvalue lambda of the Hessian, above zero.

    Returns:
        ((1 - alpha lambda) / (1 + alpha lambda))^2.

    >>> round(critical_beta(0.18, 0.1), 6)
    0.930524
    """
    pull = lr * curvature
    return ((1.0 - pull) / (1.0 + pull)) ** 2


def envelope(optimizer: Optimizer, landscape: Quadratic, start: Point) -> tuple[float, float]:
    """A bound that the loss never crosses: loss_k <= constant * rate**k.

    Args:
        optimizer: A linear method.
        landscape: A definite quadratic.
        start: (x, y).

    Returns:
        (constant, rate); the rate is the squared spectral radius of the slower direction.

    >>> constant, rate = envelope(EmaMomentum(0.18, 0.99), Quadratic((0.1, 10.0)), (-4.0, 1.5))
    >>> round(constant, 4), round(rate, 6)
    (12.1853, 0.99)
    """
    coordinates = eigen_coordinates(np.array(start, dtype=float), landscape.angle_degrees)
    constant, rate = 0.0, 0.0
    for curvature, coordinate in zip(landscape.curvatures, coordinates, strict=True):
        amplitude, decay = _amplitude(recurrence(optimizer, curvature))
        constant += 0.5 * curvature * (amplitude * float(coordinate)) ** 2
        rate = max(rate, decay**2)
    return constant, rate


def _amplitude(form: Recurrence) -> tuple[float, float]:
    """The least c with |x_k| <= c rho^k for x_0 = 1, and rho.

    With distinct roots x_k = a mu_1^k + b mu_2^k. For complex roots c is the amplitude of the wave;
    for real ones a + b (mu_2/mu_1)^k lies between its values at k = 0, 1 and infinity. Roots that
    (nearly) coincide give (a + b k) mu^k, which needs a rate slightly above mu.
    """
    large, small = form.roots
    rho = abs(large)
    if rho == 0.0:
        return 1.0, 0.0
    if abs(large - small) <= 1e-6 * rho:
        slope = form.first / large.real - 1.0
        rate = rho + 0.05 * (1.0 - rho) if rho < 1.0 else 1.05 * rho
        return _peak(slope, rho / rate), rate
    a = (form.first - small) / (large - small)
    if large.imag != 0.0:
        return 2.0 * abs(a), rho
    ratio = (small / large).real
    a, b = a.real, 1.0 - a.real
    return max(1.0, abs(a + b * ratio), abs(a)), rho


def _peak(slope: float, ratio: float) -> float:
    """The largest |1 + slope k| ratio^k over k = 0, 1, 2, ..."""
    turn = -1.0 / math.log(ratio) - (1.0 / slope if slope else 0.0)
    near = {0, 1, max(0, math.floor(turn)), max(0, math.ceil(turn))}
    return max(abs(1.0 + slope * k) * ratio**k for k in near)


def stationary_variance(optimizer: Optimizer, curvature: float, sigma: float) -> float:
    """The variance of an eigen-coordinate that gradient noise keeps alive for ever.

    Plain descent: alpha sigma^2 / (lambda (2 - alpha lambda)). EMA momentum:
    (1+beta) alpha sigma^2 / (lambda (2 (1+beta) - alpha (1-beta) lambda)). At small alpha lambda
    both are alpha sigma^2 / (2 lambda): averaging calms the steep directions, not the flat ones.

    Source: G. Box and G. Jenkins, "Time Series Analysis" (variance of an ARMA(2, 1) process).

    Args:
        optimizer: A linear method.
        curvature: Eigenvalue lambda of the Hessian, above zero.
        sigma: Standard deviation of the noise on each component of the gradient.

    Returns:
        The variance; infinite where the method diverges.

    >>> round(stationary_variance(GradientDescent(0.1), 1.0, 1.0), 6)
    0.052632
    """
    form = recurrence(optimizer, curvature)
    if spectral_radius(optimizer, curvature) >= 1.0:
        return math.inf
    total, product = form.trace, form.determinant
    now, before = form.kicks
    kicked = (1.0 + product) * (now**2 + before**2) + 2.0 * now * before * total
    return sigma**2 * kicked / ((1.0 - product) * ((1.0 + product) ** 2 - total**2))


def stationary_loss(optimizer: Optimizer, landscape: Quadratic, sigma: float) -> float:
    """The mean loss that gradient noise keeps alive for ever on a quadratic.

    Args:
        optimizer: A linear method.
        landscape: A definite quadratic.
        sigma: Standard deviation of the noise on each component of the gradient.

    Returns:
        The sum of lambda_i variance_i / 2.

    >>> round(stationary_loss(GradientDescent(0.18), Quadratic((0.1, 10.0)), 0.5), 6)
    0.123852
    """
    return sum(
        0.5 * curvature * stationary_variance(optimizer, curvature, sigma)
        for curvature in landscape.curvatures
    )
