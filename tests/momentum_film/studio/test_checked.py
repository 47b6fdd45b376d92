"""What is wrong is said in the words of `momentum check`, and about the right value."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from momentum_film.studio.beginnings import samples, starts
from momentum_film.studio.checked import checked, form_schema, problem_of, view
from momentum_math import ExperimentError, load_experiments
from momentum_math.toml.format import CONTENDER_TABLES, LANDSCAPE_TABLES, MAP_TABLE, NOISE_TABLE
from tests import ROOT

SHIPPED = sorted((ROOT / "experiments").glob("*.toml"))
PLAIN: dict[str, Any] = {
    "start": [1.0, 1.0],
    "steps": 20,
    "landscape": {"name": "quadratic"},
    "contenders": [{"optimizer": "gd", "lr": 0.1}],
}
WRONG = {"a": {"table": "which no value is"}}


def broken() -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """For every key of every table, a file in which it is wrong, and where that is."""
    found: list[tuple[tuple[str | int, ...], dict[str, Any]]] = []
    for name in ("title", "start", "steps", "threshold"):
        found.append(((name,), {**PLAIN, name: WRONG}))
    for part, tables in (
        ("landscape", LANDSCAPE_TABLES.options),
        ("map", {"": MAP_TABLE}),
        ("noise", {"": NOISE_TABLE}),
    ):
        for word, table in tables.items():
            for key in table.names:
                own = {LANDSCAPE_TABLES.selector: word} if word else {}
                found.append(((part, key), {**PLAIN, part: {**own, key: WRONG}}))
    for word, method in CONTENDER_TABLES.options.items():
        for key in method.names:
            one = {CONTENDER_TABLES.selector: word, key: WRONG}
            both = [PLAIN["contenders"][0], one]
            found.append((("contenders", 1, key), {**PLAIN, "contenders": both}))
    return found


@pytest.mark.parametrize(("path", "values"), broken(), ids=lambda part: str(part)[:40])
def test_a_wrong_value_of_any_key_is_marked_where_it_is(
    path: tuple[str | int, ...], values: dict[str, Any]
) -> None:
    found = checked(tomlkit.dumps(values), "wrong.toml")
    assert path in [problem.path for problem in found.problems]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('contender 1: unknown key "betta", did you mean "beta"?', ("contenders", 0, "betta")),
        ("contender 3: lr is missing, give the learning rate α", ("contenders", 2, "lr")),
        ("contenders must be 1 to 6 tables, not 0 of them", ("contenders",)),
        ("start is missing, give where every contender starts", ("start",)),
        ('unknown key "stepz", did you mean "steps"?', ("stepz",)),
        ("map: must be a table, not 3", ("map",)),
        ("is not TOML: Expected '=' (at line 1, column 2), mend that line", ()),
        ("the loss falls to -3: it is odd", ()),
    ],
)
def test_a_line_is_about_a_value(line: str, path: tuple[str | int, ...]) -> None:
    problem = problem_of(f"a.toml: {line}", "a.toml")
    assert problem.path == path
    assert line.endswith(problem.text)


@pytest.mark.parametrize("text", ["", "a = ", "start = [1, 2]", "[[contenders]]\nlr = -1"])
def test_the_words_are_those_of_check(text: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExperimentError) as error:
        load_experiments(path)
    found = checked(text, path.name)
    for line, problem in zip(error.value.messages, found.problems, strict=True):
        assert line.startswith("wrong.toml: ") and line.endswith(problem.text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_experiment_can_be_seen(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = checked(text, path.name)
    assert found.problems == () and found.values == tomllib.loads(text)
    assert found.experiment is not None
    shown = view(found.experiment)
    assert len(shown["runs"]) == len(tomllib.loads(text)["contenders"])
    assert shown["regions"]


def test_a_sweep_is_shown_as_what_it_is_besides() -> None:
    found = checked(tomlkit.dumps({**PLAIN, "sweep": {"lr": [0.1, 0.2]}}), "many.toml")
    assert found.has_sweep and found.experiment is not None
    assert "sweep" not in form_schema()["properties"]


WORDS = [
    *(("landscape", "name", word) for word in LANDSCAPE_TABLES.options),
    *(("contenders", "optimizer", word) for word in CONTENDER_TABLES.options),
]


@pytest.mark.parametrize(("part", "selector", "word"), WORDS, ids=lambda part: part)
def test_what_a_variant_begins_with_is_right(part: str, selector: str, word: str) -> None:
    one = {selector: word, **samples()[word]}
    if word == "recorded":
        one["data"] = {"points": [[1.0, 1.0], [0.5, 0.5]]}  # the page puts them where the start is
    values = {**PLAIN, part: one if part == "landscape" else [PLAIN["contenders"][0], one]}
    if part == "landscape":
        values["start"] = starts()[word]
    found = checked(tomlkit.dumps(values), "begun.toml")
    assert found.problems == () and found.experiment is not None
