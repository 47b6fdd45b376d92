"""What is hidden, against a z-buffer: the surface's triangles, drawn point by point."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.kit.surface.sight import Sight, visible
from scenes.kit.surface.view import View

NEAR = 0.05  # units from an edge at which a raster this coarse cannot tell
SURFACES = {
    "valley": lambda x, y: y**2 + 0.05 * x**2,
    "bumps": lambda x, y: 0.3 * np.cos(3 * x) * np.cos(3 * y) + 0.1 * y**2,
    "saddle": lambda x, y: 0.5 + 0.4 * (x**2 - y**2) / 4,
    "hill": lambda x, y: 1.2 * np.exp(-2 * (x**2 + y**2)),
}


def mesh(name, count):
    x, y = np.meshgrid(np.linspace(-2, 2, count), np.linspace(-1.5, 1.5, count))
    return np.stack([x, y], axis=-1), SURFACES[name](x, y)


def away(view, points):
    """How far points are behind the picture's plane through the pivot."""
    back = points[..., 0] * np.sin(view.turn) + points[..., 1] * np.cos(view.turn)
    return lambda heights: back * np.cos(view.rise) - heights * view.tall * np.sin(view.rise)


@pytest.mark.parametrize("turn", [-0.6, 0.0, 0.4])
@pytest.mark.parametrize("rise", [0.4, 0.9])
@pytest.mark.parametrize("name", SURFACES)
def test_what_is_hidden_is_what_a_z_buffer_hides(name, rise, turn):
    view = View(turn, rise, 1.0, 1.0, 0.0, 0.0)
    rows, heights = mesh(name, 81)
    sight = Sight(view.place(rows, heights, np.zeros(2)))
    # The z-buffer: a dense cloud of the surface's points, the nearest in each cell.
    cloud, cloud_heights = mesh(name, 601)
    seen = view.place(cloud, cloud_heights, np.zeros(2)).reshape(-1, 2)
    depth = away(view, cloud)(cloud_heights).ravel()
    cell, origin = 0.02, seen.min(axis=0)
    at = ((seen - origin) / cell).astype(int)
    buffer = np.full(at.max(axis=0) + 1, np.inf)
    np.minimum.at(buffer, (at[:, 0], at[:, 1]), depth)

    rng = np.random.default_rng(1)
    points = rng.uniform((-1.95, -1.45), (1.95, 1.45), (2000, 2))
    tall = SURFACES[name](points[:, 0], points[:, 1])
    placed = view.place(points, tall, np.zeros(2))
    own = away(view, points)(tall)
    cells = ((placed - origin) / cell).astype(int)
    hidden = own - buffer[cells[:, 0], cells[:, 1]] > 0.25
    shown = own - buffer[cells[:, 0], cells[:, 1]] < 0.02
    clear = sight.clearance(placed, (points[:, 1] + 1.5) / 3.0 * 80)
    assert not (hidden & (clear > NEAR)).any()
    assert not (shown & (clear < -NEAR)).any()
    assert shown.sum() > 500


def test_lines_are_cut_where_they_go_behind():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    curves = visible(points, np.array([1.0, -1.0, -1.0]), np.array([0, 1]))
    assert curves.reshape(-1, 4, 3)[:, [0, 3], 0].tolist() == [[0.0, 0.5]]


def test_hidden_points_are_raised_to_the_edge_and_no_others():
    view = View(0.3, 0.5, 1.0, 1.0, 0.0, 0.0)
    rows, heights = mesh("hill", 81)
    sight = Sight(view.place(rows, heights, np.zeros(2)))
    rng = np.random.default_rng(2)
    points = rng.uniform((-1.9, -1.4), (1.9, 1.4), (800, 2))
    placed = view.place(points, SURFACES["hill"](points[:, 0], points[:, 1]), np.zeros(2))
    behind = (points[:, 1] + 1.5) / 3.0 * 80
    clear, raised = sight.clearance(placed, behind), sight.raised(placed, behind)
    hidden = clear < 0
    assert 20 < hidden.sum() < 400
    assert np.array_equal(raised[~hidden], placed[~hidden])
    assert (raised[hidden, 1] > placed[hidden, 1]).all()
    assert np.abs(sight.clearance(raised[hidden], behind[hidden])).max() < 1e-9
