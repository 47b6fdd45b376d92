"""``python -m tests.momentum_film.many_films 10000``: what so many cost who orders them.

The work is not real: every picture has one colour. All the rest is: a sweep that makes each film's
experiment, plans, processes, files that are verified and published, and the contact sheet.
"""

from __future__ import annotations

import sys
import time
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from momentum_film.batch import Batch, Looks, make_batch, write_sheet
from momentum_film.engines.processes import Processes
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_math import load_experiments
from momentum_math.shipped_experiments import EXPERIMENTS
from tests.momentum_film.fake_work import Painter

CACHE_BYTES = 64 * 1024**2


class Watch(Progress):
    """Prints when the first picture came, and how much memory is in use as films are made."""

    def __init__(self) -> None:
        super().__init__()
        self._started, self._first, self._next = time.monotonic(), True, 1

    def frames(self, key: str, count: int) -> None:
        super().frames(key, count)
        if self._first and count:
            self._first = False
            self.note("first picture")

    def films(self, done: int, total: int) -> None:
        super().films(done, total)
        if done >= self._next or done == total:
            self._next *= 2
            self.note(f"{done} of {total} films")

    def note(self, text: str) -> None:
        used = psutil.Process().memory_info().rss / 1e6
        print(f"{time.monotonic() - self._started:8.1f} s  {used:6.1f} MB  {text}", flush=True)


def sweep_of(count: int) -> str:
    """The table of a sweep of so many films, or a few more, over learning rate and beta."""
    lrs = [round(0.05 + 0.01 * k, 6) for k in range(min(10, count))]
    each = ceil(count / len(lrs))
    betas = [round(0.5 + 0.4 * k / each, 6) for k in range(each)]
    return f"\n[sweep]\nlr = {lrs}\ncontenders.2.beta = {betas}\n"


def main(count: int) -> None:
    """Make the films in a folder that is removed again."""
    watch = Watch()
    with TemporaryDirectory() as name, Processes() as engine:
        engine.prepare()
        folder, file = Path(name), Path(name) / "many.toml"
        text = (EXPERIMENTS / "momentum.toml").read_text(encoding="utf-8")
        file.write_text(text + sweep_of(count), encoding="utf-8")
        looks = Looks(("draft",), ("paper",), ("16:9",), ("zigzag",), loop=False)
        batch = Batch((load_experiments(file),), looks, folder / "films")
        cache = Cache(folder / "cache", CACHE_BYTES)
        results = make_batch(batch, engine, cache, watch, Painter(folder / "log"))
        assert all(result.state == "made" for result in results)
        pages = write_sheet(results, folder / "films")
        watch.note(f"{len(pages)} files of the contact sheet")


if __name__ == "__main__":
    main(int(sys.argv[1]))
