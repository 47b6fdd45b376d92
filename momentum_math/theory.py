"""Closed forms: what theory says about a run before it is made.

On a quadratic every eigen-direction of the Hessian moves on its own. With curvature lambda, plain
descent, EMA momentum, the heavy ball and Nesterov's momentum all obey one recurrence,

    x_1 = p x_0,   x_{k+1} = T x_k - D x_{k-1},

whose characteristic roots mu solve mu^2 - T mu + D = 0 (``Optimizer.recurrence``). What else is
here follows from T, D and p.
"""

import math
from dataclasses import replace

import numpy as np

from momentum_math.landscapes.quadratics import Quadratic, eigen_coordinates
from momentum_math.optimizers import Optimizer, Recurrence
from momentum_math.types import Point


def _recurrence(optimizer: Optimizer, curvature: float) -> Recurrence:
    """Return the recurrence of a linear method; TypeError if it is none."""
    found = optimizer.recurrence(curvature)
    if found is None:
        raise TypeError(f"{optimizer} is not a linear recurrence, it has no closed form here")
    return found


def has_closed_form(optimizer: Optimizer) -> bool:
    """Tell whether the closed forms of this module hold for a method.

    >>> from momentum_math.optimizers.momentum import EmaMomentum, HeavyBall
    >>> has_closed_form(HeavyBall(0.1, 0.9)), has_closed_form(EmaMomentum(0.1, 0.9, True))
    (True, False)
    """
    return optimizer.recurrence(1.0) is not None


def factor(lr: float, curvature: float) -> float:
    """Return the factor of an eigen-coordinate in each step of plain descent: 1 - alpha lambda.

    >>> round(factor(0.18, 10.0), 12)
    -0.8
    """
    return 1.0 - lr * curvature


def spectral_radius(optimizer: Optimizer, curvature: float) -> float:
    """Return the factor by which an eigen-coordinate shrinks per step in the long run.

    Args:
        optimizer: A linear method.
        curvature: Eigenvalue lambda of the Hessian.

    Returns:
        max |mu|; the run converges along this direction iff it is below 1.

    >>> from momentum_math.optimizers.momentum import EmaMomentum
    >>> round(spectral_radius(EmaMomentum(0.18, 0.9), 0.1), 6)
    0.977221
    """
    return max(abs(root) for root in _recurrence(optimizer, curvature).roots)


def oscillates(optimizer: Optimizer, curvature: float) -> bool:
    """Tell whether a direction oscillates as a damped wave, that is, has complex roots.

    For EMA momentum this is |ln(alpha lambda)| < 2 artanh(sqrt(beta)), and then |mu| = sqrt(beta).

    Args:
        optimizer: A linear method.
        curvature: Eigenvalue lambda of the Hessian.

    Returns:
        True for complex roots; plain descent never does (a negative factor is a zigzag).

    >>> from momentum_math.optimizers.momentum import EmaMomentum
    >>> oscillates(EmaMomentum(0.18, 0.9), 0.1), oscillates(EmaMomentum(0.18, 0.99), 0.1)
    (False, True)
    """
    form = _recurrence(optimizer, curvature)
    return form.trace**2 < 4.0 * form.determinant


def lr_limit(optimizer: Optimizer, curvature: float) -> float:
    """Return the learning rate from which a method diverges along a direction.

    There a root reaches -1, that is, 1 + T + D = 0, and T and D are linear in alpha lambda.

    Args:
        optimizer: A linear method; its own learning rate plays no part.
        curvature: Eigenvalue lambda of the Hessian, above zero.

    Returns:
        2 / lambda for plain descent, 2 (1+beta) / ((1-beta) lambda) for EMA momentum,
        2 (1+beta) / lambda for the heavy ball, 2 (1+beta) / ((1+2 beta) lambda) for Nesterov.

    Raises:
        TypeError: The method is not linear.

    >>> from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent
    >>> lr_limit(GradientDescent(0.18), 10.0), round(lr_limit(EmaMomentum(0.18, 0.9), 10.0), 12)
    (0.2, 3.8)
    """
    unit = replace(optimizer, lr=1.0)
    still, moved = (_recurrence(unit, pull) for pull in (0.0, 1.0))
    drop = (still.trace - moved.trace) + (still.determinant - moved.determinant)
    return (1.0 + still.trace + still.determinant) / (drop * curvature)


def critical_beta(lr: float, curvature: float) -> float:
    """Return the beta at which EMA momentum begins to oscillate along a direction.

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
    """Return a bound that the loss never crosses: loss_k <= constant * rate**k.

    Args:
        optimizer: A linear method.
        landscape: A definite quadratic.
        start: (x, y).

    Returns:
        (constant, rate); the rate is the squared spectral radius of the slower direction.

    >>> from momentum_math.optimizers.momentum import EmaMomentum
    >>> constant, rate = envelope(EmaMomentum(0.18, 0.99), Quadratic((0.1, 10.0)), (-4.0, 1.5))
    >>> round(constant, 4), round(rate, 6)
    (12.1853, 0.99)
    """
    coordinates = eigen_coordinates(np.array(start, dtype=float), landscape.angle_degrees)
    constant, rate = 0.0, 0.0
    for curvature, coordinate in zip(landscape.curvatures, coordinates, strict=True):
        amplitude, decay = _amplitude(_recurrence(optimizer, curvature))
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
