"""Learning problems: the mean loss of a fit, its slopes, its minimum, and mini-batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from momentum_math import ExperimentError, Outcome, load_experiment, read_experiment, run
from momentum_math.data.samples import Samples
from momentum_math.landscapes.fit import MODELS, FitLandscape
from momentum_math.story import Story, full_gradients
from momentum_math.trajectories import Batches
from scenes.storyboard import tell
from tests import oracles

RNG = np.random.default_rng(2)
X = RNG.uniform(-1.0, 3.0, 40).round(4)
LINE = (1.0 - 0.5 * X + 0.3 * RNG.normal(size=40)).round(4)
CLASSES = (RNG.random(40) < 1.0 / (1.0 + np.exp(1.0 - 1.5 * X))).astype(float)
Y = {"line": LINE, "softplus": np.abs(LINE), "logistic": CLASSES}


def fit_of(model: str, x: np.ndarray = X, y: np.ndarray | None = None) -> FitLandscape:
    seen = Y[model] if y is None else y
    return FitLandscape(Samples(tuple(x.tolist()), tuple(seen.tolist())), model)


def plain_loss(model: str, theta: np.ndarray) -> float:
    """The mean loss as a textbook writes it, one sample after the other."""
    total = 0.0
    for x, y in zip(X.tolist(), Y[model].tolist(), strict=True):
        z = theta[0] + theta[1] * x
        chance = 1.0 / (1.0 + np.exp(-z))
        total += {
            "line": 0.5 * (z - y) ** 2,
            "logistic": -y * np.log(chance) - (1.0 - y) * np.log(1.0 - chance),
            "softplus": 0.5 * (np.log(1.0 + np.exp(z)) - y) ** 2,
        }[model]
    return total / len(X)


@pytest.mark.parametrize("model", MODELS)
def test_the_loss_is_the_textbooks_and_its_slopes_are_derivatives(model: str) -> None:
    fit, points = fit_of(model), RNG.uniform(-4.0, 4.0, (60, 2))
    assert fit.value(points) == pytest.approx([plain_loss(model, p) for p in points], rel=1e-10)
    assert fit.gradient(points) == pytest.approx(
        oracles.central_gradient(fit.value, points), abs=1e-8
    )
    rows = [
        oracles.central_gradient(lambda p, k=k: fit.gradient(p)[..., k], points) for k in (0, 1)
    ]
    assert fit.hessian(points) == pytest.approx(np.stack(rows, axis=-1), abs=1e-8)


@pytest.mark.parametrize("model", MODELS)
def test_the_minimum_is_that_of_another_library(model: str) -> None:
    fit = fit_of(model)
    ends = [
        minimize(lambda p: plain_loss(model, p), start, tol=1e-12)
        for start in ((0.0, 0.0), (1.0, 1.0), (-2.0, 2.0))
    ]
    best = min(ends, key=lambda end: end.fun)
    assert fit.minimum == pytest.approx(best.fun, rel=1e-8)
    assert fit.minima[0] == pytest.approx(best.x, abs=1e-4)
    if model == "line":
        assert fit.minima[0] == pytest.approx(np.polyfit(X, LINE, 1)[::-1], abs=1e-9)


def test_separable_classes_have_no_minimum() -> None:
    fit = fit_of("logistic", np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert (fit.minimum, fit.minima) == (0.0, ())
    assert float(fit.value((-1500.0, 1000.0))) < 1e-200


def test_far_away_nothing_overflows() -> None:
    with np.errstate(all="raise", under="ignore"):
        for model in MODELS:
            for point in ((1e6, -1e6), (-1e6, 1e6)):
                assert np.isfinite(fit_of(model).value(point))
                assert np.isfinite(fit_of(model).gradient(point)).all()


# --- mini-batches ------------------------------------------------------------------------------


def test_batches_are_the_same_for_any_length_and_have_no_sample_twice() -> None:
    drawn = Batches(8, 3).draws(50, 40)
    assert drawn.shape == (50, 8)
    assert (drawn == Batches(8, 3).draws(300, 40)[:50]).all()
    assert all(len(set(row)) == 8 for row in drawn.tolist())
    assert (Batches(8, 4).draws(50, 40) != drawn).any()


@pytest.mark.parametrize("model", MODELS)
def test_the_mean_of_all_batches_is_the_full_gradient(model: str) -> None:
    fit, theta = fit_of(model), np.array([0.3, -0.7])
    order = np.random.default_rng(1).permutation(40).reshape(5, 8)
    mean = np.mean([fit.batch_gradient(theta, batch) for batch in order], axis=0)
    assert mean == pytest.approx(fit.gradient(theta), abs=1e-12)


TEXT = """
start = [-2.0, 2.0]
steps = 60
[landscape]
data = "points.csv"
model = "{model}"
[noise]
batch = {batch}
seed = 3
[[contenders]]
optimizer = "gd"
lr = 0.3
[[contenders]]
optimizer = "heavy-ball"
lr = 0.03
beta = 0.9
"""


def made(folder: Path, model: str = "line", batch: int = 8, **columns: Any) -> Outcome:
    told = {"x": X, "y": Y[model]} | columns
    rows = "\n".join(f"{x},{y}" for x, y in zip(told["x"], told["y"], strict=True))
    (folder / "points.csv").write_text(f"x,y\n{rows}\n")
    (folder / "fit.toml").write_text(TEXT.format(model=model, batch=batch))
    return run(load_experiment(folder / "fit.toml"))


def test_contenders_see_the_same_batches_and_the_film_shows_the_full_gradient(
    tmp_path: Path,
) -> None:
    outcome = made(tmp_path)
    drawn, theta = Batches(8, 3).draws(61, 40), np.array([-2.0, 2.0])
    for k, point in enumerate(outcome.runs[0].trajectory.points):
        assert point == pytest.approx(theta, abs=1e-12)
        misses = theta[0] + theta[1] * X[drawn[k]] - LINE[drawn[k]]
        seen = np.array([misses.mean(), (misses * X[drawn[k]]).mean()])
        for one in outcome.runs[: 2 if k == 0 else 1]:
            assert one.trajectory.gradients[k] == pytest.approx(seen, abs=1e-12)
        theta = theta - 0.3 * seen
    story = Story(outcome)
    assert full_gradients(story.runs[1])[0] == pytest.approx(fit_of("line").gradient([-2.0, 2.0]))
    said = " ".join(beat.caption for chapter in tell(story).chapters for beat in chapter.beats)
    assert "same mini-batches" in said
    assert "the marks those of all samples" in said


def test_the_samples_belong_to_the_experiment(tmp_path: Path) -> None:
    experiment = made(tmp_path).experiment
    values = json.loads(json.dumps(experiment.to_dict()))
    del values["name"]
    assert read_experiment(values, "fit.toml") == experiment


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"x": np.ones(40)}, "has one x for all samples"),
        ({"x": np.zeros(1), "y": np.zeros(1)}, "has 1 samples"),
        ({"x": np.arange(201.0), "y": np.zeros(201)}, "has 201 samples"),
        ({"y": np.full(40, np.nan)}, "not finite"),
        ({"model": "logistic", "y": LINE}, "wants y that are 0 or 1"),
        ({"batch": 40}, "must be less than the 40 samples"),
        ({"batch": 0}, "batch = 0 must be in [1, 199]"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_a_line(
    changes: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ExperimentError) as error:
        made(tmp_path, **changes)
    (line,) = error.value.messages
    assert expected in line


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        ({"batch": 8}, "needs a landscape with data"),
        ({"batch": 8, "sigma": 1.0}, "must have sigma or batch, and only one"),
        ({"seed": 8}, "must have sigma or batch, and only one"),
    ],
)
def test_batches_need_samples_and_no_noise(noise: dict[str, Any], expected: str) -> None:
    values = {
        "start": [1.0, 1.0],
        "landscape": {"name": "quadratic"},
        "noise": noise,
        "contenders": [{"optimizer": "gd", "lr": 0.1}],
    }
    with pytest.raises(ExperimentError, match=expected):
        read_experiment(values, "some.toml")
