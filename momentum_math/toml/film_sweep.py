"""Several experiments from one file: its table [sweep] gives lists of values for its other keys."""

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
    """A key and one of its values; how a file's name and a title say so: "lr-0.5", "α = 0.5"."""

    path: KeyPath
    value: Any
    name: str
    words: str


def load_experiments(path: str | Path) -> tuple[Experiment, ...]:
    """Read the experiments of a TOML file: one for each combination of the values in its [sweep].

    The last key turns fastest; a file without that table gives one.

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
    if not problems.lines and count > MOST_FILMS:
        problems.add("sweep", f"makes {count} films, give fewer values: at most {MOST_FILMS}")
    if problems.lines:
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
        wrong = _wrong_key(path, base)
        told = [wrong] if wrong else _wrong_values(path, values)
        for text in told:
            problems.add("sweep", text)
        if not told:
            axes.append([_setting(path, value, i, base) for i, value in enumerate(values, 1)])
    return axes


def _setting(path: KeyPath, value: Any, place: int, base: dict[str, Any]) -> Setting:
    """The setting of a key to its value at a place, from 1."""
    *where, key = path
    symbol = SYMBOLIC[key].spoken if key in SYMBOLIC else key.replace("_", " ")
    if where[:1] != ["contenders"]:
        symbol = " ".join((*where, symbol))
    elif len(_having(key, base)) > 1:
        symbol = f"{symbol} of contender {where[1]}"
    name = "-".join((*path, _slug(value, place)))
    return Setting(path, value, name, f"{symbol} = {_spoken(value, place)}")


def _leaves(table: dict[str, Any], above: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Everything that is no table, with its path."""
    for key, value in table.items():
        path = (*above, key)
        if isinstance(value, dict) and value and len(path) < 3:
            yield from _leaves(value, path)
        else:
            yield path, value


def _wrong_key(path: KeyPath, base: dict[str, Any]) -> str:
    """Return what is wrong with a key to sweep; empty if nothing."""
    *where, key = path
    shown = printable(".".join(path))
    numbers = [str(i) for i, _ in enumerate(base["contenders"], start=1)]
    match where:
        case []:
            known = SWEPT_AT_THE_TOP
        case [part] if part in SWEPT_OF_PARTS:
            known = SWEPT_OF_PARTS[part]
        case ["contenders", number] if number in numbers:
            known = SWEPT_OF_CONTENDERS
        case ["contenders", _]:
            return f"{shown}: contenders are numbered 1 to {len(numbers)}"
        case _:
            parts = listed(("contenders.1", *SWEPT_OF_PARTS))
            return f'unknown key "{shown}", keys in tables begin with {parts}'
    if key not in known:
        hint = did_you_mean(key, tuple(known)) or f", the keys here are {', '.join(known)}"
        return f'unknown key "{shown}"{hint}'
    is_there = where or key in EXPERIMENT_TABLE.names or _having(key, base)
    return "" if is_there else f"{shown}: no contender's method has this key, remove it"


def _wrong_values(path: KeyPath, values: Any) -> list[str]:
    """Return all that is wrong with what a key is given."""
    key = printable(".".join(path))
    if not isinstance(values, list) or not values:
        return [f"{key} = {show(values)} must be a list of values, as in lr = [0.05, 0.18]"]
    if len(values) > MOST_FILMS:
        return []  # It is refused for that, and looking through it would take long.
    # Told once, however often it comes again.
    again = [value for i, value in enumerate(values) if values[:i].count(value) == 1]
    return [f"{key} has {show(value)} twice, keep one" for value in again]


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
    if problems.lines:
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
    if problems.lines:
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
    """A value in a file's name: itself if it is one plain word or number, else its place.

    >>> _slug(1e-05, 2), _slug([1.0, 1.5], 2)
    ('1e-05', 'no2')
    """
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
