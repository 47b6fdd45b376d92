"""Whether the first gradients of a run agree, so that a velocity adds them up."""

from __future__ import annotations

import numpy as np

from momentum_math.types import Array

FIRST_GRADIENTS = 15
"""So many gradients, from the start on, are asked."""


def agreement(gradients: Array, directions: tuple[Array, Array]) -> tuple[float | None, ...]:
    """How far the first gradients agree in each direction, 0 to 1.

    Args:
        gradients: Of a run, (n + 1, 2).
        directions: Unit vectors, (2,) each.

    Returns:
        The size of their sum over the sum of their sizes; None without any slope.
    """
    first = gradients[:FIRST_GRADIENTS]
    largest = float(np.abs(first).max())
    parts = first / (largest or 1.0) @ np.stack(directions, axis=1)
    sizes = np.abs(parts).sum(axis=0)
    return tuple(
        None if size <= 1e-12 else float(abs(total) / size)
        for total, size in zip(parts.sum(axis=0), sizes, strict=True)
    )
