"""Trains the small network of the experiment ``training-run`` and writes its files.

    python docs/training_run.py

Two half-moons of 200 points, two inputs, a hidden layer of twelve tanh units and one output, 49
parameters in all; logistic loss. Three optimisers start from the same weights and see the same
mini-batches. What they did is kept by a ``Recorder`` and shown in the plane of the first two
principal components of all three runs, with the loss of the whole data measured on a grid there.
The same seed gives the same runs; a test trains a few steps again and compares.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from momentum_math import Array, Optimizer, Recorder
from momentum_math.data.projection import plane_of
from momentum_math.optimizers import OPTIMIZERS

FOLDER = Path(__file__).resolve().parent.parent / "experiments" / "training-run"
POINTS, HIDDEN, BATCH, STEPS, GRID = 200, 12, 20, 200, 61
DIGITS = 6
"""Digits of what is written: enough for a film, and the same on every machine."""

METHODS: dict[str, Optimizer] = {
    "sgd": OPTIMIZERS["gd"](lr=0.2),
    "momentum": OPTIMIZERS["heavy-ball"](lr=0.1, beta=0.9),
    "adam": OPTIMIZERS["adam"](lr=0.05),
}
"""Name of a run -> what trains it."""


def half_moons() -> tuple[Array, Array]:
    """The data: points (200, 2), and the class of each, 0 or 1, (200,)."""
    rng = np.random.default_rng(3)
    turn = np.linspace(0.0, np.pi, POINTS // 2)
    upper = np.column_stack([np.cos(turn), np.sin(turn)])
    lower = np.column_stack([1.0 - np.cos(turn), 0.5 - np.sin(turn)])
    noise = 0.15 * rng.normal(size=(POINTS, 2))
    return np.vstack([upper, lower]) + noise, np.repeat([0.0, 1.0], POINTS // 2)


def loss_and_gradient(theta: Array, inputs: Array, classes: Array) -> tuple[float, Array]:
    """The mean logistic loss of the network on some data, and its gradient, (49,)."""
    first, rest = theta[: 3 * HIDDEN].reshape(3, HIDDEN), theta[3 * HIDDEN :]
    hidden = np.tanh(inputs @ first[:2] + first[2])
    score = hidden @ rest[:-1] + rest[-1]
    loss = float(np.mean(np.logaddexp(0.0, score) - classes * score))
    back = (1.0 / (1.0 + np.exp(-score)) - classes) / len(classes)
    inner = np.outer(back, rest[:-1]) * (1.0 - hidden**2)
    parts = [(inputs.T @ inner).ravel(), inner.sum(axis=0), hidden.T @ back, [back.sum()]]
    return loss, np.concatenate(parts)


def trained(optimizer: Optimizer, steps: int = STEPS) -> Recorder:
    """Train the network with a method, and keep every step."""
    inputs, classes = half_moons()
    rng = np.random.default_rng(4)
    theta = rng.normal(size=4 * HIDDEN + 1) * 1.5
    recorder, state = Recorder(), optimizer.init(theta)
    recorder.step(theta, loss_and_gradient(theta, inputs, classes)[0])
    for _ in range(steps):
        batch = rng.choice(POINTS, BATCH, replace=False)
        _, gradient = loss_and_gradient(theta, inputs[batch], classes[batch])
        theta, state = optimizer.step(theta, gradient, state)
        recorder.step(theta, loss_and_gradient(theta, inputs, classes)[0])
    return recorder


def rounded(values: Array) -> Array:
    """Values in a few digits."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in values.ravel()]).reshape(
        values.shape
    )


def main() -> None:
    """Train, project, measure and write."""
    data = half_moons()
    runs = {name: trained(method) for name, method in METHODS.items()}
    plane = plane_of([run.parameters for run in runs.values()])
    FOLDER.mkdir(exist_ok=True)
    for (name, run), points in zip(runs.items(), plane.points, strict=True):
        losses = run.losses if run.losses is not None else np.empty(0)
        np.savez_compressed(FOLDER / f"{name}.npz", points=rounded(points), losses=rounded(losses))
    x, y = map(rounded, plane.sides(GRID))
    loss = plane.measured(lambda theta: loss_and_gradient(theta, *data)[0], x, y)
    np.savez_compressed(FOLDER / "loss.npz", x=x, y=y, loss=rounded(loss))
    print(f"the plane holds {100 * plane.share:.4g} % of the variance")


if __name__ == "__main__":
    main()
