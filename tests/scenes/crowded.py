"""Experiments that are hard to lay out: many contenders, long names, starts on all sides."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

from momentum_math import Outcome, read_experiment, run
from scenes.look import FRAMES

COUNT = 32
LONGEST_LABEL, LONGEST_TITLE = 40, 120
METHODS: tuple[dict[str, Any], ...] = (
    {"optimizer": "gd", "lr": 0.1},
    {"optimizer": "heavy-ball", "lr": 0.05, "beta": 0.8},
    {"optimizer": "adam", "lr": 0.1},
    {"optimizer": "rmsprop", "lr": 0.05},
    {"optimizer": "nesterov", "lr": 0.03, "beta": 0.9},
    {"optimizer": "ema-momentum", "lr": 0.1, "beta": 0.9},
)
LANDSCAPES: tuple[tuple[dict[str, Any], tuple[float, float]], ...] = (
    ({"name": "quadratic", "curvatures": [1.0, 2.0]}, (0.0, 0.0)),
    ({"name": "quadratic", "curvatures": [0.1, 10.0]}, (0.0, 0.0)),
    ({"name": "quadratic", "curvatures": [0.5, 15.0], "angle_degrees": 35.0}, (0.0, 0.0)),
    ({"name": "rosenbrock", "b": 10.0}, (1.0, 1.0)),
    ({"name": "saddle"}, (0.0, 0.0)),
    ({"name": "himmelblau"}, (3.0, 2.0)),
    ({"formula": "x**2 + 3*y**2 + sin(2*x)", "minimum": -1}, (-0.6, 0.0)),
)
LABELS = (
    None,
    "W" * LONGEST_LABEL,  # the widest letter, and nowhere to break
    "Nesterov accelerated gradient, beta=.95.",
    "Exponential moving average of gradients!",
    "short",
)
TITLES = (
    "Short",
    "Six contenders with long names compared on Rosenbrock's banana-shaped valley",
    ("Momentum, " * 20)[:LONGEST_TITLE].strip(),
)


def values(rng: random.Random, index: int) -> Mapping[str, Any]:
    """What a file would say: counts, directions and landscapes in turn, the rest by chance."""
    landscape, minimum = LANDSCAPES[index % len(LANDSCAPES)]
    angle = math.radians(index * 75 % 360 + rng.uniform(-8, 8))
    reach = rng.choice((0.8, 1.5, 2.0))
    contenders = []
    for number in range(1 + index % len(METHODS)):
        one = dict(METHODS[(index // 2 + number) % len(METHODS)])
        one["lr"] *= rng.choice((0.2, 1.0, 3.0))
        label = rng.choice(LABELS)
        if label is not None:
            one["label"] = label[: LONGEST_LABEL - 1] + str(number)
        contenders.append(one)
    return {
        "title": rng.choice(TITLES),
        "start": [
            round(minimum[0] + reach * math.cos(angle), 2),
            round(minimum[1] + reach * math.sin(angle), 2),
        ],
        "steps": rng.choice((3, 20, 60, 150)),
        "landscape": dict(landscape),
        "contenders": contenders,
    }


def aspect(index: int) -> str:
    """The frame that it is tried in: every count of contenders meets every frame."""
    return tuple(FRAMES)[(index // len(METHODS) + index) % len(FRAMES)]


def outcome(index: int, seed: int = 0) -> Outcome:
    """What becomes of a crowded experiment; the same for the same numbers."""
    rng = random.Random(seed * 1000 + index)
    return run(read_experiment(dict(values(rng, index)), f"crowded-{index}.toml"))
