"""The page in a browser: every field, the hand on the map, the film, and nothing lost."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from momentum_film.studio.beginnings import OWN
from momentum_film.studio.checked import form_schema
from tests.momentum_film.deliver.browser import Visit
from tests.momentum_film.studio.on_page import (
    PATIENCE,
    TEXT,
    TIME,
    dragged,
    heard,
    open_,
    play_draft,
    resting,
    shows_what_is_in,
    until,
    values,
    wait,
)
from tests.momentum_film.studio.opened import Served, served

# --- the form -----------------------------------------------------------------------------------

# Path, what is typed or chosen, what the file says then, and what of the page it changes: the map,
# the loss curves, the numbers, by their first letters.
FIELDS: list[tuple[tuple[str | int, ...], Any, Any, str]] = [
    (("title",), "Another title", "Another title", ""),
    (("start", 0), "-3", -3.0, "mln"),
    (("steps",), "250", 250, "ln"),
    (("threshold",), "0.01", 0.01, "ln"),
    (("landscape", "curvatures", 1), "8", 8.0, "mln"),
    (("landscape", "angle_degrees"), "10", 10, "mln"),
    (("map", "steps"), "30", 30, "m"),
    (("map", "window", 0, 0), "-6", -6.0, "m"),
    (("map", "levels", "count"), "9", 9, "m"),
    (("noise", "sigma"), "0.01", 0.01, "mln"),
    (("noise", "seed"), "7", 7, "mln"),
    (("contenders", 0, "label"), "Plain", "Plain", "n"),
    (("contenders", 1, "lr"), "0.1", 0.1, "mln"),
    (("contenders", 1, "beta"), ".5", 0.5, "mln"),
    (("contenders", 1, "baseline"), True, True, ""),
    (("contenders", 1, "bias_correction"), True, True, "mln"),
    (("contenders", 2, "first_step"), "gradient", "gradient", "mln"),
]
SHOWN = {"m": "#map", "l": "#race", "n": "#numbers tbody"}


def test_each_field_changes_the_file_the_map_and_the_numbers(page: Page, studio: Served) -> None:
    def pictures() -> dict[str, str]:
        return {key: page.locator(what).inner_html() for key, what in SHOWN.items()}

    heard(page, studio)
    before = pictures()
    for path, typed, wanted, changes in FIELDS:
        field = page.locator("#f-" + "-".join(map(str, path)))
        if isinstance(typed, bool):
            field.check()
        elif field.evaluate("field => field.localName") == "select":
            field.select_option(typed)
        else:
            field.fill(typed)
        until(page, studio, path, wanted)
        shows_what_is_in(page, studio)
        now = pictures()
        assert [key for key in SHOWN if now[key] != before[key]] == [*changes], path
        before = now
    page.fill("#f-title", "")
    until(page, studio, ("title",), {})
    assert set(re.findall(r"# .*", TEXT)) == set(re.findall(r"# .*", studio.studio.desk.sheet.text))


def test_the_map_shows_the_start_and_the_window_of_the_form(page: Page, studio: Served) -> None:
    """By the numbers on the map's own axes."""
    page.fill("#f-start-0", "-2")
    page.fill("#f-start-1", "0.5")
    until(page, studio, ("start",), [-2.0, 0.5])
    heard(page, studio)
    ticks = page.locator("#map text[text-anchor=middle]:not(.name)").all()
    told = [(tick.inner_html().replace("−", "-"), tick.get_attribute("x") or "") for tick in ticks]
    (low, left), *_, (high, right) = [(float(text), float(at)) for text, at in told]
    x = float(page.locator("#map-start .dot").get_attribute("cx") or "nan")
    assert low + (x - left) / (right - left) * (high - low) == pytest.approx(-2.0, abs=0.01)
    for k in range(3):
        path = page.locator(f"#map .path.contender-{k}").get_attribute("d") or ""
        assert float(path[1:].split()[0]) == pytest.approx(x, abs=0.06)


def test_there_is_a_field_for_each_key_of_the_schema(page: Page) -> None:
    properties = form_schema()["properties"]
    for name, kind in properties.items():
        if "properties" in kind:
            for key in kind["properties"]:
                said = page.locator(f"#f-{name}-{key}, #f-{name}-{key}-label")
                assert said.count() == 1, (name, key)
        elif "oneOf" not in kind and "items" not in kind:
            assert page.locator(f"#f-{name}").count() == 1, name


def test_methods_and_landscapes_can_be_chosen(page: Page, studio: Served) -> None:
    """A few of them, and all that are of one's own: each is right at once, with what it has."""
    page.fill("#f-landscape-angle_degrees", "10")  # which no other landscape has
    for path, select in (
        (("contenders", 1, "optimizer"), "#f-contenders-1-optimizer"),
        (("landscape", "name"), "#f-landscape-name"),
    ):
        words = page.locator(f"{select} option").all_inner_texts()
        for word in (*words[1::9], *(own for own in OWN if own in words)):
            page.select_option(select, word)
            until(page, studio, path, word)
        page.select_option("#f-contenders-1-optimizer", "gd")  # what was recorded has its own place
        until(page, studio, ("contenders", 1, "optimizer"), "gd")
    shows_what_is_in(page, studio)
    expect(page.locator("#file-status")).to_have_text("saved")


def test_a_run_of_ones_own_begins_at_the_start_and_may_come_from_a_file(
    page: Page, studio: Served
) -> None:
    page.select_option("#f-contenders-0-optimizer", "recorded")
    until(page, studio, ("contenders", 0, "optimizer"), "recorded")
    assert values(studio)["contenders"][0]["data"]["points"][0] == [-4.0, 1.5]
    heard(page, studio)
    data = page.locator("#f-contenders-0-data")
    expect(data).to_have_attribute("placeholder", "numbers, in the text")
    data.press_sequentially("mine.csv")
    expect(data).to_have_value("mine.csv")
    said = page.locator("#f-contenders-0-data-said")
    expect(said).to_contain_text("is not there: a path counts from the experiment's folder")
    (studio.studio.desk.folder / "mine.csv").write_text("x,y\n-4,1.5\n-1,0\n", encoding="utf-8")
    data.fill("./mine.csv")
    until(page, studio, ("contenders", 0, "data"), "./mine.csv")
    shows_what_is_in(page, studio)


def test_contenders_are_added_moved_and_removed(page: Page, studio: Served) -> None:
    page.click("#add-contender")
    expect(page.locator("#numbers tbody tr")).to_have_count(4)
    until(page, studio, ("contenders", 3, "beta"), 0.5)
    heard(page, studio)
    page.click("[aria-label='Move up contender 4']")
    until(page, studio, ("contenders", 2, "beta"), 0.5)
    heard(page, studio)
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
    heard(page, studio)
    page.click("#undo")
    page.click("#undo")  # a drag is one step
    page.locator("#map-start").focus()
    page.keyboard.press("ArrowRight")  # from where the undo takes it, though nobody has heard yet
    until(page, studio, ("start",), [-3.9, 1.5])


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


def test_the_film_plays_and_its_beats_lead_to_it(page: Page) -> None:
    page.select_option("#quality", "draft")
    pictures = page.locator("#beats img.picture")
    beats = page.locator("#beats li")
    expect(pictures).to_have_count(beats.count())
    play_draft(page)
    wait(page, f"{TIME} > 3")
    video = page.locator("#video")
    assert 0 < int(video.get_attribute("data-first-picture") or 0) < PATIENCE
    assert int(video.get_attribute("data-stalls") or "-1") in (0, 1)  # 0 where nobody else works
    expect(page.locator("#saying")).to_contain_text("Momentum in Gradient Descent")
    beats.nth(9).locator("button").click()
    wait(page, f"{TIME} > 36")
    expect(beats.nth(9)).to_have_attribute("aria-current", "true")
    page.reload()  # and again from the beginning
    play_draft(page)
    wait(page, f"{TIME} > 0.2")


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
def test_nothing_stands_in_anybodys_way(browser: Browser, studio: Served, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    there = Visit(page)
    for width, height in ((1024, 700), (1920, 1080), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        open_(page, studio.address)
        expect(page.locator("#beats li").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(MOVED) < 0.1
        assert there.violations() == []
    page.evaluate("document.querySelector('.switch [data-edit=text]').click()")
    assert there.violations() == []
    page.click("#hand-over")
    assert there.violations() == []
    context.close()


MOVED = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()
    .reduce((sum, each) => sum + each.value, 0))).observe({type: 'layout-shift', buffered: true})
    ?? setTimeout(() => done(0), 300))"""


def test_what_the_page_may_load_is_its_own(page: Page, studio: Served) -> None:
    answer = page.request.get(studio.base)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "token" not in page.url
    assert json.loads(page.request.get(f"{studio.base}about").text())["schema"]
