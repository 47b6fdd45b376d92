"""40 experiments made by chance, exact zeros and the corners of all keys among them: each plays."""

from typing import Any

import pytest

from momentum_math import LANDSCAPES, read_experiment, run
from scenes.look import FRAMES, THEMES, Look
from tests.scenes import generated
from tests.scenes.legible import layout_problems
from tests.scenes.staging import play

CHUNKS, EACH = 8, 5

RING = {"formula": "(x**2 + y**2 - 1)**2"}
FORGETS = {"optimizer": "ema-momentum", "lr": 1e6, "first_step": "zero", "beta": 0.0}
# Where words once had no place: chapter, aspect, start, steps, landscape, contenders, and more.
CROWDED: tuple[
    tuple[str, str, list[float], int, dict[str, Any], list[Any], dict[str, Any]], ...
] = (
    (  # a power of ten at a small map's upper edge
        "summary",
        "16:9",
        [1e6, -1e6],
        12,
        {"formula": "(x + 2*y - 7)**2 + (2*x + y - 5)**2"},
        [
            {"optimizer": "heavy-ball", "lr": 0.01, "beta": 0.5},
            {"optimizer": "ema-momentum", "lr": 0.01, "beta": 0.0},
            {"optimizer": "ema-momentum", "lr": 0.1, "first_step": "zero", "beta": 0.9},
            {"optimizer": "heavy-ball", "lr": 0.18, "beta": 0.9},
            {"optimizer": "heavy-ball", "lr": 0.01, "beta": 0.0},
            {"optimizer": "gd", "lr": 11.187317852660742},
        ],
        {},
    ),
    (  # the names of two springs that are close in a narrow plane
        "springs",
        "1:1",
        [-4.0, 1.5],
        300,
        {"name": "quadratic", "curvatures": [0.1, 10.0]},
        [
            {"optimizer": "gd", "lr": 0.05},
            {"optimizer": "heavy-ball", "lr": 0.05, "beta": 0.9},
        ],
        {},
    ),
    (  # the step of an arrival at the threshold's name
        "loss_race",
        "1:1",
        [-4.0, 3.0],
        60,
        {"formula": "y**4"},
        [
            {"optimizer": "heavy-ball", "lr": 0.18, "beta": 0.5},
            {"optimizer": "rmsprop", "lr": 0.1},
            {"optimizer": "heavy-ball", "lr": 0.01, "beta": 0.9},
        ],
        {"threshold": 1e-6},
    ),
    (  # more said of a run than fits a line
        "summary",
        "9:16",
        [-2.903534027771177, -2.903534027771177],
        12,
        {"name": "styblinski-tang"},
        [{"optimizer": "adam", "lr": 0.001}],
        {},
    ),
    (  # heads between the threshold's name and the plot's edge
        "loss_race",
        "16:9",
        [-1.0, 0.0],
        150,
        {"formula": "y**4"},
        [FORGETS, {"optimizer": "rmsprop", "lr": 0.5, "decay": 0.0}],
        {"noise": {"sigma": 5.0, "seed": 97}},
    ),
    (  # the parts of a slope, wider than what is left of the map
        "ravine",
        "1:1",
        [38900.8740188205, -811399.1465689203],
        150,
        {"name": "quadratic", "curvatures": [1e-12, 6e5], "angle_degrees": 87.0},
        [{"optimizer": "rmsprop", "lr": 0.05}],
        {},
    ),
    (  # notes of axes, and long numbers, at a map of a single step
        "summary",
        "4:5",
        [0.0, 0.0],
        1,
        RING,
        [
            {"optimizer": "gd", "lr": 0.01},
            {"optimizer": "rmsprop", "lr": 0.5},
            {"optimizer": "ema-momentum", "lr": 1.0, "beta": 0.99},
        ],
        {"noise": {"sigma": 0.3, "seed": 71}},
    ),
)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_accepted_plays_every_chapter(chunk):
    fates = generated.fuzz(EACH, 20250100 + chunk)
    assert fates["played"] + fates["refused"] == EACH
    assert fates["played"] >= EACH // 2


@pytest.mark.parametrize(
    ("chapter", "aspect", "start", "steps", "landscape", "contenders", "more"), CROWDED
)
def test_words_find_their_place(chapter, aspect, start, steps, landscape, contenders, more):
    values = {"start": start, "steps": steps, "landscape": landscape, "contenders": contenders}
    outcome = run(read_experiment(values | more, "crowded.toml"))
    problems = layout_problems(play(chapter, outcome, Look(THEMES["paper"], FRAMES[aspect])))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("team", range(len(generated.TEAMS)))
def test_every_method_plays_every_chapter(team):
    """Each on one landscape; `make fuzz` plays all pairs."""
    generated.cross(5 * team % len(LANDSCAPES), team)
