"""The desk keeps file, form and map in step, and loses nothing."""

from __future__ import annotations

import os
import random
import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from momentum_film.studio.checked import checked, form_schema, view
from momentum_film.studio.desk import SETTLED_SECONDS, Desk, DeskError, StaleError
from momentum_film.studio.document import Edit, EditError, applied
from momentum_math import ExperimentError, load_experiment, run
from momentum_math.shipped_experiments import EXPERIMENTS

SMALL = """# A small one.
title = "Small"
start = [-4.0, 1.5]     # where
steps = 20

[landscape]             # a bowl
name = "quadratic"
curvatures = [0.1, 10.0]

[map]
window = [[-5.0, 5.0], [-2.2, 2.2]]
levels = [0.1, 1.0]     # two rings

[[contenders]]
optimizer = "gd"        # plain
lr = 0.18

[[contenders]]
optimizer = "ema-momentum"
lr = 0.18
beta = 0.90             # ten steps
"""
OTHER = "start = [1.0, 2.0]"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    made = Desk(tmp_path, tmp_path / "drafts")
    made.open(path)
    return made


def on_disk(desk: Desk) -> str:
    assert desk.sheet.path is not None
    return desk.sheet.path.read_text(encoding="utf-8")


def outside(desk: Desk, text: str) -> None:
    """Another program writes the file, and is done with it."""
    assert desk.sheet.path is not None
    desk.sheet.path.write_text(text, encoding="utf-8")
    past = time.time() - 2 * SETTLED_SECONDS
    os.utime(desk.sheet.path, (past, past))


def put(desk: Desk, *path: str | int, value: Any) -> None:
    desk.edit((Edit("set", path, value),), desk.revision)


# --- five hundred edits -------------------------------------------------------------------------


def numbers(low: float, high: float) -> list[Any]:
    return [low, high, (low + high) / 2, low - 1, high + 1, "none"]


def choices(values: dict[str, Any], draw: random.Random) -> list[Edit]:
    """An edit that the form can make: good values and wrong ones, tables and places in lists."""
    count = len(values["contenders"])
    who = draw.randrange(count)
    tables = form_schema()["properties"]["contenders"]["items"]["oneOf"]
    method = draw.choice(tables)["properties"]["optimizer"]["enum"][0]
    return draw.choice(
        [
            [Edit("set", ("start",), [draw.uniform(-5, 5), draw.uniform(-2, 2)])],
            [Edit("set", ("start", draw.randrange(2)), draw.choice([-1, 0.5, 9, "x"]))],
            [Edit("set", ("steps",), draw.choice([*range(10, 30), 0, 1.5]))],
            [Edit("set", ("title",), draw.choice(["A", "Ünï # ‘x’", "", "x" * 121]))],
            [Edit("remove", ("title",))] if "title" in values else [],
            [Edit("set", ("threshold",), draw.choice([1e-3, 0.01, -1]))],
            [Edit("set", ("map", "window"), [[-6, draw.uniform(4, 6)], [-3, 3]])],
            [Edit("set", ("noise", "sigma"), draw.choice([0.01, 0.1, 0]))],
            [Edit("remove", ("noise",))] if "noise" in values else [],
            [Edit("set", ("landscape", "curvatures"), [draw.uniform(0.01, 1), 10])],
            [Edit("set", ("contenders", who, "lr"), draw.choice([0.1, 0.05, 0, "fast"]))],
            [Edit("set", ("contenders", who, "beta"), draw.choice([0.5, 0.9, 1.4]))],
            [Edit("set", ("contenders", who, "label"), draw.choice(["One", "Two"]))],
            [Edit("set", ("contenders", who, "optimizer"), method)],
            [Edit("insert", ("contenders", who), {"optimizer": "gd", "lr": 0.1})],
            [Edit("remove", ("contenders", who))] if count > 1 else [],
            [Edit("move", ("contenders", who), draw.randrange(count))],
        ]
    )


def comments(text: str) -> set[str]:
    return set(re.findall(r"# .*", text))


def in_step(desk: Desk, last_right: str) -> str:
    """File, values and map against each other; the text that was right last."""
    text, found = desk.sheet.text, desk.sheet.checked
    assert comments(text) <= comments(SMALL) | {"# ‘x’"} | {'# ‘x’"'}
    if found.problems:
        assert on_disk(desk) == last_right
        assert found.experiment is None
        return last_right
    assert on_disk(desk) == text
    assert found.values == tomllib.loads(text)
    return text


@pytest.mark.parametrize("seed", range(5))
def test_five_hundred_edits_keep_file_form_and_map_in_step(desk: Desk, seed: int) -> None:
    draw, right, values = random.Random(seed), SMALL, tomllib.loads(SMALL)
    seen = {"right": 0, "wrong": 0, "undone": 0}
    for number in range(100):
        if number % 10 == 9:
            before = desk.sheet.text
            desk.step(-1)
            desk.step(1)
            assert desk.sheet.text == before
            desk.step(-draw.randrange(1, 4))
            seen["undone"] += 1
        else:
            edits = tuple(choices(values, draw))
            desk.edit(edits, desk.revision)
            assert tomllib.loads(desk.sheet.text) == applied(values, edits)
        values = tomllib.loads(desk.sheet.text)
        right = in_step(desk, right)
        if desk.sheet.checked.problems:
            seen["wrong"] += 1
            desk.step(-1)
            while desk.sheet.checked.problems:  # what was wrong is undone, step by step
                desk.step(-1)
            values, right = tomllib.loads(desk.sheet.text), in_step(desk, right)
        else:
            seen["right"] += 1
        if number % 20 == 0:
            shown, outcome = view(checked(right, "small.toml").experiment), None
            assert desk.sheet.path is not None
            outcome = run(load_experiment(desk.sheet.path))
            assert shown["start"] == values["start"]
            assert [each["label"] for each in shown["runs"]] == [
                each.contender.label for each in outcome.runs
            ]
            assert [each["final_loss"] for each in shown["runs"]] == [
                each.final_loss for each in outcome.runs
            ]
    assert min(seen.values()) >= 10, seen


# --- the file is the truth ----------------------------------------------------------------------


def test_what_is_wrong_is_kept_but_not_written(desk: Desk) -> None:
    put(desk, "contenders", 1, "beta", value=1.4)
    assert on_disk(desk) == SMALL
    (problem,) = desk.sheet.checked.problems
    assert problem.path == ("contenders", 1, "beta")
    again = Desk(desk.folder, desk.drafts)  # as after a kill
    assert desk.sheet.path is not None
    again.open(desk.sheet.path)
    assert again.sheet.text == desk.sheet.text
    put(again, "contenders", 1, "beta", value=0.4)
    assert on_disk(again) == SMALL.replace("beta = 0.90 ", "beta = 0.4 ")
    assert list(desk.drafts.iterdir()) == []


def test_a_drag_is_one_step_of_the_history(desk: Desk) -> None:
    for x in (1, 2, 3):
        desk.edit((Edit("set", ("start", 0), x),), desk.revision, "drag 1")
    desk.edit((Edit("set", ("start", 0), 4),), desk.revision, "drag 2")
    desk.step(-1)
    assert tomllib.loads(desk.sheet.text)["start"][0] == 3
    desk.step(-1)
    assert desk.sheet.text == SMALL == on_disk(desk)
    desk.step(-1)
    desk.step(2)
    assert tomllib.loads(desk.sheet.text)["start"][0] == 4


def test_a_change_from_outside_is_taken_up_and_can_be_undone(desk: Desk) -> None:
    put(desk, "steps", value=10)
    mine = desk.sheet.text
    outside(desk, SMALL.replace("steps = 20", "steps = 30"))
    assert desk.look()
    assert tomllib.loads(desk.sheet.text)["steps"] == 30
    desk.step(-1)
    assert desk.sheet.text == on_disk(desk) == mine
    assert not desk.look()


def test_what_is_being_written_is_not_read_yet(desk: Desk) -> None:
    assert desk.sheet.path is not None
    base = desk.revision
    desk.sheet.path.write_text("", encoding="utf-8")
    assert not desk.look()
    with pytest.raises(StaleError):  # nor written over
        desk.edit((Edit("set", ("steps",), 10),), base)
    assert on_disk(desk) == ""


def test_who_comes_late_is_told(desk: Desk) -> None:
    base = desk.revision
    put(desk, "steps", value=10)
    with pytest.raises(StaleError, match="changed elsewhere"):
        desk.type(SMALL, base)
    outside(desk, OTHER)
    with pytest.raises(StaleError):
        desk.type(SMALL, desk.revision)
    assert desk.sheet.text == OTHER


def test_a_file_that_is_gone_is_written_again(desk: Desk) -> None:
    assert desk.sheet.path is not None
    desk.sheet.path.unlink()
    assert not desk.look()
    put(desk, "steps", value=10)
    assert tomllib.loads(on_disk(desk))["steps"] == 10


def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    desk = Desk(tmp_path, tmp_path / "drafts")
    desk.open(path)
    desk.type(SMALL.replace("steps = 20", "steps = 21"), desk.revision)
    put(desk, "steps", value=22)
    wanted = SMALL.replace("steps = 20", "steps = 22").replace("\n", "\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + wanted.encode()


# --- shipped experiments and new files ----------------------------------------------------------


def test_a_shipped_experiment_is_copied_not_changed(tmp_path: Path) -> None:
    path = EXPERIMENTS / "saddle.toml"
    before = path.read_bytes()
    desk = Desk(tmp_path, tmp_path / "drafts")
    desk.open(path)
    put(desk, "steps", value=90)
    assert (path.read_bytes(), desk.sheet.path) == (before, None)
    desk.save_as("mine")
    assert desk.sheet.path == tmp_path / "mine.toml"
    assert tomllib.loads(on_disk(desk))["steps"] == 90
    put(desk, "steps", value=99)
    assert tomllib.loads(on_disk(desk))["steps"] == 99
    assert path.read_bytes() == before


def test_a_copy_has_the_files_that_it_reads(tmp_path: Path) -> None:
    shipped = EXPERIMENTS / "training-run.toml"
    desk = Desk(tmp_path, tmp_path / "drafts")
    desk.open(shipped)
    put(desk, "title", value="Mine")
    other = tmp_path / "training-run" / "sgd.npz"
    other.parent.mkdir()
    other.write_bytes(b"another one's")
    with pytest.raises(DeskError, match=r"training-run/sgd\.npz is there already"):
        desk.save_as("mine")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other, *drafts(desk)]
    other.unlink()
    desk.save_as("mine")
    assert desk.sheet.checked.problems == ()
    found = load_experiment(tmp_path / "mine.toml")
    assert found.contenders == load_experiment(shipped).contenders
    own = Desk(tmp_path, tmp_path / "drafts")
    own.open(tmp_path / "mine.toml")
    own.save_as("again")  # in the same folder, with the same files
    assert load_experiment(tmp_path / "again.toml").contenders == found.contenders


def drafts(desk: Desk) -> list[Path]:
    return [path for path in desk.drafts.iterdir() if path.is_file()]


def test_a_copy_brings_no_file_from_outside_of_the_folder(tmp_path: Path) -> None:
    origin, here = tmp_path / "origin", tmp_path / "a" / "here"
    origin.mkdir()
    here.mkdir(parents=True)
    (tmp_path / "run.csv").write_text("x,y\n1,2\n0,1\n", encoding="utf-8")
    run_ = 'optimizer = "recorded"\ndata = "../run.csv"'
    text = SMALL.replace('optimizer = "gd"        # plain\nlr = 0.18', run_)
    (origin / "small.toml").write_text(text, encoding="utf-8")
    desk = Desk(here, here / "drafts")
    desk.open(origin / "small.toml")
    assert desk.sheet.checked.problems == ()
    with pytest.raises(
        DeskError, match=r"it reads \.\./run\.csv, outside of its folder; start in "
    ):
        desk.save_as("mine")
    assert list(here.rglob("*.toml")) == [] and not (tmp_path / "a" / "run.csv").exists()


def test_the_comments_of_a_copy_speak_of_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, tmp_path / "drafts")
    desk.open(EXPERIMENTS / "momentum.toml")
    desk.save_as("mine")
    assert "`momentum check mine.toml`" in on_disk(desk)
    assert desk.sheet.text == on_disk(desk)


@pytest.mark.parametrize("name", ["small", "../x", "con", "", "a/b", "x" * 90, "-a", "a\0b"])
def test_a_new_file_has_a_name_of_its_own(desk: Desk, name: str) -> None:
    there = sorted(desk.folder.iterdir())
    with pytest.raises(DeskError):
        desk.save_as(name)
    assert sorted(desk.folder.iterdir()) == there


def test_what_cannot_be_read_is_not_opened(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    for data in (b"\xff\xfe", b"a" * 70_000):
        path.write_bytes(data)
        with pytest.raises(ExperimentError):
            desk.open(path)
    with pytest.raises(DeskError, match="larger than 64 KiB"):
        desk.type("a" * 70_000, desk.revision)
    assert desk.sheet.text == SMALL


def test_text_that_is_no_toml_is_not_edited_by_the_form(desk: Desk) -> None:
    desk.type("steps = ", desk.revision)
    with pytest.raises(EditError):
        put(desk, "steps", value=1)
    assert (desk.sheet.text, on_disk(desk)) == ("steps = ", SMALL)
