"""The array types of this package and two helpers that every module shares."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
"""A float64 array; its shape is stated where it is used."""

Point = tuple[float, float]
"""(x, y), that is (theta_1, theta_2)."""

Window = tuple[tuple[float, float], tuple[float, float]]
"""((x_min, x_max), (y_min, y_max))."""


def readonly(array: npt.ArrayLike) -> Array:
    """The values as a float64 array that nobody can change; copied unless they already are one."""
    result = np.asarray(array, dtype=np.float64)
    result.flags.writeable = False
    return result


def pair(first: Any, second: Any) -> npt.NDArray[Any]:
    """Two arrays (...) side by side as (..., 2); complex input stays complex."""
    # Each coordinate's values lie together: that is how they are computed with.
    result = np.empty((*np.shape(first), 2), dtype=np.result_type(first, second), order="F")
    result[..., 0] = first
    result[..., 1] = second
    return result


def symmetric(xx: Any, xy: Any, yy: Any) -> npt.NDArray[Any]:
    """Symmetric 2x2 matrices (..., 2, 2) from their three entries (...)."""
    xx, xy, yy = np.broadcast_arrays(xx, xy, yy)
    return np.stack([pair(xx, xy), pair(xy, yy)], axis=-2)
