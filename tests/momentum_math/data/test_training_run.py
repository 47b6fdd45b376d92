"""The shipped training run is what its script makes, and its gradient is the derivative."""

from __future__ import annotations

import numpy as np
import pytest

from docs import training_run as script
from momentum_math import load_experiment
from momentum_math.data.projection import plane_of
from tests import ROOT

EXPERIMENT = ROOT / "experiments" / "training-run.toml"
FILES = ROOT / "experiments" / "training-run"


def test_the_gradient_is_the_derivative_of_the_loss() -> None:
    data, theta = script.half_moons(), np.random.default_rng(1).normal(size=49)
    _, gradient = script.loss_and_gradient(theta, *data)
    for k, way in enumerate(1e-6 * np.eye(49)):
        rise = script.loss_and_gradient(theta + way, *data)[0]
        fall = script.loss_and_gradient(theta - way, *data)[0]
        assert gradient[k] == pytest.approx((rise - fall) / 2e-6, abs=1e-8)


@pytest.mark.parametrize("name", script.METHODS)
def test_the_first_steps_are_those_that_were_recorded(name: str) -> None:
    made = script.trained(script.METHODS[name], steps=12)
    with np.load(FILES / f"{name}.npz") as saved:
        losses, points = saved["losses"], saved["points"]
    assert made.losses == pytest.approx(losses[:13], rel=1e-5)
    assert len(points) == script.STEPS + 1
    # What two directions hold of a step is no longer than the step.
    steps = np.linalg.norm(np.diff(made.parameters, axis=0), axis=1)
    assert (np.linalg.norm(np.diff(points[:13], axis=0), axis=1) <= steps * (1 + 1e-4)).all()


def test_the_plane_and_its_loss_are_those_of_the_runs() -> None:
    runs = [script.trained(method).parameters for method in script.METHODS.values()]
    plane = plane_of(runs)
    landscape = load_experiment(EXPERIMENT).landscape
    assert landscape.variance == pytest.approx(plane.share, abs=1e-3)
    data, grid = script.half_moons(), landscape.grid
    for i, j in ((0, 0), (30, 12), (60, 41)):
        at = plane.lift(grid.x[i], grid.y[j])
        expected = script.loss_and_gradient(at, *data)[0]
        assert grid.table[j, i] == pytest.approx(expected, rel=1e-3)


def test_its_files_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 200_000
