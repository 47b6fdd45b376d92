"""Formulas: what is allowed, what it means, and that nothing else gets through."""

import math
import re
import time

import numpy as np
import pytest

from momentum_math import (
    CustomLandscape,
    ExperimentError,
    read_experiment,
    trace,
)
from momentum_math.expressions.functions import (
    FUNCTIONS,
    INSTEAD,
    LIBRARIES,
    SAME,
    SHORTHANDS,
)
from momentum_math.expressions.parser import parse
from momentum_math.landscapes.classics import Himmelblau, Rosenbrock
from momentum_math.landscapes.formula import parse_loss
from momentum_math.messages import Unfit
from momentum_math.optimizers.momentum import GradientDescent
from tests import ROOT
from tests.momentum_math.expressions.values import evaluate

# Of each function a call that is defined at all points that are tried here.
INSIDE = {
    **dict.fromkeys(("acos", "asin", "atanh"), "x*y/3 - 0.1"),
    "acosh": "x*y + 1.5",
    **dict.fromkeys(("atan2", "hypot"), "x - 2, x*y"),
    **dict.fromkeys(("max", "min"), "x*y, y/2, x - 0.1"),
    "pow": "x*y, 2.5",
}
CALLS = {name: f"{name}({INSIDE.get(name, 'x*y + 0.5')})" for name in (*FUNCTIONS, *SHORTHANDS)}

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
    *CALLS.values(),
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
    ("Sin(x)", 'unknown function "Sin", did you mean "sin"?'),
    ("signum(x)", 'unknown function "signum", did you mean "sign"?'),
    ("maxx(x, y)", 'unknown function "maxx", did you mean "max"?'),
    ("erf(x)", 'unknown function "erf", use one such as sin'),
    ("log3(x)", 'no function "log3": it is log(x)/log(3) here'),
    ("floor(x)", 'no function "floor": it is flat between its jumps'),
    ("relu(x)", 'no function "relu": it is max(0, x) here'),
    ("np.sin(x)", "must say sin without np. before it"),
    ("math.pi*x", "must say pi without math. before it"),
    ("numpy.arcsin(x)", "must say arcsin without numpy. before it"),
    ("torch.relu(x)", 'no function "relu": it is max(0, x) here'),
    ("np.linalg.norm(x)", "names without a dot"),
    ("max(x)", "must give max at least two arguments, as in max(x, y)"),
    ("minimum(x)", "must give min at least two arguments"),
    ("pow(x)", "must give pow exactly two arguments, as in pow(x, 3)"),
    ("pow(x, y)", "numbers as exponents"),
    ("pow(x, 99)", "exponents in [-16, 16]"),
    ("log(x, 2)", "must give log exactly one argument"),
    ("max(1, 2)", "must depend on x or y"),
    ("max(x, 1e13)", "numbers beyond 1e+12"),
    ("max(x**16, y)**16", "degree of at most 64"),
    ("max(x, max(1, log(0)))", "numbers beyond 1e+12"),
    ("max(x, y, key=sin)", "must give max at least two arguments"),
    ("max(*x, y)", "may only use x, y"),
    ("hypot(" * 12 + "x" + ", y)" * 12, "nested at most 30 deep"),
    ("eval(x)", 'unknown function "eval"'),
    ("__import__('os').system('true')", "may only use x, y"),
    ("().__class__.__base__.__subclasses__()", "may only use x, y"),
    ("x.real", "may only use x, y"),
    ("x[0]", "may only use x, y"),
    ("sin(x, y)", "must give sin exactly one argument"),
    ("sin(x=y)", "must give sin exactly one argument"),
    ("sin(*x)", "may only use x, y"),
    ("sin", "must give sin exactly one argument, as in sin(x)"),
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


# What our functions are called in the standard library.
PYTHON = {
    **{name: getattr(math, name) for name in (*FUNCTIONS, *SHORTHANDS) if hasattr(math, name)},
    **{"abs": abs, "max": max, "min": min, "square": lambda value: value * value},
    "sign": lambda value: (value > 0) - (value < 0),
    **{"pi": math.pi, "e": math.e},
}


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_allowed_means_what_python_means(text: str) -> None:
    for x, y in ((0.3, 0.7), (1.2, 0.4), (0.9, 1.1)):
        expected = eval(text.strip(), PYTHON | {"x": x, "y": y})
        got = evaluate(parse(text.strip()), {"x": np.float64(x), "y": np.float64(y)})
        assert got == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", SAME)
def test_another_name_means_what_numpy_means_by_it(name: str) -> None:
    ours = SAME[name]
    numpy_has = {"ln": np.log, "sgn": np.sign, "arcosh": np.arccosh, "arsinh": np.arcsinh}
    theirs = numpy_has.get(name) or getattr(np, name, np.arctanh if name == "artanh" else None)
    x, y = np.random.default_rng(4).uniform(0.2, 1.3, size=(2, 20))
    inside = {"x*y + 0.5": x * y + 0.5, "x*y/3 - 0.1": x * y / 3 - 0.1, "x*y + 1.5": x * y + 1.5}
    text = INSIDE.get(ours, "x*y + 0.5")
    if text in inside:
        call, expected = f"{name}({text})", theirs(inside[text])
    else:
        second = "2.5" if ours == "pow" else "y"
        call, expected = f"{name}(x, {second})", theirs(x, 2.5 if ours == "pow" else y)
    assert evaluate(parse(call), {"x": x, "y": y}) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", INSTEAD)
def test_a_remedy_names_only_what_is_allowed(name: str) -> None:
    assert name not in FUNCTIONS and name not in SAME and name not in SHORTHANDS
    for prefix in ("", *(f"{library}." for library in LIBRARIES)):
        with pytest.raises(Unfit, match=f'no function "{name}"') as caught:
            parse(f"{prefix}{name}(x)")
        assert len(str(caught.value)) < 120
    proposal = str(caught.value).partition(": it is ")[2].removesuffix(" here")
    if re.fullmatch(r"[a-z0-9]*[-+*/() .x0-9a-z,]+", proposal) and "written" not in proposal:
        for variant in proposal.split(" or "):
            parse(variant.replace("low", "1").replace("high", "2"))


@pytest.mark.parametrize(("text", "remedy"), REFUSED)
def test_what_is_not_allowed_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unfit) as caught:
        parse_loss(text)
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
def test_gradient_and_hessian_agree_with_differences(text: str) -> None:
    formula, h = CustomLandscape(text.strip()), 1e-6
    points = np.random.default_rng(2).uniform(0.2, 1.3, size=(10, 2))
    steps = h * np.eye(2)
    for told, moving in ((formula.gradient, formula.value), (formula.hessian, formula.gradient)):
        slopes = [(moving(points + step) - moving(points - step)) / (2 * h) for step in steps]
        assert told(points) == pytest.approx(np.stack(slopes, axis=-1), rel=1e-5, abs=1e-6)


NOT_ANALYTIC = ("abs", "sign", "max", "min", "atan2")


@pytest.mark.parametrize("text", [t for t in ALLOWED if not any(n in t for n in NOT_ANALYTIC)])
def test_gradient_agrees_with_complex_steps(text: str) -> None:
    tree = parse(text.strip())
    points = np.random.default_rng(2).uniform(0.2, 1.3, size=(10, 2))
    for axis, step in enumerate(([1e-30j, 0], [0, 1e-30j])):
        moved = points + np.array(step)
        slope = np.imag(evaluate(tree, {"x": moved[:, 0], "y": moved[:, 1]})) / 1e-30
        got = CustomLandscape(text.strip()).gradient(points)[:, axis]
        assert got == pytest.approx(slope, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    ("text", "point", "slope"),
    [
        ("abs(x) + y", (0, 3), (0, 1)),
        ("abs(abs(x) - abs(y))", (1, -1), (0, 0)),
        ("max(x, -x) + y", (0, 3), (0, 1)),
        ("max(x**2, y**2)", (1, 1), (1, 1)),
        ("max(3*x, 3*y, 3*x*y)", (1, 1), (2, 2)),
        ("max(0, x)**2 + y", (0, 0), (0, 1)),
        ("min(x, 2*x) + y", (0, 1), (1.5, 1)),
        ("min(1 - x, 1 + x) + y", (0, 1), (0, 1)),
        ("sign(x)*x**2 + y", (0, 1), (0, 1)),
        ("sign(x) + y", (0, 1), (0, 1)),
        ("x*abs(x) + y", (0, 1), (0, 1)),
        ("sqrt(x**2) + y", (0, 1), (0, 1)),
        ("abs(x)**1.5 + y", (0, 1), (0, 1)),
        ("(x*y)**1.5 + y", (0, 1), (0, 1)),
        ("max(y, sqrt(x))", (0, 1), (0, 1)),
        ("max(y, 1/x)", (-1, 1), (0, 1)),
        ("abs(log(x)) + y", (1, 1), (0, 1)),
        ("abs(log(x)) + y", (0.5, 1), (-2, 1)),
        ("x**0 + y", (0, 1), (0, 1)),
    ],
)
def test_a_kink_has_the_mean_of_the_slopes_beside_it(text, point, slope) -> None:
    formula = CustomLandscape(text)
    assert formula.gradient(point) == pytest.approx(slope)
    grid = np.broadcast_to(np.array(point, float), (3, 2))
    assert formula.gradient(grid) == pytest.approx(np.broadcast_to(slope, (3, 2)))


@pytest.mark.parametrize("text", [CALLS[n] for n in ("abs", "sign", "max", "min")])
def test_nothing_bends_in_a_kink(text: str) -> None:
    level = CustomLandscape(
        text.replace("x*y + 0.5", "x - y").replace("x*y, y/2, x - 0.1", "x, y, x")
    )
    assert level.hessian((2.0, 2.0)).tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("sqrt(x) + y", (0, 0)),
        ("log(x) + y", (0, 0)),
        ("sqrt(x**2 + y**2)", (0, 0)),
        ("hypot(x, y)", (0, 0)),
        ("max(x, log(y))", (0, -1)),
    ],
)
def test_where_there_is_no_slope_none_is_told_and_nothing_warns(text, point) -> None:
    assert not np.isfinite(CustomLandscape(text).gradient(point)).all()


def test_a_formula_is_the_landscape_that_it_spells() -> None:
    points = np.random.default_rng(3).normal(size=(50, 2))
    for text, named in (
        ("(1 - x)**2 + 100*(y - x**2)**2", Rosenbrock()),
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2", Himmelblau()),
    ):
        spelled = CustomLandscape(text)
        assert spelled.value(points) == pytest.approx(named.value(points), rel=1e-12)
        assert spelled.gradient(points) == pytest.approx(named.gradient(points), rel=1e-10)
        assert spelled.hessian(points) == pytest.approx(named.hessian(points), rel=1e-10)
        runs = [trace(f, GradientDescent(1e-3), (-1.0, 1.0), 100).points for f in (spelled, named)]
        assert runs[0] == pytest.approx(runs[1], rel=1e-10)


def test_the_worst_formula_is_differentiated_in_time() -> None:
    nested = "sin(" * 24 + "x*y" + ")" * 24
    product = "*".join(f"sin(x*{k})*cos(y)" for k in range(1, 11))
    maxima = "max(x*y, " + "max(sin(x), " * 18 + "y" + ")" * 19
    for text in (nested, product, maxima):
        begun = time.process_time()
        slope = CustomLandscape(text).gradient((0.3, 0.4))
        bend = CustomLandscape(text).hessian((0.3, 0.4))
        assert time.process_time() - begun < 2.0
        assert np.isfinite(slope).all()
        assert np.isfinite(bend).all()


def test_great_numbers_do_not_overflow_in_the_code() -> None:
    formula = CustomLandscape("((1e12*x)**16)**4 + y**2")
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
    assert CustomLandscape("abs(x) + y**2").hessian((1.0, 1.0)).tolist() == [[0.0, 0.0], [0.0, 2.0]]


def test_the_documents_name_only_functions_that_there_are() -> None:
    text = (ROOT / "docs/file-format.md").read_text(encoding="utf-8")
    told = re.search(r"A formula of your own, as in `[^`]*`, may use (.*?)## Opt", text, re.DOTALL)
    names = set(re.findall(r"`(\w+)`", told[1])) - {"pi", "e"}
    assert names < {*FUNCTIONS, *SHORTHANDS}
    turned = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    assert {*FUNCTIONS, *SHORTHANDS} - names - {"atan2", "square"} == {
        *turned,
        *(f"a{name}" for name in turned),
    }
