"""Whether the gradients that a velocity sums up agree, or cancel out."""

import numpy as np

from momentum_math.types import Array

FIRST_GRADIENTS = 15
"""So many gradients, from the start on, are asked whether they agree."""
NO_SLOPE = 1e-12
"""Gradients that sum up to less than this share of the largest one have no slope in a direction."""


def agreement(gradients: Array, directions: tuple[Array, Array]) -> tuple[float | None, ...]:
    """Return how far the first gradients, (n, 2), agree in each of two directions, from 0 to 1.

    It is the size of their sum over the sum of their sizes; None for a direction without any slope.

    >>> across, along = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    >>> agreement(np.array([[1.0, 2.0], [1.0, -2.0]]), (across, along))
    (0.0, 1.0)
    """
    first = gradients[:FIRST_GRADIENTS]
    parts = first / (float(np.abs(first).max()) or 1.0) @ np.stack(directions, axis=1)
    sums, sizes = np.abs(parts.sum(axis=0)), np.abs(parts).sum(axis=0)
    return tuple(
        None if size <= NO_SLOPE else float(total / size)
        for total, size in zip(sums, sizes, strict=True)
    )


def calms_down(offsets: Array, direction: Array) -> bool:
    """Whether the last of a run's first steps swing no further in a direction than it began.

    Args:
        offsets: The points from the minimum on, (n, 2).
        direction: In which they are measured, (2,).

    >>> up = np.array([0.0, 1.0])
    >>> calms_down(np.array([[3.0, 1.0], [2.0, -3.0], [1.0, 0.5], [0.0, -0.5]]), up)
    True
    >>> calms_down(np.array([[3.0, 1.0], [2.0, -1.0], [1.0, 2.0], [0.0, -0.5]]), up)
    False
    """
    sizes = np.abs(offsets[: FIRST_GRADIENTS + 1] @ direction)
    return bool(sizes[len(sizes) // 2 :].max() <= sizes[0])
