"""Landscapes that show what bowls do not: edges, plains, folds, and a flat middle."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from momentum_math.landscapes.expressed import Expressed
from momentum_math.parameters import POSITIVE, Number, Parameter
from momentum_math.types import Point, Window


@final
@dataclass(frozen=True)
class MonkeySaddle(Expressed):
    """A pass with room for two legs and a tail: three ways down, three up.

    It has no minimum, and in the middle no curvature at all.

    Source: D. Hilbert and S. Cohn-Vossen, "Anschauliche Geometrie", Springer 1932.

    >>> float(MonkeySaddle().value((-1.0, 0.0)))
    -1.0
    """

    name: ClassVar[str] = "monkey-saddle"
    expression: ClassVar[str] = "x**3 - 3*x*y**2"
    example_start: ClassVar[Point] = (1.5, 0.05)
    minima: ClassVar[tuple[Point, ...]] = ()
    minimum: ClassVar[float | None] = None
    window: ClassVar[Window] = ((-2.0, 2.0), (-2.0, 2.0))
    landmarks: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)


@final
@dataclass(frozen=True)
class Cliff(Expressed):
    """A high plain, and a bowl below its edge.

    What comes to the edge meets slopes a hundred times as steep, and is thrown far.

    Source, of cliffs in training: R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of
    training recurrent neural networks", ICML 2013, https://arxiv.org/abs/1211.5063

    >>> round(float(Cliff().value((1.0, 0.0))), 12)
    2.55
    """

    height: Annotated[float, Parameter(POSITIVE, "how high the plain lies above the bowl")] = 5.0
    steepness: Annotated[
        float, Parameter(Number(4.0, 16.0), "how sharp the edge is: the power that it grows with")
    ] = 8.0

    name: ClassVar[str] = "cliff"
    expression: ClassVar[str] = (
        "(x**2 + y**2)/20 + height*max(0, x)**steepness/(1 + max(0, x)**steepness)"
    )
    example_start: ClassVar[Point] = (2.6, 2.0)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-4.0, 4.0), (-3.0, 3.0))


@final
@dataclass(frozen=True)
class Plateau(Expressed):
    """A hollow in a plain: far away nothing pulls.

    Source, of plateaus in training: K. Fukumizu and S. Amari, "Local minima and plateaus in
    hierarchical structures of multilayer perceptrons", Neural Networks 13 (2000) 317-327,
    https://doi.org/10.1016/S0893-6080(00)00009-5

    >>> round(float(Plateau().value((1.0, 0.0))), 4)
    0.6321
    """

    b: Annotated[float, Parameter(POSITIVE, "how much more the hollow bends one way")] = 4.0

    name: ClassVar[str] = "plateau"
    expression: ClassVar[str] = "1 - exp(-x**2 - b*y**2)"
    example_start: ClassVar[Point] = (-1.8, 0.5)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-3.0, 3.0), (-2.0, 2.0))


@final
@dataclass(frozen=True)
class AbsValley(Expressed):
    """A valley folded from planes: its slopes never fade.

    Steps of one length jump to and fro over the fold for ever.

    Source: N. Shor, "Minimization Methods for Non-Differentiable Functions", Springer 1985.

    >>> float(AbsValley().value((-2.0, 1.0)))
    7.0
    """

    b: Annotated[float, Parameter(POSITIVE, "how much steeper the walls are than the floor")] = 5.0

    name: ClassVar[str] = "abs-valley"
    expression: ClassVar[str] = "abs(x) + b*abs(y)"
    example_start: ClassVar[Point] = (-3.0, 1.1)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-4.0, 4.0), (-2.0, 2.0))


@final
@dataclass(frozen=True)
class HuberValley(Expressed):
    """A ravine that is round at the bottom, and straight beyond.

    Source: P. Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics
    35 (1964) 73-101, https://doi.org/10.1214/aoms/1177703732

    >>> float(HuberValley().value((-3.0, 0.0)))
    2.5
    """

    b: Annotated[float, Parameter(POSITIVE, "how much steeper the walls are than the floor")] = 10.0
    delta: Annotated[float, Parameter(POSITIVE, "how far the round bottom reaches")] = 1.0

    name: ClassVar[str] = "huber-valley"
    expression: ClassVar[str] = (
        "(x**2 - max(0, abs(x) - delta)**2 + b*(y**2 - max(0, abs(y) - delta)**2))/2"
    )
    example_start: ClassVar[Point] = (-4.0, 1.7)
    minima: ClassVar[tuple[Point, ...]] = ((0.0, 0.0),)
    window: ClassVar[Window] = ((-5.0, 5.0), (-3.0, 3.0))
