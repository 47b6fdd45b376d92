"""Every landscape of the table: derivatives, minima, shapes, values that never change."""

import pickle
from dataclasses import fields

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import differential_evolution, minimize

from momentum_math import LANDSCAPES, CustomLandscape, Landscape
from momentum_math.landscapes.classics import Rastrigin, Rosenbrock
from momentum_math.landscapes.quadratics import Quadratic, Saddle
from momentum_math.parameters import parameters_of
from tests import oracles
from tests.examples import landscape_named

EXAMPLES: list[Landscape] = [
    *map(landscape_named, LANDSCAPES),
    Quadratic((3.0, 0.02), angle_degrees=37.0),
    Rosenbrock(a=-0.5, b=7.0),
    Rastrigin(amplitude=2.5),
    Saddle((-2.0, 0.5), angle_degrees=-70.0),
    CustomLandscape("sin(x)*exp(-y/3) + sqrt(1 + x**2)*log(2 + y**2) + 0.5*abs(x - 20)"),
    CustomLandscape("2**x/(1 + cosh(y)) - atan(x*y) + tanh(x)**3", "unbounded"),
]


def name_of(landscape: Landscape) -> str:
    return repr(landscape)


every = pytest.mark.parametrize("landscape", EXAMPLES, ids=name_of)


def has_kinks(landscape: Landscape) -> bool:
    """Whether it is no analytic function, of which a complex step tells the slope."""
    return any(name in landscape.expression for name in ("abs(", "max("))


def random_points(landscape: Landscape, count: int) -> np.ndarray:
    low, high = np.array(landscape.window).T
    return np.random.default_rng(7).uniform(low, high, size=(count, 2))


def test_the_table_is_by_name_and_every_field_is_declared() -> None:
    for name, cls in LANDSCAPES.items():
        assert cls.name == name
        told = {field.name for field in fields(cls) if field.name != "lowest"}
        assert told == set(parameters_of(cls))


MINIMA = {
    "quadratic": [0.0],
    "rosenbrock": [0.0],
    "beale": [0.0],
    "himmelblau": [0.0] * 4,
    "styblinski-tang": [-78.332331, -64.195612, -64.195612, -50.058893],
    "rastrigin": [0.0],
    "saddle": [],
    "formula": [],
    "booth": [0.0],
    "matyas": [0.0],
    "ackley": [0.0],
    "griewank": [0.0],
    "easom": [-1.0],
    "three-hump-camel": [0.0, 0.298638, 0.298638],
    "six-hump-camel": [-1.031628, -1.031628, -0.215464, -0.215464, 2.104250, 2.104250],
    "goldstein-price": [3.0, 30.0, 84.0, 840.0],
    "branin": [0.397887] * 3,
    "mccormick": [-1.913223, 1.228370],
    "monkey-saddle": [],
    "cliff": [0.0],
    "plateau": [0.0],
    "abs-valley": [0.0],
    "huber-valley": [0.0],
}
"""The losses at the minima of every landscape, by the literature."""


def test_there_are_as_many_minima_as_the_literature_has_and_as_low() -> None:
    for name in LANDSCAPES:
        landscape = landscape_named(name)
        found = [float(landscape.value(point)) for point in landscape.minima]
        assert sorted(found) == pytest.approx(MINIMA[name], abs=1e-6)


@every
def test_an_example_start_is_in_the_window_and_not_at_rest(landscape: Landscape) -> None:
    at = landscape.example_start
    assert all(low <= x <= high for x, (low, high) in zip(at, landscape.window, strict=True))
    assert np.abs(landscape.gradient(at)).max() > 1e-3


@every
def test_gradient_is_the_derivative_of_the_value(landscape: Landscape) -> None:
    points = random_points(landscape, 200)
    if has_kinks(landscape):
        expected, tolerance = oracles.central_gradient(landscape.value, points), 1e-8
    else:
        expected, tolerance = oracles.complex_step_gradient(landscape.value, points), 1e-13
    scale = np.abs(expected).max()
    assert np.abs(landscape.gradient(points) - expected).max() <= tolerance * scale


@every
def test_hessian_is_the_derivative_of_the_gradient(landscape: Landscape) -> None:
    points = random_points(landscape, 200)
    rows = []
    for axis in range(2):

        def component(p: np.ndarray, axis: int = axis) -> np.ndarray:
            return landscape.gradient(p)[..., axis]

        if has_kinks(landscape):
            rows.append(oracles.central_gradient(component, points))
        else:
            rows.append(oracles.complex_step_gradient(component, points))
    expected = np.stack(rows, axis=-2)
    tolerance = 1e-7 if has_kinks(landscape) else 1e-12
    scale = np.abs(expected).max()
    assert np.abs(landscape.hessian(points) - expected).max() <= tolerance * scale


@every
def test_shapes_follow_the_points(landscape: Landscape) -> None:
    for shape in ((), (3,), (2, 4), (0,)):
        points = np.full((*shape, 2), 0.7)
        assert np.shape(landscape.value(points)) == shape
        assert landscape.gradient(points).shape == (*shape, 2)
        assert landscape.hessian(points).shape == (*shape, 2, 2)


@every
def test_many_points_at_once_are_the_same_as_one_by_one(landscape: Landscape) -> None:
    points = random_points(landscape, 20)
    for i, point in enumerate(points):
        assert landscape.value(point) == pytest.approx(landscape.value(points)[i], rel=1e-14)
        assert landscape.gradient(point) == pytest.approx(landscape.gradient(points)[i], rel=1e-13)


@every
def test_calls_are_pure(landscape: Landscape) -> None:
    points = random_points(landscape, 5)
    before = points.copy()
    once = landscape.value(points), landscape.gradient(points), landscape.hessian(points)
    again = landscape.value(points), landscape.gradient(points), landscape.hessian(points)
    assert np.array_equal(points, before)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


@every
def test_values_compare_hash_and_pickle(landscape: Landscape) -> None:
    copy = pickle.loads(pickle.dumps(landscape))
    assert copy == landscape
    assert hash(copy) == hash(landscape)
    with pytest.raises(AttributeError):
        landscape.name = "other"  # type: ignore[misc]


POINTED = ("ackley", "abs-valley")
"""Landscapes with a minimum where the slope jumps."""


@every
def test_known_minima_are_minima(landscape: Landscape) -> None:
    for minimum in landscape.minima:
        at = np.array(minimum)
        turns = np.linspace(0.0, 2.0 * np.pi, 61)
        around = at + 1e-4 * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
        assert (landscape.value(around) > landscape.value(at)).all()
        if landscape.name not in POINTED:
            curvatures = np.linalg.eigvalsh(landscape.hessian(at))
            assert curvatures.min() > 0.0
            step = np.linalg.solve(landscape.hessian(at), landscape.gradient(at))
            assert np.abs(step).max() < 1e-14
    if landscape.minima:
        values = landscape.value(np.array(landscape.minima))
        assert values[0] <= values.min() + 1e-15
    if landscape.minima and landscape.minimum is not None:
        assert values[0] == pytest.approx(landscape.minimum, rel=1e-15, abs=1e-27)


NAMED = [landscape_named(name) for name in LANDSCAPES if name != "formula"]


@pytest.mark.parametrize("landscape", [one for one in NAMED if one.minima], ids=name_of)
def test_a_global_search_finds_nothing_lower(landscape: Landscape) -> None:
    window = ((-2.0, 4.0), (-3.0, 4.0)) if landscape.minimum is None else landscape.window
    found = differential_evolution(
        lambda points: landscape.value(points.T),
        window,
        popsize=40,
        tol=1e-12,
        vectorized=True,
        updating="deferred",
        rng=4,
    )
    lowest = float(landscape.value(landscape.minima[0]))
    assert found.fun == pytest.approx(lowest, rel=1e-9, abs=1e-9)
    away = np.hypot(*(np.array(landscape.minima) - found.x).T).min()
    assert away < 1e-4


WITH_UNLISTED_MINIMA = ("rastrigin", "ackley", "griewank", "easom")


@pytest.mark.parametrize("landscape", NAMED, ids=name_of)
def test_every_minimum_in_the_window_is_listed_or_the_text_says_so(landscape: Landscape) -> None:
    (left, right), (bottom, top) = landscape.window
    x, y = np.linspace(left, right, 161), np.linspace(bottom, top, 161)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    values = landscape.value(grid)
    around = sliding_window_view(np.pad(values, 1, constant_values=-np.inf), (3, 3))
    seeds = grid[values <= around.min(axis=(2, 3))]
    found: set[tuple[float, float]] = set()
    for seed in seeds if len(seeds) < 40 else ():
        end = minimize(landscape.value, seed, method="Nelder-Mead", options={"xatol": 1e-6}).x
        inside = left < end[0] < right and bottom < end[1] < top
        if inside and all(np.hypot(*np.subtract(end, one)) > 1e-2 for one in found):
            found.add(tuple(end.tolist()))
    missing = [m for m in found if np.hypot(*(landscape.minima - np.array(m)).T).min() > 1e-2]
    if landscape.name in WITH_UNLISTED_MINIMA:
        assert "Only the lowest minimum is listed" in (landscape.__doc__ or "")
        assert len(seeds) > 1
    else:
        assert not missing


@every
def test_nothing_in_the_window_is_below_the_minimum(landscape: Landscape) -> None:
    (left, right), (bottom, top) = landscape.window
    grid = np.stack(
        np.meshgrid(np.linspace(left, right, 301), np.linspace(bottom, top, 301)), axis=-1
    )
    if landscape.minimum is not None:
        assert landscape.value(grid).min() >= landscape.minimum - 1e-12
    for x, y in landscape.minima:
        assert left <= x <= right
        assert bottom <= y <= top


def test_saddles_are_unbounded_below() -> None:
    for saddle in (Saddle(), Saddle((-2.0, 0.5), angle_degrees=-70.0)):
        assert saddle.minimum is None
        _, eigenvectors = np.linalg.eigh(saddle.hessian(np.zeros(2)))
        assert saddle.value(1e6 * eigenvectors[:, 0]) < -1e11


@pytest.mark.parametrize("angle", [0.0, 17.0, 90.0, 135.0, -200.0, 360.0])
def test_turning_a_quadratic_turns_its_values(angle: float) -> None:
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    straight, turned = Quadratic((0.1, 10.0)), Quadratic((0.1, 10.0), angle)
    points = random_points(straight, 50)
    assert turned.value(points @ rotation.T) == pytest.approx(straight.value(points), rel=1e-9)
    assert np.linalg.eigvalsh(turned.hessian(points))[0] == pytest.approx([0.1, 10.0])


def test_quarter_turns_are_exact() -> None:
    points = random_points(Quadratic(), 20)
    swapped = Quadratic((10.0, 0.1)).value(points)
    assert np.array_equal(Quadratic((0.1, 10.0), 90.0).value(points), swapped)
    assert np.array_equal(Quadratic((0.1, 10.0), -270.0).value(points), swapped)


@pytest.mark.parametrize(
    ("landscape", "text"),
    [
        (Quadratic(), r"0.05\,\theta_1^2 + 5\,\theta_2^2"),
        (Quadratic((2.0, 6.0), 45.0), r"2\,\theta_1^2 - 2\,\theta_1 \theta_2 + 2\,\theta_2^2"),
        (Saddle(), r"0.5\,\theta_1^2 - 0.5\,\theta_2^2"),
        (Rosenbrock(), r"(1 - \theta_1)^2 + 100\,(\theta_2 - \theta_1^2)^2"),
        (Rastrigin(3.0), r"6 + \sum_{i=1}^{2} (\theta_i^2 - 3\,\cos(2 \pi \theta_i))"),
    ],
)
def test_tex_has_the_numbers(landscape: Landscape, text: str) -> None:
    assert landscape.tex == text


@every
def test_tex_has_balanced_braces(landscape: Landscape) -> None:
    assert landscape.tex.count("{") == landscape.tex.count("}")
    assert r"\theta_1" in landscape.tex or r"\theta_i" in landscape.tex
