"""Formulas: what is allowed, what it means, and that nothing else gets through."""

import math
import time

import numpy as np
import pytest

from momentum_math import (
    ExperimentError,
    Formula,
    GradientDescent,
    Himmelblau,
    Rosenbrock,
    read_experiment,
    trace,
)
from momentum_math.formula_syntax import FUNCTIONS, evaluate, parse
from momentum_math.formula_tex import formula_tex
from momentum_math.keys import Unfit

ALLOWED = [
    "x",
    "x + y",
    "(1 - x)**2 + 100*(y - x**2)**2",
    "-x**2",
    "(-x)**2",
    "+x/-y",
    "x - (y - 1) - (x - (y + 2))",
    "x/(y/3)",
    "2*3*x*4",
    "e**x + 2**(x + y) + pi*y",
    "x**0.5 + y**(1/3)",
    "x**-2",
    "1e-7*x + 250000000*y",
    *(f"{name}(x*y + 0.5)" for name in FUNCTIONS),
    "sin(cos(tan(x)))",
    "abs(x - y)**3/sqrt(1 + y**2)",
    "exp(-(x**2 + y**2)/2)",
    "log(exp(x))*log(exp(x))",
    " x ** 2 ",
]

REFUSED = [
    ("", "must have 1 to 300 characters"),
    ("x" + " + x" * 90, "must have 1 to 300 characters"),
    ("+".join("x" * 60), "at most 100 parts"),
    ("-" * 99 + "x", "nested at most 30 deep"),
    ("3 + pi", "must depend on x or y"),
    ("x^2", "** for powers"),
    ("x**y", "numbers as exponents"),
    ("(-2)**x", "a positive number as base"),
    ("x**17", "exponents in [-16, 16]"),
    ("x**-17", "exponents in [-16, 16]"),
    ("x**(10**9)", "exponents in [-16, 16]"),
    ("9**9**9 + x", "exponents in [-16, 16]"),
    ("((x**16)**16)**16", "degree of at most 64"),
    ("((2*x)**8)**8*((2*x)**8)**8", "degree of at most 64"),
    ("x + 1e13", "numbers beyond 1e+12"),
    ("x + 1e400", "numbers beyond 1e+12"),
    (f"x + {'9' * 200}", "numbers beyond 1e+12"),
    ("x + exp(99)", "numbers beyond 1e+12"),
    ("x + log(0)", "numbers beyond 1e+12"),
    ("x + sqrt(-1)", "numbers beyond 1e+12"),
    ("x + (-8)**0.5", "numbers beyond 1e+12"),
    ("x/0", "must not divide by zero"),
    ("x/(1 - 1)", "must not divide by zero"),
    ("x + z", 'unknown name "z"'),
    ("x + theta", 'unknown name "theta"'),
    ("cosine(x)", 'unknown function "cosine", did you mean "cos"?'),
    ("ln(x)", 'unknown function "ln", did you mean "log"?'),
    ("eval(x)", 'unknown function "eval"'),
    ("__import__('os').system('true')", "may only use x, y"),
    ("().__class__.__base__.__subclasses__()", "may only use x, y"),
    ("x.real", "may only use x, y"),
    ("x[0]", "may only use x, y"),
    ("sin(x, y)", "must give sin exactly one argument"),
    ("sin(x=y)", "must give sin exactly one argument"),
    ("sin(*x)", "may only use x, y"),
    ("sin", 'unknown name "sin"'),
    ("x if y else 1", "may only use x, y"),
    ("lambda: x", "may only use x, y"),
    ("[x for x in y]", "may only use x, y"),
    ("(x := 3)", "may only use x, y"),
    ("x < y", "may only use x, y"),
    ("x and y", "may only use x, y"),
    ("not x", "may only use x, y"),
    ("~x", "may only use x, y"),
    ("x // y", "may only use x, y"),
    ("x % y", "may only use x, y"),
    ("x @ y", "may only use x, y"),
    ("x + True", "may only use x, y"),
    ("x + 1j", "may only use x, y"),
    ("x + 'y'", "may only use x, y"),
    ("x + b'y'", "may only use x, y"),
    ("f'{x}'", "may only use x, y"),
    ("x + ...", "may only use x, y"),
    ("x; y", "is not a formula"),
    ("x = y", "is not a formula"),
    ("import os", "is not a formula"),
    ("x +", "is not a formula"),
    ("x\ny", "is not a formula"),
    ("x\0", "is not a formula"),
    ("2x", "is not a formula"),
]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_allowed_means_what_python_means(text: str) -> None:
    names = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}
    for x, y in ((0.3, 0.7), (1.2, 0.4), (0.9, 1.1)):
        expected = eval(text.strip(), {"x": x, "y": y, "pi": math.pi, "e": math.e, **names})
        got = evaluate(parse(text.strip()), np.float64(x), np.float64(y))
        assert got == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("text", "remedy"), REFUSED)
def test_what_is_not_allowed_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unfit) as caught:
        parse(text)
    assert time.process_time() - begun < 0.2
    assert remedy in str(caught.value)


def test_brackets_without_end_are_harmless() -> None:
    for depth in (50, 140):
        text = "(" * depth + "x" + ")" * depth
        begun = time.process_time()
        try:
            parse(text)
        except Unfit as unfit:
            assert "formula" in str(unfit)
        assert time.process_time() - begun < 0.2


@pytest.mark.parametrize("text", [t for t in ALLOWED if t.strip() != "x"])
def test_gradient_and_hessian_by_sympy_agree_with_complex_steps(text: str) -> None:
    formula = Formula(text.strip())
    tree = parse(text.strip())
    points = np.random.default_rng(2).uniform(0.2, 1.3, size=(10, 2))
    if "abs" in text:
        points[:, 1] *= 0.1
    for axis, step in enumerate(([1e-30j, 0], [0, 1e-30j])):
        moved = points + np.array(step)
        if "abs" in text:
            h = 1e-6
            up, down = points.copy(), points.copy()
            up[:, axis] += h
            down[:, axis] -= h
            slope = (formula.value(up) - formula.value(down)) / (2 * h)
            assert formula.gradient(points)[:, axis] == pytest.approx(slope, rel=1e-6, abs=1e-8)
            continue
        slope = np.imag(evaluate(tree, moved[:, 0], moved[:, 1])) / 1e-30
        assert formula.gradient(points)[:, axis] == pytest.approx(slope, rel=1e-12, abs=1e-14)


def test_a_formula_is_the_landscape_that_it_spells() -> None:
    points = np.random.default_rng(3).normal(size=(50, 2))
    for text, named in (
        ("(1 - x)**2 + 100*(y - x**2)**2", Rosenbrock()),
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", Himmelblau()),
    ):
        spelled = Formula(text)
        assert spelled.value(points) == pytest.approx(named.value(points), rel=1e-12)
        assert spelled.gradient(points) == pytest.approx(named.gradient(points), rel=1e-10)
        assert spelled.hessian(points) == pytest.approx(named.hessian(points), rel=1e-10)
        runs = [trace(f, GradientDescent(1e-3), (-1.0, 1.0), 100).points for f in (spelled, named)]
        assert runs[0] == pytest.approx(runs[1], rel=1e-10)


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        (
            "(1 - x)**2 + 100*(y - x**2)**2",
            r"(1 - \theta_1)^{2} + 100\,(\theta_2 - \theta_1^{2})^{2}",
        ),
        ("-x**2", r"-\theta_1^{2}"),
        ("(-x)**2", r"(-\theta_1)^{2}"),
        ("x - (y - 1)", r"\theta_1 - (\theta_2 - 1)"),
        ("x - y - 1", r"\theta_1 - \theta_2 - 1"),
        ("x + (y + 1)", r"\theta_1 + \theta_2 + 1"),
        ("x*2", r"\theta_1 \cdot 2"),
        ("2*-x", r"2\,(-\theta_1)"),
        ("(x/y)**2", r"\left(\frac{\theta_1}{\theta_2}\right)^{2}"),
        ("exp(-x**2)", r"e^{-\theta_1^{2}}"),
        ("sqrt(1 + x**2)", r"\sqrt{1 + \theta_1^{2}}"),
        ("abs(x)**3", r"\left|\theta_1\right|^{3}"),
        ("sin(x)*log(y)", r"\sin(\theta_1)\,\ln(\theta_2)"),
        ("sin(x)**2", r"(\sin(\theta_1))^{2}"),
        ("pi*x + e", r"\pi\,\theta_1 + e"),
        ("1e-7*x", r"1 \cdot 10^{-7}\,\theta_1"),
        ("(x + 1)*(y - 2)", r"(\theta_1 + 1)\,(\theta_2 - 2)"),
        ("x**-2", r"\theta_1^{-2}"),
    ],
)
def test_tex_keeps_the_authors_order(text: str, tex: str) -> None:
    assert formula_tex(parse(text)) == tex


@pytest.mark.parametrize("text", ALLOWED)
def test_tex_is_balanced(text: str) -> None:
    tex = formula_tex(parse(text.strip()))
    for left, right in (("{", "}"), ("(", ")"), (r"\left", r"\right")):
        assert tex.count(left) == tex.count(right)


def test_the_worst_formula_is_differentiated_in_time() -> None:
    nested = "sin(" * 24 + "x*y" + ")" * 24
    product = "*".join(f"sin(x*{k})*cos(y)" for k in range(1, 11))
    for text in (nested, product):
        begun = time.process_time()
        slope = Formula(text).gradient((0.3, 0.4))
        bend = Formula(text).hessian((0.3, 0.4))
        assert time.process_time() - begun < 10.0
        assert np.isfinite(slope).all()
        assert np.isfinite(bend).all()


def test_great_numbers_do_not_overflow_in_the_code() -> None:
    formula = Formula("((1e12*x)**16)**4 + y**2")
    assert formula.value((1.0, 1.0)) == math.inf
    assert not np.isfinite(formula.gradient((1.0, 1.0))).all()
    values = {
        "start": [1.0, 1.0],
        "landscape": {"formula": formula.formula},
        "contenders": [{"optimizer": "gd", "lr": 0.1}],
    }
    with pytest.raises(ExperimentError, match="has a loss of inf, move it"):
        read_experiment(values, "some.toml")


def test_the_bend_of_an_absolute_value_is_zero_beside_its_corner() -> None:
    assert Formula("abs(x) + y**2").hessian((1.0, 1.0)).tolist() == [[0.0, 0.0], [0.0, 2.0]]
