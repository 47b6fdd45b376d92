"""A view from above is the map itself; from the side it is what trigonometry says."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.kit.surface.view import View, fitted, from_above
from scenes.look import Box

BOX = Box(-6.0, -2.5, 2.0, 1.75)
PIVOT = np.array(BOX.center)


def test_the_last_view_places_everything_where_the_map_has_it():
    rng = np.random.default_rng(3)
    points = rng.uniform((BOX.left, BOX.bottom), (BOX.right, BOX.top), (500, 2))
    heights = rng.uniform(0.0, 1.0, 500)
    above = from_above(BOX, tall=2.0)
    assert np.abs(above.place(points, heights, PIVOT) - points).max() < 1e-9
    tilted = View(0.6, 0.7, 0.9, 2.0, -1.0, 0.3).towards(above, 1.0)
    assert np.abs(tilted.place(points, heights, PIVOT) - points).max() < 1e-9


@pytest.mark.parametrize("turn", [-0.6, 0.0, 0.4])
def test_a_view_is_a_turn_and_a_tilt(turn):
    """Against rotation matrices: about the vertical, then about the picture's horizontal."""
    rise = 0.65
    about_up = np.array(
        [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    )
    lean = np.pi / 2 - rise
    about_right = np.array(
        [[1, 0, 0], [0, np.cos(lean), np.sin(lean)], [0, -np.sin(lean), np.cos(lean)]]
    )
    point = np.array([1.2, -0.7, 0.4])
    seen = about_right @ about_up @ point
    placed = View(turn, rise, 1.0, 1.0, 0.0, 0.0).place(point[:2], point[2], np.zeros(2))
    assert placed == pytest.approx(seen[:2])


def test_views_are_fitted_to_a_room():
    rng = np.random.default_rng(5)
    corners, room = rng.uniform(-3, 3, (40, 3)), Box(-7.0, -3.0, 1.0, 3.5)
    views = [View(turn, 0.7, 1.0, 1.0, 0.0, 0.0) for turn in (0.6, 0.3)]
    seen = np.concatenate(
        [
            view.place(corners[:, :2], corners[:, 2], np.zeros(2))
            for view in fitted(views, corners, np.zeros(2), room)
        ]
    )
    low, high = seen.min(axis=0), seen.max(axis=0)
    assert (low >= np.array([room.left, room.bottom]) - 1e-9).all()
    assert (high <= np.array([room.right, room.top]) + 1e-9).all()
    spare = np.array([room.width, room.height]) - (high - low)
    assert spare.min() == pytest.approx(0.0, abs=1e-9)
