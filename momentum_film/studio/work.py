"""What is rendered and handed over from the studio, as the command line would do it."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import momentum_film
from momentum_film import faults
from momentum_film.deliver.formats import AROUND, FORMATS
from momentum_film.deliver.manifest import Delivered, intact_files
from momentum_film.deliver.order import Order, deliver
from momentum_film.plan.plan import QUALITIES, Request, plan_film
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_film.studio.film import Engines
from momentum_math import Experiment
from scenes.look import FRAMES, THEMES

OFFERED = tuple(name for name in AROUND if not FORMATS[name].by_chapter)
"""What can be ticked; the rest is asked for by chapter."""


@dataclass(frozen=True)
class Look:
    """How a film is to look; keys of ``QUALITIES``, ``THEMES`` and ``FRAMES``."""

    quality: str = "draft"
    theme: str = "paper"
    aspect: str = "16:9"

    @staticmethod
    def options() -> dict[str, list[str]]:
        """What there is to choose."""
        return {"quality": list(QUALITIES), "theme": list(THEMES), "aspect": list(FRAMES)}

    def request(self, experiment: Experiment) -> Request:
        """A whole film of this look."""
        return Request(experiment, self.quality, self.theme, self.aspect)

    def flags(self) -> list[str]:
        """The same for the command."""
        return [word for key, value in vars(self).items() for word in (f"--{key}", value)]


def command(file: Path | str, look: Look, formats: frozenset[str]) -> str:
    """The line that does the same in a terminal."""
    what = ["deliver" if formats else "render", str(file), *look.flags()]
    return shlex.join(["momentum", *what, *(f"--{name}" for name in AROUND if name in formats)])


class Work:
    """A film that is made, and formats around it, in a thread with workers of its own.

    Attributes:
        folder: Where the files go.
        progress: How far it is.
        files: What is there, once it is whole: the film, and what was ever made around it.
        failure: Why it ended early, in one line; empty if it did not.
        is_cancelled: Whether somebody wanted no more of it.
    """

    def __init__(self, order: Order, folder: Path, engines: Engines, cache: Cache) -> None:
        self.folder, self.progress = folder, Progress()
        self.files: tuple[Delivered, ...] = ()
        self.failure, self.is_cancelled = "", False
        self._order, self._engine, self._cache = order, engines(), cache
        self._thread = threading.Thread(target=self._make, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is being made."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Send the workers home; what was published before is still there."""
        if self.is_running:
            self.is_cancelled = True
            self._engine.__exit__()
            self._thread.join()

    def told(self) -> dict[str, Any]:
        """How far it is, as JSON can hold it."""
        return {
            "drawn": self.progress.drawn,
            "total": self.progress.total,
            "is_running": self.is_running,
            "is_cancelled": self.is_cancelled,
            "failure": self.failure,
            "folder": str(self.folder),
            "files": [
                {"name": each.path.name, "kind": each.kind, "bytes": each.bytes}
                for each in self.files
            ],
        }

    def _make(self) -> None:
        with self._engine as engine:
            asked = (self.folder, engine, self._cache, self.progress)
            try:
                if self._order.formats:
                    deliver(self._order, *asked)
                else:
                    momentum_film.make(self._order.request, *asked)
                plan = plan_film(self._order.request)
                self.files = tuple(intact_files(self.folder, plan))
            except Exception as error:
                if not self.is_cancelled:
                    said = faults.in_words(error, self._cache.folder, "the film", "try again")
                    self.failure = str(said)
