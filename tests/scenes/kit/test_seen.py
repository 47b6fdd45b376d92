"""What is drawn says what is true: curves of losses and of steps, and maps that fade."""

from __future__ import annotations

from functools import cache

import cairo
import numpy as np
import pytest

from momentum_film.raster.canvas import Canvas
from momentum_math import load_experiment, run
from momentum_math.story import Story
from momentum_math.story.beta_sweep import BETAS
from momentum_math.tuning import STEP_LIMIT
from scenes.dial import Tuning
from scenes.kit.animations import Dimmer
from scenes.kit.loss_chart.so_far import LossSoFar
from scenes.kit.map_layout import Valley
from scenes.look import FRAMES, THEMES, Box, Look
from tests import ROOT
from tests.scenes.staging import play


@cache
def outcome_of(name: str):
    return run(load_experiment(ROOT / "experiments" / f"{name}.toml"))


@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock"])
def test_the_loss_beside_a_map_is_as_high_as_its_logarithm(name):
    outcome = outcome_of(name)
    shown = LossSoFar(Story(outcome), 0, Box(0.0, 0.0, 4.0, 2.0), THEMES["paper"])
    logs = np.log10(outcome.runs[0].excess[[0, 3, 11]])

    def height(step: float) -> float:
        shown.show_at(step)
        return float(shown[-1].get_center()[1])

    first, middle, last = map(height, (0, 3, 11))
    assert first > middle > last
    share = (first - middle) / (first - last)
    assert share == pytest.approx((logs[0] - logs[1]) / (logs[0] - logs[2]), rel=1e-6)


def test_who_never_arrives_has_no_steps_on_the_dials_curve():
    outcome = outcome_of("rosenbrock")
    scene = play("dial", outcome, Look(THEMES["night"], FRAMES["16:9"]))
    sweep = Story(outcome).beta_sweep
    missing = BETAS[sweep.steps > STEP_LIMIT]
    family = {part for one in scene.mobjects for part in one.get_family()}
    (tuning,) = (part for part in family if isinstance(part, Tuning))
    box = tuning._plot.box
    xs = np.array([tuning._plot.at(float(beta), 0.0)[0] for beta in missing])
    curve, shades = tuning._curve.points[:, 0], tuning._beyond.points.reshape(-1, 16, 3)[..., 0]
    assert len(missing) > 10 and len(curve) and curve.min() > xs.max() - 1e-9
    for x in xs:
        assert any(shade.min() - 1e-9 <= x <= shade.max() + 1e-9 for shade in shades)
    assert tuning._beyond_name.text and box.left < tuning._beyond_name.at[0] < box.right


def test_a_map_that_fades_is_everywhere_a_share_of_the_way_from_the_page():
    look = Look(THEMES["paper"], FRAMES["16:9"])
    valley = Valley(Story(outcome_of("momentum")), look)
    page = np.array([*bytes.fromhex(look.theme.background[1:])])

    def drawn() -> np.ndarray:
        canvas = Canvas(640, 360, cairo.Matrix(45, 0, 0, -45, 320, 180))
        canvas.begin((*page.tolist(), 255), ())
        canvas.show(valley.map.family_members_with_points())
        return canvas.pixels[..., :3].astype(float)

    whole, dimmer = drawn(), Dimmer(valley.map)
    for share in (0.1, 0.5):
        dimmer.show(share)
        off = np.abs(drawn() - (page + share * (whole - page)))
        assert np.quantile(off, 0.99) <= 3.0 and off.max() < 12.0
    dimmer.show(0.0)
    assert np.array_equal(drawn(), np.broadcast_to(page, whole.shape))
