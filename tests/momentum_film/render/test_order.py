"""In which order jobs are begun: the film's, but never so that its end comes later for it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from momentum_film.plan.plan import Request, plan_film
from momentum_film.render.schedule import SLACK, in_turn
from momentum_math import load_experiment
from tests import ROOT

# Processor seconds of the default film's jobs, in its order, then its poster and its loop.
MEASURED = {
    "draft": (1.45, 0.83, 0.76, 1.51, 1.60, 1.44, 2.07, 0.87, 0.33, 2.59),
    "720p30": (3.45, 1.78, 1.80, 3.70, 3.43, 3.97, 4.79, 1.86, 0.34, 2.55),
    "1080p60": (
        *(6.99, 2.34, 5.13, 5.95, 8.16, 4.69, 5.08, 5.08, 5.24, 6.13, 7.04, 4.10, 5.39),
        *(0.32, 3.30),
    ),
}


@dataclass(frozen=True)
class Job:
    name: int
    cost: float


def ends(seconds: list[float], workers: int) -> list[float]:
    """When each of some jobs is done, begun in this order by whoever is free first."""
    free, done = [0.0] * workers, []
    for each in seconds:
        worker = min(range(workers), key=lambda one: free[one])
        free[worker] += each
        done.append(free[worker])
    return done


@pytest.mark.parametrize("seed", range(40))
def test_the_end_comes_no_later_than_with_the_longest_first(seed: int) -> None:
    rng = random.Random(seed)
    jobs = [Job(name, rng.choice([1, 2, 3, 5, 9, 30])) for name in range(rng.randint(1, 14))]
    for workers in range(1, 6):
        turns = in_turn(jobs, workers)
        assert sorted(job.name for job in turns) == list(range(len(jobs)))
        longest = sorted((job.cost for job in jobs), reverse=True)
        least = max(ends(longest, workers))
        assert max(ends([job.cost for job in turns], workers)) <= least * (1 + SLACK)
        order = [job.name for job in turns]
        # Nothing that is given sooner could have been begun instead: with the rest in any of the
        # orders that begin with the longest, the end would come later.
        for place, name in enumerate(order):
            sooner = [job for job in jobs if job.name < name and job.name not in order[:place]]
            for job in sooner:
                begun = [jobs[one].cost for one in order[:place]]
                rest = [one.cost for one in jobs if one.name not in order[:place] and one != job]
                tried = [*begun, job.cost, *sorted(rest, reverse=True)]
                assert max(ends(tried, workers)) > least * (1 + SLACK)


def test_one_worker_keeps_to_the_films_order() -> None:
    jobs = [Job(name, cost) for name, cost in enumerate((1, 9, 2, 30, 4))]
    assert in_turn(jobs, 1) == jobs
    assert in_turn([], 2) == []


@pytest.mark.parametrize("quality", MEASURED)
def test_the_film_takes_two_workers_no_longer_and_begins_at_once(quality: str) -> None:
    plan = plan_film(Request(load_experiment(ROOT / "experiments" / "momentum.toml"), quality))
    seconds = dict(zip(plan.jobs, MEASURED[quality], strict=True))
    turns = in_turn(plan.jobs, 2)
    done = dict(zip(turns, ends([seconds[job] for job in turns], 2), strict=True))
    longest = sorted(seconds.values(), reverse=True)
    least = max(ends(longest, 2))
    assert max(done.values()) <= 1.05 * least
    assert done[plan.film[0]] == seconds[plan.film[0]]  # it is the first that is begun
    half = plan.film[: len(plan.film) // 2]
    assert max(done[job] for job in half) < 0.6 * least
