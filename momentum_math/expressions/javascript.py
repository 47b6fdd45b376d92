"""Graphs of expressions as JavaScript functions, for pages that run without Python."""

from collections.abc import Sequence

from momentum_math.expressions.graph import Graph, Node
from momentum_math.expressions.spelling import spelled, written

WORDS = {"share": "share", "weighed": "weighed", "inf": "Infinity", "nan": "NaN"}


def javascript(graph: Graph, outputs: Sequence[Node], arguments: Sequence[str]) -> str:
    r"""Return an arrow function of these names, in order, for an array of some nodes of a graph.

    The script around it has ``share`` and ``weighed``, which slopes at kinks need.

    >>> graph = Graph()
    >>> x = graph.name("x")
    >>> javascript(graph, [graph.apply("sin", x), x], ["x"])
    '(x_) => {\n  return [Math.sin(x_), x_];\n}'
    """
    lines, results = written(graph, outputs, lambda name: WORDS.get(name, f"Math.{name}"))
    body = "".join(f"  const {name} = {text};\n" for name, text in lines)
    head = ", ".join(map(spelled, arguments))
    return f"({head}) => {{\n{body}  return [{', '.join(results)}];\n}}"
