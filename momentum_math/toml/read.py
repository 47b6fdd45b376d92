"""From a TOML file to an Experiment, or to every reason why not, one line each."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from momentum_math.data.files import FileName
from momentum_math.experiment import Experiment
from momentum_math.framing import Progression
from momentum_math.landscapes import Landscape
from momentum_math.landscapes.fit import FitLandscape
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.messages import printable, show
from momentum_math.toml.build import build, landscape_of, method_of
from momentum_math.toml.format import EXPERIMENT_TABLE, FILE_KEYS
from momentum_math.toml.problems import Problems, refused

LARGEST_FILE = 64 * 1024
TOO_LARGE = f"is larger than {LARGEST_FILE // 1024} KiB, make it smaller"
MOST_DOTS = 100
"""In one line; dotted keys nest tables, and tomllib's time grows with the square of the depth."""
FRACTION = re.compile(r"\d\.\d")
"""A number's dot, which nests nothing; of a key such as 1.2.3.4 it leaves every second one."""
LARGEST_LOSS = 1e150
SAFE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?")
RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment from a TOML file, which gives it its name.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    path = Path(path)
    return read_experiment(read_toml(path), path.name)


def read_experiment(values: dict[str, Any], file: str) -> Experiment:
    """Make an experiment from what ``tomllib`` gives, or from ``Experiment.to_dict()``.

    The file's name gives the experiment its own, and stands in error messages.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    return build(file.removesuffix(".toml"), read_table(values, file), file)


def read_table(values: dict[str, Any], file: str) -> dict[str, Any]:
    """The values of an experiment's keys, all of them, as ``read_experiment`` takes them.

    Raises:
        ExperimentError: With one line for each thing to mend that no run is needed to see.
    """
    if "sweep" in values:
        one = printable(file)
        raise refused(file, f"[sweep] makes several films, run `momentum batch {one}`")
    problems = Problems(file)
    if wrong := unsafe_name(file):
        problems.add("", wrong)
    if "start" not in values and not _has_data(values):
        problems.add("", "start is missing, give where every contender starts, as [x, y]")
    table = EXPERIMENT_TABLE.read(values, "", problems)
    if table is not None and _filled(table, values, problems):
        _check_together(table, problems)
    if problems.lines or table is None:
        raise problems.error()
    return table


def _has_data(values: dict[str, Any]) -> bool:
    """Tell whether a contender is said to be recorded."""
    contenders = values.get("contenders")
    tables = contenders if isinstance(contenders, list) else []
    return any(isinstance(table, dict) and "data" in table for table in tables)


def _filled(table: dict[str, Any], values: dict[str, Any], problems: Problems) -> bool:
    """Fill in start and steps from recorded runs; tell whether there is a start."""
    runs = [one["data"] for one in table["contenders"] if "data" in one]
    if runs and "steps" not in values:
        table["steps"] = max(run.n for run in runs)
    if table["start"] is None:
        if not runs:
            return False
        table["start"] = runs[0].points[0]
    elif len(runs) == len(table["contenders"]) and table["start"] != runs[0].points[0]:
        start, first = show(list(table["start"])), show(list(runs[0].points[0]))
        problems.add(
            "", f"start = {start}, but the first recorded run starts at {first}: remove it"
        )
    return True


def unsafe_name(file: str) -> str:
    """Return what is wrong with the name of an experiment's file, and what to do; empty if nothing.

    >>> unsafe_name("my-film.toml"), unsafe_name("con.toml")[:35]
    ('', "the file's name becomes a folder's ")
    """
    name = file.removesuffix(".toml")
    if SAFE_NAME.fullmatch(name) and not RESERVED_NAME.fullmatch(name):
        return ""
    return (
        "the file's name becomes a folder's name: use up to 80 letters, digits, '.', '_', '-',"
        " begin with a letter or digit, avoid reserved names such as con and nul"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's content, as ``tomllib`` gives it; a byte order mark is skipped.

    Raises:
        ExperimentError: It cannot be read, or is no TOML.
    """
    return parse_toml(read_bytes(path), path.name, path.parent)


def parse_toml(data: bytes, file: str, folder: Path) -> dict[str, Any]:
    """What ``tomllib`` gives of the bytes of a file in a folder; see ``read_toml``.

    Raises:
        ExperimentError: They are too many, or no TOML.
    """
    if len(data) > LARGEST_FILE:
        raise refused(file, TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
        for line in text.splitlines():
            if FRACTION.sub("", line).count(".") > MOST_DOTS and line.lstrip()[:1] != "#":
                raise RecursionError
        return _located(tomllib.loads(text), folder)
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start + 1} is not UTF-8, save the file as UTF-8"
    except RecursionError:
        wrong = "is nested too deeply, an experiment needs three levels"
    except tomllib.TOMLDecodeError as error:
        wrong = f"is not TOML: {printable(str(error), 120)}, mend that line"
    except ValueError:
        wrong = "has a number with too many digits, write a shorter one"
    raise refused(file, wrong)


def data_files(values: dict[str, Any]) -> list[str]:
    """The names of files in what ``read_toml`` gives, each once; of what is no name, none."""
    named = [table[key] for table in _tables(values) for key in FILE_KEYS if key in table]
    return list(dict.fromkeys(str(name) for name in named if isinstance(name, str)))


def _located(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The values with names of files that know their folder; what is no name stays as it is."""
    for table in _tables(values):
        for key in FILE_KEYS:
            if isinstance(table.get(key), str):
                table[key] = FileName.beside(table[key], folder)
    return values


def _tables(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables that may name files, of values that nobody has checked."""
    contenders = values.get("contenders")
    there = [values.get("landscape"), *(contenders if isinstance(contenders, list) else [])]
    return [table for table in there if isinstance(table, dict)]


def read_bytes(path: Path) -> bytes:
    """The file's bytes, if it is a file and not too large."""
    try:
        if not path.exists():
            wrong = f"no such file at {printable(str(path), 120)}, check the path"
        elif not path.is_file():
            wrong = "is not a file, give the path of a TOML file"
        else:
            with path.open("rb") as stream:
                data = stream.read(LARGEST_FILE + 1)
            if len(data) <= LARGEST_FILE:
                return data
            wrong = TOO_LARGE
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        wrong = f"cannot be read ({printable(reason)}), check path and permissions"
    raise refused(path.name, wrong)


def _check_together(table: dict[str, Any], problems: Problems) -> None:
    """Note what is wrong between keys that are each right."""
    landscape = landscape_of(table["landscape"])
    unbounded = landscape.minimum is None
    with np.errstate(all="ignore"):
        loss = float(landscape.value(table["start"]))
    if isinstance(landscape, MeasuredLandscape) and not np.isfinite(loss):
        start = show(list(table["start"]))
        problems.add("", f"start = {start} is outside of the grid, move it or measure more")
    elif not abs(loss) <= LARGEST_LOSS:
        problems.add("", f"start = {show(list(table['start']))} has a loss of {loss:g}, move it")
    _check_samples(landscape, table, problems)
    if unbounded and table["threshold"] is not None:
        said = f"threshold = {table['threshold']:g} has no meaning"
        problems.add("", f"{said} on a landscape that is unbounded below, remove it")
    _check_map(table, unbounded, problems)
    labels = [contender["label"] for contender in table["contenders"]]
    for i, contender in enumerate(table["contenders"]):
        where, label = f"contender {i + 1}", labels[i]
        if label is not None and label in labels[:i]:
            problems.add(where, f"label = {show(label)} is taken, give another")
        optimizer = method_of(contender, table["steps"])
        if conflict := optimizer.conflict:
            problems.add(where, conflict)
        for name, schedule in optimizer.schedules.items():
            if conflict := schedule.conflict:
                problems.add(f"{where}: {name}", conflict)
    if sum(contender["baseline"] for contender in table["contenders"]) > 1:
        problems.add("", "baseline = true is given to several contenders, keep one")


def _check_samples(landscape: Landscape, table: dict[str, Any], problems: Problems) -> None:
    """Note what is wrong with samples, and with batches of them."""
    fit = landscape if isinstance(landscape, FitLandscape) else None
    if fit is not None and fit.conflict:
        problems.add("landscape", fit.conflict)
    batch = (table["noise"] or {}).get("batch")
    if batch is not None and fit is None:
        problems.add("noise", f"batch = {batch} needs a landscape with data to draw samples of")
    elif batch is not None and fit is not None and batch >= len(fit.data):
        problems.add("noise", f"batch = {batch} must be less than the {len(fit.data)} samples")


def _check_map(table: dict[str, Any], unbounded: bool, problems: Problems) -> None:
    """Note what is wrong with the map beside start, steps and landscape."""
    settings = table["map"] or {}
    steps, window, levels = (settings.get(key) for key in ("steps", "window", "levels"))
    if steps is not None and steps > table["steps"]:
        problems.add("map", f"steps = {steps} must be at most the run's steps = {table['steps']}")
    if window is not None and not all(
        low <= at <= high for at, (low, high) in zip(table["start"], window, strict=True)
    ):
        sides = ", ".join(f"[{low:g}, {high:g}]" for low, high in window)
        start = show(list(table["start"]))
        problems.add("map", f"window = [{sides}] must contain start = {start}")
    first = levels.first if isinstance(levels, Progression) else (levels or (1.0,))[0]
    if not unbounded and first <= 0.0:
        problems.add("map", f"levels: the first is {first:g}, it must be above 0, the minimum")
