"""What is redrawn and converted in part is as if all of it had been drawn and converted."""

from __future__ import annotations

from dataclasses import dataclass

import cairo
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from manim import Arc, Circle, Line, LineJointType, Polygon, Square, VMobject

from momentum_film.raster import canvas as canvas_module
from momentum_film.raster import paths, shapes
from momentum_film.raster.canvas import Canvas
from momentum_film.raster.colors import rgb, ycbcr
from momentum_film.raster.rectangles import Rectangle, merged
from momentum_film.raster.shapes import Shapes
from momentum_film.raster.yuv import YuvPicture

WIDTH, HEIGHT = 160, 90
SCALE = cairo.Matrix(10.0, 0, 0, -10.0, WIDTH / 2, HEIGHT / 2)
ROUNDING = 12  # of 255: one or two for each of five mobjects with up to three paints
GROUND = (250, 250, 248, 255)
COLORS = ("#c0392b", "#2d6cdf", "#1e8449", "#202020")
KINDS = (
    lambda: Circle(radius=1.4),
    lambda: Square(side_length=1.7),
    lambda: Line((-3, -1, 0), (2, 1.5, 0)),
    lambda: Arc(radius=2.0, angle=2.5),
    lambda: Polygon((-1, -1, 0), (0, 1.3, 0), (1, -1, 0), (3, 3, 0)),
    lambda: VMobject().set_points_as_corners(
        [(x / 3, 0.8 * (-1) ** x, 0) for x in range(-9, 10)]  # long enough to grow at its end
    ),
)
number = st.floats(-1, 1, allow_nan=False)
index = st.integers(0, 7)


@dataclass
class Stage:
    """Mobjects from the lowest to the highest, and how many of them are still."""

    mobjects: list[VMobject]
    still: int = 0


def move(stage: Stage, which: int, a: float, b: float) -> None:
    stage.mobjects[which % len(stage.mobjects)].shift((3 * a, 2 * b, 0))


def turn(stage: Stage, which: int, a: float, b: float) -> None:
    stage.mobjects[which % len(stage.mobjects)].rotate(3 * a).scale(1.05 + 0.9 * b)


def paint(stage: Stage, which: int, a: float, b: float) -> None:
    mobject = stage.mobjects[which % len(stage.mobjects)]
    mobject.set_fill(COLORS[which % 4], opacity=abs(a)).set_stroke(COLORS[which // 2], 8 * abs(b))


def outline_behind(stage: Stage, which: int, a: float, b: float) -> None:
    mobject = stage.mobjects[which % len(stage.mobjects)]
    mobject.set_stroke(COLORS[which // 2], 12 * abs(a), background=True)


def shade(stage: Stage, which: int, a: float, b: float) -> None:
    stage.mobjects[which % len(stage.mobjects)].set_color([COLORS[0], COLORS[which % 4]])


def vanish(stage: Stage, which: int, a: float, b: float) -> None:
    stage.mobjects[which % len(stage.mobjects)].set_opacity(0)


def grow(stage: Stage, which: int, a: float, b: float) -> None:
    """The last curve ends elsewhere, or one more follows: as trails grow."""
    mobject = stage.mobjects[which % len(stage.mobjects)]
    if len(mobject.points):
        end = mobject.points[-1] + (a, b, 0)
        mobject.add_line_to(end) if which % 2 else mobject.points.__setitem__(-1, end)


def shrink(stage: Stage, which: int, a: float, b: float) -> None:
    mobject = stage.mobjects[which % len(stage.mobjects)]
    mobject.points = mobject.points[: 4 * (len(mobject.points) // 8)]


def add(stage: Stage, which: int, a: float, b: float) -> None:
    new = KINDS[which % len(KINDS)]().shift((4 * a, 2 * b, 0)).set_fill(COLORS[which % 4], 0.5)
    stage.mobjects.insert(which % (len(stage.mobjects) + 1), new)


def remove(stage: Stage, which: int, a: float, b: float) -> None:
    if len(stage.mobjects) > 1:
        del stage.mobjects[which % len(stage.mobjects)]


def reorder(stage: Stage, which: int, a: float, b: float) -> None:
    stage.mobjects.append(stage.mobjects.pop(which % len(stage.mobjects)))


def hold(stage: Stage, which: int, a: float, b: float) -> None:
    """Nothing."""


CHANGES = (
    *(move, turn, paint, outline_behind, shade, vanish, grow, shrink, add, remove, reorder),
    *(hold, hold),
)
change = st.tuples(st.sampled_from(CHANGES), index, number, number)
few = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def canvas() -> Canvas:
    return Canvas(WIDTH, HEIGHT, SCALE)


def drawn_afresh(stage: Stage) -> np.ndarray:
    fresh = canvas()
    fresh.begin(GROUND, ())
    fresh.show(stage.mobjects)
    return fresh.pixels


@few
@given(
    st.lists(st.sampled_from(KINDS), min_size=2, max_size=5),
    st.lists(st.tuples(st.lists(change, max_size=2), st.integers(0, 9)), min_size=4, max_size=14),
)
def test_a_picture_redrawn_in_part_is_the_picture_drawn_afresh(kinds, frames):
    stage, kept = Stage([kind().set_fill(COLORS[1], 0.4) for kind in kinds]), canvas()
    kept.begin(GROUND, ())
    before, drawn = None, []
    for changes, still in frames:
        for make, which, a, b in changes:
            make(stage, which, a, b)
        if still < 3:  # as at the beginning of an animation: some of the lowest are still
            stage.still = min(still, len(stage.mobjects))
            kept.begin(GROUND, stage.mobjects[: stage.still])
        elif any(make is not hold for make, *_ in changes):
            stage.still = 0
            kept.begin(GROUND, ())
        rectangles = kept.show(stage.mobjects[stage.still :])
        drawn += rectangles
        # Cairo rounds otherwise along the edge of what it clips, once for each layer of paint.
        off = np.abs(kept.pixels.astype(np.int16) - drawn_afresh(stage)).max(axis=2)
        assert off.max() <= ROUNDING
        assert (off > 0).sum() <= 2 * sum(r.right - r.left + r.bottom - r.top for r in drawn)
        assert_disjoint(rectangles)
        if before is not None:
            assert_unchanged_outside(rectangles, before, kept.pixels)
        before = kept.pixels.copy()


def assert_disjoint(rectangles: list[Rectangle]) -> None:
    for i, one in enumerate(rectangles):
        assert all(not one.meets(other) for other in rectangles[i + 1 :])


def assert_unchanged_outside(
    rectangles: list[Rectangle], before: np.ndarray, after: np.ndarray
) -> None:
    differs = (before != after).any(axis=2)
    for left, top, right, bottom in rectangles:
        differs[top:bottom, left:right] = False
    assert not differs.any()


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.full((8, 3), np.nan), np.zeros((3, 3))])
def test_a_mobject_that_loses_its_points_is_gone(points):
    """As a particle that has left the map; Manim draws nothing of points that are no numbers."""
    dot, kept = Circle(radius=0.5).set_fill(COLORS[0], 1), canvas()
    kept.begin(GROUND, ())
    kept.show([dot])
    assert (kept.pixels != GROUND).any()
    dot.points = points
    kept.show([dot])
    assert (kept.pixels == GROUND).all()


def test_a_moved_dot_costs_little():
    """The rest of the picture is neither drawn nor converted again."""
    board, dot, kept = Square(side_length=8).set_fill(COLORS[0], 0.3), Circle(radius=0.2), canvas()
    kept.begin(GROUND, [board])
    kept.show([dot])
    dot.shift((0.3, 0, 0))
    assert 0 < sum(rectangle.area for rectangle in kept.show([dot])) < 200
    assert kept.show([dot]) == []


def test_a_changed_ground_changes_everything():
    kept = canvas()
    kept.begin(GROUND, ())
    kept.show([])
    kept.begin((0, 0, 0, 255), ())
    assert kept.show([]) == [kept.frame]
    assert (kept.pixels == (0, 0, 0, 255)).all()


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_a_path_added_at_once_is_the_path_added_by_curves(kind, monkeypatch):
    """Cairo's records, made by us, against Cairo's own functions."""
    mobject = KINDS[kind]().set_fill(COLORS[0], 0.5).set_stroke(COLORS[3], 5)
    at_once = drawn_afresh(Stage([mobject]))
    assert paths.append_path is not paths.append_by_curve
    monkeypatch.setattr("momentum_film.raster.shapes.append_path", paths.append_by_curve)
    assert np.array_equal(at_once, drawn_afresh(Stage([mobject])))
    assert (at_once != GROUND).any()


@few
@given(
    st.integers(0, 999),
    st.floats(0.5, 40),
    st.sampled_from(list(LineJointType)),
    st.tuples(*[st.integers(0, 59)] * 2, *[st.integers(1, 60)] * 2),
)
def test_a_long_line_is_drawn_in_part_as_it_is_drawn_whole(seed, width, joint, corner):
    """Of a line of hundreds of curves only those near a rectangle are drawn there."""
    walk = np.cumsum(np.random.default_rng(seed).normal(size=(100, 3)), axis=0) * (0.4, 0.3, 0)
    line = VMobject(stroke_color=COLORS[0], stroke_width=width, joint_type=joint)
    line.set_points_smoothly(walk) if seed % 2 else line.set_points_as_corners(walk)
    shape = Shapes(SCALE).of(line)
    assert len(shape.path.records) >= shapes.LONG
    left, top, across, down = corner
    within = Rectangle(left, top, left + across, min(top + down, HEIGHT))
    pictures, given = [], []
    for long in (shapes.LONG, 10**9):
        layer = canvas_module._Layer(WIDTH, HEIGHT, SCALE)
        layer.pixels[:] = GROUND
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shapes, "LONG", long)
            patch.setattr(shapes, "append_path", told(given))
            layer.draw([shape], within)
        pictures.append(layer.pixels.astype(np.int16))
    off = np.abs(pictures[0] - pictures[1])
    assert off.max() <= ROUNDING
    assert off.sum() <= off.size / 100
    *part, whole = given or [0, 0]
    assert sum(part) <= whole


def told(given: list[int]):
    """Cairo's function, which tells how much it was given."""

    def append(context, path):
        given.append(len(path.records))
        paths.append_path(context, path)

    return append


def test_of_a_long_line_far_away_nothing_is_drawn(monkeypatch):
    given = []
    monkeypatch.setattr(shapes, "append_path", told(given))
    corners = [(x / 20, 0.5 * (-1) ** x, 0) for x in range(-120, 121)]
    line = VMobject(stroke_color=COLORS[0]).set_points_as_corners(corners)
    layer, shape = canvas_module._Layer(WIDTH, HEIGHT, SCALE), Shapes(SCALE).of(line)
    whole = len(shape.path.records)
    for within, wanted in (
        (Rectangle(0, 0, WIDTH, 20), 0),
        (Rectangle(WIDTH - 10, 0, WIDTH, HEIGHT), whole / 4),
        (Rectangle(0, 0, WIDTH, HEIGHT), whole),
    ):
        given.clear()
        layer.draw([shape], within)
        assert sum(given) <= wanted
    assert given == [whole]


edge = st.integers(0, 60)


@few
@given(st.lists(st.tuples(edge, edge, st.integers(1, 40), st.integers(1, 40)), max_size=8))
def test_merged_rectangles_are_disjoint_and_cover_all(corners):
    given_ = [Rectangle(x, y, x + w, y + h) for x, y, w, h in corners]
    found = merged(given_)
    assert_disjoint(found)
    field = np.zeros((101, 101), bool)
    for left, top, right, bottom in found:
        field[top:bottom, left:right] = True
    assert all(field[y : y + h, x : x + w].all() for x, y, w, h in corners)


def planes_of(pixels: np.ndarray) -> list[np.ndarray]:
    """The planes of a picture by their definition, before they are rounded."""
    means = pixels.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 4).mean(axis=(1, 3))
    return [pixels[..., 0], means[..., 1], means[..., 2]]


patch = st.tuples(
    st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), st.integers(1, 70), st.integers(1, 50)
)


@few
@given(st.lists(st.lists(patch, max_size=3), min_size=1, max_size=5), st.integers(0, 999))
def test_planes_that_follow_in_part_are_those_of_the_whole(frames, seed):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (HEIGHT, WIDTH, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    picture = YuvPicture(WIDTH, HEIGHT)
    whole = Rectangle(0, 0, WIDTH, HEIGHT)
    picture.follow(pixels, [whole])
    for patches in frames:
        changed = [Rectangle(x, y, min(x + w, WIDTH), min(y + h, HEIGHT)) for x, y, w, h in patches]
        before = picture.planes.parts(whole)[0].copy()
        for left, top, right, bottom in changed:
            pixels[top:bottom, left:right, :3] ^= np.uint8(rng.integers(1, 256))
        stale = picture.follow(pixels, merged(changed))
        found = picture.planes.parts(whole)
        for plane, wanted in zip(found, planes_of(pixels), strict=True):
            off = plane - wanted
            assert np.abs(off).max() < 1 and abs(off.mean()) < 0.05
        differs = before != found[0]
        for left, top, right, bottom in stale:
            differs[top:bottom, left:right] = False
        assert not differs.any()


def test_a_picture_drawn_as_y_cb_and_cr_is_the_converted_one():
    """Colours mixed at edges and where paints are seen through, too, but for Cairo's rounding."""
    mobjects = [kind() for kind in KINDS]
    for which, mobject in enumerate(mobjects):
        mobject.set_fill(COLORS[which % 4], opacity=0.6).set_stroke(COLORS[which // 2], 6)
    mobjects[1].set_fill([COLORS[0], COLORS[1]], opacity=1.0)
    drawn = []
    for channels in (rgb, ycbcr):
        canvas = Canvas(WIDTH, HEIGHT, SCALE, channels)
        canvas.begin(GROUND, ())
        canvas.show(mobjects)
        drawn.append(canvas.pixels[..., :3])
    red, green, blue = np.moveaxis(drawn[0] / 255, 2, 0)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    wanted = (
        16 + 219 * light,
        128 + 224 * (blue - light) / 1.8556,
        128 + 224 * (red - light) / 1.5748,
    )
    off = np.abs(drawn[1] - np.stack(wanted, axis=2))
    assert off.max() <= 3 and off.mean() < 0.3
