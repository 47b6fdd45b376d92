"""The damped springs of a method: what it makes of each pull alpha lambda and each beta.

On a quadratic every eigen-direction of the Hessian moves on its own, by the recurrence of its
method (``Optimizer.recurrence``): x_{k+1} = T x_k - D x_{k-1}. That is a damped spring in discrete
time. With pull p = alpha lambda the trace T and the determinant D of each method are bilinear,

    T = (1, p) A (1, beta)',   D = (1, p) B (1, beta)',

so the borders between what springs do are roots of linear and quadratic equations. The damping
ratio is below one where the characteristic roots are complex (the spring swings), one where they
coincide (critical damping), and above one where they are real and the spring creeps.

Source: G. Goh, "Why Momentum Really Works", Distill 2017, https://doi.org/10.23915/distill.00006;
E. Jury, "On the roots of a real polynomial inside the unit circle", 1964 (``pulls_within``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np
import numpy.typing as npt

from momentum_math.optimizers.base import Optimizer
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.types import Array

Bilinear = tuple[tuple[float, float], tuple[float, float]]


@final
@dataclass(frozen=True)
class SpringFamily:
    """All springs of one method, one for each pull p > 0 and each beta in [0, 1).

    >>> from momentum_math.optimizers.momentum import EmaMomentum
    >>> springs = springs_of(EmaMomentum(0.18, 0.9))
    >>> float(springs.critical_beta(0.018).round(6))
    0.930524

    Attributes:
        trace: A, the coefficients of T: of 1, beta, p and p beta.
        determinant: B, those of D.
    """

    trace: Bilinear
    determinant: Bilinear

    def spectral_radius(self, pull: npt.ArrayLike, beta: npt.ArrayLike) -> Array:
        """The factor per step in the long run: the larger modulus of the characteristic roots.

        Args:
            pull: alpha lambda, of any shape.
            beta: Of a shape that goes with it.
        """
        pull, beta = np.asarray(pull, dtype=float), np.asarray(beta, dtype=float)
        trace, determinant = _at(self.trace, pull, beta), _at(self.determinant, pull, beta)
        gap = trace**2 - 4.0 * determinant
        real = (np.abs(trace) + np.sqrt(np.maximum(gap, 0.0))) / 2.0
        radius: Array = np.where(gap < 0.0, np.sqrt(np.maximum(determinant, 0.0)), real)
        return radius

    def swinging_pulls(self, beta: npt.ArrayLike) -> tuple[Array, Array]:
        """The pulls (low, high) between which a spring swings: where T^2 < 4 D.

        Equal where none does. EMA momentum: |ln p| < 2 artanh sqrt(beta).
        """
        (t0, t1), (d0, d1) = self._in_pull(beta)
        middle = 2.0 * d1 - t0 * t1
        root = np.sqrt(np.maximum(middle**2 - t1**2 * (t0**2 - 4.0 * d0), 0.0))
        high = (middle + root) / t1**2
        return (t0**2 - 4.0 * d0) / (middle + root), high

    def critical_beta(self, pull: npt.ArrayLike) -> Array:
        """The beta of critical damping, from which on the spring swings; NaN where it never does.

        EMA momentum: ((1 - p) / (1 + p))^2. Heavy ball: (1 - sqrt p)^2. Nesterov's momentum:
        (1 - sqrt p) / (1 + sqrt p).
        """
        (t0, t1), (d0, d1) = self._in_beta(pull)
        middle = 2.0 * d1 - t0 * t1
        root = np.sqrt(np.maximum(middle**2 - t1**2 * (t0**2 - 4.0 * d0), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            beta = (t0**2 - 4.0 * d0) / (middle + root)
            found: Array = np.where((beta >= 0.0) & (beta < 1.0), beta, np.nan)
        return found

    def pulls_within(self, beta: npt.ArrayLike, radius: float) -> tuple[Array, Array]:
        """The pulls (low, high) whose spectral radius is at most this one; NaN where none is.

        Jury's conditions, D <= r^2 and |T| <= r + D / r, are linear in p. With radius 1 the upper
        end is the border of divergence: EMA momentum's is 2 (1 + beta) / (1 - beta), the heavy
        ball's 2 (1 + beta), Nesterov's 2 (1 + beta) / (1 + 2 beta), plain descent's 2.
        """
        (t0, t1), (d0, d1) = self._in_pull(beta)
        low, high = np.full_like(t0, -np.inf), np.full_like(t0, np.inf)
        for factor, most in (
            (t1 - d1 / radius, radius + d0 / radius - t0),
            (-t1 - d1 / radius, radius + d0 / radius + t0),
            (d1, radius**2 - d0),
        ):
            with np.errstate(divide="ignore", invalid="ignore"):
                bound = most / factor
            high = np.where(factor > 0.0, np.minimum(high, bound), high)
            low = np.where(factor < 0.0, np.maximum(low, bound), low)
            high = np.where((factor == 0.0) & (most < 0.0), -np.inf, high)
        none = low > high
        return np.where(none, np.nan, low), np.where(none, np.nan, high)

    def pull_of(self, optimizer: Optimizer, curvature: float) -> float | None:
        """The pull at which a spring is that of another method at its own beta, if one is.

        The heavy ball is EMA momentum with a larger learning rate, plain descent any of them at
        beta 0; Nesterov's momentum is none of the others. Somebody's own rule is the heavy ball
        where its determinant is the beta.
        """
        form = None if optimizer.schedules else optimizer.recurrence(curvature)
        if form is None:
            return None
        beta = optimizer.beta if isinstance(optimizer, MomentumMethod) else form.determinant
        if not 0.0 <= beta < 1.0:
            return None
        (t0, t1), (d0, d1) = self._in_pull(beta)
        pull = float((form.trace - t0) / t1)
        is_same = abs(float(d0 + d1 * pull) - form.determinant) <= 1e-9
        return pull if is_same and pull > 0.0 else None

    def _in_pull(self, beta: npt.ArrayLike) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """(t0, t1), (d0, d1) with T = t0 + t1 p and D = d0 + d1 p."""
        beta = np.asarray(beta, dtype=float)
        (trace, determinant) = (
            (one[0][0] + one[0][1] * beta, one[1][0] + one[1][1] * beta)
            for one in (self.trace, self.determinant)
        )
        return trace, determinant

    def _in_beta(self, pull: npt.ArrayLike) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """(t0, t1), (d0, d1) with T = t0 + t1 beta and D = d0 + d1 beta."""
        pull = np.asarray(pull, dtype=float)
        (trace, determinant) = (
            (one[0][0] + one[1][0] * pull, one[0][1] + one[1][1] * pull)
            for one in (self.trace, self.determinant)
        )
        return trace, determinant


def _at(form: Bilinear, pull: Array, beta: Array) -> Array:
    """The value of (1, p) form (1, beta)'."""
    return form[0][0] + form[0][1] * beta + pull * (form[1][0] + form[1][1] * beta)


def springs_of(optimizer: Optimizer) -> SpringFamily | None:
    """The springs of a method; None where it is not linear, and where its numbers change.

    Its recurrence at two pulls and two betas says all: T and D are bilinear in them.
    """
    if optimizer.schedules:
        return None
    corners: list[tuple[float, float]] = []
    for pull, beta in ((0.0, 0.0), (0.0, 0.5), (1.0, 0.0), (1.0, 0.5)):
        unit = replace(optimizer, lr=1.0)
        if isinstance(unit, MomentumMethod):
            unit = replace(unit, beta=beta)
        form = unit.recurrence(pull)
        if form is None:
            return None
        corners.append((form.trace, form.determinant))
    trace, determinant = (_bilinear(*values) for values in zip(*corners, strict=True))
    return SpringFamily(trace, determinant)


def _bilinear(none: float, half: float, one: float, both: float) -> Bilinear:
    """The form with these values at (p, beta) = (0, 0), (0, 1/2), (1, 0) and (1, 1/2)."""
    return (none, 2.0 * (half - none)), (one - none, 2.0 * (both - half - one + none))
