"""The page in a browser: every field, the hand on the map, the film, and nothing lost."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from momentum_film.studio.checked import form_schema
from momentum_math import load_experiment, run
from tests import ROOT
from tests.conftest import DraftFilm
from tests.momentum_film.deliver.browser import Visit
from tests.momentum_film.studio.opened import Served, served

PATIENCE = 60_000
TEXT = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")


@pytest.fixture
def studio(tmp_path: Path, draft_film: DraftFilm) -> Iterator[Served]:
    """A studio with a file of one's own, whose chapters are known at draft quality."""
    path = tmp_path / "momentum.toml"
    path.write_text(TEXT, encoding="utf-8")
    with served(path, tmp_path, draft_film.folder.parent / "cache") as there:
        yield there


@pytest.fixture
def page(browser: Browser, studio: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    open_(opened, studio.address)
    yield opened
    context.close()
    assert errors == []


def open_(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("body[data-ready=true]")).to_have_count(1)


def values(studio: Served) -> dict[str, Any]:
    path = studio.studio.desk.sheet.path
    assert path is not None
    return tomllib.loads(path.read_text(encoding="utf-8"))


def until(page: Page, studio: Served, path: tuple[str | int, ...], wanted: Any) -> None:
    """Until the file says so."""
    found: Any = None
    for _ in range(PATIENCE // 50):
        found = values(studio)
        for step in path:
            found = found[step] if isinstance(found, list) else found.get(step, {})
        if found == wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{path} is {found}, not {wanted}")


def wait(page: Page, condition: str) -> None:
    """Until an expression is true, where the page's own policy lets no script ask."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


TIME = "document.getElementById('video').currentTime"


def shows_what_is_in(page: Page, studio: Served) -> None:
    """The numbers on the page are those of the file, by Python."""
    path = studio.studio.desk.sheet.path
    assert path is not None
    outcome = run(load_experiment(path))
    for row, each in zip(page.locator("#numbers tbody tr").all(), outcome.runs, strict=True):
        expect(row).to_contain_text(each.contender.label)
        arrives = "–" if each.first_below is None else f"{each.first_below} step"
        expect(row.locator("td").nth(0)).to_contain_text(arrives)


# --- the form -----------------------------------------------------------------------------------

FIELDS = [
    (("title",), "Another title", "Another title"),
    (("steps",), "250", 250),
    (("threshold",), "0.01", 0.01),
    (("landscape", "angle_degrees"), "10", 10),
    (("map", "steps"), "40", 40),
    (("noise", "sigma"), "0.01", 0.01),
    (("noise", "seed"), "7", 7),
    (("contenders", 0, "label"), "Plain", "Plain"),
    (("contenders", 1, "lr"), "0.1", 0.1),
    (("contenders", 1, "beta"), ".5", 0.5),
]


def test_each_field_changes_the_file_and_the_numbers(page: Page, studio: Served) -> None:
    for path, typed, wanted in FIELDS:
        page.fill("#f-" + "-".join(map(str, path)), typed)
        until(page, studio, path, wanted)
    for path, typed, wanted in (
        (("start", 0), "-3", -3.0),
        (("landscape", "curvatures", 1), "8", 8.0),
        (("map", "window", 0), "-6", -6.0),
        (("map", "levels", "count"), "20", 20),
    ):
        name = "-".join(map(str, path))
        place = f"#f-{name}" + ("-0" if path == ("map", "window", 0) else "")
        page.fill(place, typed)
        until(page, studio, path + ((0,) if path == ("map", "window", 0) else ()), wanted)
    page.check("#f-contenders-1-baseline")
    until(page, studio, ("contenders", 1, "baseline"), True)
    page.check("#f-contenders-1-bias_correction")
    until(page, studio, ("contenders", 1, "bias_correction"), True)
    page.select_option("#f-contenders-2-first_step", "gradient")
    until(page, studio, ("contenders", 2, "first_step"), "gradient")
    page.fill("#f-title", "")
    until(page, studio, ("title",), {})
    shows_what_is_in(page, studio)
    assert set(re.findall(r"# .*", TEXT)) == set(re.findall(r"# .*", studio.studio.desk.sheet.text))


def test_there_is_a_field_for_each_key_of_the_schema(page: Page) -> None:
    properties = form_schema()["properties"]
    for name, kind in properties.items():
        if "properties" in kind:
            for key in kind["properties"]:
                said = page.locator(f"#f-{name}-{key}, #f-{name}-{key}-label")
                assert said.count() == 1, (name, key)
        elif "oneOf" not in kind and "items" not in kind:
            assert page.locator(f"#f-{name}").count() == 1, name


OWN = {"recorded", "formula", "grid", "fit"}
"""Variants that need words or files of one's own."""


def test_methods_and_landscapes_can_be_chosen(page: Page, studio: Served) -> None:
    for path, select in (
        (("contenders", 1, "optimizer"), "#f-contenders-1-optimizer"),
        (("landscape", "name"), "#f-landscape-name"),
    ):
        words = page.locator(f"{select} option").all_inner_texts()[::3]
        for word in words:
            if word not in OWN:
                page.select_option(select, word)
                until(page, studio, path, word)
    expect(page.locator("#file-status")).to_have_text("saved")


def test_contenders_are_added_moved_and_removed(page: Page, studio: Served) -> None:
    page.click("#add-contender")
    expect(page.locator("#numbers tbody tr")).to_have_count(4)
    page.click("[aria-label='Move up contender 4']")
    until(page, studio, ("contenders", 2, "beta"), 0.5)
    page.click("[aria-label='Remove contender 1']")
    expect(page.locator("#numbers tbody tr")).to_have_count(3)
    until(page, studio, ("contenders", 0, "beta"), 0.9)
    shows_what_is_in(page, studio)


def test_a_wrong_value_is_marked_and_nothing_is_lost(page: Page, studio: Served) -> None:
    page.fill("#f-contenders-1-beta", "1.4")
    said = page.locator("#f-contenders-1-beta-said")
    expect(said).to_have_text("beta = 1.4 must be in [0, 1)")
    expect(page.locator("#f-contenders-1-beta")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#file-status")).to_have_text("not saved: one thing to mend")
    page.fill("#f-steps", "many")
    expect(page.locator("#f-steps-said")).to_contain_text("must be a whole number in [1, 20000]")
    assert values(studio) == tomllib.loads(TEXT)
    page.reload()
    expect(page.locator("#f-contenders-1-beta")).to_have_value("1.4")
    expect(page.locator("#numbers tbody tr")).to_have_count(3)  # of what was right last
    page.fill("#f-steps", "290")
    page.fill("#f-contenders-1-beta", "0.4")
    until(page, studio, ("contenders", 1, "beta"), 0.4)
    until(page, studio, ("steps",), 290)
    expect(said).to_contain_text("the share β of the old velocity")


def test_a_new_landscape_key_that_the_form_does_not_know_is_left_to_the_text(page: Page) -> None:
    """As other versions may have: a table where the form knows a number."""
    told = {"kind": "set", "path": ["contenders", 1, "lr"], "value": {"start": 0.1, "by": "step"}}
    studio_state = page.evaluate(
        "async (edit) => (await Talk.post('edit', {base: (await Talk.get('state')).revision,"
        " edits: [edit]})).status",
        told,
    )
    assert studio_state == 200
    button = page.get_by_role("button", name=re.compile("In the text: .*start"))
    expect(button).to_have_count(1)
    button.click()
    expect(page.locator("#toml")).to_be_focused()


# --- the text -----------------------------------------------------------------------------------


def test_text_and_form_are_in_step(page: Page, studio: Served) -> None:
    page.click(".switch [data-edit=text]")
    page.fill("#toml", TEXT.replace("steps = 300", "steps = 120 # fewer"))
    until(page, studio, ("steps",), 120)
    expect(page.locator("#f-steps")).to_have_value("120")
    page.fill("#toml", "start = [")
    expect(page.locator("#toml-problems")).to_contain_text("is not TOML")
    assert values(studio)["steps"] == 120
    assert page.locator("#form").evaluate("form => form.inert")
    page.click(".switch [data-edit=form]")  # away from the text, whose own undo comes first
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    until(page, studio, ("steps",), 300)
    expect(page.locator("#toml")).to_have_value(TEXT)


def test_a_change_from_outside_is_shown(page: Page, studio: Served) -> None:
    path = studio.studio.desk.sheet.path
    assert path is not None
    path.write_text(TEXT.replace("steps = 300", "steps = 77"), encoding="utf-8")
    expect(page.locator("#f-steps")).to_have_value("77")
    page.click("#undo")
    until(page, studio, ("steps",), 300)


def test_two_tabs_show_the_same(page: Page, studio: Served) -> None:
    other = page.context.new_page()
    open_(other, studio.base)  # with the cookie
    other.fill("#f-steps", "88")
    until(other, studio, ("steps",), 88)
    page.bring_to_front()
    expect(page.locator("#f-steps")).to_have_value("88")
    page.fill("#f-steps", "99")
    other.bring_to_front()
    expect(other.locator("#f-steps")).to_have_value("99")


# --- the map ------------------------------------------------------------------------------------


def resting(page: Page, what: str) -> FloatRect:
    """Where something is, when it moves no more: pictures that arrive may still push it."""
    place = page.locator(what)
    expect(place).to_be_visible()
    before = None
    for _ in range(100):
        found = place.bounding_box()
        if found is not None and found == before:
            return found
        before = found
        page.wait_for_timeout(100)
    raise AssertionError(f"{what} does not come to rest")


def dragged(page: Page, x: float, y: float, dx: float, dy: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=12)
    page.mouse.up()


def test_the_start_and_the_window_follow_the_hand(page: Page, studio: Served) -> None:
    box = resting(page, "#map-start .dot")
    before = page.locator("#map .path.contender-0").get_attribute("d")
    dragged(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 100, 30)
    expect(page.locator("#f-start-0")).not_to_have_value("-4")
    expect(page.locator("#now:not(.stale)")).to_have_count(1)
    x, y = values(studio)["start"]
    assert -3 < x < -1 and 0.5 < y < 1.45
    assert page.locator("#map .path.contender-0").get_attribute("d") != before
    shows_what_is_in(page, studio)
    area = resting(page, "#map .panel")
    dragged(page, area["x"] + area["width"] * 0.8, area["y"] + area["height"] * 0.8, -40, 0)
    expect(page.locator("#f-map-window-0-0")).not_to_have_value("-5")
    (west, east), _ = values(studio)["map"]["window"]
    assert -5 < west < -4 and abs((east - west) - 10) < 0.2
    page.click("#undo")
    page.click("#undo")  # a drag is one step
    until(page, studio, ("start",), [-4.0, 1.5])
    # the file is back before the page has heard of it
    expect(page.locator("#f-start-0")).to_have_value("-4")
    page.locator("#map-start").focus()
    page.keyboard.press("ArrowRight")
    until(page, studio, ("start", 0), -3.9)


def test_while_one_drags_the_page_is_ahead_and_agrees_with_python(
    page: Page, studio: Served
) -> None:
    """Python does not answer meanwhile; what the page drew is what Python draws afterwards."""
    page.route("**/edit", lambda route: route.abort())
    box = resting(page, "#map-start .dot")
    dragged(page, box["x"] + 7, box["y"] + 7, 80, 20)
    expect(page.locator("#now.stale")).to_have_count(1)
    page.wait_for_timeout(200)
    ahead = page.locator("#map .path.contender-1").get_attribute("d")
    spoken = page.locator("#map-start").get_attribute("aria-valuetext")
    assert spoken is not None
    page.unroute("**/edit")
    x, y = (float(said.replace("−", "-")) for said in re.findall(r"= (\S+?)(?:,|$)", spoken))
    assert studio.set("start", value=[x, y])["status"] == 200
    page.reload()
    expect(page.locator("#map-start")).to_have_attribute("aria-valuetext", spoken)
    assert page.locator("#map .path.contender-1").get_attribute("d") == ahead


# --- the film -----------------------------------------------------------------------------------


def test_the_film_plays_and_its_beats_lead_to_it(page: Page, studio: Served) -> None:
    page.select_option("#quality", "draft")
    pictures = page.locator("#beats img.picture")
    beats = page.locator("#beats li")
    expect(pictures).to_have_count(beats.count())
    page.click("#play")
    expect(page.locator("#video[data-first-picture]")).to_have_count(1)
    wait(page, f"{TIME} > 0.5")
    expect(page.locator("#saying")).to_contain_text("Momentum in Gradient Descent")
    beats.nth(9).locator("button").click()
    wait(page, f"{TIME} > 36")
    expect(beats.nth(9)).to_have_attribute("aria-current", "true")
    page.reload()  # and again from the beginning
    page.select_option("#quality", "draft")
    page.click("#play")
    wait(page, f"{TIME} > 0.2")


def test_a_change_begins_the_film_anew_while_it_is_made(page: Page, studio: Served) -> None:
    page.select_option("#quality", "draft")
    page.fill("#f-contenders-1-beta", "0.8")
    until(page, studio, ("contenders", 1, "beta"), 0.8)
    page.wait_for_timeout(700)
    page.click("#play")
    expect(page.locator("#video[data-first-picture]")).to_have_count(1)
    first = studio.studio.film
    assert first is not None and first.is_running
    page.fill("#f-contenders-1-beta", "0.7")
    until(page, studio, ("contenders", 1, "beta"), 0.7)
    expect(page.locator("#made-text")).to_contain_text("drawn")
    for _ in range(PATIENCE // 50):
        if studio.studio.film is not first:
            break
        page.wait_for_timeout(50)
    second = studio.studio.film
    assert second is not None and second is not first and not first.is_running
    expect(page.locator("#video[data-first-picture]")).to_have_count(1)
    page.click("#stop")
    expect(page.locator("#made-text")).to_contain_text("Stopped")
    assert not second.is_running


def test_it_is_rendered_and_handed_over(page: Page, studio: Served) -> None:
    page.select_option("#quality", "draft")
    page.click("#hand-over")
    expect(page.locator("#line")).to_have_value(re.compile("^momentum render .* --quality draft"))
    page.check("#format-captions")
    expect(page.locator("#line")).to_have_value(re.compile("^momentum deliver .* --captions$"))
    page.click("#make")
    expect(page.locator("#work-text")).to_contain_text("Done")
    link = page.locator("#files a", has_text="transcript.md").get_attribute("href")
    answer = page.request.get(f"{studio.base}{link}")
    path = studio.studio.folder / "momentum" / "transcript.md"
    assert (answer.status, answer.body()) == (200, path.read_bytes())
    assert (studio.studio.folder / "momentum" / "momentum.mp4").is_file()


# --- the whole ----------------------------------------------------------------------------------


def test_files_are_opened_and_saved_under_other_names(page: Page, studio: Served) -> None:
    page.select_option("#open", "saddle")
    expect(page.locator("#file-status")).to_have_text("example")
    page.fill("#f-steps", "99")
    expect(page.locator("#file-status")).to_have_text(re.compile("draft"))
    page.click("#save-as")
    page.fill("#ask-name", "momentum")
    page.click("#ask-form .main")
    expect(page.locator("#ask-said")).to_contain_text("is there already")
    page.fill("#ask-name", "mine")
    page.click("#ask-form .main")
    expect(page.locator("#file-name")).to_have_text("mine.toml")
    assert (studio.studio.desk.folder / "mine.toml").is_file()


def test_who_serves_is_gone_and_nothing_is_lost(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "momentum.toml"
    path.write_text(TEXT, encoding="utf-8")
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    with served(path, tmp_path, tmp_path / "cache") as there:
        open_(page, there.address)
        page.fill("#f-contenders-1-beta", "1.4")
        expect(page.locator("#file-status")).to_contain_text("not saved")
    page.fill("#f-contenders-1-beta", "0.4")
    expect(page.locator("#notice")).to_contain_text("The studio has ended")
    expect(page.locator("#f-contenders-1-beta")).to_have_value("0.4")
    with served(path, tmp_path, tmp_path / "cache") as there:
        open_(page, there.address)
        expect(page.locator("#f-contenders-1-beta")).to_have_value("1.4")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1440, 900), (1920, 1080)])
def test_nothing_stands_in_anybodys_way(
    browser: Browser, studio: Served, width: int, height: int, scheme: Any
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    open_(page, studio.address)
    expect(page.locator("#beats li").first).to_be_visible()
    there = Visit(page)
    assert there.violations() == []
    page.evaluate("document.querySelector('.switch [data-edit=text]').click()")
    assert there.violations() == []
    page.click("#hand-over")
    assert there.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    moved = page.evaluate(
        "() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()"
        ".reduce((sum, each) => sum + each.value, 0))).observe({type: 'layout-shift',"
        " buffered: true}) ?? setTimeout(() => done(0), 300))"
    )
    assert moved < 0.1
    context.close()


def test_what_the_page_may_load_is_its_own(page: Page, studio: Served) -> None:
    answer = page.request.get(studio.base)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "token" not in page.url
    assert json.loads(page.request.get(f"{studio.base}about").text())["schema"]
