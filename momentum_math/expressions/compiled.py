"""Graphs of expressions as numpy functions."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from momentum_math.expressions.functions import FUNCTIONS, largest
from momentum_math.expressions.graph import Graph, Node
from momentum_math.expressions.spelling import spelled, written


def _share(index: float, *values: Any) -> Any:
    """1 where the value of this index alone is the largest, a part of it where several are."""
    most = largest(*values)
    return (values[int(index)] == most) / sum(np.where(one == most, 1.0, 0.0) for one in values)


def _weighed(weight: Any, slope: Any) -> Any:
    """The weight times the slope; 0 where the weight is, whatever the slope."""
    return np.where(weight == 0.0, 0.0, weight * slope)


_NAMES: dict[str, Any] = {
    **{name: function.value for name, function in FUNCTIONS.items()},
    **{"share": _share, "weighed": _weighed, "inf": np.inf, "nan": np.nan, "__builtins__": {}},
}


def compiled(
    graph: Graph, outputs: Sequence[Node], arguments: Sequence[str]
) -> Callable[..., tuple[Any, ...]]:
    """Return a numpy function of these names, in order, for some nodes of a graph, in order.

    It takes numpy scalars or arrays, element by element; what depends on none of the arguments
    is not spread to their shape. Only names that ``parser.parse`` has let through are in a graph.

    >>> graph = Graph()
    >>> x = graph.name("x")
    >>> compiled(graph, [graph.apply("*", x, x), x], ["x"])(np.float64(3.0))
    (np.float64(9.0), np.float64(3.0))
    """
    lines, results = written(graph, outputs, str)
    body = [f"    {name} = {text}" for name, text in lines]
    head = f"def function({', '.join(map(spelled, arguments))}):"
    source = "\n".join([head, *body, f"    return {', '.join(results)},"])
    names = dict(_NAMES)
    exec(compile(source, "<expression>", "exec"), names)
    made: Callable[..., tuple[Any, ...]] = names["function"]
    return made
