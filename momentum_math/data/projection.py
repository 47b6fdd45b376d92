"""The plane in which runs of many parameters are seen best: one for all of them together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from momentum_math.types import Array

FLAT = 1e-10
"""Runs whose second direction has less than this share of their variance are on a line."""
MARGIN = 0.15
"""How far a measured grid reaches over the runs, in sides of their box."""


@final
@dataclass(frozen=True, eq=False)
class Plane:
    """The plane of the two directions in which the points of all runs vary most.

    Attributes:
        mean: Its origin, the mean of all points, (d,).
        directions: Orthonormal, (2, d), the one with more variance first.
        share: The share of the variance of all points that lies in it.
        points: Of each run, its coordinates, (n, 2).
    """

    mean: Array
    directions: Array
    share: float
    points: tuple[Array, ...]

    def lift(self, x: float, y: float) -> Array:
        """The parameters of a point of the plane, (d,)."""
        return np.asarray(self.mean + x * self.directions[0] + y * self.directions[1])

    def sides(self, count: int) -> tuple[Array, Array]:
        """Evenly spaced x and y, (count,) each, that reach over all runs."""
        box = np.vstack(self.points)
        low, high = box.min(axis=0), box.max(axis=0)
        half = np.maximum((0.5 + MARGIN) * (high - low), 0.1 * float((high - low).max()))
        ends = zip((low + high) / 2.0 - half, (low + high) / 2.0 + half, strict=True)
        x, y = (np.linspace(*side, count) for side in ends)
        return x, y

    def measured(self, loss: Callable[[Array], float], x: Array, y: Array) -> Array:
        """The loss at all points of a grid in the plane, (m, n) for x (n,) and y (m,)."""
        return np.array([[float(loss(self.lift(a, b))) for a in x] for b in y])


def plane_of(runs: Sequence[Array]) -> Plane:
    """Return the plane of the first two principal components of all runs' points together.

    The eigenvectors of the Gram matrix of the centred points C, (N, N), give them: with
    C C^T u = lambda u, a direction is C^T u / sqrt(lambda). So d may be in the millions.

    Args:
        runs: The parameters of each, (n, d) with the same d, finite.

    Raises:
        ValueError: They differ in d, are not finite, or all lie on a line.

    Source: M. Turk and A. Pentland, "Eigenfaces for recognition", J. Cognitive Neuroscience 3
    (1991) 71-86, section on fewer points than dimensions.

    >>> made = plane_of([np.array([[3.0, 0, 0], [-3.0, 0, 0], [0, 4.0, 0], [0, -4.0, 0]])])
    >>> round(made.share, 12), np.abs(made.directions).round(12).tolist()
    (1.0, [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    """
    if len({run.shape[1] for run in runs}) > 1:
        counts = ", ".join(str(run.shape[1]) for run in runs)
        raise ValueError(f"the runs have different numbers of parameters: {counts}")
    points = np.vstack(runs)
    if not np.isfinite(points).all():
        raise ValueError("some parameters are not finite")
    mean = points.mean(axis=0)
    centred = points - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    if len(points) < 3 or values[-2] <= FLAT * values[-1]:
        raise ValueError("all points are on a line: there is no plane to show")
    lengths = np.sqrt(values[[-1, -2]])
    directions = (centred.T @ vectors[:, [-1, -2]] / lengths).T
    # An eigenvector's sign is arbitrary: the largest component is positive.
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[[0, 1], largest])
    directions = directions * signs[:, None]
    ends = np.cumsum([len(run) for run in runs])[:-1]
    places = np.split(centred @ directions.T, ends)
    share = float(values[-2:].sum() / values.sum())
    return Plane(mean, directions, min(share, 1.0), tuple(places))
