"""The value of an expression's tree, for tests."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from momentum_math.expressions.compiled import compiled
from momentum_math.expressions.graph import Graph


def evaluate(tree: ast.expr, values: dict[str, Any]) -> Any:
    """The value of a tree where its names have these values."""
    graph = Graph()
    (value,) = compiled(graph, [graph.tree(tree, {})], list(values))(
        *map(np.asarray, values.values())
    )
    return value
