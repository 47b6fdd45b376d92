"""Every script is drawn by its font, shaped and ordered as HarfBuzz does with that font alone."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import uharfbuzz as hb
from fontTools.ttLib import TTFont

from momentum_math import load_experiment, run
from momentum_math.story import Story
from scenes.kit.text.font_runs import COMPOSED, Undrawable, missing, requirements, runs, shaped
from scenes.kit.text.fonts import FACES, FAMILIAR, font_file
from scenes.kit.text.lines import fitted, outline, shortened, text_width, wrap
from scenes.kit.text.scripts import clusters, directed
from scenes.storyboard import tell
from tests import ROOT

NOTO, CJK = "manimgx_fonts/NotoSans", "manimgx_fonts_cjk/NotoSansCJK-VF.otf.ttc"
WEIGHTS = {"Regular": 400, "Semibold": 600, "Bold": 700}

# text, the font's file, its place in a collection, script, direction
TEXTS = {
    "Japanese": ("モメンタム", CJK, 0, "Kana", "ltr"),
    "Korean": ("하강법", CJK, 1, "Hang", "ltr"),
    "Chinese": ("梯度下降与动量", CJK, 2, "Hani", "ltr"),
    "traditional": ("梯度下降與動量", CJK, 3, "Hani", "ltr"),
    "Arabic": ("التدريجي", f"{NOTO}Arabic[wght].ttf", 0, "Arab", "rtl"),
    "Persian": ("می\u200cشود", f"{NOTO}Arabic[wght].ttf", 0, "Arab", "rtl"),
    "Hebrew": ("במדרון", f"{NOTO}Hebrew[wght].ttf", 0, "Hebr", "rtl"),
    "Hindi": ("ग्रेडिएंट", f"{NOTO}Devanagari[wght].ttf", 0, "Deva", "ltr"),
    "Bengali": ("ঢালু", f"{NOTO}Bengali[wght].ttf", 0, "Beng", "ltr"),
    "Tamil": ("சரிவு", f"{NOTO}Tamil[wght].ttf", 0, "Taml", "ltr"),
    "Thai": ("โมเมนตัมน้ำ", f"{NOTO}Thai[wght].ttf", 0, "Thai", "ltr"),
    "Georgian": ("დაშვება", f"{NOTO}Georgian[wght].ttf", 0, "Geor", "ltr"),
    "mathematics": ("∇𝑓∈𝔼𝐱", "ziamath/fonts/STIXTwoMath-Regular.ttf", 0, "Latn", "ltr"),
    "Latin": ("ₖℝ", f"{NOTO}[wght].ttf", 0, "Latn", "ltr"),
    "emoji": (
        "🚀👍🏽👨\u200d👩\u200d👧",
        f"{NOTO.replace('Sans', 'Emoji')}[wght].ttf",
        0,
        "Latn",
        "ltr",
    ),
}


def oracle(text: str, file: str, index: int, script: str, direction: str, weight: str):
    """(glyphs, widths in ems, ems) as HarfBuzz sets a text with one font."""
    package, _, name = file.partition("/")
    path = Path(find_spec(package).origin).parent / name
    face = hb.Face(hb.Blob(path.read_bytes()), index)
    font = hb.Font(face)
    if face.has_var_data:
        font.set_variations({"wght": WEIGHTS[weight]})
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.script, buffer.direction = script, direction
    hb.shape(font, buffer, {"tnum": True})
    glyphs = [info.codepoint for info in buffer.glyph_infos]
    return glyphs, sum(p.x_advance for p in buffer.glyph_positions) / face.upem


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("case", TEXTS)
def test_a_script_is_set_as_its_font_sets_it(case: str, weight: str) -> None:
    text, file, index, *way = TEXTS[case]
    [found] = runs(text)
    assert (found.face.file, found.face.index) == (file, index)
    glyphs, width = shaped(found, weight)
    ids, advance = oracle(text, file, index, *way, weight)
    assert [glyph.index for glyph in glyphs] == ids
    assert 0 not in ids
    assert width == pytest.approx(advance)
    assert text_width(text, 2.0, weight) == pytest.approx(2 * advance * found.face.scale)
    assert len(outline(text, weight)[0]) > 0
    assert missing(text) == ""


def ink(text: str, weight: str) -> float:
    """The area of outlines, square ems, from their corners."""
    curves = outline(text, weight)[0].reshape(-1, 4, 3)
    x, y = curves[:, 0, 0], curves[:, 0, 1]
    u, v = curves[:, 3, 0], curves[:, 3, 1]
    return abs(float(np.sum(x * v - u * y)) / 2)


@pytest.mark.parametrize("case", ["Japanese", "Arabic", "Hindi", "Thai"])
def test_a_bolder_weight_has_more_ink(case: str) -> None:
    text = TEXTS[case][0]
    areas = [ink(text, weight) for weight in WEIGHTS]
    assert areas == sorted(areas) and areas[0] < 0.95 * areas[-1]


def drawn_letters(text: str) -> str:
    """The letters whose glyphs stand in a line, from left to right, by the fonts' own tables."""
    seen = []
    for run_ in runs(text):
        path = font_file("Regular") if run_.face is None else run_.face.path
        names = TTFont(path).getReverseGlyphMap()
        letters = {names[name]: code for code, name in TTFont(path).getBestCmap().items()}
        glyphs, _ = shaped(run_, "Regular")
        assert [glyph.x for glyph in glyphs] == sorted(glyph.x for glyph in glyphs)
        seen += [chr(letters[glyph.index]) for glyph in glyphs if glyph.index in letters]
    return "".join(seen).replace("\xa0", " ").rstrip()  # a mark of direction is an empty glyph


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("אבג", "גבא"),
        ("אבג דה", "הד גבא"),
        ("Adam אבג: x", "Adam גבא: x"),
        ("אבג takes xy", "גבא takes xy"),
        ("a אב גד b", "a דג בא b"),
        (directed("אבגדה Adam וז"), "זו Adam הדגבא"),
    ],
)
def test_mixed_directions_stand_as_they_are_read(text: str, seen: str) -> None:
    assert drawn_letters(text) == seen


def test_what_the_films_font_has_is_set_by_it_alone_and_in_one_piece() -> None:
    outcome = run(load_experiment(ROOT / "experiments" / "momentum.toml"))
    told = [beat.caption for chapter in tell(Story(outcome)).chapters for beat in chapter.beats]
    labels = [contender.label for contender in outcome.experiment.contenders]
    for text in [*told, *labels, "Привет Ελλάδα Việt Nam Łódź ğüş"]:
        pieces = runs(text)
        assert {piece.face for piece in pieces} == {None}
        if not set(text) & set(COMPOSED):
            assert [piece.text for piece in pieces] == [text]
        assert requirements(text) == ()


def test_a_mark_takes_the_font_of_its_letter() -> None:
    assert [piece.text for piece in runs("x\u0302 ∇\u0302")] == ["x\u0302 ", "∇\u0302"]


def test_kana_tell_whose_letters_the_others_are() -> None:
    assert {piece.face.index for piece in runs("勾配の方法")} == {0}
    assert {piece.face.index for piece in runs("勾配 방법") if piece.face} == {1}


def test_familiar_characters_are_those_of_the_films_font() -> None:
    for weight in WEIGHTS:
        known = set(TTFont(font_file(weight)).getBestCmap())
        assert [
            chr(c) for c in range(0x20, 0x3000) if FAMILIAR.fullmatch(chr(c)) and c not in known
        ] == []


def test_every_face_is_a_font_under_the_open_font_licence() -> None:
    for face in FACES:
        font = TTFont(face.path, fontNumber=face.index)
        assert "Open Font License" in font["name"].getDebugName(13), face
        assert "fvar" in font or "STIX" in face.file


def test_no_font_has_everything() -> None:
    assert missing("a𓀀b𓀁𓀀") == "𓀀𓀁"
    with pytest.raises(Undrawable, match="leave it out"):
        outline("a𓀀")


# --- lines --------------------------------------------------------------------------------------

LONG = {
    "Japanese": "勾配降下法とモメンタムの比較、そして学習率（速い、遅い）の効果。" * 3,
    "word": "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 2,
    "Hindi": "ग्रेडिएंटडिसेंटक्षेत्रसंवेग" * 3,
    "Thai": "การเคลื่อนที่ตามโมเมนตัม" * 4,
}


@pytest.mark.parametrize("width", [2.0, 3.3, 7.2])
@pytest.mark.parametrize("case", LONG)
def test_text_without_blanks_is_broken_into_lines_that_fit(case: str, width: float) -> None:
    text = LONG[case]
    lines = wrap(text, 0.6, width)
    assert "".join(lines) == text
    assert all(text_width(line, 0.6) <= width for line in lines)
    assert len(lines) <= 2 * np.ceil(text_width(text, 0.6) / width)
    assert [cluster for line in lines for cluster in clusters(line)] == list(clusters(text))
    assert not {line[0] for line in lines} & set("、。）ッー")


def test_words_stay_whole_while_they_fit() -> None:
    lines = wrap("Donaudampfschifffahrt on the river is a very long word", 0.33, 5.0)
    assert " ".join(lines) == "Donaudampfschifffahrt on the river is a very long word"


@pytest.mark.parametrize("width", np.linspace(2.5, 8.0, 23))
def test_numbers_stay_with_what_they_count_and_equations_whole(width: float) -> None:
    text = "Turn both: α = 0.75, β → 0.75: 37 steps, 9.53 × 10⁻¹⁰, five times fewer than plain."
    lines = wrap(text, 0.33, float(width))
    assert " ".join(lines) == text
    for together in ("α = 0.75,", "β → 0.75:", "37 steps,", "9.53 × 10⁻¹⁰,"):
        assert sum(together in line for line in lines) == 1


def test_lines_of_a_leftward_title_all_read_leftwards() -> None:
    lines = wrap(directed("النزول التدريجي Momentum مقابل Adam الزخم"), 0.6, 3.6)
    assert len(lines) > 2
    assert all(line.startswith("\u200f") for line in lines)
    assert drawn_letters(directed("אבגדה Adam")) == "Adam הדגבא"


@pytest.mark.parametrize("case", LONG)
def test_what_is_cut_is_cut_between_characters_that_a_reader_sees(case: str) -> None:
    text, whole = LONG[case], clusters(LONG[case])
    starts = {"".join(whole[:n]) for n in range(len(whole))}
    for width in np.linspace(0.5, 5, 12):
        cut = fitted(text, 0.33, width)
        assert cut.removesuffix("…") in starts
        assert text_width(cut, 0.33) <= max(width, text_width("…", 0.33))


def test_a_text_is_shortened_to_so_many_lines() -> None:
    text = "one two three four five six seven eight nine ten"
    assert shortened(text, 0.3, 40.0, 2) == text
    cut = shortened(text, 0.3, 1.8, 2)
    assert cut.endswith("…") and text.startswith(cut.removesuffix("…"))
    assert len(wrap(cut, 0.3, 1.8)) == 2
