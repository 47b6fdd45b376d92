"""A file's text and the values in it, changed together: comments and layout stay as they are.

An edit is made twice, in the text and in the plain values, and counts only if what the text then
says is what the values are. So no edit can break a file, however oddly it is written.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import tomlkit
from tomlkit.exceptions import TOMLKitError

Kind = Literal["set", "remove", "insert", "move"]
Path = tuple[str | int, ...]
Values = dict[str, Any]

MOST_EDITS = 64
_HEADER = re.compile(r"^([^#\n][^\n]*\n)(\[\[[\w.-]+\]\])", re.MULTILINE)
DEEPEST = 8


class EditError(ValueError):
    """An edit that cannot be made; the text says what to do instead."""


@dataclass(frozen=True)
class Edit:
    """One change of a file's values.

    Attributes:
        kind: ``set`` a key, ``remove`` what is there, ``insert`` into a list, ``move`` in a list.
        path: Keys, and places in lists counted from 0; of what is there afterwards, or of what is
            removed or moved.
        value: The new value; of ``move``, the place that it moves to.
    """

    kind: Kind
    path: Path
    value: Any = None


def edits_of(told: Any) -> tuple[Edit, ...]:
    """Edits as JSON has them: a list of ``{"kind": ..., "path": [...], "value": ...}``.

    Raises:
        EditError: It is something else.
    """
    if not isinstance(told, list) or len(told) > MOST_EDITS:
        raise EditError(f"edits must be a list of at most {MOST_EDITS}")
    return tuple(map(_edit, told))


def _edit(told: Any) -> Edit:
    kind, path = (told.get("kind"), told.get("path")) if isinstance(told, dict) else ("", [])
    if kind not in get_args(Kind):
        raise EditError(f"kind must be one of {', '.join(get_args(Kind))}")
    if not isinstance(path, list) or not 0 < len(path) <= DEEPEST:
        raise EditError(f"path must be a list of 1 to {DEEPEST} keys")
    if not all(type(step) in (str, int) for step in path):
        raise EditError("path must be made of keys, and of places in lists")
    return Edit(cast(Kind, kind), tuple(path), told.get("value"))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text after some edits.

    Raises:
        EditError: The text is no TOML, or they cannot be made without breaking it.
    """
    edits = tuple(edits)
    try:
        wanted, document = tomllib.loads(text), tomlkit.parse(text)
        for edit in edits:
            _make(wanted, edit)
            _make(document, edit)
        changed = tomlkit.dumps(document)
        if any(edit.kind in ("insert", "move") for edit in edits):
            changed = _HEADER.sub(r"\1\n\2", changed)
        if tomllib.loads(changed) == wanted:
            return changed
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, EditError):
            raise
    except TOMLKitError:
        pass
    raise EditError("this cannot be changed here as the file is written; change it in the text")


def applied(values: Values, edits: Iterable[Edit]) -> Values:
    """Plain values after some edits.

    >>> applied({"start": [1.0, 2.0]}, [Edit("set", ("start", 0), 3)])
    {'start': [3.0, 2.0]}
    """
    changed = copy.deepcopy(values)
    for edit in edits:
        _make(changed, edit)
    return changed


def _make(root: Any, edit: Edit) -> None:
    """Make an edit in values, plain or as tomlkit has them; tables on the way are made."""
    *way, last = edit.path
    place = root
    for step in way:
        if isinstance(place, dict) and step not in place and edit.kind == "set":
            place[step] = {}
        place = place[_checked(place, step)]
    if edit.kind == "set":
        key: Any = _checked(place, last)
        there = place[key] if isinstance(place, list) else place.get(key)
        place[key] = _alike(edit.value, there)
    elif edit.kind == "insert":
        place.insert(_checked([*place, None], last), edit.value)
    elif edit.kind == "remove":
        del place[_checked(place, last)]
    else:
        moved = place[_checked(place, last)]
        to = _checked(place, edit.value)
        del place[last]
        place.insert(to, moved)


def _checked(place: Any, step: Any) -> Any:
    """A key of a table, or a place in a list."""
    if isinstance(place, list):
        if type(step) is not int or not 0 <= step < len(place):
            raise EditError(f"there is no entry {step} here; reload the page")
    elif not isinstance(place, dict) or not isinstance(step, str):
        raise EditError(f"there is no {step} here; reload the page")
    return step


def _alike(new: Any, old: Any) -> Any:
    """A new value, with whole numbers written as floats where floats were."""
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [_alike(*pair) for pair in zip(new, old, strict=True)]
    is_whole = isinstance(new, int) and not isinstance(new, bool)
    return float(new) if is_whole and isinstance(old, float) else new
