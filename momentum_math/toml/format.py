"""Every key of an experiment file: its kind, range, default and meaning.

This is the one source for reading files, for the JSON Schema and for the table in the README.
"""

from momentum_math.landscapes import LANDSCAPES, Landscape
from momentum_math.landscapes.formula import CustomLandscape
from momentum_math.optimizers import OPTIMIZERS, Optimizer
from momentum_math.parameters import POSITIVE, Choice, Flag, Number, Pair, parameters_of
from momentum_math.toml.kinds import Integer, Levels, Sides, Text
from momentum_math.toml.tables import TABLES, Key, Table, Tables, Variants

LONGEST_TITLE = 120
LONGEST_LABEL = 40
MOST_STEPS = 20_000
MOST_MAP_STEPS = 2_000
MOST_CONTENDERS = 6
MOST_LEVELS = 64
MOST_FILMS = 64
LARGEST_SEED = 2**63 - 1

COORDINATE = Number(-1e6, 1e6)

LABEL = Key("label", Text(LONGEST_LABEL), "what the film calls this contender", None)
BASELINE = Key("baseline", Flag(), "whether the others are measured against this one", False)


def _keys(owner: type[Landscape] | type[Optimizer]) -> tuple[Key, ...]:
    """Return the keys of a landscape's or an optimiser's parameters."""
    declared = parameters_of(owner).values()
    return tuple(Key(one.key, one.kind, one.description, one.default) for one in declared)


LANDSCAPE_TABLES = Variants(
    "name",
    {
        name: Table((Key("name", Choice((name,)), "the landscape"), *_keys(landscape)))
        for name, landscape in LANDSCAPES.items()
    },
    implied={"formula": CustomLandscape.name},
)

CONTENDER_TABLES = Variants(
    "optimizer",
    {
        name: Table(
            (LABEL, Key("optimizer", Choice((name,)), "the method"), *_keys(optimizer), BASELINE)
        )
        for name, optimizer in OPTIMIZERS.items()
    },
)

MAP_TABLE = Table(
    (
        Key("steps", Integer(1, MOST_MAP_STEPS), "how many steps the map shows", None),
        Key("window", Sides(COORDINATE, 1e-6), "[[x_min, x_max], [y_min, y_max]] of the map", None),
        Key(
            "levels",
            Levels(Number(-1e12, 1e12), MOST_LEVELS),
            "the loss of each ring, counted from the minimum: { from, to, count } or a list",
            None,
        ),
    )
)

NOISE_TABLE = Table(
    (
        Key("sigma", POSITIVE, "the standard deviation of each component of the gradient's noise"),
        Key("seed", Integer(0, LARGEST_SEED), "the seed of the noise", 1),
    )
)

EXPERIMENT_TABLE = Table(
    (
        Key("title", Text(LONGEST_TITLE), "the film's title", None),
        Key("start", Pair(COORDINATE, "[-4.0, 1.5]"), "where every contender starts, as [x, y]"),
        Key("steps", Integer(1, MOST_STEPS), "how many updates each contender makes", 300),
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


def _swept(*tables: Table) -> dict[str, list[Key]]:
    """Return each key of these tables that [sweep] may give a list for, with its declarations."""
    found: dict[str, list[Key]] = {}
    for key in (key for table in tables for key in table.keys):
        if key.name not in WORDS and not isinstance(key.kind, TABLES):
            found.setdefault(key.name, []).append(key)
    return found


SWEPT_OF_CONTENDERS = _swept(*CONTENDER_TABLES.options.values())
SWEPT_AT_THE_TOP = _swept(EXPERIMENT_TABLE) | SWEPT_OF_CONTENDERS
SWEPT_OF_PARTS = {
    "landscape": _swept(*LANDSCAPE_TABLES.options.values()),
    "map": _swept(MAP_TABLE),
    "noise": _swept(NOISE_TABLE),
}
