"""At the end of every beat: nothing overlaps, nothing leaves the frame, everything can be read."""

from __future__ import annotations

from functools import cache
from itertools import cycle, product
from pathlib import Path

import numpy as np
import pytest

from momentum_math import load_experiment, run
from momentum_math.story import Story
from scenes import CHAPTERS
from scenes.kit.formulas.mobject import Formula
from scenes.look import FRAMES, THEMES, Look
from scenes.storyboard import tell
from tests import ROOT
from tests.scenes import crowded
from tests.scenes.legible import crossings, layout_problems
from tests.scenes.staging import play

EXPERIMENTS = sorted((ROOT / "experiments").glob("*.toml"))
# The default film in every look; the others as they are made by default, and upright.
OTHERS = (("16:9", "paper"), ("9:16", "paper"))


@cache
def outcome_of(path: Path):
    return run(load_experiment(path))


def cases():
    return [
        pytest.param(
            path, chapter.name, aspect, theme, id=f"{path.stem}-{chapter.name}-{aspect}-{theme}"
        )
        for path in EXPERIMENTS
        for chapter, (aspect, theme) in product(
            tell(Story(outcome_of(path))).chapters,
            product(FRAMES, THEMES) if path.stem == "momentum" else OTHERS,
        )
    ]


CASES = pytest.mark.parametrize(("path", "chapter", "aspect", "theme"), cases())


@CASES
def test_every_beat_can_be_read_and_lasts_its_seconds(path, chapter, aspect, theme):
    scene = play(chapter, outcome_of(path), Look(THEMES[theme], FRAMES[aspect]))
    problems = layout_problems(scene)
    assert not problems, "\n".join(problems)
    beats = scene.storyboard[chapter].beats
    assert [name for name, _, _ in scene.beat_times] == [beat.name for beat in beats]
    for (_, start, end), beat in zip(scene.beat_times, beats, strict=True):
        assert end - start == pytest.approx(beat.seconds, abs=1e-6)


@pytest.mark.parametrize("index", range(crowded.COUNT))
def test_many_contenders_with_long_names_can_be_read(index):
    outcome = crowded.outcome(index)
    look = Look(THEMES["paper"], FRAMES[crowded.aspect(index)])
    problems = [
        f"{chapter.name}: {problem}"
        for chapter in tell(Story(outcome)).chapters
        for problem in layout_problems(play(chapter.name, outcome, look))
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("index", range(0, crowded.COUNT, 3))
def test_the_loop_has_room_for_all_names(index):
    outcome = crowded.outcome(index)
    look = Look(THEMES["paper"], FRAMES[crowded.aspect(index)])
    assert layout_problems(play("loop", outcome, look)) == []


@pytest.mark.parametrize(("path", "aspect"), [*zip(EXPERIMENTS, cycle(FRAMES), strict=False)])
def test_the_loop_of_a_shipped_experiment_is_laid_out(path, aspect):
    scene = play("loop", outcome_of(path), Look(THEMES["night"], FRAMES[aspect]))
    assert layout_problems(scene) == []
    assert scene.clock == scene.storyboard.loop.seconds


def test_the_crowded_experiments_are_of_every_kind():
    outcomes = [crowded.outcome(index) for index in range(crowded.COUNT)]
    counts = {
        (crowded.aspect(i), len(outcome.runs) > 3, len(outcome.runs))
        for i, outcome in enumerate(outcomes)
    }
    assert {count for *_, count in counts} == set(range(1, 7))
    assert {(aspect, many) for aspect, many, _ in counts} == set(product(FRAMES, (True, False)))
    ways = {
        tuple(np.sign(-o.experiment.landscape.gradient(np.array(o.experiment.start))))
        for o in outcomes
    }
    assert ways >= set(product((-1.0, 1.0), repeat=2)), "an arrow to every side"
    longest = max(len(run.contender.label) for outcome in outcomes for run in outcome.runs)
    assert longest == crowded.LONGEST_LABEL


@pytest.mark.parametrize("room", [np.inf, 1.0])
def test_a_formulas_em_is_the_size_it_is_drawn_in(room):
    """Measured on the letter itself: the same outline, so many times as large."""
    small, large = (
        Formula([(r"\theta + 1", "#000000")], 1.0, room=room),
        Formula([(r"\theta + 1", "#000000")], 4.0),
    )
    assert (small.em < 1.0) == (room < np.inf)
    assert large.height / small.height == pytest.approx(4.0 / small.em)


@pytest.mark.parametrize("aspect", FRAMES)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_line_runs_through_the_default_films_words(chapter, aspect):
    path = next(p for p in EXPERIMENTS if p.stem == "momentum")
    scene = play(chapter, outcome_of(path), Look(THEMES["paper"], FRAMES[aspect]))
    last = list(scene.stage)[-1]
    problems = [
        f"{beat}: {text.words!r} is crossed at {crossing[0]}"
        for beat, texts in scene.stage.items()
        for text in texts
        # Names that ride along with a head pass over lines until the ride is over.
        if not (text.rides and beat != last)
        and len(crossing := crossings(text.box.shrunk(0.03), scene.drawn[beat]))
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("fps", [15, 25, 60])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_frames_are_seconds_times_rate(chapter, fps):
    path = next(p for p in EXPERIMENTS if p.stem == "momentum")
    scene = play(chapter, outcome_of(path), Look(THEMES["paper"], FRAMES["16:9"]), fps)
    assert scene.frames == round(scene.storyboard[chapter].seconds * fps)
