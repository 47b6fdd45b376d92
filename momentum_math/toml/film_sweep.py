"""Several experiments from one file: its table [sweep] gives lists of values for its other keys."""

import copy
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, final

from momentum_math.experiment import Experiment
from momentum_math.messages import did_you_mean, listed, printable, show
from momentum_math.optimizers import SYMBOLIC
from momentum_math.toml.format import (
    CONTENDER_TABLES,
    EXPERIMENT_TABLE,
    LONGEST_TITLE,
    MOST_FILMS,
    SCHEDULE_TABLES,
    SWEPT_AT_THE_TOP,
    SWEPT_OF_CONTENDERS,
    SWEPT_OF_PARTS,
    SWEPT_OF_SCHEDULES,
)
from momentum_math.toml.problems import ExperimentError, Problems
from momentum_math.toml.read import SAFE_NAME, read_experiment, read_table, read_toml

Read = TypeVar("Read")
MOST_CHECKED = 1000
"""So many combinations are all looked at when a file is read; of more, each value by itself."""
KeyPath = tuple[str, ...]
"""A key as [sweep] has it: ``("lr",)``, ``("landscape", "b")``, ``("contenders", "2", "lr")``.

A key of a schedule has the number before it: ``("lr", "start")``.
"""


@final
@dataclass(frozen=True)
class Setting:
    """A key and one of its values; how a file's name and a title say so: "lr-0.5", "α = 0.5"."""

    path: KeyPath
    value: Any
    name: str
    words: str


@final
@dataclass(frozen=True)
class Sweep:
    """The experiments of a file, as many as its [sweep] has combinations, the last key fastest.

    Attributes:
        file: The file's name.
        base: What it says besides [sweep].
        plain: The experiment of that; the only one of a file without that table.
        axes: The settings of each key of [sweep].
    """

    file: str
    base: dict[str, Any]
    plain: Experiment
    axes: tuple[tuple[Setting, ...], ...] = ()

    def __len__(self) -> int:
        return math.prod(map(len, self.axes))

    def __iter__(self) -> Iterator["Variant"]:
        return (Variant(self, settings) for settings in itertools.product(*self.axes))


@final
@dataclass(frozen=True)
class Variant:
    """A combination of a sweep's values: an experiment that is made when somebody asks for it."""

    sweep: Sweep
    settings: tuple[Setting, ...]

    @property
    def name(self) -> str:
        """The experiment's name."""
        return "_".join((self.sweep.plain.name, *(setting.name for setting in self.settings)))

    def experiment(self) -> Experiment:
        """Make the experiment.

        Raises:
            ExperimentError: With a line for each reason why these values make none.
        """
        if not self.settings:
            return self.sweep.plain
        problems = Problems(self.sweep.file)
        made = self.read(read_experiment, problems)
        if made is None:
            raise problems.error()
        return made

    def read(self, read: Callable[[dict[str, Any], str], Read], problems: Problems) -> Read | None:
        """What a reader makes of the values and a file's name, or None, with problems noted."""
        where = ", ".join(f"{'.'.join(s.path)} = {show(s.value)}" for s in self.settings)
        own, title = Problems(self.sweep.file), self._title
        if not SAFE_NAME.fullmatch(self.name):
            own.add("", f"the film's name, {self.name}, is too long: shorten the file's name")
        if len(title) > LONGEST_TITLE:
            own.add("", f"the film's title has {len(title)} characters: shorten the file's title")
        try:
            if own.lines:
                raise own.error()
            values = copy.deepcopy(self.sweep.base) | {"title": title}
            for setting in self.settings:
                _set(values, setting.path, setting.value)
            return read(values, f"{self.name}.toml")
        except ExperimentError as error:
            for line in error.messages:
                problems.add(f"sweep {where}", line.partition(": ")[2] or line)
        return None

    @property
    def _title(self) -> str:
        return ", ".join((self.sweep.plain.title, *(setting.words for setting in self.settings)))


def load_experiments(path: str | Path) -> Sweep:
    """Read the experiments of a TOML file; one without a table [sweep] has one.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    path = Path(path)
    return read_experiments(read_toml(path), path.name)


def read_experiments(values: dict[str, Any], file: str) -> Sweep:
    """Make the experiments' sweep from what ``tomllib`` gives; see ``load_experiments``."""
    base = {key: value for key, value in values.items() if key != "sweep"}
    plain = Sweep(file, base, read_experiment(base, file))
    if "sweep" not in values:
        return plain
    problems = Problems(file)
    sweep = replace(plain, axes=tuple(_axes(values["sweep"], base, problems)))
    if not problems.lines and len(sweep) > MOST_FILMS:
        said = f"makes {len(sweep)} films, give fewer values: at most {MOST_FILMS}"
        problems.add("sweep", said)
    if problems.lines:
        raise problems.error()
    _check(sweep)
    return sweep


def _check(sweep: Sweep) -> None:
    """Raise an error that names every wrong value, once, and then what does not go together.

    No run is made. Of very many combinations only those with the longest words are looked at; what
    is wrong with others, and what only runs show, is told when the experiment is made.
    """
    together: Iterable[Variant] = sweep
    if len(sweep) > MOST_CHECKED:
        lengths = (lambda setting: len(setting.name)), (lambda setting: len(setting.words))
        first, last = (
            Variant(sweep, tuple(max(axis, key=length) for axis in sweep.axes))
            for length in lengths
        )
        together = [first] if first == last else [first, last]
    by_itself = [[Variant(sweep, (setting,)) for setting in axis] for axis in sweep.axes]
    for variants in (*by_itself, together) if len(by_itself) > 1 else by_itself:
        problems = Problems(sweep.file)
        for variant in variants:
            variant.read(read_table, problems)
        if problems.lines:
            raise problems.error()


def _axes(sweep: Any, base: dict[str, Any], problems: Problems) -> list[tuple[Setting, ...]]:
    """The settings of each key of [sweep], in the file's order."""
    if not isinstance(sweep, dict) or not sweep:
        problems.add("", "sweep must be a table of lists, as in lr = [0.05, 0.18]")
        return []
    axes = []
    for path, values in _leaves(sweep):
        wrong = _wrong_key(path, base)
        told = [wrong] if wrong else _wrong_values(path, values, base)
        for text in told:
            problems.add("sweep", text)
        if not told:
            axes.append(tuple(_setting(path, v, i, base) for i, v in enumerate(values, 1)))
    return axes


def _setting(path: KeyPath, value: Any, place: int, base: dict[str, Any]) -> Setting:
    """The setting of a key to its value at a place, from 1."""
    *where, key = path
    symbol = SYMBOLIC[key].spoken if key in SYMBOLIC else key.replace("_", " ")
    if _in_schedule(path):
        symbol, key = f"{SYMBOLIC[where[-1]].spoken} {key}", where.pop()
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
        if isinstance(value, dict) and value and len(path) < 4:
            yield from _leaves(value, path)
        else:
            yield path, value


def _wrong_key(path: KeyPath, base: dict[str, Any]) -> str:
    """Return what is wrong with a key to sweep; empty if nothing."""
    *where, key = path
    shown = printable(".".join(path))
    numbers = [str(i) for i, _ in enumerate(base["contenders"], start=1)]
    match where:
        case ["contenders", number, *_] if number not in numbers:
            return f"{shown}: contenders are numbered 1 to {len(numbers)}"
        case []:
            known = SWEPT_AT_THE_TOP
        case [part] if part in SWEPT_OF_PARTS:
            known = SWEPT_OF_PARTS[part]
        case ["contenders", _]:
            known = SWEPT_OF_CONTENDERS
        case [number] | ["contenders", _, number] if number in SWEPT_OF_SCHEDULES:
            known = SWEPT_OF_SCHEDULES[number]
        case _:
            parts = listed(("contenders.1", *SWEPT_OF_PARTS))
            return f'unknown key "{shown}", keys in tables begin with {parts}'
    if key not in known:
        hint = did_you_mean(key, tuple(known)) or f", the keys here are {', '.join(known)}"
        return f'unknown key "{shown}"{hint}'
    if _in_schedule(path):
        schedules = _schedules(path, base)
        return "" if schedules else f"{shown}: no schedule here has this key, remove it"
    is_there = where or key in EXPERIMENT_TABLE.names or _having(key, base)
    return "" if is_there else f"{shown}: no contender's method has this key, remove it"


def _wrong_values(path: KeyPath, values: Any, base: dict[str, Any]) -> list[str]:
    """Return all that is wrong with what a key is given."""
    key = printable(".".join(path))
    if not isinstance(values, list) or not values:
        return [f"{key} = {show(values)} must be a list of values, as in lr = [0.05, 0.18]"]
    counts: Counter[Any] = Counter()
    again = []
    for value in values:
        same = _hashable(value)
        counts[same] += 1
        if counts[same] == 2:  # told once, however often it comes again
            again.append(value)
    told = [f"{key} has {show(value)} twice, keep one" for value in again]
    flat = next((value for value in values if not isinstance(value, dict)), None)
    if flat is not None and (schedule := _schedule_at(path, base)):
        said = f'{{ schedule = "{schedule}", start = {show(flat)}, … }}'
        told.append(f"{key} = {show(flat)} would end the schedule of the file, give {said}")
    return told


def _schedule_at(path: KeyPath, base: dict[str, Any]) -> str:
    """The schedule that a key has in a file; empty where it has none."""
    *where, key = path
    if where and where[0] != "contenders":
        return ""
    tables = [base["contenders"][int(where[1]) - 1]] if where else base["contenders"]
    changing = (table[key] for table in tables if isinstance(table.get(key), dict))
    return next((printable(str(one["schedule"])) for one in changing), "")


def _in_schedule(path: KeyPath) -> bool:
    """Whether a path leads to a key of the schedule of a contender's number."""
    match path:
        case [number, _] | ["contenders", _, number, _]:
            return number in SWEPT_OF_SCHEDULES
    return False


def _schedules(path: KeyPath, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The schedules in a file that a path leads to and that have its key."""
    *where, number, key = path
    who = [values["contenders"][int(where[1]) - 1]] if where else values["contenders"]
    tables = [one[number] for one in who if isinstance(one.get(number), dict)]
    return [table for table in tables if key in SCHEDULE_TABLES[number].of(table).names]


def _hashable(value: Any) -> Any:
    """A TOML value as one that a set can hold; equal ones stay equal."""
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return value


def _having(key: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The contenders of a file whose methods have a key."""
    return [one for one in values["contenders"] if key in CONTENDER_TABLES.of(one).names]


def _set(values: dict[str, Any], path: KeyPath, value: Any) -> None:
    """Put a value where a path leads; a contender's key alone leads to all that have it."""
    *where, key = path
    if _in_schedule(path):
        tables = _schedules(path, values)
    elif where[:1] == ["contenders"]:
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
    if isinstance(value, dict) and "schedule" in value:
        numbers = (f"{key} {_spoken(item, 1)}" for key, item in value.items() if key != "schedule")
        return ", ".join([_spoken(value["schedule"], place), *numbers])
    if isinstance(value, list) and all(isinstance(item, int | float) for item in value):
        return f"({', '.join(_spoken(item, 1) for item in value)})"
    return printable(value) if isinstance(value, str) else f"no. {place}"
