"""The JSON Schema of an experiment file, for editors that complete and check while one types."""

from typing import Any

from momentum_math.toml.format import (
    EXPERIMENT_TABLE,
    MOST_CONTENDERS,
    MOST_FILMS,
    SWEPT_AT_THE_TOP,
    SWEPT_OF_CONTENDERS,
    SWEPT_OF_PARTS,
)
from momentum_math.toml.kinds import list_schema
from momentum_math.toml.tables import Key


def schema() -> dict[str, Any]:
    """JSON Schema, draft 7, made from the same declarations that reading a file uses.

    It accepts every file that can be read; what spans several keys (a start inside the window,
    say) only reading can check.

    >>> schema()["properties"]["steps"]["default"]
    300
    """
    table = EXPERIMENT_TABLE.schema()
    table["properties"]["sweep"] = _sweep()
    draft = "http://json-schema.org/draft-07/schema#"
    return {"$schema": draft, "title": "A momentum experiment", **table}


def _sweep() -> dict[str, Any]:
    """The table [sweep]: the file's other keys, each with a list of its values."""
    numbers = map(str, range(1, MOST_CONTENDERS + 1))
    one = {n: _table(_lists(SWEPT_OF_CONTENDERS), f"keys of contender {n}") for n in numbers}
    properties = {
        **_lists(SWEPT_AT_THE_TOP),
        **{part: _table(_lists(keys), f"keys of {part}") for part, keys in SWEPT_OF_PARTS.items()},
        "contenders": _table(one, "keys of one contender, by its number"),
    }
    said = "lists of values for other keys: one film for each combination, by `momentum batch`"
    return _table(properties, said)


def _lists(keys: dict[str, list[Key]]) -> dict[str, Any]:
    """Lists of values of keys, each of which several tables may declare."""
    lists = {}
    for name, declared in keys.items():
        options = [key.kind.schema() for key in declared]
        different = [option for i, option in enumerate(options) if option not in options[:i]]
        item = different[0] if len(different) == 1 else {"anyOf": different}
        said = {"description": f"values of: {declared[0].description}"}
        lists[name] = list_schema(item, 1, MOST_FILMS) | said
    return lists


def _table(properties: dict[str, Any], said: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": said,
    }
