"""A recorded run: what is read, what is refused in one line, and what the film makes of it."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from momentum_math import (
    Experiment,
    ExperimentError,
    Outcome,
    load_experiment,
    read_experiment,
    run,
)
from momentum_math.data.recording import MOST_POINTS
from momentum_math.resting import rest_of
from momentum_math.story import Story, any_off_map, data_end
from scenes.storyboard import tell

POINTS = np.array([(-4.0 * 0.97**k, 1.5 * (-0.8) ** k) for k in range(80)])
LOSSES = 0.05 * POINTS[:, 0] ** 2 + 5.0 * POINTS[:, 1] ** 2
"""The loss of the default quadratic along them, from its formula."""

HEAD = '[landscape]\nname = "quadratic"\ncurvatures = [0.1, 10.0]\n'


def written(folder: Path, name: str, *more: str, head: str = HEAD) -> Path:
    """An experiment with a run of a file's name, and lines before everything else."""
    path = folder / "own.toml"
    path.write_text("\n".join(more) + f'\n{head}[[contenders]]\ndata = "{name}"\n')
    return path


def refusal(folder: Path, name: str, *more: str, head: str = HEAD) -> str:
    with pytest.raises(ExperimentError) as error:
        load_experiment(written(folder, name, *more, head=head))
    (line,) = error.value.messages
    assert line.startswith("own.toml: ")
    return line


def saved(folder: Path, name: str = "adam.npz", **arrays: Any) -> str:
    np.savez(folder / name, **arrays)
    return name


def told(outcome: Outcome) -> str:
    chapters = tell(Story(outcome)).chapters
    return "\n".join(f"{c.name}.{b.name}: {b.caption}" for c in chapters for b in c.beats)


# --- what is read ------------------------------------------------------------------------------


def as_npz(path: Path) -> None:
    np.savez_compressed(path, points=POINTS, losses=LOSSES, weights=np.zeros(7))


def as_csv(path: Path) -> None:
    rows = [f"{k},{x!r},{loss!r},{y!r},adam" for k, ((x, y), loss) in rows_of()]
    path.write_text("step,x,loss,y,who\n" + "\n".join(rows) + "\n\n", encoding="utf-8-sig")


def as_records(path: Path) -> None:
    path.write_text(
        json.dumps([{"step": k, "x": x, "y": y, "loss": loss} for k, ((x, y), loss) in rows_of()])
    )


def as_lists(path: Path) -> None:
    path.write_text(json.dumps({"points": POINTS.tolist(), "losses": LOSSES.tolist()}))


def rows_of() -> list[tuple[int, tuple[list[float], float]]]:
    return list(enumerate(zip(POINTS.tolist(), LOSSES.tolist(), strict=True)))


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.npz", as_npz), ("b.csv", as_csv), ("c.json", as_records), ("d.json", as_lists)],
)
def test_every_kind_of_file_says_the_same(name: str, write: Any, tmp_path: Path) -> None:
    write(tmp_path / name)
    made = load_experiment(written(tmp_path, name))
    (one,) = run(made).runs
    assert np.array_equal(one.trajectory.points, POINTS)
    assert np.array_equal(one.trajectory.losses, LOSSES)
    assert (made.steps, made.start) == (79, (-4.0, 1.5))
    assert one.contender.label == Path(name).stem


def test_a_path_counts_from_the_file_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "films").mkdir()
    monkeypatch.chdir(tmp_path.parent)
    saved(tmp_path / "runs", points=POINTS)
    assert load_experiment(written(tmp_path / "films", "../runs/adam.npz")).steps == 79
    assert load_experiment(written(tmp_path, str(tmp_path / "runs" / "adam.npz"))).steps == 79


def mixed(folder: Path) -> Experiment:
    saved(folder, points=POINTS[:40], losses=LOSSES[:40])
    more = "start = [-4.0, 1.5]\nsteps = 60\n[map]\nsteps = 60\n"
    method = '[[contenders]]\noptimizer = "ema-momentum"\nlr = 0.18\nbeta = 0.9\n'
    return load_experiment(written(folder, "adam.npz", more, head=method + HEAD))


def test_the_data_belong_to_the_experiment(tmp_path: Path) -> None:
    made = mixed(tmp_path)
    values = json.loads(json.dumps(made.to_dict()))
    del values["name"]
    assert read_experiment(values, "own.toml") == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert len(pickle.dumps(made)) < 10_000
    (tmp_path / "adam.npz").unlink()
    saved(tmp_path, points=POINTS[:40] * [1.0, 0.999], losses=LOSSES[:40])
    other = load_experiment(tmp_path / "own.toml")
    assert other != made
    assert other.to_dict() != made.to_dict()


# --- what is told ------------------------------------------------------------------------------


def test_a_film_of_recorded_runs_alone_has_no_chapter_about_rules(tmp_path: Path) -> None:
    saved(tmp_path, points=POINTS)
    outcome = run(load_experiment(written(tmp_path, "adam.npz")))
    names = [chapter.name for chapter in tell(Story(outcome)).chapters]
    assert names == ["ravine", "descent", "loss_race", "summary"]
    assert "recorded" in told(outcome)
    above = np.flatnonzero(outcome.experiment.threshold <= LOSSES)
    assert outcome.runs[0].stays_below == above[-1] + 1 < 79


def test_beside_a_method_the_chapters_are_about_the_method(tmp_path: Path) -> None:
    story = Story(run(mixed(tmp_path)))
    names = [chapter.name for chapter in tell(story).chapters]
    assert names == [
        "ravine",
        "zigzag",
        "memory",
        "springs",
        "descent",
        "loss_race",
        "dial",
        "summary",
    ]
    assert story.with_memory is story.runs[0]
    assert [data_end(one) for one in story.runs] == [None, 39]
    text = told(story.outcome)
    assert "as recorded: adam" in text
    assert "each as far as it was recorded" in text


def test_losses_that_are_not_the_maps_are_noticed(tmp_path: Path) -> None:
    for scale, is_off in ((1.0, False), (1.5, True)):
        saved(tmp_path, points=POINTS, losses=LOSSES * scale)
        outcome = run(load_experiment(written(tmp_path, "adam.npz")))
        assert any_off_map(Story(outcome)) is is_off


def test_the_threshold_is_one_that_somebody_reaches(tmp_path: Path) -> None:
    saved(tmp_path, points=POINTS, losses=1.0 + 9.0 * 0.9 ** np.arange(80))
    assert load_experiment(written(tmp_path, "adam.npz")).threshold == 2.0


def test_a_run_that_stays_on_a_slope_neither_arrived_nor_rests(tmp_path: Path) -> None:
    saved(tmp_path, points=np.ones((3, 2)))
    outcome = run(load_experiment(written(tmp_path, "adam.npz")))
    [one] = outcome.runs
    assert one.first_below is None
    assert rest_of(outcome, one) is None


# --- what is refused ---------------------------------------------------------------------------


def bomb(path: Path) -> None:
    """A head that promises two gigabytes, and many zeros in few bytes."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": (1 << 27, 2)}
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("points.npy", head.getvalue() + bytes(24 << 20))


def false_shape(path: Path) -> None:
    """A head that promises 10^9 rows, and nothing behind it."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 2)}
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("points.npy", head.getvalue())


def evil_head(path: Path) -> None:
    """A head that is code."""
    text = b"{'descr': __import__('os').abort(), 'fortran_order': False, 'shape': (1,)}\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("points.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text)


def cut_off(path: Path) -> None:
    as_npz(path)
    path.write_bytes(path.read_bytes()[:-200])


HOSTILE: dict[str, tuple[str, Any]] = {
    "three columns": ("shape 4 × 3", {"points": np.zeros((4, 3))}),
    "flat": ("shape 8", {"points": np.zeros(8)}),
    "deep": ("one or two dimensions", {"points": np.zeros((4, 2, 1))}),
    "one point": ("has 1 points", {"points": np.zeros((1, 2))}),
    "too many": ("keep every 3th", {"points": np.zeros((2 * MOST_POINTS + 1, 2))}),
    "not a number": ("point 2 = 0, nan", {"points": [[0, 0], [0, 0], [0, np.nan]]}),
    "infinite": ("point 0 = inf, 0", {"points": [[np.inf, 0], [0, 0]]}),
    "far away": ("at most 1e+06", {"points": [[1e7, 0], [0, 0]]}),
    "complex": ("type complex128", {"points": np.zeros((4, 2), complex)}),
    "text": ("type <U1", {"points": np.full((4, 2), "a")}),
    "objects": ("type object", {"points": np.array([[1, {}], [2, []]], dtype=object)}),
    "other names": ("must have points", {"theta": np.zeros((4, 2))}),
    "fewer losses": ("3 losses and 4 points", {"points": np.zeros((4, 2)), "losses": np.zeros(3)}),
    "wild losses": ("loss 1 = inf", {"points": np.eye(2), "losses": [0.0, np.inf]}),
    "bomb": ("keep fewer numbers", bomb),
    "false shape": ("keep fewer numbers", false_shape),
    "evil head": ("is no whole .npz archive", evil_head),
    "cut off": ("is no whole .npz archive", cut_off),
    "empty": ("is no whole .npz archive", lambda path: path.write_bytes(b"")),
    "folder": ("is not a file", lambda path: path.mkdir()),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_run_is_refused_in_a_line(case: str, tmp_path: Path) -> None:
    expected, content = HOSTILE[case]
    path = tmp_path / "adam.npz"
    content(path) if callable(content) else np.savez(path, **content)
    line = refusal(tmp_path, "adam.npz")
    assert line.startswith('own.toml: contender 1: data = "adam.npz" ')
    assert expected in line


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "x,y\n1,2\n3,b\n", 'has "b" as y of row 3'),
        ("a.csv", "x,y\n1,2\n3\n", 'has "" as y of row 3'),
        ("a.csv", "1,2\n3,4\n", "must begin with the names of its columns"),
        ("a.csv", "", "must begin with the names of its columns"),
        ("a.csv", "x;y\n1;2\n", 'with commas between, not with "x;y"'),
        ("a.csv", "step,x,y\n5,1,2\n6,3,4\n", "must count its steps 0, 1, 2"),
        ("a.csv", "x,y\n1,nan\n3,4\n", "point 0 = 1, nan"),
        ("a.csv", 'x,y\n"1,2\n', "is no CSV"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[" * 10_000, "is no JSON"),
        ("a.json", "3", "must be an object of lists"),
        ("a.json", '{"points": [[1, 2], [3]]}', "lists of equally many"),
        ("a.json", '{"points": [[1, 2], [3, true]]}', "list of numbers"),
        ("a.json", f'{{"points": [[1, 2], [3, 1{"0" * 400}]]}}', "too large"),
        ("a.json", '[{"x": 1, "y": 2}, {"x": 1}]', "must have y as a list of numbers"),
        ("a.txt", "", "must name a file that ends in one of .npz, .csv, .json"),
        ("none.npz", None, "is not there"),
        ("https://example.org/a.npz", None, "not an address"),
        ("a\\u0000b.npz", None, "is not there"),
    ],
)
def test_other_files_that_are_no_run(
    name: str, text: str | None, expected: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert expected in refusal(tmp_path, name)


def test_a_run_has_no_method_beside_it(tmp_path: Path) -> None:
    saved(tmp_path, points=POINTS)
    path = written(tmp_path, "adam.npz")
    path.write_text(path.read_text() + 'optimizer = "adam"\nlr = 0.1\n')
    with pytest.raises(ExperimentError, match="optimizer and data exclude each other"):
        load_experiment(path)


def test_what_does_not_go_with_the_landscape_is_refused(tmp_path: Path) -> None:
    saved(tmp_path, points=POINTS, losses=LOSSES - 1.0)
    assert "below the landscape's minimum, 0" in refusal(tmp_path, "adam.npz")
    saved(tmp_path, points=[[1.0, 1.0], [-1.0, 1.0]])
    head = '[landscape]\nformula = "log(x) + y**2"\nminimum = "unknown"\n'
    assert "record the losses too" in refusal(tmp_path, "adam.npz", head=head)
    saved(tmp_path, points=POINTS)
    assert "remove it" in refusal(tmp_path, "adam.npz", "start = [0.0, 1.0]")
