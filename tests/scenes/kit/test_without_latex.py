"""Formulas without LaTeX: the same parts, about the same size; one line for what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from momentum_math import LANDSCAPES, OPTIMIZERS, read_experiment, run
from momentum_math.expressions.functions import FUNCTIONS
from momentum_math.landscapes.formula import CustomLandscape
from momentum_math.story import Story
from scenes.kit.formulas import latex, outlines, without_latex
from scenes.kit.formulas.latex import FormulaError, TexMissingError
from scenes.kit.formulas.outlines import typeset
from scenes.kit.formulas.shipped import renew
from scenes.kit.formulas.typesetter import LATEX, typesetter
from scenes.kit.text.fonts import STIX, Face
from scenes.look import FRAMES, THEMES, Look
from scenes.storyboard import tell
from scenes.words.rules import rule_parts
from tests import ROOT
from tests.examples import landscape_named, optimizer_named
from tests.scenes.legible import layout_problems
from tests.scenes.staging import play

STIX_FONT = without_latex.MathFont(
    "STIX Two Math", Face(STIX, "ziamath/fonts/STIXTwoMath-Regular.ttf").path, is_truetype=True
)
LINES = sorted({line for name in OPTIMIZERS for line in optimizer_named(name, 0.1).rule})
LOSSES = [landscape_named(name).tex for name in LANDSCAPES]


@pytest.fixture
def no_latex(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without LaTeX, and nothing kept from before."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("MOMENTUM_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture(params=["as it is", "STIX"])
def font(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The font that the system has, and the one that comes along."""
    if request.param == "STIX":
        monkeypatch.setattr(without_latex, "math_font", lambda: STIX_FONT)
    without_latex.identity.cache_clear()
    yield
    without_latex.identity.cache_clear()


def drawn(*formula: str) -> outlines.Typeset:
    return outlines._parse(without_latex.svg(formula), len(formula))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.usefixtures("font")
def test_the_parts_of_a_rule_are_where_latex_has_them(line: str) -> None:
    parts = [tex for tex, _ in rule_parts(line)]
    here, there = drawn(*parts), typeset(parts)  # that one is shipped
    assert len(here.pieces) == len(there.pieces)
    assert here.width == pytest.approx(there.width, rel=0.15, abs=0.2)
    left = 0.0
    for piece, known in zip(here.pieces, there.pieces, strict=True):
        assert piece.shape[0] % 4 == 0
        assert len(piece)
        assert piece[:, 0].min() > left - 0.25
        left = float(piece[:, 0].max())
        assert np.ptp(piece[:, 1]) == pytest.approx(np.ptp(known[:, 1]), rel=0.3, abs=0.1)
        assert left < here.width + 0.1


@pytest.mark.parametrize("tex", LOSSES)
@pytest.mark.usefixtures("font")
def test_every_landscape_can_be_set(tex: str) -> None:
    one = drawn(rf"f(\theta) = {tex}")
    assert one.width > 1
    assert np.isfinite(one.pieces[0]).all()


@pytest.mark.usefixtures("font")
def test_every_function_of_a_formula_can_be_set() -> None:
    for name, function in FUNCTIONS.items():
        inside = ", ".join(["x", "y", "2"][: function.fewest + function.takes_more])
        tex = CustomLandscape(f"{name}({inside}) + y**2", "unknown").tex
        assert drawn(tex).width > 1, name


@pytest.mark.usefixtures("font")
def test_bars_add_to_the_letters_that_they_touch() -> None:
    """By the winding number: contours that run in opposite ways would cut holes."""
    for tex in (r"\sqrt{x}", r"\frac{1}{2}", r"\left|\frac{x}{y}\right|"):
        curves = drawn(tex).pieces[0].reshape(-1, 4, 3)
        starts, ends = curves[:, 0, :2], curves[:, 3, :2]
        breaks = [0, *(1 + np.flatnonzero(np.abs(ends[:-1] - starts[1:]).max(axis=1) > 1e-9))]
        rings = np.split(starts, breaks[1:])
        areas = [
            np.sum(r[:, 0] * np.roll(r[:, 1], -1) - np.roll(r[:, 0], -1) * r[:, 1]) for r in rings
        ]
        turns = {np.sign(area) for area in areas if abs(area) > 0.05}
        assert len(turns) == 1, tex


WRONG = {
    "unknown command": (r"\notacommand{3}", r"Undefined control sequence \notacommand"),
    "open brace": (r"\frac{1}{", "unmatched brace"),
    "comment": ("50 % x", "a %"),
    "last backslash": ("x\\", "a last \\"),
    "two exponents": ("x^2^3", "DoubleSuperscripts"),
    "unfinished left": (r"\left( x", ""),
    "a missing denominator": (r"\frac", ""),
    "reading a file": (r"\input{/etc/hostname}", r"Undefined control sequence \input"),
    "a letter no font has": ("x + \U0001f600", "the font has no \U0001f600 (U+1F600)"),
    "control": ("x\x00", ""),
    "tags": ("<script>&lol;", ""),
    "deep": ("{" * 2000 + "x" + "}" * 2000, ""),
}


@pytest.mark.parametrize(("wrong", "said"), WRONG.values(), ids=WRONG)
@pytest.mark.usefixtures("font")
def test_a_wrong_formula_is_one_line_and_leaves_nothing(
    wrong: str, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "made"
    try:
        without_latex.make([("x",), (wrong,)], folder)
    except FormulaError as error:
        assert said in str(error)
        assert "\n" not in str(error)
        assert len(str(error)) < 260
        assert not folder.exists()
    else:  # it was set as it stands
        assert not said
        assert len(list(folder.iterdir())) == 2


def test_without_a_font_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(without_latex, "math_font", lambda: None)
    with pytest.raises(TexMissingError, match="pip install ziamath==") as error:
        without_latex.svg(("x",))
    assert "\n" not in str(error.value)


def test_who_sets_depends_on_what_is_installed(no_latex: Path) -> None:
    here = typesetter()
    assert here.name.startswith("ziamath, in ")
    assert "ziamath 0." in here.identity()
    assert here.svg_name(("x",)) != latex.svg_name(("x",))
    made = outlines.formula_svgs([("q_{17}",)])[0]
    assert made.name == here.svg_name(("q_{17}",))
    assert ElementTree.parse(made).getroot().findtext("{*}desc", "").endswith("pt")
    assert outlines.formula_svgs([("q_{17}",)]) == [made]
    with pytest.raises(TexMissingError, match="apt-get install"):
        renew([("q_{17}",)], no_latex / "shipped")  # what is shipped, LaTeX has made


def test_with_latex_it_is_used() -> None:
    assert typesetter() is LATEX


OWN = {
    "start": [2.5, 1.5],
    "steps": 60,
    "landscape": {
        "formula": "sqrt(1 + (x - 0.3)**2) + 4*y**2/(1 + exp(-x)) + abs(sin(3*x)) + log(1 + y**4)"
    },
    "contenders": [
        {"optimizer": "gd", "lr": 0.1},
        {"optimizer": "adam", "lr": 0.15},
        {"optimizer": "ema-momentum", "lr": 0.1, "beta": 0.9},
    ],
}


@pytest.mark.parametrize(
    ("font", "aspect"),
    [("as it is", "16:9"), *(("STIX", aspect) for aspect in FRAMES)],
    indirect=["font"],
)
@pytest.mark.usefixtures("no_latex", "font")
def test_a_film_with_an_own_formula_is_laid_out(aspect: str) -> None:
    outcome = run(read_experiment(OWN, "own.toml"))
    for chapter in tell(Story(outcome)).chapters:
        if chapter.name in ("ravine", "zigzag", "memory", "summary"):
            scene = play(chapter.name, outcome, Look(THEMES["paper"], FRAMES[aspect]))
            assert not layout_problems(scene), chapter.name


def test_check_and_doctor_say_who_sets_formulas(tmp_path: Path) -> None:
    formula, named = 'formula = "x**2 + y**4"', 'name = "beale"'
    plain, own = 'optimizer = "gd"', 'optimizer = "rule"\nrule = ["theta = theta - lr*sign(g)"]'
    for name, ground, method in (("own", formula, plain), ("rule", named, own)):
        (tmp_path / f"{name}.toml").write_text(
            f"start = [1.0, 1.0]\n[landscape]\n{ground}\n[[contenders]]\nlr = 0.1\n{method}\n"
        )
    environment = os.environ | {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    said = [
        subprocess.run(
            [sys.executable, "-m", "momentum_film", *command],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for command in (["check", "own.toml"], ["check", "rule.toml"], ["doctor"])
    ]
    assert "its own formulas are set by ziamath, in " in said[0]
    assert "its own formulas are set by ziamath, in " in said[1]
    assert "formulas that no shipped film has are set by ziamath, in " in said[2]
