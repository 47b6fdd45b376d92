"""Edits change what they are about, and nothing else of a file."""

from __future__ import annotations

import tomllib

import pytest

from momentum_film.studio.document import Edit, EditError, applied, edited, edits_of
from tests import ROOT

SHIPPED = {path.stem: path.read_text("utf-8") for path in (ROOT / "experiments").glob("*.toml")}
TEXT = SHIPPED["momentum"]
EDITS = {
    "number": [Edit("set", ("contenders", 1, "lr"), 0.2)],
    "half a pair": [Edit("set", ("start", 0), -3)],
    "pair": [Edit("set", ("start",), [-3, 1])],
    "in a line": [Edit("set", ("map", "levels", "count"), 20)],
    "new table": [Edit("set", ("noise", "sigma"), 0.1)],
    "remove": [Edit("remove", ("threshold",))],
    "remove and give": [Edit("remove", ("threshold",)), Edit("set", ("threshold",), 0.5)],
    "remove a table": [Edit("remove", ("map",))],
    "insert": [Edit("insert", ("contenders", 0), {"optimizer": "adam", "lr": 0.1})],
    "insert last": [Edit("insert", ("contenders", 3), {"optimizer": "adam", "lr": 0.1})],
    "move up": [Edit("move", ("contenders", 2), 0)],
    "move down": [Edit("move", ("contenders", 0), 2)],
    "remove one": [Edit("remove", ("contenders", 1))],
    "wrong kind": [Edit("set", ("steps",), "many")],
    "odd text": [Edit("set", ("title",), 'a "quoted" \\ title\nof [two] lines # no comment')],
}


@pytest.mark.parametrize("name", EDITS)
def test_the_text_says_what_the_values_are(name: str) -> None:
    changed = edited(TEXT, EDITS[name])
    assert tomllib.loads(changed) == applied(tomllib.loads(TEXT), EDITS[name])
    kept = [line for line in TEXT.splitlines() if line.startswith("#")]
    assert [line for line in changed.splitlines() if line.startswith("#")] == kept


def test_a_changed_number_changes_one_line_and_keeps_its_comment() -> None:
    changed = edited(TEXT, [Edit("set", ("contenders", 0, "lr"), 1)]).splitlines()
    differing = [
        pair for pair in zip(TEXT.splitlines(), changed, strict=True) if pair[0] != pair[1]
    ]
    ((old, new),) = differing
    assert new == old.replace("0.18 ", "1.0 ")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_come_back_as_they_were(name: str) -> None:
    text = SHIPPED[name]
    there = tomllib.loads(text)
    assert edited(text, [Edit("set", ("title",), there["title"])]) == text
    swapped = [Edit("move", ("contenders", 0), len(there["contenders"]) - 1)]
    back = [Edit("move", ("contenders", len(there["contenders"]) - 1), 0)]
    assert tomllib.loads(edited(edited(text, swapped), back)) == there


def test_tables_stay_apart_from_each_other() -> None:
    for name in ("insert", "insert last", "move up", "move down"):
        lines = edited(TEXT, EDITS[name]).splitlines()
        assert all(
            lines[at - 1] == "" for at, line in enumerate(lines) if line == "[[contenders]]"
        ), name


@pytest.mark.parametrize(
    "text",
    [
        "contenders = [{optimizer = 'gd', lr = 1}, {optimizer = 'gd', lr = 2}] # in a line",
        "[[contenders]]\nlr = 1\n[map]\nsteps = 3\n[[contenders]]\nlr = 2",
        "contenders = [\n  # one\n  {lr = 1},\n  {lr = 2}, # two\n]",
        "map.steps = 3\r\ncontenders = [{lr = 1}, {lr = 2}]\r\n",
    ],
)
def test_other_ways_to_write_the_same_are_edited_or_refused_but_never_broken(text: str) -> None:
    for edits in (
        [Edit("set", ("contenders", 1, "lr"), 3)],
        [Edit("set", ("map", "steps"), 4)],
        [Edit("remove", ("contenders", 0))],
        [Edit("insert", ("contenders", 1), {"lr": 9})],
        [Edit("move", ("contenders", 0), 1)],
    ):
        try:
            changed = edited(text, edits)
        except EditError as error:
            assert "in the text" in str(error)
        else:
            assert tomllib.loads(changed) == applied(tomllib.loads(text), edits)


@pytest.mark.parametrize(
    "edit",
    [
        Edit("set", ("contenders", 7, "lr"), 1),
        Edit("set", ("start", "x"), 1),
        Edit("remove", ("nothing",)),
        Edit("move", ("contenders", 0), 3),
        Edit("move", ("contenders", 0), None),
        Edit("insert", ("contenders", 9), {}),
        Edit("insert", ("title", 0), {}),
        Edit("set", ("title", "x"), 1),
        Edit("set", ("title",), None),
        Edit("set", (0,), 1),
        Edit("set", ("title",), float("nan")),
    ],
)
def test_what_cannot_be_done_is_said(edit: Edit) -> None:
    with pytest.raises(EditError):
        edited(TEXT, [edit])


@pytest.mark.parametrize("text", ["a = ", "[" * 5000, "a." * 3000 + "b = 1", "a = 1\na = 2"])
def test_a_text_that_is_none_is_not_edited(text: str) -> None:
    with pytest.raises(EditError):
        edited(text, [Edit("set", ("title",), "a")])


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        ["set"],
        [{}],
        [{"kind": "eval", "path": ["a"]}],
        [{"kind": "set", "path": []}],
        [{"kind": "set", "path": ["a"] * 9}],
        [{"kind": "set", "path": [True]}],
        [{"kind": "set", "path": "title"}],
        [{"kind": "set", "path": ["a"]}] * 65,
    ],
)
def test_what_is_no_edit_is_refused(told: object) -> None:
    with pytest.raises(EditError):
        edits_of(told)


def test_edits_are_read() -> None:
    told = [{"kind": "set", "path": ["contenders", 0, "lr"], "value": 2}]
    assert edits_of(told) == (Edit("set", ("contenders", 0, "lr"), 2),)
