"""Several experiments from one file: its table [sweep] gives lists of values for keys of the file.

Runs with other numbers inside one experiment are the matter of ``momentum_math.tuning``.
"""

import copy
import itertools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from momentum_math.experiment import Experiment
from momentum_math.messages import did_you_mean, listed, printable, show
from momentum_math.optimizers import SYMBOLIC
from momentum_math.toml.format import (
    CONTENDER_TABLES,
    EXPERIMENT_TABLE,
    LONGEST_TITLE,
    MOST_FILMS,
    SWEPT_PARTS,
    contender_kinds,
    swept_kinds,
)
from momentum_math.toml.problems import ExperimentError, Problems, experiment_error
from momentum_math.toml.read import SAFE_NAME, read_experiment, read_toml


@dataclass(frozen=True)
class Axis:
    """One key of [sweep] and its values.

    Attributes:
        path: As written there: ``("lr",)``, ``("landscape", "b")``, ``("contenders", "2", "lr")``.
        values: As ``tomllib`` gives them, all different.
        symbol: What titles call it.
    """

    path: tuple[str, ...]
    values: tuple[Any, ...]
    symbol: str = ""

    @property
    def key(self) -> str:
        """The key as written.

        >>> Axis(("map", "steps"), (10, 20)).key
        'map.steps'
        """
        return ".".join(self.path)


@dataclass(frozen=True)
class Setting:
    """One value of an axis."""

    axis: Axis
    index: int

    @property
    def value(self) -> Any:
        """As ``tomllib`` gives it."""
        return self.axis.values[self.index]

    @property
    def words(self) -> str:
        """The setting as a title says it."""
        return f"{self.axis.symbol} = {_spoken(self.value, self.index)}"

    @property
    def name(self) -> str:
        """The setting as a file's name says it.

        >>> Setting(Axis(("noise", "sigma"), (0.5, 1e-05)), 1).name
        'noise-sigma-1e-05'
        >>> Setting(Axis(("start",), ([-4.0, 1.5], [1.0, 1.5])), 1).name
        'start-no2'
        """
        return "-".join((*self.axis.path, _slug(self.value, self.index)))


def load_experiments(path: str | Path) -> tuple[Experiment, ...]:
    """Read every experiment of a TOML file.

    Args:
        path: The file.

    Returns:
        One experiment for each combination of the values in its [sweep] table, the last key
        turning fastest; a file without that table gives one.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    path = Path(path)
    return read_experiments(read_toml(path), path.name)


def read_experiments(values: dict[str, Any], file: str) -> tuple[Experiment, ...]:
    """Make every experiment from a file's content; see ``load_experiments``.

    Args:
        values: What ``tomllib`` gives.
        file: The file's name, for the experiments' names and for error messages.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    base = {key: value for key, value in values.items() if key != "sweep"}
    plain = read_experiment(base, file)
    if "sweep" not in values:
        return (plain,)
    problems = Problems()
    axes = _axes(values["sweep"], base, problems)
    count = math.prod(len(axis.values) for axis in axes)
    if not problems.count and count > MOST_FILMS:
        problems.add("sweep", f"makes {count} films, give fewer values: at most {MOST_FILMS}")
    if problems.count:
        raise experiment_error(file, problems)
    if len(axes) > 1:  # a value that is wrong by itself is told once, not in every combination
        for axis in axes:
            _made([(Setting(axis, i),) for i in range(len(axis.values))], base, plain, file)
    choices = [[Setting(axis, i) for i in range(len(axis.values))] for axis in axes]
    return _made(list(itertools.product(*choices)), base, plain, file)


def _axes(sweep: Any, base: dict[str, Any], problems: Problems) -> list[Axis]:
    """The keys of [sweep], in the file's order."""
    if not isinstance(sweep, dict) or not sweep:
        problems.add("", "sweep must be a table of lists, as in lr = [0.05, 0.18]")
        return []
    axes = []
    for path, values in _leaves(sweep):
        count = problems.count
        _check_path(path, base, problems)
        if problems.count == count:
            _check_values(path, values, problems)
        if problems.count == count:
            axes.append(Axis(path, tuple(values), _symbol(path, base)))
    return axes


def _leaves(
    table: dict[str, Any], above: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], Any]]:
    """(path, value) of everything that is no table."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for key, value in table.items():
        path = (*above, key)
        if isinstance(value, dict) and len(path) < 3:
            found += _leaves(value, path) if value else [(path, value)]
        else:
            found.append((path, value))
    return found


def _check_path(path: tuple[str, ...], base: dict[str, Any], problems: Problems) -> None:
    """Note it if there is no such key to sweep."""
    *where, key = path
    shown = printable(".".join(path))
    contenders = base["contenders"]
    if where[:1] == ["contenders"] and len(where) == 2:
        number = where[1]
        if number not in map(str, range(1, len(contenders) + 1)):
            problems.add("sweep", f"{shown}: contenders are numbered 1 to {len(contenders)}")
            return
        known = tuple(contender_kinds())
    elif not where:
        known = tuple(swept_kinds())
    elif len(where) == 1 and where[0] in SWEPT_PARTS:
        known = tuple(swept_kinds(where[0]))
    else:
        parts = ("contenders.1", *SWEPT_PARTS)
        problems.add("sweep", f'unknown key "{shown}", keys in tables begin with {listed(parts)}')
        return
    if key not in known:
        hint = did_you_mean(key, known) or f", the keys here are {', '.join(known)}"
        problems.add("sweep", f'unknown key "{shown}"{hint}')
    elif not where and key not in _top_keys() and not _having(key, contenders):
        problems.add("sweep", f"{shown}: no contender's method has this key, remove it")


def _check_values(path: tuple[str, ...], values: Any, problems: Problems) -> None:
    """Note it if these are no values."""
    key = printable(".".join(path))
    if not isinstance(values, list) or not values:
        example = "lr = [0.05, 0.18]"
        problems.add("sweep", f"{key} = {show(values)} must be a list of values, as in {example}")
        return
    # A list that is too long is refused for that, and looking through it would take long.
    for i, value in enumerate(values if len(values) <= MOST_FILMS else []):
        if values[:i].count(value) == 1:  # told once, however often it comes again
            problems.add("sweep", f"{key} has {show(value)} twice, keep one")


def _symbol(path: tuple[str, ...], base: dict[str, Any]) -> str:
    """Return the name of a key in titles."""
    *where, key = path
    symbol = SYMBOLIC[key].spoken if key in SYMBOLIC else key.replace("_", " ")
    if where[:1] == ["contenders"]:
        alone = len(_having(key, base["contenders"])) == 1
        return symbol if alone else f"{symbol} of contender {where[1]}"
    return " ".join((*where, symbol))


def _top_keys() -> tuple[str, ...]:
    return tuple(key.name for key in EXPERIMENT_TABLE.keys)


def _keys_of(contender: dict[str, Any]) -> tuple[str, ...]:
    """The keys that a contender's method has."""
    return tuple(key.name for key in CONTENDER_TABLES.options[contender["optimizer"]].keys)


def _having(key: str, contenders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [contender for contender in contenders if key in _keys_of(contender)]


def _made(
    combinations: list[tuple[Setting, ...]], base: dict[str, Any], plain: Experiment, file: str
) -> tuple[Experiment, ...]:
    """The experiments, or every reason why not."""
    made, problems = [], Problems()
    for settings in combinations:
        where = "sweep " + ", ".join(f"{s.axis.key} = {show(s.value)}" for s in settings)
        try:
            made.append(_experiment(settings, base, plain, file))
        except ExperimentError as error:
            for line in error.messages:
                problems.add(where, line.partition(": ")[2] or line)
    if problems.count:
        raise experiment_error(file, problems)
    return tuple(made)


def _experiment(
    settings: tuple[Setting, ...], base: dict[str, Any], plain: Experiment, file: str
) -> Experiment:
    """The experiment with some values set, under a name and a title that say so."""
    name = "_".join((file.removesuffix(".toml"), *(setting.name for setting in settings)))
    title = ", ".join((plain.title, *(setting.words for setting in settings)))
    problems = Problems()
    if not SAFE_NAME.fullmatch(name):
        problems.add("", f"the film's name, {name}, is too long: shorten the file's name")
    if len(title) > LONGEST_TITLE:
        problems.add("", f"the film's title has {len(title)} characters: shorten the file's title")
    if problems.count:
        raise experiment_error(file, problems)
    values = copy.deepcopy(base) | {"title": title}
    for setting in settings:
        _set(values, setting.axis.path, setting.value)
    return read_experiment(values, f"{name}.toml")


def _set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value where a path leads; a contender's key alone leads to all that have it."""
    *where, key = path
    if where[:1] == ["contenders"]:
        values["contenders"][int(where[1]) - 1][key] = value
    elif where:
        values[where[0]] = {**(values.get(where[0]) or {}), key: value}
    elif key in _top_keys():
        values[key] = value
    else:
        for contender in _having(key, values["contenders"]):
            contender[key] = value


def _slug(value: Any, index: int) -> str:
    """A value in a file's name: itself if it is one plain word or number, else its place."""
    text = str(value).lower() if isinstance(value, bool) else str(value).replace("+", "")
    plain = isinstance(value, int | float | str) and len(text) <= 24
    return text if plain and SAFE_NAME.fullmatch(text.lstrip("-")) else f"no{index + 1}"


def _spoken(value: Any, index: int) -> str:
    """A value in a title."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.6g}".replace("-", "−")
    if isinstance(value, list) and all(isinstance(item, int | float) for item in value):
        return f"({', '.join(_spoken(item, 0) for item in value)})"
    return printable(value) if isinstance(value, str) else f"no. {index + 1}"
