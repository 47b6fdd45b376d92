"""Choose from the data what the map shows where the file does not say: steps, window, levels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_high
from typing import final

import numpy as np

from momentum_math.contours import grid, is_too_fine
from momentum_math.landscapes import Landscape
from momentum_math.trajectories import Trajectory, excess
from momentum_math.types import Array, Window

LEVELS, LEVELS_WITH_MANY_MINIMA = 24, 8
"""Contours of a map whose file does not say; fewer where each would fall into many pieces."""
MANY_MINIMA = 9
MOST_LEVELS = 64
COARSE = 95
"""Cells along each side of the grid from which levels are chosen."""
ARRIVED = 0.01
"""A run is nearly there when it has lost all but this share of its loss."""
FEWEST_STEPS, MOST_STEPS = 20, 200
MARGIN = 0.12
REACH = 3.0
"""The map grows with the paths up to this many times the box of start and landmarks."""


@final
@dataclass(frozen=True)
class Progression:
    """Levels in a progression from one loss to another."""

    first: float
    last: float
    count: int


def map_steps(paths: Sequence[Trajectory], minimum: float | None, steps: int) -> int:
    """Return how many steps the map shows: until half of the runs that arrive are nearly there.

    They are between 20 and 200, and at most the ``steps`` of the runs.
    """
    arrivals = []
    for path in paths:
        above = excess(path.losses, minimum)
        high = np.flatnonzero(above > ARRIVED * above[0])
        if minimum is not None and len(high) and high[-1] + 1 <= path.n:
            arrivals.append(int(high[-1]) + 1)
    wanted = median_high(arrivals) if arrivals else MOST_STEPS // 2
    return min(steps, max(FEWEST_STEPS, min(MOST_STEPS, wanted)))


def _shown(paths: Sequence[Trajectory], steps: int) -> Array:
    """The points of the runs up to a step, (n, 2), the start among them."""
    return np.vstack([path.points[: steps + 1] for path in paths])


def map_window(landscape: Landscape, paths: Sequence[Trajectory], steps: int) -> Window:
    """Return a window that holds the start, the landmarks and the runs, as far as they stay near.

    Its sides are rounded outwards to two digits or so, neither shorter than a quarter of the other;
    a saddle lies in the middle. The runs are shown up to ``steps``.
    """
    starts = [path.points[0] for path in paths]
    core = np.array([*starts, *(landscape.landmarks or _lowest_end(paths))])
    low, high = core.min(axis=0), core.max(axis=0)
    size = max(*(high - low), 0.1 * np.abs(core).max()) or _extent(landscape, paths)
    centre, half = (low + high) / 2.0, np.maximum((high - low) / 2.0, size / 4.0)
    shown = _shown(paths, steps)
    near = shown[(np.abs(shown - centre) <= REACH * half.max()).all(axis=1)]
    box = np.vstack([near, core, centre - half, centre + half])
    if landscape.is_saddle:
        box = np.vstack([box, 2.0 * np.array(landscape.landmarks[0]) - box])
    low, high = box.min(axis=0), box.max(axis=0)
    margin = MARGIN * (high - low)
    sides = [_round_out(*side) for side in zip(low - margin, high + margin, strict=True)]
    return sides[0], sides[1]


def _extent(landscape: Landscape, paths: Sequence[Trajectory]) -> float:
    """Return the size of a map whose only landmark is the start: as the runs, or as is usual."""
    run = max(float(np.ptp(path.points, axis=0).max()) for path in paths)
    usual = max(high - low for low, high in landscape.window)
    return min(run, usual) or usual


def _lowest_end(paths: Sequence[Trajectory]) -> list[Array]:
    """Return the end of the run that gets lowest without diverging, if there is one."""
    ends = [(float(path.losses[-1]), i) for i, path in enumerate(paths) if path.ended_at is None]
    return [paths[min(ends)[1]].points[-1]] if ends else []


def _round_out(low: float, high: float) -> tuple[float, float]:
    """The smallest interval around [low, high] whose ends are multiples of a round number."""
    unit = 10.0 ** math.floor(math.log10((high - low) / 2.0) - 1.0 + 1e-9)
    unit *= next((k for k in (5.0, 2.0) if k * unit <= (high - low) / 20.0), 1.0)
    digits = max(0, -math.floor(math.log10(unit) + 1e-9))
    return (
        round(math.floor(low / unit + 1e-9) * unit, digits),
        round(math.ceil(high / unit - 1e-9) * unit, digits),
    )


def level_heights(
    landscape: Landscape,
    window: Window,
    paths: Sequence[Trajectory],
    steps: int,
    given: Progression | tuple[float, ...] | None,
) -> tuple[float, ...]:
    """Return the losses at which contours are drawn, counted from the landscape's minimum.

    A given progression goes on in the same ratio until the start and all of the shown paths inside
    the window lie within the contours, so that the map is never empty around them; given values
    stay as they are.

    Args:
        landscape: The loss.
        window: The map's window.
        paths: The runs.
        steps: How many steps of each are shown.
        given: What the file says, counted likewise.

    Returns:
        Ascending losses above the minimum; losses themselves where there is none. Empty where the
        loss goes up and down so fast that rings would show the grid that they are traced on.
    """
    if is_too_fine(landscape, window):
        return ()
    if isinstance(given, tuple):
        return given
    if landscape.minimum is None:
        return _signed_losses(landscape, window, given)
    top = _highest_inside(landscape, window, _shown(paths, steps)) - landscape.minimum
    if given is None:
        given = _progression(landscape, window, top)
    return tuple(_continued(given, top))


def _highest_inside(landscape: Landscape, window: Window, shown: Array) -> float:
    """The highest loss of the start, which comes first, and of the points inside the window."""
    low, high = np.transpose(window)
    losses = landscape.value(shown[((low <= shown) & (shown <= high)).all(axis=1)])
    return float(np.max(losses, initial=float(landscape.value(shown[0]))))


def _continued(given: Progression, top: float) -> list[float]:
    """The progression, continued in its ratio until it reaches ``top``."""
    levels: list[float] = np.geomspace(given.first, given.last, given.count).tolist()
    ratio = (given.last / given.first) ** (1.0 / (given.count - 1))
    missing = math.ceil(math.log(top / given.last) / math.log(ratio) - 1e-9) if top > 0 else 0
    if missing > MOST_LEVELS:
        more: list[float] = np.geomspace(given.last, top, LEVELS)[1:].tolist()
    else:
        more = [given.last * ratio**k for k in range(1, missing + 1)]
    return levels + more


def _count_minima(landscape: Landscape, x: Array, y: Array, values: Array) -> int:
    """Count the minima in the window, from the points of a grid lower than their neighbours.

    On the floor of a narrow valley a grid has low points that are no minima: from there Newton's
    step leads along the valley, beyond the next points of the grid.
    """
    values = np.where(np.isfinite(values), values, np.inf)
    inner = values[1:-1, 1:-1]
    beside = (values[:-2, 1:-1], values[2:, 1:-1], values[1:-1, :-2], values[1:-1, 2:])
    rows, columns = np.nonzero(np.logical_and.reduce([inner < other for other in beside]))
    if len(rows) <= MANY_MINIMA:
        return len(rows)
    points = np.column_stack([x[columns + 1], y[rows + 1]])
    hessians = landscape.hessian(points)
    bowls = np.linalg.eigvalsh(hessians)[:, 0] > 0.0
    steps = np.linalg.solve(hessians[bowls], landscape.gradient(points)[bowls][:, :, None])
    return int((np.abs(steps[:, :, 0]) <= (x[1] - x[0], y[1] - y[0])).all(axis=1).sum())


def _progression(landscape: Landscape, window: Window, top: float) -> Progression:
    """Return levels from the window's lowest half per cent to nearly its highest loss."""
    x, y, values = grid(landscape, window, COARSE)
    above = values[np.isfinite(values)] - (landscape.minimum or 0.0)
    above = above[above > 0.0]
    if not len(above):
        return Progression(0.5 * (top or 1.0), top or 1.0, 2)
    last = max(float(np.quantile(above, 0.97)), top)
    first = min(max(float(np.quantile(above, 0.004)), 1e-5 * last), 0.1 * last)
    is_bumpy = _count_minima(landscape, x, y, values) > MANY_MINIMA
    return Progression(first, last, LEVELS_WITH_MANY_MINIMA if is_bumpy else LEVELS)


def _signed_losses(
    landscape: Landscape, window: Window, given: Progression | None
) -> tuple[float, ...]:
    """Return levels on both sides of zero for a landscape that is unbounded below."""
    if given is not None:
        return tuple(np.linspace(given.first, given.last, given.count).tolist())
    _, _, values = grid(landscape, window, COARSE)
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0
    roots = np.linspace(-1.0, 1.0, LEVELS + 1)
    return tuple((np.sign(roots) * roots**2 * largest).tolist())
