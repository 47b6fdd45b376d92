"""The studio's parts together: a desk, a film that is watched, and work that is handed over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from momentum_film.deliver.formats import FORMATS
from momentum_film.deliver.manifest import read
from momentum_film.deliver.order import Order
from momentum_film.errors import RequestError
from momentum_film.plan.plan import plan_film
from momentum_film.store.cache import Cache, default_cache
from momentum_film.studio.checked import said, view
from momentum_film.studio.crew import Crew
from momentum_film.studio.desk import Desk, DeskError
from momentum_film.studio.film import LiveFilm
from momentum_film.studio.work import OFFERED, Look, Work, command
from momentum_math import Experiment
from scenes import cache_folder

DRAFTS = "studio"
LOOK_SECONDS = 0.25
MOST_FILMS = 4  # that are planned and not forgotten


@dataclass
class Studio:
    """What the server's answers are made of; any thread may ask.

    Only one thing is rendered at a time: who asks for another ends the one before.

    Attributes:
        desk: The experiment that is open.
        cache: Keeps what was rendered.
        folder: Where films are published, each in a folder of its own.
        packets: Where films on their way are.
        crew: Who renders.
    """

    desk: Desk
    cache: Cache
    folder: Path
    packets: Path
    crew: Crew
    film: LiveFilm | None = None
    work: Work | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    _number: int = 0
    _films: dict[Any, LiveFilm] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def told(self) -> dict[str, Any]:
        """The sheet on the desk, with what is wrong and what is drawn, as JSON can hold it.

        Where it says nothing, values and pictures are those of before.
        """
        with self._lock:
            revision, sheet = self.desk.revision, self.desk.sheet
        found = sheet.checked
        drawable = sheet.drawable()
        return {
            "revision": revision,
            "name": sheet.name,
            "path": str(sheet.path) if sheet.path else None,
            "is_saved": sheet.text == sheet.saved,
            "can_undo": sheet.at > 0,
            "can_redo": sheet.at < len(sheet.steps) - 1,
            "text": sheet.text,
            "is_toml": found.values is not None,
            "values": said(sheet.readable()),
            "problems": [{"path": list(each.path), "text": each.text} for each in found.problems],
            "has_sweep": found.has_sweep,
            "view": view(drawable) if drawable else None,
        }

    def pulse(self) -> dict[str, Any]:
        """What changes by itself."""
        film, work = self.film, self.work
        return {
            "revision": self.desk.revision,
            "film": film
            and {
                "number": film.number,
                "pictures": film.pictures(),
                "is_running": film.is_running,
                "drawn": film.progress.drawn,
                "total": film.progress.total,
                "failure": film.failure,
            },
            "work": work and work.told(),
        }

    def strip(self, look: Look) -> dict[str, Any]:
        """The film of what is on the desk, as far as it is there; nothing is begun."""
        film = self._planned(look)
        if not film.is_whole and not (self.film and self.film.is_running):
            self.crew.stand_by(film.plan.request.experiment)
        return film.told()

    def command(self, look: Look, formats: frozenset[str]) -> str:
        """The line that would make the same in a terminal.

        Raises:
            DeskError: There is no file that says what is on the desk.
        """
        sheet = self.desk.sheet
        if sheet.text != sheet.saved:
            raise DeskError("save it first: the command reads the file")
        return command(sheet.path or sheet.name.removesuffix(".toml"), look, formats)

    def play(self, look: Look, chapter: str) -> dict[str, Any]:
        """Begin to make the film of what is on the desk, that chapter first."""
        film = self._planned(look)
        with self._lock:
            if film.is_running:
                return film.told()
            self._rest()
            if film.failure or film.is_cancelled:
                film = self._planned(look, anew=True)
            self.film = film
            film.start(self.crew.take, chapter)
        return film.told()

    def stop(self) -> None:
        """End what is being rendered."""
        with self._lock:
            self._rest()

    def end(self) -> None:
        """End everything, so that nobody waits for it."""
        self.ended.set()
        self.stop()
        self.crew.close()

    def make(self, look: Look, formats: frozenset[str]) -> None:
        """Render the film, and formats around it, as the command would.

        Raises:
            DeskError: It makes no sense for what is on the desk.
        """
        experiment = self._experiment()
        if self.desk.sheet.checked.has_sweep:
            raise DeskError("[sweep] makes several films: momentum batch renders them")
        if not formats <= set(OFFERED):
            raise DeskError(f"formats are {', '.join(OFFERED)}")
        with self._lock:
            self._rest()
            order = Order(look.request(experiment), formats)
            folder = self.folder / experiment.name
            self.work = Work(order, folder, self.crew.take, self.cache)

    def formats(self) -> list[dict[str, str]]:
        """What can be asked for around a film."""
        return [{"name": name, "about": FORMATS[name].about} for name in OFFERED]

    def published(self, film: str, name: str) -> Path | None:
        """A file of a film's manifest; None if there is none."""
        folder = self.folder / film
        if Path(film).name != film or not (content := read(folder)):
            return None
        names = {entry["path"] for entry in content["files"]} | {"manifest.json"}
        return folder / name if name in names and (folder / name).is_file() else None

    def film_numbered(self, number: int) -> LiveFilm | None:
        """One of the films that were planned last."""
        return next((film for film in self._films.values() if film.number == number), None)

    def _experiment(self) -> Experiment:
        found = self.desk.sheet.checked.experiment
        if found is None:
            raise DeskError("mend what is wrong first")
        return found

    def _planned(self, look: Look, anew: bool = False) -> LiveFilm:
        """The film of what is on the desk; the same one as long as both are the same."""
        experiment = self._experiment()
        key = (experiment, look)
        with self._lock:
            if anew or key not in self._films:
                try:
                    plan = plan_film(look.request(experiment))
                except RequestError as error:
                    raise DeskError(str(error)) from error
                self._number += 1
                self._films[key] = LiveFilm(self._number, plan, self.cache, self.packets)
            film = self._films.pop(key)
            self._films[key] = film  # the last one is the newest
            for old in list(self._films)[:-MOST_FILMS]:
                if self._films[old] is not self.film:
                    del self._films[old]
            return film

    def _rest(self) -> None:
        for busy in (self.film, self.work):
            if busy is not None and busy.is_running:
                busy.cancel()


@contextmanager
def open_studio(path: Path, here: Path, workers: int | None = None) -> Iterator[Studio]:
    """A studio with an experiment on its desk; at its end nothing is left running.

    Args:
        path: A file or a shipped experiment.
        here: Where new files go, and films in ``build``.
        workers: How many processes render; one per core if not given.

    Raises:
        ExperimentError: The file cannot be read.
    """
    kept = cache_folder.kept().folder
    desk = Desk(here, kept / DRAFTS)
    desk.open(path)
    with TemporaryDirectory(prefix="momentum-studio-") as packets:
        studio = Studio(
            desk,
            default_cache(lambda _: None),
            here / "build",
            Path(packets),
            Crew(workers),
        )
        watcher = threading.Thread(target=_watch, args=(studio,), daemon=True)
        watcher.start()
        try:
            yield studio
        finally:
            studio.end()
            watcher.join()


def _watch(studio: Studio) -> None:
    """Look at the file now and then, until the studio has ended."""
    while not studio.ended.wait(LOOK_SECONDS):
        studio.desk.look()
