"""The step of a method as one numpy function, compiled from its rule.

The function is written out from the checked trees of ``rule.parse_rule``, so nothing can stand in
it but arithmetic, the functions of expressions, and numbers. It works element by element on arrays
of any shape; the method's numbers may be arrays that go with them.
"""

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from momentum_math.expressions.functions import CONSTANTS, FUNCTIONS
from momentum_math.optimizers.rule import (
    GRADIENT,
    RATE,
    STEP,
    THETA,
    Assignment,
    Lines,
    Numbers,
    Rule,
    names_in,
    parse_rule,
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


Step = Callable[[Any, Array, Array, State], tuple[Array, State]]
"""(method, theta, gradient, state) -> (theta, state)."""

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def step_of(rule: Lines, start: Lines, numbers: Numbers, reads: Lines, arrow: str) -> Step:
    """The function that makes one step of a rule.

    Args:
        rule: The rule's text.
        start: That of its states' first values.
        numbers: The rule's numbers, as ``parse_rule`` takes them.
        reads: Where a method, ``_self``, has each of them.
        arrow: The name whose value is the velocity; empty where that is what lr is multiplied by.
    """
    there: dict[str, Any] = {name: function.value for name, function in FUNCTIONS.items()}
    there |= CONSTANTS | {"_State": State, "_float64": np.float64, "_full": np.full_like}
    places = dict(zip(dict(numbers), reads, strict=True))
    text = _source(parse_rule(rule, numbers, start), places, arrow)
    exec(compile(text, "<rule>", "exec"), there | {"__builtins__": {}}, there)
    step: Step = there["_step"]
    return step


def _source(rule: Rule, reads: dict[str, str], arrow: str) -> str:
    """The function in Python."""
    writer = _Writer({THETA, GRADIENT, *rule.states})
    used = set().union(*(names_in(one.value) for one in (*rule.lines, *rule.start)))
    memory = "".join(f"{name}, " for name in rule.states)
    body = [f"{name} = {place}" for name, place in reads.items() if name in used]
    body += [f"{memory}= _state.memory"] if memory else []
    body += ["_updates = _state.updates + 1"]
    body += [f"{STEP} = _float64(_updates)"] if STEP in used else []
    if rule.start:
        body += ["if _updates == 1:"]
        body += [f"    {one.name} = {writer.array(one.value)}" for one in rule.start]
    for one in rule.lines:
        body += writer.line(one, arrow)
    body += [f"return {THETA}, _State({arrow or '_velocity'}, _updates, ({memory}))"]
    return "\n    ".join([f"def _step(_self, {THETA}, {GRADIENT}, _state):", *body])


class _Writer:
    """Writes assignments; knows which names are arrays, and which plain numbers."""

    def __init__(self, arrays: set[str]) -> None:
        self.arrays = arrays

    def line(self, one: Assignment, arrow: str) -> list[str]:
        """An assignment in Python; that of theta also sets the velocity, where it is no state."""
        if one.name == THETA and not arrow:
            scaled = scaled_by_rate(one.value)
            if scaled is None:
                return [
                    f"_before, {THETA} = {THETA}, {self.array(one.value)}",
                    f"_velocity = (_before - {THETA}) / {RATE}",
                ]
            return [f"_velocity = {self.array(scaled)}", f"{THETA} = {THETA} - {RATE} * _velocity"]
        if one.name in (*self.arrays, arrow):
            self.arrays.add(one.name)
            return [f"{one.name} = {self.array(one.value)}"]
        self.arrays |= {one.name} if self.is_array(one.value) else set()
        return [f"{one.name} = {self.text(one.value)}"]

    def is_array(self, tree: ast.expr) -> bool:
        """Whether an expression has the shape of theta."""
        return not names_in(tree).isdisjoint(self.arrays)

    def array(self, tree: ast.expr) -> str:
        """An expression in Python, spread to the shape of theta if it is a plain number."""
        text = self.text(tree)
        return text if self.is_array(tree) else f"_full({THETA}, {text})"

    def text(self, tree: ast.expr) -> str:
        """An expression in Python.

        Plain numbers are divided and raised as numpy does it, which makes what is too large or
        undefined infinite or nan, where Python would raise.
        """
        match tree:
            case ast.Constant(value=value):
                return repr(float(value))  # type: ignore[arg-type]
            case ast.Name(id=name):
                return name
            case ast.UnaryOp(op=op, operand=operand):
                sign = "-" if isinstance(op, ast.USub) else "+"
                return f"({sign}{self.text(operand)})"
            case ast.BinOp(left=left, op=op, right=right):
                over, under = self.text(left), self.text(right)
                if isinstance(op, ast.Div | ast.Pow) and not self.is_array(tree):
                    over = f"_float64({over})"
                return f"({over} {SIGNS[type(op)]} {under})"
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return f"{name}({', '.join(map(self.text, arguments))})"
        raise TypeError(f"{type(tree).__name__} cannot come from parse")


def scaled_by_rate(tree: ast.expr) -> ast.expr | None:
    """What is multiplied by lr where theta is set to ``theta - lr*…``; None elsewhere."""
    match tree:
        case ast.BinOp(
            left=ast.Name(id="theta"),
            op=ast.Sub(),
            right=ast.BinOp(left=ast.Name(id="lr"), op=ast.Mult(), right=scaled),
        ):
            return scaled
    return None
