"""Keys: whatever can change a picture changes the key of its chapter, and nothing else does."""

from __future__ import annotations

import ast
import copy
import importlib.metadata
import random
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import av
import pytest

from momentum_film.plan import fingerprint
from momentum_film.plan.jobs import RenderJob
from momentum_film.plan.plan import Request, key_of, plan_film
from momentum_math import ExperimentError, load_experiment, read_experiment
from scenes import CHAPTERS, SCENES
from tests import ROOT

MOMENTUM = ROOT / "experiments" / "momentum.toml"
JOB = RenderJob(load_experiment(MOMENTUM), "zigzag", "paper", "16:9", 854, 480, 15)


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """What the sources remember of versions and files is forgotten before and after."""
    remembering = (
        fingerprint.toolchain,
        fingerprint.chapter_sources,
        fingerprint.delivery_sources,
        fingerprint._hash_file,
    )
    for each in remembering:
        each.cache_clear()
    yield
    for each in remembering:
        each.cache_clear()


# --- the job ------------------------------------------------------------------------------------

OTHER_JOB = {
    "experiment": load_experiment(ROOT / "experiments" / "tuned.toml"),
    "chapter": "descent",
    "theme": "night",
    "aspect": "1:1",
    "width": 856,
    "height": 482,
    "fps": 30,
    "encoding": "lossless",
    "span": (0, 45),
}


@pytest.mark.parametrize("field", [field.name for field in fields(RenderJob)])
def test_every_field_of_a_job_counts(field: str) -> None:
    assert key_of(replace(JOB, **{field: OTHER_JOB[field]})) != key_of(JOB)


def test_the_same_job_has_the_same_key() -> None:
    again = replace(JOB, experiment=load_experiment(MOMENTUM))
    assert key_of(again) == key_of(JOB)
    assert len(key_of(JOB)) == 64


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of all numbers, words and truth values in nested dicts and lists."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def changed(experiment: dict[str, Any], path: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Copies of an experiment with the value at a path changed, in the ways that make sense."""
    made = []
    for change in (
        lambda v: not v,
        lambda v: v + 1 if isinstance(v, int) else v * 1.001 + 1e-6,
        lambda v: v - 1 if isinstance(v, int) else v * 0.999 - 1e-6,
        lambda v: f"{v} too",
        lambda v: "gradient",
        lambda v: "gd",
    ):
        other = copy.deepcopy(experiment)
        place = other
        for key in path[:-1]:
            place = place[key]
        try:
            place[path[-1]] = change(place[path[-1]])
        except TypeError:
            continue
        made.append(other)
    return made


KEYS_OF_FILE = {key: value for key, value in JOB.experiment.to_dict().items() if key != "name"}
RINGS = [path for path in leaves(KEYS_OF_FILE) if path[:2] == ("map", "levels")][1:]


@pytest.mark.parametrize(
    "path",
    [path for path in leaves(KEYS_OF_FILE) if path not in RINGS],
    ids=lambda path: ".".join(map(str, path)),
)
def test_every_value_of_an_experiment_counts(path: tuple[Any, ...]) -> None:
    keys = set()
    for values in changed(KEYS_OF_FILE, path):
        try:
            other = read_experiment(values, "momentum.toml")
        except ExperimentError:
            continue
        if other != JOB.experiment:
            keys.add(key_of(replace(JOB, experiment=other)))
    together = path[-1] in ("name", "optimizer", "baseline")  # not to be changed alone
    assert keys or together
    assert key_of(JOB) not in keys


def test_the_baseline_and_the_method_count() -> None:
    other = copy.deepcopy(KEYS_OF_FILE)
    other["contenders"][0]["baseline"], other["contenders"][1]["baseline"] = False, True
    another = copy.deepcopy(KEYS_OF_FILE)
    another["contenders"][1] = {"label": "x", "optimizer": "nesterov", "lr": 0.18, "beta": 0.9}
    elsewhere = copy.deepcopy(KEYS_OF_FILE)
    elsewhere["landscape"] = {"name": "rosenbrock"}
    made = [read_experiment(values, "momentum.toml") for values in (other, another, elsewhere)]
    assert len({key_of(replace(JOB, experiment=each)) for each in (*made, JOB.experiment)}) == 4


def test_remarks_and_order_do_not_count(tmp_path: Path) -> None:
    lines = MOMENTUM.read_text(encoding="utf-8").splitlines()
    first = lines.index("[landscape]")
    head = [line for line in lines[:first] if "=" in line]
    random.Random(1).shuffle(head)
    text = "\n\n".join(["# Another remark.", *head, *lines[first:]]).replace("0.18 ", "18e-2 ")
    (tmp_path / "momentum.toml").write_text(text, encoding="utf-8")
    assert text != MOMENTUM.read_text(encoding="utf-8")
    assert key_of(replace(JOB, experiment=load_experiment(tmp_path / "momentum.toml"))) == key_of(
        JOB
    )


# --- the ground ---------------------------------------------------------------------------------


def test_every_version_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(JOB)
    true_version = importlib.metadata.version
    for package in fingerprint.PACKAGES:
        monkeypatch.setattr(
            importlib.metadata,
            "version",
            lambda name, package=package: "0.0" if name == package else true_version(name),
        )
        fingerprint.toolchain.cache_clear()
        assert key_of(JOB) != before, package
    monkeypatch.undo()
    for library in ("libavcodec", "libavfilter", "libavformat"):
        monkeypatch.setattr(av, "library_versions", {**av.library_versions, library: (0, 0, 0)})
        fingerprint.toolchain.cache_clear()
        assert key_of(JOB) != before, library
        monkeypatch.undo()
    fingerprint.toolchain.cache_clear()
    assert key_of(JOB) == before


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sources once more, to be changed."""
    for package in ("momentum_film", "scenes", "momentum_math"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__py*"))
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    return tmp_path


def keys() -> dict[str, str]:
    fingerprint.chapter_sources.cache_clear()
    fingerprint._hash_file.cache_clear()
    chapters = {name: key_of(replace(JOB, chapter=name)) for name in DRAWN}
    return chapters


DRAWN = [planned.job.chapter for planned in plan_film(Request(JOB.experiment, "draft")).film]


def touched(path: Path) -> set[str]:
    """The chapters whose keys change with one more line in a file."""
    before = keys()
    path.write_text(f"{path.read_text(encoding='utf-8')}\n# One more remark.\n", encoding="utf-8")
    after = keys()
    return {name for name in DRAWN if after[name] != before[name]}


@pytest.mark.parametrize("chapter", DRAWN)
def test_a_chapters_module_counts_for_it_and_for_what_begins_with_its_end(
    chapter: str, tree: Path
) -> None:
    module = CHAPTERS[chapter].split(":")[0].replace(".", "/")
    place = DRAWN.index(chapter)
    assert touched(tree / f"{module}.py") == set(DRAWN[place : place + 2])


def test_who_sets_formulas_counts_where_they_are_not_shipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = replace(JOB, experiment=replace(JOB.experiment, steps=299))
    before = key_of(JOB), key_of(own)
    other = replace(fingerprint.typesetter(), identity=lambda: "somebody else")
    monkeypatch.setattr(fingerprint, "typesetter", lambda: other)
    assert key_of(JOB) == before[0]
    assert key_of(own) != before[1]


def test_the_loops_module_counts_for_no_chapter(tree: Path) -> None:
    module = SCENES["loop"].split(":")[0].replace(".", "/")
    assert touched(tree / f"{module}.py") == set()


@pytest.mark.parametrize(
    "name",
    ["scenes/kit/stage.py", "scenes/kit/text/label.py", "momentum_math/optimizers/momentum.py"]
    + ["momentum_film/render/chapter.py", "momentum_film/raster/yuv.py"],
)
def test_what_all_chapters_use_counts_for_all(name: str, tree: Path) -> None:
    assert touched(tree / name) == set(DRAWN)


@pytest.mark.parametrize("name", ["cli/main.py", "deliver/web/page.py", "engines/base.py"])
def test_what_draws_nothing_does_not_count(name: str, tree: Path) -> None:
    assert touched(tree / "momentum_film" / name) == set()


def test_remarks_in_the_storyboard_do_not_count(tree: Path) -> None:
    assert touched(tree / "scenes" / "storyboard.py") == set()


def test_a_typeset_formula_counts(tree: Path) -> None:
    formula = sorted((tree / "scenes" / "kit" / "formulas" / "svg").glob("*.svg"))[0]
    assert touched(formula) == set(DRAWN)


def test_modules_that_are_hashed_exist() -> None:
    names = {Path(f"{place.split(':')[0].replace('.', '/')}.py") for place in SCENES.values()}
    assert all((ROOT / name).is_file() for name in names)
    assert all(ast.parse((ROOT / name).read_text(encoding="utf-8")).body for name in names)
