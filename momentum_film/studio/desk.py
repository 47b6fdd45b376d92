"""The experiment that is open: its text, its history, and its file, which is the truth.

What is right is written at once; what is wrong is kept here, and in a file beside the caches, until
it is mended or undone. A change of the file from outside is one step of the history more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from momentum_film.store import files
from momentum_film.store.copies import write_copy
from momentum_film.studio.checked import Checked, checked
from momentum_film.studio.document import Edit, edited
from momentum_math import Experiment, ExperimentError, data_files, unsafe_name
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.toml.read import LARGEST_FILE, parse_toml, read_bytes

MOST_STEPS, MOST_LOOKED_AT = 500, 20
SETTLED_SECONDS = 0.1  # what is younger may be half written
BOM = b"\xef\xbb\xbf"


class DeskError(ValueError):
    """What was asked for cannot be done: why, and what to do."""


class StaleError(DeskError):
    """Somebody else was sooner."""


@dataclass(frozen=True)
class Step:
    """A text in the history, and the gesture that made it: one drag is one step."""

    text: str
    gesture: str = ""


@dataclass(frozen=True)
class Sheet:
    """What lies on the desk, at one moment.

    Attributes:
        name: The file's, whether there is one yet or not.
        path: The file; None for a shipped experiment, which is not changed but copied.
        steps: The history.
        at: Which step of it is now.
        saved: The text that is in the file.
    """

    name: str
    path: Path | None
    steps: tuple[Step, ...]
    at: int = 0
    saved: str = ""

    @property
    def text(self) -> str:
        """As it is now."""
        return self.steps[self.at].text

    @property
    def checked(self) -> Checked:
        """What is to be said of it."""
        return checked(self.text, self.name, self.folder)

    @property
    def folder(self) -> Path:
        """Where files lie that it names."""
        return self.path.parent if self.path else EXPERIMENTS

    def before(self) -> Iterator[Checked]:
        """What was to be said of it, now and at each step before, as far as one remembers."""
        for step in reversed(self.steps[max(self.at - MOST_LOOKED_AT, 0) : self.at + 1]):
            yield checked(step.text, self.name, self.folder)

    def readable(self) -> dict[str, Any] | None:
        """What it says, or said when it was TOML last."""
        return next((each.values for each in self.before() if each.values is not None), None)

    def drawable(self) -> Experiment | None:
        """What it is, or was when it was right last."""
        return next((each.experiment for each in self.before() if each.experiment), None)

    def renamed(self, name: str) -> Iterator[Step]:
        """The history in a file of that name, of whose path the comments of a shipped one speak."""
        for step in self.steps:
            yield replace(step, text=step.text.replace(f"experiments/{self.name}", name))

    def turned(self, text: str, gesture: str = "") -> Sheet:
        """The same with another text; what was undone is forgotten."""
        if text == self.text:
            return self
        past = self.steps[: self.at + 1]
        if gesture and past[-1].gesture == gesture and len(past) > 1:
            past = past[:-1]
        steps = (*past, Step(text, gesture))[-MOST_STEPS:]
        return replace(self, steps=steps, at=len(steps) - 1)


@dataclass
class Desk:
    """One sheet, which any thread may change; each change has a number.

    Attributes:
        folder: Where new files go.
        drafts: Where texts are kept that are not in their file.
        revision: How many changes there were.
    """

    folder: Path
    drafts: Path
    revision: int = 0
    _sheet: Sheet = field(default_factory=lambda: Sheet("", None, (Step(""),)))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def sheet(self) -> Sheet:
        """What lies here now."""
        return self._sheet

    def open(self, path: Path) -> None:
        """Begin with a file or a shipped experiment; a draft of it is taken up again.

        Raises:
            ExperimentError: It cannot be read.
        """
        text = _read(path)
        is_shipped = path.resolve().parent == EXPERIMENTS.resolve()
        sheet = Sheet(path.name, None if is_shipped else path.absolute(), (Step(text),), saved=text)
        with self._lock:
            draft = self._draft(sheet)
            if draft.is_file():
                sheet = sheet.turned(draft.read_text(encoding="utf-8"))
            self._turn(sheet)

    def edit(self, edits: tuple[Edit, ...], base: int, gesture: str = "") -> None:
        """Change values.

        Raises:
            StaleError: There were other changes since ``base``.
            EditError: They cannot be changed so.
        """
        with self._lock:
            self._expect(base)
            self._turn(self._sheet.turned(edited(self._sheet.text, edits), gesture))

    def type(self, text: str, base: int, gesture: str = "") -> None:
        """Change the text.

        Raises:
            StaleError: There were other changes since ``base``.
            DeskError: It is too long.
        """
        if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
            raise DeskError(f"the text is larger than {LARGEST_FILE // 1024} KiB, make it shorter")
        with self._lock:
            self._expect(base)
            if "\r\n" in self._sheet.saved:
                text = text.replace("\r\n", "\n").replace("\n", "\r\n")
            self._turn(self._sheet.turned(text, gesture))

    def step(self, by: int) -> None:
        """Undo (-1) or redo (1), as far as there is something."""
        with self._lock:
            at = min(max(self._sheet.at + by, 0), len(self._sheet.steps) - 1)
            self._turn(replace(self._sheet, at=at))

    def save_as(self, name: str) -> None:
        """Go on in a new file, which has the files beside it that it reads.

        Raises:
            DeskError: There are others of such names, or none can be called so or written.
        """
        name = name if name.endswith(".toml") else f"{name}.toml"
        if wrong := unsafe_name(name):
            raise DeskError(wrong)
        path = (self.folder / name).absolute()
        with self._lock:
            before = self._sheet
            sheet = replace(before, name=name, path=path, steps=tuple(before.renamed(name)))
            try:
                write_copy(sheet.text, path, data_files(before.readable() or {}), before.folder)
            except FileExistsError as error:
                there = Path(error.filename).relative_to(self.folder.absolute())
                raise DeskError(f"{there} is there already; choose another name") from None
            except ValueError as error:
                wrong = f"it reads {error}, outside of its folder"
                raise DeskError(f"{wrong}; start in {before.folder}") from None
            except OSError as error:
                raise DeskError(f"{name}: {error.strerror}; start in another folder") from None
            self._draft(before).unlink(missing_ok=True)
            self._turn(replace(sheet, saved=sheet.text))

    def look(self) -> bool:
        """Take up what was changed in the file from outside; whether there was something."""
        with self._lock:
            sheet = self._sheet
            if sheet.path is None:
                return False
            text = self._changed(sheet)
            if text is None or time.time() - sheet.path.stat().st_mtime < SETTLED_SECONDS:
                return False
            self._turn(replace(sheet.turned(text), saved=text))
            return True

    def _changed(self, sheet: Sheet) -> str | None:
        """What is in the file, if it is not what was written there; None if it is gone, too."""
        try:
            text = _read(sheet.path) if sheet.path else sheet.saved
        except (ExperimentError, OSError):
            return None  # no text, or nothing: what is here is kept
        return None if text == sheet.saved else text

    def _expect(self, base: int) -> None:
        self.look()
        if base != self.revision or self._changed(self._sheet) is not None:
            raise StaleError("this was changed elsewhere meanwhile; it is shown now, try again")

    def _turn(self, sheet: Sheet) -> None:
        """Lay another sheet down, and write its text where it belongs."""
        draft = self._draft(sheet)
        is_right = not sheet.checked.problems
        if sheet.text != sheet.saved and sheet.path is not None and is_right:
            try:
                data = sheet.text.encode()
                has_mark = sheet.path.is_file() and sheet.path.read_bytes()[:3] == BOM
                data = BOM + data if has_mark else data
                files.atomic_write(sheet.path, data, is_lasting=False)
                sheet = replace(sheet, saved=sheet.text)
            except OSError:
                pass  # it stays a draft, and the page says that it is not saved
        if sheet.text == sheet.saved:
            draft.unlink(missing_ok=True)
        else:
            data = sheet.text.encode("utf-8", "replace")
            files.atomic_write(draft, data, is_lasting=False)
        self._sheet = sheet
        self.revision += 1

    def _draft(self, sheet: Sheet) -> Path:
        where = str(sheet.path or sheet.name)
        return self.drafts / f"{files.sha256_of(where.encode())[:16]}.toml"


def _read(path: Path) -> str:
    """A file's text.

    Raises:
        ExperimentError: It is not there, too large, or no text.
    """
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        parse_toml(data, path.name, path.parent)  # which says what is wrong
        raise OSError(str(error)) from error
