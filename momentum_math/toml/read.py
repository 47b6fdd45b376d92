"""From a TOML file to an Experiment, or to every reason why not, one line each."""

import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from momentum_math.experiment import Contender, Experiment, MapSettings, keys_of
from momentum_math.framing import Progression, map_steps, map_window, ring_losses
from momentum_math.landscapes import LANDSCAPES, Landscape
from momentum_math.landscapes.formula import UNBOUNDED, UNKNOWN, Formula
from momentum_math.landscapes.lowest import Lowest, lowest, region
from momentum_math.messages import printable, show
from momentum_math.optimizers import OPTIMIZERS, Optimizer
from momentum_math.optimizers.labels import default_labels
from momentum_math.toml.format import EXPERIMENT_TABLE
from momentum_math.toml.tables import Problems
from momentum_math.trajectories import Noise, Trajectory, trace
from momentum_math.types import Point

LARGEST_FILE = 64 * 1024
MOST_DOTS = 100
"""In one line; dotted keys nest tables, and tomllib's time grows with the square of the depth."""
LONGEST_LINE = 240
LARGEST_LOSS = 1e150
TINIEST_LOSS = 1e-290
ROUNDING = 1e-9
SKETCHED_STEPS = 300
LOWEST = 4.0 * float(np.finfo(float).eps)
SAFE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?")
RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class ExperimentError(ValueError):
    """A file that is no experiment.

    Attributes:
        messages: One line per problem, each naming file, key, value and remedy.
    """

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages

    def __reduce__(self) -> tuple[type["ExperimentError"], tuple[tuple[str, ...]]]:
        """Pickle by the messages."""
        return ExperimentError, (self.messages,)


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment from a TOML file.

    Args:
        path: The file; its name without ``.toml`` is the experiment's name.

    Returns:
        The experiment with every default filled in.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    path = Path(path)
    return read_experiment(read_toml(path), path.name)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's content, as ``tomllib`` gives it.

    Raises:
        ExperimentError: It cannot be read, or is no TOML.
    """
    return _parse(_read(path), path.name)


def read_experiment(values: dict[str, Any], file: str) -> Experiment:
    """Make an experiment from a file's content.

    Args:
        values: What ``tomllib`` gives, or ``Experiment.to_dict()``.
        file: The file's name, for the experiment's name and for error messages.

    Returns:
        The experiment with every default filled in.

    Raises:
        ExperimentError: With one line for each thing to mend.
    """
    problems = Problems()
    if "sweep" in values:
        problems.add("", f"[sweep] makes several films, run `momentum batch {printable(file)}`")
        raise experiment_error(file, problems)
    if wrong := unsafe_name(file):
        problems.add("", wrong)
    table = EXPERIMENT_TABLE.read(values, "", problems)
    if table is not None:
        _check_together(table, problems)
    if problems.count or table is None:
        raise experiment_error(file, problems)
    return _build(file.removesuffix(".toml"), table, file)


def unsafe_name(file: str) -> str:
    """What is wrong with the name of an experiment's file, and what to do; empty if nothing.

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


def experiment_error(file: str, problems: Problems) -> ExperimentError:
    """The problems as lines that begin with the file's name and are not too long."""
    lines = list(problems.lines)
    if problems.count > len(lines):
        lines.append(f"and {problems.count - len(lines)} more problems")
    return ExperimentError(
        tuple(printable(f"{printable(file, 80)}: {line}", LONGEST_LINE) for line in lines)
    )


def _read(path: Path) -> bytes:
    """The file's bytes, if it is a file and not too large."""
    problems = Problems()
    try:
        if not path.exists():
            problems.add("", f"no such file at {printable(str(path), 120)}, check the path")
        elif not path.is_file():
            problems.add("", "is not a file, give the path of a TOML file")
        else:
            with path.open("rb") as stream:
                data = stream.read(LARGEST_FILE + 1)
            if len(data) <= LARGEST_FILE:
                return data
            problems.add("", f"is larger than {LARGEST_FILE // 1024} KiB, make it smaller")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problems.add("", f"cannot be read ({printable(reason)}), check path and permissions")
    raise experiment_error(path.name, problems)


def _parse(data: bytes, file: str) -> dict[str, Any]:
    """The bytes as TOML; a byte order mark is skipped."""
    problems = Problems()
    try:
        text = data.decode("utf-8-sig")
        if any(
            line.count(".") > MOST_DOTS and line.lstrip()[:1] != "#" for line in text.splitlines()
        ):
            raise RecursionError
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        problems.add("", f"byte {error.start + 1} is not UTF-8, save the file as UTF-8")
    except RecursionError:
        problems.add("", "is nested too deeply, an experiment needs three levels")
    except tomllib.TOMLDecodeError as error:
        problems.add("", f"is not TOML: {printable(str(error), 120)}, mend that line")
    except ValueError:
        problems.add("", "has a number with too many digits, write a shorter one")
    raise experiment_error(file, problems)


def _check_together(table: dict[str, Any], problems: Problems) -> None:
    """Note what is wrong between keys that are each right."""
    landscape = _landscape(table["landscape"])
    unbounded = landscape.minimum is None
    with np.errstate(all="ignore"):
        loss = float(landscape.value(table["start"]))
    if not abs(loss) <= LARGEST_LOSS:
        problems.add("", f"start = {show(list(table['start']))} has a loss of {loss:g}, move it")
    if unbounded and table["threshold"] is not None:
        problems.add(
            "",
            f"threshold = {table['threshold']:g} has no meaning on a landscape that is unbounded"
            " below, remove it",
        )
    _check_map(table, unbounded, problems)
    labels: list[str] = []
    for i, contender in enumerate(table["contenders"], start=1):
        where, label = f"contender {i}", contender["label"]
        if label is not None and label in labels:
            problems.add(where, f"label = {show(label)} is taken, give another")
        labels.append(label)
        if contender.get("bias_correction") and contender.get("first_step") == "gradient":
            problems.add(where, 'bias_correction and first_step = "gradient" exclude each other')
    if sum(contender["baseline"] for contender in table["contenders"]) > 1:
        problems.add("", "baseline = true is given to several contenders, keep one")


def _check_map(table: dict[str, Any], unbounded: bool, problems: Problems) -> None:
    """Note what is wrong with the map beside start, steps and landscape."""
    settings = table["map"] or {}
    steps, window, levels = (settings.get(key) for key in ("steps", "window", "levels"))
    if steps is not None and steps > table["steps"]:
        problems.add("map", f"steps = {steps} must be at most the run's steps = {table['steps']}")
    if window is not None and not all(
        low <= at <= high for at, (low, high) in zip(table["start"], window, strict=True)
    ):
        start = show(list(table["start"]))
        problems.add("map", f"window = {show_window(window)} must contain start = {start}")
    first = levels.first if isinstance(levels, Progression) else (levels or (1.0,))[0]
    if not unbounded and first <= 0.0:
        problems.add("map", f"levels: the first is {first:g}, it must be above 0, the minimum")


def show_window(window: Any) -> str:
    """A window as an error message repeats it."""
    return f"[{', '.join(f'[{low:g}, {high:g}]' for low, high in window)}]"


def _landscape(settings: dict[str, Any]) -> Landscape:
    """The landscape of a table that was read."""
    kind = LANDSCAPES[settings["name"]]
    return kind(**{name: settings[key] for key, name in keys_of(kind).items()})


def _optimizer(contender: dict[str, Any]) -> Optimizer:
    """The optimiser of a table that was read."""
    numbers = {k: v for k, v in contender.items() if k not in ("label", "optimizer", "baseline")}
    return OPTIMIZERS[contender["optimizer"]](**numbers)


def _build(name: str, table: dict[str, Any], file: str) -> Experiment:
    """The experiment of a table without problems."""
    landscape = _landscape(table["landscape"])
    optimizers = [_optimizer(contender) for contender in table["contenders"]]
    labels = _labels([contender["label"] for contender in table["contenders"]], optimizers)
    noise = Noise(**table["noise"]) if table["noise"] else None
    if isinstance(landscape, Formula):
        _check_minimum(landscape, _sketched(landscape, table, optimizers, noise), file)
    paths = [
        trace(landscape, optimizer, table["start"], table["steps"], noise)
        for optimizer in optimizers
    ]
    _check_minimum(landscape, paths, file)
    if isinstance(landscape, Formula):
        landscape = _searched(landscape, table["start"], paths, file)
    return Experiment(
        name=name,
        title=table["title"] or name.replace("-", " ").replace("_", " ").capitalize(),
        start=table["start"],
        steps=table["steps"],
        threshold=_threshold(table, landscape, file),
        landscape=landscape,
        map=_map_settings(table, landscape, paths),
        contenders=tuple(map(Contender, labels, optimizers)),
        noise=noise,
        baseline=_baseline(table["contenders"]),
    )


def _sketched(
    formula: Formula, table: dict[str, Any], optimizers: list[Optimizer], noise: Noise | None
) -> list[Trajectory]:
    """Roughly how the runs begin: a wrong minimum is seen before SymPy is loaded."""
    steps = min(table["steps"], SKETCHED_STEPS)
    sketch = cast(Landscape, formula.sketch())
    return [trace(sketch, optimizer, table["start"], steps, noise) for optimizer in optimizers]


def _check_minimum(landscape: Landscape, paths: list[Trajectory], file: str) -> None:
    """Raise if a run falls below what its author said to be the lowest value, or without end."""
    if landscape.minimum is None:
        return
    low = min(float(path.losses.min()) for path in paths)
    if isinstance(landscape, Formula) and not landscape.is_said:
        if any(_leaves_downwards(path) for path in paths) and landscape.said != UNKNOWN:
            raise _landscape_error(
                f"the loss falls to {low:g} and further: {_other_minimum(paths)}", file
            )
        return
    if low < landscape.minimum - ROUNDING * max(1.0, abs(landscape.minimum)):
        wrong = f"the loss falls to {low:g}, below minimum = {landscape.minimum:g}"
        raise _landscape_error(f"{wrong}: {_other_minimum(paths)}", file)


def _landscape_error(text: str, file: str) -> ExperimentError:
    """One problem of the landscape's table."""
    problems = Problems()
    problems.add("landscape", text)
    return experiment_error(file, problems)


def _other_minimum(paths: list[Trajectory]) -> str:
    """What may be said of a minimum instead; "unbounded" only where a run leaves downwards."""
    words = [f'to "{UNKNOWN}"']
    if any(_leaves_downwards(path) for path in paths):
        words.append(f'to "{UNBOUNDED}"')
    return f"set minimum to the lowest value of the formula, or {', or '.join(words)}"


def _leaves_downwards(path: Trajectory) -> bool:
    """Whether a run is lost to view below zero and below where it began."""
    return path.status == "diverged" and bool(path.losses[-1] < min(0.0, path.losses[0]))


def _searched(formula: Formula, start: Point, paths: list[Trajectory], file: str) -> Formula:
    """The formula with the lowest point that a search finds, held against what was said of it."""
    if formula.said == UNBOUNDED:
        return formula
    lows = [tuple(path.points[int(path.losses.argmin())].tolist()) for path in paths]
    found = lowest(formula, start, region(start, [path.points for path in paths]), lows)
    if not formula.is_said:
        return replace(formula, lowest=_unsaid(formula, found, paths, file))
    minimum = cast(float, formula.said)
    near = ROUNDING * max(1.0, abs(minimum))
    if found.value < minimum - near:
        at = f"({found.points[0][0]:g}, {found.points[0][1]:g})" if found.points else "some points"
        wrong = f"the loss is {found.value:g} at {at}, below minimum = {minimum:g}"
        raise _landscape_error(f"{wrong}: {_other_minimum(paths)}", file)
    points = found.points if found.value <= minimum + near else ()
    return replace(formula, lowest=Lowest(minimum, points, found.is_rest))


def _unsaid(formula: Formula, found: Lowest, paths: list[Trajectory], file: str) -> Lowest:
    """Where losses count from if the file names no number: the lowest value found, or zero."""
    if found.is_rest:
        return found
    low = min(float(path.losses.min()) for path in paths)
    if formula.said == UNKNOWN:
        return Lowest(low, (), is_rest=False)
    if low < 0.0 or found.value < 0.0:
        wrong = f"the loss falls to {min(low, found.value):g} and further"
        raise _landscape_error(f"{wrong}: {_other_minimum(paths)}", file)
    return Lowest(0.0, (), is_rest=False)


def _threshold(table: dict[str, Any], landscape: Landscape, file: str) -> float | None:
    """What counts as arrived; None where there is no lowest loss.

    Where the file does not say, it follows the loss at the start: a power of ten, four below the
    one under that loss, so that 12.05 gives 0.001. A start at the minimum counts as any other loss
    of the landscape's usual window.
    """
    if landscape.minimum is None:
        return None
    loss = float(landscape.value(table["start"]))
    above = loss - landscape.minimum
    is_lowest = above <= max(TINIEST_LOSS, LOWEST * max(abs(loss), abs(landscape.minimum)))
    if is_lowest:
        corners = np.array([(x, y) for x in landscape.window[0] for y in landscape.window[1]])
        heights = landscape.value(corners) - landscape.minimum
        above = float(np.max(heights[np.isfinite(heights)], initial=0.0)) or 1.0
    usual = float(f"1e{math.floor(math.log10(above)) - 4}")
    threshold = table["threshold"]
    if threshold is not None and threshold >= above and not is_lowest:
        problems = Problems()
        problems.add(
            "",
            f"threshold = {threshold:g} is not below the loss at the start, {above:.6g} above the"
            f" minimum, so that nobody would have to move: give a lower one, such as {usual:g}",
        )
        raise experiment_error(file, problems)
    return threshold or usual


def _labels(given: list[str | None], optimizers: list[Optimizer]) -> list[str]:
    """The user's labels, and defaults that differ from them."""
    labels = []
    for own, default in zip(given, default_labels(optimizers), strict=True):
        label = own or default
        while own is None and label in given:
            label += "'"
        labels.append(label)
    return labels


def _baseline(contenders: list[dict[str, Any]]) -> int:
    """The marked contender, else the first plain descent, else the first."""
    marked = [i for i, contender in enumerate(contenders) if contender["baseline"]]
    plain = [i for i, contender in enumerate(contenders) if contender["optimizer"] == "gd"]
    return (marked or plain or [0])[0]


def _map_settings(
    table: dict[str, Any], landscape: Landscape, paths: list[Trajectory]
) -> MapSettings:
    """What the map shows, from the file where it says so, else from the data."""
    given = table["map"] or {}
    start, steps = table["start"], table["steps"]
    shown = given.get("steps") or map_steps(paths, landscape.minimum, steps)
    window = given.get("window") or map_window(landscape, start, paths, shown)
    rings = ring_losses(landscape, window, start, paths, shown, given.get("levels"))
    return MapSettings(shown, window, rings, landscape.minimum or 0.0)
