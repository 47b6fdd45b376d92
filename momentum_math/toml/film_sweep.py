"""Several experiments from one file: its table [sweep] gives lists of values for keys of the file.

Runs with other numbers inside one experiment are the matter of ``momentum_math.tuning``.
"""

import copy
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from momentum_math.experiment import Experiment
from momentum_math.messages import did_you_mean, listed, printable, show
from momentum_math.optimizers import SYMBOLIC
from momentum_math.toml.format import (
    CONTENDER_TABLES,
    EXPERIMENT_TABLE,
    LONGEST_TITLE,
    MOST_FILMS,
    SWEPT_AT_THE_TOP,
    SWEPT_OF_CONTENDERS,
    SWEPT_OF_PARTS,
)
from momentum_math.toml.problems import ExperimentError, Problems
from momentum_math.toml.read import SAFE_NAME, read_experiment, read_toml

KeyPath = tuple[str, ...]
"""A key as [sweep] has it: ``("lr",)``, ``("landscape", "b")``, ``("contenders", "2", "lr")``."""


@final
@dataclass(frozen=True)
class Setting:
    """One of the values of a key.

    Attributes:
        path: The key.
        symbol: What titles call it.
        value: As ``tomllib`` gives it.
        place: Its place among the key's values, from 1.
    """

    path: KeyPath
    symbol: str
    value: Any
    place: int

    @property
    def words(self) -> str:
        """The setting as a title says it."""
        return f"{self.symbol} = {_spoken(self.value, self.place)}"

    @property
    def name(self) -> str:
        """The setting as a file's name says it.

        >>> Setting(("noise", "sigma"), "σ", 1e-05, 2).name
        'noise-sigma-1e-05'
        >>> Setting(("start",), "start", [1.0, 1.5], 2).name
        'start-no2'
        """
        return "-".join((*self.path, _slug(self.value, self.place)))


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
    """Make every experiment from what ``tomllib`` gives; see ``load_experiments``."""
    base = {key: value for key, value in values.items() if key != "sweep"}
    plain = read_experiment(base, file)
    if "sweep" not in values:
        return (plain,)
    problems = Problems(file)
    axes = _axes(values["sweep"], base, problems)
    count = math.prod(map(len, axes))
    if not problems.count and count > MOST_FILMS:
        problems.add("sweep", f"makes {count} films, give fewer values: at most {MOST_FILMS}")
    if problems.count:
        raise problems.error()
    if len(axes) > 1:  # a value that is wrong by itself is told once, not in every combination
        for axis in axes:
            _made(((setting,) for setting in axis), base, plain, file)
    return _made(itertools.product(*axes), base, plain, file)


def _axes(sweep: Any, base: dict[str, Any], problems: Problems) -> list[list[Setting]]:
    """The settings of each key of [sweep], in the file's order."""
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
            symbol = _symbol(path, base)
            axes.append([Setting(path, symbol, value, i) for i, value in enumerate(values, 1)])
    return axes


def _leaves(table: dict[str, Any], above: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Everything that is no table, with its path."""
    for key, value in table.items():
        path = (*above, key)
        if isinstance(value, dict) and value and len(path) < 3:
            yield from _leaves(value, path)
        else:
            yield path, value


def _check_path(path: KeyPath, base: dict[str, Any], problems: Problems) -> None:
    """Note it if there is no such key to sweep."""
    *where, key = path
    shown = printable(".".join(path))
    numbers = [str(i) for i, _ in enumerate(base["contenders"], start=1)]
    match where:
        case []:
            known = tuple(SWEPT_AT_THE_TOP)
        case [part] if part in SWEPT_OF_PARTS:
            known = tuple(SWEPT_OF_PARTS[part])
        case ["contenders", number] if number in numbers:
            known = tuple(SWEPT_OF_CONTENDERS)
        case ["contenders", _]:
            problems.add("sweep", f"{shown}: contenders are numbered 1 to {len(numbers)}")
            return
        case _:
            parts = listed(("contenders.1", *SWEPT_OF_PARTS))
            problems.add("sweep", f'unknown key "{shown}", keys in tables begin with {parts}')
            return
    if key not in known:
        hint = did_you_mean(key, known) or f", the keys here are {', '.join(known)}"
        problems.add("sweep", f'unknown key "{shown}"{hint}')
    elif not (where or key in EXPERIMENT_TABLE.names or _having(key, base)):
        problems.add("sweep", f"{shown}: no contender's method has this key, remove it")


def _check_values(path: KeyPath, values: Any, problems: Problems) -> None:
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


def _symbol(path: KeyPath, base: dict[str, Any]) -> str:
    """Return the name of a key in titles."""
    *where, key = path
    symbol = SYMBOLIC[key].spoken if key in SYMBOLIC else key.replace("_", " ")
    if where[:1] == ["contenders"]:
        return symbol if len(_having(key, base)) == 1 else f"{symbol} of contender {where[1]}"
    return " ".join((*where, symbol))


def _having(key: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The contenders of a file whose methods have a key."""
    tables = CONTENDER_TABLES.options
    return [one for one in values["contenders"] if key in tables[one["optimizer"]].names]


def _made(
    combinations: Iterable[tuple[Setting, ...]], base: dict[str, Any], plain: Experiment, file: str
) -> tuple[Experiment, ...]:
    """The experiments, or every reason why not."""
    made, problems = [], Problems(file)
    for settings in combinations:
        where = "sweep " + ", ".join(f"{'.'.join(s.path)} = {show(s.value)}" for s in settings)
        try:
            made.append(_experiment(settings, base, plain, file))
        except ExperimentError as error:
            for line in error.messages:
                problems.add(where, line.partition(": ")[2] or line)
    if problems.count:
        raise problems.error()
    return tuple(made)


def _experiment(
    settings: tuple[Setting, ...], base: dict[str, Any], plain: Experiment, file: str
) -> Experiment:
    """The experiment with some values set, under a name and a title that say so."""
    name = "_".join((file.removesuffix(".toml"), *(setting.name for setting in settings)))
    title = ", ".join((plain.title, *(setting.words for setting in settings)))
    problems = Problems(file)
    if not SAFE_NAME.fullmatch(name):
        problems.add("", f"the film's name, {name}, is too long: shorten the file's name")
    if len(title) > LONGEST_TITLE:
        problems.add("", f"the film's title has {len(title)} characters: shorten the file's title")
    if problems.count:
        raise problems.error()
    values = copy.deepcopy(base) | {"title": title}
    for setting in settings:
        _set(values, setting.path, setting.value)
    return read_experiment(values, f"{name}.toml")


def _set(values: dict[str, Any], path: KeyPath, value: Any) -> None:
    """Put a value where a path leads; a contender's key alone leads to all that have it."""
    *where, key = path
    if where[:1] == ["contenders"]:
        tables = [values["contenders"][int(where[1]) - 1]]
    elif where:
        tables = [values.setdefault(where[0], {})]
    else:
        tables = [values] if key in EXPERIMENT_TABLE.names else _having(key, values)
    for table in tables:
        table[key] = value


def _slug(value: Any, place: int) -> str:
    """A value in a file's name: itself if it is one plain word or number, else its place."""
    text = str(value).lower() if isinstance(value, bool) else str(value).replace("+", "")
    plain = isinstance(value, int | float | str) and len(text) <= 24
    return text if plain and SAFE_NAME.fullmatch(text.lstrip("-")) else f"no{place}"


def _spoken(value: Any, place: int) -> str:
    """A value in a title."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.6g}".replace("-", "−")
    if isinstance(value, list) and all(isinstance(item, int | float) for item in value):
        return f"({', '.join(_spoken(item, 1) for item in value)})"
    return printable(value) if isinstance(value, str) else f"no. {place}"
