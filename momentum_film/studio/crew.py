"""Workers who are warm before somebody asks: they stand by, know the story, and take one order."""

from __future__ import annotations

import threading
from importlib import import_module

from momentum_film.engines.base import Engine, Report
from momentum_film.engines.processes import Processes
from momentum_film.plan.plan import storyboard_of
from momentum_math import Experiment
from scenes import CHAPTERS


def warm_up(experiment: Experiment, _report: Report) -> None:
    """Learn where a worker is what every chapter of a film needs."""
    for place in CHAPTERS.values():
        import_module(place.partition(":")[0])
    storyboard_of(experiment)


class Crew:
    """Makes engines, the next one beforehand.

    Args:
        workers: How many processes each has; one per core if not given.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers, self._lock = workers, threading.Lock()
        self._next: Processes | None = None
        self._warm_for: Experiment | None = None
        self._is_closed = False

    def stand_by(self, experiment: Experiment) -> None:
        """Have workers ready for a film of this."""
        with self._lock:
            if self._is_closed or (self._next and self._warm_for == experiment):
                return
            if self._next is None:
                self._next = Processes(self._workers)
                self._next.prepare()
            self._warm_for = experiment
            for _ in range(self._next.workers):
                self._next.submit(warm_up, experiment, lambda _: None)

    def take(self) -> Engine:
        """Workers of one's own, who may be busy getting warm."""
        with self._lock:
            taken, self._next = self._next, None
            return taken or Processes(self._workers)

    def close(self) -> None:
        """Send home who stands by."""
        with self._lock:
            self._is_closed = True
            if self._next is not None:
                self._next.__exit__()
                self._next = None
