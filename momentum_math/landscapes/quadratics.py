"""Quadratic landscapes: the bowl, and the saddle with one direction downhill for ever."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, final

import numpy as np

from momentum_math.landscapes.expressed import Expressed
from momentum_math.landscapes.latex import tex_sum
from momentum_math.parameters import LEAST, POSITIVE, Number, Pair, Parameter
from momentum_math.types import Array, Point, Window, readonly


@lru_cache(maxsize=64)
def direction(angle_degrees: float) -> Point:
    """The unit vector at an angle from the x axis, counterclockwise; exact at every quarter turn.

    >>> direction(90.0)
    (0.0, 1.0)
    """
    quarters, rest = divmod(angle_degrees, 90.0)
    if rest == 0.0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters) % 4]
    angle = math.radians(angle_degrees)
    return math.cos(angle), math.sin(angle)


def eigen_coordinates(points: Array, angle_degrees: float) -> tuple[Array, Array]:
    """The coordinates (...) of points (..., 2) along axes that are turned by an angle."""
    cosine, sine = direction(angle_degrees)
    x, y = points[..., 0], points[..., 1]
    return cosine * x + sine * y, cosine * y - sine * x


@dataclass(frozen=True)
class QuadraticForm(Expressed):
    """Half of the squares of the coordinates along two eigenvectors, times their eigenvalues."""

    curvatures: Point
    angle_degrees: Annotated[
        float, Parameter(Number(-360.0, 360.0), "how far the axes of the Hessian are turned")
    ] = 0.0

    landmarks: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    # In eigen-coordinates a bowl's loss is never below its minimum.
    expression: ClassVar[str] = "(lambda1*(c*x + s*y)**2 + lambda2*(c*y - s*x)**2)/2"

    @property
    def constants(self) -> dict[str, float]:
        lambda1, lambda2 = self.curvatures
        c, s = direction(self.angle_degrees)
        return {"lambda1": lambda1, "lambda2": lambda2, "c": c, "s": s}

    @property
    def tex(self) -> str:
        (xx, xy), (_, yy) = self.hessian(np.zeros(2))
        symbols = (r"\theta_1^2", r"\theta_1 \theta_2", r"\theta_2^2")
        return tex_sum(zip((0.5 * xx, xy, 0.5 * yy), symbols, strict=True))


@final
@dataclass(frozen=True)
class Quadratic(QuadraticForm):
    """A bowl with two curvatures.

    Gradient descent on it is solved exactly, one direction at a time.

    Source: G. Goh, "Why Momentum Really Works", Distill 2017, https://doi.org/10.23915/distill.00006

    >>> float(Quadratic((0.1, 10.0)).value((-4.0, 1.5)))
    12.05
    """

    curvatures: Annotated[
        Point, Parameter(Pair(POSITIVE, "[0.1, 10.0]"), "the eigenvalues of the Hessian")
    ] = (0.1, 10.0)

    name: ClassVar[str] = "quadratic"
    example_start: ClassVar[Point] = (-4.0, 1.5)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-5.0, 5.0), (-5.0, 5.0))


@final
@dataclass(frozen=True)
class Saddle(QuadraticForm):
    """A pass between two hills: curvature above zero one way, below zero the other way.

    It has no minimum: it falls for ever along one direction.

    Source: Y. Dauphin et al., "Identifying and attacking the saddle point problem in
    high-dimensional non-convex optimization", NeurIPS 2014, https://arxiv.org/abs/1406.2572

    >>> float(Saddle().value((0.0, 2.0)))
    -2.0
    """

    curvatures: Annotated[
        Point,
        Parameter(
            Pair(Number(-1e6, 1e6), "[1.0, -1.0]", opposite_signs=LEAST),
            "the eigenvalues of the Hessian, one above and one below zero",
        ),
    ] = (1.0, -1.0)

    name: ClassVar[str] = "saddle"
    example_start: ClassVar[Point] = (-2.0, 0.01)
    minima: ClassVar[tuple[Point, ...]] = ()
    minimum: ClassVar[float | None] = None
    window: ClassVar[Window] = ((-3.0, 3.0), (-3.0, 3.0))


def principal_axes(landscape: QuadraticForm) -> tuple[Array, Array]:
    """The curvatures in ascending order, (2,), and their unit vectors as columns, (2, 2).

    Exact, where eigenvalues of the Hessian would lose the smaller of two very different ones.

    >>> principal_axes(Quadratic((10.0, 0.1)))[0].tolist()
    [0.1, 10.0]
    """
    cosine, sine = direction(landscape.angle_degrees)
    vectors = np.array([[cosine, -sine], [sine, cosine]])
    order = np.argsort(landscape.curvatures, kind="stable")
    return readonly(np.array(landscape.curvatures)[order]), readonly(vectors[:, order])
