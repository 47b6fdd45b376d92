"""Where runs come to rest."""

from typing import Any

import numpy as np
import pytest

from momentum_math import LANDSCAPES, CustomLandscape, Outcome, read_experiment, run
from momentum_math.landscapes.classics import Himmelblau
from momentum_math.landscapes.quadratics import Saddle
from momentum_math.resting import minima_met, nearest_minimum, rest_of
from momentum_math.types import Point


def met(made: Outcome) -> tuple[Point, ...]:
    return minima_met(made, [rest_of(made, one) for one in made.runs])


def outcome(
    landscape: dict[str, Any], start: list[float], *lrs: float, steps: int = 400
) -> Outcome:
    contenders = [{"optimizer": "gd", "lr": lr} for lr in lrs]
    values = {"start": start, "steps": steps, "landscape": landscape, "contenders": contenders}
    return run(read_experiment(values, "some.toml"))


@pytest.mark.parametrize("name", [n for n in LANDSCAPES if n not in ("formula", "saddle")])
def test_known_minima_are_found_from_beside_them(name: str) -> None:
    landscape = LANDSCAPES[name]()
    for x, y in landscape.minima:
        assert nearest_minimum(landscape, (x + 0.01, y - 0.01), 0.5) == (x, y)


def test_a_saddle_has_no_minimum() -> None:
    assert nearest_minimum(Saddle(), (0.1, 0.1), 9.0) is None


def test_what_is_too_far_is_not_found() -> None:
    assert nearest_minimum(Himmelblau(), (3.4, 2.2), 0.01) is None


def test_runs_rest_in_different_minima() -> None:
    contenders = [
        {"optimizer": "gd", "lr": 0.01},
        {"optimizer": "heavy-ball", "lr": 0.01, "beta": 0.9},
    ]
    values = {"start": [0, 0], "landscape": {"name": "himmelblau"}, "contenders": contenders}
    made = run(read_experiment(values, "some.toml"))
    places = [rest_of(made, one) for one in made.runs]
    assert [rest.point for rest in places if rest] == [
        (3.0, 2.0),
        (3.584428340330492, -1.848126526964404),
    ]
    assert met(made) == Himmelblau.minima


def test_a_dent_is_found_though_it_is_not_listed() -> None:
    made = outcome({"name": "rastrigin"}, [2.2, -0.9], 0.001)
    (run_,) = made.runs
    rest = rest_of(made, run_)
    assert rest is not None
    place = rest.point
    assert place == pytest.approx((1.9899, -0.99496), abs=1e-4)
    assert met(made) == ((0.0, 0.0), place)
    assert np.abs(made.experiment.landscape.gradient(place)).max() < 1e-9


def test_a_formulas_minimum_is_found() -> None:
    made = outcome({"formula": "(x - 2)**2 + 3*(y + 1)**2"}, [0.0, 0.0], 0.1)
    assert met(made) == (pytest.approx((2.0, -1.0)),)


def test_who_is_on_the_way_or_lost_rests_nowhere() -> None:
    made = outcome({"name": "quadratic"}, [-4.0, 1.5], 0.18, 0.25, steps=20)
    assert [rest_of(made, one) for one in made.runs] == [None, None]
    assert met(made) == ((0.0, 0.0),)


def test_a_corner_is_no_minimum_for_newton() -> None:
    assert nearest_minimum(CustomLandscape("abs(x) + y**2"), (0.1, 0.1), 1.0) is None
