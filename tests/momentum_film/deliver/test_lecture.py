"""The lecture in a browser: every key, every button, every gesture, and what each of them does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from momentum_film.studio.serving import serving
from momentum_math import load_experiment, run
from momentum_math.story import Story
from scenes.storyboard import tell
from tests import ROOT
from tests.momentum_film import small_film as small
from tests.momentum_film.deliver.browser import Visit, visit

FRAME = 1 / small.FPS
CHAPTERS = tell(Story(run(load_experiment(ROOT / "experiments/momentum.toml")))).chapters
COUNT = sum(len(chapter.beats) for chapter in CHAPTERS)


@pytest.fixture(scope="module", params=["http", "file"])
def address(request: pytest.FixtureRequest, small_film: small.SmallFilm) -> Iterator[str]:
    if request.param == "file":
        yield (small_film.folder / "lecture.html").as_uri()
    else:
        with serving(small_film.folder) as base:
            yield f"{base}lecture.html"


@pytest.fixture(scope="module")
def by_file(small_film: small.SmallFilm) -> str:
    return (small_film.folder / "lecture.html").as_uri()


@pytest.fixture
def lecture(browser: Browser, by_file: str) -> Iterator[Visit]:
    with opened(browser, by_file) as there:
        yield there


def opened(browser: Browser, address: str, **context):
    """A lecture that stands where its address says."""
    return _Opened(browser, address, context)


class _Opened:
    def __init__(self, browser: Browser, address: str, context: dict) -> None:
        self._visit = visit(browser, address, **context)

    def __enter__(self) -> Visit:
        there = self._visit.__enter__()
        there.wait("video.readyState >= 2 && !video.seeking")
        return there

    def __exit__(self, *error: object) -> bool | None:
        return self._visit.__exit__(*error)


def first(beat: int) -> float:
    """The middle of a beat's first frame."""
    return beat * small.BEAT_SECONDS + FRAME / 2


def last(beat: int) -> float:
    """The middle of a beat's last frame."""
    return (beat + 1) * small.BEAT_SECONDS - FRAME / 2


def stands(there: Visit, seconds: float) -> None:
    """It comes to stand there, and stays."""
    there.wait(f"video.paused && !video.seeking && Math.abs(video.currentTime - {seconds}) < 0.01")


def starts(there: Visit, beat: int) -> None:
    """It plays this beat."""
    low, high = first(beat) - FRAME, last(beat) + FRAME
    there.wait(f"!video.paused && video.currentTime > {low} && video.currentTime < {high}")


def press(there: Visit, *keys: str) -> None:
    for key in keys:
        there.page.keyboard.press(key)


def begins(film: small.SmallFilm) -> list[int]:
    """The first beat of each chapter."""
    found, count = [], 0
    for chapter in film.manifest["chapters"]:
        found.append(count)
        count += len(chapter["beats"])
    return found


# --- the film -----------------------------------------------------------------------------------


def test_it_opens_on_the_first_picture(
    browser: Browser, address: str, small_film: small.SmallFilm
) -> None:
    with opened(browser, address) as there:
        stands(there, first(0))
        film = small_film.film
        assert there.video("duration") == pytest.approx(film.seconds, abs=0.1)
        assert (there.video("videoWidth"), there.video("videoHeight")) == (film.width, film.height)
        cues = there.page.evaluate(
            "Object.fromEntries([...document.querySelector('video').textTracks]"
            ".map((track) => [track.kind, [...track.cues].map((cue) => cue.text)]))"
        )
        assert cues["captions"] == [beat.caption for beat in film.beats]
        assert cues["chapters"] == [chapter.title for chapter in film.chapters]
        assert len(film.beats) == COUNT
        seen(there, 0)
        # One file, and what was inside it.
        page, *inside = there.requests
        assert page == address
        assert inside and all(url.startswith(("blob:", "data:")) for url in inside)


def seen(there: Visit, beat: int) -> None:
    """The picture on the screen is of this beat."""
    there.shows(small.beat_color(beat))


def test_it_goes_through_the_whole_film_and_never_shows_what_comes_next(
    browser: Browser, address: str
) -> None:
    """Frames as they are shown, at three times the speed, beat by beat, from one video.

    The page has 3.5 frames, 78 ms, to stop in time. A machine that holds it up for longer says
    nothing about the lecture, so a beat may be played three times.
    """
    with opened(browser, address) as there:
        there.page.evaluate(
            """() => {
                const video = document.querySelector("video");
                window.shown = [];
                window.loads = 0;
                video.addEventListener("loadstart", () => (window.loads += 1));
                video.addEventListener("emptied", () => (window.loads += 1));
                const note = (_, { mediaTime }) => {
                    window.shown.push(mediaTime);
                    video.requestVideoFrameCallback(note);
                };
                video.requestVideoFrameCallback(note);
            }"""
        )
        press(there, *"+" * 8)

        def played(beat: int) -> list[float]:
            there.page.wait_for_timeout(30)
            there.page.evaluate("window.shown.length = 0")
            press(there, "PageDown")
            stands(there, last(beat))
            there.page.wait_for_timeout(30)
            return there.page.evaluate("window.shown")

        for beat in range(COUNT):
            low, high = beat * small.BEAT_SECONDS, (beat + 1) * small.BEAT_SECONDS
            before = low - FRAME * 1.01  # the picture it starts from
            for _ in range(3):
                shown = played(beat)
                if shown and all(before <= time < high - 1e-3 for time in shown):
                    break
                press(there, "PageUp")
                stands(there, last(beat - 1) if beat else first(0))
            else:
                pytest.fail(f"beat {beat} shows {shown}")
        press(there, "PageDown")
        there.page.locator("#toast", has_text="The end").wait_for()
        stands(there, last(COUNT - 1))
        seen(there, COUNT - 1)
        assert there.page.evaluate("window.loads") == 0
        assert there.page.locator("video").count() == 1


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [" ", "ArrowRight", "PageDown", "ArrowDown", "Enter"])
def test_forward(key: str, lecture: Visit) -> None:
    press(lecture, key)
    starts(lecture, 0)
    stands(lecture, last(0))
    seen(lecture, 0)
    press(lecture, key)
    starts(lecture, 1)
    press(lecture, key)  # while it plays: to its end
    stands(lecture, last(1))
    seen(lecture, 1)


@pytest.mark.parametrize("key", ["ArrowLeft", "PageUp", "ArrowUp", "Backspace"])
def test_back(key: str, browser: Browser, by_file: str) -> None:
    with opened(browser, f"{by_file}#3") as there:
        stands(there, last(2))
        press(there, key)
        stands(there, last(1))
        seen(there, 1)
        press(there, "ArrowRight")
        starts(there, 2)
        press(there, key)
        stands(there, last(1))
        press(there, key, key, key)
        stands(there, first(0))


def test_replay(browser: Browser, by_file: str) -> None:
    with opened(browser, f"{by_file}#2") as there:
        stands(there, last(1))
        press(there, "r")
        starts(there, 1)
        stands(there, last(1))
        press(there, "R")
        starts(there, 1)


@pytest.mark.parametrize("key", ["b", ".", "B"])
def test_black(key: str, lecture: Visit) -> None:
    press(lecture, " ")
    starts(lecture, 0)
    press(lecture, key)
    black = lecture.page.locator("#black")
    assert black.is_visible()
    assert black.evaluate("(e) => getComputedStyle(e).backgroundColor") == "rgb(0, 0, 0)"
    size = lecture.page.viewport_size
    assert black.bounding_box() == {"x": 0, "y": 0, **size}
    assert lecture.video("paused")
    at = lecture.video("currentTime")
    press(lecture, " ")  # brings the picture back, and does nothing else
    assert not black.is_visible()
    assert lecture.video("currentTime") == at
    press(lecture, key)
    assert black.is_visible()
    black.click()
    assert not black.is_visible()
    press(lecture, key, "Escape")
    assert not black.is_visible()


@pytest.mark.parametrize("key", ["f", "F5"])
def test_full_screen(key: str, lecture: Visit) -> None:
    press(lecture, key)
    lecture.page.wait_for_function("document.fullscreenElement !== null")
    press(lecture, key)
    lecture.page.wait_for_function("document.fullscreenElement === null")


def test_digits_go_to_chapters(browser: Browser, address: str, small_film) -> None:
    with opened(browser, address) as there:
        for number, beat in reversed([*enumerate(begins(small_film), start=1)]):
            press(there, str(number))
            stands(there, first(beat))
            seen(there, beat)
            current = there.page.locator("#chapters [aria-current=true]").inner_text()
            assert current.split()[0] == str(number)
        press(there, "5", *map(str, range(len(CHAPTERS) + 1, 10)))  # so many there are not
        stands(there, first(begins(small_film)[4]))
        press(there, "0")
        stands(there, first(0))
        press(there, "End")
        stands(there, last(COUNT - 1))
        press(there, "Home")
        stands(there, first(0))


def test_faster_and_slower(lecture: Visit) -> None:
    assert lecture.video("playbackRate") == 1
    for key, rate in (("+", 1.25), ("=", 1.5), ("-", 1.25), ("-", 1), ("_", 0.75), ("-", 0.5)):
        press(lecture, key)
        assert lecture.video("playbackRate") == rate
        assert lecture.page.locator("#toast").inner_text() == f"{rate:g}×"
    press(lecture, *"-" * 9)
    assert lecture.video("playbackRate") == 0.25
    press(lecture, *"+" * 20)
    assert lecture.video("playbackRate") == 3
    press(lecture, " ")
    stands(lecture, last(0))
    assert lecture.video("playbackRate") == 3


def test_notes(browser: Browser, by_file: str, small_film: small.SmallFilm) -> None:
    beats = small_film.film.beats
    with opened(browser, f"{by_file}#2") as there:
        notes, video = there.page.locator("#notes"), there.page.locator("video")
        assert not notes.is_visible()
        wide = video.bounding_box()["width"]
        press(there, "s")
        assert notes.is_visible()
        assert there.page.locator("[data-note=now]").inner_text() == beats[1].caption
        assert there.page.locator("[data-note=next]").inner_text() == beats[2].caption
        assert f"2 of {COUNT}" in there.page.locator("[data-note=place]").inner_text()
        assert re.match(r"0:0\d · ", there.page.locator("[data-note=clock]").inner_text())
        assert video.bounding_box()["width"] < wide  # beside the film, not over it
        press(there, "ArrowRight")
        there.page.locator("[data-note=now]", has_text=beats[2].caption).wait_for()
        press(there, "2")
        there.page.locator(
            "[data-note=next]", has_text=beats[begins(small_film)[1]].caption
        ).wait_for()
        assert there.page.locator("[data-note=now]").inner_text() == ""
        press(there, "End")
        assert there.page.locator("[data-note=next]").inner_text() == "The end."
        press(there, "s")
        assert not notes.is_visible()


def test_notes_in_a_window_of_their_own(lecture: Visit, small_film: small.SmallFilm) -> None:
    with lecture.page.expect_popup() as popup:
        press(lecture, "n")
    window = popup.value
    assert window.locator("[data-note=next]").inner_text() == small_film.film.beats[0].caption
    window.keyboard.press("PageDown")
    stands(lecture, last(0))
    window.locator("[data-note=now]", has_text=small_film.film.beats[0].caption).wait_for()
    window.close()
    press(lecture, "PageDown")
    stands(lecture, last(1))


@pytest.mark.parametrize("key", ["p", "k"])
def test_pause(key: str, lecture: Visit) -> None:
    press(lecture, key)
    starts(lecture, 0)
    press(lecture, key)
    lecture.wait("video.paused")
    assert first(0) - 1e-6 <= lecture.video("currentTime") < last(0)  # in microseconds
    press(lecture, key)
    stands(lecture, last(0))


def test_captions(lecture: Visit) -> None:
    mode = "document.querySelector('video').textTracks[0].mode"
    assert lecture.page.evaluate(mode) == "hidden"
    press(lecture, "c")
    assert lecture.page.evaluate(mode) == "showing"
    press(lecture, "c")
    assert lecture.page.evaluate(mode) == "hidden"


@pytest.mark.parametrize("key", ["?", "h"])
def test_help_lists_the_keys(key: str, lecture: Visit) -> None:
    dialog = lecture.page.locator("#help")
    press(lecture, key)
    assert dialog.is_visible()
    listed = set(dialog.locator("kbd").all_inner_texts())
    assert listed >= {"Space", "→", "PageDown", "←", "PageUp", "R", "B", "F", "S", "+", "−", "1"}
    press(lecture, "ArrowRight")  # is not for the lecture now
    stands(lecture, first(0))
    press(lecture, "Escape")
    assert not dialog.is_visible()
    press(lecture, key, key)
    assert not dialog.is_visible()
    press(lecture, key)
    dialog.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()


def test_shortcuts_of_the_browser_are_left_alone(lecture: Visit) -> None:
    press(lecture, "Control+b", "Alt+s", "x", "Shift")
    assert not lecture.page.locator("#black").is_visible()
    assert not lecture.page.locator("#notes").is_visible()
    stands(lecture, first(0))


# --- buttons and touch --------------------------------------------------------------------------


def click(there: Visit, name: str) -> None:
    there.page.mouse.move(200, 200)
    there.page.get_by_role("button", name=name, exact=True).click()


def test_buttons(browser: Browser, address: str, small_film: small.SmallFilm) -> None:
    with opened(browser, address, viewport={"width": 1280, "height": 720}) as there:
        click(there, "Forward")
        stands(there, last(0))
        click(there, "Pause or go on")
        starts(there, 1)
        click(there, "Pause or go on")
        there.wait("video.paused")
        assert there.video("currentTime") < last(1)
        click(there, "Forward")
        stands(there, last(1))
        click(there, "Back")
        stands(there, last(0))
        click(there, "Notes")
        assert there.page.locator("#notes").is_visible()
        click(there, "Notes")
        assert not there.page.locator("#notes").is_visible()
        click(there, "Keys")
        assert there.page.locator("#help").is_visible()
        press(there, "Escape")
        click(there, "Full screen")
        there.page.wait_for_function("document.fullscreenElement !== null")
        click(there, "Full screen")
        there.page.wait_for_function("document.fullscreenElement === null")
        chapters = there.page.locator("#chapters button")
        assert chapters.count() == len(small_film.film.chapters)
        for index, beat in enumerate(begins(small_film)):
            there.page.mouse.move(200, 200)
            chapters.nth(index).click()
            stands(there, first(beat))
        press(there, " ")  # a click leaves Space to the lecture
        starts(there, begins(small_film)[-1])


def test_a_button_that_has_the_focus_keeps_its_space(lecture: Visit) -> None:
    lecture.page.mouse.move(200, 200)
    lecture.page.get_by_role("button", name="Notes", exact=True).focus()
    press(lecture, " ")
    assert lecture.page.locator("#notes").is_visible()
    stands(lecture, first(0))


def test_a_click_goes_forward_on_the_right_and_back_on_the_left(lecture: Visit) -> None:
    lecture.page.mouse.click(900, 300)
    stands(lecture, last(0))
    lecture.page.mouse.click(900, 300)
    stands(lecture, last(1))
    lecture.page.mouse.click(60, 300)
    stands(lecture, last(0))
    lecture.page.mouse.click(900, 300, button="right")
    stands(lecture, last(0))


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_touch(browser: Browser, by_file: str, small_film: small.SmallFilm) -> None:
    with opened(browser, by_file, **PHONE) as there:
        there.page.touchscreen.tap(300, 300)
        stands(there, last(0))
        there.page.touchscreen.tap(300, 300)
        stands(there, last(1))
        there.page.touchscreen.tap(40, 300)
        stands(there, last(0))
        swipe(there, 300, 100)
        stands(there, last(1))
        swipe(there, 100, 300)
        stands(there, last(0))
        there.page.get_by_role("button", name="Forward", exact=True).tap()
        stands(there, last(1))
        there.page.locator("#chapters button").nth(4).tap()
        stands(there, first(begins(small_film)[4]))


def swipe(there: Visit, start: int, end: int) -> None:
    """A finger that moves across the picture."""
    wire = there.page.context.new_cdp_session(there.page)

    def send(kind: str, *x: float) -> None:
        points = [{"x": place, "y": 320} for place in x]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", start)
    for k in range(1, 9):
        there.page.wait_for_timeout(25)
        send("touchMove", start + (end - start) * k / 8)
    there.page.wait_for_timeout(150)  # a finger that lies still throws nothing
    send("touchMove", end)
    send("touchEnd")
    wire.detach()


# --- everybody, everywhere ----------------------------------------------------------------------


def test_a_page_that_is_loaded_again_stands_where_it_stood(lecture: Visit) -> None:
    press(lecture, " ")
    stands(lecture, last(0))
    press(lecture, " ", " ")
    stands(lecture, last(1))
    lecture.page.reload()
    stands(lecture, last(1))
    seen(lecture, 1)
    press(lecture, "3")
    lecture.page.reload()
    lecture.wait("video.readyState >= 2")
    assert lecture.video("currentTime") > last(1)


def test_reduced_motion_fades_nothing(browser: Browser, by_file: str) -> None:
    durations = (
        "[...document.querySelectorAll('#bar, #toast')]"
        ".map((element) => parseFloat(getComputedStyle(element).transitionDuration))"
    )
    for motion, moves in (("no-preference", True), ("reduce", False)):
        with opened(browser, by_file, reduced_motion=motion) as there:
            assert [duration > 0 for duration in there.page.evaluate(durations)] == [moves] * 2
            assert there.video("paused")


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_everybody_can_use_it(width: int, browser: Browser, by_file: str) -> None:
    size = {"width": width, "height": 900}
    with opened(browser, f"{by_file}#2", viewport=size, reduced_motion="reduce") as there:
        there.page.mouse.move(100, 100)
        assert there.violations() == []
        press(there, "s")
        assert there.violations() == []
        press(there, "?")
        assert there.violations() == []
        press(there, "Escape")
        there.page.mouse.move(120, 120)
        boxes = [button.bounding_box() for button in there.page.locator("#bar button").all()]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        for i, one in enumerate(boxes):
            assert one["height"] >= 44 and one["width"] >= 24
            assert not any(overlap(one, other) for other in boxes[i + 1 :])


def overlap(one: dict, other: dict) -> bool:
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 0.5 and down > 0.5


def test_without_script_it_says_what_to_do(browser: Browser, by_file: str) -> None:
    with visit(browser, by_file, java_script_enabled=False) as there:
        said = there.page.locator(".message").inner_text()
        assert "needs JavaScript" in said and "momentum.mp4" in said
