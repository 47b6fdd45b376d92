"""Landscapes that are one expression: all follows from its text."""

import ast
import copy
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import numpy as np
import numpy.typing as npt

from momentum_math.expressions.compiled import compiled
from momentum_math.expressions.derivatives import Derivatives
from momentum_math.expressions.graph import Graph, Node
from momentum_math.expressions.javascript import javascript
from momentum_math.expressions.latex import typeset
from momentum_math.expressions.parser import Names, parse
from momentum_math.landscapes.base import Landscape
from momentum_math.parameters import parameters_of
from momentum_math.types import Array

VARIABLES = ("x", "y")


@dataclass(frozen=True)
class Expressed(Landscape):
    """A loss that is an expression in x, y and constants.

    It is infinite or nan, without a warning, where it is undefined; so are its slopes, but a kink
    has the mean of the slopes beside it: abs(x) has 0 at 0.

    Attributes:
        expression: The loss, as ``expressions.parser`` allows it.
        constants: The value of each name in it beside x and y; its parameters if not said.
    """

    @property
    @abstractmethod
    def expression(self) -> str: ...

    @property
    def constants(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in parameters_of(type(self))}

    @property
    def tex(self) -> str:
        tree = parse(self.expression, _names(tuple(self.constants)))
        return typeset(_Numbers(self.constants).visit(copy.deepcopy(tree)))

    def value(self, points: npt.ArrayLike) -> Array:
        theta = _floats(points)
        (loss,) = _evaluated(self, 0, theta)
        if np.shape(loss) != theta.shape[:-1]:
            loss = np.broadcast_to(loss, theta.shape[:-1])
        result: Array = loss
        return result

    def gradient(self, points: npt.ArrayLike) -> Array:
        theta = _floats(points)
        # Each coordinate's values lie together: that is how they are computed with.
        result = np.empty(theta.shape, theta.dtype, order="F")
        result[..., 0], result[..., 1] = _evaluated(self, 1, theta)
        return result

    def hessian(self, points: npt.ArrayLike) -> Array:
        theta = _floats(points)
        result = np.empty((*theta.shape, 2), theta.dtype, order="F")
        result[..., 0, 0], xy, result[..., 1, 1] = _evaluated(self, 2, theta)
        result[..., 0, 1] = result[..., 1, 0] = xy
        return result


@final
class _Numbers(ast.NodeTransformer):
    """Puts numbers in the place of names."""

    def __init__(self, numbers: dict[str, float]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.numbers:
            return node
        number = self.numbers[node.id]
        digits = ast.Constant(abs(number))
        return ast.UnaryOp(ast.USub(), digits) if number < 0.0 else digits


def script(landscape: Expressed) -> str:
    """Return a landscape as JavaScript: an object of two functions of x and y.

    ``value`` returns [loss] and ``gradient`` [dx, dy]; see ``expressions.javascript``.
    """
    graph = Graph()
    meanings = {name: graph.number(value) for name, value in landscape.constants.items()}
    loss = graph.tree(parse(landscape.expression, _names(tuple(meanings))), meanings)
    value, gradient = (javascript(graph, _derived(graph, loss, n), VARIABLES) for n in (0, 1))
    return f"{{\nvalue: {value},\ngradient: {gradient},\n}}"


def _floats(points: npt.ArrayLike) -> npt.NDArray[Any]:
    """The points (..., 2) as floating-point numbers; complex ones stay complex."""
    theta = np.asarray(points)
    return theta if theta.dtype.kind in "fc" else theta.astype(np.float64)


def _evaluated(landscape: Expressed, order: int, theta: npt.NDArray[Any]) -> tuple[Any, ...]:
    """The derivatives of an order at points (..., 2); what is constant is not spread to (...)."""
    x, y = theta if theta.ndim == 1 else (theta[..., 0], theta[..., 1])
    with np.errstate(all="ignore"):
        return _function(landscape, order)(x, y)


@lru_cache(maxsize=256)
def _function(landscape: Expressed, order: int) -> Callable[[Any, Any], tuple[Any, ...]]:
    """The function of x and y that a landscape with its numbers is."""
    constants = landscape.constants
    function = _compiled(landscape.expression, tuple(constants), order)
    values = [np.float64(value) for value in constants.values()]
    return lambda x, y: function(x, y, *values)


@lru_cache(maxsize=256)
def _compiled(text: str, constants: tuple[str, ...], order: int) -> Callable[..., tuple[Any, ...]]:
    """The numpy function of x, y and the constants for the derivatives of an order."""
    graph = Graph()
    loss = graph.tree(parse(text, _names(constants)), {})
    return compiled(graph, _derived(graph, loss, order), (*VARIABLES, *constants))


def _names(constants: tuple[str, ...]) -> Names:
    return Names(VARIABLES, tuple((name, None) for name in constants))


def _derived(graph: Graph, loss: Node, order: int) -> list[Node]:
    """The loss for order 0; dx, dy for 1; dxx, dxy, dyy for 2."""
    by_x, by_y = (Derivatives(graph, name) for name in VARIABLES)
    slopes = [by_x.of(loss), by_y.of(loss)] if order else []
    match order:
        case 0:
            return [loss]
        case 1:
            return slopes
    return [by_x.of(slopes[0]), by_y.of(slopes[0]), by_y.of(slopes[1])]
