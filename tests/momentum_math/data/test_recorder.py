"""The Recorder copies what it is given; the plane of runs is that of an SVD."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.optimize import minimize, rosen

from momentum_math import Recorder, load_experiment, run
from momentum_math.data.projection import plane_of


class Tensor:
    """What the Recorder sees of torch's: an array that has to be detached."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, dtype=np.float32)
        self.is_free = False

    def detach(self) -> Tensor:
        free = Tensor(self.values)
        free.is_free = True
        return free

    def cpu(self) -> Tensor:
        return self

    def double(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        assert self.is_free, "torch refuses: call tensor.detach().numpy() instead"
        return self.values

    def __float__(self) -> float:
        assert self.is_free, "torch warns: converting a tensor with requires_grad=True to a scalar"
        return float(self.values)

    def __iter__(self) -> Any:
        raise AssertionError("a tensor is taken whole")


class Module:
    def __init__(self, *tensors: Tensor) -> None:
        self.tensors = tensors

    def parameters(self) -> Any:
        yield from self.tensors


class Layer(NamedTuple):
    weights: np.ndarray
    bias: float


@dataclass
class State:
    layers: list[Layer]
    unused: None = None


WEIGHTS = np.array([[1.0, 2.0], [3.0, 4.0]])
FORMS: dict[str, Any] = {
    "array": np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
    "integers": np.arange(1, 6),
    "list": [WEIGHTS, 5],
    "dict": {"a": WEIGHTS, "b": np.float32(5.0)},
    "other order": {"b": 5.0, "a": WEIGHTS},
    "named": State([Layer(WEIGHTS, 5.0)]),
    "tensors": [Tensor(WEIGHTS), Tensor(5.0)],
    "module": Module(Tensor(WEIGHTS), Tensor([5.0])),
    "generator": (tensor for tensor in (Tensor(WEIGHTS), Tensor([5.0]))),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_flattened_alike(form: str) -> None:
    recorder = Recorder()
    recorder.step(FORMS[form])
    assert recorder.parameters.tolist() == [[1.0, 2.0, 3.0, 4.0, 5.0]]
    assert recorder.losses is None


def test_a_loss_may_be_a_tensor() -> None:
    recorder = Recorder()
    recorder.step(Tensor(WEIGHTS), loss=Tensor(0.5))
    assert recorder.losses is not None
    assert recorder.losses.tolist() == [0.5]


def test_it_copies_and_keeps_what_it_is_told_to(tmp_path: Path) -> None:
    recorder, theta = Recorder(every=3), np.zeros(3)
    for k in range(8):
        theta += 1.0
        recorder.step(theta, loss=np.array(k))
    recorder.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as saved:
        assert saved["parameters"].tolist() == [[1.0] * 3, [4.0] * 3, [7.0] * 3]
        assert saved["losses"].tolist() == [0.0, 3.0, 6.0]


def test_mistakes_are_named(tmp_path: Path) -> None:
    recorder = Recorder()
    with pytest.raises(ValueError, match="nothing was kept"):
        recorder.save(tmp_path / "run.npz")
    recorder.step([1.0, 2.0])
    with pytest.raises(ValueError, match=r"there are 3 parameters, at first 2"):
        recorder.step([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="of every step or of none"):
        recorder.step([1.0, 2.0], loss=1.0)
    with pytest.raises(ValueError, match=r"end in \.npz"):
        recorder.save(tmp_path / "run.txt")
    with pytest.raises(ValueError, match="at least 1"):
        Recorder(every=0)


@pytest.mark.parametrize("method", ["BFGS", "Nelder-Mead", "CG", "L-BFGS-B", "Powell", "SLSQP"])
def test_a_solver_of_scipy_is_recorded_and_filmed(method: str, tmp_path: Path) -> None:
    recorder, start = Recorder(), np.array([-1.2, 1.0])
    recorder.step(start, rosen(start))
    found = minimize(rosen, start, method=method, callback=recorder.callback)
    assert recorder.parameters[0].tolist() == [-1.2, 1.0]
    assert recorder.parameters[-1] == pytest.approx(found.x, abs=1e-6)
    assert recorder.losses is not None
    assert recorder.losses == pytest.approx([rosen(row) for row in recorder.parameters])
    recorder.save(tmp_path / "solver.npz")
    path = tmp_path / "solver.toml"
    path.write_text(
        '[landscape]\nname = "rosenbrock"\nb = 100\n[[contenders]]\ndata = "solver.npz"\n'
    )
    (one,) = run(load_experiment(path)).runs
    assert one.trajectory.n == len(recorder.parameters) - 1
    assert one.stays_below is not None


def test_the_plane_is_that_of_a_singular_value_decomposition() -> None:
    rng = np.random.default_rng(3)
    runs = [
        rng.normal(size=(n, 4000)) * 0.01
        + rng.normal(size=(n, 3)) @ np.eye(3, 4000) * [5.0 if k == 7 else 1.0 for k in range(4000)]
        for n in (30, 12)
    ]
    made = plane_of(runs)
    points = np.vstack(runs)
    left, sizes, right = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    assert made.share == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum(), rel=1e-9)
    assert np.abs(np.sum(made.directions * right[:2], axis=1)) == pytest.approx(1.0, abs=1e-9)
    assert made.directions @ made.directions.T == pytest.approx(np.eye(2), abs=1e-9)
    assert np.abs(np.vstack(made.points)) == pytest.approx(np.abs(left[:, :2] * sizes[:2]))
    assert [len(run) for run in made.points] == [30, 12]
    flat = [np.array([made.lift(*point) for point in run]) for run in made.points]
    assert plane_of(flat).share == pytest.approx(1.0, abs=1e-9)


def test_runs_without_a_plane_are_refused() -> None:
    line = np.outer(np.arange(5.0), np.ones(3))
    for runs, wrong in (
        ([line], "on a line"),
        ([line[:2]], "on a line"),
        ([line, line[:, :2]], "different numbers of parameters: 3, 2"),
        ([np.where(line == 2.0, np.nan, line)], "not finite"),
    ):
        with pytest.raises(ValueError, match=wrong):
            plane_of(runs)
