"""The worked examples of docs/your-own.md: each is run, and what is said of it holds."""

from __future__ import annotations

import re
import tomllib

import pytest

from momentum_math import ExperimentError, load_experiment, read_experiment, run
from momentum_math.story import Story
from scenes.storyboard import tell
from tests import ROOT

SECTIONS = dict(
    re.findall(
        r"^## (.+)\n((?s:.*?))(?=^## |\Z)",
        (ROOT / "docs/your-own.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
RULES = re.findall(r"^```toml\n((?s:.*?))^```$", SECTIONS["Your own rule"], re.MULTILINE)
FILES = [text for text in RULES if "[landscape]" in text]


@pytest.mark.parametrize("text", FILES, ids=lambda text: text.count("\n"))
def test_an_example_of_a_rule_is_a_film(text: str) -> None:
    outcome = run(read_experiment(tomllib.loads(text), "mine.toml"))
    assert outcome.runs[-1].trajectory.n == outcome.experiment.steps
    assert len(tell(Story(outcome)).chapters) >= 5


def test_there_are_two_whole_files_and_one_rule() -> None:
    assert (len(FILES), len(RULES)) == (2, 3)


def test_the_rule_of_signs_has_the_chapter_about_memory() -> None:
    story = Story(run(read_experiment(tomllib.loads(FILES[0]), "mine.toml")))
    assert story.with_memory is not None
    assert story.with_memory.label == "Signs of a memory"


def test_warm_rmsprop_starts_slower_where_zero_makes_large_steps() -> None:
    usual, warm = run(read_experiment(tomllib.loads(FILES[1]), "mine.toml")).runs
    moved = [
        abs(one.trajectory.points[1] - one.trajectory.points[0]).max() for one in (usual, warm)
    ]
    assert moved[1] == pytest.approx(0.01)
    assert moved[0] == pytest.approx(0.01 / 0.1**0.5)


def test_the_shipped_rule_is_the_one_that_is_shown_and_arrives_when_it_is_said_to() -> None:
    outcome = run(load_experiment(ROOT / "experiments/own-rule.toml"))
    *_, ball, own = outcome.runs
    assert list(own.contender.optimizer.rule) == tomllib.loads(RULES[-1])["rule"]
    said = re.search(
        r"after (\d+) steps, where the heavy ball needs (\d+)", SECTIONS["Your own rule"]
    )
    assert said is not None
    assert (own.stays_below, ball.stays_below) == tuple(map(int, said.groups()))


def test_the_error_is_what_one_reads() -> None:
    contender = {"optimizer": "rule", "lr": 0.1, "rule": ["v = 0.9*w + g", "theta = theta - lr*v"]}
    values = {"start": [1, 1], "landscape": {"name": "beale"}, "contenders": [contender]}
    with pytest.raises(ExperimentError) as caught:
        read_experiment(values, "mine.toml")
    assert str(caught.value) in SECTIONS["Your own rule"]


LOSSES = re.findall(r"^```toml\n((?s:.*?))^```$", SECTIONS["Your own landscape"], re.MULTILINE)


@pytest.mark.parametrize("text", LOSSES, ids=lambda text: text.count("\n"))
def test_an_example_of_a_landscape_is_a_film_whose_runs_descend(text: str) -> None:
    outcome = run(read_experiment(tomllib.loads(text), "mine.toml"))
    assert all(one.excess[-1] < 0.2 * one.excess[0] for one in outcome.runs)
    assert len(tell(Story(outcome)).chapters) >= 5


def test_the_error_about_a_minimum_is_what_one_reads() -> None:
    values = tomllib.loads(LOSSES[1])
    values["landscape"]["minimum"] = 4.0
    with pytest.raises(ExperimentError) as caught:
        read_experiment(values, "mine.toml")
    assert str(caught.value) in SECTIONS["Your own landscape"]
