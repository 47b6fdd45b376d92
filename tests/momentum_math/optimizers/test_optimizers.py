"""Every optimiser of the table: exact rationals, other libraries, equalities, purity."""

import json
import pickle
from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from momentum_math import LANDSCAPES, OPTIMIZERS, Optimizer, trace
from momentum_math.landscapes.quadratics import Quadratic
from momentum_math.optimizers.adaptive import Adam
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov
from momentum_math.optimizers.own import CustomRule
from momentum_math.parameters import parameters_of
from momentum_math.trajectories import first_below, stays_below
from tests import ROOT, oracles
from tests.examples import optimizer_named

ORACLES = json.loads((ROOT / "tests/data/oracles.json").read_text())
VALLEY, START = Quadratic((0.1, 10.0)), (-4.0, 1.5)

EXAMPLES: list[Optimizer] = [
    *(optimizer_named(name, 0.02) for name in OPTIMIZERS),
    EmaMomentum(0.18, 0.9, bias_correction=True),
    EmaMomentum(0.18, 0.9, first_step="gradient"),
]
every = pytest.mark.parametrize("optimizer", EXAMPLES, ids=repr)


def test_the_table_is_by_name_and_every_field_is_declared() -> None:
    for name, cls in OPTIMIZERS.items():
        assert cls.name == name
        assert {field.name for field in fields(cls)} == set(parameters_of(cls))


def test_no_two_methods_share_a_label() -> None:
    for alone in (True, False):
        labels = [cls.short if alone else cls.distinct or cls.short for cls in OPTIMIZERS.values()]
        assert len(set(labels)) == len(OPTIMIZERS)


@pytest.mark.parametrize(
    ("method", "optimizer", "numbers"),
    [
        ("gd", GradientDescent(0.18), {"lr": "0.18"}),
        ("ema-momentum", EmaMomentum(0.18, 0.9), {"lr": "0.18", "beta": "0.9"}),
        ("ema-momentum", EmaMomentum(0.18, 0.99), {"lr": "0.18", "beta": "0.99"}),
        ("ema-momentum", EmaMomentum(0.75, 0.75), {"lr": "0.75", "beta": "0.75"}),
        (
            "ema-bias-corrected",
            EmaMomentum(0.18, 0.9, bias_correction=True),
            {"lr": "0.18", "beta": "0.9"},
        ),
        (
            "ema-pytorch",
            EmaMomentum(0.18, 0.9, first_step="gradient"),
            {"lr": "0.18", "beta": "0.9"},
        ),
        ("heavy-ball", HeavyBall(0.18, 0.9), {"lr": "0.18", "beta": "0.9"}),
        ("nesterov", Nesterov(0.09, 0.8), {"lr": "0.09", "beta": "0.8"}),
    ],
)
def test_runs_agree_with_exact_rationals(
    method: str, optimizer: Optimizer, numbers: dict[str, str]
) -> None:
    steps = 120
    exact = oracles.exact_run(method, ("0.1", "10"), ("-4", "1.5"), steps, **numbers)
    losses = oracles.exact_losses(("0.1", "10"), exact)
    path = trace(VALLEY, optimizer, START, steps)
    for k in range(steps + 1):
        for ours, theirs, size in zip(path.points[k], exact[k], START, strict=True):
            assert abs(Fraction(float(ours)) - theirs) <= Fraction(1e-13) * abs(Fraction(size))
        assert path.losses[k] == pytest.approx(float(losses[k]), rel=1e-11)


@pytest.mark.parametrize(
    "case", ORACLES["cases"], ids=lambda c: f"{c['library']}-{c['landscape']}-{c['contender']}"
)
def test_runs_agree_with_other_libraries(case: dict[str, Any]) -> None:
    numbers = dict(case["contender"])
    optimizer = OPTIMIZERS[numbers.pop("optimizer")](**numbers)
    start = tuple(ORACLES["starts"][case["landscape"]])
    path = trace(LANDSCAPES[case["landscape"]](), optimizer, start, max(ORACLES["steps"]))
    assert np.abs(path.points[ORACLES["steps"]] - case["points"]).max() < 1e-10


def test_every_optimizer_meets_another_library() -> None:
    met = {(case["contender"]["optimizer"], case["library"]) for case in ORACLES["cases"]}
    assert {name for name, _ in met} == set(OPTIMIZERS) - {CustomRule.name}
    assert {library for _, library in met} == {"torch", "optax"}


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.99])
def test_ema_is_the_heavy_ball_with_a_smaller_step(beta: float) -> None:
    ema = trace(VALLEY, EmaMomentum(0.18, beta), START, 200)
    ball = trace(VALLEY, HeavyBall(0.18 * (1.0 - beta), beta), START, 200)
    assert np.abs(ema.points - ball.points).max() < 1e-13


@pytest.mark.parametrize(
    "optimizer",
    [
        EmaMomentum(0.18, 0.0),
        EmaMomentum(0.18, 0.0, bias_correction=True),
        EmaMomentum(0.18, 0.0, first_step="gradient"),
        HeavyBall(0.18, 0.0),
        Nesterov(0.18, 0.0),
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["quadratic", "rosenbrock", "himmelblau"])
def test_without_memory_all_are_plain_descent_bit_for_bit(optimizer: Optimizer, name: str) -> None:
    landscape = LANDSCAPES[name]()
    scaled = type(optimizer)(**{**vars(optimizer), "lr": 0.001})
    plain = trace(landscape, GradientDescent(0.001), (-1.2, 1.0), 150)
    assert trace(landscape, scaled, (-1.2, 1.0), 150).points.tobytes() == plain.points.tobytes()


@pytest.mark.parametrize(
    ("optimizer", "first", "stays"),
    [
        (EmaMomentum(0.18, 0.9), 159, 159),
        (EmaMomentum(0.18, 0.9, bias_correction=True), 151, 151),
        (EmaMomentum(0.18, 0.9, first_step="gradient"), 150, 150),
        (HeavyBall(0.18, 0.9), 69, 87),
        (EmaMomentum(0.75, 0.75), 35, 37),
        (EmaMomentum(1.0, (9 / 11) ** 2), None, 46),
    ],
    ids=repr,
)
def test_forms_differ_as_published(optimizer: Optimizer, first: int | None, stays: int) -> None:
    losses = trace(VALLEY, optimizer, START, 300).losses
    assert stays_below(losses, 1e-3) == stays
    if first is not None:
        assert first_below(losses, 1e-3) == first
    else:
        assert losses.max() == pytest.approx(155.0, abs=0.5)


def test_adam_first_step_has_the_size_of_the_learning_rate() -> None:
    method = Adam(lr=0.25)
    theta = np.array([1.0, -2.0])
    moved, _ = method.step(theta, np.array([1e-3, 1e5]), method.init(theta))
    assert np.abs(moved - theta) == pytest.approx([0.25, 0.25], rel=1e-4)


@every
def test_steps_are_pure(optimizer: Optimizer) -> None:
    theta, gradient = np.array([1.0, -2.0]), np.array([0.3, -4.0])
    state = optimizer.init(theta)
    _, state = optimizer.step(theta, gradient, state)
    frozen = pickle.dumps((theta, gradient, state))
    first = optimizer.step(theta, gradient, state)
    second = optimizer.step(theta, gradient, state)
    assert pickle.dumps((theta, gradient, state)) == frozen
    assert pickle.dumps(first) == pickle.dumps(second)


@every
def test_states_start_at_rest_and_show_a_velocity(optimizer: Optimizer) -> None:
    theta = np.array([1.0, -2.0])
    state = optimizer.init(theta)
    assert state.velocity.tolist() == [0.0, 0.0]
    _, state = optimizer.step(theta, np.array([0.3, -4.0]), state)
    assert state.velocity.shape == (2,)
    assert np.sign(state.velocity).tolist() == [1.0, -1.0]
    with pytest.raises(AttributeError):
        state.velocity = theta  # type: ignore[misc]


@every
def test_values_compare_hash_and_pickle(optimizer: Optimizer) -> None:
    copy = pickle.loads(pickle.dumps(optimizer))
    assert copy == optimizer
    assert hash(copy) == hash(optimizer)
    with pytest.raises(AttributeError):
        optimizer.lr = 1.0  # type: ignore[misc]


@every
def test_rules_are_lines_of_balanced_latex(optimizer: Optimizer) -> None:
    assert optimizer.method
    for line in optimizer.tex:
        assert line.count("{") == line.count("}")
    assert any(line.startswith(r"\theta \leftarrow ") for line in optimizer.tex)


def test_rules_and_methods_tell_the_forms_apart() -> None:
    assert len({optimizer.tex for optimizer in EXAMPLES}) == len(EXAMPLES)
    assert len({optimizer.method for optimizer in EXAMPLES}) == len(EXAMPLES)


def test_the_optimizers_move_many_points_at_once() -> None:
    betas = np.array([[0.0], [0.5], [0.9]])
    thetas = np.tile([1.0, -2.0], (3, 1))
    columns = EmaMomentum(0.1, betas)  # type: ignore[arg-type]
    moved, state = columns.step(thetas, thetas, columns.init(thetas))
    moved, _ = columns.step(moved, moved, state)
    for i, beta in enumerate((0.0, 0.5, 0.9)):
        alone = EmaMomentum(0.1, beta)
        theta = np.array([1.0, -2.0])
        theta, single = alone.step(theta, theta, alone.init(theta))
        theta, _ = alone.step(theta, theta, single)
        assert np.array_equal(moved[i], theta)
