"""A loss as heights over the plane, on a mesh as coarse as it may be to look right."""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
import numpy.typing as npt

from momentum_math.contours import GRID, grid, is_too_fine
from momentum_math.landscapes import Landscape
from momentum_math.types import Array, Window, readonly

SQUEEZED = 0.1
"""Where half of a window is lower than this share of its heights, they are compressed."""
LOWEST = 0.1
"""The share of a window, its lowest, that is not compressed with the rest."""
FAR = 3.0
"""Heights beyond the middle 98 % of a window are cut where they are so many times as far away."""
MESHES = (40, 48, 60, 80, 96, 120, 160)
"""Cells of a mesh along a side; all divide the grid."""
STRAYS = 0.004
"""How far a mesh may be from the surface, in heights, nearly everywhere."""


@final
@dataclass(frozen=True, eq=False)
class Relief:
    """The loss as a surface over a window: heights from 0, the lowest, to 1.

    Attributes:
        x: The mesh's x, (n,).
        y: The mesh's y, (m,).
        losses: On the mesh, (m, n); NaN where the loss is undefined.
        low: The loss at height 0.
        high: The loss at height 1.
        unit: The loss above ``low`` up to which heights are about proportional to it; beyond, they
            grow with its logarithm. None where they are proportional everywhere.
    """

    x: Array
    y: Array
    losses: Array
    low: float
    high: float
    unit: float | None

    def height(self, losses: npt.ArrayLike) -> Array:
        """Return the heights of losses, (...), shape (...): they rise with the loss.

        z = (f - low) / (high - low), or log(1 + (f - low) / unit) over its value at ``high``; what
        is beyond either end is at that end, NaN stays NaN.

        >>> one = np.zeros(1)
        >>> Relief(one, one, one, 0.0, 30.0, 2.0).height([0.0, 6.0, 30.0, 99.0]).tolist()
        [0.0, 0.5, 1.0, 1.0]
        """
        share = np.clip(np.asarray(losses, dtype=float), self.low, self.high) - self.low
        if self.unit is None:
            return np.asarray(share / (self.high - self.low))
        return np.asarray(
            np.log1p(share / self.unit) / np.log1p((self.high - self.low) / self.unit)
        )


@lru_cache(maxsize=8)
def relief(landscape: Landscape, window: Window) -> Relief | None:
    """Return the loss in a window as a surface; None where it is flat, undefined or too fine."""
    if is_too_fine(landscape, window):
        return None
    x, y, losses = grid(landscape, window)
    finite = losses[np.isfinite(losses)]
    if 2 * len(finite) < losses.size:
        return None
    inner, outer = np.quantile(finite, [0.01, 0.99])
    far = FAR * (outer - inner)
    low, high = max(float(finite.min()), inner - far), min(float(finite.max()), outer + far)
    if not (np.isfinite(high - low) and high - low > 1e-12 * max(abs(low), abs(high))):
        return None
    above = np.clip(finite, low, high) - low
    unit = None
    if np.median(above) < SQUEEZED * (high - low):
        unit = max(float(np.quantile(above, LOWEST)), 1e-9 * (high - low))
    fine = Relief(x, y, losses, float(low), float(high), unit)
    heights = fine.height(losses)
    down, across = _step(heights), _step(heights.T)
    return Relief(
        readonly(x[::across].copy()),
        readonly(y[::down].copy()),
        readonly(losses[::down, ::across].copy()),
        fine.low,
        fine.high,
        unit,
    )


def _step(heights: Array) -> int:
    """How many of the grid's rows, (m, n), may be one of a mesh."""
    rows = np.arange(len(heights))
    for cells in MESHES:
        step = GRID // cells
        share = (rows % step / step)[:, None]
        before = heights[rows // step * step]
        after = heights[np.minimum(rows // step * step + step, len(rows) - 1)]
        away = np.abs(before + (after - before) * share - heights)
        if np.nanquantile(away, 0.99) <= STRAYS:
            break
    return step
