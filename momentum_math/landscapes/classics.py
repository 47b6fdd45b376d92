"""Landscapes that the optimisation literature tests on: curved valleys, plateaus, many minima."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, final

import numpy as np
import numpy.typing as npt

from momentum_math.landscapes.base import Landscape
from momentum_math.landscapes.latex import tex_number, tex_sum
from momentum_math.parameters import POSITIVE, Number, Parameter
from momentum_math.types import Array, Point, Window, pair, symmetric

OUTER_ROOTS = (-2.903534027771177, 2.746802770990837)
"""Of 4 t^3 - 32 t + 5, where StyblinskiTang is flat."""


def _xy(points: npt.ArrayLike) -> tuple[Array, Array]:
    """The two coordinates of points (..., 2), each of shape (...)."""
    x_y = np.asarray(points)
    return x_y[..., 0], x_y[..., 1]


@final
@dataclass(frozen=True)
class Rosenbrock(Landscape):
    """A valley bent like a banana: f = (a - x)^2 + b (y - x^2)^2.

    Source: H. Rosenbrock, "An automatic method for finding the greatest or least value of a
    function", The Computer Journal 3 (1960) 175-184, https://doi.org/10.1093/comjnl/3.3.175

    >>> float(Rosenbrock().value((-1.0, 1.0)))
    4.0
    """

    a: Annotated[float, Parameter(Number(-10.0, 10.0), "the minimum lies at (a, a²)")] = 1.0
    b: Annotated[float, Parameter(POSITIVE, "how much steeper the walls are than the floor")] = (
        100.0
    )

    name: ClassVar[str] = "rosenbrock"
    example_start: ClassVar[Point] = (-1.5, 2.0)

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((self.a, self.a**2),)

    @property
    def window(self) -> Window:
        reach = max(2.0, abs(self.a) + 1.0)
        return (-reach, reach), (-1.0, self.a**2 + 2.0)

    @property
    def tex(self) -> str:
        valley = r"(\theta_2 - \theta_1^2)^2"
        return f"({tex_number(self.a)} - \\theta_1)^2 + {tex_sum([(self.b, valley)])}"

    def value(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        along, across = self.a - x, y - x * x
        return along * along + self.b * across * across

    def gradient(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        across = y - x * x
        return pair(-2.0 * (self.a - x) - 4.0 * self.b * x * across, 2.0 * self.b * across)

    def hessian(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        xx = 2.0 - 4.0 * self.b * (y - 3.0 * x * x)
        return symmetric(xx, -4.0 * self.b * x, 2.0 * self.b)


@final
@dataclass(frozen=True)
class Beale(Landscape):
    """A plateau with steep corners: f = sum over i of (c_i - x + x y^i)^2, c = 1.5, 2.25, 2.625.

    Source: E. Beale, "On an iterative method for finding a local minimum of a function of more
    than one variable", Princeton Statistical Techniques Research Group, report 25 (1958).

    >>> float(Beale().value((3.0, 0.5)))
    0.0
    """

    name: ClassVar[str] = "beale"
    example_start: ClassVar[Point] = (1.0, 1.2)
    minima: ClassVar[tuple[Point, ...]] = ((3.0, 0.5),)
    window: ClassVar[Window] = ((-4.5, 4.5), (-4.5, 4.5))
    tex: ClassVar[str] = (
        r"\sum_{i=1}^{3} (c_i - \theta_1 + \theta_1 \theta_2^i)^2"
        r",\quad c = (1.5,\, 2.25,\, 2.625)"
    )

    def value(self, points: npt.ArrayLike) -> Array:
        return sum((rest * rest for rest, *_ in self._terms(points)), np.zeros(()))

    def gradient(self, points: npt.ArrayLike) -> Array:
        terms = self._terms(points)
        return pair(
            sum(2.0 * rest * dx for rest, dx, *_ in terms),
            sum(2.0 * rest * dy for rest, _, dy, *_ in terms),
        )

    def hessian(self, points: npt.ArrayLike) -> Array:
        terms = self._terms(points)
        return symmetric(
            sum(2.0 * dx * dx for _, dx, *_ in terms),
            sum(2.0 * (dx * dy + rest * dxy) for rest, dx, dy, dxy, _ in terms),
            sum(2.0 * (dy * dy + rest * dyy) for rest, _, dy, _, dyy in terms),
        )

    @staticmethod
    def _terms(points: npt.ArrayLike) -> list[tuple[Array, Array, Array, Array, Array]]:
        """For each summand its root and that root's derivatives dx, dy, dxdy, dydy."""
        x, y = _xy(points)
        y2 = y * y
        y3 = y2 * y
        one = np.ones_like(y)
        return [
            (1.5 - x + x * y, y - 1.0, x, one, 0.0 * x),
            (2.25 - x + x * y2, y2 - 1.0, 2.0 * x * y, 2.0 * y, 2.0 * x),
            (2.625 - x + x * y3, y3 - 1.0, 3.0 * x * y2, 3.0 * y2, 6.0 * x * y),
        ]


@final
@dataclass(frozen=True)
class Himmelblau(Landscape):
    """Four equal minima: f = (x^2 + y - 11)^2 + (x + y^2 - 7)^2.

    Source: D. Himmelblau, "Applied Nonlinear Programming", McGraw-Hill 1972.

    >>> float(Himmelblau().value((3.0, 2.0)))
    0.0
    """

    name: ClassVar[str] = "himmelblau"
    example_start: ClassVar[Point] = (0.5, -1.0)
    minima: ClassVar[tuple[Point, ...]] = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )
    window: ClassVar[Window] = ((-5.5, 5.5), (-5.5, 5.5))
    tex: ClassVar[str] = r"(\theta_1^2 + \theta_2 - 11)^2 + (\theta_1 + \theta_2^2 - 7)^2"

    def value(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        first, second = x * x + y - 11.0, x + y * y - 7.0
        return first * first + second * second

    def gradient(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        first, second = x * x + y - 11.0, x + y * y - 7.0
        return pair(4.0 * x * first + 2.0 * second, 2.0 * first + 4.0 * y * second)

    def hessian(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        xx, yy = 12.0 * x * x + 4.0 * y - 42.0, 12.0 * y * y + 4.0 * x - 26.0
        return symmetric(xx, 4.0 * (x + y), yy)


@final
@dataclass(frozen=True)
class StyblinskiTang(Landscape):
    """Four minima of different depth: f = (x^4 - 16 x^2 + 5 x + y^4 - 16 y^2 + 5 y) / 2.

    Source: M. Styblinski and T. Tang, "Experiments in nonconvex optimization", Neural Networks 3
    (1990) 467-483, https://doi.org/10.1016/0893-6080(90)90029-K

    >>> round(float(StyblinskiTang().value((-2.903534, -2.903534))), 4)
    -78.3323
    """

    name: ClassVar[str] = "styblinski-tang"
    example_start: ClassVar[Point] = (0.5, 3.5)
    minima: ClassVar[tuple[Point, ...]] = tuple((x, y) for x in OUTER_ROOTS for y in OUTER_ROOTS)
    minimum: ClassVar[float | None] = -78.33233140754282
    window: ClassVar[Window] = ((-4.5, 4.5), (-4.5, 4.5))
    tex: ClassVar[str] = r"\tfrac{1}{2} \sum_{i=1}^{2} (\theta_i^4 - 16\,\theta_i^2 + 5\,\theta_i)"

    def value(self, points: npt.ArrayLike) -> Array:
        theta = np.asarray(points)
        squares = theta * theta
        result: Array = 0.5 * (squares * squares - 16.0 * squares + 5.0 * theta).sum(axis=-1)
        return result

    def gradient(self, points: npt.ArrayLike) -> Array:
        theta: Array = np.asarray(points)
        return (2.0 * theta * theta - 16.0) * theta + 2.5

    def hessian(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        return symmetric(6.0 * x * x - 16.0, 0.0 * x, 6.0 * y * y - 16.0)


@final
@dataclass(frozen=True)
class Rastrigin(Landscape):
    """A bowl full of dents: f = 2 A + x^2 + y^2 - A cos(2 pi x) - A cos(2 pi y).

    Only the lowest minimum is listed; the dents have one near every whole pair of numbers.

    Source: L. Rastrigin, "Systems of extremal control", Nauka 1974.

    >>> float(Rastrigin().value((1.0, 0.0)))
    1.0
    """

    amplitude: Annotated[float, Parameter(POSITIVE, "the depth of the dents")] = 10.0

    name: ClassVar[str] = "rastrigin"
    example_start: ClassVar[Point] = (2.3, -1.2)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-5.12, 5.12), (-5.12, 5.12))

    @property
    def tex(self) -> str:
        dents = tex_sum([(self.amplitude, r"\cos(2 \pi \theta_i)")])
        twice = tex_number(2.0 * self.amplitude)
        return rf"{twice} + \sum_{{i=1}}^{{2}} (\theta_i^2 - {dents})"

    def value(self, points: npt.ArrayLike) -> Array:
        theta = np.asarray(points)
        dents = 1.0 - np.cos(2.0 * math.pi * theta)
        result: Array = (theta * theta + self.amplitude * dents).sum(axis=-1)
        return result

    def gradient(self, points: npt.ArrayLike) -> Array:
        theta, turn = np.asarray(points), 2.0 * math.pi
        return 2.0 * theta + turn * self.amplitude * np.sin(turn * theta)

    def hessian(self, points: npt.ArrayLike) -> Array:
        x, y = _xy(points)
        turn = 2.0 * math.pi
        bend = turn * turn * self.amplitude
        return symmetric(2.0 + bend * np.cos(turn * x), 0.0 * x, 2.0 + bend * np.cos(turn * y))
