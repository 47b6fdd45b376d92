"""What a test does on the studio's page, and what it waits for: always a state, never a time."""

from __future__ import annotations

import tomllib
from typing import Any

from playwright.sync_api import FloatRect, Page, expect

from momentum_math import load_experiment, run
from tests import ROOT
from tests.momentum_film.studio.opened import Served

PATIENCE = 60_000  # ms
TEXT = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")
TIME = "document.getElementById('video').currentTime"
TWO_PICTURES = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
)


def open_(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("body[data-ready=true]")).to_have_count(1)


def text_of(studio: Served) -> str:
    path = studio.studio.desk.sheet.path
    assert path is not None
    return path.read_text(encoding="utf-8")


def values(studio: Served) -> dict[str, Any]:
    return tomllib.loads(text_of(studio))


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


def heard(page: Page, studio: Served) -> None:
    """Until the page shows what is in the file: a page hears of a change after the file has it."""
    expect(page.locator("#toml")).to_have_value(text_of(studio))
    page.evaluate(TWO_PICTURES)
    expect(page.locator("#now:not(.stale)")).to_have_count(1)


def wait(page: Page, condition: str) -> None:
    """Until an expression is true, where the page's own policy lets no script ask."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def play_draft(page: Page) -> None:
    """From the first press to the first picture."""
    page.select_option("#quality", "draft")
    page.click("#play")
    expect(page.locator("#video[data-first-picture]")).to_have_count(1)


def shows_what_is_in(page: Page, studio: Served) -> None:
    """The numbers on the page are those of the file, by Python."""
    path = studio.studio.desk.sheet.path
    assert path is not None
    outcome = run(load_experiment(path))
    heard(page, studio)
    shown = [row.split("\t") for row in page.locator("#numbers tbody").inner_text().splitlines()]
    assert len(shown) == len(outcome.runs)
    for (label, first, stays, _), each in zip(shown, outcome.runs, strict=True):
        assert label.strip() == each.contender.label
        for said, step in ((first, each.first_below), (stays, each.stays_below)):
            assert said.split()[0] == ("–" if step is None else str(step))


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
