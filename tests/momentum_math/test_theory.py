"""Closed forms against step matrices, simulation, and published numbers."""

import math

import numpy as np
import pytest

from momentum_math import OPTIMIZERS, Optimizer, trace
from momentum_math.landscapes.quadratics import Quadratic
from momentum_math.optimizers.adaptive import Adam
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent
from momentum_math.theory import envelope
from tests import examples, oracles
from tests.examples import needed, optimizer_named

VALLEY, START = Quadratic((0.1, 10.0)), (-4.0, 1.5)
LINEAR = [OPTIMIZERS[name] for name in examples.LINEAR]


def radius_of(optimizer: Optimizer, curvature: float) -> float:
    """The factor by which an eigen-coordinate shrinks per step in the long run."""
    form = optimizer.recurrence(curvature)
    assert form is not None
    return max(abs(root) for root in form.roots)


def oscillates(optimizer: Optimizer, curvature: float) -> bool:
    """Whether the roots are complex, so that the direction is a damped wave."""
    form = optimizer.recurrence(curvature)
    assert form is not None
    return form.roots[0].imag != 0.0


def make(cls: type[Optimizer], lr: float, beta: float) -> Optimizer:
    return optimizer_named(cls.name, lr, **({"beta": beta} if "beta" in needed(cls) else {}))


@pytest.mark.parametrize("cls", LINEAR)
def test_spectral_radius_is_that_of_the_step_matrix(cls: type[Optimizer]) -> None:
    rng = np.random.default_rng(1)
    for _ in range(300):
        lr, curvature = np.exp(rng.uniform(-4.0, 2.0, 2))
        beta = rng.uniform(0.0, 0.999)
        expected = oracles.spectral_radius(cls.name, curvature, lr, beta)
        assert radius_of(make(cls, lr, beta), curvature) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("cls", LINEAR)
def test_recurrence_is_that_of_matrix_powers(cls: type[Optimizer]) -> None:
    for curvature in (0.1, 10.0, -0.5):
        form = make(cls, 0.05, 0.8).recurrence(curvature)
        matrix = oracles.step_matrix(cls.name, curvature, 0.05, 0.8)
        xs = [(np.linalg.matrix_power(matrix, k) @ [1.0, 0.0])[0] for k in range(20)]
        assert xs[1] == pytest.approx(form.first)
        for k in range(1, 19):
            assert xs[k + 1] == pytest.approx(form.trace * xs[k] - form.determinant * xs[k - 1])


CLOSED_FORMS = {
    "gd": lambda p, b: (1 - p, 0, 1 - p),
    "ema-momentum": lambda p, b: (1 + b - p * (1 - b), b, 1 - p * (1 - b)),
    "heavy-ball": lambda p, b: (1 + b - p, b, 1 - p),
    "nesterov": lambda p, b: ((1 + b) * (1 - p), b * (1 - p), 1 - (1 + b) * p),
}
"""Trace, determinant and first factor as papers give them, of the pull alpha lambda and beta."""


@pytest.mark.parametrize("cls", LINEAR)
def test_the_recurrence_read_from_a_rule_is_the_closed_form(cls: type[Optimizer]) -> None:
    for lr in (1e-3, 0.18, 2.0):
        for curvature in (-0.5, 0.1, 10.0):
            for beta in (0.0, 0.5, 0.99):
                form = make(cls, lr, beta).recurrence(curvature)
                wanted = CLOSED_FORMS[cls.name](lr * curvature, beta)
                found = (form.trace, form.determinant, form.first)
                assert found == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_pytorchs_first_step_changes_the_first_factor_alone() -> None:
    usual, other = (
        EmaMomentum(0.18, 0.9, first_step=first).recurrence(10.0) for first in ("zero", "gradient")
    )
    assert (other.trace, other.determinant) == (usual.trace, usual.determinant)
    assert other.first == pytest.approx(1.0 - 0.18 * 10.0)


def test_published_radii() -> None:
    assert radius_of(GradientDescent(0.18), 0.1) == pytest.approx(0.982, abs=1e-12)
    assert radius_of(EmaMomentum(0.18, 0.9), 0.1) == pytest.approx(0.977221, abs=5e-7)
    for curvature in VALLEY.curvatures:
        radius = radius_of(EmaMomentum(0.18, 0.99), curvature)
        assert radius == pytest.approx(math.sqrt(0.99), abs=1e-12)


@pytest.mark.parametrize("cls", LINEAR)
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_the_limit_of_the_learning_rate_is_where_the_radius_passes_one(
    cls: type[Optimizer], beta: float
) -> None:
    for curvature in (0.3, 10.0):
        limit = oracles.lr_limit(cls.name, curvature, beta)
        for share, sign in ((0.999, -1), (1.001, 1)):
            radius = radius_of(make(cls, share * limit, beta), curvature)
            assert (radius - 1.0) * sign > 0.0


def test_oscillation_follows_the_wedge() -> None:
    rng = np.random.default_rng(4)
    seen = set()
    for _ in range(500):
        lr, curvature = np.exp(rng.uniform(-4.0, 4.0, 2))
        beta = rng.uniform(0.0, 0.99)
        expected = abs(math.log(lr * curvature)) < 2.0 * math.atanh(math.sqrt(beta))
        optimizer = EmaMomentum(lr, beta)
        assert oscillates(optimizer, curvature) == expected
        if expected:
            assert radius_of(optimizer, curvature) == pytest.approx(math.sqrt(beta))
        seen.add(expected)
    assert seen == {True, False}


def test_plain_descent_never_oscillates() -> None:
    assert not any(oscillates(GradientDescent(lr), 10.0) for lr in (0.01, 0.1, 0.18, 0.3))


def critical_beta(lr: float, curvature: float) -> float:
    """The beta at which both roots of EMA momentum coincide."""
    return ((1.0 - lr * curvature) / (1.0 + lr * curvature)) ** 2


def test_critical_beta() -> None:
    for lr, curvature in ((0.18, 0.1), (0.18, 10.0), (0.75, 3.0)):
        beta = critical_beta(lr, curvature)
        assert oscillates(EmaMomentum(lr, beta + 1e-6), curvature)
        assert not oscillates(EmaMomentum(lr, beta - 1e-6), curvature)


def test_published_envelope() -> None:
    constant, rate = envelope(EmaMomentum(0.18, 0.99), VALLEY, START)
    assert constant == pytest.approx(12.1853, abs=5e-5)
    assert rate == pytest.approx(0.99, abs=1e-12)
    surely_below = math.ceil(math.log(1e-3 / constant) / math.log(rate))
    assert surely_below == 937


@pytest.mark.parametrize("cls", LINEAR)
def test_losses_never_cross_the_envelope_and_come_near_it(cls: type[Optimizer]) -> None:
    rng = np.random.default_rng(8)
    tightest = []
    for _ in range(60):
        curvatures = tuple(np.exp(rng.uniform(-2.0, 2.0, 2)).tolist())
        beta = rng.uniform(0.0, 0.98)
        lr = rng.uniform(0.02, 0.98) * oracles.lr_limit(cls.name, max(curvatures), beta)
        optimizer = make(cls, lr, beta)
        landscape = Quadratic(curvatures, rng.uniform(-90.0, 90.0))
        start = tuple(rng.normal(size=2).tolist())
        constant, rate = envelope(optimizer, landscape, start)
        losses = trace(landscape, optimizer, start, 120).losses
        bound = constant * rate ** np.arange(121)
        assert (losses <= bound * (1.0 + 1e-7) + 1e-25 * losses[0]).all()
        tightest.append((losses / bound)[:40].max())
    assert np.median(tightest) > 0.6
    assert max(tightest) > 0.99


def test_envelope_of_pytorchs_first_step() -> None:
    optimizer = EmaMomentum(0.18, 0.99, first_step="gradient")
    constant, rate = envelope(optimizer, VALLEY, START)
    losses = trace(VALLEY, optimizer, START, 400).losses
    assert (losses <= constant * rate ** np.arange(401) * (1.0 + 1e-12)).all()


def test_envelope_where_the_roots_coincide() -> None:
    beta = critical_beta(0.18, 0.1)
    optimizer = EmaMomentum(0.18, beta)
    constant, rate = envelope(optimizer, VALLEY, START)
    losses = trace(VALLEY, optimizer, START, 600).losses
    assert (losses <= constant * rate ** np.arange(601) * (1.0 + 1e-9)).all()
    assert rate < 1.0


def test_methods_without_closed_form_say_so() -> None:
    with pytest.raises(TypeError, match="Adam"):
        envelope(Adam(0.1), VALLEY, START)
