"""Random experiments, one to six contenders on every landscape: each makes a good film."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from momentum_math import LANDSCAPES, OPTIMIZERS, Outcome, load_experiment, run
from momentum_math.parameters import SHARE, parameters_of
from momentum_math.story import Story
from scenes.look import FRAMES, THEMES, Look
from scenes.storyboard import tell
from tests.examples import needed
from tests.scenes.legible import layout_problems
from tests.scenes.staging import play

SEED, COUNT = 20, len(LANDSCAPES) + 1
METHODS = [name for name in OPTIMIZERS if set(needed(OPTIMIZERS[name])) <= {"beta"}]
FORMULAS = ("(1 - x)**2 + 5*(y - x**2)**2", "x**2 + 10*y**2 + sin(3*x)/2", "log(1 + x**2 + 4*y**2)")


def shares(method: str, rng: random.Random) -> dict[str, float]:
    """A value for each of a method's numbers that is a share of something old."""
    declared = parameters_of(OPTIMIZERS[method]).values()
    return {one.key: rng.choice([0.5, 0.9, 0.97]) for one in declared if one.kind == SHARE}


def experiment_text(rng: random.Random, index: int) -> str:
    """An experiment file: the landscapes in turn, everything else by chance."""
    names = [*LANDSCAPES, "formula"]
    name = names[index % len(names)]
    steps = rng.choice([12, 60, 150, 400, 1500])
    lines = [f'title = "Random experiment number {index}"', f"steps = {steps}"]
    lines.append(f"start = [{rng.uniform(-2, 2):.3f}, {rng.uniform(-2, 2):.3f}]")
    if name == "formula":
        lines += ["[landscape]", f'formula = "{rng.choice(FORMULAS)}"', "minimum = -1"]
    else:
        lines += ["[landscape]", f'name = "{name}"']
        if name == "quadratic":
            low, high = 10 ** rng.uniform(-1, 0), 10 ** rng.uniform(0, 1.5)
            lines.append(f"curvatures = [{low:.3g}, {high:.3g}]")
            lines.append(f"angle_degrees = {rng.choice([0, 0, 30, -60])}")
    rates = 10 ** rng.uniform(-3, -0.7)
    for _ in range(1 + index % 6):
        method = rng.choice(METHODS)
        numbers = {"lr": round(rates * rng.choice([1, 1, 2]), 5)} | shares(method, rng)
        lines += ["[[contenders]]", f'optimizer = "{method}"']
        lines += [f"{key} = {value}" for key, value in numbers.items()]
        if method == "rule":
            lines.append('rule = ["v = 0.5*v + g", "theta = theta - lr*v"]')
    return "\n".join(lines) + "\n"


@cache
def outcome(index: int) -> Outcome:
    rng = random.Random(SEED * 1000 + index)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"random-{index}.toml"
        path.write_text(experiment_text(rng, index), encoding="utf-8")
        return run(load_experiment(path))


@pytest.mark.parametrize("index", range(COUNT))
def test_it_makes_a_good_film(index):
    found = []
    told = tell(Story(outcome(index)))
    for chapter in told.chapters:
        scene = play(chapter.name, outcome(index), Look(THEMES["paper"], FRAMES["16:9"]))
        found += [f"{chapter.name}: {problem}" for problem in layout_problems(scene)]
        assert [name for name, _, _ in scene.beat_times] == [beat.name for beat in chapter.beats]
        assert scene.clock == pytest.approx(chapter.seconds, abs=1e-6)
    assert not found, "\n".join(found)
    assert 40 < sum(chapter.seconds for chapter in told.chapters) < 180
