"""Formulas as LaTeX: they say what the formula says, to the last digit, without needless signs."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from momentum_math.expressions.functions import FUNCTIONS, SHORTHANDS
from momentum_math.expressions.latex import typeset
from momentum_math.expressions.parser import parse
from momentum_math.landscapes.formula import parse_loss
from momentum_math.messages import Unfit
from tests.momentum_math.expressions.values import evaluate
from tests.momentum_math.landscapes.tex_oracle import Reader

NUMBERS = ("1e-7", "2.5e-7", "1e6", "693147.18", "0.1", "12", "1.5e9", "100000", "0.0625")
EXPONENTS = ("2", "3", "-1", "0.5", "(1/3)", "(-2/3)", "2.0", "(2*1)")


def tree(rng: random.Random, depth: int) -> str:
    """A random formula; its brackets stand wherever they may."""
    if depth == 0 or rng.random() < 0.15:
        exact = repr(rng.uniform(0, 1) * 10.0 ** rng.randint(-9, 9))
        return rng.choice(("x", "y", "x", "y", "x", "y", "pi", "e", exact, rng.choice(NUMBERS)))
    kind, part = rng.random(), (lambda: tree(rng, depth - 1))
    if kind < 0.2:
        return f"-({part()})" if kind < 0.1 else f"(-{part()})"
    if kind < 0.6:
        return f"({part()}){rng.choice('+-*/')}({part()})"
    if kind < 0.68:
        return f"{rng.choice(('x', '-y', '(x+1)'))}{rng.choice('+-*/')}{part()}"
    if kind < 0.76:
        return f"({part()})**{rng.choice(EXPONENTS)}"
    if kind < 0.8:
        return f"{rng.choice(('2', 'e', '0.5'))}**({part()})"
    name = rng.choice((*FUNCTIONS, *SHORTHANDS))
    if name == "pow":
        return f"pow({part()}, {rng.randrange(-3, 4)})"
    count = SHORTHANDS.get(name) or FUNCTIONS[name].fewest
    return f"{name}({', '.join(part() for _ in range(count))})"


def trees(count: int, seed: int) -> list[str]:
    """So many random formulas that are allowed."""
    rng, found = random.Random(seed), []
    while len(found) < count:
        text = tree(rng, rng.randint(1, 4))
        try:
            parse_loss(text)
        except Unfit:
            continue
        found.append(text)
    return found


def values(tex: str, points: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        read = Reader(tex, (points[:, 0], points[:, 1])).read()
    return np.broadcast_to(read, len(points))


def test_what_is_printed_is_what_is_written() -> None:
    points = np.random.default_rng(1).uniform(-2, 2, (40, 2))
    told = 0
    for text in trees(800, seed=1):
        node = parse(text)
        with np.errstate(all="ignore"):
            written = np.broadcast_to(
                evaluate(node, {"x": points[:, 0], "y": points[:, 1]}), len(points)
            )
        printed = values(typeset(node), points)
        both = np.isfinite(written) & np.isfinite(printed) & (np.abs(written) < 1e12)
        told += both.any()
        np.testing.assert_allclose(
            printed[both],
            written[both],
            rtol=1e-8,
            atol=1e-12,
            err_msg=f"{text}: {typeset(node)}",
        )
    assert told > 700


@pytest.mark.parametrize("seed", range(200))
def test_every_number_is_printed_exactly(seed: int) -> None:
    rng = random.Random(seed)
    value = float(
        rng.choice((f"{rng.uniform(0, 1):.{rng.randint(1, 17)}g}", rng.randrange(10**12)))
    )
    value *= 10.0 ** rng.randint(-12, 0)
    printed = typeset(parse(f"x + {value!r}")).removeprefix(r"\theta_1 + ")
    digits = re.fullmatch(r"(?:([\d.]+)(?: \\cdot )?)?(?:10\^\{(-?\d+)\})?", printed)
    assert digits is not None, printed
    assert float(f"{digits[1] or 1}e{digits[2] or 0}") == value


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
        ("x + (-y + 1)", r"\theta_1 - \theta_2 + 1"),
        ("x - (-y + 1)", r"\theta_1 - (-\theta_2 + 1)"),
        ("x + -y", r"\theta_1 - \theta_2"),
        ("x - -2*y", r"\theta_1 + 2\,\theta_2"),
        ("-(-x)", r"\theta_1"),
        ("-(x + y)*2", r"-(\theta_1 + \theta_2) \cdot 2"),
        ("x*2", r"\theta_1 \cdot 2"),
        ("2*-x", r"2\,(-\theta_1)"),
        ("-20*exp(x)", r"-20\,e^{\theta_1}"),
        ("y + -20*exp(x)", r"\theta_2 - 20\,e^{\theta_1}"),
        ("2*(1/2)*x", r"2 \cdot \frac{1}{2}\,\theta_1"),
        ("-x*y/2", r"-\frac{\theta_1\,\theta_2}{2}"),
        ("x/(y/3)", r"\theta_1 / \frac{\theta_2}{3}"),
        ("-(x/2)/y", r"-\frac{\theta_1}{2} / \theta_2"),
        ("x - (x/2)/y*2", r"\theta_1 - \left(\frac{\theta_1}{2} / \theta_2\right) \cdot 2"),
        ("(x/y)**2", r"\left(\frac{\theta_1}{\theta_2}\right)^{2}"),
        ("x**2**3", r"\theta_1^{2^{3}}"),
        ("(x**2)**3", r"(\theta_1^{2})^{3}"),
        ("x**(1/3)", r"\theta_1^{1/3}"),
        ("exp(-x**2)", r"e^{-\theta_1^{2}}"),
        ("exp(-x**2/2)", r"\exp\left(-\frac{\theta_1^{2}}{2}\right)"),
        ("exp(-(x + y))", r"\exp(-(\theta_1 + \theta_2))"),
        ("exp(x)**2", r"(e^{\theta_1})^{2}"),
        ("sqrt(1 + x**2)", r"\sqrt{1 + \theta_1^{2}}"),
        ("hypot(x, y)", r"\sqrt{\theta_1^{2} + \theta_2^{2}}"),
        ("abs(x)**3", r"\left|\theta_1\right|^{3}"),
        ("sin(x)*ln(y)", r"\sin(\theta_1)\,\ln(\theta_2)"),
        ("sin(x)**2", r"\sin^{2}(\theta_1)"),
        ("sin(x)**-1", r"(\sin(\theta_1))^{-1}"),
        ("max(x, y, 0)**2", r"(\max(\theta_1,\, \theta_2,\, 0))^{2}"),
        ("log10(x) + log2(y)", r"\log_{10}(\theta_1) + \log_{2}(\theta_2)"),
        ("sign(x)*arcsin(y)", r"\operatorname{sign}(\theta_1)\,\arcsin(\theta_2)"),
        ("pow(x, 3) - square(y)", r"\theta_1^{3} - \theta_2^{2}"),
        ("pi*x + e", r"\pi\,\theta_1 + e"),
        ("1e-7*x", r"10^{-7}\,\theta_1"),
        ("2.5e-7*x", r"2.5 \cdot 10^{-7}\,\theta_1"),
        ("x + 693147.18", r"\theta_1 + 693147.18"),
        ("x + 1e6 + 100000", r"\theta_1 + 10^{6} + 100000"),
        ("(x + 1)*(y - 2)", r"(\theta_1 + 1)\,(\theta_2 - 2)"),
        ("x**-2", r"\theta_1^{-2}"),
    ],
)
def test_tex_keeps_the_authors_order(text: str, tex: str) -> None:
    assert typeset(parse(text)) == tex


def test_no_brackets_stand_round_a_product_at_the_beginning_or_round_brackets() -> None:
    for text in trees(400, seed=2):
        tex = typeset(parse(text))
        assert not re.match(r"\(-[^()]*\)(?!\^)", tex), tex
        assert not re.search(r"\(\([^()]*\)\)", re.sub(r"\\(left|right|bigl|bigr)", "", tex)), tex
        assert not re.search(r"[-+] -", tex), tex
