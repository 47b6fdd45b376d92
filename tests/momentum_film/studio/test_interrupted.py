"""Films that are being made when somebody reloads the page, cancels, or kills the studio."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from momentum_film.plan.plan import Request, plan_film
from momentum_film.store.cache import Cache
from momentum_math import load_experiment
from scenes import cache_folder
from tests.momentum_film.studio.on_page import (
    PATIENCE,
    TEXT,
    TIME,
    heard,
    open_,
    play_draft,
    until,
    wait,
)
from tests.momentum_film.studio.opened import Served, gone, workers_come
from tests.momentum_film.studio.test_command import family, running


def new_film(page: Page, studio: Served, beta: float) -> None:
    """Have something on the desk of which no chapter is known."""
    page.fill("#f-contenders-1-beta", str(beta))
    until(page, studio, ("contenders", 1, "beta"), beta)
    heard(page, studio)


def test_a_change_begins_the_film_anew_while_it_is_made(page: Page, studio: Served) -> None:
    new_film(page, studio, 0.8)
    play_draft(page)
    first = studio.studio.film
    assert first is not None and first.is_running
    page.fill("#f-contenders-1-beta", "0.7")
    for _ in range(PATIENCE // 50):
        if studio.studio.film is not first:
            break
        page.wait_for_timeout(50)
    second = studio.studio.film
    assert second is not None and second is not first and not first.is_running
    wanted = second.plan.request.experiment.contenders[1].optimizer
    assert (
        wanted
        == load_experiment(studio.studio.folder.parent / "momentum.toml").contenders[1].optimizer
    )
    expect(page.locator("#made-text")).to_contain_text("drawn")
    page.click("#stop")
    expect(page.locator("#made-text")).to_contain_text("Stopped")
    assert not second.is_running


def test_who_reloads_while_a_film_is_made_goes_on_with_it(page: Page, studio: Served) -> None:
    new_film(page, studio, 0.8)
    play_draft(page)
    film = studio.studio.film
    assert film is not None and film.is_running
    page.reload()
    expect(page.locator("body[data-ready=true]")).to_have_count(1)
    expect(page.locator("#made-text")).to_contain_text("frames are drawn")
    assert studio.studio.film is film and film.is_running
    play_draft(page)
    wait(page, f"{TIME} > 0.2")
    assert studio.studio.film is film and not film.is_cancelled
    page.click("#stop")
    expect(page.locator("#made-text")).to_contain_text("Stopped")


def test_what_is_handed_over_can_be_cancelled(page: Page, studio: Served) -> None:
    """Render, and deliver: nothing is published, nobody works on, and it can be made again."""
    new_film(page, studio, 0.8)
    page.select_option("#quality", "draft")
    page.click("#hand-over")
    for formats in ((), ("captions",)):
        for name in formats:
            page.check(f"#format-{name}")
        page.click("#make")
        expect(page.locator("#cancel")).to_be_enabled()
        work = studio.studio.work
        assert work is not None and work.is_running
        busy = workers_come()
        page.click("#cancel")
        expect(page.locator("#work-text")).to_have_text("Cancelled; finished chapters are kept")
        expect(page.locator("#make")).to_be_enabled()
        assert not work.is_running and not work.failure and work.files == ()
        assert gone(busy)
        assert [path for path in studio.studio.folder.rglob("*") if path.suffix == ".mp4"] == []


def test_a_studio_that_is_killed_leaves_nothing_half_made(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while a film is made and watched; the next one has the draft, and makes the film."""
    path = tmp_path / "momentum.toml"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv(cache_folder.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    with running(tmp_path, "momentum.toml") as (process, address):
        open_(page, address)
        page.click(".switch [data-stage=film]")
        play_draft(page)
        processes = family(process)
        page.fill("#f-contenders-1-beta", "1.4")
        expect(page.locator("#file-status")).to_contain_text("not saved")
        process.kill()
        assert len(processes) > 1 and gone(processes)
        expect(page.locator("#notice")).to_contain_text("The studio has ended")
    assert path.read_text(encoding="utf-8") == TEXT
    assert list(tmp_path.rglob("*.mp4")) == []
    kept = Cache(tmp_path / "cache", warn=lambda line: pytest.fail(line))
    for part in plan_film(Request(load_experiment(path), "draft")).film:
        segment = kept.get_segment(part.key)  # which says so if it is not what was put there
        assert segment is None or segment.frames == part.frames
    with running(tmp_path, "momentum.toml") as (process, address):
        open_(page, address)
        expect(page.locator("#f-contenders-1-beta")).to_have_value("1.4")
        page.click("#undo")
        expect(page.locator("#file-status")).to_have_text("saved")
        page.click(".switch [data-stage=film]")
        play_draft(page)
        processes = family(process)
        process.terminate()
        assert gone(processes)
    context.close()
