"""What the map shows when the file does not say: never empty, never silent."""

from typing import Any

import numpy as np
import pytest

from momentum_math import LANDSCAPES, Experiment, load_experiment, read_experiment, run
from tests import ROOT
from tests.examples import NAMED

MOMENTUM = ROOT / "experiments/momentum.toml"


def experiment(landscape: dict[str, Any], start: list[float], **more: Any) -> Experiment:
    values = {
        "start": start,
        "steps": 150,
        "landscape": landscape,
        "contenders": [
            {"optimizer": "gd", "lr": 0.001},
            {"optimizer": "heavy-ball", "lr": 0.001, "beta": 0.9},
            {"optimizer": "gd", "lr": 3.0},
        ],
    }
    return read_experiment({**values, **more}, "some.toml")


def every() -> list[Experiment]:
    named = [experiment({"name": name}, list(LANDSCAPES[name].example_start)) for name in NAMED]
    turned = experiment({"name": "quadratic", "angle_degrees": 30.0}, [3.0, -2.0])
    formula = experiment({"formula": "(x - 100)**2 + 5*(y - 100)**2"}, [90.0, 95.0])
    tiny = experiment({"name": "quadratic"}, [1e-7, 2e-7])
    huge = experiment({"name": "quadratic"}, [-3e5, 9e5])
    still = experiment({"name": "himmelblau"}, [3.0, 2.0])
    return [*named, turned, formula, tiny, huge, still]


def test_all_landscapes_are_framed() -> None:
    assert {some.landscape.name for some in every()} == set(LANDSCAPES)


@pytest.mark.parametrize("some", every(), ids=lambda e: f"{e.landscape.name}-{e.start}")
def test_the_map_is_never_empty(some: Experiment) -> None:
    (left, right), (bottom, top) = some.map.window
    assert left <= some.start[0] <= right
    assert bottom <= some.start[1] <= top
    width, height = right - left, top - bottom
    assert 0.2 < width / height < 5.0
    for x, y in some.landscape.minima:
        assert left <= x <= right
        assert bottom <= y <= top
    levels = some.map.levels
    assert 2 <= len(levels) <= 200
    assert (np.diff(levels) > 0.0).all()
    assert np.isfinite(levels).all()
    assert 1 <= some.map.steps <= some.steps


@pytest.mark.parametrize("some", every(), ids=lambda e: f"{e.landscape.name}-{e.start}")
def test_rings_reach_the_start_and_what_is_shown(some: Experiment) -> None:
    (left, right), (bottom, top) = some.map.window
    for made in run(some).runs:
        x, y = made.trajectory.points[: some.map.steps + 1].T
        inside = (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
        shown = made.trajectory.losses[: some.map.steps + 1][inside]
        assert shown.max() <= some.map.levels[-1] * (1 + 1e-9) + 1e-300


def test_a_given_progression_goes_on_in_its_ratio_up_to_the_start() -> None:
    levels = np.array(load_experiment(MOMENTUM).map.levels)
    given = np.geomspace(0.005, 3.5, 28)
    assert np.array_equal(levels[:28], given)
    ratios = levels[1:] / levels[:-1]
    assert ratios == pytest.approx(np.full(len(ratios), 700.0 ** (1 / 27)), rel=1e-12)
    assert levels[-2] < 12.05 <= levels[-1]


def test_a_slow_progression_is_not_continued_without_end() -> None:
    levels = {"from": 0.0001, "to": 0.00010001, "count": 40}
    some = experiment({"name": "quadratic"}, [-4.0, 1.5], map={"levels": levels})
    assert len(some.map.levels) < 80
    assert some.map.levels[-1] >= 12.05 * (1 - 1e-12)


def test_given_values_stay_and_count_from_the_minimum() -> None:
    some = experiment({"name": "styblinski-tang"}, [0.5, 3.5], map={"levels": [1.0, 4.0]})
    assert some.map.levels == pytest.approx([1.0 - 78.33233140754282, 4.0 - 78.33233140754282])


def test_rings_of_a_saddle_lie_on_both_sides_of_zero() -> None:
    some = experiment({"name": "saddle"}, [-2.0, 0.01])
    assert some.map.levels == pytest.approx([-level for level in some.map.levels[::-1]])
    (left, right), (bottom, top) = some.map.window
    assert (left, bottom) == (-right, -top)
    given = experiment(
        {"name": "saddle"}, [-2.0, 0.01], map={"levels": {"from": -1.0, "to": 2.0, "count": 4}}
    )
    assert given.map.levels == pytest.approx([-1.0, 0.0, 1.0, 2.0])


def test_narrow_valleys_have_all_rings_and_dented_bowls_few() -> None:
    counts = {e.landscape.name: len(e.map.levels) for e in every()[:7]}
    assert len(experiment({"name": "rastrigin"}, [4.3, -3.2]).map.levels) < 12
    assert counts["rosenbrock"] >= 20
    assert counts["beale"] >= 20


def test_windows_have_round_sides() -> None:
    for some in every():
        for low, high in some.map.window:
            for end in (low, high):
                unit = 10.0 ** np.floor(np.log10((high - low) / 2.0) - 1.0)
                assert abs(end / unit - round(end / unit)) < 1e-6, (low, high)


def test_the_map_follows_until_the_runs_are_nearly_there() -> None:
    default = experiment(
        {"name": "quadratic"},
        [-4.0, 1.5],
        steps=300,
        contenders=[
            {"optimizer": "gd", "lr": 0.18},
            {"optimizer": "ema-momentum", "lr": 0.18, "beta": 0.9},
            {"optimizer": "ema-momentum", "lr": 0.18, "beta": 0.99},
        ],
    )
    assert 50 <= default.map.steps <= 60
    short = experiment({"name": "quadratic"}, [-4.0, 1.5], steps=7)
    assert short.map.steps == 7
