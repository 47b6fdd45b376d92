"""What springs do in the plane of pull and beta, against the eigenvalues of step matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from momentum_math import OPTIMIZERS, load_experiment, read_experiment, run
from momentum_math.optimizers import Optimizer
from momentum_math.optimizers.adaptive import Adam
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov
from momentum_math.optimizers.own import CustomRule
from momentum_math.optimizers.springs import SpringFamily, springs_of
from momentum_math.story import Story
from momentum_math.story.springs import TwoSprings, tenfold_rate, tenfold_steps, two_springs
from tests import ROOT, examples, oracles
from tests.examples import needed, optimizer_named

METHODS = pytest.mark.parametrize("name", examples.LINEAR)
PULLS = np.exp(np.linspace(-6.0, 3.0, 37))
BETAS = (0.0, 0.2, 0.5, 0.9, 0.99)


def springs(name: str) -> SpringFamily:
    beta = {"beta": 0.3} if "beta" in needed(OPTIMIZERS[name]) else {}
    found = springs_of(optimizer_named(name, 0.07, **beta))
    assert found is not None
    return found


def roots(name: str, pull: float, beta: float) -> np.ndarray:
    """The characteristic roots: eigenvalues of the matrix written out from the update rules."""
    return np.linalg.eigvals(oracles.step_matrix(name, pull, 1.0, beta))


@METHODS
def test_spectral_radius(name: str) -> None:
    family = springs(name)
    for beta in BETAS:
        wanted = [oracles.spectral_radius(name, pull, 1.0, beta) for pull in PULLS]
        np.testing.assert_allclose(
            family.spectral_radius(PULLS, beta), wanted, rtol=1e-7, atol=1e-7
        )


@METHODS
def test_springs_swing_where_the_roots_are_complex(name: str) -> None:
    family, seen = springs(name), set()
    for beta in BETAS:
        low, high = map(float, family.swinging_pulls(beta))
        for pull in PULLS:
            if min(abs(pull - low), abs(pull - high)) < 1e-6:
                continue
            swings = bool(np.abs(roots(name, pull, beta).imag).max() > 1e-9)
            assert swings == (low < pull < high), (beta, pull)
            seen.add(swings)
    assert seen == ({False} if name == "gd" else {True, False})


@METHODS
def test_critical_damping_is_where_swinging_begins(name: str) -> None:
    family = springs(name)
    for pull in PULLS:
        beta = float(family.critical_beta(pull))
        if math.isnan(beta):
            swings = [np.abs(roots(name, pull, b).imag).max() > 1e-6 for b in BETAS]
            assert not any(swings), pull
        elif 1e-4 < beta < 1 - 1e-4:
            nudge = 1e-4 * min(beta, 1 - beta)
            before, after = (roots(name, pull, b) for b in (beta - nudge, beta + nudge))
            assert np.abs(before.imag).max() == 0.0
            assert np.abs(after.imag).max() > 0.0


def test_published_critical_betas() -> None:
    """The closed forms as papers give them, and the number for the default film."""
    root = np.sqrt(PULLS)
    inside = root < 2
    ema, ball = springs("ema-momentum"), springs("heavy-ball")
    np.testing.assert_allclose(
        ema.critical_beta(PULLS), ((1 - PULLS) / (1 + PULLS)) ** 2, atol=1e-12
    )
    found = ball.critical_beta(PULLS)
    np.testing.assert_allclose(found[inside], (1 - root[inside]) ** 2, atol=1e-12)
    assert np.isnan(found[~inside]).all()
    nesterov, small = springs("nesterov").critical_beta(PULLS), PULLS < 1 - 1e-9
    np.testing.assert_allclose(nesterov[small], ((1 - root) / (1 + root))[small], atol=1e-12)
    assert float(ema.critical_beta(0.18 * 0.1)) == pytest.approx(0.930524, abs=5e-7)


@METHODS
@pytest.mark.parametrize("radius", [0.3, 0.8, 0.95, 1.0])
def test_pulls_within_a_radius(name: str, radius: float) -> None:
    family = springs(name)
    for beta in BETAS:
        low, high = map(float, family.pulls_within(beta, radius))
        for pull in PULLS:
            own = oracles.spectral_radius(name, pull, 1.0, beta)
            if abs(own - radius) > 1e-6:
                assert (own < radius) == (low < pull < high), (beta, pull)


@METHODS
def test_springs_diverge_from_the_published_limit_on(name: str) -> None:
    for beta in BETAS[:1] if name == "gd" else BETAS:
        _, border = springs(name).pulls_within(beta, 1.0)
        assert float(border) == pytest.approx(oracles.lr_limit(name, 1.0, beta))


@METHODS
def test_distances_are_those_of_matrix_powers(name: str) -> None:
    steps = np.arange(60.0)
    for beta in (*BETAS, float(springs("heavy-ball").critical_beta(0.5))):
        for pull in (0.018, 0.5, 1.0, 1.3):
            matrix = oracles.step_matrix(name, pull, 1.0, beta)
            powers = (np.linalg.matrix_power(matrix, int(k)) for k in steps)
            wanted = [(power @ [1.0, 0.0])[0] for power in powers]
            numbers = {"beta": beta} if name != "gd" else {}
            form = optimizer_named(name, 1.0, **numbers).recurrence(pull)
            assert form is not None
            np.testing.assert_allclose(form.distances(steps), wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("other", "pull"),
    [
        (EmaMomentum(0.18, 0.9), 0.018),
        (HeavyBall(0.018, 0.9), 0.018),
        (GradientDescent(0.18), 0.018),
        (CustomRule(0.018, ("w = 0.9*w + g", "theta = theta - lr*w")), 0.018),
        (CustomRule(0.018, ("w = g - 0.9*w", "theta = theta - lr*w")), None),
        (Nesterov(0.18, 0.9), None),
        (Adam(0.18), None),
    ],
)
def test_other_methods_have_a_place_where_their_springs_are_the_same(
    other: Optimizer, pull: float | None
) -> None:
    found = springs("ema-momentum").pull_of(other, 0.1)
    assert found == (None if pull is None else pytest.approx(pull))


def test_adaptive_methods_are_no_springs() -> None:
    assert springs_of(Adam(0.1)) is None
    assert springs_of(EmaMomentum(0.1, 0.9, bias_correction=True)) is None


# --- the two springs of an experiment -----------------------------------------------------------


def springs_in(stem: str) -> TwoSprings | None:
    return two_springs(Story(run(load_experiment(ROOT / "experiments" / f"{stem}.toml"))))


@pytest.mark.parametrize(
    ("stem", "method", "lr"),
    [
        ("momentum", "ema-momentum", 0.18),
        ("forms", "ema-momentum", 0.18),
        ("too-large-step", "ema-momentum", 0.22),
        ("tuned", "heavy-ball", 0.330578512396694),
    ],
)
def test_no_beta_beats_the_best(stem: str, method: str, lr: float) -> None:
    pair = springs_in(stem)
    assert pair is not None

    def slower(beta: float) -> float:
        return max(oracles.spectral_radius(method, c, lr, beta) for c in (0.1, 10.0))

    tried = np.linspace(0.0, 0.9999, 20_000)
    best = tried[np.argmin([slower(beta) for beta in tried])]
    assert pair.best_beta == pytest.approx(best, abs=1e-3)
    assert slower(pair.best_beta) <= slower(best) + 1e-5
    assert pair.rates(pair.best_beta) == pytest.approx((slower(pair.best_beta),) * 2, rel=1e-5)


def test_contenders_stand_where_their_springs_are() -> None:
    pair = springs_in("tuned")
    assert pair is not None
    assert [(place.index, round(place.beta, 2)) for place in pair.places] == [
        (0, 0.0),
        (1, 0.67),
        (2, 0.75),
    ]
    assert pair.places[2].pulls == pytest.approx((0.75 * 0.25 * 0.1, 0.75 * 0.25 * 10))


@pytest.mark.parametrize("stem", ["noisy", "himmelblau", "rosenbrock", "saddle"])
def test_films_without_two_springs(stem: str) -> None:
    assert springs_in(stem) is None


@pytest.mark.parametrize(
    "change",
    [
        {"start": [-4.0, 0.0]},
        {"landscape": {"name": "quadratic", "curvatures": [1.0, 2.0]}},
        {"contenders": [{"optimizer": "gd", "lr": 0.1}]},
        {"contenders": [{"optimizer": "adam", "lr": 0.1}]},
        {"contenders": [{"optimizer": "heavy-ball", "lr": 0.5, "beta": 0.9}]},  # always diverges
        {"contenders": [{"optimizer": "nesterov", "lr": 0.19, "beta": 0.1}]},  # across never swings
    ],
)
def test_experiments_without_two_springs(change: dict[str, object]) -> None:
    values = {
        "start": [-4.0, 1.5],
        "landscape": {"name": "quadratic", "curvatures": [0.1, 10.0]},
        "contenders": [{"optimizer": "heavy-ball", "lr": 0.1, "beta": 0.9}],
    }
    made = [Story(run(read_experiment(values | more, "one.toml"))) for more in ({}, change)]
    assert two_springs(made[0]) is not None
    assert two_springs(made[1]) is None


def test_tenfold_steps_and_rate_are_inverse() -> None:
    assert 0.982 ** tenfold_steps(0.982) == pytest.approx(0.1)
    assert tenfold_rate(tenfold_steps(0.982)) == pytest.approx(0.982)
    assert tenfold_steps(1.0) == math.inf
