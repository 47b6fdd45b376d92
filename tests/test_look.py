"""Colours: readable where they stand, and told apart by every kind of eye."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from PIL import Image, ImageDraw

from scenes.figures import MARKERS
from scenes.look import FRAMES, THEMES, contrast

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation
# of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009),
# severity 1.0, for linear RGB.
EYES = {
    "trichromacy": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# IEC 61966-2-1, linear sRGB to CIE XYZ under D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
CLEARLY_APART = 10.0  # CIE 1976; 2.3 is just noticeable


def lab(color: str, eye: str) -> np.ndarray:
    """CIE L*a*b* of ``#rrggbb`` as an eye sees it."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(EYES[eye] @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, eye: str) -> float:
    return float(np.linalg.norm(lab(one, eye) - lab(other, eye)))


def test_the_simulation_merges_what_such_eyes_merge():
    red, olive = "#C0392B", "#6B7A1F"
    assert apart(red, olive, "trichromacy") > 50
    assert apart(red, olive, "deuteranopia") < 2.3


@pytest.mark.parametrize("eye", EYES)
def test_every_eye_tells_the_contrast_themes_colors_apart(eye):
    theme = THEMES["contrast"]
    for one, other in combinations(theme.contenders, 2):
        assert apart(one, other, eye) > CLEARLY_APART, (one, other)
    for one, other in combinations((theme.gradient, theme.velocity), 2):
        assert apart(one, other, eye) > CLEARLY_APART, (one, other)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", THEMES)
def test_every_eye_tells_three_contenders_and_both_arrows_apart_in_every_theme(name, eye):
    theme = THEMES[name]
    pairs = [*combinations(theme.contenders[:3], 2), (theme.gradient, theme.velocity)]
    for one, other in pairs:
        assert apart(one, other, eye) > CLEARLY_APART, (one, other)


def silhouette(marker) -> np.ndarray:
    """Which pixels a marker covers, from its outline's corners and curves."""
    points = marker(20.0)[:, :2].reshape(-1, 4, 2)
    t = np.linspace(0, 1, 9)[:, None, None]
    a, b, c, d = np.moveaxis(points, 1, 0)
    curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    outline = np.moveaxis(curve, 0, 1).reshape(-1, 2) + 40
    picture = Image.new("1", (80, 80))
    ImageDraw.Draw(picture).polygon([tuple(point) for point in outline], fill=1)
    return np.asarray(picture)


def test_markers_tell_contenders_apart_without_colour():
    assert len(MARKERS) >= max(len(theme.contenders) for theme in THEMES.values())
    for one, other in combinations(map(silhouette, MARKERS), 2):
        assert (one ^ other).sum() > 0.15 * min(one.sum(), other.sum())


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
