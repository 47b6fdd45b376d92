"""The film as data: what is said of the default experiment, and rules for every one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from momentum_math import Outcome, load_experiment, run
from momentum_math.story import Story
from scenes import CHAPTERS
from scenes.storyboard import Storyboard, tell
from tests import ROOT, oracles

EXPERIMENTS = sorted((ROOT / "experiments").glob("*.toml"))
WORD_SECONDS = 0.4
# While something moves at its own pace, its words may have to be read a little faster.
MOVING_WORD_SECONDS = 0.3
MOVING = {"lead", "finish", "tail", "one_by_one", "roll", "first_steps", "crawl"}

EVERY = pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)


@cache
def outcome_of(path: Path) -> Outcome:
    return run(load_experiment(path))


@cache
def told(path: Path) -> Storyboard:
    return tell(Story(outcome_of(path)))


@pytest.fixture
def film() -> Storyboard:
    return told(next(path for path in EXPERIMENTS if path.stem == "momentum"))


def losses(beta: float, steps: int, lr: float = 0.18) -> list[float]:
    """Of the default experiment, each axis by its own 2x2 matrix."""
    curvatures, states = (0.1, 10.0), [np.array([-4.0, 0.0]), np.array([1.5, 0.0])]
    matrices = [oracles.step_matrix("ema-momentum", c, lr, beta) for c in curvatures]
    found = []
    for _ in range(steps + 1):
        found.append(sum(c * s[0] ** 2 / 2 for c, s in zip(curvatures, states, strict=True)))
        states = [m @ s for m, s in zip(matrices, states, strict=True)]
    return found


def stays(run_: list[float]) -> int:
    return max(k for k, loss in enumerate(run_) if loss >= 1e-3) + 1


def said(film: Storyboard, chapter: str, beat: str) -> str:
    return film[chapter][beat].caption + " " + film[chapter][beat].on_screen


# --- the default film ---------------------------------------------------------------------------


def test_the_default_film_has_every_chapter_in_order(film: Storyboard) -> None:
    assert [chapter.name for chapter in film.chapters] == list(CHAPTERS)
    assert 95 <= sum(chapter.seconds for chapter in film.chapters) <= 150


def test_its_numbers_are_those_of_the_closed_forms(film: Storyboard) -> None:
    """Each number is computed here once more, from the curvatures alone."""
    lr, low, high = 0.18, 0.1, 10.0
    assert f"curvature is {high:g} across and {low:g} along" in said(film, "ravine", "bowl")
    assert f"ratio of {high / low:g}" in said(film, "ravine", "bowl")
    slope = (low * 4, high * 1.5)
    assert f"{slope[1]:g} across, {slope[0]:g} along" in said(film, "ravine", "downhill")
    factors = (1 - lr * high, 1 - lr * low)
    steps = said(film, "zigzag", "first_steps").replace("−", "-")
    assert f"by {factors[0]:.1f}, and along it by {factors[1]:.3f}" in steps
    assert f"from {2 / high:g} on" in said(film, "zigzag", "limit")


def test_its_milestones_are_those_of_the_matrices(film: Storyboard) -> None:
    plain, tuned, late = (losses(beta, 1000) for beta in (0, 0.9, 0.99))
    arrivals = [next(k for k, loss in enumerate(run_) if loss < 1e-3) for run_ in (plain, tuned)]
    finish = said(film, "loss_race", "finish")
    assert f"β = 0.90 at {arrivals[1]}, plain at {arrivals[0]}" in finish
    ahead = max(k for k in range(301) if tuned[k] >= plain[k]) + 1
    assert f"From step {ahead} on, β = 0.90 is ahead of plain" in said(film, "loss_race", "lead")
    verdict = said(film, "descent", "verdict")
    assert f"{plain[55]:.3f} for plain, {tuned[55]:.3f} for β = 0.90" in verdict
    assert "plain is still ahead" in verdict
    lowest = min(range(301), key=lambda k: late[k])
    bound = said(film, "loss_race", "bound")
    assert f"lowest loss is {late[lowest]:.2g} at step {lowest}" in bound
    assert f"stay below from step {stays(late)}" in bound


def test_the_springs_numbers_are_those_of_the_matrices(film: Storyboard) -> None:
    """Steps until a tenth is left, and the beta that nothing beats, from the step matrices."""

    def tenfold(beta: float, curvature: float) -> int:
        radius = oracles.spectral_radius("ema-momentum", curvature, 0.18, beta)
        return round(np.log(0.1) / np.log(radius))

    plain = said(film, "springs", "plain")
    assert f"along shrinks tenfold in {tenfold(0, 0.1)} steps" in plain
    assert f"across in {tenfold(0, 10.0)}." in plain
    slowest = {b / 100: max(tenfold(b / 100, c) for c in (0.1, 10.0)) for b in range(100)}
    assert min(slowest, key=lambda beta: slowest[beta]) == 0.93
    critical = said(film, "springs", "critical")
    assert "At β = 0.9305 the spring along is about to swing" in critical
    exact = ((1 - 0.018) / (1 + 0.018)) ** 2
    assert f"sped it up, from {tenfold(0, 0.1)} to {tenfold(exact, 0.1)} steps" in critical
    assert f"across, from {tenfold(0, 10.0)} to {tenfold(exact, 10.0)}" in critical
    assert "they meet at β = 0.93." in critical
    assert "no β beats 0.93 with these pulls" in said(film, "springs", "best")


def test_the_dial_finds_what_a_search_finds(film: Storyboard) -> None:
    lasting = {beta: stays(losses(beta / 100, 400)) for beta in range(85, 98)}
    best = min(lasting, key=lambda beta: lasting[beta])
    assert f"β = {best / 100:.2f}: {lasting[best]} steps" in said(film, "dial", "best")
    steps = stays(losses(0.75, 100, lr=0.75))
    fewer = f"α = 0.75, β = 0.75: {steps} steps, five times fewer than plain"
    assert fewer in said(film, "dial", "both")
    assert round(stays(losses(0, 300)) / steps) == 5


# --- every film ---------------------------------------------------------------------------------


@EVERY
def test_beats_lie_on_the_grid_and_chapters_are_known(path: Path) -> None:
    names = [chapter.name for chapter in told(path).chapters]
    assert names == [name for name in CHAPTERS if name in names]
    assert {"ravine", "descent", "loss_race", "summary"} <= set(names)
    for chapter in told(path).chapters:
        assert len({beat.name for beat in chapter.beats}) == len(chapter.beats)
        for beat in chapter.beats:
            assert beat.seconds > 0
            assert beat.seconds * 5 == pytest.approx(round(beat.seconds * 5))


@EVERY
def test_every_beat_has_whole_sentences(path: Path) -> None:
    for chapter in told(path).chapters:
        assert chapter.title
        for beat in chapter.beats:
            assert re.fullmatch(r"(v |[^a-z\s]).*[.]", beat.caption), beat
            assert "None" not in beat.caption + beat.on_screen
            assert not re.search(r"\bnan\b|\binf\b", beat.caption + beat.on_screen)


@EVERY
def test_words_stand_long_enough_to_be_read(path: Path) -> None:
    for chapter in told(path).chapters:
        beats, last = chapter.beats, ""
        for index, beat in enumerate(beats):
            if beat.on_screen and beat.on_screen != last:
                run_on = [b for b in beats[index:] if b.on_screen == beat.on_screen]
                words = [w for w in beat.on_screen.split() if any(c.isalnum() for c in w)]
                least = MOVING_WORD_SECONDS if beat.name in MOVING else WORD_SECONDS
                assert sum(b.seconds for b in run_on) >= least * len(words) - 1e-9, beat
            last = beat.on_screen


@EVERY
def test_who_is_said_to_arrive_does(path: Path) -> None:
    """Every step in the sentence about arrivals is the first step of a contender below the aim."""
    outcome = outcome_of(path)
    sentence = told(path)["loss_race"]["finish"].on_screen
    if outcome.experiment.threshold is None or not sentence.startswith("Below"):
        return
    limit, losses = outcome.experiment.threshold, [r.excess for r in outcome.runs]
    firsts = {next((k for k, x in enumerate(xs) if x < limit), None) for xs in losses}
    steps = {int(step) for step in re.findall(r" at (\d+)", sentence)}
    assert steps
    assert steps <= firsts
    for_good = {int(step) for step in re.findall(r"for good from (\d+)", sentence)}
    lasting = {len(xs) - next(i for i, x in enumerate(xs[::-1]) if x >= limit) for xs in losses}
    assert for_good <= lasting - firsts
