"""What of a surface is seen: in each column of the picture, how its rows stand over each other.

No Manim.
"""

from __future__ import annotations

import numpy as np

COLUMNS = 100  # of the picture, besides those at rows' ends
ROUNDING = 1e-6  # columns or rows
FAR = 99.0  # units


class Sight:
    """The rows of a surface as they are seen, the nearest first.

    In each column of the picture the rows up to one cover all between the lowest and the highest
    of them, since a surface is in one piece: what is behind them is seen over the one or under the
    other. So the upper side is a stack of edges, each the highest so far; the under side is seen
    below the nearest row, down to the lowest.

    Source:
        T. J. Wright, "A Two-Space Solution to the Hidden Line Problem for Plotting Functions of
        Two Variables", IEEE Transactions on Computers C-22 (1973), 28-33.

    Args:
        rows: points of the mesh in the picture, (m, n, 2), units; each row evenly spaced in x.

    Attributes:
        x: of the columns, (k,), ascending.
        over: the upper edge of what the rows up to one cover, (m, k).
        under: the lower edge, (m, k).
    """

    def __init__(self, rows: np.ndarray) -> None:
        self.x = _columns(rows)
        first = rows[:, :1, 0]
        at = (self.x - first) / (rows[:, 1:2, 0] - first)
        self._whole = np.clip(at.astype(int), 0, rows.shape[1] - 2)
        self._share = np.clip(at - self._whole, 0.0, 1.0)
        # Beside a row's ends, the surface ends or begins at its side's edge.
        left, right = (self._edge(rows[:, end]) for end in (0, -1))
        up = self.along_rows(rows[..., 1])
        up = np.where(at < -ROUNDING, left, up)
        up = np.where(at > rows.shape[1] - 1 + ROUNDING, right, up)
        self.over, self.under = np.maximum.accumulate(up), np.minimum.accumulate(up)

    def along_rows(self, values: np.ndarray) -> np.ndarray:
        """Values on the mesh, (m, n), in the columns, (m, k)."""
        one = np.take_along_axis(values, self._whole, axis=1)
        other = np.take_along_axis(values, self._whole + 1, axis=1)
        found: np.ndarray = one + (other - one) * self._share
        return found

    def clearance(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """How far points, (p, 2), on rows, (p,), are from being hidden; negative if they are, (p,).

        A point is behind the rows that are nearer than it; what is on the nearest one is far from
        being hidden.
        """
        over, under = self._edges(points, rows)
        clear: np.ndarray = np.maximum(points[:, 1] - over, under - points[:, 1])
        return clear

    def raised(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Points on rows as before, (p, 2): hidden ones at the edge over which they would show."""
        _, under = self._edges(points, rows)
        shown = points[:, 1:] <= under[:, None]
        return np.where(shown, points, self.over_edge(points, rows))

    def over_edge(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Points on rows as before, (p, 2), no lower than the edge over which they would show."""
        over, _ = self._edges(points, rows)
        return np.stack([points[:, 0], np.maximum(points[:, 1], over)], axis=1)

    def _edges(self, points: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Between which heights points on rows are hidden, (p,) each; none in front of them all."""
        nearer = np.minimum(np.ceil(rows - ROUNDING).astype(int) - 1, len(self.over) - 1)
        row = np.maximum(nearer, 0)
        whole = np.clip(np.searchsorted(self.x, points[:, 0]) - 1, 0, len(self.x) - 2)
        share = (points[:, 0] - self.x[whole]) / (self.x[whole + 1] - self.x[whole])
        share = np.clip(share, 0.0, 1.0)
        over, under = (
            edge[row, whole] + (edge[row, whole + 1] - edge[row, whole]) * share
            for edge in (self.over, self.under)
        )
        first = nearer < 0
        return np.where(first, -FAR, over), np.where(first, FAR, under)

    def _edge(self, edge: np.ndarray) -> np.ndarray:
        """The heights in the columns of a side's edge, (m, 2), (k,)."""
        order = slice(None, None, 1 if edge[0, 0] <= edge[-1, 0] else -1)
        heights: np.ndarray = np.interp(self.x, edge[order, 0], edge[order, 1])
        return heights


def _columns(rows: np.ndarray) -> np.ndarray:
    """Columns across a surface, with one at each end of each row."""
    ends = np.unique(rows[:, [0, -1], 0])
    return np.unique(np.concatenate([ends, np.linspace(ends[0], ends[-1], COLUMNS)]))


def visible(points: np.ndarray, clear: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The parts of lines that are seen, as Manim's curves, (4k, 3).

    Args:
        points: (n, 2).
        clear: see ``Sight.clearance``, (n,).
        drawn: from which points a line leads to the next one, indices.
    """
    shown = drawn[(clear[drawn] > 0.0) | (clear[drawn + 1] > 0.0)]
    start, end, one, other = points[shown], points[shown + 1], clear[shown], clear[shown + 1]
    if (one <= 0.0).any() or (other <= 0.0).any():
        gap = np.where(one == other, 1.0, one - other)
        cut = start + (end - start) * (one / gap)[:, None]
        start = np.where((one <= 0.0)[:, None], cut, start)
        end = np.where((other <= 0.0)[:, None], cut, end)
    return straight(start, end)


def curves(points: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Polylines, one after the other, (n, 2), as Manim's curves, (4k, 3).

    Args:
        points: of all of them.
        ends: index of the point behind the last of each.
    """
    drawn = np.ones(len(points), dtype=bool)
    drawn[ends - 1] = False
    first = np.flatnonzero(drawn)
    return straight(points[first], points[first + 1])


def straight(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Straight lines between points, (k, 2) each, as Manim's curves, (4k, 3)."""
    found = np.zeros((len(start), 4, 3))
    third = (end - start) / 3
    found[:, 0, :2], found[:, 1, :2] = start, start + third
    found[:, 2, :2], found[:, 3, :2] = end - third, end
    return found.reshape(-1, 3)
