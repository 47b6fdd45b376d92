"""Landscapes on which global optimisation is tested: funnels, humps, hollows of many depths."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.landscapes.expressed import Expressed
from momentum_math.parameters import POSITIVE, Parameter
from momentum_math.types import Point, Window

OUTER_HUMP = math.sqrt(2.1 + math.sqrt(0.91))
"""A root of t^4 - 4.2 t^2 + 3.5: |x| of the outer hollows of ThreeHumpCamel."""


@final
@dataclass(frozen=True)
class Ackley(Expressed):
    """A funnel full of dents, with a sharp bottom.

    Only the lowest minimum is listed; the dents have one near every whole pair of numbers.

    Source: D. Ackley, "A Connectionist Machine for Genetic Hillclimbing", Kluwer 1987.

    >>> round(float(Ackley().value((1.0, 1.0))), 4)
    3.6254
    """

    depth: Annotated[float, Parameter(POSITIVE, "the depth of the funnel")] = 20.0

    name: ClassVar[str] = "ackley"
    expression: ClassVar[str] = (
        "depth*(1 - exp(-0.2*sqrt((x**2 + y**2)/2))) + e - exp((cos(2*pi*x) + cos(2*pi*y))/2)"
    )
    example_start: ClassVar[Point] = (2.3, 1.6)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-5.0, 5.0), (-5.0, 5.0))


@final
@dataclass(frozen=True)
class Griewank(Expressed):
    """A wide bowl with waves on it.

    Only the lowest minimum is listed; most of the waves' hollows have one.

    Source: A. Griewank, "Generalized descent for global optimization", Journal of Optimization
    Theory and Applications 34 (1981) 11-39, https://doi.org/10.1007/BF00933356

    >>> float(Griewank().value((0.0, 0.0)))
    0.0
    """

    name: ClassVar[str] = "griewank"
    expression: ClassVar[str] = "(x**2 + y**2)/4000 + 1 - cos(x)*cos(y/sqrt(2))"
    example_start: ClassVar[Point] = (5.0, -2.5)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-10.0, 10.0), (-10.0, 10.0))


@final
@dataclass(frozen=True)
class Easom(Expressed):
    """A deep hole in a plain with ripples.

    Only the lowest minimum is listed; the ripples have some, too shallow to be seen.

    Source: E. Easom, "A survey of global optimization techniques", M. Eng. thesis, University of
    Louisville 1990.

    >>> float(Easom().value((math.pi, math.pi)))
    -1.0
    """

    name: ClassVar[str] = "easom"
    expression: ClassVar[str] = "-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)"
    example_start: ClassVar[Point] = (1.9, 2.3)
    minima: ClassVar[tuple[Point, ...]] = ((math.pi, math.pi),)
    minimum: ClassVar[float | None] = -1.0
    window: ClassVar[Window] = ((0.0, 6.0), (0.0, 6.0))


@final
@dataclass(frozen=True)
class ThreeHumpCamel(Expressed):
    """Three hollows, the middle one the lowest.

    Source: M. Jamil and X.-S. Yang, "A literature survey of benchmark functions for global
    optimisation problems", International Journal of Mathematical Modelling and Numerical
    Optimisation 4 (2013) 150-194, https://arxiv.org/abs/1308.4008

    >>> round(float(ThreeHumpCamel().value(ThreeHumpCamel.minima[1])), 4)
    0.2986
    """

    name: ClassVar[str] = "three-hump-camel"
    expression: ClassVar[str] = "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2"
    example_start: ClassVar[Point] = (1.8, 1.8)
    minima: ClassVar[tuple[Point, ...]] = (
        (0.0, 0.0),
        (-OUTER_HUMP, OUTER_HUMP / 2.0),
        (OUTER_HUMP, -OUTER_HUMP / 2.0),
    )
    window: ClassVar[Window] = ((-2.5, 2.5), (-2.5, 2.5))


@final
@dataclass(frozen=True)
class SixHumpCamel(Expressed):
    """Six hollows in pairs, two of them the lowest.

    Source: L. Dixon and G. Szegő, "The global optimization problem: an introduction", Towards
    Global Optimisation 2 (1978) 1-15.

    >>> round(float(SixHumpCamel().value((0.0898, -0.7127))), 4)
    -1.0316
    """

    name: ClassVar[str] = "six-hump-camel"
    expression: ClassVar[str] = "(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2"
    example_start: ClassVar[Point] = (-0.8, -0.1)
    minima: ClassVar[tuple[Point, ...]] = (
        (-0.08984201310031806, 0.7126564030207396),
        (0.08984201310031806, -0.7126564030207396),
        (-1.7036067149699809, 0.7960835686726251),
        (1.7036067149699809, -0.7960835686726251),
        (-1.6071047529201972, -0.5686514548841314),
        (1.6071047529201972, 0.5686514548841314),
    )
    minimum: ClassVar[float | None] = -1.0316284534898774
    window: ClassVar[Window] = ((-2.0, 2.0), (-1.2, 1.2))


@final
@dataclass(frozen=True)
class GoldsteinPrice(Expressed):
    """Crossing ravines, with losses from 3 to a million.

    Source: A. Goldstein and J. Price, "On descent from local minima", Mathematics of Computation 25
    (1971) 569-574, https://doi.org/10.1090/S0025-5718-1971-0312365-X

    >>> float(GoldsteinPrice().value((0.0, -1.0)))
    3.0
    """

    name: ClassVar[str] = "goldstein-price"
    expression: ClassVar[str] = (
        "(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
        "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))"
    )
    example_start: ClassVar[Point] = (-1.0, 0.0)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, -1.0), (-0.6, -0.4), (1.8, 0.2), (1.2, 0.8))
    minimum: ClassVar[float | None] = 3.0
    window: ClassVar[Window] = ((-2.0, 2.0), (-2.0, 2.0))


@final
@dataclass(frozen=True)
class Branin(Expressed):
    """A bent valley with hollows of the same depth.

    It has one at every odd multiple of pi; those of the window are listed.

    Source: F. Branin, "Widely convergent method for finding multiple solutions of simultaneous
    nonlinear equations", IBM Journal of Research and Development 16 (1972) 504-522,
    https://doi.org/10.1147/rd.165.0504

    >>> round(float(Branin().value((math.pi, 2.275))), 6)
    0.397887
    """

    name: ClassVar[str] = "branin"
    expression: ClassVar[str] = (
        "(y - 5.1*x**2/(4*pi**2) + 5*x/pi - 6)**2 + 10*(1 - 1/(8*pi))*(1 + cos(x)) + 10/(8*pi)"
    )
    example_start: ClassVar[Point] = (4.0, 12.3)
    minima: ClassVar[tuple[Point, ...]] = (
        (-math.pi, 12.275),
        (math.pi, 2.275),
        (3.0 * math.pi, 2.475),
    )
    minimum: ClassVar[float | None] = 10.0 / (8.0 * math.pi)
    window: ClassVar[Window] = ((-5.0, 11.0), (-1.0, 15.0))


@final
@dataclass(frozen=True)
class McCormick(Expressed):
    """A slope with hollows, each lower than the one before.

    The loss is unbounded below, though tests often stop at the lower of the two hollows listed.

    Source: M. Jamil and X.-S. Yang, "A literature survey of benchmark functions for global
    optimisation problems", International Journal of Mathematical Modelling and Numerical
    Optimisation 4 (2013) 150-194, https://arxiv.org/abs/1308.4008

    >>> round(float(McCormick().value(McCormick.minima[0])), 4)
    -1.9132
    """

    name: ClassVar[str] = "mccormick"
    expression: ClassVar[str] = "sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1"
    example_start: ClassVar[Point] = (3.0, 3.5)
    minima: ClassVar[tuple[Point, ...]] = (
        (0.5 - math.pi / 3.0, -0.5 - math.pi / 3.0),
        (0.5 + math.pi * 2.0 / 3.0, -0.5 + math.pi * 2.0 / 3.0),
    )
    minimum: ClassVar[float | None] = None
    window: ClassVar[Window] = ((-2.0, 4.0), (-3.0, 4.0))
