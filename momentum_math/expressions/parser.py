"""An expression as its author writes it, ``(1 - x)**2 + 100*(y - x**2)**2``: checked.

The text is parsed with ``ast`` and walked node by node against a list of what is allowed; it is
never evaluated as Python. Everything that could grow without bound is bounded before any work.
"""

import ast
import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, final

import numpy as np

from momentum_math.expressions.functions import (
    ARITHMETIC,
    CONSTANTS,
    FUNCTIONS,
    OPERATORS,
    SAME,
    SHORTHANDS,
    SOME,
    attribute_remedy,
    count_remedy,
    function_remedy,
)
from momentum_math.messages import Unfit, did_you_mean, printable

LONGEST = 300
MOST_NODES = 100
DEEPEST = 30
LARGEST_EXPONENT = 16
LARGEST_DEGREE = 64
LARGEST_CONSTANT = 1e12


@final
@dataclass(frozen=True)
class Names:
    """The names that an expression may use, beside those of functions, pi and e.

    Attributes:
        variables: What changes.
        constants: What is fixed, each with its value, or None where that is not known yet; may
            stand where numbers must.
    """

    variables: tuple[str, ...]
    constants: tuple[tuple[str, float | None], ...] = ()

    @property
    def values(self) -> dict[str, float | None]:
        """Every constant's value, by name; pi and e are constants unless they are variables."""
        free = (name for name in CONSTANTS if name not in self.variables)
        return {**{name: CONSTANTS[name] for name in free}, **dict(self.constants)}

    def spoken(self, joined: str) -> str:
        """The variables as a phrase, the last joined with a word."""
        *others, last = self.variables
        return f"{', '.join(others)} {joined} {last}" if others else last

    @property
    def allowed(self) -> str:
        """What may be written, for people."""
        return ", ".join((*self.variables, *self.values, "numbers", "+ - * / **"))


PLANE = Names(("x", "y"))
"""The names of a loss over the plane."""


@lru_cache(maxsize=256)
def parse(text: str, names: Names = PLANE) -> ast.expr:
    """Return an expression as a tree that holds nothing but what is allowed.

    In it functions have their names from ``FUNCTIONS``, and shorthands are written out; constants
    keep their names.

    Raises:
        Unfit: Says what is not allowed, and what to write instead.
    """
    if not 1 <= len(text) <= LONGEST:
        raise Unfit(f"must have 1 to {LONGEST} characters, it has {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: ast.expr = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        example = "(1 - x)**2 + 100*(y - x**2)**2, with * between factors and ** for powers"
        raise Unfit(f"is not a formula, write it as in {example}") from error
    nodes = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    if nodes > MOST_NODES:
        raise Unfit(f"must have at most {MOST_NODES} parts, it has {nodes}")
    tree = _Spelled().visit(tree)
    measure(tree, names)
    return tree


class _Spelled(ast.NodeTransformer):
    """Gives functions the names that we use, and writes shorthands out with operators."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.keywords:
            return node
        name = SAME.get(node.func.id, node.func.id)
        match name, node.args:
            case "pow", [base, exponent]:
                return ast.BinOp(base, ast.Pow(), exponent)
            case "square", [base]:
                return ast.BinOp(base, ast.Pow(), ast.Constant(2))
            case "hypot", [x, y]:
                one, other = (ast.BinOp(side, ast.Pow(), ast.Constant(2)) for side in (x, y))
                root = ast.Name("sqrt", ast.Load())
                return ast.Call(root, [ast.BinOp(one, ast.Add(), other)], [])
        return ast.Call(ast.Name(name, ast.Load()), node.args, node.keywords)


class Measure(NamedTuple):
    """A bound on the degree of a part of an expression, and its value if that is known."""

    degree: float
    constant: float | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether no variable is in it."""
        return self.degree == 0.0


def measure(node: ast.expr, names: Names, depth: int = 0) -> Measure:
    """Return the measure of a part of an expression that lies inside ``depth`` others.

    Raises:
        Unfit: Something in it is not allowed or grows too large.
    """
    if depth > DEEPEST:
        raise Unfit(f"must be nested at most {DEEPEST} deep, break it up")
    measured = _measure(node, names, depth)
    if measured.degree > LARGEST_DEGREE:
        raise Unfit(f"must have a degree of at most {LARGEST_DEGREE}")
    if measured.constant is not None and not abs(measured.constant) <= LARGEST_CONSTANT:
        raise Unfit(f"must not contain numbers beyond {LARGEST_CONSTANT:g}")
    return measured


def _measure(node: ast.expr, names: Names, depth: int) -> Measure:
    """The measure of one node by its type; what is not listed is not allowed."""

    def inner(part: ast.expr) -> Measure:
        return measure(part, names, depth + 1)

    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            # A literal too large for a float counts as infinite.
            return Measure(0, float(value) if abs(value) <= LARGEST_CONSTANT else math.inf)
        case ast.Name(id=name):
            return _measure_name(name, names)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            measured = inner(operand)
            if measured.constant is None or isinstance(node.op, ast.UAdd):
                return measured
            return Measure(0, -measured.constant)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return _measure_binary(op, inner(left), inner(right))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            if FUNCTIONS[name].takes(len(arguments)):
                return _measure_call(name, [inner(one) for one in arguments])
            raise Unfit(count_remedy(name))
        case ast.Call(func=ast.Name(id=name)):
            raise Unfit(function_remedy(name))
        case ast.Call(func=ast.Attribute() as name) | (ast.Attribute() as name):
            raise Unfit(attribute_remedy(name, names.allowed))
        case ast.BinOp(op=ast.BitXor()):
            raise Unfit("must use ** for powers, not ^")
    raise Unfit(f"may only use {names.allowed}, and functions such as {SOME}")


def _measure_name(name: str, names: Names) -> Measure:
    """The measure of a variable or a constant."""
    if name in names.variables:
        return Measure(1)
    if name in names.values:
        return Measure(0, names.values[name])
    if SAME.get(name, name) in (*FUNCTIONS, *SHORTHANDS):
        raise Unfit(count_remedy(SAME.get(name, name)))
    close = did_you_mean(name, (*names.variables, *names.values, *FUNCTIONS))
    hint = close or f", use {names.spoken('and')}"
    raise Unfit(f'has an unknown name "{printable(name, 24)}"{hint}')


def _measure_call(name: str, inner: list[Measure]) -> Measure:
    """The measure of a function's value; of constants, the constant."""
    constants = [one.constant for one in inner if one.constant is not None]
    if len(constants) < len(inner):
        highest = max(one.degree for one in inner)
        return Measure(max(1.0, highest) if highest else 0.0)
    with np.errstate(all="ignore"):
        return Measure(0, float(FUNCTIONS[name].value(*constants)))


def _measure_binary(op: ast.operator, left: Measure, right: Measure) -> Measure:
    """The measure of a sum, difference, product, quotient or power."""
    a, b = left.constant, right.constant
    if isinstance(op, ast.Div) and b == 0.0:
        raise Unfit("must not divide by zero")
    is_positive = left.is_fixed and (a is None or a > 0.0)
    if isinstance(op, ast.Pow) and not right.is_fixed and not is_positive:
        raise Unfit("must have numbers as exponents, or a positive number as base")
    if isinstance(op, ast.Pow) and b is not None and not abs(b) <= LARGEST_EXPONENT:
        raise Unfit(f"must have exponents in [-{LARGEST_EXPONENT}, {LARGEST_EXPONENT}]")
    if a is not None and b is not None:
        with np.errstate(all="ignore"):
            return Measure(0, float(ARITHMETIC[OPERATORS[type(op)]](np.float64(a), b)))
    match op:
        case ast.Add() | ast.Sub():
            return Measure(max(left.degree, right.degree))
        case ast.Pow():
            raised = left.degree * max(1.0, abs(b or 1.0))
            return Measure(raised if right.is_fixed else max(1.0, right.degree))
    return Measure(left.degree + right.degree)
