"""The surface of every landscape: it is seen, it can be read beside it, and it ends as the map."""

from __future__ import annotations

from functools import cache
from itertools import cycle, product

import cairo
import numpy as np
import pytest

from momentum_film.raster.canvas import Canvas
from momentum_math import LANDSCAPES, CustomLandscape, level_lines, read_experiment, run
from momentum_math.relief import relief
from momentum_math.story import Story
from scenes.kit.map_layout import Valley
from scenes.kit.surface.surface import Surface
from scenes.look import FRAMES, THEMES, Look
from tests.scenes.legible import layout_problems
from tests.scenes.staging import play

STARTS = {"beale": [3.0, 1.5], "rosenbrock": [-1.5, 2.0]}
FORMULAS = {
    "pole": "1 / (x**2 + y**2 + 1e-6) + x**2",
    "huge": "exp(8 * x**2) + y**2",
    "holes": "sqrt(abs(x)) + log(y + 2)**2",
}
TIMES, WIDTH, HEIGHT = (4.0, 3.0), 640, 360


@cache
def outcome_of(name: str):
    landscape = {"name": name}
    if name in FORMULAS:
        landscape = {"name": "formula", "formula": FORMULAS[name]}
    start = STARTS.get(name, [-1.3, 1.1])
    gd = {"optimizer": "gd", "lr": 1e-3}
    contenders = [gd, {"optimizer": "heavy-ball", "lr": 1e-3, "beta": 0.9}]
    values = {"start": start, "steps": 40, "landscape": landscape, "contenders": contenders}
    return run(read_experiment(values, f"{name}.toml"))


NAMES = [name for name, kind in LANDSCAPES.items() if kind is not CustomLandscape] + [*FORMULAS]


def surface_of(name: str, look: Look) -> tuple[Surface, Valley, Story]:
    story = Story(outcome_of(name))
    heights = relief(story.landscape, story.experiment.map.window)
    assert heights is not None
    valley = Valley(story, look)
    marks = (story.experiment.start, *story.minima)
    room = look.frame.safe
    surface = Surface(valley, story.landscape, heights, marks, look.theme, room, TIMES)
    return surface, valley, story


@pytest.mark.parametrize("name", NAMES)
def test_rings_and_ball_end_where_the_map_has_them(name):
    look = Look(THEMES["paper"], FRAMES["16:9"])
    surface, valley, story = surface_of(name, look)
    surface.show_at(sum(TIMES))
    settings = story.experiment.map
    lines = level_lines(story.landscape, settings.window, settings.levels)
    wanted = {
        tuple(np.round(p, 7)) for ls in lines for line in ls for p in valley.chart.place(line)
    }
    rings = [ring for ring in (*surface.lines[:-1], *surface._others) if len(ring.points)]
    for ring in rings:
        ends = ring.points.reshape(-1, 4, 3)[:, [0, 3], :2].reshape(-1, 2)
        found = {tuple(np.round(p, 7)) for p in ends}
        # What leaves the last digit's rounding the other way is looked for among all.
        missing = np.array([p for p in found if p not in wanted])
        if len(missing):
            every = np.array(list(wanted))
            gaps = np.abs(missing[:, None] - every).max(axis=2).min(axis=1)
            assert gaps.max() < 2e-7
    body = next(part for part in surface.ball if part.get_fill_opacity() == 1.0)
    assert body.get_center()[:2] == pytest.approx(valley.start.get_center()[:2], abs=1e-9)
    assert body.width == pytest.approx(valley.start.width)
    assert body.get_fill_color() == valley.start.get_fill_color()


def drawn(mobjects, look: Look) -> np.ndarray:
    scale = HEIGHT / look.frame.height
    canvas = Canvas(WIDTH, HEIGHT, cairo.Matrix(scale, 0, 0, -scale, WIDTH / 2, HEIGHT / 2))
    page = tuple(bytes.fromhex(look.theme.background[1:]))
    canvas.begin((*page, 255), ())
    leaves = [leaf for mobject in mobjects for leaf in mobject.family_members_with_points()]
    canvas.show(leaves)
    return canvas.pixels[..., :3].astype(int).copy()


@pytest.mark.parametrize(
    ("name", "theme"), [*product(["quadratic", "himmelblau"], THEMES), ("rastrigin", "paper")]
)
def test_the_last_picture_is_the_maps(name, theme):
    look = Look(THEMES[theme], FRAMES["16:9"])
    surface, valley, _ = surface_of(name, look)
    earlier = drawn([surface.show_at(sum(TIMES) - 1.5)], look)
    # One frame before the end, and at the end.
    for seconds in (sum(TIMES) - 1 / 60, sum(TIMES)):
        last = drawn([surface.show_at(seconds)], look)
        wanted = drawn([valley.map, valley.minimum, valley.start], look)
        off = np.abs(last - wanted)
        assert off.mean() < 0.2 and off.max() < 20
    assert np.abs(earlier - wanted).mean() > 3.0


def test_a_surface_without_light_shows_no_shadow_and_one_with_it_does():
    look = Look(THEMES["paper"], FRAMES["16:9"])
    surface, _, _ = surface_of("himmelblau", look)

    def opacity() -> list[float]:
        return [round(float(part.get_fill_opacity()), 3) for part in surface.ball]

    surface.show_at(3.0)
    assert min(opacity()) > 0.0
    surface.show_at(sum(TIMES))
    assert sorted(opacity()) == [0.0] * (len(surface.ball) - 1) + [1.0]


@pytest.mark.parametrize(
    ("name", "aspect", "theme"),
    [
        (name, aspect, theme)
        for (name, aspect), theme in zip(product(NAMES, FRAMES), cycle(THEMES), strict=False)
    ],
)
def test_every_landscape_can_be_read_beside_its_surface(name, aspect, theme):
    scene = play("ravine", outcome_of(name), Look(THEMES[theme], FRAMES[aspect]))
    problems = layout_problems(scene)
    assert not problems, "\n".join(problems)
    said = [text.words for text in scene.stage["title"]]
    story = Story(outcome_of(name))
    seen = relief(story.landscape, story.experiment.map.window)
    assert ("height: log scale" in said) == (seen is not None and seen.unit is not None)
