"""What there is to tell of an outcome: the few facts that a film, a page or a sheet points at.

Each is computed once, from the outcome or from closed forms. Where a question makes no sense for an
experiment the answer is None, and what would be said of it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from momentum_math.data.recording import Recording
from momentum_math.experiment import Experiment, Outcome, Run
from momentum_math.landscapes import Landscape
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.optimizers.own import CustomRule
from momentum_math.optimizers.schedules import Schedule
from momentum_math.resting import Place, Rest, minima_met, nearest_of, rest_of
from momentum_math.story.agreement import agreement, calms_down
from momentum_math.story.basin import Basin, basin_at, saddle_of
from momentum_math.story.beta_sweep import BetaSweep, beta_sweep
from momentum_math.story.late_arrival import LateArrival, late_arrival
from momentum_math.trajectories import is_minimal, stays_below
from momentum_math.types import Array, Point

SLOWER = 1.1
"""Who needs more than so many times the steps of the fastest is slow."""
STEEP = 8.0
"""The ratio of curvatures from which a basin is a ravine."""


@final
@dataclass(frozen=True, eq=False)
class RunStory:
    """What there is to tell of one run.

    Attributes:
        story: Of all runs.
        index: The contender's.
    """

    story: Story
    index: int

    @property
    def run(self) -> Run:
        """What the contender did."""
        return self.story.outcome.runs[self.index]

    @property
    def label(self) -> str:
        """What the contender is called."""
        return self.run.contender.label

    @property
    def lr(self) -> float | None:
        """The learning rate of its method, at first where it changes; None of a recorded run."""
        method = self.run.contender.optimizer
        return None if isinstance(method, Recording) else method.at(1).lr

    @property
    def schedules(self) -> dict[str, Schedule]:
        """The numbers of its method that change from step to step, by field."""
        return self.run.contender.optimizer.schedules

    @property
    def method(self) -> str:
        """The name of its method in an experiment file."""
        return self.run.contender.optimizer.name

    @property
    def beta(self) -> float | None:
        """The share of the old velocity that its method keeps; None without one, or not one."""
        method, is_fixed = self.run.contender.optimizer, "beta" not in self.schedules
        return method.beta if isinstance(method, MomentumMethod) and is_fixed else None

    @property
    def remembers(self) -> bool:
        """Whether it keeps a velocity; with a beta of 0 a method is plain descent."""
        return self.run.contender.optimizer.remembers

    @property
    def ended_at(self) -> int | None:
        """The step at which it diverged or stopped, or None."""
        return self.run.trajectory.ended_at

    @cached_property
    def rest(self) -> Rest | None:
        """Where it came to rest; None while it is on its way, and where it ended otherwise."""
        return rest_of(self.story.outcome, self.run)

    @property
    def rest_elsewhere(self) -> Rest | None:
        """Where it came to rest, if that is not at the lowest loss."""
        return None if self.rest is None or self.rest.place is Place.LOWEST else self.rest

    @property
    def fell(self) -> bool:
        """Whether it diverged downwards, where there is no lowest loss."""
        path, is_bottomless = self.run.trajectory, self.story.landscape.minimum is None
        is_lost = is_bottomless and path.status == "diverged"
        return is_lost and bool(path.losses[-1] < path.losses[0])

    @property
    def comes_and_goes(self) -> bool:
        """Whether it comes below the threshold, but is above it again at the end."""
        return self.run.first_below is not None and self.run.stays_below is None

    @property
    def is_slow(self) -> bool:
        """Whether some run arrived, and this one did not, or clearly later."""
        stays = (one.run.stays_below for one in self.story.runs)
        steps = [step for step in stays if step is not None]
        own = self.run.stays_below
        return bool(steps) and (own is None or own > SLOWER * min(steps))

    @property
    def is_too_large(self) -> bool:
        """Whether its beta is too large to arrive where a smaller one did."""
        if self.beta is None or self.run.stays_below is not None:
            return False
        arrived = [one.beta for one in self.story.runs if one.run.stays_below is not None]
        return any(beta < self.beta for beta in arrived if beta is not None)

    @cached_property
    def ends_in(self) -> int | None:
        """The number of the minimum, of several, in which it ends; None where it ends in none."""
        return None if self.rest is None else nearest_of(self.story.minima, self.rest.point)

    def has_ended(self, step: int) -> bool:
        """Whether it diverged or stopped at a step or before."""
        return self.ended_at is not None and self.ended_at <= step

    def loss_at(self, step: int) -> float:
        """Its loss above the minimum at a step, or its last one where it ended earlier."""
        return float(self.run.excess[min(step, len(self.run.excess) - 1)])

    def oscillates(self, steps: int) -> bool:
        """Whether consecutive gradients oppose each other at least twice in the first ``steps``."""
        ways = self.run.trajectory.headings[: steps + 1]
        with np.errstate(over="ignore", invalid="ignore"):
            return int(((ways[1:] * ways[:-1]).sum(axis=1) < 0).sum()) >= 2


@final
@dataclass(frozen=True, eq=False)
class Story:
    """What there is to tell of an outcome.

    >>> from momentum_math import load_experiment, run
    >>> from momentum_math.shipped_experiments import EXPERIMENTS
    >>> story = Story(run(load_experiment(EXPERIMENTS / "momentum.toml")))
    >>> story.basin.condition, story.overtaking
    (100.0, (1, 73))
    """

    outcome: Outcome

    @property
    def experiment(self) -> Experiment:
        """What was run."""
        return self.outcome.experiment

    @property
    def landscape(self) -> Landscape:
        """The loss."""
        return self.outcome.experiment.landscape

    @cached_property
    def runs(self) -> tuple[RunStory, ...]:
        """What there is to tell of each run, in the contenders' order."""
        return tuple(RunStory(self, index) for index in range(len(self.outcome.runs)))

    @property
    def baseline(self) -> RunStory:
        """The run that the others are measured against."""
        return self.runs[self.experiment.baseline]

    @cached_property
    def with_memory(self) -> RunStory | None:
        """The first run that keeps a velocity, own rules last."""
        remembering = (one for one in self.runs if one.remembers)
        return min(remembering, key=lambda one: one.method == CustomRule.name, default=None)

    @cached_property
    def fastest(self) -> RunStory | None:
        """The one run that stays below the threshold soonest; None where several do."""
        arrived = sorted(
            (one.run.stays_below, one.index) for one in self.runs if one.run.stays_below is not None
        )
        if not arrived or (len(arrived) > 1 and arrived[0][0] == arrived[1][0]):
            return None
        return self.runs[arrived[0][1]]

    @cached_property
    def anyone_moves(self) -> bool:
        """Whether any contender leaves its start."""
        paths = (run.trajectory.points for run in self.outcome.runs)
        return any(bool((points != points[0]).any()) for points in paths)

    # --- the start

    @cached_property
    def starts_at_minimum(self) -> bool:
        """Whether every run starts at a point of lowest loss."""
        minimum, first = (
            self.landscape.minimum,
            [run.trajectory.losses[0] for run in self.outcome.runs],
        )
        return minimum is not None and all(is_minimal(float(loss), minimum) for loss in first)

    @cached_property
    def start_gradient(self) -> Array | None:
        """The gradient at the start, (2,), without noise; None where it is undefined."""
        with np.errstate(all="ignore"):
            slope = self.landscape.gradient(np.array(self.experiment.start))
        return slope if np.isfinite(slope).all() else None

    @cached_property
    def start_slopes(self) -> tuple[float, float] | None:
        """How steep it is at the start, (along, across) a straight ravine; None without one."""
        if self.basin is None or not (self.is_ravine and self.is_quadratic):
            return None
        if self.start_gradient is None:
            return None
        along, across = self.basin.parts(self.start_gradient)
        return abs(along), abs(across)

    # --- the landscape at its minimum

    @cached_property
    def minima(self) -> tuple[Point, ...]:
        """The minima to mark: those that are known, and those that runs came to rest in."""
        return minima_met(self.outcome, [one.rest for one in self.runs])

    @cached_property
    def basin(self) -> Basin | None:
        """The basin nearest to where the best run ended; None where there is none."""
        if not self.minima:
            return None
        best = self.ranking(self.experiment.steps)[0].run.trajectory.points[-1]
        minima = np.array(self.minima)
        return basin_at(self.landscape, minima[np.linalg.norm(minima - best, axis=1).argmin()])

    @cached_property
    def saddle(self) -> Basin | None:
        """The saddle point that the landscape is about, with its curvatures; None without one."""
        return saddle_of(self.landscape)

    @cached_property
    def is_ravine(self) -> bool:
        """Whether the basin is much steeper one way than the other."""
        return self.basin is not None and self.basin.condition >= STEEP

    @cached_property
    def slow_axis(self) -> int | None:
        """The map's axis that a ravine runs along, 0 for x and 1 for y; None where along none."""
        if self.basin is None or not self.is_ravine:
            return None
        if float(np.abs(self.basin.along).min()) >= 1e-6:
            return None
        return 0 if abs(self.basin.along[0]) > 0.5 else 1

    @property
    def is_quadratic(self) -> bool:
        """Whether the closed forms hold everywhere on the landscape."""
        return self.landscape.name == "quadratic"

    @cached_property
    def factors(self) -> tuple[float, float] | None:
        """What a step of plain descent multiplies the distance by, (along, across).

        None where the baseline is another method, where its learning rate changes, under noise,
        or off a quadratic.
        """
        if self.baseline.method != "gd" or not self.is_quadratic or self.basin is None:
            return None
        lr = self.baseline.lr
        if self.experiment.noise is not None or self.baseline.schedules or lr is None:
            return None
        return 1.0 - lr * self.basin.low, 1.0 - lr * self.basin.high

    @cached_property
    def lr_limit(self) -> float | None:
        """The learning rate from which the baseline diverges; None where ``factors`` is."""
        return None if self.factors is None or self.basin is None else 2.0 / self.basin.high

    @cached_property
    def zigzags(self) -> bool:
        """Whether each step of the baseline lands on the other side across the basin."""
        if self.factors is None or self.basin is None or self.factors[1] >= 0:
            return False
        away = np.array(self.experiment.start) - self.basin.point
        return bool(abs(away @ self.basin.across) > 1e-6 * float(np.linalg.norm(away)))

    @cached_property
    def zigzag_ends(self) -> int | None:
        """The step from which the baseline is within a tenth of its first distance across."""
        if self.basin is None:
            return None
        points = self.baseline.run.trajectory.points
        across = np.abs((points - self.basin.point) @ self.basin.across)
        return stays_below(across, 0.1 * float(across[0]))

    # --- momentum

    @cached_property
    def directions(self) -> tuple[Array, Array]:
        """The directions in which gradients are summed: (across, along), or (y, x) off a ravine."""
        if self.basin is None or not (self.is_ravine and self.is_quadratic):
            return np.array([0.0, 1.0]), np.array([1.0, 0.0])
        return self.basin.across, self.basin.along

    @cached_property
    def agreement(self) -> tuple[float | None, ...]:
        """How far the first gradients of ``with_memory`` agree in each of ``directions``, or None.

        See ``agreement``; None where no method remembers, too.
        """
        if self.with_memory is None:
            return None, None
        return agreement(self.with_memory.run.trajectory.gradients, self.directions)

    @cached_property
    def cancels_across(self) -> bool:
        """Whether gradients and swings across a ravine die down, and gradients add up along it."""
        across, along = (np.nan if each is None else each for each in self.agreement)
        if (one := self.with_memory) is None or self.basin is None or not self.is_ravine:
            return False
        is_across = abs(abs(float(self.directions[0] @ self.basin.across)) - 1) < 1e-9
        calms = calms_down(one.run.trajectory.points - self.basin.point, self.basin.across)
        return calms and is_across and across < 0.5 < along

    @cached_property
    def beta_sweep(self) -> BetaSweep | None:
        """The sweep of the first fixed beta, one above 0 if there is one; None if none arrives."""
        with_beta = [one for one in self.runs if one.beta is not None and not one.schedules]
        swept = next((one for one in with_beta if one.remembers), next(iter(with_beta), None))
        if swept is None or is_minimal(swept.run.excess[0], 0.0) or self.starts_at_minimum:
            return None
        return beta_sweep(self.experiment, swept.index)

    # --- the race

    def ranking(self, step: int) -> list[RunStory]:
        """The runs at a step, the best first.

        On the way down without end who is out of sight is ahead, the first one first; then those
        that are still running, the lowest loss first; then those that ended otherwise, the last
        one first.
        """

        def merit(one: RunStory) -> tuple[int, float]:
            if one.ended_at is None or not one.has_ended(step):
                return 1, one.loss_at(step)
            return (0, one.ended_at) if one.fell else (2, -one.ended_at)

        return sorted(self.runs, key=merit)

    def leader(self, step: int) -> RunStory | None:
        """The best run at a step; None for a lone one, among equals, and where all have ended."""
        first, *others = self.ranking(step)
        if not others or (first.has_ended(step) and not first.fell):
            return None
        both_run = not any(one.has_ended(step) for one in (first, others[0]))
        return None if both_run and are_level(first, others[0], step) else first

    @cached_property
    def overtaking(self) -> tuple[int, int] | None:
        """(contender, step): who takes the lead over the baseline for good; the best such one.

        None under noise, where the lead is a matter of luck, and right before the end.
        """
        base, steps = self.baseline, self.experiment.steps
        if self.experiment.noise is not None:
            return None
        passed = []
        for one in self.runs:
            if one is base or one.ended_at is not None or are_level(one, base, steps):
                continue
            own, other = one.run.excess, base.run.excess
            step = stays_below(own[: len(other)], other[: len(own)])
            if step is not None and 1 < step < 0.85 * steps:
                passed.append((float(own[-1]), one.index, step))
        return min(passed)[1:] if passed else None

    @cached_property
    def late_arrival(self) -> LateArrival | None:
        """The last contender with a beta that provably arrives, but not within the steps."""
        found = (late_arrival(self.experiment, one.run, one.index) for one in reversed(self.runs))
        return next((late for late in found if late is not None), None)


def are_level(one: RunStory, other: RunStory, step: int) -> bool:
    """Whether two losses at a step are the same in the digits that are shown."""
    a, b = one.loss_at(step), other.loss_at(step)
    return a == b or f"{a:.2e}" == f"{b:.2e}"
