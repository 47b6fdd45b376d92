"""Derivatives against SymPy, and against complex steps on random expressions."""

import numpy as np
import pytest
import sympy

from momentum_math import LANDSCAPES, CustomLandscape
from momentum_math.expressions.derivatives import Derivatives
from momentum_math.expressions.functions import FUNCTIONS
from momentum_math.expressions.graph import Graph
from momentum_math.expressions.parser import parse
from momentum_math.expressions.spelling import written
from momentum_math.landscapes.expressed import Expressed
from tests.examples import landscape_named
from tests.momentum_math.expressions.values import evaluate
from tests.momentum_math.landscapes.test_formula_syntax import CALLS, NOT_ANALYTIC
from tests.momentum_math.landscapes.test_formula_tex import trees

X, Y = sympy.symbols("x y", real=True)
THEIRS = {"abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min, "e": sympy.E}
LOGARITHMS = {f"log{base}": lambda t, base=base: sympy.log(t) / sympy.log(base) for base in (2, 10)}
EXPRESSIONS = [landscape_named(name) for name in LANDSCAPES] + [
    CustomLandscape(CALLS[name]) for name in FUNCTIONS if name not in NOT_ANALYTIC
]


@pytest.mark.parametrize("loss", EXPRESSIONS, ids=lambda loss: loss.expression)
def test_slopes_and_bends_are_those_of_sympy(loss: Expressed) -> None:
    names = THEIRS | LOGARITHMS | loss.constants | {"x": X, "y": Y}
    theirs = sympy.sympify(loss.expression, locals=names)
    points = np.random.default_rng(8).uniform(0.2, 1.3, (6, 2))
    gradient = [sympy.diff(theirs, name) for name in (X, Y)]
    hessian = [[sympy.diff(slope, name) for name in (X, Y)] for slope in gradient]
    for point in points:
        at = dict(zip((X, Y), map(sympy.Float, point), strict=True))
        slopes = np.array([one.subs(at).evalf() for one in gradient], float)
        bends = np.array([[one.subs(at).evalf() for one in row] for row in hessian], float)
        scale = np.abs(bends).max() + np.abs(slopes).max()
        assert np.abs(loss.gradient(point) - slopes).max() <= 1e-12 * scale
        assert np.abs(loss.hessian(point) - bends).max() <= 1e-12 * scale


def test_random_expressions_have_the_slopes_of_complex_steps() -> None:
    points = np.random.default_rng(1).uniform(0.1, 1.9, (20, 2))
    told = 0
    for text in trees(300, seed=5):
        if any(name in text for name in NOT_ANALYTIC):
            continue
        with np.errstate(all="ignore"):
            slopes = [
                np.imag(evaluate(parse(text), {"x": at[:, 0], "y": at[:, 1]})) / 1e-30
                for at in (points + np.array(step) for step in ([1e-30j, 0], [0, 1e-30j]))
            ]
        expected = np.stack([np.broadcast_to(slope, len(points)) for slope in slopes], axis=-1)
        got, losses = CustomLandscape(text).gradient(points), CustomLandscape(text).value(points)
        both = np.isfinite(losses)[:, None] & np.isfinite(expected) & np.isfinite(got)
        both &= np.abs(got) < 1e100
        told += both.any()
        # Parts that cancel each other leave what they were rounded by.
        near = 1e-12 * float(np.abs(losses[np.isfinite(losses)]).max(initial=1.0))
        np.testing.assert_allclose(got[both], expected[both], rtol=1e-7, atol=near, err_msg=text)
    assert told > 150


def test_equal_parts_are_computed_once() -> None:
    graph = Graph()
    loss = graph.tree(parse("+".join(["sin(x*y + 1)**2"] * 5)), {})
    by_x = Derivatives(graph, "x").of(loss)
    lines, results = written(graph, [loss, by_x], str)
    text = " ".join([*(line for _, line in lines), *results])
    assert text.count("sin(") == text.count("cos(") == 1
