"""Pairs of numbers to learn from, read from a file as a value."""

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from momentum_math.data.files import FILE_SCHEMA, Columns, columns_of, read_columns
from momentum_math.messages import Unfit
from momentum_math.parameters import Data

FEWEST, MOST = 2, 200
FARTHEST = 1e6
NAMES = ("x", "y")


@final
@dataclass(frozen=True)
class Samples(Data):
    """What is to be learned: for each x, (n,), the y that was seen there, (n,)."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.x)

    def to_dict(self) -> dict[str, Any]:
        """The samples as JSON can hold them, and as a file may say them in place of a name."""
        return {"x": list(self.x), "y": list(self.y)}


@final
@dataclass(frozen=True)
class SamplesFile:
    """The kind of value that is a set of samples: a file's name, or a table of its numbers."""

    def read(self, value: Any) -> Samples:
        if isinstance(value, dict):
            return _samples(columns_of(value, NAMES))
        if not isinstance(value, str):
            raise Unfit('must be the name of a file, as in "points.csv"')
        return _samples(read_columns(value, NAMES))

    def schema(self) -> dict[str, Any]:
        return FILE_SCHEMA


def _samples(columns: Columns) -> Samples:
    """The samples of what a file holds."""
    if not set(NAMES) <= columns.keys():
        raise Unfit("must have columns x and y")
    x, y = (columns[name] for name in NAMES)
    if x.ndim != 1 or x.shape != y.shape:
        raise Unfit("must have as many x as y")
    if not FEWEST <= len(x) <= MOST:
        raise Unfit(f"has {len(x):,} samples, it must have {FEWEST} to {MOST}")
    if not (np.abs(np.stack([x, y])) <= FARTHEST).all():
        raise Unfit(f"has samples that are not finite or beyond {FARTHEST:g}")
    if not np.ptp(x) > 0.0:
        raise Unfit("has one x for all samples: a line needs two")
    return Samples(tuple(x.tolist()), tuple(y.tolist()))
