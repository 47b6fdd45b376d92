"""Every key of an experiment file: its kind, range, default and meaning.

This is the one source for reading files, for the JSON Schema and for the table in the README.
"""

from momentum_math.landscapes.classics import Rastrigin, Rosenbrock
from momentum_math.landscapes.formula import UNBOUNDED, UNKNOWN
from momentum_math.landscapes.quadratics import Quadratic, Saddle
from momentum_math.optimizers.adaptive import Adam, RMSProp
from momentum_math.optimizers.momentum import EmaMomentum
from momentum_math.toml.kinds import (
    Choice,
    Flag,
    FormulaText,
    Integer,
    Levels,
    Number,
    NumberOr,
    Pair,
    Sides,
    Text,
)
from momentum_math.toml.tables import Key, Table, Tables, Variants

LONGEST_TITLE = 120
LONGEST_LABEL = 40
MOST_STEPS = 20_000
MOST_MAP_STEPS = 2_000
MOST_CONTENDERS = 6
MOST_LEVELS = 64
MOST_FILMS = 64
LARGEST_SEED = 2**63 - 1

COORDINATE = Number(-1e6, 1e6)
LEAST = 1e-12
"""What is closer to zero is not meant: it would only be lost in what it is added to."""
POSITIVE = Number(LEAST, 1e6)
SHARE = Number(0.0, 1.0, open_high=True)
EPSILON = Number(0.0, 1.0, open_low=True)

ANGLE = Key(
    "angle_degrees", Number(-360.0, 360.0), "how far the axes of the Hessian are turned", 0.0
)


def _landscape(name: str, *keys: Key) -> Table:
    """The table of a landscape with a name."""
    return Table((Key("name", Choice((name,)), "the landscape"), *keys))


LANDSCAPE_TABLES = Variants(
    "name",
    {
        "quadratic": _landscape(
            "quadratic",
            Key(
                "curvatures",
                Pair(POSITIVE, "[0.1, 10.0]"),
                "the eigenvalues of the Hessian",
                Quadratic.curvatures,
            ),
            ANGLE,
        ),
        "rosenbrock": _landscape(
            "rosenbrock",
            Key("a", Number(-10.0, 10.0), "the minimum lies at (a, a²)", Rosenbrock.a),
            Key("b", POSITIVE, "how much steeper the walls are than the floor", Rosenbrock.b),
        ),
        "beale": _landscape("beale"),
        "himmelblau": _landscape("himmelblau"),
        "styblinski-tang": _landscape("styblinski-tang"),
        "rastrigin": _landscape(
            "rastrigin",
            Key("amplitude", POSITIVE, "the depth of the dents", Rastrigin.amplitude),
        ),
        "saddle": _landscape(
            "saddle",
            Key(
                "curvatures",
                Pair(Number(-1e6, 1e6), "[1.0, -1.0]", opposite_signs=LEAST),
                "the eigenvalues of the Hessian, one above and one below zero",
                Saddle.curvatures,
            ),
            ANGLE,
        ),
        "formula": _landscape(
            "formula",
            Key("formula", FormulaText(), 'your own loss in x and y, as in "x**2 + 10*y**2"'),
            Key(
                "minimum",
                NumberOr(Number(-1e12, 1e12), (UNBOUNDED, UNKNOWN)),
                'the lowest value of your loss, or "unbounded", or "unknown": then the lowest found'
                " counts",
                None,
            ),
        ),
    },
    implied={"formula": "formula"},
)

LABEL = Key("label", Text(LONGEST_LABEL), "what the film calls this contender", None)
BASELINE = Key("baseline", Flag(), "whether the others are measured against this one", False)
LR = Key("lr", POSITIVE, "the learning rate α")
BETA = Key("beta", SHARE, "the share β of the old velocity that is kept")


def _optimizer(name: str, *keys: Key) -> Table:
    """The table of a contender with one optimiser."""
    return Table((LABEL, Key("optimizer", Choice((name,)), "the method"), LR, *keys, BASELINE))


CONTENDER_TABLES = Variants(
    "optimizer",
    {
        "gd": _optimizer("gd"),
        "ema-momentum": _optimizer(
            "ema-momentum",
            BETA,
            Key(
                "bias_correction",
                Flag(),
                "whether the average is divided by 1 - β^t",
                EmaMomentum.bias_correction,
            ),
            Key(
                "first_step",
                Choice(("zero", "gradient")),
                'whether v starts from zero or, as in PyTorch, from the first "gradient"',
                EmaMomentum.first_step,
            ),
        ),
        "heavy-ball": _optimizer("heavy-ball", BETA),
        "nesterov": _optimizer("nesterov", BETA),
        "rmsprop": _optimizer(
            "rmsprop",
            Key("decay", SHARE, "the share of the old mean square that is kept", RMSProp.decay),
            Key("epsilon", EPSILON, "added to the root", RMSProp.epsilon),
        ),
        "adam": _optimizer(
            "adam",
            Key("beta1", SHARE, "the share β₁ of the old average that is kept", Adam.beta1),
            Key("beta2", SHARE, "the share β₂ of the old mean square that is kept", Adam.beta2),
            Key("epsilon", EPSILON, "added to the root", Adam.epsilon),
        ),
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

SWEPT_PARTS = ("landscape", "map", "noise")
"""Tables whose keys [sweep] may give lists for, besides those of the file and of contenders."""

WORDS = ("title", "label", "baseline")
"""Keys that only name things; a sweep's films are named by what differs."""


def contender_kinds() -> dict[str, list[Key]]:
    """Each key that [sweep] may give a list for, of any method, with its declarations."""
    return _by_name(CONTENDER_TABLES)


def swept_kinds(part: str | None = None) -> dict[str, list[Key]]:
    """The same of a table in ``SWEPT_PARTS``, or of the file itself and of all contenders."""
    keys = {key.name: key for key in EXPERIMENT_TABLE.keys}
    if part is not None:
        return _by_name(keys[part].kind)
    single = {name: [key] for name, key in keys.items() if not isinstance(key.kind, TABLES)}
    return {name: found for name, found in single.items() if name not in WORDS} | contender_kinds()


TABLES = (Table, Variants, Tables)


def _by_name(table: Table | Variants) -> dict[str, list[Key]]:
    """Name -> the declarations of that key in a table's variants."""
    found: dict[str, list[Key]] = {}
    for option in table.options.values() if isinstance(table, Variants) else [table]:
        for key in option.keys:
            if key.name not in WORDS:
                found.setdefault(key.name, []).append(key)
    return found
