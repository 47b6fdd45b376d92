"""Files of numbers beside an experiment: .npz, .csv and .json as columns, none of them trusted.

Nothing in a file is run or believed: its size is bounded before it is read, what it unpacks to
before it is unpacked, and an array's shape before there is room made for it.
"""

import csv
import io
import json
import math
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, final

import numpy as np

from momentum_math.messages import Unfit, listed, printable
from momentum_math.types import Array

LARGEST_FILE = 16 * 1024 * 1024
LARGEST_ARRAY = 8 * 1024 * 1024
"""Bytes, as float64: a million numbers."""
MOST_ROWS = 100_000
MOST_COLUMNS = 16
MOST_ARRAYS = 64

FILE_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "object"}]}
"""JSON Schema of a file's name, or a table that says the same."""

Columns = dict[str, Array]
"""Name -> numbers, (n,) or (n, m)."""


@final
class FileName(str):
    """The name of a file in an experiment file, which counts from the folder of that one."""

    folder: Path = Path()

    @classmethod
    def beside(cls, name: str, folder: Path) -> "FileName":
        """A name as it stands in a file of a folder."""
        made = cls(name)
        made.folder = folder
        return made

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.folder / Path(self)


def read_columns(name: str, wanted: tuple[str, ...]) -> Columns:
    """Return the columns of a file that are asked for, of those that it has; others are left.

    Args:
        name: A ``FileName``, or a path as the working folder sees it.
        wanted: Names of columns, or of arrays.

    Raises:
        Unfit: It cannot be read, or holds something else than numbers.
    """
    file = name if isinstance(name, FileName) else FileName(name)
    read = READERS.get(Path(file).suffix.lower())
    if "://" in file:
        raise Unfit("must be a file's path, not an address: fetch the file first")
    if read is None:
        raise Unfit(f"must name a file that ends in {listed(tuple(READERS))}")
    return read(_bytes(file.path), wanted)


def columns_of(table: dict[str, Any], wanted: tuple[str, ...]) -> Columns:
    """Return the columns of a table of lists of numbers; see ``read_columns``."""
    return {key: _numbers(key, table[key]) for key in wanted if key in table}


def _bytes(path: Path) -> bytes:
    """The file's bytes, if it is a file and not too large."""
    try:
        if not path.exists():
            raise Unfit("is not there: a path counts from the experiment's folder")
        if not path.is_file():
            raise Unfit("is not a file")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, Unfit):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unfit(f"cannot be read ({printable(reason)}), check path and permissions") from error
    if len(data) > LARGEST_FILE:
        raise Unfit(f"is larger than {LARGEST_FILE >> 20} MiB, keep fewer numbers")
    return data


def _numbers(name: str, values: Any) -> Array:
    """A list of numbers, or of lists of numbers, as an array."""
    rows = values if isinstance(values, list) else []
    flat: list[Any] = []
    for row in rows[: MOST_ROWS + 1]:
        flat += row if isinstance(row, list) else [row]
    is_plain = all(isinstance(one, int | float) and not isinstance(one, bool) for one in flat)
    widths = {len(row) if isinstance(row, list) else 0 for row in rows}
    if not rows or not is_plain or len(widths) != 1:
        raise Unfit(f"must have {name} as a list of numbers, or of lists of equally many")
    if len(rows) > MOST_ROWS:
        raise Unfit(f"has more than {MOST_ROWS:,} rows, keep fewer")
    try:
        return np.array(rows, dtype=np.float64)
    except (OverflowError, ValueError) as error:
        raise Unfit(f"has a number in {name} that is too large") from error


# --- npz ---------------------------------------------------------------------------------------


def _read_npz(data: bytes, wanted: tuple[str, ...]) -> Columns:
    """The wanted arrays of a NumPy archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > MOST_ARRAYS:
                raise Unfit(f"has more than {MOST_ARRAYS} arrays, save only those that are needed")
            return {
                name: _array(name, _member(archive, f"{name}.npy"))
                for name in wanted
                if f"{name}.npy" in names
            }
    except Unfit:
        raise
    except Exception as error:  # zipfile, zlib, lzma and numpy raise dozens of kinds
        raise Unfit("is no whole .npz archive, save it again with numpy.savez") from error


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """One array's bytes, however few they were packed into."""
    with archive.open(name) as stream:
        data = stream.read(LARGEST_ARRAY + 4097)
    if len(data) > LARGEST_ARRAY + 4096:
        raise Unfit(f"has more than {LARGEST_ARRAY >> 20} MiB in {name}, keep fewer numbers")
    return data


def _array(name: str, data: bytes) -> Array:
    """An array as it was saved, if it holds numbers and as many as its head says."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    heads: dict[tuple[int, int], Callable[[io.BytesIO], Any]] = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in heads:
        raise Unfit(f"has {name} in another format, save it again with numpy.savez")
    shape, _, dtype = heads[version](stream)
    if dtype.kind not in "fiu":
        raise Unfit(f"has {name} of type {printable(str(dtype), 20)}, it must be numbers")
    if not 1 <= len(shape) <= 2 or min(shape) < 0:
        raise Unfit(f"has {name} of shape {_shape(shape)}, it must have one or two dimensions")
    if math.prod(shape) * 8 > LARGEST_ARRAY:
        raise Unfit(f"has {name} of shape {_shape(shape)}, keep fewer numbers")
    stream.seek(0)
    array = np.lib.format.read_array(stream, allow_pickle=False)
    with np.errstate(all="ignore"):
        return np.asarray(array, dtype=np.float64)


def _shape(shape: Iterable[int]) -> str:
    """A shape as people write it, be it never so long."""
    return printable(" × ".join(map(str, shape)), 40) or "()"


# --- csv and json ------------------------------------------------------------------------------


def _read_csv(data: bytes, wanted: tuple[str, ...]) -> Columns:
    """The wanted columns of a table with a head."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        head = [name.strip() for name in next(lines, [])]
        found = {name: head.index(name) for name in wanted if name in head}
        if not found or len(head) > MOST_COLUMNS:
            names = printable(", ".join(head), 60)
            said = "must begin with the names of its columns, with commas between"
            raise Unfit(f'{said}, not with "{names}"')
        rows = [row for row in _bounded(lines) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unfit("is no CSV in UTF-8, with commas between the numbers") from error
    columns: dict[str, list[float]] = {name: [] for name in found}
    for line, row in enumerate(rows, start=2):
        for name, place in found.items():
            columns[name].append(_cell(row, place, f"{name} of row {line}"))
    return {name: np.array(values, dtype=np.float64) for name, values in columns.items()}


def _bounded(lines: Iterable[list[str]]) -> Iterable[list[str]]:
    """The lines, as long as they are not too many."""
    for count, line in enumerate(lines):
        if count == MOST_ROWS:
            raise Unfit(f"has more than {MOST_ROWS:,} rows, keep fewer")
        yield line


def _cell(row: list[str], place: int, where: str) -> float:
    """One number of a table."""
    text = row[place].strip() if place < len(row) else ""
    try:
        return float(text)
    except ValueError as error:
        raise Unfit(f'has "{printable(text, 20)}" as {where}, it must be a number') from error


def _read_json(data: bytes, wanted: tuple[str, ...]) -> Columns:
    """The wanted columns of an object of lists, or of a list of objects."""
    try:
        table = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unfit("is no JSON in UTF-8") from error
    if isinstance(table, list) and table and all(isinstance(row, dict) for row in table):
        keys = [key for key in wanted if key in table[0]]
        table = {key: [row.get(key) for row in table] for key in keys}
    if not isinstance(table, dict):
        raise Unfit("must be an object of lists, or a list of objects")
    return columns_of(table, wanted)


READERS: dict[str, Callable[[bytes, tuple[str, ...]], Columns]] = {
    ".npz": _read_npz,
    ".csv": _read_csv,
    ".json": _read_json,
}
"""How a file's name ends -> how it is read."""
