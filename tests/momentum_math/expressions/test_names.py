"""Expressions in other names than x and y: variables, and constants with their values."""

import numpy as np
import pytest

from momentum_math.expressions.latex import typeset
from momentum_math.expressions.parser import Names, measure, parse
from momentum_math.messages import Unfit
from tests.momentum_math.expressions.values import evaluate

RULE = Names(("theta", "g", "t"), (("lr", 0.1), ("mu", 0.5)))


def test_an_expression_has_the_names_that_it_is_given() -> None:
    tree = parse("theta - lr*g/(1 - mu**t)", RULE)
    numbers = {"g": 4.0, "t": 2.0, "lr": 0.1, "mu": 0.5}
    got = evaluate(tree, {"theta": np.array([1.0, 2.0])} | numbers)
    assert got.tolist() == pytest.approx([1.0 - 0.4 / 0.75, 2.0 - 0.4 / 0.75], rel=1e-15)
    symbols = {"theta": r"\theta", "g": "g", "t": "t", "lr": r"\alpha", "mu": r"\mu"}
    assert typeset(tree, symbols) == r"\theta - \frac{\alpha\,g}{1 - \mu^{t}}"


def test_what_has_no_variable_is_a_constant() -> None:
    assert measure(parse("2*lr + mu", RULE), RULE).constant == pytest.approx(0.7, rel=1e-15)
    assert measure(parse("lr*t", RULE), RULE).constant is None
    cubic = Names(("x",), (("k", 3.0),))
    assert measure(parse("x**k", cubic), cubic).degree == 3.0


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("x + g", 'unknown name "x", use theta, g and t'),
        ("theta + mus", 'unknown name "mus", did you mean "mu"?'),
        ("theta[0]", "may only use theta, g, t, pi, e, lr, mu, numbers"),
        ("theta/(mu - 0.5)", "must not divide by zero"),
        ("theta**g", "numbers as exponents"),
    ],
)
def test_a_remedy_speaks_of_the_names_that_there_are(text: str, remedy: str) -> None:
    with pytest.raises(Unfit) as caught:
        parse(text, RULE)
    assert remedy in str(caught.value)
