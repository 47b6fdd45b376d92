"""What the data have to say: the few quantities that chapters point at. No Manim.

Each is computed from the outcome or from closed forms; where a question makes no sense for an
experiment the answer is None, and the storyboard leaves the beat out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from momentum_math import (
    Experiment,
    Outcome,
    Place,
    Point,
    Quadratic,
    Rest,
    Run,
    Window,
    best_pair,
    envelope,
    factor,
    has_closed_form,
    minima_met,
    overtakings,
    principal_axes,
    rest_of,
    steps_against_beta,
    steps_until,
)

MEMORY_STEPS = 14  # of momentum, with both arrows and its books
LONG_AFTER = 100_000  # steps: who surely arrives later than this is not waited for


def has_beta(run: Run) -> bool:
    """Whether the contender's method remembers with a β."""
    return getattr(run.contender.optimizer, "beta", None) is not None


def remembering(outcome: Outcome) -> int | None:
    """The first contender that remembers: one with a β above 0."""
    return next((i for i, run in enumerate(outcome.runs) if remembers(run)), None)


def remembers(run: Run) -> bool:
    """Whether anything of the old velocity is kept; at β = 0 the method is plain descent."""
    return has_beta(run) and run.contender.optimizer.beta > 0


def swiftest(outcome: Outcome) -> int | None:
    """The one contender that stays below the threshold soonest; None where several do."""
    arrived = sorted(
        (run.stays_below, i) for i, run in enumerate(outcome.runs) if run.stays_below is not None
    )
    if not arrived or (len(arrived) > 1 and arrived[0][0] == arrived[1][0]):
        return None
    return arrived[0][1]


SLOWER = 1.1  # times the steps of the swiftest: who needs no more is not called slow


def is_slow(outcome: Outcome, index: int) -> bool:
    """Whether somebody arrived, and this contender did not, or clearly later."""
    arrived = [run.stays_below for run in outcome.runs if run.stays_below is not None]
    own = outcome.runs[index].stays_below
    return bool(arrived) and (own is None or own > SLOWER * min(arrived))


def comes_and_goes(outcome: Outcome, index: int) -> bool:
    """Whether a run comes below the threshold, but is above it again at the end."""
    run = outcome.runs[index]
    return run.first_below is not None and run.stays_below is None


def is_too_large(outcome: Outcome, index: int) -> bool:
    """Whether this run's β is too large to arrive where a smaller one did."""
    run = outcome.runs[index]
    if not has_beta(run) or run.stays_below is not None:
        return False
    own = run.contender.optimizer.beta
    arrived = [r for r in outcome.runs if has_beta(r) and r.stays_below is not None]
    return any(r.contender.optimizer.beta < own for r in arrived)


def turns_back(run: Run, steps: int) -> bool:
    """Whether consecutive gradients oppose each other at least twice in the first ``steps``."""
    gradients = run.trajectory.gradients[: steps + 1]
    with np.errstate(over="ignore", invalid="ignore"):
        return int(((gradients[1:] * gradients[:-1]).sum(axis=1) < 0).sum()) >= 2


# --- where runs stand ------------------------------------------------------------------------


@lru_cache(maxsize=64)
def rest(outcome: Outcome, index: int) -> Rest | None:
    """Where a run came to rest; None while it is on its way, and where it ended otherwise."""
    return rest_of(outcome, outcome.runs[index])


@lru_cache(maxsize=16)
def homes(outcome: Outcome) -> tuple[Point, ...]:
    """The minima to mark: those that are known, and those that runs came to rest in."""
    return minima_met(outcome)


def rests_elsewhere(outcome: Outcome, index: int) -> Rest | None:
    """Where a run rests that is done, but not at the lowest point."""
    place = rest(outcome, index)
    return None if place is None or place.place is Place.LOWEST else place


@lru_cache(maxsize=16)
def anyone_moves(outcome: Outcome) -> bool:
    """Whether any contender leaves the start."""
    return any(
        bool((run.trajectory.points != run.trajectory.points[0]).any()) for run in outcome.runs
    )


def start_is_lowest(outcome: Outcome) -> bool:
    """Whether the start is a point of lowest loss."""
    minimum, path = outcome.experiment.landscape.minimum, outcome.runs[0].trajectory
    if minimum is None:
        return False
    near = 4.0 * float(np.finfo(float).eps) * max(abs(minimum), abs(float(path.losses[0])))
    return float(path.losses[0]) - minimum <= near


def slope_at_start(outcome: Outcome) -> np.ndarray | None:
    """The gradient at the start, (2,), without noise; None where it is undefined."""
    with np.errstate(all="ignore"):
        slope = outcome.experiment.landscape.gradient(np.array(outcome.experiment.start))
    return slope if np.isfinite(slope).all() else None


# --- the landscape at its minimum ------------------------------------------------------------


@dataclass(frozen=True)
class Basin:
    """The quadratic that the landscape is near its first minimum.

    Attributes:
        minimum: (2,).
        low: smaller curvature.
        high: larger curvature.
        along: unit vector of the smaller curvature, (2,).
        across: unit vector of the larger curvature, (2,).
    """

    minimum: np.ndarray
    low: float
    high: float
    along: np.ndarray
    across: np.ndarray

    @property
    def condition(self) -> float:
        return self.high / self.low

    def parts(self, vector: np.ndarray) -> tuple[float, float]:
        """A vector's components along and across."""
        return float(vector @ self.along), float(vector @ self.across)


def basin(outcome: Outcome) -> Basin | None:
    """The bowl round the minimum that the story is about; None where there is none.

    That minimum is the one nearest to where the best contender ended.
    """
    landscape = outcome.experiment.landscape
    if not homes(outcome):
        return None
    best = outcome.runs[ranking(outcome, outcome.experiment.steps)[0]].trajectory.points[-1]
    minima = np.array(homes(outcome))
    minimum = minima[np.linalg.norm(minima - best, axis=1).argmin()]
    if isinstance(landscape, Quadratic):
        values, vectors = principal_axes(landscape)
    else:
        with np.errstate(all="ignore"):
            hessian = landscape.hessian(minimum)
        if not np.isfinite(hessian).all():
            return None
        values, vectors = np.linalg.eigh(hessian)
        if values[0] <= 1e-9 * values[1]:
            return None
    along, across = (v * (1 if v[np.abs(v).argmax()] > 0 else -1) for v in vectors.T)
    return Basin(minimum, float(values[0]), float(values[1]), along, across)


def saddle(outcome: Outcome) -> Basin | None:
    """The saddle point that the landscape is about, with its two curvatures; None without one."""
    landscape = outcome.experiment.landscape
    if landscape.name != "saddle":
        return None
    point = np.array(landscape.landmarks[0])
    values, vectors = np.linalg.eigh(landscape.hessian(point))
    return Basin(point, float(values[0]), float(values[1]), vectors[:, 0], vectors[:, 1])


def is_ravine(outcome: Outcome) -> bool:
    """Whether the bowl is much steeper one way than the other."""
    bowl = basin(outcome)
    return bowl is not None and bowl.condition >= 8


def is_quadratic(outcome: Outcome) -> bool:
    """Whether the closed forms hold everywhere on the landscape."""
    return outcome.experiment.landscape.name == "quadratic"


def downhill(outcome: Outcome) -> tuple[float, float] | None:
    """How steep it is at the start, (along, across) a straight ravine; None where there is none."""
    slope = slope_at_start(outcome)
    if not (is_ravine(outcome) and is_quadratic(outcome)) or slope is None:
        return None
    along, across = (abs(part) for part in basin(outcome).parts(slope))
    return along, across


def ends_in(outcome: Outcome, index: int) -> int | None:
    """Which of several minima a run ends in: its number; None where it ends in none."""
    minima, place = homes(outcome), rest(outcome, index)
    if len(minima) < 2 or place is None:
        return None
    distance = np.linalg.norm(np.array(minima) - place.point, axis=1)
    nearest = int(distance.argmin())
    apart = min(np.hypot(*np.subtract(a, b)) for k, a in enumerate(minima) for b in minima[:k])
    return nearest if distance[nearest] < 0.25 * apart else None


def chord(
    point: np.ndarray, direction: np.ndarray, window: Window
) -> tuple[np.ndarray, np.ndarray]:
    """The two ends, inside a window, of the line through a point."""
    reach = [-np.inf, np.inf]
    for axis in (0, 1):
        if abs(direction[axis]) > 1e-12:
            ends = sorted((edge - point[axis]) / direction[axis] for edge in window[axis])
            reach = [max(reach[0], ends[0]), min(reach[1], ends[1])]
    return point + reach[0] * direction, point + reach[1] * direction


def zigzags(outcome: Outcome) -> bool:
    """Whether each step of the baseline lands on the other side across the bowl."""
    both, bowl = factors(outcome), basin(outcome)
    if both is None or both[1] >= 0:
        return False
    away = np.array(outcome.experiment.start) - bowl.minimum
    return bool(abs(away @ bowl.across) > 1e-6 * float(np.linalg.norm(away)))


def zigzag_gone(outcome: Outcome) -> int | None:
    """From which step on the baseline is, across the bowl, within a quarter of where it started."""
    run, bowl = baseline(outcome), basin(outcome)
    across = np.abs((run.trajectory.points - bowl.minimum) @ bowl.across)
    wide = np.flatnonzero(~(across < 0.25 * across[0]))
    gone = int(wide[-1]) + 1 if len(wide) else 0
    return gone if gone < len(across) else None


def factors(outcome: Outcome) -> tuple[float, float] | None:
    """What a step of plain descent multiplies the distance from the minimum by: (along, across).

    None where the baseline is another method or the landscape is not quadratic.
    """
    optimizer = baseline(outcome).contender.optimizer
    if optimizer.name != "gd" or not is_quadratic(outcome) or outcome.experiment.noise is not None:
        return None
    bowl = basin(outcome)
    return factor(optimizer.lr, bowl.low), factor(optimizer.lr, bowl.high)


def lr_limit(outcome: Outcome) -> float:
    """The step size from which plain descent no longer converges in the bowl."""
    return 2 / basin(outcome).high


def baseline(outcome: Outcome) -> Run:
    """The run that the others are held against."""
    return outcome.runs[outcome.experiment.baseline]


def agreement(outcome: Outcome) -> tuple[float | None, float | None]:
    """How far the first gradients of the first contender with a β agree: (across, along), 0 to 1.

    The size of their sum over the sum of their sizes; where there is no bowl, of θ₂ and θ₁.
    None for a direction without any slope.
    """
    gradients = outcome.runs[remembering(outcome)].trajectory.gradients[: MEMORY_STEPS + 1]
    largest = float(np.abs(gradients).max())
    parts = gradients / (largest or 1.0) @ np.stack(book_directions(outcome), axis=1)
    sizes = np.abs(parts).sum(axis=0)
    across, along = (
        None if size <= 1e-12 else float(abs(total) / size)
        for total, size in zip(parts.sum(axis=0), sizes, strict=True)
    )
    return across, along


def cancels_across(outcome: Outcome) -> bool:
    """Whether, in a velocity's books, the gradients across cancel out and those along add up.

    Only asked where the books are kept across and along a valley, and somebody remembers.
    """
    if remembering(outcome) is None or not keeps_across_books(outcome):
        return False
    across, along = agreement(outcome)
    return across is not None and along is not None and across < 0.5 < along


def keeps_across_books(outcome: Outcome) -> bool:
    """Whether the two directions of the books are those across and along the valley."""
    if not is_ravine(outcome):
        return False
    across, _ = book_directions(outcome)
    return bool(abs(abs(float(across @ basin(outcome).across)) - 1) < 1e-9)


def book_directions(outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """The two directions in which gradients are kept count of: across and along, or θ₂ and θ₁."""
    bowl = basin(outcome)
    if bowl is None or not is_ravine(outcome) or not is_quadratic(outcome):
        return np.array([0.0, 1.0]), np.array([1.0, 0.0])
    return bowl.across, bowl.along


# --- the race --------------------------------------------------------------------------------


def ranking(outcome: Outcome, step: int) -> list[int]:
    """Contenders at a step, the best first.

    On the way down without end who is out of sight is ahead, the first one first; then those that
    are still running, the lowest loss first; then those that ended otherwise, the last one first.
    """

    def merit(index: int) -> tuple[int, float]:
        if not has_ended(outcome, index, step):
            return 1, loss_at(outcome, index, step)
        ended = outcome.runs[index].trajectory.ended_at
        return (0, ended) if fell(outcome, index) else (2, -ended)

    return sorted(range(len(outcome.runs)), key=merit)


def leader(outcome: Outcome, step: int) -> int | None:
    """Who is ahead at a step; None for a lone contender, among equals, and where all have ended."""
    first, *others = ranking(outcome, step)
    if not others or (has_ended(outcome, first, step) and not fell(outcome, first)):
        return None
    both_run = not any(has_ended(outcome, index, step) for index in (first, others[0]))
    return None if both_run and level(outcome, first, others[0], step) else first


def level(outcome: Outcome, one: int, other: int, step: int) -> bool:
    """Whether two losses at a step are the same in the digits that are shown."""
    a, b = loss_at(outcome, one, step), loss_at(outcome, other, step)
    return a == b or f"{a:.2e}" == f"{b:.2e}"


def loss_at(outcome: Outcome, index: int, step: int) -> float:
    """A contender's loss above the minimum at a step, or its last one where it ended earlier."""
    losses = outcome.runs[index].excess
    return float(losses[min(step, len(losses) - 1)])


def has_ended(outcome: Outcome, index: int, step: int) -> bool:
    """Whether a run diverged or stopped before a step."""
    ended = outcome.runs[index].trajectory.ended_at
    return ended is not None and ended <= step


def fell(outcome: Outcome, index: int) -> bool:
    """Whether a run left all measure downwards."""
    path = outcome.runs[index].trajectory
    is_bottomless = outcome.experiment.landscape.minimum is None
    return is_bottomless and path.status == "diverged" and bool(path.losses[-1] < path.losses[0])


def overtaking(outcome: Outcome) -> tuple[int, int] | None:
    """Who takes the lead over the baseline for good, and at which step; the best such one.

    Not asked under noise, where the lead is a matter of luck, nor right before the end.
    """
    if outcome.experiment.noise is not None:
        return None
    base = outcome.experiment.baseline
    passed = []
    for index, run in enumerate(outcome.runs):
        if index == base or run.trajectory.ended_at is not None:
            continue
        own, other = run.excess, outcome.runs[base].excess
        step = overtakings(other[: len(own)], own[: len(other)])
        if level(outcome, index, base, outcome.experiment.steps):
            continue
        if step is not None and 1 < step < 0.85 * outcome.experiment.steps:
            passed.append((float(own[-1]), index, step))
    return min(passed)[1:] if passed else None


@dataclass(frozen=True)
class Latecomer:
    """A contender that has not arrived, and what is known about it.

    Attributes:
        index: the contender's.
        constant: loss_k <= constant * rate**k.
        rate: per step.
        stays: the step from which it would stay below the threshold.
        lowest: (step, loss) within the steps run.
    """

    index: int
    constant: float
    rate: float
    stays: int
    lowest: tuple[int, float]


def latecomer(outcome: Outcome) -> Latecomer | None:
    """The last contender with a β that rings towards the minimum, but not within the steps."""
    experiment = outcome.experiment
    if not is_quadratic(outcome) or experiment.threshold is None or experiment.noise is not None:
        return None
    for index in reversed(range(len(outcome.runs))):
        run, optimizer = outcome.runs[index], outcome.runs[index].contender.optimizer
        if run.first_below is not None or not has_beta(run) or run.status != "running":
            continue
        if not has_closed_form(optimizer):
            continue
        constant, rate = envelope(optimizer, experiment.landscape, experiment.start)
        limit = _surely_below(constant, rate, experiment.threshold)
        if limit > LONG_AFTER:
            continue
        until = steps_until(
            experiment.landscape, optimizer, experiment.start, experiment.threshold, limit
        )
        if until.stays is not None:
            return Latecomer(index, constant, rate, until.stays, run.lowest)
    return None


def _surely_below(constant: float, rate: float, threshold: float) -> float:
    """The first step from which ``constant * rate**k`` is below the threshold; inf if none is.

    >>> _surely_below(12.0, 0.5, 1.0)
    4
    """
    if not 0 < rate < 1:
        return math.inf
    return max(0, math.floor(math.log(threshold / constant) / math.log(rate)) + 1)


# --- the dial --------------------------------------------------------------------------------

BETAS = np.round(np.linspace(0.0, 0.99, 100), 10)
SWEEP_LIMIT = 2000


@dataclass(frozen=True)
class Sweep:
    """Steps until the loss stays below the threshold, against β.

    Attributes:
        index: whose method and step size.
        steps: (100,) for ``BETAS``.
        best_beta: of those two decimals.
        best_steps: at it.
        pair: the best (lr, beta, steps) whose path stays on the map, or None.
    """

    index: int
    steps: np.ndarray
    best_beta: float
    best_steps: int
    pair: tuple[float, float, int] | None


def dial(outcome: Outcome) -> Sweep | None:
    """The sweep of the first contender with a β, one above 0 if there is one; None without."""
    index = remembering(outcome)
    if index is None:
        index = next((i for i, run in enumerate(outcome.runs) if has_beta(run)), None)
    if index is None or start_is_lowest(outcome):
        return None
    return sweep(outcome.experiment, index)


@cache
def sweep(experiment: Experiment, index: int) -> Sweep | None:
    """Turn β from 0 to 0.99 for one contender; None if it never arrives."""
    if experiment.threshold is None or experiment.noise is not None:
        return None
    steps = steps_against_beta(experiment, index, BETAS, SWEEP_LIMIT)
    best = int(np.argmin(steps))
    if steps[best] > SWEEP_LIMIT:
        return None
    # Knobs with a mark at every quarter: round numbers to remember, not the last step gained.
    unit = knob_unit(experiment.contenders[index].optimizer.lr)
    quarters = np.arange(1, 9) / 4
    pair = best_pair(experiment, tuple(quarters * unit), tuple(quarters[:3]), index)
    if pair is not None and pair[2] >= steps[best]:
        pair = None
    return Sweep(index, steps, float(BETAS[best]), int(steps[best]), pair)


def knob_unit(lr: float) -> float:
    """The power of ten that a knob for a step size reaches to.

    >>> knob_unit(0.18), knob_unit(0.002)
    (1.0, 0.01)
    """
    return float(10.0 ** np.ceil(np.log10(lr)))


def with_knobs(experiment: Experiment, index: int, lr: float, beta: float) -> Experiment:
    """The experiment with one contender's knobs turned."""
    contenders = list(experiment.contenders)
    optimizer = replace(contenders[index].optimizer, lr=float(lr), beta=float(beta))
    contenders[index] = replace(contenders[index], optimizer=optimizer)
    return replace(experiment, contenders=tuple(contenders))
