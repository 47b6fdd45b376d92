"""``momentum project``, and ``momentum new`` of an experiment with files, as somebody types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from momentum_film.cli.main import main
from momentum_math import Recorder, load_experiment, run
from momentum_math.story import Story
from scenes.storyboard import tell

MODULE = """
def loss(parameters):
    return float(0.1 + (parameters[0] - 1.0) ** 2 + 0.1 * (parameters[1:] ** 2).sum())

def broken(parameters):
    raise KeyError("no such\\nlayer")

def endless(parameters):
    return float("inf")

number = 3
"""


def loss(theta: np.ndarray) -> float:
    return float(0.1 + (theta[0] - 1.0) ** 2 + 0.1 * (theta[1:] ** 2).sum())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two runs of ten parameters and a module with their loss."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mylosses.py").write_text(MODULE)
    for name, lr in (("slow", 0.05), ("fast", 0.3)):
        recorder, theta = Recorder(), np.r_[-2.0, np.full(9, 2.0)]
        for _ in range(40):
            recorder.step(theta, loss(theta))
            theta -= lr * np.r_[2.0 * (theta[0] - 1.0), 0.2 * theta[1:] * np.arange(1, 10)]
        recorder.save(f"{name}.npz")
    return tmp_path


def momentum(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_runs_become_points_of_one_plane_with_a_film(folder: Path) -> None:
    done = momentum(
        "project", "slow.npz", "fast.npz", "--loss", "mylosses:loss", "--output", "mine",
        "--points", "15",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[:5] == [
        f"mine/{name}" for name in ("slow.npz", "fast.npz", "plane.npz", "loss.npz", "mine.toml")
    ]
    experiment = load_experiment("mine/mine.toml")
    with np.load("mine/plane.npz") as saved:
        plane = dict(saved)
    grid = experiment.landscape.grid
    for i, x in ((0, grid.x[0]), (14, grid.x[14])):
        lifted = plane["mean"] + x * plane["directions"][0] + grid.y[3] * plane["directions"][1]
        assert grid.table[3, i] == pytest.approx(loss(lifted), rel=1e-12)
    assert experiment.landscape.variance == pytest.approx(float(plane["share"]), abs=1e-4)
    story = Story(run(experiment))
    assert [one.label for one in story.runs] == ["slow", "fast"]
    assert all(abs(one.run.trajectory.losses[0] - loss(np.r_[-2.0, np.full(9, 2.0)])) < 1e-9
               for one in story.runs)  # fmt: skip
    said = " ".join(beat.caption for beat in tell(story)["ravine"].beats)
    assert "This plane holds over 99 % of the runs' variance." in said


def test_without_a_loss_there_are_points_and_no_film(folder: Path) -> None:
    done = momentum("project", "slow.npz", "fast.npz")
    assert done.exit_code == 0
    assert sorted(path.name for path in Path("projected").iterdir()) == [
        "fast.npz", "plane.npz", "slow.npz",
    ]  # fmt: skip
    said, _, again = done.output.splitlines()[-1].partition(": ")
    assert said == "no film yet, its map needs the loss on this plane"
    assert again == (
        "momentum project slow.npz fast.npz --loss module:function --output projected-film"
    )
    done = momentum(*again.replace("module:function", "mylosses:loss").split()[1:])
    assert load_experiment("projected-film/projected-film.toml").landscape.variance is not None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("none.npz",), "none.npz: No such file or directory"),
        (("mylosses.py",), "give an .npz file of numbers"),
        (("slow.npz", "./slow.npz"), "files of the same name"),
        (("slow.npz",) * 7, "at most 6"),
        (("slow.npz", "--loss", "mylosses:nothing"), "has no attribute 'nothing'"),
        (("slow.npz", "--loss", "nomodule:loss"), "No module named 'nomodule'"),
        (("slow.npz", "--loss", "mylosses"), "name a module and its function"),
        (("slow.npz", "--loss", "mylosses:number"), "number is not a function"),
        (("slow.npz", "--loss", "mylosses:broken"), "KeyError: 'no such\\nlayer'"),
        (("slow.npz", "--loss", "mylosses:endless"), "is not finite everywhere"),
        (("slow.npz", "--output", "."), "is not empty"),
        (("pickled.npz",), "Object arrays cannot be loaded"),
        (("cube.npz",), "of shape 2 × 2 × 2"),
        (("other.npz",), "has no parameters"),
        (("line.npz",), "on a line"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(
    folder: Path, words: tuple[str, ...], expected: str
) -> None:
    np.savez("pickled.npz", parameters=np.array([{}, []], dtype=object))
    np.savez("cube.npz", parameters=np.zeros((2, 2, 2)))
    np.savez("other.npz", theta=np.zeros((2, 2)))
    np.savez("line.npz", parameters=np.outer(np.arange(4.0), np.ones(3)))
    before = sorted(folder.iterdir())
    done = momentum("project", *words)
    assert done.exit_code == 2
    assert expected in done.output
    assert len(done.output.splitlines()) == 1
    assert [path for path in sorted(folder.iterdir()) if path.name != "__pycache__"] == before


def test_a_copy_of_an_experiment_has_its_files(folder: Path) -> None:
    momentum("project", "slow.npz", "fast.npz", "--loss", "mylosses:loss", "--points", "9")
    (folder / "elsewhere").mkdir()
    for _ in range(2):
        done = momentum("new", "elsewhere/mine", "--from", "projected/projected.toml")
        if (folder / "elsewhere/mine.toml").exists() and done.exit_code == 0:
            assert "elsewhere/loss.npz" in done.output
    assert done.exit_code == 2  # it is there by now
    copy = load_experiment(folder / "elsewhere/mine.toml")
    assert copy.contenders == load_experiment(folder / "projected/projected.toml").contenders
