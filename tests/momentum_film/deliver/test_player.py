"""The page and the snippet in a browser, from a web server and from a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from momentum_film.cut.film_info import film_info
from momentum_film.cut.mux import join
from momentum_film.cut.verify import mp4_boxes
from momentum_film.deliver.formats import FORMATS
from momentum_film.deliver.kit import Kit
from momentum_film.plan.jobs import Encoding
from momentum_film.plan.plan import Request, plan_again, plan_film
from momentum_film.render.chapter import render
from momentum_film.studio.serving import serving
from momentum_math import Outcome, run
from tests.conftest import DraftFilm
from tests.momentum_film import small_film as small
from tests.momentum_film.deliver.browser import Visit, visit

HOST = (
    '<!DOCTYPE html>\n<html lang="en"><head><title>A blog</title>'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>'
    "<body><main><h1>A blog</h1>{}<p>More words.</p></main></body></html>"
)
PAGES = {"page": "index.html", "embed": "blog.html"}


@pytest.fixture(scope="module")
def folder(small_film: small.SmallFilm) -> Path:
    """The film's folder, with a blog that has the snippet in it."""
    snippet = (small_film.folder / "embed.html").read_text(encoding="utf-8")
    (small_film.folder / "blog.html").write_text(HOST.format(snippet), encoding="utf-8")
    return small_film.folder


@pytest.fixture(scope="module", params=["http", "file"])
def base(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "file":
        yield f"{folder.as_uri()}/"
    else:
        with serving(folder) as address:
            yield address


@pytest.fixture(params=PAGES.values(), ids=PAGES)
def there(request: pytest.FixtureRequest, browser: Browser, base: str) -> Iterator[Visit]:
    with visit(browser, base + request.param) as opened:
        opened.wait("video.readyState >= 1")
        yield opened


def middle(beat: int) -> float:
    return (beat + 0.5) * small.BEAT_SECONDS


def seek(there: Visit, seconds: float) -> None:
    there.page.evaluate(f"document.querySelector('video').currentTime = {seconds}")
    there.wait("!video.seeking && video.readyState >= 2")


def near(one: tuple[float, ...], other: tuple[int, ...], by: int) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def chapters(film: small.SmallFilm) -> list[tuple[float, str]]:
    return [(c["start_seconds"], c["title"]) for c in film.manifest["chapters"]]


def test_the_film_is_there_and_waits(there: Visit, small_film: small.SmallFilm) -> None:
    film = small_film.film
    assert there.video("duration") == pytest.approx(film.seconds, abs=0.1)
    assert (there.video("videoWidth"), there.video("videoHeight")) == (film.width, film.height)
    assert there.video("paused") and there.video("muted") and there.video("controls")
    assert there.video("playsInline") and there.video("preload") == "metadata"
    assert there.video("currentSrc").endswith("momentum.av1.mp4")  # the smaller one comes first
    box = there.page.locator("video").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.01)


def test_every_beat_has_its_caption_and_every_chapter_its_mark(
    there: Visit, small_film: small.SmallFilm
) -> None:
    there.page.evaluate(
        "[...document.querySelector('video').textTracks]"
        ".filter((track) => track.mode === 'disabled')"
        ".forEach((track) => (track.mode = 'hidden'))"
    )
    there.wait("[...video.textTracks].every((track) => track.cues?.length)")
    tracks = there.page.evaluate(
        "[...document.querySelector('video').textTracks].map((track) => [track.kind,"
        " [...track.cues].map((cue) =>"
        " [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent])])"
    )
    found = dict(tracks)
    beats = [beat for chapter in small_film.manifest["chapters"] for beat in chapter["beats"]]
    told = {
        "captions": [(b["start_seconds"], b["end_seconds"], b["caption"]) for b in beats],
        "chapters": [
            (c["start_seconds"], c["end_seconds"], c["title"])
            for c in small_film.manifest["chapters"]
        ],
    }
    assert found.keys() == told.keys()
    for kind, cues in told.items():
        assert [cue[2] for cue in found[kind]] == [cue[2] for cue in cues]
        times = [time for cue in found[kind] for time in cue[:2]]
        assert times == pytest.approx([time for cue in cues for time in cue[:2]], abs=0.001)


def test_it_plays(there: Visit) -> None:
    there.page.evaluate("document.querySelector('video').play()")
    # It pauses amid a beat: near a border the picture may still be that of the other one.
    amid = f"Math.abs((video.currentTime / {small.BEAT_SECONDS}) % 1 - 0.5) < 0.25"
    there.wait(f"!video.paused && video.currentTime > 0.3 && {amid} && (video.pause(), true)")
    there.shows(small.beat_color(int(there.video("currentTime") / small.BEAT_SECONDS)))


@pytest.mark.parametrize("beat", [24, 3])
def test_one_can_seek(there: Visit, beat: int) -> None:
    seek(there, middle(beat))
    assert there.video("currentTime") == pytest.approx(middle(beat), abs=0.01)
    there.shows(small.beat_color(beat))


def test_chapters_play_from_their_start(there: Visit, small_film: small.SmallFilm) -> None:
    links = there.page.locator("figcaption a")
    assert links.count() == len(chapters(small_film))
    # Where it is sent to: by the time one looks, it has played on.
    note = "const v = document.querySelector('video'); v.onseeking = () => (v.sent = v.currentTime)"
    there.page.evaluate(f"() => {{ {note}; }}")
    for index, (start, title) in reversed([*enumerate(chapters(small_film))]):
        there.page.evaluate("document.querySelector('video').pause()")
        assert title in links.nth(index).inner_text()
        if index % 2:
            links.nth(index).click()
        else:
            links.nth(index).focus()
            there.page.keyboard.press("Enter")
        there.wait(f"!video.paused && Math.abs(video.sent - {start}) < 0.001")
        there.wait(f"video.currentTime > {start}")


@pytest.mark.parametrize("name", PAGES.values(), ids=PAGES)
def test_reduced_motion_moves_nothing(
    name: str, browser: Browser, base: str, small_film: small.SmallFilm
) -> None:
    with visit(browser, base + name, reduced_motion="reduce") as there:
        there.wait("video.readyState >= 1")
        start, _ = chapters(small_film)[3]
        there.page.locator("figcaption a").nth(3).click()
        there.wait("!video.seeking && video.readyState >= 2")
        there.page.wait_for_timeout(150)
        assert there.video("paused")
        assert there.video("currentTime") == pytest.approx(start, abs=0.01)
        moving = there.page.evaluate(
            "[...document.querySelectorAll('*')].filter((element) => "
            "parseFloat(getComputedStyle(element).transitionDuration) > 0).length"
            " + document.getAnimations().length"
        )
        assert moving == 0


@pytest.mark.parametrize("name", PAGES.values(), ids=PAGES)
def test_it_works_without_script(name: str, browser: Browser, base: str, small_film) -> None:
    with visit(browser, base + name, java_script_enabled=False) as there:
        video = there.page.locator("video")
        for attribute in ("controls", "muted", "playsinline", "poster", "width", "height"):
            assert video.get_attribute(attribute) is not None
        assert (
            there.page.locator(".companion").count() == 0
            or not there.page.locator(".companion").is_visible()
        )
        links = there.page.locator("figcaption a")
        targets = [links.nth(i).get_attribute("href") for i in range(links.count())]
        assert targets == [f"momentum.web.mp4#t={start:g}" for start, _ in chapters(small_film)]
        links.nth(2).click()
        there.page.wait_for_url(re.compile("momentum.web.mp4#t="))


def test_nothing_comes_from_elsewhere(there: Visit, base: str) -> None:
    seek(there, 1.0)
    own = tuple(f"{base}{name}" for name in ("index.html", "blog.html", "momentum."))
    assert [url[:80] for url in there.requests if not url.startswith((*own, "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", PAGES.values(), ids=PAGES)
def test_everybody_can_use_it(
    name: str, width: int, scheme: str, browser: Browser, folder: Path
) -> None:
    size = {"width": width, "height": 900}
    address = (folder / name).as_uri()
    with visit(browser, address, viewport=size, color_scheme=scheme) as there:
        there.wait("video.readyState >= 1")
        assert there.violations() == []
        wide = there.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, "the page scrolls sideways"


def test_the_page_says_under_the_picture_what_the_caption_says(
    browser: Browser, base: str, small_film: small.SmallFilm
) -> None:
    with visit(browser, f"{base}index.html") as there:
        there.wait("video.readyState >= 1")
        for beat in (7, 0):
            seek(there, middle(beat))
            caption = small_film.film.beats[beat].caption
            there.page.locator(".saying", has_text=caption).wait_for()
        seek(there, middle(len(small_film.film.beats) - 1))
        title = small_film.film.chapters[-1].title
        there.page.locator(".chapters a[aria-current=true]", has_text=title).wait_for()


def test_everything_can_be_reached_by_keyboard(browser: Browser, base: str) -> None:
    with visit(browser, f"{base}index.html") as there:
        reached = set()
        for _ in range(80):
            there.page.keyboard.press("Tab")
            reached.add(
                there.page.evaluate(
                    "document.activeElement.id || document.activeElement.getAttribute('href') || "
                    "document.activeElement.localName + (document.activeElement.value ?? '')"
                )
            )
        wanted = {"video", "companion-lr", "companion-beta", "companion-start", "button0"}
        wanted |= {"momentum.vtt", "momentum.web.mp4", "momentum.web.mp4#t=0"}
        assert wanted <= reached


def test_the_first_load_is_small(draft_film: DraftFilm, folder: Path) -> None:
    """Page, poster, and what stands before the pictures in the film's file."""
    page = (folder / "index.html").stat().st_size
    with draft_film.path("video").open("rb") as file:
        head = sum(size for name, size in mp4_boxes(file) if name in ("ftyp", "moov"))
    assert page + head + 60_000 <= 200_000


# --- colours of the real film -------------------------------------------------------------------


def test_the_films_colors_arrive(draft_film: DraftFilm, browser: Browser, tmp_path: Path) -> None:
    """Background and contenders, decoded by a browser, where the mathematics says they are."""
    for kind in ("video", "poster"):
        path = draft_film.path(kind)
        (tmp_path / path.name).symlink_to(path)
    film = small.film_of(draft_film.manifest)
    kit = Kit(film, tmp_path)
    (page,) = FORMATS["lecture"].make(kit)
    (tmp_path / "lecture.html").write_bytes(page)
    with serving(tmp_path) as base, visit(browser, base + "lecture.html") as there:
        there.wait("video.readyState >= 2")
        (end,) = [c.end for c in film.chapters if c.name == "descent"]
        seek(there, end - 0.5 / film.fps)
        tracks = [t for t in draft_film.manifest["tracks"] if t["chapter"] == "descent"]
        assert_in_colors(there, kit.outcome, tracks)


@pytest.mark.parametrize("encoding", ["av1", "web"])
def test_the_colors_of_films_for_the_web_arrive(
    encoding: Encoding, browser: Browser, tmp_path: Path
) -> None:
    """The same of those that the page offers; at their end a picture stands."""
    wanted = Request(small.experiment(), "draft", chapters=("descent",), loop=False)
    film = film_info(plan_film(wanted))
    segments = [render(planned.job) for planned in plan_again(wanted, encoding)]
    join(film, segments, tmp_path / "film.mp4", encoding)
    video = f'<video src="film.mp4" width="{film.width}" height="{film.height}" muted></video>'
    (tmp_path / "blog.html").write_text(HOST.format(video), encoding="utf-8")
    with serving(tmp_path) as base, visit(browser, base + "blog.html") as there:
        there.wait("video.readyState >= 2")
        assert there.video("duration") == pytest.approx(film.seconds, abs=0.01)
        for seconds in (film.seconds - 0.5 / film.fps, 1.0, film.seconds - 0.5 / film.fps):
            seek(there, seconds)
            assert there.video("currentTime") == pytest.approx(seconds, abs=0.01)
        assert_in_colors(there, run(film.experiment), list(segments[-1].tracks))


def assert_in_colors(there: Visit, outcome: Outcome, tracks: list[dict[str, Any]]) -> None:
    """Background and contenders of the last picture of ``descent``."""
    assert len(tracks) == 3
    for track in tracks:
        step = track["steps"][-1][0]
        x, y = outcome.runs[track["contender"]].trajectory.points[step]
        (sx, ox), (sy, oy) = track["x_px"], track["y_px"]
        assert near(decoded(there, x * sx + ox, y * sy + oy), rgb(track["color"]), by=4)
    assert near(decoded(there, 5, 5), rgb("#FAFAF8"), by=2)


def decoded(there: Visit, x: float, y: float) -> tuple[float, ...]:
    """The mean colour of five by five pixels of the video as it was decoded."""
    found = there.page.evaluate(
        """([x, y]) => {
            const video = document.querySelector("video");
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
            const context = canvas.getContext("2d");
            context.drawImage(video, 0, 0);
            const { data } = context.getImageData(x - 2, y - 2, 5, 5);
            return [0, 1, 2].map((i) => data.filter((_, k) => k % 4 === i)
                .reduce((sum, value) => sum + value, 0) / 25);
        }""",
        [int(x), int(y)],
    )
    return tuple(found)


def rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
