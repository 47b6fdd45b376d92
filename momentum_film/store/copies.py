"""Copies of experiment files, with the files of numbers that they read."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path


def write_copy(text: str, path: Path, read: Iterable[str], origin: Path) -> list[Path]:
    """Write an experiment to a file that is new, and what it reads to where the copy reads it.

    What is there already and the same stays, as does what is named by a path that begins at the
    root. Nothing is written if anything cannot be.

    Args:
        text: The experiment.
        path: The new file.
        read: Names of files that it reads, which count from a file's folder.
        origin: The folder from which they count up to now.

    Returns:
        What it reads, if it is in the copy's folder.

    Raises:
        FileExistsError: A file of such a name is there and is another one; the error names it.
        OSError: There is no room, or no right to write.
        ValueError: It reads a file that is outside of its folder; the text is the file's name.
    """
    names = [name for name in read if not Path(name).is_absolute()]
    if path.parent.resolve() == origin.resolve():
        names = []
    if far := [name for name in names if os.path.normpath(name).startswith("..")]:
        raise ValueError(far[0])
    places = {origin / name: path.parent / name for name in names if (origin / name).is_file()}
    for source, place in places.items():
        if place.exists() and place.read_bytes() != source.read_bytes():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
    with path.open("x", encoding="utf-8", newline="") as file:
        file.write(text)
    for source, place in places.items():
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(source.read_bytes())
    return list(places.values())
