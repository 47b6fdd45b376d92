"""The one folder for what is made once and used again: chapters, formulas, records of faults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "MOMENTUM_CACHE"
USUAL = Path("build") / ".cache"
FORMULAS, FAULTS = "formulas", "faults"


@dataclass(frozen=True)
class Kept:
    """The folder, made when something is kept; and why it is one that nobody asked for, if so."""

    folder: Path
    because: str = ""


def kept() -> Kept:
    """The folder where things are kept; makes nothing.

    ``$MOMENTUM_CACHE`` if it is set, else ``build/.cache`` where the command runs; where that
    cannot be written, ``momentum`` among the user's caches (``$XDG_CACHE_HOME`` or ``~/.cache``).

    Source: XDG Base Directory Specification 0.8 (a relative path in its variables is ignored).
    """
    if said := os.environ.get(VARIABLE):
        return Kept(Path(said))
    if can_write(USUAL):
        return Kept(USUAL)
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    own = (caches if caches.is_absolute() else Path("~/.cache").expanduser()) / "momentum"
    return Kept(own, f"{USUAL} cannot be written, so chapters are kept in {own} ({remedy()})")


def can_write(folder: Path) -> bool:
    """Whether a folder, or the folder that it would be made in, takes new files."""
    place = folder
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def remedy() -> str:
    """How to have things kept elsewhere, for people."""
    return f"{VARIABLE}=FOLDER moves it"
