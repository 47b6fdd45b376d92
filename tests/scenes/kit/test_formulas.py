"""Formulas as outlines, held against the measures of Knuth's fonts; the shipped films' SVGs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from scenes.kit.formulas import latex
from scenes.kit.formulas.latex import Formula, svg_name
from scenes.kit.formulas.outlines import SHIPPED, formula_svgs, typeset
from scenes.kit.formulas.shipped import renew, shipped_formulas

# Widths in TeX points at 10 pt, from the tables of Computer Modern, which Latin Modern keeps.
CMMI_X, CMR_DIGIT, CMR_PLUS, QUAD = 5.71527, 5.00002, 7.77781, 10.00002
CMMI_THETA, CMR_PAREN = 4.69444 + 0.27779, 3.8889
MEDIUM, THICK = 4 * QUAD / 18, 5 * QUAD / 18


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, where new formulas are made."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def shipped() -> list[Formula]:
    return shipped_formulas()


def signed_area(points: np.ndarray) -> float:
    """Area inside closed outlines (4k, 3), positive if counter-clockwise; chords of its curves."""
    a, b = points[0::4], points[3::4]
    return float(np.sum(a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1])) / 2


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        (("x",), CMMI_X),
        (("1",), CMR_DIGIT),
        (("1", "+", "1"), 2 * CMR_DIGIT + CMR_PLUS + 2 * MEDIUM),
        (("1", "=", "1"), 2 * CMR_DIGIT + CMR_PLUS + 2 * THICK),
        (("-", "1"), CMR_PLUS + CMR_DIGIT),
        (("(", "x", ")"), 2 * CMR_PAREN + CMMI_X),
        ((r"\quad",), QUAD),
    ],
)
def test_width_is_what_the_font_tables_and_the_rules_of_spacing_say(
    formula: Formula, points: float, elsewhere: Path
) -> None:
    assert typeset(formula).width == pytest.approx(points / 10, abs=2e-4)


def test_letters_stand_on_the_baseline_of_the_origin(elsewhere: Path) -> None:
    one, y, sub = (typeset((text,)).pieces[0] for text in ("1", "y", "x_1"))
    assert one[:, 1].min() == pytest.approx(0.0, abs=0.003)
    assert one[:, 1].max() == pytest.approx(0.644, abs=0.03)  # cmr10's figures: 6.44 pt
    assert y[:, 1].min() == pytest.approx(-0.194, abs=0.03)  # its depth: 1.94 pt
    assert sub[:, 1].min() < -0.1
    assert 0 <= one[:, 0].min() < 0.15
    assert np.all(one[:, 2] == 0)


@pytest.mark.parametrize(
    "parts",
    [
        ("a", "+", "b"),
        (r"v \leftarrow", r"\beta v", "+", r"(1-\beta)", r"\nabla L(\theta)"),
        ("-", "x", "=", r"\frac{1}{2}", r"\sqrt{y}"),
    ],
)
def test_cutting_a_formula_into_parts_moves_nothing(parts: Formula, elsewhere: Path) -> None:
    whole, cut = typeset((" ".join(parts),)), typeset(parts)
    assert cut.width == whole.width
    assert len(cut.pieces) == len(parts)
    np.testing.assert_allclose(np.concatenate(cut.pieces), whole.pieces[0], atol=1e-5)
    starts = [piece[:, 0].min() for piece in cut.pieces]
    assert starts == sorted(starts)


def test_rules_turn_as_glyphs_do_so_that_a_root_has_no_holes(elsewhere: Path) -> None:
    bar, root = typeset((r"\rule{1em}{0.4pt}", r"\sqrt{\phantom{x}}")).pieces
    assert signed_area(bar) == pytest.approx(1.0 * 0.04, rel=0.01)
    line = root[-16:]
    assert np.ptp(line[:, 1]) == pytest.approx(0.04, rel=0.01)
    assert signed_area(line) > 0 and signed_area(root[:-16]) > 0


def test_outlines_are_whole_curves_and_read_only(elsewhere: Path) -> None:
    piece = typeset((r"\nabla",)).pieces[0]
    assert piece.shape[1] == 3 and len(piece) % 4 == 0
    assert not piece.flags.writeable
    same = np.all(piece[3:-1:4] == piece[4::4], axis=1)
    assert np.count_nonzero(~same) == 1  # two closed contours: the triangle and its inside


@pytest.mark.parametrize("has_latex", [True, False])
def test_a_made_formula_is_not_made_again(
    has_latex: bool, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_latex:
        monkeypatch.setenv("PATH", "")
    first = formula_svgs([("x",), ("y", "z"), ("x",)])
    assert first[0] == first[2] != first[1]
    made = [path.stat().st_mtime_ns for path in first]
    assert formula_svgs([("y", "z"), ("x",)]) == [first[1], first[0]]
    assert [path.stat().st_mtime_ns for path in first] == made


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("piece-0", "piece-7"),
        lambda text: text.replace("<desc>", "<desk>").replace("</desc>", "</desk>"),
        lambda text: text.replace("<use", "<image"),
        lambda text: "<html/>",
    ],
    ids=["empty", "truncated", "other parts", "no width", "other element", "other file"],
)
def test_a_damaged_svg_is_made_again(damage, elsewhere: Path) -> None:
    [path] = formula_svgs([(r"\gamma",)])
    whole, before = path.read_text(), typeset((r"\gamma",))
    path.write_text(damage(whole))
    after = typeset((r"\gamma",))
    assert path.read_text() == whole
    assert after.width == before.width
    np.testing.assert_array_equal(after.pieces[0], before.pieces[0])


def test_the_name_follows_everything_that_decides_the_outlines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [svg_name(f) for f in [("x",), ("y",), ("x", "y"), ("x y",), ("y", "x")]]
    monkeypatch.setattr(latex, "_HEAD", latex._HEAD.replace("article", "report"))
    names.append(svg_name(("x",)))
    assert len(set(names)) == len(names)


def test_the_shipped_films_need_no_latex(
    shipped: list[Formula], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert shipped
    assert all(path.parent == SHIPPED for path in formula_svgs(shipped))
    assert all(len(typeset(formula).pieces) == len(formula) for formula in shipped)


def test_there_is_no_svg_that_no_film_needs(shipped: list[Formula]) -> None:
    here = {path.name for path in SHIPPED.iterdir()}
    assert here - {svg_name(formula) for formula in shipped} == set()


def test_renewing_adds_and_removes(tmp_path: Path, elsewhere: Path) -> None:
    folder = tmp_path / "formulas"
    assert renew([("p",), ("q",)], folder) == (2, 0)
    assert renew([("q",), ("r",)], folder) == (1, 1)
    assert renew([("q",), ("r",)], folder) == (0, 0)
    assert {path.name for path in folder.iterdir()} == {svg_name(("q",)), svg_name(("r",))}
