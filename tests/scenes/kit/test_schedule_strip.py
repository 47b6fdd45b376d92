"""Schedules in the film: the strip under the race, its playhead, and what is said of it."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

from momentum_math import read_experiment, run
from momentum_math.story import Story
from scenes.kit.loss_chart.schedule_strip import ScheduleStrip, strip_boxes
from scenes.look import FRAMES, THEMES, Box, Look
from scenes.storyboard import tell
from scenes.words.names import short_name
from tests.scenes.legible import crossings, layout_problems
from tests.scenes.staging import play

BOTH = {
    "start": [-4.0, 1.5],
    "steps": 80,
    "landscape": {"name": "quadratic", "curvatures": [0.1, 10.0]},
    "contenders": [
        {"optimizer": "gd", "lr": {"schedule": "step", "start": 0.18, "every": 20}},
        {
            "optimizer": "ema-momentum",
            "lr": {"schedule": "warmup-cosine", "start": 1e-5, "peak": 0.5, "warmup": 20},
            "beta": {"schedule": "linear", "start": 0.5, "end": 0.95},
        },
        {"optimizer": "nesterov", "lr": 0.05, "beta": {"schedule": "nesterov"}},
        {"optimizer": "rmsprop", "lr": {"schedule": "one-cycle", "start": 1e-9, "peak": 1e-6}},
        {"optimizer": "adam", "lr": 1e6},
        {"optimizer": "gd", "lr": {"schedule": "1/t", "start": 0.3}, "label": "W" * 40},
    ],
}
SMALL = BOTH | {
    "contenders": [
        {"optimizer": "gd", "lr": {"schedule": "exponential", "start": 1e-9, "gamma": 1}}
    ]
}
TWO = BOTH | {
    "contenders": [
        {"optimizer": "gd", "lr": 0.18},
        {"optimizer": "gd", "lr": {"schedule": "cosine", "start": 0.18}},
    ]
}


@cache
def outcome(name: str):
    return run(read_experiment({"BOTH": BOTH, "SMALL": SMALL, "TWO": TWO}[name], "file.toml"))


LOOKS = [("BOTH", *look) for look in product(FRAMES, THEMES)]
LOOKS += [("SMALL", aspect, "paper") for aspect in FRAMES]


@pytest.mark.parametrize(("name", "aspect", "theme"), LOOKS)
def test_the_race_with_strips_can_be_read(name, aspect, theme):
    scene = play("loss_race", outcome(name), Look(THEMES[theme], FRAMES[aspect]))
    assert not layout_problems(scene)
    strip_names = [
        text for text in scene.stage["rest"] if "α" in text.words and len(text.words) < 14
    ]
    assert strip_names
    for text in strip_names:
        assert not len(crossings(text.box, scene.drawn["rest"])), text.words


def test_a_playhead_stands_where_the_race_is():
    box = Box(0.0, 0.0, 8.0, 1.0)
    strip = ScheduleStrip(Story(outcome("TWO")), "lr", box, THEMES["paper"], 10.0)
    for step in (0.0, 20.0, 79.0, 80.0):
        strip.show_at(step)
        low, high = strip.value_at(0.0), strip.value_at(0.18)
        constant, cosine = (head.get_center() for head in strip.heads)
        value = 0.09 * (1 + np.cos(np.pi * max(step - 1, 0) / 80))
        assert cosine[:2] == pytest.approx([step / 10, low + (high - low) * value / 0.18], abs=1e-6)
        assert constant[:2] == pytest.approx([step / 10, high], abs=1e-6)
    assert box.bottom < low < high < box.top


def test_a_fixed_value_out_of_proportion_is_left_out():
    strip = ScheduleStrip(
        Story(outcome("BOTH")), "lr", Box(0.0, 0.0, 8.0, 1.0), THEMES["paper"], 10.0
    )
    assert len(strip.heads) == 5  # all but adam's
    assert strip.value_at(0.5) < 1.0


def test_strips_stand_under_each_other():
    first, second = strip_boxes(Box(0.0, 3.0, 8.0, 6.0), 2)
    assert first.top < 3.0
    assert second.top < first.bottom


def test_the_film_says_that_theory_is_left_out():
    told = tell(Story(outcome("TWO")))
    assert "springs" not in [chapter.name for chapter in told.chapters]
    beat = told["loss_race"]["schedules"]
    assert (
        beat.on_screen
        == "Below: α at each step. While it changes, no closed form holds: only the runs tell."
    )
    noisy = run(read_experiment(TWO | {"noise": {"sigma": 0.3}}, "file.toml"))
    assert tell(Story(noisy))["loss_race"]["schedules"].on_screen == "Below: α at each step."
    plain = TWO | {"contenders": TWO["contenders"][:1]}
    beats = tell(Story(run(read_experiment(plain, "file.toml"))))["loss_race"].beats
    assert "schedules" not in [one.name for one in beats]


def test_contenders_that_only_a_schedule_tells_apart_are_named_by_it():
    names = [short_name(one) for one in Story(outcome("TWO")).runs]
    assert names == ["constant α", "cosine α"]
    long = [short_name(one) for one in Story(outcome("BOTH")).runs]
    assert len(set(long)) == len(long)
    assert long[1:3] == ["EMA momentum", "Nesterov"]
    assert tell(Story(outcome("TWO")))["ravine"].beats[0].caption.endswith("each with its own α.")
    alone = tell(Story(outcome("SMALL")))["ravine"].beats[0].caption
    assert alone.endswith("From the start, exponential α 1e-09 → 1e-09.")
