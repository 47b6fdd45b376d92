"""Every landscape with every optimiser, and 2,000 random quadratics against theory."""

import math

import numpy as np
import pytest

from momentum_math import LANDSCAPES, OPTIMIZERS, trace
from momentum_math.landscapes.quadratics import Quadratic
from momentum_math.optimizers.momentum import GradientDescent
from momentum_math.trajectories import Noise
from tests import oracles
from tests.examples import LINEAR, landscape_named, needed, optimizer_named

cross = [(landscape, optimizer) for landscape in LANDSCAPES for optimizer in OPTIMIZERS]


@pytest.mark.parametrize(("landscape_name", "optimizer_name"), cross)
def test_every_pair_runs(landscape_name: str, optimizer_name: str) -> None:
    landscape = landscape_named(landscape_name)
    for lr, noise in ((1e-3, None), (0.02, Noise(0.3, 5)), (3.0, None)):
        optimizer = optimizer_named(optimizer_name, lr)
        path = trace(landscape, optimizer, landscape.example_start, 60, noise)
        columns = (path.points, path.gradients, path.velocities)
        assert [column.shape for column in columns] == [(path.n + 1, 2)] * 3
        assert all(np.isfinite(column).all() for column in (*columns, path.losses))
        assert path.status in {"running", "diverged", "stopped"}
        assert (path.ended_at is None) == (path.status == "running") == (path.n == 60)
        assert path.losses == pytest.approx(landscape.value(path.points), rel=1e-12)


@pytest.mark.parametrize(("landscape_name", "optimizer_name"), cross)
def test_every_pair_descends_with_small_steps(landscape_name: str, optimizer_name: str) -> None:
    landscape = landscape_named(landscape_name)
    optimizer = optimizer_named(optimizer_name, 2e-8)
    losses = trace(landscape, optimizer, landscape.example_start, 40).losses
    assert (np.diff(losses) < 0.0).all()


def test_plain_descent_is_monotone_below_twice_the_inverse_curvature() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        curvatures = np.exp(rng.uniform(-4.0, 4.0, 2))
        lr = rng.uniform(0.05, 0.999) * 2.0 / curvatures.max()
        landscape = Quadratic(tuple(curvatures), rng.uniform(-180.0, 180.0))
        losses = trace(landscape, GradientDescent(lr), tuple(rng.normal(size=2)), 50).losses
        assert (np.diff(losses) <= 1e-12 * losses[:-1]).all()


def test_spectral_radius_predicts_the_fate_of_2000_random_quadratics() -> None:
    """Random method, curvatures, angle, start; the radius, from the step matrix, decides."""
    rng = np.random.default_rng(2024)
    fates = {"converges": 0, "diverges": 0}
    while sum(fates.values()) < 2000:
        name = LINEAR[rng.integers(len(LINEAR))]
        curvatures = np.exp(rng.uniform(-2.5, 2.5, 2))
        beta = rng.uniform(0.0, 0.9)
        dials = {"beta": beta} if "beta" in needed(OPTIMIZERS[name]) else {}
        limit = oracles.lr_limit(name, curvatures.max(), beta)
        lr = limit * rng.choice([rng.uniform(0.1, 0.95), 1.1, 2.0])
        optimizer = optimizer_named(name, lr, **dials)
        radius = max(oracles.spectral_radius(name, c, lr, beta) for c in curvatures)
        ours = max(abs(root) for c in curvatures for root in optimizer.recurrence(c).roots)
        assert ours == pytest.approx(radius, rel=1e-7)
        if 0.985 < radius < 1.01:
            continue
        landscape = Quadratic(tuple(curvatures), rng.uniform(-180.0, 180.0))
        steps = 2500 if radius > 1.0 else 100 + math.ceil(-12.0 / math.log(max(radius, 0.01)))
        path = trace.__wrapped__(landscape, optimizer, tuple(rng.uniform(0.5, 2.0, 2)), steps)
        if radius > 1.0:
            assert path.status == "diverged", optimizer
            fates["diverges"] += 1
        else:
            assert path.status == "running", optimizer
            assert path.losses[-1] < 1e-6 * path.losses[0], optimizer
            fates["converges"] += 1
    assert min(fates.values()) > 400, fates


@pytest.mark.parametrize("optimizer_name", LINEAR)
def test_linear_methods_scale_and_mirror(optimizer_name: str) -> None:
    optimizer = optimizer_named(optimizer_name, 0.02)
    landscape = Quadratic((0.3, 7.0), 25.0)
    path = trace(landscape, optimizer, (1.0, -2.0), 40)
    mirrored = trace(landscape, optimizer, (-1.0, 2.0), 40)
    scaled = trace(landscape, optimizer, (8.0, -16.0), 40)
    assert np.array_equal(mirrored.points, -path.points)
    assert np.array_equal(scaled.points, 8.0 * path.points)
    assert np.array_equal(scaled.losses, 64.0 * path.losses)


@pytest.mark.parametrize("optimizer_name", LINEAR)
def test_turning_landscape_and_start_leaves_the_losses(optimizer_name: str) -> None:
    optimizer = optimizer_named(optimizer_name, 0.02)
    turn = np.radians(33.0)
    start = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ (1.0, -2.0)
    straight = trace(Quadratic((0.3, 7.0)), optimizer, (1.0, -2.0), 60)
    turned = trace(Quadratic((0.3, 7.0), 33.0), optimizer, tuple(start.tolist()), 60)
    assert turned.losses == pytest.approx(straight.losses, rel=1e-10)
