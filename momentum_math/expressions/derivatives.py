"""Derivatives of graphs of expressions, by the rules of calculus.

A kink has the mean of its one-sided slopes: 0 for ``abs`` and ``sign`` where they jump, and where
several arguments of ``max`` or ``min`` are level, the mean of their slopes. It has no bend. Beside
that a slope is what the chain rule says in floating-point numbers: infinite or nan where the
expression has none, such as ``log(x)`` at 0, or ``sqrt(x**2 + y**2)`` at the origin.
"""

from typing import final

from momentum_math.expressions.functions import FUNCTIONS
from momentum_math.expressions.graph import Graph, Node
from momentum_math.expressions.parser import Names, parse

INSIDE = Names(("u", "v"))
"""The arguments of a function, in which its slopes are declared."""


@final
class Derivatives:
    """The derivatives of a graph's nodes by one name; they are put into the graph.

    >>> graph = Graph()
    >>> x = graph.name("x")
    >>> slope = Derivatives(graph, "x").of(graph.apply("**", x, graph.number(2.0)))
    >>> graph[slope] == ("*", graph.number(2.0), x)
    True
    """

    def __init__(self, graph: Graph, name: str) -> None:
        self._graph = graph
        self._name = name
        self._known: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        """Return the derivative of a node."""
        if node not in self._known:
            self._known[node] = self._derived(node)
        return self._known[node]

    def _derived(self, node: Node) -> Node:
        """The derivative of a node by its kind."""
        kind, *rest = self._graph[node]
        match kind, rest:
            case "number", _:
                return self._number(0.0)
            case "name", [name]:
                return self._number(1.0 if name == self._name else 0.0)
            case "neg", [inside]:
                return self._negative(self.of(inside))
            case "+", [left, right]:
                return self._sum(self.of(left), self.of(right))
            case "-", [left, right]:
                return self._sum(self.of(left), self._negative(self.of(right)))
            case "*", [left, right]:
                return self._of_product(left, right)
            case "/", [over, under]:
                share = self._product(node, self.of(under))
                return self._quotient(self._sum(self.of(over), self._negative(share)), under)
            case "**", [base, exponent]:
                return self._of_power(node, base, exponent)
            case (("sign" | "share"), _):
                return self._number(0.0)
            case "weighed", [weight, weighed]:
                return self._weighed(weight, self.of(weighed))
        return self._of_function(kind, rest)

    def _of_product(self, left: Node, right: Node) -> Node:
        """The product rule."""
        if left == right:
            return self._product(self._number(2.0), self._product(left, self.of(left)))
        there, here = self._product(self.of(left), right), self._product(left, self.of(right))
        return self._sum(there, here)

    def _of_power(self, power: Node, base: Node, exponent: Node) -> Node:
        """The derivative of a power whose exponent or base does not change."""
        slope = self.of(base)
        if self._graph.value(slope) == 0.0:
            growth = self._product(power, self._graph.apply("log", base))
            return self._product(growth, self.of(exponent))
        lower = self._sum(exponent, self._number(-1.0))
        return self._product(self._product(exponent, self._power(base, lower)), slope)

    def _of_function(self, name: str, inside: list[Node]) -> Node:
        """The chain rule."""
        graph = self._graph
        match name, inside:
            case "max", _:
                return self._of_largest(inside)
            case "min", _:
                opposite = self._of_largest([graph.apply("neg", one) for one in inside])
                return self._negative(opposite)
            case "abs", [one]:
                return self._weighed(graph.apply("sign", one), self.of(one))
            case "sqrt", [one] if (root := self._square_root(one)) is not None:
                return self.of(graph.apply("abs", root))
        meanings = dict(zip(INSIDE.variables, inside, strict=False))
        total = self._number(0.0)
        for text, one in zip(FUNCTIONS[name].slopes, inside, strict=True):
            if graph.value(self.of(one)) != 0.0:
                slope = graph.tree(parse(text, INSIDE), meanings)
                total = self._sum(total, self._product(slope, self.of(one)))
        return total

    def _square_root(self, node: Node) -> Node | None:
        """What a node is the square of; None if it is none."""
        kind, *rest = self._graph[node]
        is_square = kind == "**" and self._graph.value(rest[1]) == 2.0
        return rest[0] if is_square else None

    def _of_largest(self, inside: list[Node]) -> Node:
        """The slopes of those that are the largest."""
        total = self._number(0.0)
        for i, one in enumerate(inside):
            share = self._graph.apply("share", self._number(i), *inside)
            total = self._sum(total, self._weighed(share, self.of(one)))
        return total

    def _number(self, value: float) -> Node:
        return self._graph.number(value)

    def _sum(self, left: Node, right: Node) -> Node:
        """A sum; nothing is added to nothing."""
        if self._graph.value(left) == 0.0:
            return right
        if self._graph.value(right) == 0.0:
            return left
        kind, *rest = self._graph[right]
        if kind == "neg":
            return self._graph.apply("-", left, rest[0])
        return self._graph.apply("+", left, right)

    def _negative(self, node: Node) -> Node:
        """The opposite."""
        kind, *rest = self._graph[node]
        return rest[0] if kind == "neg" else self._graph.apply("neg", node)

    def _product(self, left: Node, right: Node) -> Node:
        """A product, its number first; nothing where a factor is zero, whatever the other is."""
        graph = self._graph
        if graph.value(right) is not None:
            left, right = right, left
        number = graph.value(left)
        if number == 0.0 or graph.value(right) == 0.0:
            return self._number(0.0)
        kind, *rest = graph[right]
        if number == 1.0:
            return right
        if number == -1.0:
            return self._negative(right)
        if number is not None and kind == "*" and graph.value(rest[0]) is not None:
            return self._product(graph.apply("*", left, rest[0]), rest[1])
        return graph.apply("*", left, right)

    def _quotient(self, over: Node, under: Node) -> Node:
        """A quotient; nothing where nothing is divided."""
        return over if self._graph.value(over) == 0.0 else self._graph.apply("/", over, under)

    def _power(self, base: Node, exponent: Node) -> Node:
        """A power."""
        match self._graph.value(exponent):
            case 0.0:
                return self._number(1.0)
            case 1.0:
                return base
        return self._graph.apply("**", base, exponent)

    def _weighed(self, weight: Node, slope: Node) -> Node:
        """A weight, which does not change, times a slope; nothing where the weight is 0."""
        if self._graph.value(slope) == 0.0:
            return slope
        return self._graph.apply("weighed", weight, slope)
