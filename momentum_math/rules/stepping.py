"""The step of a rule as a graph, from which its numpy function and the page's script are made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from momentum_math.expressions.compiled import compiled
from momentum_math.expressions.graph import Graph, Node
from momentum_math.rules.rule import (
    GRADIENT,
    RATE,
    STEP,
    THETA,
    Lines,
    Rule,
    scaled_by_rate,
)
from momentum_math.types import Array


class State(NamedTuple):
    """The memory of an optimiser between two steps.

    Attributes:
        velocity: The latest direction of travel, shape (2,), before the learning rate: the arrow
            that a picture shows.
        updates: How many were made.
        memory: The states of the rule in their order, each of shape (2,).
    """

    velocity: Array
    updates: int = 0
    memory: tuple[Array, ...] = ()


Step = Callable[[Array, Array, State, tuple[Any, ...]], tuple[Array, State]]
"""(theta, gradient, state, the method's numbers) -> (theta, state)."""


@final
@dataclass(frozen=True, eq=False)
class RuleGraph:
    """What a rule computes.

    Attributes:
        graph: All of it.
        first: The states before the first step, in theta, g and the numbers.
        step: Theta, the velocity and the states after a step, in theta, g, t, the states and the
            numbers.
    """

    graph: Graph
    first: tuple[Node, ...]
    step: tuple[Node, ...]


def rule_graph(rule: Rule, arrow: str, constants: dict[str, float]) -> RuleGraph:
    """Return a rule as a graph.

    Args:
        rule: The rule.
        arrow: The name whose value is the velocity; empty where that is what lr is multiplied by.
        constants: The names in it that stand for a number once and for all.
    """
    graph = Graph()
    fixed = {name: graph.number(value) for name, value in constants.items()}
    before = {name: graph.name(name) for name in (THETA, GRADIENT, *rule.states)}
    zero = graph.apply("*", graph.number(0.0), before[THETA])

    def spread(node: Node) -> Node:
        """A node of theta's shape."""
        is_plain = not set(before.values()) & set(graph.needed([node]))
        return graph.apply("+", node, zero) if is_plain else node

    starts = {one.name: spread(graph.tree(one.value, fixed)) for one in rule.start}
    first = tuple(starts.get(name, zero) for name in rule.states)
    after = fixed | before
    velocity = None
    for one in rule.lines:
        scaled = scaled_by_rate(one.value) if one.name == THETA else None
        velocity = graph.tree(scaled, after) if scaled else velocity
        after[one.name] = spread(graph.tree(one.value, after))
    if velocity is None:
        moved = graph.apply("-", before[THETA], after[THETA])
        velocity = graph.apply("/", moved, graph.name(RATE))
    shown = after[arrow] if arrow else spread(velocity)
    return RuleGraph(graph, first, (after[THETA], shown, *(after[name] for name in rule.states)))


def step_of(rule: Rule, made: RuleGraph, numbers: Lines) -> Step:
    """Return the numpy function that makes one step, for arrays of any shape.

    Args:
        rule: The rule.
        made: Its graph.
        numbers: The names of the numbers that it is given; each may be an array, too.
    """
    step = compiled(made.graph, made.step, (THETA, GRADIENT, STEP, *rule.states, *numbers))
    first = compiled(made.graph, made.first, (THETA, GRADIENT, *numbers)) if rule.start else None

    def steps(
        theta: Array, gradient: Array, state: State, values: tuple[Any, ...]
    ) -> tuple[Array, State]:
        count, memory = state.updates + 1, state.memory
        if count == 1 and first:
            memory = first(theta, gradient, *values)
        # Of numpy's own kind, what is too large becomes infinite, where Python would raise.
        theta, velocity, *rest = step(theta, gradient, np.float64(count), *memory, *values)
        return theta, State(velocity, count, tuple(rest))

    return steps
