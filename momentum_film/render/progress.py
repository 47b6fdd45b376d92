"""How far the whole film is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

QUIET_SECONDS = 10.0


class Progress:
    """Counts the pictures of a film or of many, as any thread reports them, and shows nothing."""

    def __init__(self) -> None:
        self._pictures: dict[str, int] = {}
        self._drawn: dict[str, int] = {}
        self._finished: set[str] = set()
        self._films: tuple[int, int] | None = None
        self._begun_at, self._known = time.monotonic(), 0

    @property
    def total(self) -> int:
        """Pictures in the whole film."""
        return sum(self._pictures.values())

    @property
    def drawn(self) -> int:
        """Pictures drawn so far."""
        return sum(self._drawn.values())

    @property
    def frames_a_second(self) -> float:
        """Pictures drawn per second since the beginning."""
        return (self.drawn - self._known) / max(time.monotonic() - self._begun_at, 1e-6)

    def begin(self, pictures: dict[str, int], done: list[str]) -> None:
        """Job -> how many pictures it has, for all jobs; those in ``done`` are ready."""
        self._pictures, self._finished = dict(pictures), set(done)
        # Has all keys, so that it can be summed up while other threads report.
        self._drawn = dict.fromkeys(pictures, 0) | {key: pictures[key] for key in done}
        self._begun_at, self._known = time.monotonic(), self.drawn

    def frames(self, key: str, count: int) -> None:
        """So many pictures of a job are drawn, in its present attempt."""
        self._drawn[key] = min(count, self._pictures[key])

    def finished(self, key: str, name: str) -> None:
        """A job, called so, is done."""
        self._finished.add(key)
        self.frames(key, self._pictures[key])

    def films(self, done: int, total: int) -> None:
        """So many films of a batch are ready."""
        self._films = (done, total)

    def note(self, text: str) -> None:
        """Something that is worth a line."""

    def counts(self) -> str:
        """Films and chapters as far as they are; nothing for a film alone."""
        if self._films is None:
            return ""
        films = "{} of {} films".format(*self._films)
        chapters = f"{len(self._finished)} of {len(self._pictures)} chapters"
        return f"{films}, {chapters}" if self._pictures else films


class Lines(Progress):
    """A line now and then, for logs; rarely one about nothing but the count."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write, self._said_at = write, time.monotonic()

    def begin(self, pictures: dict[str, int], done: list[str]) -> None:
        super().begin(pictures, done)
        if self.drawn < self.total:
            self._say(f"{self.total - self.drawn} frames to draw, {self.drawn} known")

    def frames(self, key: str, count: int) -> None:
        super().frames(key, count)
        if time.monotonic() - self._said_at > QUIET_SECONDS:
            self._say(self._far())

    def finished(self, key: str, name: str) -> None:
        self._said_at = time.monotonic()  # one line is enough
        super().finished(key, name)
        self._say(f"{self._far()}, {name} done")

    def films(self, done: int, total: int) -> None:
        super().films(done, total)
        self._say(self._far())

    def note(self, text: str) -> None:
        self._say(text)

    def _far(self) -> str:
        frames = f"{self.drawn} of {self.total} frames" if self.total else ""
        parts = [self.counts(), frames]
        speed, left = self.frames_a_second, self.total - self.drawn
        if speed and left:
            parts += [f"{speed:.0f} frames/s", f"{left / speed:.0f} s left"]
        return ", ".join(filter(None, parts))

    def _say(self, text: str) -> None:
        self._said_at = time.monotonic()
        self._write(text)


class Bar(Progress, AbstractContextManager["Bar"]):
    """A bar over all that is made, with the time left; a context manager that ends it."""

    def __init__(self, terminal: Console) -> None:
        super().__init__()
        columns = (
            TextColumn("{task.description}"),
            *(BarColumn(None), MofNCompleteColumn(), TextColumn("frames")),
            *(TextColumn("{task.fields[speed]}"), TimeRemainingColumn(compact=True)),
        )
        self._bars = Bars(*columns, console=terminal, transient=True)
        self._task = self._bars.add_task("", visible=False, speed="")

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def begin(self, pictures: dict[str, int], done: list[str]) -> None:
        super().begin(pictures, done)
        if self.drawn < self.total:
            self._bars.reset(self._task, total=self.total, completed=self.drawn, visible=True)
            self._bars.start()

    def frames(self, key: str, count: int) -> None:
        super().frames(key, count)
        self._bars.update(
            self._task,
            description=self.counts(),
            completed=self.drawn,
            speed=f"{self.frames_a_second:.0f} frames/s",
        )

    def films(self, done: int, total: int) -> None:
        super().films(done, total)
        self._bars.update(self._task, description=self.counts())

    def note(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)
