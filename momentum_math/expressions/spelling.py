"""Graphs of expressions written out, line by line, as Python and JavaScript both read it."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from momentum_math.expressions.functions import ARITHMETIC
from momentum_math.expressions.graph import Graph, Node

LARGEST_PRODUCT = 16
"""Up to this whole exponent a power is written as products."""
DEEPEST = 12
"""What is nested deeper gets a line of its own."""


class Written(NamedTuple):
    """Assignments in order, (name, text) each, and the text of each result."""

    lines: list[tuple[str, str]]
    results: list[str]


def spelled(name: str) -> str:
    """A name as it is written: no word of a language, and no name that is given here."""
    return f"{name}_"


def written(graph: Graph, outputs: Sequence[Node], word: Callable[[str], str]) -> Written:
    """Return some nodes of a graph written out: what is needed more than once has a name.

    Names are ``spelled``; ``word`` gives the words for functions, and for inf and nan.

    >>> graph = Graph()
    >>> x = graph.name("x")
    >>> square = graph.apply("*", x, x)
    >>> written(graph, [graph.apply("+", square, square)], str)
    Written(lines=[('s1', '(x_ * x_)')], results=['(s1 + s1)'])
    """
    plain = Graph()
    outputs = _as_products(graph, outputs, plain)
    nodes = plain.needed(outputs)
    uses = Counter(one for node in nodes for one in plain.arguments(node))
    uses.update(outputs)
    lines: list[tuple[str, str]] = []
    texts: dict[Node, tuple[str, int]] = {}
    for node in nodes:
        kind, *rest = plain[node]
        if kind in ("number", "name"):
            text = spelled(rest[0]) if kind == "name" else _literal(rest[0], word)
            texts[node] = (text, 0)
            continue
        inside = [texts[one][0] for one in rest]
        depth = 1 + max(texts[one][1] for one in rest)
        text = _operation(kind, inside, word)
        if uses[node] > 1 or depth > DEEPEST:
            lines.append((f"s{node}", text))
            text, depth = f"s{node}", 0
        texts[node] = (text, depth)
    return Written(lines, [texts[node][0] for node in outputs])


def _literal(value: float, word: Callable[[str], str]) -> str:
    """A number with all its digits."""
    digits = repr(abs(value)) if math.isfinite(value) else word("nan" if value != value else "inf")
    return f"(-{digits})" if value < 0.0 else digits


def _operation(kind: str, inside: list[str], word: Callable[[str], str]) -> str:
    """One operation on texts."""
    if kind == "neg":
        return f"(-{inside[0]})"
    if kind in ARITHMETIC:
        return f"({inside[0]} {kind} {inside[1]})"
    return f"{word(kind)}({', '.join(inside)})"


def _as_products(graph: Graph, outputs: Sequence[Node], plain: Graph) -> list[Node]:
    """Copy some nodes to another graph, whole powers as products; return them there."""
    copies: dict[Node, Node] = {}
    for node in graph.needed(outputs):
        kind, *rest = graph[node]
        exponent = graph.value(rest[1]) if kind == "**" else None
        if kind == "number":
            copies[node] = plain.number(rest[0])
        elif kind == "name":
            copies[node] = plain.name(rest[0])
        elif exponent is not None and exponent in range(2, LARGEST_PRODUCT + 1):
            copies[node] = _product(plain, copies[rest[0]], int(exponent))
        else:
            copies[node] = plain.apply(kind, *(copies[one] for one in rest))
    return [copies[node] for node in outputs]


def _product(graph: Graph, base: Node, exponent: int) -> Node:
    """A whole power by squaring."""
    if exponent == 1:
        return base
    half = _product(graph, base, exponent // 2)
    square = graph.apply("*", half, half)
    return graph.apply("*", square, base) if exponent % 2 else square
