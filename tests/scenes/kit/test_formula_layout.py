"""Formulas in lines: they say what the formula says, fit, and can be read."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from momentum_math import CustomLandscape, read_experiment, run
from momentum_math.landscapes.classics import Beale, Rastrigin, StyblinskiTang
from scenes.kit.formulas.layout import Layout, lay_out
from scenes.kit.formulas.mobject import FormulaLines
from scenes.kit.formulas.outlines import formula_svgs, typeset
from scenes.kit.formulas.tokens import tokens, width
from scenes.look import BODY, FRAMES, SMALL, THEMES, Look
from tests.momentum_math.landscapes.test_formula_tex import trees, values
from tests.scenes.staging import overlap, play

KNOWN = {
    "booth": "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    "goldstein": "(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
    "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
    "ackley": "-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y)))"
    " + e + 20",
    "gaussians": "-sin(x*x)*cos(3*y*y)*exp(-(x*y)*(x*y)) - exp(-(x + y)*(x + y)) "
    "- exp(-(x + 0.5)**2/(2*0.33**2) - (y + 0.8)**2/(2*0.33**2))/(2*pi*0.33*0.33)",
    "logistic": "log(1 + exp(-(2*x + y))) + log(1 + exp(-(x + 3*y))) + log(1 + exp(-(3*x + y)))",
    "dropwave": "1 - (1 + cos(12*sqrt(x**2 + y**2)))/(0.5*(x**2 + y**2) + 2)",
    "eggholder": "-(y + 47)*sin(sqrt(abs(x/2 + (y + 47)))) - x*sin(sqrt(abs(x - (y + 47))))",
    "longest": "x**2 + " + " + ".join(f"0.123456789{i}*x" for i in range(16)) + " + y**2",
    "in a root": "sqrt(" + " + ".join(f"{i}*x**2*y" for i in range(1, 11)) + ") + y**2",
    "roots": "sqrt(x + y + sqrt(x*y + 123.456*x + 234.567*y + 1))**2"
    "*abs(1.2345*x + 2.3456*y + 3)**3 + sqrt((1.2345*x/y + 1.2345*y/(x + 1.2345))*(1.2345*x + y))",
    "bars": "abs(1.2345*x*y + 2.3456*y + abs(1.2345*x + 3.4567*y)) + abs(x/y + 1.2345*y/x + 17)**2",
    "in an exponent": "2**(" + " + ".join(f"{i}*x*y" for i in range(1, 15)) + ")",
    "deep": "sin(" * 24 + "x + y" + ")" * 24,
    "flat": "*".join(["sin(x)", "cos(y)"] * 12),
}
ROOMS = ((4.38, 2.65), (4.38, 5.3), (7.2, 2.6), (7.2, 1.9), (3.07, 1.5), (3.07, 2.3))
CASES = [*KNOWN.values(), *trees(60, seed=9)]


def loss(text: str) -> str:
    return rf"f(\theta) = {CustomLandscape(text).tex}"


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, tuple], Layout]:
    """Every case in every room, all of their lines typeset at once."""
    found = {(text, room): lay_out(loss(text), *room) for text in CASES for room in ROOMS}
    lines = {(line.tex,) for layout in found.values() for line in layout.lines}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tex"))
        formula_svgs(list(lines))
        for line in lines:
            typeset(line)
        yield found


def one_line(layout: Layout) -> str:
    """The lines read on, as a reader does."""
    text = " ".join(line.tex.removeprefix("{} ") for line in layout.lines)
    for side in "lr":
        text = text.replace(rf"\Big{side}", rf"\big{side}")
    return text.replace(r"\left(", r"\bigl(").replace(r"\right)", r"\bigr)")


def bare(tex: str) -> str:
    """LaTeX without what only spaces or sizes it."""
    return re.sub(r"\s|\\,|\\cdot(?![a-z])|\\(left|right|[bB]ig[lr])(?=[()])", "", tex)


def test_lines_read_on_are_the_formula(layouts) -> None:
    points, whole = np.random.default_rng(1).uniform(-2, 2, (20, 2)), 0
    for (text, _), layout in layouts.items():
        told = one_line(layout)
        if "dots" in told:
            pattern = re.escape(bare(told)).replace(r"\+\\cdots", "[+-].+")
            pattern = pattern.replace(r"\\ldots", ".+").replace(r"\\cdots", ".+")
            assert re.fullmatch(pattern, bare(loss(text))), told
            continue
        whole += 1
        read = values(told.removeprefix(r"f(\theta) = "), points)
        with np.errstate(all="ignore"):
            expected = np.broadcast_to(CustomLandscape(text).value(points), read.shape)
        both = np.isfinite(read) & np.isfinite(expected) & (np.abs(expected) < 1e12)
        np.testing.assert_allclose(read[both], expected[both], rtol=1e-8, atol=1e-12, err_msg=told)
    assert whole > 0.75 * len(layouts)


def test_lines_have_one_size_that_can_be_read_and_fit_where_they_should(layouts) -> None:
    for (text, (room, height)), layout in layouts.items():
        block = FormulaLines(layout, "#000000", (0.0, 0.0), room)
        assert len({line.em for line in block}) == 1
        assert 0.94 * SMALL <= block[0].em <= BODY * 1.15, text
        assert block.get_right()[0] <= room + 1e-6, text
        assert block.height_units <= height + 0.5, text
        boxes = [(line.get_bottom()[1], line.get_top()[1]) for line in block]
        assert all(above[0] > below[1] for above, below in pairwise(boxes)), text
        assert block.get_top()[1] <= 0.0


def test_widths_are_known_without_tex(layouts) -> None:
    for layout in layouts.values():
        for line in layout.lines:
            true = typeset((line.tex,)).width
            assert true * 0.95 - 0.2 <= width(tokens(line.tex)) <= true * 1.17 + 0.3, line.tex


@pytest.mark.parametrize("tex", [loss(text) for text in CASES] + [Beale.tex, StyblinskiTang.tex])
def test_tokens_are_the_formula(tex: str) -> None:
    joined = "".join(token.tex for token in tokens(tex))
    assert joined.replace(" ", "") == tex.replace(" ", "")
    assert min(token.depth for token in tokens(tex)) == 0 == tokens(tex)[-1].depth


def test_what_fits_is_broken_only_at_its_signs() -> None:
    for room in (4.38, 7.2):
        lines = lay_out(rf"f(\theta) = {Rastrigin().tex}", room, 2.6).lines
        assert all(i == 0 or line.tex[0] in "+-" for i, line in enumerate(lines))
    assert [line.tex for line in lay_out(loss(KNOWN["booth"]), 4.38, 2.6).lines] == [
        r"f(\theta) = (\theta_1 + 2\,\theta_2 - 7)^{2}",
        r"+ (2\,\theta_1 + \theta_2 - 5)^{2}",
    ]


def test_a_number_stays_with_what_it_counts() -> None:
    for room, height in ROOMS:
        for line in lay_out(loss(KNOWN["goldstein"]), room, height).lines[1:]:
            assert not re.match(r"\{\} \\cdot \\theta", line.tex), line.tex


@pytest.mark.parametrize("aspect", FRAMES)
@pytest.mark.parametrize("name", ["goldstein", "gaussians", "longest"])
def test_a_formula_leaves_the_chapter_in_order(
    name: str, aspect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    values = {
        "start": [0.4, 0.7],
        "steps": 20,
        "landscape": {"formula": KNOWN[name], "minimum": "unbounded"},
        "contenders": [{"optimizer": "gd", "lr": 1e-6}],
        "map": {"window": [[-1.0, 1.0], [-1.0, 1.0]]},
    }
    outcome = run(read_experiment(values, "some.toml"))
    scene = play("ravine", outcome, Look(THEMES["paper"], FRAMES[aspect]))
    texts, frame = scene.stage["formula"], scene.frame.safe
    lines = [text for text in texts if "\\" in text.words]
    assert lines
    for line in lines:
        assert frame.left <= line.box.left and line.box.right <= frame.right
        assert all(overlap(line.box, text.box) <= 0 for text in texts if text is not line), (
            line.words
        )
