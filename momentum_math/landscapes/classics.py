"""Landscapes that the optimisation literature tests on: curved valleys, plateaus, many minima."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.landscapes.expressed import Expressed
from momentum_math.landscapes.latex import tex_number, tex_sum
from momentum_math.parameters import POSITIVE, Number, Parameter
from momentum_math.types import Point, Window

OUTER_ROOTS = (-2.903534027771177, 2.746802770990837)
"""Of 4 t^3 - 32 t + 5, where StyblinskiTang is flat."""


@final
@dataclass(frozen=True)
class Rosenbrock(Expressed):
    """A valley bent like a banana.

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
    expression: ClassVar[str] = "(a - x)**2 + b*(y - x**2)**2"
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


@final
@dataclass(frozen=True)
class Beale(Expressed):
    """A plateau with steep corners.

    Source: E. Beale, "On an iterative method for finding a local minimum of a function of more
    than one variable", Princeton Statistical Techniques Research Group, report 25 (1958).

    >>> float(Beale().value((3.0, 0.5)))
    0.0
    """

    name: ClassVar[str] = "beale"
    expression: ClassVar[str] = (
        "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2"
    )
    example_start: ClassVar[Point] = (1.0, 1.2)
    minima: ClassVar[tuple[Point, ...]] = ((3.0, 0.5),)
    window: ClassVar[Window] = ((-4.5, 4.5), (-4.5, 4.5))
    tex: ClassVar[str] = (
        r"\sum_{i=1}^{3} (c_i - \theta_1 + \theta_1 \theta_2^i)^2"
        r",\quad c = (1.5,\, 2.25,\, 2.625)"
    )


@final
@dataclass(frozen=True)
class Himmelblau(Expressed):
    """Four equal minima.

    Source: D. Himmelblau, "Applied Nonlinear Programming", McGraw-Hill 1972.

    >>> float(Himmelblau().value((3.0, 2.0)))
    0.0
    """

    name: ClassVar[str] = "himmelblau"
    expression: ClassVar[str] = "(x**2 + y - 11)**2 + (x + y**2 - 7)**2"
    example_start: ClassVar[Point] = (0.5, -1.0)
    minima: ClassVar[tuple[Point, ...]] = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )
    window: ClassVar[Window] = ((-5.5, 5.5), (-5.5, 5.5))
    tex: ClassVar[str] = r"(\theta_1^2 + \theta_2 - 11)^2 + (\theta_1 + \theta_2^2 - 7)^2"


@final
@dataclass(frozen=True)
class StyblinskiTang(Expressed):
    """Four minima of different depth.

    Source: M. Styblinski and T. Tang, "Experiments in nonconvex optimization", Neural Networks 3
    (1990) 467-483, https://doi.org/10.1016/0893-6080(90)90029-K

    >>> round(float(StyblinskiTang().value((-2.903534, -2.903534))), 4)
    -78.3323
    """

    name: ClassVar[str] = "styblinski-tang"
    expression: ClassVar[str] = "(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2"
    example_start: ClassVar[Point] = (0.5, 3.5)
    minima: ClassVar[tuple[Point, ...]] = tuple((x, y) for x in OUTER_ROOTS for y in OUTER_ROOTS)
    minimum: ClassVar[float | None] = -78.33233140754282
    window: ClassVar[Window] = ((-4.5, 4.5), (-4.5, 4.5))
    tex: ClassVar[str] = r"\tfrac{1}{2} \sum_{i=1}^{2} (\theta_i^4 - 16\,\theta_i^2 + 5\,\theta_i)"


@final
@dataclass(frozen=True)
class Rastrigin(Expressed):
    """A bowl full of dents.

    Only the lowest minimum is listed; the dents have one near every whole pair of numbers.

    Source: L. Rastrigin, "Systems of extremal control", Nauka 1974.

    >>> float(Rastrigin().value((1.0, 0.0)))
    1.0
    """

    amplitude: Annotated[float, Parameter(POSITIVE, "the depth of the dents")] = 10.0

    name: ClassVar[str] = "rastrigin"
    expression: ClassVar[str] = (
        "x**2 + y**2 + amplitude*(1 - cos(2*pi*x)) + amplitude*(1 - cos(2*pi*y))"
    )
    example_start: ClassVar[Point] = (2.3, -1.2)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-5.12, 5.12), (-5.12, 5.12))

    @property
    def tex(self) -> str:
        dents = tex_sum([(self.amplitude, r"\cos(2 \pi \theta_i)")])
        twice = tex_number(2.0 * self.amplitude)
        return rf"{twice} + \sum_{{i=1}}^{{2}} (\theta_i^2 - {dents})"


@final
@dataclass(frozen=True)
class Booth(Expressed):
    """A bowl whose axes run slantwise.

    Source: M. Jamil and X.-S. Yang, "A literature survey of benchmark functions for global
    optimisation problems", International Journal of Mathematical Modelling and Numerical
    Optimisation 4 (2013) 150-194, https://arxiv.org/abs/1308.4008

    >>> float(Booth().value((1.0, 2.0)))
    5.0
    """

    name: ClassVar[str] = "booth"
    expression: ClassVar[str] = "(x + 2*y - 7)**2 + (2*x + y - 5)**2"
    example_start: ClassVar[Point] = (-3.0, 4.0)
    minima: ClassVar[tuple[Point, ...]] = ((1.0, 3.0),)
    window: ClassVar[Window] = ((-4.0, 6.0), (-2.0, 8.0))


@final
@dataclass(frozen=True)
class Matyas(Expressed):
    """A shallow ravine along a diagonal.

    Source: M. Jamil and X.-S. Yang, "A literature survey of benchmark functions for global
    optimisation problems", International Journal of Mathematical Modelling and Numerical
    Optimisation 4 (2013) 150-194, https://arxiv.org/abs/1308.4008

    >>> round(float(Matyas().value((1.0, 1.0))), 12)
    0.04
    """

    name: ClassVar[str] = "matyas"
    expression: ClassVar[str] = "0.26*(x**2 + y**2) - 0.48*x*y"
    example_start: ClassVar[Point] = (-8.0, -2.0)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-10.0, 10.0), (-10.0, 10.0))
