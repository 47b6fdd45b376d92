"""Dials turned: many runs at once against runs one by one, and the published best settings."""

import numpy as np
import pytest

from momentum_math import (
    Experiment,
    best_beta,
    load_experiment,
    read_experiment,
    steps_against_beta,
    trace,
    tuning,
)
from momentum_math.optimizers.momentum import EmaMomentum
from momentum_math.trajectories import stays_below
from momentum_math.tuning import best_pair
from tests import ROOT

EXPERIMENTS = ROOT / "experiments"


@pytest.fixture(scope="module")
def default() -> Experiment:
    return load_experiment(EXPERIMENTS / "momentum.toml")


def test_published_steps_by_beta(default: Experiment) -> None:
    betas = [0.0, 0.5, 0.8, 0.9, 0.93, 0.95, 0.97, 0.99]
    steps = steps_against_beta(default, 1, betas)
    assert steps.tolist() == [185, 182, 174, 159, 148, 178, 298, 914]
    assert not steps.flags.writeable


def test_published_best_beta(default: Experiment) -> None:
    beta, steps = best_beta(default, 1, np.arange(1000) / 1000)
    assert steps == 144
    assert beta == pytest.approx(0.931, abs=0.0015)
    assert steps_against_beta(default, 1, [0.931]).tolist() == [144]


def test_published_best_pair(default: Experiment) -> None:
    quarters = np.arange(1, 8) / 4.0
    assert best_pair(default, 1, quarters, [0.0, 0.25, 0.5, 0.75]) == (0.75, 0.75, 37)


def test_a_pair_that_leaves_the_window_takes_no_part(default: Experiment) -> None:
    textbook = (9 / 11) ** 2
    path = trace(default.landscape, EmaMomentum(1.0, textbook), default.start, 100)
    assert stays_below(path.losses, 1e-3) == 46
    assert path.losses.max() > 150.0
    assert best_pair(default, 1, [1.0], [textbook]) is None


def test_beyond_the_limit_is_told_apart(
    default: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "STEP_LIMIT", 300)
    assert steps_against_beta(default, 1, [0.9, 0.99]).tolist() == [159, 301]
    assert best_pair(default, 1, [1e-4], [0.5]) is None


@pytest.mark.parametrize("name", ["ema-momentum", "heavy-ball", "nesterov"])
def test_many_runs_are_the_same_as_one_by_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "STEP_LIMIT", 200)
    noisy = read_experiment(
        {
            "start": [2.0, -1.0],
            "landscape": {"name": "himmelblau"},
            "noise": {"sigma": 0.2, "seed": 4},
            "threshold": 0.05,
            "contenders": [
                {"optimizer": "gd", "lr": 0.01},
                {"optimizer": name, "lr": 0.01, "beta": 0.5},
            ],
        },
        "noisy.toml",
    )
    betas = [0.0, 0.3, 0.6, 0.8]
    told = steps_against_beta(noisy, 1, betas)
    cls = type(noisy.contenders[1].optimizer)
    for beta, steps in zip(betas, told, strict=True):
        path = trace(noisy.landscape, cls(0.01, beta), noisy.start, 200, noisy.noise)
        alone = stays_below(path.losses, 0.05)
        assert steps == (201 if alone is None else alone)


def test_a_diverging_run_never_arrives() -> None:
    fast = read_experiment(
        {
            "start": [-4.0, 1.5],
            "landscape": {"name": "quadratic"},
            "contenders": [{"optimizer": "heavy-ball", "lr": 0.5, "beta": 0.9}],
        },
        "fast.toml",
    )
    assert steps_against_beta(fast, 0, [0.0, 0.9]).tolist() == [2001, 2001]


def test_no_threshold_no_sweep() -> None:
    saddle = read_experiment(
        {
            "start": [1.0, 0.1],
            "landscape": {"name": "saddle"},
            "contenders": [{"optimizer": "nesterov", "lr": 0.01, "beta": 0.5}],
        },
        "saddle.toml",
    )
    with pytest.raises(ValueError, match="unbounded"):
        steps_against_beta(saddle, 0, [0.5])
