"""A text that no font has is refused in one line before anything is written; others are drawn."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from momentum_film.deliver.print.handout import handout
from momentum_film.deliver.text.plain import plain
from momentum_film.deliver.web.html import titled
from momentum_film.errors import RequestError
from momentum_film.plan import fingerprint
from momentum_film.plan.drawable import undrawable
from momentum_film.plan.plan import Request, plan_film
from momentum_math import ExperimentError, read_experiment, run
from momentum_math.story import Story
from scenes.kit.text.fonts import FACES, NOTO_CJK
from scenes.look import FRAMES, THEMES, Look
from scenes.storyboard import tell
from tests import ROOT
from tests.momentum_film.small_film import film_of, flat_svg, make, manifest_of
from tests.scenes.staging import play
from tests.scenes.test_layout import layout_problems

TITLES = {
    "ja": "勾配降下法とモメンタム",
    "zh": "梯度下降与动量",
    "ko": "경사 하강법과 모멘텀",
    "ar": "النزول التدريجي",
    "he": "ירידה במדרון עם Momentum",
    "hi": "ग्रेडिएंट डिसेंट और संवेग",
    "th": "การเคลื่อนที่ตามโมเมนตัม",
    "mathematics": "∇𝑓(𝐱) ∈ ℝⁿ",
    "emoji": "Momentum 🚀",
}
LABELS = ("勾配降下法", "الزخم β = 0.90", "संवेग 0.99")
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def experiment(title: str, *labels: str):
    values = tomllib.loads((ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8"))
    values["title"] = title
    for contender, label in zip(values["contenders"], labels, strict=False):
        contender["label"] = label
    return read_experiment(values, "mine.toml")


def toml(folder: Path, title: str, more: str = "") -> Path:
    text = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")
    path = folder / "mine.toml"
    path.write_text(re.sub('title = ".*"', f'title = "{title}"', text) + more, encoding="utf-8")
    return path


def momentum(folder: Path, *words: str, without: str = "") -> subprocess.CompletedProcess:
    """The command in a folder, perhaps as if a package were not installed."""
    hide = f"sys.modules[{without!r}] = None; " if without else ""
    start = "from momentum_film.cli.main import run; run()"
    code = f"import sys; {hide}sys.argv[1:] = {list(words)}; {start}"
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


# --- refused -------------------------------------------------------------------------------------

COMMANDS = (
    ("check", "mine.toml"),
    ("render", "mine.toml", "--engine", "serial"),
    ("batch", "mine.toml", "--engine", "serial"),
    ("deliver", "mine.toml", "--all", "--engine", "serial"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_title_that_no_font_has_is_one_line_and_nothing_is_written(command, tmp_path):
    toml(tmp_path, "A 𓀀𓀁𓀀")
    done = momentum(tmp_path, *command)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line == (
        'mine.toml: title = "A 𓀀𓀁𓀀": no font here has 𓀀 (U+13000) and 1 more, '
        "leave it out or write it otherwise"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_what_a_font_would_draw_that_is_not_installed_names_the_command(command, tmp_path):
    toml(tmp_path, "勾配")
    done = momentum(tmp_path, *command, without="manimgx_fonts_cjk")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith('mine.toml: title = "勾配": no font here has 勾 (U+52FE) and 1 more')
    assert re.search(rf"install one with: \S*pip install {re.escape(NOTO_CJK)}$", line)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_without_the_large_font_other_scripts_are_drawn(tmp_path):
    toml(tmp_path, TITLES["ar"])
    assert momentum(tmp_path, "check", "mine.toml", without="manimgx_fonts_cjk").returncode == 0
    done = momentum(tmp_path, "check", "mine.toml", without="manimgx_fonts")
    assert done.returncode == 2
    assert re.search(r"pip install manimgx-fonts==[\w.]+$", done.stderr.strip())


def test_a_sweep_says_once_what_all_its_films_lack(tmp_path):
    toml(tmp_path, "Mine", "\n[sweep]\nlr = [0.1, 0.2]\n")
    path = tmp_path / "mine.toml"
    path.write_text(path.read_text().replace("Vanilla", "𓀀"), encoding="utf-8")
    done = momentum(tmp_path, "check", "mine.toml")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith('mine.toml: contender 1: label = "𓀀 Gradient Descent": no font')


def test_what_draws_nothing_takes_any_title(tmp_path):
    toml(tmp_path, "𓀀")
    done = momentum(tmp_path, "show", "mine.toml")
    assert done.returncode == 0 and "𓀀" in done.stdout


def test_every_text_that_is_lacking_has_its_line():
    lines = undrawable(experiment("𓀀", "plain", "𓁀"))
    assert [line.partition(" = ")[0] for line in lines] == [
        "mine.toml: title",
        "mine.toml: contender 2: label",
    ]
    with pytest.raises(RequestError, match="no font here has 𓀀"):
        plan_film(Request(experiment("𓀀")))


def test_the_extra_is_the_package_that_is_looked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["cjk"] == [NOTO_CJK]
    needed = {face.requirement for face in FACES} - {NOTO_CJK}
    assert needed <= set(project["dependencies"])


def test_joiners_and_wide_blanks_belong_to_text_and_marks_of_direction_do_not():
    assert experiment("می‌شود").title == "می\u200cشود"
    assert experiment("勾配\u3000降下").title == "勾配 降下"
    with pytest.raises(ExperimentError, match="control characters"):
        experiment("a\u202eb")


# --- drawn ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", TITLES)
def test_every_script_is_accepted(case):
    assert undrawable(experiment(TITLES[case], *LABELS)) == ()


@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
@pytest.mark.parametrize(
    "title",
    [*TITLES.values(), WORD, WORD[:60] * 2, TITLES["ja"] * 10, TITLES["ar"] + " " + TITLES["he"]],
)
def test_the_title_card_stays_in_the_frame(title, aspect):
    outcome = run(experiment(title, *LABELS))
    scene = play("ravine", outcome, Look(THEMES["paper"], FRAMES[aspect]))
    scene.stage = {"title": scene.stage["title"]}
    assert layout_problems(scene) == []
    drawn = "".join(text.words for text in scene.stage["title"])
    assert set(title) - {" "} <= set(drawn)


@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
@pytest.mark.parametrize("case", ["ja", "ar", "hi"])
def test_every_chapter_plays_with_words_in_any_script(case, aspect):
    outcome = run(experiment(TITLES[case], *LABELS))
    for chapter in tell(Story(outcome)).chapters:
        scene = play(chapter.name, outcome, Look(THEMES["paper"], FRAMES[aspect]))
        assert layout_problems(scene) == []


def test_pictures_depend_on_the_fonts_they_need_and_on_no_others():
    assert fingerprint.fonts_of("Momentum β = 0.9") == []
    assert fingerprint.fonts_of("モメンタム") == [NOTO_CJK.replace("==", " ")]


@pytest.mark.parametrize("case", ["ja", "ar", "he", "hi"])
def test_handout_slides_page_and_lecture_survive_any_script(case, tmp_path):
    film = make(tmp_path, experiment(TITLES[case], *LABELS))
    products = {p.file.name: p.data for p in film.deliver("handout", "slides", "lecture", "embed")}
    pages = PdfReader(io.BytesIO(products["handout.pdf"])).pages
    assert len(pages) == len(film.film.beats)
    fonts = {
        str(font["/BaseFont"]) for font in pages[0]["/Resources"]["/Font"].get_object().values()
    }
    assert any("Noto" in font for font in fonts)
    deck = Presentation(io.BytesIO(products["slides.pptx"]))
    said = deck.slides[0].notes_slide.notes_text_frame.text
    letters = set(TITLES[case])
    assert letters <= set(said)
    for name in ("lecture.html", "index.html"):
        page = products[name].decode()
        assert TITLES[case] in page or all(letter in page for letter in letters)


def test_a_title_on_a_page_reads_one_way_and_names_in_sentences_keep_their_places():
    assert titled("ירידה עם <b> ו-Adam") == "\u2067ירידה עם &lt;b&gt; ו-Adam\u2069"
    assert titled("Momentum <b>") == "Momentum &lt;b&gt;"
    assert plain("ירידה: 159 steps") == "\u2067ירידה\u2069: 159 steps"
    assert plain("ירידה") == "ירידה"


def test_a_long_caption_stays_on_its_sheet():
    film = film_of(manifest_of(experiment(TITLES["ja"] * 10, *LABELS)))
    upright = replace(film, width=540, height=960)
    pictures = [flat_svg(54, 96, "#000000")] * len(film.beats)
    page = PdfReader(io.BytesIO(handout(upright, pictures))).pages[0]
    heights: list[float] = []
    page.extract_text(
        visitor_text=lambda text, _, at, *__: heights.append(at[5]) if text.strip() else None
    )
    assert min(heights) > 6.0
