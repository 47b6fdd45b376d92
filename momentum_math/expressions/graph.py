"""Expressions as a graph: equal parts are one node, so that each is computed once."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any, final

import numpy as np

from momentum_math.expressions.functions import ARITHMETIC, CONSTANTS, FUNCTIONS, OPERATORS

Node = int
"""A part of a graph, by its number; a part comes after those of which it is made."""

Part = tuple[Any, ...]
"""("number", value), ("name", name), or an operation or function and its arguments, nodes."""


@final
class Graph:
    """Parts of expressions, each once; what is made of numbers only is a number at once.

    >>> graph = Graph()
    >>> x, two = graph.name("x"), graph.number(2.0)
    >>> graph.apply("*", x, two) == graph.apply("*", x, two)
    True
    >>> graph.value(graph.apply("+", two, two))
    4.0
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._known: dict[tuple[Any, ...], Node] = {}

    def __getitem__(self, node: Node) -> Part:
        return self._parts[node]

    def _node(self, *part: Any) -> Node:
        # By its digits a number is known even if it is not equal to itself.
        key = ("number", repr(part[1])) if part[0] == "number" else part
        node = self._known.setdefault(key, len(self._parts))
        if node == len(self._parts):
            self._parts.append(part)
        return node

    def number(self, value: float) -> Node:
        """The node of a number."""
        return self._node("number", float(value))

    def name(self, name: str) -> Node:
        """The node of a variable or a constant."""
        return self._node("name", name)

    def value(self, node: Node) -> float | None:
        """Return the value of a number; None for everything else."""
        kind, *rest = self._parts[node]
        return float(rest[0]) if kind == "number" else None

    def apply(self, operation: str, *arguments: Node) -> Node:
        """The node of an operation, "neg" or a function on others, as it is written."""
        values = [self.value(one) for one in arguments]
        if None in values or operation not in (*ARITHMETIC, "neg", *FUNCTIONS):
            return self._node(operation, *arguments)
        with np.errstate(all="ignore"):
            return self.number(float(_computed(operation, [np.float64(v) for v in values])))

    def tree(self, node: ast.expr, meanings: Mapping[str, Node]) -> Node:
        """Return the node of a tree from ``parser.parse``, in which some names mean others.

        What is left of names stands for itself, but for pi and e.
        """

        def inner(part: ast.expr) -> Node:
            return self.tree(part, meanings)

        match node:
            case ast.Constant(value=value):
                return self.number(float(value))  # type: ignore[arg-type]
            case ast.Name(id=name) if name in meanings:
                return meanings[name]
            case ast.Name(id=name):
                return self.number(CONSTANTS[name]) if name in CONSTANTS else self.name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.apply("neg", inner(operand))
            case ast.UnaryOp(operand=operand):
                return inner(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self.apply(OPERATORS[type(op)], inner(left), inner(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.apply(name, *map(inner, arguments))
        raise TypeError(f"{type(node).__name__} cannot come from parse")

    def needed(self, outputs: Iterable[Node]) -> list[Node]:
        """Return the nodes of which some are made, these among them, in order."""
        found: set[Node] = set()
        waiting = list(outputs)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.arguments(node)
        return sorted(found)

    def arguments(self, node: Node) -> tuple[Node, ...]:
        """The nodes of which one is made."""
        kind, *rest = self._parts[node]
        return () if kind in ("number", "name") else tuple(rest)


def _computed(operation: str, values: list[Any]) -> Any:
    """The value of an operation on numbers."""
    if operation == "neg":
        return -values[0]
    if operation in ARITHMETIC:
        return ARITHMETIC[operation](*values)
    return FUNCTIONS[operation].value(*values)
