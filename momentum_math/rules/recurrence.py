"""How a linear method moves on a quadratic: its recurrence, read from the rule itself.

On a quadratic of curvature lambda the gradient is g = lambda theta. Where every line of a rule is
linear in theta, g and the states, and none depends on the number of the step, one step is a matrix;
its columns are what the rule makes of unit vectors. With one state that matters (or none), theta
obeys x_{k+1} = T x_k - D x_{k-1} with the trace T and the determinant D of that matrix, by the
theorem of Cayley and Hamilton.
"""

import ast
import cmath
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from momentum_math.rules.rule import GRADIENT, STEP, THETA, Rule
from momentum_math.rules.stepping import State
from momentum_math.types import Array

StepAlone = Callable[[Array, Array, State], tuple[Array, State]]
"""(theta, gradient, state) -> (theta, state)."""


@final
@dataclass(frozen=True)
class Recurrence:
    """The motion of one eigen-coordinate on a quadratic: x_1 = p x_0, x_{k+1} = T x_k - D x_{k-1}.

    Attributes:
        trace: T, the sum of the characteristic roots, which solve mu^2 - T mu + D = 0.
        determinant: D, their product.
        first: p, the factor of the first step.
    """

    trace: float
    determinant: float
    first: float

    @property
    def roots(self) -> tuple[complex, complex]:
        """The characteristic roots, the one of larger modulus first."""
        root = cmath.sqrt(self.trace**2 - 4.0 * self.determinant)
        larger = (self.trace + root) / 2.0 if self.trace >= 0 else (self.trace - root) / 2.0
        return larger, self.determinant / larger if larger else larger

    def distances(self, steps: Array) -> Array:
        """x_k for x_0 = 1 at whole steps k >= 0, (n,), in closed form.

        x_k = p S_k - D S_{k-1} with S_k = (mu_1^k - mu_2^k) / (mu_1 - mu_2).

        >>> Recurrence(1.882, 0.9, 0.982).distances(np.array([0.0, 1.0, 2.0])).round(6).tolist()
        [1.0, 0.982, 0.948124]
        """
        large, small = self.roots

        def powers(k: Array) -> Array:
            if abs(large - small) <= 1e-7 * abs(large):
                middle: Array = k * large.real ** np.maximum(k - 1.0, 0.0)
                return middle
            difference: Array = ((large**k - small**k) / (large - small)).real
            return difference

        if large == 0.0:
            return np.where(steps == 0.0, 1.0, np.where(steps == 1.0, self.first, 0.0))
        later = np.maximum(steps, 1.0)
        found: Array = self.first * powers(later) - self.determinant * powers(later - 1.0)
        return np.where(steps == 0.0, 1.0, found)


@final
@dataclass(frozen=True, eq=False)
class LinearStep:
    """One step of a linear rule, whatever the curvature.

    Attributes:
        later: The matrix (1 + m, 2 + m) from theta, g and the m states to theta and the states.
        first: The row (2,) from theta and g to the theta after the first step.
    """

    later: Array
    first: Array

    def recurrence(self, curvature: float) -> Recurrence | None:
        """The recurrence on a quadratic; None where more than one state has a part in it."""
        matrix = np.delete(self.later, 1, axis=1)
        matrix[:, 0] += curvature * self.later[:, 1]
        states = [i for i in _reached(matrix) if i]
        if len(states) > 1:
            return None
        kept = matrix[np.ix_([0, *states], [0, *states])]
        first = float(self.first[0] + curvature * self.first[1])
        determinant = float(kept[0, 0] * kept[1, 1] - kept[0, 1] * kept[1, 0]) if states else 0.0
        return Recurrence(float(np.trace(kept)), determinant, first)


def _reached(matrix: Array) -> list[int]:
    """The indices of what theta, index 0, depends on, itself among them."""
    found, new = {0}, {0}
    while new:
        new = {int(j) for i in new for j in np.flatnonzero(matrix[i])} - found
        found |= new
    return sorted(found)


def linear_step(rule: Rule, step: StepAlone) -> LinearStep | None:
    """One step as a matrix; None where the rule is not linear, infinite, or asks for the step."""
    degrees = {THETA: 1, GRADIENT: 1, **dict.fromkeys(rule.states, 1), STEP: None}
    if any(degree(one.value, degrees) != 1 for one in rule.start):
        return None
    for one in rule.lines:
        degrees[one.name] = degree(one.value, degrees)
        if degrees[one.name] is None or (one.name in rule.states and degrees[one.name] == 0):
            return None
    if degrees[THETA] != 1:
        return None
    theta, gradient, *states = np.eye(2 + len(rule.states))
    x, y = np.eye(2)
    with np.errstate(all="ignore"):
        moved, state = step(theta, gradient, State(theta, 1, tuple(states)))
        first, _ = step(x, y, State(x, 0, (np.zeros(2),) * len(rule.states)))
    later = np.stack([moved, *state.memory])
    is_finite = np.isfinite(later).all() and np.isfinite(first).all()
    return LinearStep(later, first) if is_finite else None


def degree(tree: ast.expr, degrees: dict[str, int | None]) -> int | None:
    """1 for a linear form in what has degree 1, 0 for a number, None for all else."""
    match tree:
        case ast.Constant():
            return 0
        case ast.Name(id=name):
            return degrees.get(name, 0)
        case ast.UnaryOp(operand=operand):
            return degree(operand, degrees)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = degree(left, degrees), degree(right, degrees)
            if a is None or b is None:
                return None
            if isinstance(op, ast.Add | ast.Sub):
                return a if a == b else None
            if isinstance(op, ast.Mult):
                return a + b if a + b < 2 else None
            if isinstance(op, ast.Div):
                return a if b == 0 else None
            return 0 if a == b == 0 else None
        case ast.Call(args=arguments):
            return 0 if all(degree(one, degrees) == 0 for one in arguments) else None
    raise TypeError(f"{type(tree).__name__} cannot come from parse")
