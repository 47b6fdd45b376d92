"""A run that was made elsewhere: its points are shown, not computed."""

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, ClassVar, final

import numpy as np

from momentum_math.data.files import FILE_SCHEMA, Columns, columns_of, read_columns
from momentum_math.messages import Unfit
from momentum_math.parameters import Data
from momentum_math.types import Array, Point

MOST_POINTS = 5_001
FARTHEST, HIGHEST = 1e6, 1e12
"""The largest coordinate and the largest loss; a film's axes are made for such numbers."""
NAMES = ("points", "losses", "step", "x", "y", "loss")
LONGEST_LABEL = 40


@final
@dataclass(frozen=True)
class Recording(Data):
    """What somebody recorded of a run.

    Attributes:
        points: (theta_1, theta_2) after 0..n updates.
        losses: As many, as they were recorded; None where the landscape's are meant.
        file: What the file was called, without its ending; equal recordings may differ in it.

    >>> made = Recording(((1.0, 2.0), (0.5, 1.0)), (5.0, 1.25), "adam")
    >>> made.n, made == RunFile().read(made.to_dict())
    (1, True)
    """

    points: tuple[Point, ...]
    losses: tuple[float, ...] | None = None
    file: str = field(default="", compare=False)

    name: ClassVar[str] = "recorded"
    method: ClassVar[str] = "Recorded run"
    tex: ClassVar[tuple[str, ...]] = ()
    schedules: ClassVar[dict[str, Any]] = {}
    remembers: ClassVar[bool] = False
    conflict: ClassVar[str] = ""

    @property
    def n(self) -> int:
        """The number of updates that were recorded."""
        return len(self.points) - 1

    def to_dict(self) -> dict[str, Any]:
        """The recording as JSON can hold it, and as a file may say it in place of a name."""
        values: dict[str, Any] = {"points": [list(point) for point in self.points]}
        return values if self.losses is None else values | {"losses": list(self.losses)}


@final
@dataclass(frozen=True)
class RunFile:
    """The kind of value that is a recorded run: a file's name, or a table of its numbers."""

    def read(self, value: Any) -> Recording:
        if isinstance(value, dict):
            return _recording(columns_of(value, NAMES), "")
        if not isinstance(value, str):
            raise Unfit('must be the name of a file, as in "adam.npz"')
        label = PurePath(value).stem[:LONGEST_LABEL].strip()
        return _recording(read_columns(value, NAMES), label if label.isprintable() else "")

    def schema(self) -> dict[str, Any]:
        return FILE_SCHEMA


def _recording(columns: Columns, file: str) -> Recording:
    """The recording of what a file holds."""
    points = _points(columns)
    count = len(points)
    if not 2 <= count <= MOST_POINTS:
        remedy = "record more" if count < 2 else f"keep every {-(-count // MOST_POINTS)}th"
        raise Unfit(f"has {count:,} points, it must have 2 to {MOST_POINTS:,}: {remedy}")
    _check(points, "point", FARTHEST)
    if "step" in columns and not np.array_equal(columns["step"], np.arange(count)):
        raise Unfit("must count its steps 0, 1, 2, …: one row is one step of the film")
    losses = columns.get("losses", columns.get("loss"))
    if losses is not None:
        if losses.shape != (count,):
            shape = " × ".join(map(str, losses.shape))
            raise Unfit(f"has {shape} losses and {count} points, give one loss for each point")
        _check(losses, "loss", HIGHEST)
    pairs = tuple((x, y) for x, y in points.tolist())
    return Recording(pairs, None if losses is None else tuple(losses.tolist()), file)


def _points(columns: Columns) -> Array:
    """The points, (n, 2), from one array or from two columns."""
    if "points" not in columns and {"x", "y"} <= columns.keys():
        x, y = columns["x"], columns["y"]
        if x.ndim != 1 or x.shape != y.shape:
            raise Unfit("must have as many x as y")
        return np.column_stack([x, y])
    if "points" not in columns:
        more = "(of more parameters, `momentum project` makes points)"
        raise Unfit(f"must have points (n × 2), or columns x and y {more}")
    points = columns["points"]
    if points.ndim != 2 or points.shape[1] != 2:
        shape = " × ".join(map(str, points.shape))
        raise Unfit(f"has points of shape {shape}, they must be n × 2")
    return points


def _check(values: Array, noun: str, most: float) -> None:
    """Raise where one of some numbers, (n,) or (n, 2), is not finite or too large to be drawn."""
    with np.errstate(invalid="ignore"):
        good = (np.abs(values) <= most).reshape(len(values), -1).all(axis=1)
    if not good.all():
        row = int(np.argmin(good))
        shown = ", ".join(f"{value:g}" for value in np.ravel(values[row]))
        raise Unfit(f"has {noun} {row} = {shown}, it must be finite and at most {most:g}")
