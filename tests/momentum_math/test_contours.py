"""Regions and lines against the loss itself, areas in closed form, and contourpy."""

import math
import pickle

import contourpy
import numpy as np
import pytest

from momentum_math import (
    LANDSCAPES,
    CustomLandscape,
    Landscape,
    Window,
    level_lines,
    level_regions,
    load_experiment,
)
from momentum_math.contours import is_too_fine
from momentum_math.landscapes.quadratics import Quadratic
from tests import oracles

PAPER: Window = ((-5.0, 5.0), (-2.2, 2.2))
CASES: list[tuple[Landscape, Window, tuple[float, ...]]] = [
    (Quadratic((0.1, 10.0)), PAPER, (0.005, 0.1, 1.0, 3.5, 15.0)),
    (Quadratic((1.0, 10.0), 30.0), ((-2.0, 2.5), (-1.0, 1.0)), (0.05, 0.5, 2.0, 5.0)),
    (Quadratic((4.0, 1.0), -55.0), ((0.3, 3.0), (0.2, 2.0)), (0.05, 1.0, 4.0, 9.0)),
    (LANDSCAPES["rosenbrock"](), ((-2.0, 2.0), (-1.0, 3.0)), (0.5, 10.0, 200.0)),
    (LANDSCAPES["himmelblau"](), ((-5.5, 5.5), (-5.5, 5.5)), (5.0, 60.0, 200.0)),
    (LANDSCAPES["beale"](), ((-4.5, 4.5), (-4.5, 4.5)), (1.0, 20.0, 2000.0)),
    (LANDSCAPES["styblinski-tang"](), ((-4.5, 4.5), (-4.5, 4.5)), (-60.0, -20.0, 30.0)),
    (LANDSCAPES["rastrigin"](), ((-2.2, 2.2), (-2.2, 2.2)), (6.0, 20.0)),
    (LANDSCAPES["saddle"](), ((-3.0, 3.0), (-3.0, 3.0)), (-2.0, 0.0, 2.0)),
    (CustomLandscape("x**2 + y**4"), ((-2.0, 2.0), (-2.0, 2.0)), (0.5, 3.0)),
]
every = pytest.mark.parametrize(("landscape", "window", "levels"), CASES, ids=repr)


def within(points: np.ndarray, window: Window) -> bool:
    low, high = np.array(window).T
    return bool((points >= low - 1e-12).all() and (points <= high + 1e-12).all())


@every
def test_regions_hold_exactly_the_points_below(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> None:
    low, high = np.array(window).T
    points = np.random.default_rng(6).uniform(low, high, size=(400, 2))
    for level, polygons in zip(levels, level_regions(landscape, window, levels), strict=True):
        slopes = np.linalg.norm(landscape.gradient(points), axis=1)
        distance = np.abs(landscape.value(points) - level) / np.maximum(slopes, 1e-9)
        clear = points[distance > 0.004 * (high - low).max()]
        for point in clear:
            rings = [ring for polygon in polygons for ring in polygon]
            told = sum(oracles.inside(ring, point) for ring in rings) % 2 == 1
            assert told == bool(landscape.value(point) <= level), (level, point)
        assert len(clear) > 100


@every
def test_regions_are_closed_turned_right_and_in_the_window(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> None:
    for polygons in level_regions(landscape, window, levels):
        for outer, *holes in polygons:
            assert oracles.polygon_area(outer) > 0.0
            assert all(oracles.polygon_area(hole) < 0.0 for hole in holes)
            for ring in (outer, *holes):
                assert np.array_equal(ring[0], ring[-1])
                assert within(ring, window)
                assert ring.shape[1] == 2
                assert not ring.flags.writeable


@every
def test_lines_lie_on_their_level_and_off_the_edge(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> None:
    low, high = np.array(window).T
    for level, lines in zip(levels, level_lines(landscape, window, levels), strict=True):
        for line in lines:
            assert within(line, window)
            assert not line.flags.writeable
            slopes = np.linalg.norm(landscape.gradient(line), axis=1).mean()
            off = np.abs(landscape.value(line) - level).max()
            assert off <= 0.003 * slopes * (high - low).max()
            on_edge = ((line == low) | (line == high)).any(axis=1)
            assert not (on_edge[:-1] & on_edge[1:]).any() or len(line) == 2
            if not np.array_equal(line[0], line[-1]):
                distance = np.minimum(np.abs(line[[0, -1]] - low), np.abs(line[[0, -1]] - high))
                assert distance.min(axis=1).max() < 1e-9


@pytest.mark.parametrize("angle", [0.0, 25.0, 90.0])
def test_whole_ellipses_have_the_exact_area(angle: float) -> None:
    landscape, level = Quadratic((0.4, 10.0), angle), 0.8
    ((polygon,),) = level_regions(landscape, ((-5.0, 5.0), (-5.0, 5.0)), (level,))
    exact = math.pi * 2.0 * level / math.sqrt(0.4 * 10.0)
    inscribed = math.sin(2.0 * math.pi / 256) / (2.0 * math.pi / 256)
    assert oracles.polygon_area(polygon[0]) == pytest.approx(exact * inscribed, rel=1e-12)
    ((line,),) = level_lines(landscape, ((-5.0, 5.0), (-5.0, 5.0)), (level,))
    assert line.shape == (257, 2)
    assert landscape.value(line) == pytest.approx(np.full(257, level), rel=1e-12)


@pytest.mark.parametrize(
    ("landscape", "window"),
    [(Quadratic((0.1, 10.0)), PAPER), (Quadratic((1.0, 7.0), 40.0), ((-1.0, 2.0), (-0.5, 1.5)))],
    ids=repr,
)
def test_exact_ellipses_agree_with_contourpy(landscape: Quadratic, window: Window) -> None:
    x, y = (np.linspace(low, high, 1201) for low, high in window)
    z = landscape.value(np.stack(np.meshgrid(x, y), axis=-1))
    traced = contourpy.contour_generator(x, y, z, fill_type="OuterOffset")
    levels = (0.02, 0.3, 1.5, 3.0, 6.0)
    for level, polygons in zip(levels, level_regions(landscape, window, levels), strict=True):
        points, _ = traced.filled(-1.0, level)
        area = sum(oracles.polygon_area(ring) for ring in points)
        assert sum(oracles.polygon_area(polygon[0]) for polygon in polygons) == pytest.approx(
            area, rel=2e-3
        )
    for level, lines in zip(levels, level_lines(landscape, window, levels), strict=True):
        assert len(lines) == len(traced.lines(level))
        ours = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
        theirs = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in traced.lines(level))
        assert ours == pytest.approx(theirs, rel=2e-3)


def test_a_window_inside_the_ellipse_is_filled_without_lines() -> None:
    bowl, window = Quadratic((1.0, 1.0)), ((0.0, 1.0), (0.0, 2.0))
    ((polygon,),) = level_regions(bowl, window, (50.0,))
    assert oracles.polygon_area(polygon[0]) == pytest.approx(2.0)
    assert level_lines(bowl, window, (50.0,)) == ((),)


def test_a_window_outside_the_ellipse_is_empty() -> None:
    bowl, window = Quadratic((1.0, 1.0)), ((3.0, 4.0), (3.0, 4.0))
    assert level_regions(bowl, window, (0.5,)) == ((),)
    assert level_lines(bowl, window, (0.5,)) == ((),)


@pytest.mark.parametrize("landscape", [Quadratic(), LANDSCAPES["rosenbrock"]()], ids=repr)
def test_nothing_is_below_the_minimum(landscape: Landscape) -> None:
    for level in (-1.0, 0.0):
        assert level_regions(landscape, PAPER, (level,)) == ((),)
    assert level_lines(landscape, PAPER, (-1.0,)) == ((),)


def test_where_a_formula_is_undefined_there_is_no_region() -> None:
    half = CustomLandscape("log(x) + y**2 + 10")
    polygons = level_regions(half, ((-1.0, 1.0), (-1.0, 1.0)), (10.0,))[0]
    assert polygons
    assert min(polygon[0][:, 0].min() for polygon in polygons) >= 0.0


def test_the_default_map_is_covered_and_quick_to_draw() -> None:
    experiment = load_experiment("experiments/momentum.toml")
    levels = experiment.map.levels
    lines = level_lines(experiment.landscape, experiment.map.window, levels)
    assert len(lines) == len(levels) == 34
    assert all(lines)
    assert sum(len(line) for level in lines for line in level) < 9000


@every
def test_the_same_call_gives_the_same_lines(
    landscape: Landscape, window: Window, levels: tuple[float, ...]
) -> None:
    once, again = (pickle.dumps(level_lines(landscape, window, levels)) for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    ("formula", "side", "is_fine"),
    [
        ("sin(x)*cos(y)", 10.0, False),
        ("sin(x)*cos(y)", 3e4, True),
        ("sin(x)", 3e4, True),
        ("x**2 + 10*y**2", 1e6, False),
        ("(x + 1)**2 - x**2 - 2*x", 1e-3, True),
    ],
)
def test_what_waves_faster_than_the_grid_is_too_fine(formula, side, is_fine):
    """On 480 cells 20 / 2 pi waves fit, 60000 / 2 pi do not, nor does the noise of last digits."""
    window = ((-side, side), (-side, side))
    assert is_too_fine(CustomLandscape(formula, said=0.0), window) == is_fine
