"""The balls on the cuts, against the factors of plain descent and the paraboloid itself."""

from __future__ import annotations

import numpy as np
import pytest

from momentum_math import load_experiment, run
from momentum_math.story import Story
from scenes.kit.basin.cuts import Cuts, Sliding, cuts_box
from scenes.kit.map_layout import Valley
from scenes.look import FRAMES, look
from tests import ROOT

START, CURVATURES, LR = (1.5, -4.0), (10.0, 0.1), 0.18  # across, along


@pytest.fixture(scope="module")
def story():
    return Story(run(load_experiment(ROOT / "experiments" / "momentum.toml")))


def middles(balls) -> np.ndarray:
    return np.array([ball.get_center()[:2] for ball in balls[-2:]])


@pytest.mark.parametrize("aspect", FRAMES)
@pytest.mark.parametrize("step", [0, 1, 2, 7])
def test_balls_stand_where_the_factors_send_them(story, step, aspect):
    film_look = look("paper", aspect)
    cuts = Cuts(story, film_look, cuts_box(film_look))
    found = middles(cuts.balls(0, 55).show_at(step))
    for at, first, curvature in zip(found, START, CURVATURES, strict=True):
        distance = first * (1 - LR * curvature) ** step
        wanted = cuts.chart.at(distance, curvature / 2 * distance**2)
        assert at == pytest.approx(wanted, abs=1e-9)


def test_between_two_steps_a_ball_is_on_its_parabola(story):
    cuts = Cuts(story, look(), cuts_box(look()))
    (across, _) = middles(cuts.balls(0, 55).show_at(0.5))
    half = (1.5 - 1.2) / 2
    assert across == pytest.approx(cuts.chart.at(half, 5 * half**2), abs=1e-9)


def test_a_ball_that_leaves_the_plot_is_gone():
    story = Story(run(load_experiment(ROOT / "experiments" / "too-large-step.toml")))
    cuts = Cuts(story, look(), cuts_box(look()))
    box = cuts.chart.box
    for step in range(0, story.experiment.map.steps, 3):
        for ball in cuts.balls(0, story.experiment.map.steps).show_at(step)[-2:]:
            assert not len(ball.points) or box.bottom - 0.2 < ball.get_center()[1] <= box.top


@pytest.mark.parametrize("number", [0, 1])
def test_a_cut_slides_from_its_line_on_the_map_to_its_parabola(story, number):
    chart = Valley(story, look()).chart
    cuts = Cuts(story, look(), cuts_box(look()))
    sliding = Sliding(cuts, number, chart)
    line, other = sliding[0].points[:, :2].copy(), 1 - number
    assert np.ptp(line[:, number]) == 0.0 and np.ptp(line[:, other]) > 1.0
    sliding.show_at(1.0)
    assert np.array_equal(sliding[0].points, cuts.curves()[number].points)
