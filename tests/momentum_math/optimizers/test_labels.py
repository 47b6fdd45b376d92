"""Default labels: distinct, and they say which number differs."""

import itertools

import pytest

from momentum_math import Optimizer, read_experiment
from momentum_math.optimizers.adaptive import Adam, RMSProp
from momentum_math.optimizers.labels import default_labels
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov

POOL: list[Optimizer] = [
    GradientDescent(0.18),
    GradientDescent(0.05),
    EmaMomentum(0.18, 0.9),
    EmaMomentum(0.18, 0.99),
    EmaMomentum(0.1, 0.9),
    EmaMomentum(0.18, 0.9, bias_correction=True),
    EmaMomentum(0.18, 0.9, first_step="gradient"),
    HeavyBall(0.18, 0.9),
    Nesterov(0.18, 0.9),
    RMSProp(0.01),
    RMSProp(0.01, decay=0.9),
    Adam(0.01),
    Adam(0.01, beta2=0.99),
]


@pytest.mark.parametrize(
    ("optimizers", "labels"),
    [
        (
            [POOL[0], POOL[2], POOL[3]],
            ("Gradient descent", "Momentum β = 0.90", "Momentum β = 0.99"),
        ),
        ([POOL[0], POOL[1]], ("Gradient descent α = 0.18", "Gradient descent α = 0.05")),
        ([POOL[2], POOL[4]], ("Momentum β = 0.90 α = 0.18", "Momentum β = 0.90 α = 0.1")),
        ([POOL[2], POOL[7]], ("EMA momentum β = 0.90", "Heavy ball β = 0.90")),
        ([POOL[9], POOL[10]], ("RMSProp decay = 0.99", "RMSProp decay = 0.9")),
        ([POOL[11], POOL[12]], ("Adam β₂ = 0.999", "Adam β₂ = 0.99")),
        ([POOL[0], POOL[0]], ("Gradient descent (1)", "Gradient descent (2)")),
        ([EmaMomentum(0.1, 0.995)], ("Momentum β = 0.995",)),
    ],
)
def test_labels(optimizers: list[Optimizer], labels: tuple[str, ...]) -> None:
    assert default_labels(optimizers) == labels


def test_labels_are_distinct_and_short() -> None:
    for group in itertools.combinations(POOL, 3):
        labels = default_labels(group)
        assert len(set(labels)) == 3
        assert max(map(len, labels)) <= 40
    assert len(set(default_labels([POOL[2]] * 6))) == 6


def test_a_default_never_repeats_a_given_label() -> None:
    values = {
        "start": [1, 1],
        "landscape": {"name": "beale"},
        "contenders": [
            {"optimizer": "gd", "lr": 0.1},
            {"optimizer": "adam", "lr": 0.1, "label": "Gradient descent"},
        ],
    }
    labels = [who.label for who in read_experiment(values, "some.toml").contenders]
    assert len(set(labels)) == 2
