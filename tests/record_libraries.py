"""Records training in PyTorch and JAX with the Recorder, and holds it against what they say.

Not a test: run it with an interpreter that has both libraries: ``make oracles``. Flat parameters,
the plane and the losses on it are the libraries' own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jax
import numpy as np
import optax
import torch
from jax.flatten_util import ravel_pytree
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from momentum_math import Recorder
from momentum_math.data.projection import plane_of

STEPS = 60
METHODS = {
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.02),
}


def network() -> torch.nn.Module:
    """The same one each time."""
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))


def samples() -> tuple[torch.Tensor, torch.Tensor]:
    """Points and their classes, inside a circle or not."""
    points = torch.randn(64, 2, generator=torch.Generator().manual_seed(1))
    return points, (points.square().sum(1, keepdim=True) < 1.0).float()


def loss_of(model: torch.nn.Module) -> torch.Tensor:
    """The mean cross entropy."""
    points, classes = samples()
    return torch.nn.functional.binary_cross_entropy_with_logits(model(points), classes)


def flat(model: torch.nn.Module) -> np.ndarray:
    """All parameters, as PyTorch puts them in a row."""
    return parameters_to_vector(model.parameters()).detach().double().numpy().copy()


def trained(method: Any, form: Any) -> tuple[Recorder, list[np.ndarray], list[float]]:
    """A run as somebody records it; and each step's parameters and loss as PyTorch says them."""
    model, recorder, rows, losses = network(), Recorder(), [], []
    optimizer = method(model.parameters())
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(model)
        recorder.step(form(model), loss)
        rows.append(flat(model))
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return recorder, rows, losses


def torch_runs() -> Iterator[np.ndarray]:
    """Each method's parameters, recorded in every form that the loop may hold them in."""
    forms = (lambda m: m, lambda m: m.parameters(), lambda m: list(m.parameters()))
    for name, method in METHODS.items():
        for form in forms:
            recorder, rows, losses = trained(method, form)
            assert np.array_equal(recorder.parameters, np.array(rows)), name
            assert np.array_equal(recorder.losses, np.array(losses)), name
        states, _, _ = trained(method, lambda m: m.state_dict())
        assert np.array_equal(np.sort(states.parameters), np.sort(rows)), name
        halves, _, _ = trained(method, lambda m: [p.bfloat16() for p in m.parameters()])
        assert np.allclose(halves.parameters, rows, rtol=2**-8), name
        assert losses[-1] < 0.8 * losses[0], name
        with TemporaryDirectory() as folder:
            recorder.save(file := Path(folder) / f"{name}.npz")
            with np.load(file) as saved:
                assert np.array_equal(saved["losses"], losses)
                yield saved["parameters"]


def check_plane(runs: list[np.ndarray]) -> float:
    """The share of a plane that is PyTorch's, on which a loss is the network's at that point."""
    plane = plane_of(runs)
    points = torch.tensor(np.vstack(runs))
    _, sizes, directions = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    share = float(sizes[:2].square().sum() / sizes.square().sum())
    assert np.isclose(plane.share, share, rtol=1e-9)
    cosines = np.sum(plane.directions * directions[:2].numpy(), axis=1)
    assert np.allclose(np.abs(cosines), 1.0, atol=1e-9)
    model = network()

    def loss(theta: np.ndarray) -> float:
        vector_to_parameters(torch.tensor(theta, dtype=torch.float32), model.parameters())
        return loss_of(model).item()

    x, y = plane.sides(5)
    grid = plane.measured(loss, x, y)
    assert grid.shape == (5, 5)
    assert np.isfinite(grid).all()
    assert grid.min() < loss(runs[0][0]), "the plane reaches lower than where the runs start"
    return share


def check_jax() -> None:
    """A tree of JAX in an optax loop: the same row as JAX makes of it."""
    tree = {"layer": {"w": jax.numpy.ones((3, 2)), "b": jax.numpy.zeros(2)}, "scale": 2.0}
    method, recorder, rows = optax.adam(0.1), Recorder(), []
    state = method.init(tree)
    for _ in range(10):
        recorder.step(tree)
        rows.append(ravel_pytree(tree)[0])
        slopes = jax.grad(lambda one: jax.numpy.sum(ravel_pytree(one)[0] ** 2))(tree)
        updates, state = method.update(slopes, state)
        tree = optax.apply_updates(tree, updates)
    assert np.array_equal(recorder.parameters, np.array(rows, dtype=np.float64))


if __name__ == "__main__":
    warnings.simplefilter("error")
    SHARE = check_plane(list(torch_runs()))
    check_jax()
    print(f"recorded as PyTorch {torch.__version__} and JAX say; their plane holds {SHARE:.1%}")
