"""How far the whole film is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

QUIET_SECONDS = 10.0
MOST_LEFT = 0.98  # of what was to be drawn, while a line foretells the end


class Progress:
    """Counts the pictures of a film or of many, as any thread reports them, and shows nothing.

    Of what is done only the count is kept, so that thousands of films take no memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._films: tuple[int, int] | None = None
        self._reset()

    def _reset(self) -> None:
        self._pictures: dict[str, int] = {}  # of each job that is not done
        self._drawn: dict[str, int] = {}  # of the same
        self._jobs = self._done = 0
        self._all = self._settled = self._known = 0  # pictures: of all, of done, of known jobs
        self._times = 1.0
        self._begun_at = time.monotonic()

    @property
    def total(self) -> int:
        """Pictures in the film, or in all films; about so many while some are not planned."""
        return self._whole(self._all)

    @property
    def drawn(self) -> int:
        """Pictures drawn so far."""
        with self._lock:
            return self._settled + sum(self._drawn.values())

    @property
    def frames_a_second(self) -> float:
        """Pictures drawn per second since the beginning."""
        return (self.drawn - self._known) / max(time.monotonic() - self._begun_at, 1e-6)

    def begin(self, pictures: dict[str, int], done: list[str], times: float = 1.0) -> None:
        """Job -> how many pictures it has, for all jobs; those in ``done`` are ready.

        Args:
            pictures: Of each job.
            done: Jobs that are ready.
            times: So many times as many there will be in the end, of films not planned yet.
        """
        self._reset()
        self.more(pictures, done, times)

    def more(self, pictures: dict[str, int], done: list[str], times: float) -> None:
        """Jobs of one film more; see ``begin``."""
        with self._lock:
            known = sum(pictures[key] for key in done)
            self._jobs, self._done = self._jobs + len(pictures), self._done + len(done)
            self._all, self._settled = self._all + sum(pictures.values()), self._settled + known
            self._known, self._times = self._known + known, times
            new = {key: count for key, count in pictures.items() if key not in done}
            self._pictures |= new
            self._drawn |= dict.fromkeys(new, 0)

    def frames(self, key: str, count: int) -> None:
        """So many pictures of a job are drawn, in its present attempt."""
        with self._lock:
            if key in self._pictures:
                self._drawn[key] = min(count, self._pictures[key])

    def finished(self, key: str, name: str) -> None:
        """A job, called so, is done."""
        with self._lock:
            if key in self._pictures:
                self._done, self._settled = self._done + 1, self._settled + self._pictures.pop(key)
                del self._drawn[key]

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
        chapters = f"{self._done} of {self._about}{self._whole(self._jobs)} chapters"
        return f"{films}, {chapters}" if self._jobs else films

    @property
    def _about(self) -> str:
        return "about " if self._times > 1.0 else ""

    def _whole(self, count: int) -> int:
        """How many there will be in the end, in two digits while nobody knows."""
        return int(float(f"{count * self._times:.2g}")) if self._about else count


class Lines(Progress):
    """A line now and then, for logs; rarely one about nothing but the count."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write, self._said_at = write, time.monotonic()

    def begin(self, pictures: dict[str, int], done: list[str], times: float = 1.0) -> None:
        super().begin(pictures, done, times)
        left = self.total - self.drawn
        if left > 0:
            self._say(f"{self._about}{left} frames to draw, {self.drawn} known")

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
        frames = f"{self.drawn} of {self._about}{self.total} frames" if self.total else ""
        parts = [self.counts(), frames]
        speed, left = self.frames_a_second, self.total - self.drawn
        # The first frames are late, because workers start: they say nothing of the rest.
        if speed and 0 < left < MOST_LEFT * (self.total - self._known):
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

    def begin(self, pictures: dict[str, int], done: list[str], times: float = 1.0) -> None:
        self._bars.reset(self._task, visible=False)
        super().begin(pictures, done, times)

    def more(self, pictures: dict[str, int], done: list[str], times: float) -> None:
        super().more(pictures, done, times)
        if self.drawn < self.total:
            self._bars.update(self._task, total=self.total, completed=self.drawn, visible=True)
            self._bars.start()

    def frames(self, key: str, count: int) -> None:
        super().frames(key, count)
        self._show()

    def finished(self, key: str, name: str) -> None:
        super().finished(key, name)
        self._show()

    def films(self, done: int, total: int) -> None:
        super().films(done, total)
        self._bars.update(self._task, description=self.counts())

    def note(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)

    def _show(self) -> None:
        self._bars.update(
            self._task,
            description=self.counts(),
            completed=self.drawn,
            speed=f"{self.frames_a_second:.0f} frames/s",
        )
