"""Quadratic landscapes: the bowl, and the saddle with one direction downhill for ever."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from momentum_math.latex import tex_sum
from momentum_math.types import Array, Point, Window, pair, readonly, symmetric


@lru_cache(maxsize=64)
def direction(angle_degrees: float) -> Point:
    """The unit vector at an angle, exact at every quarter turn.

    Args:
        angle_degrees: Counted from the x axis, counterclockwise.

    Returns:
        (cosine, sine).

    >>> direction(90.0)
    (0.0, 1.0)
    """
    quarters, rest = divmod(angle_degrees, 90.0)
    if rest == 0.0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters) % 4]
    angle = math.radians(angle_degrees)
    return math.cos(angle), math.sin(angle)


def eigen_coordinates(points: npt.NDArray[Any], angle_degrees: float) -> tuple[Any, Any]:
    """Coordinates along the two eigenvectors of the Hessian.

    Args:
        points: Shape (..., 2).
        angle_degrees: How far the first eigenvector is turned from the x axis.

    Returns:
        Two arrays of shape (...): along the first and along the second eigenvector.
    """
    cosine, sine = direction(angle_degrees)
    x, y = points[..., 0], points[..., 1]
    return cosine * x + sine * y, cosine * y - sine * x


def _value(points: npt.ArrayLike, curvatures: Point, angle_degrees: float) -> Array:
    """(lambda_1 u^2 + lambda_2 w^2) / 2 in eigen-coordinates, so never below its minimum."""
    u, w = eigen_coordinates(np.asarray(points), angle_degrees)
    return 0.5 * (curvatures[0] * u * u + curvatures[1] * w * w)


def _gradient(points: npt.ArrayLike, curvatures: Point, angle_degrees: float) -> Array:
    """R (lambda_1 u, lambda_2 w)."""
    cosine, sine = direction(angle_degrees)
    u, w = eigen_coordinates(np.asarray(points), angle_degrees)
    slope_u, slope_w = curvatures[0] * u, curvatures[1] * w
    return pair(cosine * slope_u - sine * slope_w, sine * slope_u + cosine * slope_w)


def _hessian(points: npt.ArrayLike, curvatures: Point, angle_degrees: float) -> Array:
    """The constant matrix R diag(lambda) R^T, once for each point."""
    cosine, sine = direction(angle_degrees)
    first, second = curvatures
    matrix = symmetric(
        first * cosine**2 + second * sine**2,
        (first - second) * cosine * sine,
        first * sine**2 + second * cosine**2,
    )
    return np.broadcast_to(matrix, (*np.shape(points)[:-1], 2, 2))


def _tex(curvatures: Point, angle_degrees: float) -> str:
    """The quadratic form written out in theta_1 and theta_2."""
    (xx, xy), (_, yy) = _hessian(np.zeros(2), curvatures, angle_degrees)
    symbols = (r"\theta_1^2", r"\theta_1 \theta_2", r"\theta_2^2")
    return tex_sum(zip((0.5 * xx, xy, 0.5 * yy), symbols, strict=True))


@final
@dataclass(frozen=True)
class Quadratic:
    """A bowl with two curvatures: f = (lambda_1 u^2 + lambda_2 w^2) / 2.

    u and w are the coordinates along the Hessian's eigenvectors, which are the axes turned by
    ``angle_degrees``. Gradient descent on it is solved exactly, one direction at a time.

    Source: G. Goh, "Why Momentum Really Works", Distill 2017, https://doi.org/10.23915/distill.00006

    Args:
        curvatures: The Hessian's eigenvalues (lambda_1, lambda_2), both above zero.
        angle_degrees: How far the eigenvectors are turned, counterclockwise.

    >>> float(Quadratic((0.1, 10.0)).value((-4.0, 1.5)))
    12.05
    """

    curvatures: Point = (0.1, 10.0)
    angle_degrees: float = 0.0

    name: ClassVar[str] = "quadratic"
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    minimum: ClassVar[float | None] = 0.0
    landmarks: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-5.0, 5.0), (-5.0, 5.0))

    @property
    def tex(self) -> str:
        """The right-hand side of f(theta) as LaTeX."""
        return _tex(self.curvatures, self.angle_degrees)

    def value(self, points: npt.ArrayLike) -> Array:
        """Loss at points (..., 2), shape (...)."""
        return _value(points, self.curvatures, self.angle_degrees)

    def gradient(self, points: npt.ArrayLike) -> Array:
        """Gradient at points (..., 2), shape (..., 2)."""
        return _gradient(points, self.curvatures, self.angle_degrees)

    def hessian(self, points: npt.ArrayLike) -> Array:
        """Hessian at points (..., 2), shape (..., 2, 2)."""
        return _hessian(points, self.curvatures, self.angle_degrees)


@final
@dataclass(frozen=True)
class Saddle:
    """A pass between two hills: curvature above zero one way, below zero the other way.

    f = (lambda_1 u^2 + lambda_2 w^2) / 2 has no minimum; it falls for ever along one direction.

    Source: Y. Dauphin et al., "Identifying and attacking the saddle point problem in
    high-dimensional non-convex optimization", NeurIPS 2014, https://arxiv.org/abs/1406.2572

    Args:
        curvatures: The Hessian's eigenvalues, one above and one below zero.
        angle_degrees: How far the eigenvectors are turned, counterclockwise.

    >>> float(Saddle().value((0.0, 2.0)))
    -2.0
    """

    curvatures: Point = (1.0, -1.0)
    angle_degrees: float = 0.0

    name: ClassVar[str] = "saddle"
    minima: ClassVar[tuple[Point, ...]] = ()
    minimum: ClassVar[float | None] = None
    landmarks: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-3.0, 3.0), (-3.0, 3.0))

    @property
    def tex(self) -> str:
        """The right-hand side of f(theta) as LaTeX."""
        return _tex(self.curvatures, self.angle_degrees)

    def value(self, points: npt.ArrayLike) -> Array:
        """Loss at points (..., 2), shape (...)."""
        return _value(points, self.curvatures, self.angle_degrees)

    def gradient(self, points: npt.ArrayLike) -> Array:
        """Gradient at points (..., 2), shape (..., 2)."""
        return _gradient(points, self.curvatures, self.angle_degrees)

    def hessian(self, points: npt.ArrayLike) -> Array:
        """Hessian at points (..., 2), shape (..., 2, 2)."""
        return _hessian(points, self.curvatures, self.angle_degrees)


def principal_axes(landscape: Quadratic | Saddle) -> tuple[Array, Array]:
    """The curvatures in ascending order, (2,), and their unit vectors as columns, (2, 2).

    Exact, where eigenvalues of the Hessian would lose the smaller of two very different ones.

    >>> principal_axes(Quadratic((10.0, 0.1)))[0].tolist()
    [0.1, 10.0]
    """
    cosine, sine = direction(landscape.angle_degrees)
    vectors = np.array([[cosine, -sine], [sine, cosine]])
    order = np.argsort(landscape.curvatures, kind="stable")
    return readonly(np.array(landscape.curvatures)[order]), readonly(vectors[:, order])
