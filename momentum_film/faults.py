"""Errors in words: what happened, and what to do. A fault of the program is recorded, too."""

from __future__ import annotations

import errno
import platform
import traceback
from importlib.metadata import version
from pathlib import Path

from momentum_film.errors import BAD_INPUT, ENVIRONMENT, FilmError
from momentum_film.store import files
from scenes import cache_folder
from scenes.kit.formulas.latex import FormulaError, TexMissingError
from scenes.kit.text.fonts import FontMissingError

LESS_MEMORY = "fewer --workers or a lower --quality need less memory"
_OURS = ("momentum_film", "scenes", "momentum_math")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_NOT_HERE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR)
_NO_TEMPORARY = "No usable temporary directory"


def told(error: BaseException) -> FilmError | None:
    """An error of which it is known what to do, in one line; None for a fault of the program."""
    text = " ".join(str(error).split())
    if isinstance(error, FilmError):
        return FilmError(text, error.exit_code)
    if isinstance(error, FormulaError):
        return FilmError(text, BAD_INPUT)
    if isinstance(error, TexMissingError | FontMissingError):
        return FilmError(text, ENVIRONMENT)
    if isinstance(error, MemoryError):
        return FilmError(f"there is not enough memory; {LESS_MEMORY}", ENVIRONMENT)
    if isinstance(error, ImportError) and (error.name or "").split(".")[0] not in _OURS:
        return FilmError(f"{text}; `momentum doctor` says what to do", ENVIRONMENT)
    if isinstance(error, OSError):
        return FilmError(_of_system(error), ENVIRONMENT)
    return None


def in_words(error: BaseException, folder: Path, where: str, way_out: str) -> FilmError:
    """An error in one line, whatever it is; the traceback of a fault goes into a file.

    Args:
        error: Was raised by something.
        folder: Where things are kept.
        where: What it happened to, which the line begins with.
        way_out: What can be done in spite of a fault.
    """
    if known := told(error):
        names_it = isinstance(error, FilmError)
        return known if names_it else FilmError(f"{where}: {known}", known.exit_code)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    about = f"{where}: a fault of momentum, not of what you asked for ({what})"
    try:
        record = f"its traceback is in {_recorded(error, folder, where)}"
    except OSError as refused:
        record = f"its traceback could not be written ({_of_system(refused)}), --debug prints it"
    return FilmError(f"{about}; {record}; {way_out}")


def _recorded(error: BaseException, folder: Path, where: str) -> Path:
    """Write down a fault; the same one twice is one file."""
    trace = "".join(traceback.format_exception(error))
    name = files.sha256_of(f"{where} {trace}".encode("utf-8", "replace"))[:12]
    path = folder / cache_folder.FAULTS / f"{name}.log"
    system = f"momentum {version('momentum-film')}, Python {platform.python_version()}"
    text = f"{where}\n{system}, {platform.platform()}\n\n{trace}"
    files.atomic_write(path, text.encode("utf-8", "replace"))
    return path


def _of_system(error: OSError) -> str:
    """What the system refused, and where else to go."""
    text = error.strerror or " ".join(str(error).split())
    if text.startswith(_NO_TEMPORARY):
        return f"{_NO_TEMPORARY.lower()}; TMPDIR=FOLDER says where there is one"
    line = f"{error.filename}: {text}" if error.filename else text
    kept = cache_folder.kept().folder.absolute()
    is_kept = bool(error.filename) and Path(str(error.filename)).absolute().is_relative_to(kept)
    elsewhere = cache_folder.remedy() if is_kept else "go to another folder or give one with --out"
    if error.errno in _NO_ROOM:
        return f"{line}; make room there, or {elsewhere}"
    if error.errno in _NOT_HERE:
        return f"{line}; {elsewhere}"
    if error.errno in (errno.ENOMEM, errno.EAGAIN):
        return f"{line}; {LESS_MEMORY}"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{line}; `ulimit -n 4096` allows more"
    return line
