"""The worked examples of docs/your-own.md with files: each is run, and makes a film."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from momentum_math import Outcome, load_experiment, run
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.story import Story, any_off_map, full_gradients, is_recorded
from scenes.storyboard import tell
from tests import ROOT

DOCUMENT = (ROOT / "docs/your-own.md").read_text(encoding="utf-8")


def blocks(section: str, kind: str) -> list[str]:
    """The fenced blocks of a kind in a section."""
    text = re.split(r"^## ", DOCUMENT.split(f"\n## {section}\n")[1], flags=re.MULTILINE)[0]
    return re.findall(rf"^```{kind}\n((?s:.*?))^```$", text, re.MULTILINE)


def filmed(folder: Path, text: str) -> Outcome:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return run(load_experiment(folder / "mine.toml"))


def test_your_own_loop_is_recorded_and_filmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (loop,), (text,) = (blocks("Your own training run", kind) for kind in ("python", "toml"))
    exec(compile(loop, "your-own.md", "exec"), {})
    story = Story(filmed(tmp_path, text))
    mine, computed = story.runs
    assert is_recorded(mine) and not is_recorded(computed)
    assert story.experiment.steps == 200
    assert not any_off_map(story)
    assert "as recorded: My loop" in tell(story)["ravine"].beats[0].caption


def test_the_learning_problem_is_what_it_says(tmp_path: Path) -> None:
    (samples,), (text,) = (blocks("A learning problem", kind) for kind in ("csv", "toml"))
    (tmp_path / "points.csv").write_text(samples, encoding="utf-8")
    story = Story(filmed(tmp_path, text))
    landscape = story.landscape
    assert isinstance(landscape, FitLandscape)
    assert np.abs(landscape.gradient(landscape.minima[0])).max() < 1e-8
    assert len(full_gradients(story.runs[1])) == 201
    assert "same mini-batches" in tell(story)["ravine"].beats[0].caption
