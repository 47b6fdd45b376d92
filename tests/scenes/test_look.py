"""Colours: readable where they stand, and told apart by every kind of eye."""

from __future__ import annotations

import re
from itertools import combinations, product
from xml.etree import ElementTree

import numpy as np
import pytest
from coloraide import Color
from PIL import Image, ImageDraw

from momentum_film.deliver.web.html import marker
from scenes.kit.markers import MARKERS
from scenes.kit.particles import Particle
from scenes.kit.shapes import marker_outline
from scenes.look import FRAMES, THEMES, contrast

# How ColorAide simulates, all at full severity: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes
# (IEEE TVCG 15, 2009), and for a second opinion H. Brettel, F. Viénot, J. D. Mollon (JOSA A 14,
# 1997), which is said to be better for tritanopia.
EYES = ("trichromacy", "protan", "deutan", "tritan")
CLEARLY_APART = 10.0  # 2.3 is just noticeable
# The usual simulation is held against CIEDE2000, which is the stricter measure here, and against
# CIE 1976; the second opinion against CIE 1976.
MEASURES = (("machado", "2000"), ("machado", "76"), ("brettel", "76"))


def seen(color: str, eye: str, simulation: str) -> Color:
    """A colour as an eye sees it."""
    if eye == "trichromacy":
        return Color(color)
    return Color(color).filter(eye, 1.0, method=simulation, out_space="srgb").clip()


def apart(
    one: str, other: str, eye: str, simulation: str = "machado", measure: str = "76"
) -> float:
    both = (seen(color, eye, simulation) for color in (one, other))
    return next(both).delta_e(next(both), method=measure)


def test_the_simulation_merges_what_such_eyes_merge():
    red, olive = "#C0392B", "#6B7A1F"
    assert apart(red, olive, "trichromacy") > 50
    assert apart(red, olive, "deutan") < 2.3


@pytest.mark.parametrize(("simulation", "measure"), MEASURES)
@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", THEMES)
def test_every_eye_tells_all_contenders_and_both_arrows_apart(name, eye, simulation, measure):
    theme = THEMES[name]
    pairs = [*combinations(theme.contenders, 2), (theme.gradient, theme.velocity)]
    distances = {pair: apart(*pair, eye, simulation, measure) for pair in pairs}
    assert {pair: d for pair, d in distances.items() if d < CLEARLY_APART} == {}


def test_the_first_three_colors_of_paper_are_those_that_were_given():
    assert THEMES["paper"].contenders[:3] == ("#E05C4B", "#3A7CA5", "#F4A536")


RADIUS = 160.0


def silhouette(points: np.ndarray) -> np.ndarray:
    """Which of 640 x 640 pixels a closed line covers; (n, 2), y down, a particle has RADIUS."""
    picture = Image.new("1", (640, 640))
    ImageDraw.Draw(picture).polygon([tuple(point) for point in points + 320], fill=1)
    return np.asarray(picture)


def in_film(index: int) -> np.ndarray:
    """A contender's marker as the film has it, from its outline's corners and curves."""
    points = marker_outline(index, RADIUS)[:, :2].reshape(-1, 4, 2) * (1, -1)
    t = np.linspace(0, 1, 9)[:, None, None]
    a, b, c, d = np.moveaxis(points, 1, 0)
    curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    return silhouette(np.moveaxis(curve, 0, 1).reshape(-1, 2))


def on_page(index: int) -> np.ndarray:
    """A contender's marker as pages have it, from its SVG's only shape."""
    [shape] = ElementTree.fromstring(str(marker(index)))
    if shape.tag == "circle":
        turn = np.linspace(0, 2 * np.pi, 200)
        points = float(shape.attrib["r"]) * np.column_stack([np.cos(turn), np.sin(turn)])
    else:
        numbers = re.findall(r"-?[\d.]+", shape.attrib["points"])
        points = np.array(numbers, dtype=float).reshape(-1, 2)
    return silhouette(RADIUS * points)


def test_there_is_a_marker_for_every_colour():
    assert len(MARKERS) == max(len(theme.contenders) for theme in THEMES.values())


def test_markers_tell_contenders_apart_without_colour():
    for one, other in combinations(map(in_film, range(len(MARKERS))), 2):
        assert (one ^ other).sum() > 0.15 * min(one.sum(), other.sum())


@pytest.mark.parametrize("index", range(len(MARKERS)))
def test_a_marker_on_a_page_is_the_films(index):
    film, page = in_film(index), on_page(index)
    assert (film ^ page).sum() < 0.02 * film.sum()
    particle = Particle(index, THEMES["paper"], radius=RADIUS)
    assert np.array_equal(particle.points, marker_outline(index, RADIUS))


@pytest.mark.parametrize("name", THEMES)
def test_lines_and_words_stand_out_from_every_ground(name):
    theme = THEMES[name]
    grounds = (theme.background, theme.panel, theme.basin)
    roles = (theme.minimum, theme.gradient, theme.velocity, theme.ink, *theme.contenders)
    for color, ground in product(roles, grounds):
        assert contrast(theme.graphic(color), ground) >= 3
        assert contrast(theme.text(color), ground) >= 4.5


@pytest.mark.parametrize("short_side", [450, 480, 720, 1080, 2160])
@pytest.mark.parametrize("aspect", FRAMES)
def test_frames_have_their_shape_and_their_short_side(aspect, short_side):
    across, up = map(int, aspect.split(":"))
    width, height = FRAMES[aspect].pixels(short_side)
    assert min(width, height) == short_side
    assert width % 2 == height % 2 == 0
    assert width / height == pytest.approx(across / up, rel=2 / short_side)
