"""A studio with a file of one's own, and its page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import DraftFilm
from tests.momentum_film.studio.on_page import PATIENCE, TEXT, open_
from tests.momentum_film.studio.opened import Served, served


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
