"""What the data have to say: the few quantities that chapters point at. No Manim.

Each is computed from the outcome or from closed forms; where a question makes no sense for an
experiment the answer is None, and the storyboard leaves the beat out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from momentum_math import (
    Experiment,
    Outcome,
    Run,
    Window,
    best_pair,
    envelope,
    factor,
    has_closed_form,
    overtakings,
    steps_against_beta,
    steps_until,
)

MEMORY_STEPS = 14  # of momentum, with both arrows and its books
LONG_AFTER = 100_000  # steps: who surely arrives later than this is not waited for


def has_beta(run: Run) -> bool:
    """Whether the contender's method remembers with a β."""
    return getattr(run.contender.optimizer, "beta", None) is not None


def remembering(outcome: Outcome) -> int | None:
    """The first contender with a β."""
    return next((i for i, run in enumerate(outcome.runs) if has_beta(run)), None)


def swiftest(outcome: Outcome) -> int | None:
    """The contender that stays below the threshold soonest."""
    arrived = [
        (run.stays_below, i) for i, run in enumerate(outcome.runs) if run.stays_below is not None
    ]
    return min(arrived)[1] if arrived else None


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
    return int(((gradients[1:] * gradients[:-1]).sum(axis=1) < 0).sum()) >= 2


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
    if not landscape.minima:
        return None
    best = outcome.runs[ranking(outcome, outcome.experiment.steps)[0]].trajectory.points[-1]
    minima = np.array(landscape.minima)
    minimum = minima[np.linalg.norm(minima - best, axis=1).argmin()]
    values, vectors = np.linalg.eigh(landscape.hessian(minimum))
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
    if not (is_ravine(outcome) and is_quadratic(outcome)):
        return None
    experiment = outcome.experiment
    slope = experiment.landscape.gradient(np.array(experiment.start))
    along, across = (abs(part) for part in basin(outcome).parts(slope))
    return along, across


def ends_in(outcome: Outcome, index: int) -> int | None:
    """Which of several minima a run ends in: its number; None where it ends in none."""
    minima = np.array(outcome.experiment.landscape.minima)
    if len(minima) < 2:
        return None
    distance = np.linalg.norm(minima - outcome.runs[index].trajectory.points[-1], axis=1)
    apart = min(np.linalg.norm(a - b) for k, a in enumerate(minima) for b in minima[:k])
    nearest = int(distance.argmin())
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


def agreement(outcome: Outcome) -> tuple[float, float]:
    """How far the first gradients of the first contender with a β agree: (across, along), 0 to 1.

    The size of their sum over the sum of their sizes; where there is no bowl, of θ₂ and θ₁.
    """
    gradients = outcome.runs[remembering(outcome)].trajectory.gradients[: MEMORY_STEPS + 1]
    parts = gradients @ np.stack(book_directions(outcome), axis=1)
    across, along = np.abs(parts.sum(axis=0)) / np.maximum(np.abs(parts).sum(axis=0), 1e-300)
    return float(across), float(along)


def book_directions(outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
    """The two directions in which gradients are kept count of: across and along, or θ₂ and θ₁."""
    bowl = basin(outcome)
    if bowl is None or not is_ravine(outcome) or not is_quadratic(outcome):
        return np.array([0.0, 1.0]), np.array([1.0, 0.0])
    return bowl.across, bowl.along


# --- the race --------------------------------------------------------------------------------


def ranking(outcome: Outcome, step: int) -> list[int]:
    """Contenders by their loss at a step, lowest first."""
    return sorted(range(len(outcome.runs)), key=lambda index: loss_at(outcome, index, step))


def loss_at(outcome: Outcome, index: int, step: int) -> float:
    """A contender's loss at a step, or its last one where it ended earlier."""
    losses = outcome.runs[index].trajectory.losses
    value = float(losses[min(step, len(losses) - 1)])
    return value if np.isfinite(value) else np.inf


def has_ended(outcome: Outcome, index: int, step: int) -> bool:
    """Whether a run diverged or stopped before a step."""
    ended = outcome.runs[index].trajectory.ended_at
    return ended is not None and ended <= step


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
        own, other = run.trajectory.losses, outcome.runs[base].trajectory.losses
        step = overtakings(other[: len(own)], own[: len(other)])
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
    """The sweep of the first contender with a β; None where there is none."""
    index = remembering(outcome)
    return None if index is None else sweep(outcome.experiment, index)


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
