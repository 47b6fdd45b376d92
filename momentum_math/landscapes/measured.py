"""A landscape that nobody has a formula of: its loss was measured at the points of a grid."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, final

import numpy as np
import numpy.typing as npt

from momentum_math.data.grid import Grid, GridFile, Surface
from momentum_math.landscapes.base import Landscape
from momentum_math.parameters import Number, Parameter
from momentum_math.types import Array, Point, Window, pair, symmetric

ZOOMS, FINE = 10, 17
"""The lowest point is looked for on so many grids of so many points a side, each in the last."""


@final
@dataclass(frozen=True)
class MeasuredLandscape(Landscape):
    """A loss that was measured on a grid: smooth in between, not a number outside of it.

    Args:
        grid: What was measured.
        said: The value from which losses count; 0 if not given, or the lowest if that is negative.
        variance: The share of the runs' variance that lies in the plane of the grid.

    >>> side = np.linspace(-2.0, 2.0, 5)
    >>> bowl = MeasuredLandscape(Grid.of(side, side, side**2 + side[:, None] ** 2))
    >>> float(bowl.value((0.5, 0.5))), bowl.gradient((0.5, 0.5)).tolist(), bowl.minima
    (0.5, [1.0, 1.0], ((0.0, 0.0),))
    """

    grid: Annotated[
        Grid,
        Parameter(GridFile(), "your own loss, measured: a file of x (n), y (m), loss (m × n)"),
    ]
    said: Annotated[
        float | None,
        Parameter(Number(-1e12, 1e12), "the value from which measured losses count", key="minimum"),
    ] = None
    variance: Annotated[
        float | None,
        Parameter(Number(0.0, 1.0), "the share of the runs' variance in the plane of the grid"),
    ] = None

    name: ClassVar[str] = "grid"
    tex: ClassVar[str] = ""

    @property
    def minimum(self) -> float:
        return min(0.0, float(self.grid.table.min())) if self.said is None else self.said

    @property
    def minima(self) -> tuple[Point, ...]:
        return _lowest(self.grid)

    @property
    def window(self) -> Window:
        (left, *_, right), (bottom, *_, top) = self.grid.x, self.grid.y
        return (left, right), (bottom, top)

    def value(self, points: npt.ArrayLike) -> Array:
        [loss] = _surface(self.grid).at(np.asarray(points, dtype=np.float64), (0, 0))
        return loss

    def gradient(self, points: npt.ArrayLike) -> Array:
        return pair(*_surface(self.grid).at(np.asarray(points, dtype=np.float64), (1, 0), (0, 1)))

    def hessian(self, points: npt.ArrayLike) -> Array:
        orders = ((2, 0), (1, 1), (0, 2))
        return symmetric(*_surface(self.grid).at(np.asarray(points, dtype=np.float64), *orders))


@lru_cache(maxsize=8)
def _surface(grid: Grid) -> Surface:
    """The surface through a grid; remembered."""
    return Surface(grid)


@lru_cache(maxsize=8)
def _lowest(grid: Grid) -> tuple[Point, ...]:
    """The lowest point of the surface round the lowest measured one; none at the grid's edge."""
    row, column = np.unravel_index(int(grid.table.argmin()), grid.table.shape)
    if not (0 < row < len(grid.y) - 1 and 0 < column < len(grid.x) - 1):
        return ()
    low = np.array([grid.x[column - 1], grid.y[row - 1]])
    high = np.array([grid.x[column + 1], grid.y[row + 1]])
    at = np.array([grid.x[column], grid.y[row]])
    for _ in range(ZOOMS):
        sides = [np.linspace(*ends, FINE) for ends in zip(low, high, strict=True)]
        points = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
        points = np.vstack([at, points])
        at = points[int(_surface(grid).at(points, (0, 0))[0].argmin())]
        reach = 2.0 * (high - low) / (FINE - 1)
        low, high = np.maximum(low, at - reach), np.minimum(high, at + reach)
    x, y = at.tolist()
    return ((x, y),)
