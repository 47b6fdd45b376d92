"""The shape of a landscape round a minimum or a saddle point."""

from dataclasses import dataclass
from typing import final

import numpy as np

from momentum_math.landscapes import Landscape
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.landscapes.quadratics import Quadratic, principal_axes
from momentum_math.types import Array


@final
@dataclass(frozen=True)
class Basin:
    """The quadratic that a landscape is near a point where its gradient is zero.

    Attributes:
        point: The minimiser, or the saddle point, (2,).
        low: The smaller curvature.
        high: The larger curvature.
        along: Unit vector of the smaller curvature, (2,).
        across: Unit vector of the larger curvature, (2,).
    """

    point: Array
    low: float
    high: float
    along: Array
    across: Array

    @property
    def condition(self) -> float:
        """The condition number: the larger curvature over the smaller one."""
        return self.high / self.low

    def parts(self, vector: Array) -> tuple[float, float]:
        """A vector's components (along, across)."""
        return float(vector @ self.along), float(vector @ self.across)


def basin_at(landscape: Landscape, minimum: Array) -> Basin | None:
    """The basin of a minimum, (2,); None where the Hessian is unknown, undefined or flat."""
    if isinstance(landscape, Quadratic):
        values, vectors = principal_axes(landscape)
    elif isinstance(landscape, MeasuredLandscape):
        return None  # the curvatures between a grid's points were not measured
    else:
        with np.errstate(all="ignore"):
            hessian = landscape.hessian(minimum)
        if not np.isfinite(hessian).all():
            return None
        values, vectors = np.linalg.eigh(hessian)
        if values[0] <= 1e-9 * values[1]:
            return None
    along, across = (v * (1 if v[np.abs(v).argmax()] > 0 else -1) for v in vectors.T)
    return Basin(minimum, float(values[0]), float(values[1]), along, across)


def saddle_of(landscape: Landscape) -> Basin | None:
    """The saddle point that a landscape is about, with its curvatures.

    None without one, and where it does not bend up one way and down the other.
    """
    if not landscape.is_saddle:
        return None
    point = np.array(landscape.landmarks[0])
    values, vectors = np.linalg.eigh(landscape.hessian(point))
    if not values[0] < 0.0 < values[1]:
        return None
    return Basin(point, float(values[0]), float(values[1]), vectors[:, 0], vectors[:, 1])
