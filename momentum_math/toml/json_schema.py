"""The JSON Schema of an experiment file, for editors that complete and check while one types."""

from typing import Any

from momentum_math.toml.format import (
    EXPERIMENT_TABLE,
    MOST_CONTENDERS,
    MOST_FILMS,
    SWEPT_PARTS,
    contender_kinds,
    swept_kinds,
)
from momentum_math.toml.tables import Key


def schema() -> dict[str, Any]:
    """The schema, made from the same declarations that reading a file uses.

    Returns:
        JSON Schema, draft 7, as nested dicts. It accepts every file that can be read; what spans
        several keys (a start inside the window, say) only reading can check.

    >>> schema()["properties"]["steps"]["default"]
    300
    """
    table = EXPERIMENT_TABLE.schema()
    table["properties"]["sweep"] = _sweep()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A momentum experiment",
        **table,
    }


def _sweep() -> dict[str, Any]:
    """The table [sweep]: the file's other keys, each with a list of its values."""
    parts = {part: _lists(swept_kinds(part), f"keys of {part}") for part in SWEPT_PARTS}
    numbers = map(str, range(1, MOST_CONTENDERS + 1))
    one = {number: _lists(contender_kinds(), f"keys of contender {number}") for number in numbers}
    said = "lists of values for other keys: one film for each combination, by `momentum batch`"
    properties = {
        **_lists(swept_kinds(), "")["properties"],
        **parts,
        "contenders": _table(one, "keys of one contender, by its number"),
    }
    return _table(properties, said)


def _lists(kinds: dict[str, list[Key]], said: str) -> dict[str, Any]:
    return _table({name: _list(keys) for name, keys in kinds.items()}, said)


def _list(keys: list[Key]) -> dict[str, Any]:
    """A list of values of a key, which several tables may declare."""
    options: list[dict[str, Any]] = []
    for key in keys:
        option = key.kind.schema()
        if option not in options:
            options.append(option)
    item = options[0] if len(options) == 1 else {"anyOf": options}
    return {
        "type": "array",
        "items": item,
        "minItems": 1,
        "maxItems": MOST_FILMS,
        "description": f"values of: {keys[0].description}",
    }


def _table(properties: dict[str, Any], said: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": said,
    }
