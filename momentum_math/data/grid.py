"""Losses on a grid, and the smooth surface through them: bicubic, with a continuous gradient."""

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from momentum_math.data.files import FILE_SCHEMA, Columns, columns_of, read_columns
from momentum_math.messages import Unfit
from momentum_math.parameters import Data
from momentum_math.types import Array, readonly

FEWEST, MOST = 4, 201
"""Points along a side."""
FARTHEST, HIGHEST = 1e6, 1e12
NARROWEST = 1e-6
"""The least step of a side, as a share of its largest coordinate."""
NAMES = ("x", "y", "loss")


@final
@dataclass(frozen=True)
class Grid(Data):
    """What was measured: losses at all pairs of some x and some y.

    Attributes:
        x: Ascending, n of them.
        y: Ascending, m of them.
        losses: The float64 values, a row of n for each y, as bytes: equal ones compare quickly.

    >>> made = Grid.of([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 4.0], np.arange(16.0).reshape(4, 4))
    >>> made.table[1].tolist(), GridFile().read(made.to_dict()) == made
    ([4.0, 5.0, 6.0, 7.0], True)
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    losses: bytes = field(repr=False)

    @classmethod
    def of(cls, x: npt.ArrayLike, y: npt.ArrayLike, losses: npt.ArrayLike) -> "Grid":
        """The grid of arrays (n,), (m,) and (m, n)."""
        first, second = (tuple(np.asarray(side, dtype=np.float64).tolist()) for side in (x, y))
        return cls(first, second, np.ascontiguousarray(losses, dtype="<f8").tobytes())

    @property
    def table(self) -> Array:
        """The losses, (m, n), read-only."""
        return readonly(np.frombuffer(self.losses, "<f8").reshape(len(self.y), len(self.x)))

    def to_dict(self) -> dict[str, Any]:
        """The grid as JSON can hold it, and as a file may say it in place of a name."""
        return {"x": list(self.x), "y": list(self.y), "loss": self.table.tolist()}


@final
@dataclass(frozen=True)
class GridFile:
    """The kind of value that is a measured grid: a file's name, or a table of its numbers."""

    def read(self, value: Any) -> Grid:
        if isinstance(value, dict):
            return _grid(columns_of(value, NAMES))
        if not isinstance(value, str):
            raise Unfit('must be the name of a file, as in "loss.npz"')
        if value.lower().endswith(".csv"):
            raise Unfit("must be .npz or .json: x (n), y (m) and loss (m × n)")
        return _grid(read_columns(value, NAMES))

    def schema(self) -> dict[str, Any]:
        return FILE_SCHEMA


def _grid(columns: Columns) -> Grid:
    """The grid of what a file holds."""
    missing = [name for name in NAMES if name not in columns]
    if missing:
        raise Unfit(f"has no {missing[0]}, it must have x (n), y (m) and loss (m × n)")
    x, y, losses = (columns[name] for name in NAMES)
    for name, side in (("x", x), ("y", y)):
        if side.ndim != 1 or not FEWEST <= len(side) <= MOST:
            shape = " × ".join(map(str, side.shape))
            raise Unfit(f"has {shape} {name}, it must have {FEWEST} to {MOST} in a row")
        if not (np.abs(side) <= FARTHEST).all():
            raise Unfit(f"has {name} that are not finite or beyond {FARTHEST:g}")
        if not (np.diff(side) >= NARROWEST * max(1.0, float(np.abs(side).max()))).all():
            raise Unfit(f"has {name} that do not ascend, or too close together")
    if losses.shape != (len(y), len(x)):
        shape = " × ".join(map(str, losses.shape))
        raise Unfit(f"has loss of shape {shape}, it must be {len(y)} × {len(x)}: a row for each y")
    if not (np.abs(losses) <= HIGHEST).all():
        raise Unfit(f"has losses that are not finite or beyond {HIGHEST:g}: measure a smaller part")
    return Grid.of(x, y, losses)


# --- the surface through it --------------------------------------------------------------------


@final
class Surface:
    """The bicubic Hermite interpolant of a grid; what is outside of the grid is not a number.

    In every cell it is the cubic in x and in y that has the losses and the slopes of the corners;
    slopes are those of parabolas through neighbouring points, so that quadratics are exact, and
    the gradient is continuous everywhere. The Hessian jumps where cells meet.

    Source: R. Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans.
    ASSP 29 (1981) 1153-1160, for evenly spaced points.

    >>> side = np.arange(5.0)
    >>> bowl = Surface(Grid.of(side, side, side**2 + 3.0 * side[:, None] ** 2))
    >>> [float(found) for found in bowl.at(np.array([1.5, 2.5]), (0, 0), (1, 0))]
    [21.0, 3.0]
    """

    def __init__(self, grid: Grid) -> None:
        x, y, losses = np.array(grid.x), np.array(grid.y), grid.table
        self._x, self._y = x, y
        across: Array = np.gradient(losses, x, axis=1, edge_order=2)
        down: Array = np.gradient(losses, y, axis=0, edge_order=2)
        both: Array = np.gradient(down, x, axis=1, edge_order=2)
        # Of each cell, what the cubics are multiplied by: two values and two slopes each way.
        self._cells = np.empty((len(y) - 1, len(x) - 1, 4, 4))
        wide, high = np.diff(x), np.diff(y)[:, None]
        rows, columns = len(y) - 1, len(x) - 1
        for a, b in np.ndindex(2, 2):
            corner = (slice(a, a + rows), slice(b, b + columns))
            self._cells[:, :, a, b] = losses[corner]
            self._cells[:, :, a, 2 + b] = across[corner] * wide
            self._cells[:, :, 2 + a, b] = down[corner] * high
            self._cells[:, :, 2 + a, 2 + b] = both[corner] * wide * high

    def at(self, points: Array, *orders: tuple[int, int]) -> list[Array]:
        """Return derivatives at points (..., 2), each of an order up to 2 in x and in y, (...)."""
        i, u, wide = _place(self._x, points[..., 0])
        j, w, high = _place(self._y, points[..., 1])
        cells = self._cells[j, i]
        found = []
        for in_x, in_y in orders:
            rows = np.einsum("...a,...ab->...b", _hermite(w, in_y), cells)
            total = np.einsum("...b,...b->...", rows, _hermite(u, in_x))
            found.append(np.asarray(total / (wide**in_x * high**in_y)))
        return found


def _place(nodes: Array, at: Array) -> tuple[npt.NDArray[np.int64], Array, Array]:
    """The cell of each coordinate, where it is in it from 0 to 1, and the cell's width.

    Not a number outside of the nodes.
    """
    cell = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, len(nodes) - 2)
    width = nodes[cell + 1] - nodes[cell]
    inside = (nodes[0] <= at) & (at <= nodes[-1])
    return cell, np.where(inside, (at - nodes[cell]) / width, np.nan), width


def _hermite(u: Array, order: int) -> Array:
    """A derivative of Hermite's four cubics at u (...), shape (..., 4): two values, two slopes."""
    if order == 0:
        rise = u * u * (3.0 - 2.0 * u)
        cubics = (1.0 - rise, rise, u * (1.0 - u) ** 2, u * u * (u - 1.0))
    elif order == 1:
        rise = 6.0 * u * (1.0 - u)
        cubics = (-rise, rise, (1.0 - u) * (1.0 - 3.0 * u), u * (3.0 * u - 2.0))
    else:
        cubics = (12.0 * u - 6.0, 6.0 - 12.0 * u, 6.0 * u - 4.0, 6.0 * u - 2.0)
    return np.stack(cubics, axis=-1)
