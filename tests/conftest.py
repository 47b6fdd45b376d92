"""What several tests share: the default film at draft quality, a small film, and a browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

import momentum_film
from momentum_film.engines.processes import Processes
from momentum_film.plan.plan import Request
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_math import load_experiment
from tests import ROOT
from tests.momentum_film import small_film as small
from tests.momentum_film.deliver.browser import chromium


@dataclass(frozen=True)
class DraftFilm:
    """A film in a folder."""

    folder: Path
    manifest: dict[str, Any]

    def path(self, kind: str) -> Path:
        return self.folder / next(f["path"] for f in self.manifest["files"] if f["kind"] == kind)


@pytest.fixture(scope="session")
def draft_film(tmp_path_factory: pytest.TempPathFactory) -> DraftFilm:
    """The default film at draft quality, rendered once however many workers run the tests."""
    base = tmp_path_factory.getbasetemp()
    # The workers of one run have folders side by side.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "draft-film"
    shared.mkdir(exist_ok=True)
    folder = shared / "momentum"
    with FileLock(shared / "lock"):
        if not (folder / "manifest.json").is_file():
            experiment = load_experiment(ROOT / "experiments" / "momentum.toml")
            with Processes() as engine:
                cache = Cache(shared / "cache", warn=print)
                momentum_film.make(Request(experiment, "draft"), folder, engine, cache, Progress())
    return DraftFilm(folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def small_film(tmp_path_factory: pytest.TempPathFactory) -> small.SmallFilm:
    """The default experiment's film, small, with all its kinds beside it."""
    made = small.make(tmp_path_factory.mktemp("film"), small.experiment())
    made.deliver("captions", "lecture", "slides", "handout", "embed")
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    with chromium() as opened:
        yield opened
