"""Runs: their shape, how they end, noise, and when a loss is low."""

import pickle
import warnings

import numpy as np
import pytest

from momentum_math import CustomLandscape, Trajectory, trace
from momentum_math.landscapes.classics import Rosenbrock
from momentum_math.landscapes.quadratics import Quadratic, Saddle
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall
from momentum_math.trajectories import Noise, excess, first_below, is_minimal, stays_below

VALLEY, START = Quadratic((0.1, 10.0)), (-4.0, 1.5)


def arrays(path: Trajectory) -> list[np.ndarray]:
    return [path.points, path.losses, path.gradients, path.velocities]


def test_there_is_one_point_more_than_updates() -> None:
    path = trace(VALLEY, EmaMomentum(0.18, 0.9), START, 30)
    assert path.n == 30
    assert [a.shape for a in arrays(path)] == [(31, 2), (31,), (31, 2), (31, 2)]
    assert path.points[0].tolist() == list(START)
    assert (path.status, path.ended_at) == ("running", None)


def test_rows_belong_together() -> None:
    path = trace(VALLEY, EmaMomentum(0.18, 0.9), START, 30)
    assert np.array_equal(path.losses, VALLEY.value(path.points))
    assert np.array_equal(path.gradients, VALLEY.gradient(path.points))
    assert path.velocities[0].tolist() == [0.0, 0.0]
    moved = path.points[:-1] - 0.18 * path.velocities[1:]
    assert np.array_equal(path.points[1:], moved)


def test_no_steps_is_a_point() -> None:
    assert trace(VALLEY, GradientDescent(0.1), START, 0).points.tolist() == [list(START)]


def test_arrays_are_read_only_float64_even_after_pickling() -> None:
    path = trace(VALLEY, HeavyBall(0.01, 0.5), START, 5)
    for some in (path, pickle.loads(pickle.dumps(path))):
        for array in arrays(some):
            assert array.dtype == np.float64
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0
    assert np.array_equal(pickle.loads(pickle.dumps(path)).points, path.points)


def test_a_diverging_run_ends_far_away_and_finite() -> None:
    path = trace(VALLEY, GradientDescent(0.25), START, 300)
    assert path.status == "diverged"
    assert path.ended_at == path.n < 300
    assert all(np.isfinite(a).all() for a in arrays(path))
    reach = 1e6 * 10.0
    assert np.abs(path.points[-1]).max() > reach
    assert np.abs(path.points[:-1]).max() <= reach
    factors = path.points[1:, 1] / path.points[:-1, 1]
    assert factors == pytest.approx(np.full(path.n, -1.5))


@pytest.mark.parametrize("lr", [0.2000001, 0.3, 5.0, 1e6])
def test_divergence_never_warns(lr: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for landscape in (VALLEY, Rosenbrock(), Saddle(), CustomLandscape("exp(x*x) + y**4")):
            path = trace(landscape, GradientDescent(lr), (-1.0, 1.5), 2000)
            assert all(np.isfinite(a).all() for a in arrays(path))


def test_overflow_in_one_step_ends_at_the_last_finite_point() -> None:
    path = trace(CustomLandscape("exp(x*x) + y**2"), GradientDescent(0.5), (26.0, 1.0), 10)
    assert path.status == "diverged"
    assert path.points.tolist() == [[26.0, 1.0]]
    assert path.ended_at == 0


def test_at_the_limit_plain_descent_bounces_for_ever() -> None:
    path = trace(VALLEY, GradientDescent(0.2), START, 300)
    assert path.status == "running"
    assert np.abs(path.points[:, 1]) == pytest.approx(np.full(301, 1.5))
    assert path.losses[-1] == pytest.approx(11.25, abs=0.01)


def test_an_undefined_gradient_stops_the_run() -> None:
    cone = CustomLandscape("sqrt(x**2 + y**2)")
    path = trace(cone, GradientDescent(0.5), (1.0, 0.0), 10)
    assert path.points[:, 0].tolist() == [1.0, 0.5, 0.0]
    assert (path.status, path.ended_at) == ("stopped", 2)
    assert path.gradients[2].tolist() == [0.0, 0.0]


def test_an_undefined_loss_stops_the_run_before_it() -> None:
    path = trace(CustomLandscape("log(x) + y**2"), GradientDescent(1.0), (1.5, 0.5), 10)
    assert path.status == "stopped"
    assert path.ended_at == path.n == 1
    assert all(np.isfinite(a).all() for a in arrays(path))


def test_a_start_without_a_loss_is_an_error() -> None:
    with pytest.raises(ValueError, match="start elsewhere"):
        trace(CustomLandscape("log(x) + y"), GradientDescent(1.0), (-1.0, 0.0), 10)


def test_runs_repeat_exactly() -> None:
    runs = [trace.__wrapped__(VALLEY, EmaMomentum(0.18, 0.9), START, 50) for _ in range(2)]
    assert runs[0].points.tobytes() == runs[1].points.tobytes()


def test_noise_is_numpys_and_shared() -> None:
    noise = Noise(sigma=0.5, seed=11)
    kicks = np.random.default_rng(11).normal(0.0, 0.5, size=(21, 2))
    for optimizer in (GradientDescent(0.05), HeavyBall(0.01, 0.9)):
        path = trace(VALLEY, optimizer, START, 20, noise)
        seen = path.gradients - VALLEY.gradient(path.points)
        assert seen == pytest.approx(kicks, abs=1e-12)
    assert trace(VALLEY, GradientDescent(0.05), START, 7, noise).points == pytest.approx(
        trace(VALLEY, GradientDescent(0.05), START, 20, noise).points[:8], abs=0.0
    )


def test_losses_under_noise_are_the_true_ones() -> None:
    path = trace(VALLEY, GradientDescent(0.05), START, 20, Noise(0.5))
    assert np.array_equal(path.losses, VALLEY.value(path.points))


@pytest.mark.parametrize(
    ("losses", "first", "stays"),
    [
        ([5.0, 0.5, 2.0, 0.5], 1, 3),
        ([5.0, 4.0], None, None),
        ([0.5, 0.5], 0, 0),
        ([5.0, 0.5, 2.0], 1, None),
        ([1.0, 1.0], None, None),
        ([5.0, 1.0, 0.9999], 2, 2),
        ([float("inf"), 0.0], 1, 1),
    ],
)
def test_first_and_stays_are_two_things(
    losses: list[float], first: int | None, stays: int | None
) -> None:
    assert first_below(np.array(losses), 1.0) == first
    assert stays_below(np.array(losses), 1.0) == stays


def test_a_lead_for_good_against_a_loop() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        a, b = rng.integers(0, 3, size=(2, 12)).astype(float)
        final = [k for k in range(12) if all(b[j] < a[j] for j in range(k, 12))]
        assert stays_below(b, a) == (final[0] if final else None)


def test_the_lowest_loss_is_so_to_rounding() -> None:
    assert is_minimal(0.0, 0.0)
    assert is_minimal(-78.33233140754282, -78.33233140754284)
    assert not is_minimal(1e-12, 0.0)
    assert not is_minimal(-78.3323314075, -78.33233140754284)


def test_excess_counts_from_the_minimum() -> None:
    assert excess(np.array([-3.0, -4.0, -4.0 - 1e-15]), -4.0).tolist() == [1.0, 0.0, 0.0]
    assert excess(np.array([-3.0, 2.0]), None).tolist() == [-3.0, 2.0]
    assert not excess(np.array([1.0]), 0.0).flags.writeable
