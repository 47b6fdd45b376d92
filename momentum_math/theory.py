"""A closed form: a bound on the loss of a linear method, known before the run is made.

On a quadratic every eigen-direction of the Hessian moves on its own. With curvature lambda, plain
descent, EMA momentum, the heavy ball and Nesterov's momentum all obey one recurrence,

    x_1 = p x_0,   x_{k+1} = T x_k - D x_{k-1},

whose characteristic roots mu solve mu^2 - T mu + D = 0 (``Optimizer.recurrence``).
"""

import math

import numpy as np

from momentum_math.landscapes import Landscape
from momentum_math.landscapes.quadratics import Quadratic, eigen_coordinates
from momentum_math.optimizers import Optimizer, Recurrence
from momentum_math.types import Point


def envelope(optimizer: Optimizer, landscape: Quadratic, start: Point) -> tuple[float, float]:
    """Return a bound that the loss never crosses: loss_k <= constant * rate**k.

    Returns:
        (constant, rate); the rate is the squared spectral radius of the slower direction.

    Raises:
        TypeError: The method is not a linear recurrence, or its numbers change from step to step.

    >>> from momentum_math.optimizers.momentum import EmaMomentum
    >>> constant, rate = envelope(EmaMomentum(0.18, 0.99), Quadratic((0.1, 10.0)), (-4.0, 1.5))
    >>> round(constant, 4), round(rate, 6)
    (12.1853, 0.99)
    """
    if optimizer.schedules:
        raise TypeError(f"the numbers of {optimizer} change, it has no closed form here")
    coordinates = eigen_coordinates(np.array(start, dtype=float), landscape.angle_degrees)
    constant, rate = 0.0, 0.0
    for curvature, coordinate in zip(landscape.curvatures, coordinates, strict=True):
        form = optimizer.recurrence(curvature)
        if form is None:
            raise TypeError(f"{optimizer} is not a linear recurrence, it has no closed form here")
        amplitude, decay = _amplitude(form)
        constant += 0.5 * curvature * (amplitude * float(coordinate)) ** 2
        rate = max(rate, decay**2)
    return constant, rate


def loses_closed_form(optimizer: Optimizer, landscape: Landscape) -> bool:
    """Whether a method would have a closed form on a landscape if its numbers did not change."""
    is_linear = optimizer.at(1).recurrence(1.0) is not None
    return bool(optimizer.schedules) and is_linear and isinstance(landscape, Quadratic)


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
