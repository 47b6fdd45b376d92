"""Freeze the values of PyTorch's schedulers, which the everyday tests compare ours with.

Not a test: run it with an interpreter that has PyTorch (2.13.0 was used): ``make oracles``. It
writes tests/data/schedules.json; ``contender`` is what a file says, the values are the library's.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.optim import lr_scheduler as schedulers

STEPS = 40
WARMUP = 12

Make = Callable[[Any], Any]


def cases() -> list[tuple[dict[str, Any], float, Make]]:
    """What a file says, the base rate of PyTorch's optimiser, and its scheduler."""
    rise = {"schedule": "warmup-cosine", "start": 0.05, "peak": 0.5, "warmup": WARMUP, "end": 0.01}
    cycle = {"schedule": "one-cycle", "start": 0.04, "peak": 1.0, "end": 4e-4}
    return [
        (
            {"schedule": "linear", "start": 0.2, "end": 0.02},
            0.2,
            lambda o: schedulers.LinearLR(o, 1.0, 0.1, STEPS),
        ),
        (
            {"schedule": "cosine", "start": 0.2, "end": 0.01},
            0.2,
            lambda o: schedulers.CosineAnnealingLR(o, STEPS, 0.01),
        ),
        (
            {"schedule": "step", "start": 0.3, "every": 7, "gamma": 0.4},
            0.3,
            lambda o: schedulers.StepLR(o, 7, 0.4),
        ),
        (
            {"schedule": "exponential", "start": 0.3, "gamma": 0.93},
            0.3,
            lambda o: schedulers.ExponentialLR(o, 0.93),
        ),
        (
            {"schedule": "1/t", "start": 0.3, "decay": 0.25},
            0.3,
            lambda o: schedulers.LambdaLR(o, lambda epoch: 1.0 / (1.0 + 0.25 * epoch)),
        ),
        (
            rise,
            0.5,
            lambda o: schedulers.SequentialLR(
                o,
                [
                    schedulers.LinearLR(o, 0.1, 1.0, WARMUP),
                    schedulers.CosineAnnealingLR(o, STEPS - WARMUP, 0.01),
                ],
                [WARMUP],
            ),
        ),
        (
            cycle,
            0.1,
            lambda o: schedulers.OneCycleLR(
                o, 1.0, total_steps=STEPS, div_factor=25.0, final_div_factor=100.0
            ),
        ),
        (
            cycle | {"rise": 0.55},
            0.1,
            lambda o: schedulers.OneCycleLR(
                o, 1.0, total_steps=STEPS, pct_start=0.55, div_factor=25.0, final_div_factor=100.0
            ),
        ),
    ]


def rates_and_points(base: float, make: Make) -> tuple[list[float], list[list[float]]]:
    """The rate of each step, and the points of plain descent on f = (x^2 + 3 y^2) / 2 with it."""
    theta = torch.tensor([2.0, -1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], base, momentum=0.5)
    scheduler = make(optimizer)
    rates, points = [], []
    for _ in range(STEPS):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.param_groups[0]["momentum"] = 0.5  # OneCycleLR would cycle it, too
        optimizer.zero_grad()
        (0.5 * (theta[0] ** 2 + 3.0 * theta[1] ** 2)).backward()
        optimizer.step()
        points.append(theta.detach().tolist())
        scheduler.step()
    return rates, points


def main() -> None:
    """Run every scheduler and write the file."""
    warnings.simplefilter("ignore")
    lines = []
    for said, base, make in cases():
        rates, points = rates_and_points(base, make)
        lines.append(json.dumps({"lr": said, "rates": rates, "points": points[9::10]}))
    head = json.dumps({"version": torch.__version__.partition("+")[0], "steps": STEPS})[:-1]
    path = Path(__file__).parent / "data" / "schedules.json"
    path.write_text(f'{head}, "cases": [\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
