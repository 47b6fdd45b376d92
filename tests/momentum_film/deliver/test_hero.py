"""The surface beside the title: its heights are the loss's, it is small, and it comes to rest."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from momentum_film.deliver.web.hero import CELLS, SCRIPT, hero
from momentum_film.deliver.web.html import script
from momentum_film.deliver.web.page import Media, Source, page
from momentum_math import run
from momentum_math.relief import relief
from tests import ROOT
from tests.momentum_film import small_film as small
from tests.momentum_film.deliver.browser import visit

EXPERIMENTS = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))
LIGHTEST = 60_000  # bytes at most, of script and data


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_heights_grow_with_the_loss_and_are_light(name: str) -> None:
    outcome = run(small.experiment(name))
    seen = hero(outcome)
    assert seen is not None
    assert len(json.dumps(seen)) + len(script(SCRIPT)) < LIGHTEST
    heights = np.frombuffer(base64.b64decode(seen["heights"]), "<u2").reshape(CELLS + 1, CELLS + 1)
    window = outcome.experiment.map.window
    x, y = (np.linspace(*side, CELLS + 1) for side in window)
    known = relief(outcome.experiment.landscape, window)
    assert known is not None
    for row, column in ((0, 0), (3, 50), (CELLS, CELLS), (30, 17)):
        loss = float(outcome.experiment.landscape.value((x[column], y[row])))
        share = np.clip((loss - known.low) / (known.high - known.low), 0.0, 1.0)
        if known.unit is not None:
            grown = np.log1p(share * (known.high - known.low) / known.unit)
            share = grown / np.log1p((known.high - known.low) / known.unit)
        assert heights[row, column] / 65535 == pytest.approx(share, abs=2e-5)
    (west, east), (south, north) = window
    left, up = seen["marks"][0]
    start = (west + left * (east - west), south + up * (north - south))
    assert start == pytest.approx(outcome.experiment.start, abs=1e-3 * max(map(abs, start)))


def pixels(page: Page) -> str:
    return page.evaluate("document.getElementById('hero').toDataURL()")


@pytest.fixture(scope="module")
def address(small_film: small.SmallFilm) -> str:
    return (small_film.folder / "index.html").as_uri()


def test_it_turns_and_then_rests(browser: Browser, address: str) -> None:
    with visit(browser, address) as there:
        first = pixels(there.page)
        there.page.wait_for_timeout(600)
        assert pixels(there.page) != first
        there.page.wait_for_timeout(5500)
        last = pixels(there.page)
        there.page.wait_for_timeout(300)
        assert pixels(there.page) == last
        colors = there.page.evaluate(
            "(() => { const it = document.getElementById('hero'); const all = it.getContext('2d')"
            ".getImageData(0, 0, it.width, it.height).data; const found = new Set();"
            "for (let k = 0; k < all.length; k += 4) if (all[k + 3] === 255)"
            " found.add(all.slice(k, k + 3).join()); return found.size; })()"
        )
        assert colors > 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_moves_for_who_does_not_want_it(
    scheme: str, browser: Browser, address: str
) -> None:
    look = {"reduced_motion": "reduce", "color_scheme": scheme}
    with visit(browser, address, viewport={"width": 360, "height": 800}, **look) as there:
        there.page.wait_for_timeout(300)
        first = pixels(there.page)
        there.page.mouse.move(30, 300)
        there.page.wait_for_timeout(500)
        assert pixels(there.page) == first
        assert there.page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_landscape_that_cannot_be_seen_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page has no picture beside the title, and no script for one."""
    monkeypatch.setattr("momentum_film.deliver.web.hero.relief", lambda *_: None)
    outcome = run(small.experiment())
    assert hero(outcome) is None
    film = small.film_of(small.manifest_of(small.experiment()))
    text = page(film, outcome, Media((Source("a.mp4", "video/mp4"),), "a.webp"))
    assert "hero" not in text.partition("<body>")[2]
