"""A measured landscape: the surface through its points, what is refused, and what is said."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from momentum_math import ExperimentError, Outcome, load_experiment, read_experiment, run
from momentum_math.data.grid import Grid, Surface
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.story import Story
from scenes.storyboard import tell
from tests import oracles

RNG = np.random.default_rng(11)
X, Y = (np.sort(RNG.uniform(-3.0, 3.0, count)) for count in (23, 17))
"""Uneven, so that widths of cells matter."""
EVEN = np.linspace(-3.0, 3.0, 41)
WAVES = 0.3 + 0.2 * EVEN**2 + EVEN[:, None] ** 2 + 0.3 * np.sin(2 * EVEN) * np.cos(EVEN[:, None])


def inside(count: int, x: np.ndarray = X, y: np.ndarray = Y) -> np.ndarray:
    return np.random.default_rng(5).uniform((x[0], y[0]), (x[-1], y[-1]), (count, 2))


# --- the surface -------------------------------------------------------------------------------


def test_a_quadratic_is_interpolated_exactly_with_its_slopes() -> None:
    a, b, c, d, e, f = RNG.normal(size=6)
    x, y = X[None, :], Y[:, None]
    surface = Surface(Grid.of(X, Y, a + b * x + c * y + d * x**2 + e * x * y + f * y**2))
    u, w = inside(400).T
    exact = {
        (0, 0): a + b * u + c * w + d * u**2 + e * u * w + f * w**2,
        (1, 0): b + 2 * d * u + e * w,
        (0, 1): c + e * u + 2 * f * w,
        (2, 0): np.full(400, 2 * d),
        (1, 1): np.full(400, e),
        (0, 2): np.full(400, 2 * f),
    }
    for order, expected in exact.items():
        tolerance = 1e-9 if sum(order) < 2 else 1e-6
        assert surface.at(inside(400), order)[0] == pytest.approx(expected, abs=tolerance), order


def test_it_goes_through_every_point_and_its_gradient_has_no_jump() -> None:
    losses = RNG.normal(size=(len(Y), len(X)))
    one = MeasuredLandscape(Grid.of(X, Y, losses))
    nodes = np.stack(np.meshgrid(X, Y), axis=-1)
    assert one.value(nodes) == pytest.approx(losses, abs=1e-12)
    seam = np.column_stack([np.repeat(X[5], 50), np.linspace(Y[0], Y[-1], 50)])
    for way in ((1e-9, 0.0), (0.0, 1e-9)):
        before, after = one.gradient(seam[1:-1] - way), one.gradient(seam[1:-1] + way)
        assert np.abs(after - before).max() < 1e-4 * np.abs(before).max()


def test_slopes_are_the_derivatives_of_the_value() -> None:
    one = MeasuredLandscape(Grid.of(EVEN, EVEN, WAVES))
    points = inside(200, EVEN[1:-1], EVEN[1:-1])
    assert one.gradient(points) == pytest.approx(
        oracles.central_gradient(one.value, points), abs=1e-6
    )
    turned = np.stack(
        [oracles.central_gradient(lambda p, k=k: one.gradient(p)[..., k], points) for k in (0, 1)],
        axis=-1,
    )
    steady = np.abs(turned - one.hessian(points)).max(axis=(1, 2)) < 1e-5
    assert steady.mean() > 0.99  # the Hessian jumps where a difference reaches over a seam


def test_a_fine_grid_is_close_to_what_was_measured_and_outside_there_is_nothing() -> None:
    one = MeasuredLandscape(Grid.of(EVEN, EVEN, WAVES))
    u, w = inside(300, EVEN, EVEN).T
    exact = 0.3 + 0.2 * u**2 + w**2 + 0.3 * np.sin(2 * u) * np.cos(w)
    assert one.value(np.column_stack([u, w])) == pytest.approx(exact, abs=2e-3)
    for point in ((3.1, 0.0), (0.0, -3.0001)):
        assert np.isnan(one.value(point))
        assert np.isnan(one.gradient(point)).all()
    corner = one.value((3.0, -3.0))
    assert corner == WAVES[0, -1]


def test_the_lowest_point_is_that_of_the_surface_unless_it_is_at_the_edge() -> None:
    bowl = (EVEN - 0.123) ** 2 + 2.0 * (EVEN[:, None] + 0.456) ** 2 + 5.0
    (low,) = MeasuredLandscape(Grid.of(EVEN, EVEN, bowl)).minima
    assert low == pytest.approx((0.123, -0.456), abs=1e-6)
    slope = EVEN + EVEN[:, None]
    assert MeasuredLandscape(Grid.of(EVEN, EVEN, slope)).minima == ()
    assert MeasuredLandscape(Grid.of(EVEN, EVEN, slope)).minimum == -6.0
    assert MeasuredLandscape(Grid.of(EVEN, EVEN, bowl)).minimum == 0.0


# --- a film on it ------------------------------------------------------------------------------

TEXT = """
steps = 60
start = [-2.5, 2.0]
[landscape]
grid = "loss.npz"
variance = 0.873
[[contenders]]
optimizer = "gd"
lr = 0.1
[[contenders]]
optimizer = "heavy-ball"
lr = {lr}
beta = 0.9
"""


def made(folder: Path, lr: float = 0.05, **arrays: Any) -> Outcome:
    np.savez(folder / "loss.npz", **({"x": EVEN, "y": EVEN, "loss": WAVES} | arrays))
    (folder / "plane.toml").write_text(TEXT.format(lr=lr))
    return run(load_experiment(folder / "plane.toml"))


def test_the_film_says_once_that_it_was_measured_and_how_much_the_plane_holds(
    tmp_path: Path,
) -> None:
    outcome = made(tmp_path)
    chapters = tell(Story(outcome)).chapters
    said = " ".join(beat.caption for chapter in chapters for beat in chapter.beats)
    assert said.count("measured on a grid, 41 × 41, and interpolated between") == 1
    assert said.count("This plane holds 87 % of the runs' variance.") == 1
    assert "not the loss along the path" not in said
    assert "curvature" not in said
    assert outcome.experiment.map.window == ((-3.0, 3.0), (-3.0, 3.0))
    assert "rests at the minimum" in said or "local" not in said


def test_a_run_that_leaves_the_grid_stops_there(tmp_path: Path) -> None:
    outcome = made(tmp_path, lr=1.5)
    assert outcome.runs[1].status == "stopped"


def test_it_is_equal_and_travels(tmp_path: Path) -> None:
    experiment = made(tmp_path).experiment
    values = json.loads(json.dumps(experiment.to_dict()))
    del values["name"]
    again = read_experiment(values, "plane.toml")
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert pickle.loads(pickle.dumps(experiment)) == experiment
    assert len(pickle.dumps(experiment)) < 20_000
    other = made(tmp_path, loss=WAVES + 1e-9).experiment
    assert other != experiment


HOSTILE: dict[str, tuple[str, dict[str, Any]]] = {
    "turned": ("it must be 41 × 30", {"x": EVEN[:30], "loss": WAVES[:30]}),
    "falling": ("do not ascend", {"x": EVEN[::-1]}),
    "twice": ("do not ascend", {"x": np.r_[EVEN[:-1], EVEN[-2]]}),
    "few": ("has 3 y", {"y": EVEN[:3], "loss": WAVES[:3]}),
    "many": ("has 202 x", {"x": np.arange(202.0), "loss": np.zeros((41, 202))}),
    "flat": ("has 41 × 1 x", {"x": EVEN[:, None]}),
    "nan": ("losses that are not finite", {"loss": np.where(WAVES > 9, np.nan, WAVES)}),
    "wild": ("not finite or beyond", {"y": EVEN * 1e7}),
    "text": ("type <U1", {"loss": np.full((41, 41), "a")}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_grid_is_refused_in_a_line(case: str, tmp_path: Path) -> None:
    expected, arrays = HOSTILE[case]
    with pytest.raises(ExperimentError) as error:
        made(tmp_path, **arrays)
    (line,) = error.value.messages
    assert line.startswith('plane.toml: landscape: grid = "loss.npz" ')
    assert expected in line


def test_a_start_outside_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    path = tmp_path / "plane.toml"
    path.write_text(path.read_text().replace("[-2.5, 2.0]", "[-2.5, 4.0]"))
    with pytest.raises(ExperimentError, match="outside of the grid"):
        load_experiment(path)
