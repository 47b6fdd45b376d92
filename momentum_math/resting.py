"""Where runs come to rest: minima that are known, and minima found from where a run ended."""

import numpy as np

from momentum_math.arrays import Point
from momentum_math.experiment import Outcome, Run
from momentum_math.landscapes import Landscape

NEAR = 0.03
"""A run rests in a minimum that is this near to its end, in sides of the map's window."""
ROUNDS = 100


def nearest_minimum(landscape: Landscape, point: Point, reach: float) -> Point | None:
    """The minimum to which Newton's method leads from a point, if that is near.

    Args:
        landscape: The loss.
        point: (x, y), inside the hollow in question.
        reach: How far away the minimum may be.

    Returns:
        The minimiser; None where the Hessian is not positive definite on the way, or beyond reach.

    >>> from momentum_math.valleys import Himmelblau
    >>> nearest_minimum(Himmelblau(), (3.1, 1.9), 1.0)
    (3.0, 2.0)
    """
    at = np.array(point, dtype=np.float64)
    for _ in range(ROUNDS):
        gradient, hessian = landscape.gradient(at), landscape.hessian(at)
        if not (np.isfinite(hessian).all() and np.isfinite(gradient).all()):
            return None
        if np.linalg.eigvalsh(hessian)[0] <= 0.0:
            return None
        step = np.linalg.solve(hessian, gradient)
        at = at - step
        if np.hypot(*(at - point)) > reach:
            return None
        if np.abs(step).max() <= 1e-13 * max(1.0, np.abs(at).max()):
            return _snapped(landscape, at.tolist(), reach)
    return None


def _snapped(landscape: Landscape, found: list[float], reach: float) -> Point:
    """A known minimum in place of one that was found, where they are the same."""
    for known in landscape.minima:
        if np.hypot(found[0] - known[0], found[1] - known[1]) <= 1e-6 * reach:
            return known
    return found[0], found[1]


def rests_in(outcome: Outcome, run: Run) -> Point | None:
    """The minimum in which a run ended, known or found.

    Args:
        outcome: What happened.
        run: One of its runs.

    Returns:
        The minimiser; None while the run is on its way, or where it diverged or stopped.
    """
    if run.trajectory.ended_at is not None:
        return None
    sides = [high - low for low, high in outcome.experiment.map.window]
    x, y = run.trajectory.points[-1].tolist()
    return nearest_minimum(outcome.experiment.landscape, (x, y), NEAR * max(sides))


def minima_met(outcome: Outcome) -> tuple[Point, ...]:
    """All minima worth marking: the known ones, then those in which runs ended.

    Args:
        outcome: What happened.

    Returns:
        Minimisers, each once.
    """
    found = list(outcome.experiment.landscape.minima)
    for run in outcome.runs:
        place = rests_in(outcome, run)
        if place is not None and all(np.hypot(*np.subtract(place, m)) > 1e-6 for m in found):
            found.append(place)
    return tuple(found)
