"""The default experiment against reference numbers from exact rational arithmetic."""

import json
from dataclasses import replace

import pytest

from momentum_math import Outcome, load_experiment, run
from tests import ROOT

SEED = json.loads((ROOT / "tests/data/seed.json").read_text())
RELATIVE = 1e-12


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(load_experiment(ROOT / "experiments/momentum.toml"))


@pytest.mark.parametrize("index", range(3))
def test_points_and_losses_agree(outcome: Outcome, index: int) -> None:
    expected, path = SEED["contenders"][index], outcome.runs[index].trajectory
    for step, point in expected["points_at"].items():
        assert path.points[int(step)].tolist() == pytest.approx(point, rel=RELATIVE, abs=0.0)
    for step, loss in expected["losses_at"].items():
        assert path.losses[int(step)] == pytest.approx(loss, rel=RELATIVE, abs=0.0)


@pytest.mark.parametrize("index", range(3))
def test_summary_numbers_agree(outcome: Outcome, index: int) -> None:
    expected, made = SEED["contenders"][index], outcome.runs[index]
    assert made.first_below == expected["first_below"]
    assert made.stays_below == expected["stays_below"]
    assert made.final_loss == pytest.approx(expected["final_loss"], rel=RELATIVE, abs=0.0)
    step, loss = made.lowest
    assert step == expected["min_loss_within_300"][0]
    assert loss == pytest.approx(expected["min_loss_within_300"][1], rel=RELATIVE, abs=0.0)


@pytest.mark.parametrize("index", range(3))
def test_steps_without_limit_agree(outcome: Outcome, index: int) -> None:
    expected, experiment = SEED["contenders"][index], outcome.experiment
    longer = run(replace(experiment, steps=2000)).runs[index]
    assert longer.first_below == expected["first_below_without_limit"]
    assert longer.stays_below == expected["stays_below_without_limit"]


def test_the_default_experiment_is_the_reference_one(outcome: Outcome) -> None:
    experiment = outcome.experiment
    assert experiment.landscape.curvatures == tuple(SEED["landscape"]["curvatures"])
    assert list(experiment.start) == SEED["start"]
    assert (experiment.steps, experiment.map.steps) == (SEED["steps"], SEED["map_steps"])
    assert experiment.threshold == SEED["threshold"]
    assert {who.optimizer.lr for who in experiment.contenders} == {SEED["lr"]}
