"""Debian's Chromium, driven by Playwright, and what a page may not do in it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
)


class ChromiumMissingError(RuntimeError):
    """There is no Chromium on this machine."""


def chromium_path() -> str:
    """Where Chromium is.

    Raises:
        ChromiumMissingError: Nowhere.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise ChromiumMissingError(
        "Chromium is missing: `make test` installs it, or run `sudo apt-get install chromium`"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page in a browser, with everything that went wrong on it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def video(self, property_: str) -> Any:
        """A property of the page's video."""
        return self.page.evaluate(f"document.querySelector('video').{property_}")

    def wait(self, condition: str, seconds: float = 20.0) -> None:
        """Until a JavaScript expression is true; ``video`` is the page's video."""
        asked = f"() => {{ const video = document.querySelector('video'); return {condition}; }}"
        self.page.wait_for_function(asked, timeout=1000 * seconds)

    def seen_color(self) -> tuple[int, ...]:
        """The colour that the video shows on the screen, a little above its middle."""
        box = self.page.locator("video").bounding_box()
        assert box is not None
        clip = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 4}
        shot = self.page.screenshot(clip={**clip, "width": 4, "height": 4})
        pixel = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))
        assert isinstance(pixel, tuple)
        return pixel

    def shows(self, wanted: tuple[int, ...], by: int = 10) -> None:
        """Until the video on the screen has this colour, which takes a moment after a seek."""
        for _ in range(200):
            seen = self.seen_color()
            if all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True)):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the video shows {seen}, not {wanted}")

    def violations(self) -> list[str]:
        """What axe-core finds against accessibility, one line each."""
        package = find_spec("axe_playwright_python")
        assert package is not None and package.origin is not None
        axe = Path(package.origin).parent / "axe.min.js"
        self.page.evaluate(axe.read_text(encoding="utf-8"))  # past the page's own policy
        found = self.page.evaluate("axe.run()")
        return [
            f"{violation['id']}: {node['html'][:120]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]


@contextmanager
def visit(browser: Browser, address: str, **context: Any) -> Iterator[Visit]:
    """A page of its own, opened at an address.

    At the end of the block nothing may have gone wrong: no error, no failed request.

    Args:
        browser: The browser.
        address: Of the page.
        context: What Playwright's ``new_context`` takes.
    """
    own: BrowserContext = browser.new_context(**context)
    page = own.new_page()
    there = Visit(page)
    page.on("request", lambda request: there.requests.append(request.url))
    page.on("pageerror", lambda error: there.complaints.append(f"error: {error}"))
    page.on("console", lambda message: _hear(there, message.type, message.text))
    page.on("requestfailed", lambda request: _fail(there, request.url, request.failure))
    page.on("response", lambda answer: _answer(there, answer.url, answer.status))
    try:
        page.goto(address)
        yield there
        assert there.complaints == [], there.complaints
    finally:
        own.close()


def _hear(there: Visit, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        there.complaints.append(f"{kind}: {text}")


def _fail(there: Visit, address: str, failure: str | None) -> None:
    # A player that has what it needs for now hangs up.
    if failure != "net::ERR_ABORTED":
        there.complaints.append(f"failed: {address[:100]}: {failure}")


def _answer(there: Visit, address: str, status: int) -> None:
    if status >= 400:
        there.complaints.append(f"{status}: {address}")
