"""Freeze trajectories of PyTorch and optax, which the everyday tests compare ours with.

Not a test: run it with an interpreter that has both libraries (versions below were used):

    python -m venv build/oracles
    build/oracles/bin/pip install torch==2.13.0 optax==0.2.8 numpy
    build/oracles/bin/python -m tests.freeze_oracles

It writes tests/data/oracles.json. The losses are written out here again, and the libraries
differentiate them, so nothing of ours takes part.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import optax
import optax.contrib
import torch

jax.config.update("jax_enable_x64", True)

STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200)

LOSSES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "quadratic": lambda x, y, m: 0.05 * x * x + 5.0 * y * y,
    "rosenbrock": lambda x, y, m: (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2,
    "himmelblau": lambda x, y, m: (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2,
    "rastrigin": lambda x, y, m: (
        20.0 + x * x + y * y - 10.0 * m.cos(2.0 * math.pi * x) - 10.0 * m.cos(2.0 * math.pi * y)
    ),
}
STARTS = {
    "quadratic": (-4.0, 1.5),
    "rosenbrock": (-1.5, 2.0),
    "himmelblau": (0.5, -1.0),
    "rastrigin": (2.3, -1.2),
}
LRS = {"quadratic": 0.15, "rosenbrock": 5e-4, "himmelblau": 5e-3, "rastrigin": 1e-3}


def methods(lr: float) -> list[tuple[dict[str, Any], Any, Any]]:
    """What each method is called here, and how both libraries make it (None where they cannot)."""
    sgd = torch.optim.SGD
    return [
        ({"optimizer": "gd", "lr": lr}, lambda p: sgd(p, lr), optax.sgd(lr)),
        (
            {"optimizer": "heavy-ball", "lr": 0.3 * lr, "beta": 0.85},
            lambda p: sgd(p, 0.3 * lr, momentum=0.85),
            optax.sgd(0.3 * lr, momentum=0.85),
        ),
        (
            {"optimizer": "nesterov", "lr": 0.3 * lr, "beta": 0.85},
            lambda p: sgd(p, 0.3 * lr, momentum=0.85, nesterov=True),
            optax.sgd(0.3 * lr, momentum=0.85, nesterov=True),
        ),
        (
            {"optimizer": "ema-momentum", "lr": lr, "beta": 0.9},
            None,
            optax.chain(optax.ema(0.9, debias=False), optax.scale(-lr)),
        ),
        (
            {"optimizer": "ema-momentum", "lr": lr, "beta": 0.9, "bias_correction": True},
            None,
            optax.chain(optax.ema(0.9, debias=True), optax.scale(-lr)),
        ),
        (
            {"optimizer": "ema-momentum", "lr": lr, "beta": 0.9, "first_step": "gradient"},
            lambda p: sgd(p, lr, momentum=0.9, dampening=0.9),
            None,
        ),
        (
            {"optimizer": "rmsprop", "lr": 0.001, "decay": 0.95, "epsilon": 1e-6},
            lambda p: torch.optim.RMSprop(p, 0.001, alpha=0.95, eps=1e-6),
            optax.rmsprop(0.001, decay=0.95, eps=1e-6, eps_in_sqrt=False),
        ),
        (
            {"optimizer": "adam", "lr": 0.1, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-7},
            lambda p: torch.optim.Adam(p, 0.1, betas=(0.8, 0.99), eps=1e-7),
            optax.adam(0.1, b1=0.8, b2=0.99, eps=1e-7),
        ),
        (
            {"optimizer": "adagrad", "lr": 0.1, "epsilon": 1e-6},
            lambda p: torch.optim.Adagrad(p, 0.1, eps=1e-6),
            None,
        ),
        (
            {"optimizer": "adadelta", "lr": 0.5, "decay": 0.95, "epsilon": 1e-6},
            lambda p: torch.optim.Adadelta(p, 0.5, rho=0.95, eps=1e-6),
            optax.adadelta(0.5, rho=0.95, eps=1e-6),
        ),
        (
            {"optimizer": "adamw", "lr": 0.1, "beta1": 0.8, "beta2": 0.99, "weight_decay": 0.3},
            lambda p: torch.optim.AdamW(p, 0.1, betas=(0.8, 0.99), weight_decay=0.3),
            optax.adamw(0.1, b1=0.8, b2=0.99, weight_decay=0.3),
        ),
        (
            {"optimizer": "nadam", "lr": 0.1, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-7},
            None,  # PyTorch's has a beta1 that changes with the step
            optax.nadam(0.1, b1=0.8, b2=0.99, eps=1e-7),
        ),
        (
            {"optimizer": "lion", "lr": 0.01, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.3},
            None,
            optax.lion(0.01, b1=0.8, b2=0.95, weight_decay=0.3),
        ),
        (
            {"optimizer": "signum", "lr": 0.01, "beta": 0.8},
            None,
            optax.chain(optax.ema(0.8, debias=False), optax.scale_by_sign(), optax.scale(-0.01)),
        ),
        (
            {"optimizer": "schedule-free", "lr": lr, "beta1": 0.8},
            None,
            optax.contrib.schedule_free_sgd(lr, b1=0.8),
        ),
    ]


def run_torch(landscape: str, make: Callable[[Any], Any]) -> list[list[float]]:
    """The points at STEPS by PyTorch."""
    theta = torch.tensor(STARTS[landscape], dtype=torch.float64, requires_grad=True)
    optimizer = make([theta])
    points = []
    for k in range(1, max(STEPS) + 1):
        optimizer.zero_grad()
        LOSSES[landscape](theta[0], theta[1], torch).backward()
        optimizer.step()
        if k in STEPS:
            points.append(theta.detach().tolist())
    return points


def run_optax(landscape: str, optimizer: Any) -> list[list[float]]:
    """The points at STEPS by optax."""
    theta = jax.numpy.array(STARTS[landscape])
    state = optimizer.init(theta)
    slope = jax.jit(jax.grad(lambda t: LOSSES[landscape](t[0], t[1], jax.numpy)))
    points = []
    for k in range(1, max(STEPS) + 1):
        updates, state = optimizer.update(slope(theta), state, theta)
        theta = optax.apply_updates(theta, updates)
        if k in STEPS:
            points.append(theta.tolist())
    return points


def main() -> None:
    """Run everything and write the file."""
    cases = []
    for landscape in LOSSES:
        for contender, by_torch, by_optax in methods(LRS[landscape]):
            runs = [("torch", run_torch, by_torch), ("optax", run_optax, by_optax)]
            for library, run, method in runs:
                if method is not None:
                    case = {"library": library, "landscape": landscape, "contender": contender}
                    cases.append({**case, "points": run(landscape, method)})
    content = {
        "versions": {"torch": torch.__version__, "optax": optax.__version__},
        "starts": STARTS,
        "steps": STEPS,
    }
    lines = ",\n".join(json.dumps(case) for case in cases)
    head = json.dumps(content)[:-1]
    path = Path(__file__).parent / "data" / "oracles.json"
    path.write_text(f'{head}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
