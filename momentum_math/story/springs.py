"""The two springs that a run is along and across a ravine, and the beta at which both are best."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

import numpy as np

from momentum_math.data.recording import Recording
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.optimizers.springs import SpringFamily, springs_of
from momentum_math.story.story import RunStory, Story
from momentum_math.types import Array, readonly

ON_AXIS = 1e-9
"""The share of the start's distance under which a direction is not moved in at all."""


@final
@dataclass(frozen=True)
class SpringPlace:
    """A contender as a pair of springs: (along, across) are its pulls.

    Attributes:
        index: The contender's.
        pulls: Those at which the springs in question are its own.
        beta: At which they stand.
    """

    index: int
    pulls: tuple[float, float]
    beta: float


@final
@dataclass(frozen=True, eq=False)
class TwoSprings:
    """How the directions of a ravine move with one contender's learning rate, whatever its beta.

    Attributes:
        index: Whose method and learning rate.
        optimizer: That method.
        springs: Of that method.
        curvatures: (along, across).
        pulls: alpha lambda, (along, across).
        best_beta: With which the slower direction is fastest: critical damping of ``last``.
        last: The direction that begins to swing there, 0 along and 1 across.
        places: Every contender that is a pair of springs of this method.
    """

    index: int
    optimizer: MomentumMethod
    springs: SpringFamily
    curvatures: tuple[float, float]
    pulls: tuple[float, float]
    best_beta: float
    last: int
    places: tuple[SpringPlace, ...]

    def rates(self, beta: float) -> tuple[float, float]:
        """The factors per step of (along, across) in the long run."""
        along, across = self.springs.spectral_radius(np.array(self.pulls), beta).tolist()
        return along, across

    def distances(self, beta: float, steps: Array) -> tuple[Array, Array]:
        """The signed distances (along, across) at whole steps, (n,), the first ones being 1."""
        optimizer = replace(self.optimizer, beta=beta)
        forms = map(optimizer.recurrence, self.curvatures)
        along, across = (form.distances(steps) for form in forms if form is not None)
        return along, across


@lru_cache(maxsize=16)
def two_springs(story: Story) -> TwoSprings | None:
    """The springs of the first run with a memory, however much of it there is.

    None off a quadratic ravine, under noise, where the start is in one direction only, where the
    method is not linear, and where its best beta is not critical damping.
    """
    one = story.with_memory
    if one is None or not _moves_both_ways(story):
        return None
    optimizer, basin = one.run.contender.optimizer, story.basin
    if basin is None or not isinstance(optimizer, MomentumMethod):
        return None
    springs = springs_of(optimizer)
    if springs is None:
        return None
    curvatures = basin.low, basin.high
    pulls = np.array(curvatures) * optimizer.lr
    critical = springs.critical_beta(pulls)
    if np.isnan(critical).any():
        return None
    last = int(critical.argmax())
    best = float(critical[last])
    if not _is_best(springs, pulls, best):
        return None
    places = tuple(found for run in story.runs if (found := _place(springs, run, curvatures)))
    low, high = pulls.tolist()
    return TwoSprings(one.index, optimizer, springs, curvatures, (low, high), best, last, places)


def _moves_both_ways(story: Story) -> bool:
    """Whether it is a quadratic ravine without noise, and the start is on neither of its axes."""
    if story.basin is None or not (story.is_quadratic and story.is_ravine):
        return False
    away = np.array(story.experiment.start) - story.basin.point
    parts = np.abs(story.basin.parts(away))
    return story.experiment.noise is None and bool(parts.min() > ON_AXIS * parts.max())


def _is_best(springs: SpringFamily, pulls: Array, beta: float) -> bool:
    """Whether at no other beta the slower direction is faster than at this one."""
    tried = readonly(np.tanh(np.linspace(0.0, np.arctanh(np.sqrt(beta)) + 3.0, 400)) ** 2)
    slower = springs.spectral_radius(pulls[:, None], tried).max(axis=0)
    own = float(springs.spectral_radius(pulls, beta).max())
    return own < 1.0 and bool((slower >= own - 1e-9).all())


def _place(
    springs: SpringFamily, one: RunStory, curvatures: tuple[float, float]
) -> SpringPlace | None:
    """Where a contender stands among the springs of a method; None where its are others."""
    optimizer = one.run.contender.optimizer
    if isinstance(optimizer, Recording):
        return None
    along, across = (springs.pull_of(optimizer, curvature) for curvature in curvatures)
    form = optimizer.recurrence(curvatures[0])
    if along is None or across is None or form is None:
        return None
    beta = form.determinant if one.beta is None else one.beta
    return SpringPlace(one.index, (along, across), beta)


def tenfold_steps(rate: float) -> float:
    """The steps in which a distance shrinks to a tenth at a factor per step; infinite from 1 on.

    >>> round(tenfold_steps(0.982), 1), tenfold_steps(1.2)
    (126.8, inf)
    """
    if rate >= 1.0:
        return math.inf
    return -math.log(10.0) / math.log(rate) if rate > 0.0 else 0.0


def tenfold_rate(steps: float) -> float:
    """The factor per step that makes a distance ten times smaller in so many steps.

    >>> round(tenfold_rate(100.0), 6)
    0.977237
    """
    return float(10.0 ** (-1.0 / steps))
