"""Every key of an experiment file: its kind, range, default and meaning.

This is the one source for reading files, for the JSON Schema and for the table in the README.
"""

from typing import Any

from momentum_math.data.grid import GridFile
from momentum_math.data.recording import Recording, RunFile
from momentum_math.data.samples import SamplesFile
from momentum_math.landscapes import LANDSCAPES, MEASURED, Landscape
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.landscapes.formula import CustomLandscape
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.optimizers import OPTIMIZERS, Optimizer
from momentum_math.optimizers.labels import LONGEST_LABEL
from momentum_math.optimizers.own import Named, RuleLines
from momentum_math.optimizers.schedules import Schedule, fitting, kind_within, scheduled
from momentum_math.parameters import (
    POSITIVE,
    Choice,
    Flag,
    Integer,
    Kind,
    Number,
    Pair,
    Parameter,
    parameters_of,
)
from momentum_math.toml.kinds import Levels, Sides, Text, list_schema
from momentum_math.toml.tables import TABLES, Key, NumberOrTable, Table, Tables, Variants

LONGEST_TITLE = 120
MOST_CONTENDERS = 6
MOST_FILMS = 10_000

COORDINATE = Number(-1e6, 1e6)

LABEL = Key("label", Text(LONGEST_LABEL), "what the film calls this contender", None)
BASELINE = Key("baseline", Flag(), "whether the others are measured against this one", False)

RECORDED = (
    Key("optimizer", Choice((Recording.name,)), "the method"),
    Key(
        "data",
        RunFile(),
        "your own run in place of a method: a file of points, .npz, .csv or .json, beside this one",
    ),
)


def _keys(owner: type[Landscape] | type[Optimizer], selector: str, said: str) -> tuple[Key, ...]:
    """Return the keys of a landscape or an optimiser: its name's, and those of its parameters."""
    declared = parameters_of(owner).values()
    own = (Key(one.key, _kind(one), one.description, one.default) for one in declared)
    return (Key(selector, Choice((owner.name,)), said), *own)


def _kind(number: Parameter) -> Kind:
    """Return what a number must be: with a schedule for it, that or a table."""
    schedules = fitting(number.key)
    if not schedules or not isinstance(number.kind, Number):
        return number.kind
    tables = {name: _schedule_table(one, number.kind) for name, one in schedules.items()}
    example = f'{number.key} = {{ schedule = "linear", start = 0.2, end = 0.02 }}'
    return NumberOrTable(number.kind, Variants("schedule", tables), scheduled, example)


def _schedule_table(schedule: type[Schedule], number: Number) -> Table:
    """Return the keys of a schedule of such a number."""
    keys = (
        Key(one.key, kind_within(one.kind, number), one.description, one.default)
        for one in parameters_of(schedule).values()
    )
    return Table((Key("schedule", Choice((schedule.name,)), "how the number changes"), *keys))


LANDSCAPE_TABLES = Variants(
    "name",
    {
        name: Table(_keys(one, "name", "the landscape"))
        for name, one in (LANDSCAPES | MEASURED).items()
    },
    implied={
        "formula": CustomLandscape.name,
        "grid": MeasuredLandscape.name,
        "data": FitLandscape.name,
    },
)

CONTENDER_TABLES = Variants(
    "optimizer",
    {
        name: Table((LABEL, *_keys(one, "optimizer", "the method"), BASELINE))
        for name, one in OPTIMIZERS.items()
    }
    | {Recording.name: Table((LABEL, *RECORDED, BASELINE))},
    implied={"data": Recording.name},
)

MAP_TABLE = Table(
    (
        Key("steps", Integer(1, 2_000), "how many steps the map shows", None),
        Key("window", Sides(COORDINATE, 1e-6), "[[x_min, x_max], [y_min, y_max]] of the map", None),
        Key(
            "levels",
            Levels(Number(-1e12, 1e12), 64),
            "the loss of each ring, counted from the minimum: { from, to, count } or a list",
            None,
        ),
    )
)

NOISE_TABLE = Table(
    (
        Key(
            "sigma",
            POSITIVE,
            "the standard deviation of each component of the gradient's noise",
            None,
        ),
        Key(
            "batch",
            Integer(1, 199),
            "samples of each mini-batch, of a landscape with data: the same ones for all",
            None,
        ),
        Key("seed", Integer(0, 2**63 - 1), "the seed of the noise, or of the batches", 1),
    ),
    one_of=("sigma", "batch"),
)

EXPERIMENT_TABLE = Table(
    (
        Key("title", Text(LONGEST_TITLE), "the film's title", None),
        Key(
            "start",
            Pair(COORDINATE, "[-4.0, 1.5]"),
            "where every contender starts, as [x, y] (where all are recorded, the first one's)",
            None,
        ),
        Key(
            "steps",
            Integer(1, 20_000),
            "how many updates each contender makes (where one is recorded, as many as it made)",
            300,
        ),
        Key(
            "threshold",
            Number(0.0, 1e12, open_low=True),
            "the loss above the minimum that counts as arrived (where nothing is said, a power of"
            " ten: about a ten-thousandth of the loss at the start)",
            None,
        ),
        Key("landscape", LANDSCAPE_TABLES, "the loss"),
        Key("map", MAP_TABLE, "what the map shows; the data decide what is not given", None),
        Key("noise", NOISE_TABLE, "noise on the gradients", None),
        Key("contenders", Tables(CONTENDER_TABLES, "contender", MOST_CONTENDERS), "who runs"),
    )
)

WORDS = ("title", "label", "baseline")
"""Keys that only name things; a sweep's films are named by what differs."""

FILES = (RunFile, GridFile, SamplesFile)
"""Kinds of value that may be the name of a file beside the experiment."""

FILE_KEYS = tuple(
    dict.fromkeys(
        key.name
        for part in (CONTENDER_TABLES, LANDSCAPE_TABLES)
        for table in part.options.values()
        for key in table.keys
        if isinstance(key.kind, FILES)
    )
)
"""The keys of contenders and landscapes that have such values."""


def _swept(*tables: Table) -> dict[str, list[Key]]:
    """Return each key of these tables that [sweep] may give a list for, with its declarations."""
    found: dict[str, list[Key]] = {}
    for key in (key for table in tables for key in table.keys):
        if key.name not in WORDS and not isinstance(key.kind, (*TABLES, *FILES, RuleLines, Named)):
            found.setdefault(key.name, []).append(key)
    return found


SWEPT_OF_CONTENDERS = _swept(*CONTENDER_TABLES.options.values())
SWEPT_AT_THE_TOP = _swept(EXPERIMENT_TABLE) | SWEPT_OF_CONTENDERS
SCHEDULE_TABLES = {
    name: declared[0].kind.table
    for name, declared in SWEPT_OF_CONTENDERS.items()
    if isinstance(declared[0].kind, NumberOrTable)
}
"""Key of a contender that may have a schedule -> the table of that."""
SWEPT_OF_SCHEDULES = {
    name: _swept(*table.options.values()) for name, table in SCHEDULE_TABLES.items()
}
SWEPT_OF_PARTS = {
    "landscape": _swept(*LANDSCAPE_TABLES.options.values()),
    "map": _swept(MAP_TABLE),
    "noise": _swept(NOISE_TABLE),
}


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
    recorded = {"contains": {"required": ["data"]}, "description": "who runs, one is recorded"}
    started = {"contenders": recorded}
    start = {"anyOf": [{"required": ["start"]}, {"properties": started}]}
    return {"$schema": draft, "title": "A momentum experiment", **table, **start}


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
        values = list_schema(item, 1, MOST_FILMS)
        if name in SWEPT_OF_SCHEDULES:
            inner = _table(_lists(SWEPT_OF_SCHEDULES[name]), "keys of its schedule")
            values = {"anyOf": [values, inner]}
        lists[name] = values | said
    return lists


def _table(properties: dict[str, Any], said: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": said,
    }
