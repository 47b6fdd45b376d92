"""Planes that cut a surface: seen where no surface is in front, and lines on the map in the end."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.kit.basin.cuts import Cuts, cuts_box
from scenes.kit.surface.planes import TOP, Plane
from scenes.look import FRAMES, THEMES, Look
from tests.scenes.kit.surface.test_surface import TIMES, surface_of

LOOK = Look(THEMES["paper"], FRAMES["16:9"])
NAMES = ["quadratic", "himmelblau", "rosenbrock"]


def planes_of(name: str):
    surface, valley, story = surface_of(name, LOOK)
    surface.show_at(TIMES[0])
    cuts, page = Cuts(story, LOOK, cuts_box(LOOK)), LOOK.theme.background
    pairs = zip(cuts.ends(valley.chart), cuts.colors, strict=True)
    planes = [Plane(surface, ends, color, page) for ends, color in pairs]
    return surface, planes, cuts.ends(valley.chart), cuts.lines(valley.chart)


def surrounds(outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether points, (n, 2), are inside of a closed polyline, (m, 2): by counted crossings."""
    (ax, ay), (bx, by) = outline[:-1].T[..., None], outline[1:].T[..., None]
    x, y = points.T
    with np.errstate(divide="ignore", invalid="ignore"):
        at = ax + (y - ay) * (bx - ax) / (by - ay)
    return (((ay > y) != (by > y)) & (x < at)).sum(axis=0) % 2 == 1


def is_hidden(surface, points: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Whether the way to the eye from over the map, (n, 2), at heights, (n,), meets the surface."""
    view, mesh = surface.seen.view, surface.sheet.mesh
    (left, bottom), (right, top) = mesh[0, 0], mesh[-1, -1]
    towards = -np.array([np.sin(view.turn), np.cos(view.turn)])
    rise = np.sin(view.rise) / (view.tall * np.cos(view.rise))
    hidden = np.zeros(len(points), dtype=bool)
    for step in np.linspace(0.02, 12.0, 600):
        x, y = (at := points + step * towards).T
        inside = (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
        hidden |= inside & (surface.ground.height(at) > heights + step * rise + 0.005)
    return hidden


@pytest.mark.parametrize("name", NAMES)
def test_a_plane_is_seen_where_no_surface_is_in_front_of_it(name):
    surface, planes, ends, _ = planes_of(name)
    rng, seen = np.random.default_rng(7), []
    for plane, (first, last) in zip(planes, ends, strict=True):
        plane.come_down(1.0)
        points = np.array(first) + rng.random((400, 1)) * (np.array(last) - first)
        heights = surface.ground.height(points) + 0.02 + 0.4 * rng.random(400)
        room = np.clip(surface.heights_within(points), None, TOP)
        points, heights = points[heights < room - 0.02], heights[heights < room - 0.02]
        outline = plane[0].points[::4, :2]
        closed = np.concatenate([outline, outline[:1]])
        found = surrounds(closed, surface.seen.place(points, heights))
        wanted = ~is_hidden(surface, points, heights)
        assert len(points) > 100 and (found == wanted).mean() > 0.97
        seen += wanted.tolist()
    assert any(seen)


@pytest.mark.parametrize("name", NAMES)
def test_a_plane_comes_from_nothing_and_ends_as_its_dashed_line(name):
    surface, planes, _, lines = planes_of(name)
    for plane, line in zip(planes, lines, strict=True):
        assert not plane.family_members_with_points()
        plane.come_down(1.0)
        assert plane[0].get_fill_opacity() > 0.1
        surface.show_at(sum(TIMES))
        plane.follow()
        assert not len(plane[0].points)
        (cut,) = plane[1]
        assert cut.points == pytest.approx(line.points, abs=1e-6)
        assert cut.get_stroke_width() == line.get_stroke_width()
        assert cut.stroke_rgbas == pytest.approx(line.stroke_rgbas)
        surface.show_at(TIMES[0])
