"""What belongs together, where lines break, and which way text reads: by hand, without any font."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scenes.kit.text.scripts import clusters, directed, isolated, levels, pieces, reads_leftwards


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", "a b c"),
        ("e\u0301x\u0302\u0304y", "e\u0301 x\u0302\u0304 y"),
        ("क्षेत्र", "क्षे त्र"),
        ("हिन्दी", "हि न्दी"),
        ("น้ำนี่", "น้ำ นี่"),
        ("ال", "ا ل"),
        ("לָ", "לָ"),
        ("👨‍👩‍👧👍🏽", "👨‍👩‍👧 👍🏽"),
        ("🇫🇷🇩🇪", "🇫🇷 🇩🇪"),
        ("☎️x", "☎️ x"),
        ("\u1112\u1161\u11ab\u1100", "\u1112\u1161\u11ab \u1100"),
    ],
)
def test_a_cluster_is_what_a_reader_takes_for_one_character(text: str, expected: str) -> None:
    assert clusters(text) == tuple(expected.split(" "))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two words here", "two |words |here"),
        ("学習率、小さい。", "学|習|率、|小|さ|い。"),
        ("「速い」方法", "「速|い」|方|法"),
        ("Adam法とSGD", "Adam|法|と|SGD"),
        ("モーメント", "モー|メ|ン|ト"),
        ("ちょっと", "ちょっ|と"),
        ("경사 하강법", "경사 |하강법"),
        ("梯度（动量）", "梯|度|（动|量）"),
        ("", ""),
    ],
)
def test_lines_break_at_blanks_and_between_ideographs(text: str, expected: str) -> None:
    assert "|".join(pieces(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", "000"),
        ("אבג", "111"),
        ("אב 12", "11122"),
        ("ab אב, c", "00011000"),
        ("אב: 12 steps", "110000000000"),
        ("\u200fab אב", "122111"),
        ("10 زخم", "221111"),
    ],
)
def test_what_reads_leftwards_has_odd_levels(text: str, expected: str) -> None:
    assert "".join(map(str, levels(text))) == expected


def test_a_title_reads_as_most_of_its_letters_do() -> None:
    assert directed("Adam مقابل الزخم") == "\u200fAdam مقابل الزخم"
    assert directed("Momentum الزخم") == "Momentum الزخم"
    assert directed("Momentum") == "Momentum"
    assert directed("勾配") == "勾配"


def test_names_in_a_sentence_stand_isolated() -> None:
    assert isolated("אב takes 3") == "\u2067אב\u2069 takes 3"
    assert isolated("a: זָהָב, גד.") == "a: \u2067זָהָב, גד\u2069."
    assert isolated("אבג 12") == "אבג 12"
    assert isolated("abc") == "abc"
    assert not reads_leftwards("abc 勾配 θ")


def test_what_turns_text_around_is_loaded_only_for_such_text() -> None:
    code = (
        "import sys; from scenes.kit.text.lines import outline; outline('Momentum β = 0.9')\n"
        "print('fpdf' in sys.modules, 'fontTools' in sys.modules)\n"
        "outline('勾配')\nprint('fpdf' in sys.modules)\noutline('אב')\nprint('fpdf' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.split() == ["False", "False", "False", "True"]
