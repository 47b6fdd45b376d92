"""The story of an outcome: true against what is computed otherwise, and computed once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from momentum_math import load_experiment, run
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.story import Story, story
from scenes.storyboard import tell


def story_of(name: str) -> Story:
    return Story(run(load_experiment(EXPERIMENTS / f"{name}.toml")))


def test_the_ravine_of_the_default_film():
    told = story_of("momentum")
    assert told.basin is not None
    assert (told.basin.low, told.basin.high) == (0.1, 10.0)
    assert told.slow_axis == 0
    assert told.factors == pytest.approx((1 - 0.18 * 0.1, 1 - 0.18 * 10))
    assert told.lr_limit == 2 / 10
    assert told.start_slopes == pytest.approx((0.1 * 4.0, 10 * 1.5))


def test_the_late_arrival_is_where_a_longer_run_arrives():
    told = story_of("momentum")
    late = told.late_arrival
    assert late is not None
    own = told.runs[late.index]
    path = run(replace(told.experiment, steps=2000)).runs[late.index]
    threshold = told.experiment.threshold
    assert threshold is not None
    above = np.flatnonzero(path.excess >= threshold)
    assert late.stays == above[-1] + 1 > told.experiment.steps
    assert (path.excess <= late.constant * late.rate ** np.arange(2001) * (1 + 1e-9)).all()
    assert late.lowest == own.run.lowest


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.toml")), ids=lambda path: path.stem)
def test_telling_computes_nothing_twice(path, monkeypatch):
    calls: Counter[Any] = Counter()

    def counting(name: str) -> None:
        true = getattr(story, name)

        def counted(*args: Any) -> Any:
            calls[name, tuple(map(id, args))] += 1
            return true(*args)

        monkeypatch.setattr(story, name, counted)

    for name in ("basin_at", "saddle_of", "late_arrival", "minima_met", "rest_of", "stays_below"):
        counting(name)
    told = Story(run(load_experiment(path)))
    arguments = [tell(told), tell(told)]
    assert arguments[0] == arguments[1]
    assert sum(n for (name, _), n in calls.items() if name == "rest_of") <= len(told.runs)
    assert sum(n for (name, _), n in calls.items() if name == "stays_below") < 2 * len(told.runs)
    for name in ("basin_at", "saddle_of", "minima_met"):
        assert sum(n for (called, _), n in calls.items() if called == name) <= 1, name
    assert sum(n for (name, _), n in calls.items() if name == "late_arrival") <= len(told.runs)


def test_a_story_cannot_be_changed():
    told = story_of("momentum")
    with pytest.raises(AttributeError):
        told.outcome = told.outcome
