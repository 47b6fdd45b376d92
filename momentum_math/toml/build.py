"""From the table of a file to its Experiment: what the file leaves open, the runs decide."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from momentum_math.data.recording import Recording
from momentum_math.experiment import Contender, Experiment, MapSettings, Method, traced
from momentum_math.framing import level_heights, map_steps, map_window
from momentum_math.landscapes import LANDSCAPES, MEASURED, Landscape
from momentum_math.landscapes.formula import UNBOUNDED, UNKNOWN, CustomLandscape
from momentum_math.landscapes.lowest import Lowest, lowest, region
from momentum_math.landscapes.measured import MeasuredLandscape
from momentum_math.optimizers import OPTIMIZERS, Optimizer
from momentum_math.optimizers.labels import default_labels
from momentum_math.optimizers.momentum import GradientDescent
from momentum_math.parameters import made
from momentum_math.toml.problems import ExperimentError, refused
from momentum_math.trajectories import (
    Batches,
    Disturbance,
    Noise,
    Status,
    Trajectory,
    is_minimal,
)
from momentum_math.types import Point

ROUNDING = 1e-9


def build(name: str, table: dict[str, Any], file: str) -> Experiment:
    """Return the experiment of a table that ``EXPERIMENT_TABLE`` has read without problems.

    Raises:
        ExperimentError: The runs show that the file is wrong: of the lowest loss, or of the
            threshold.
    """
    landscape = landscape_of(table["landscape"])
    start, steps = table["start"], table["steps"]
    contenders = table["contenders"]
    optimizers = [method_of(one, steps) for one in contenders]
    labels = _labels([contender["label"] for contender in contenders], optimizers)
    noise = _noise(table["noise"]) if table["noise"] else None
    paths = [
        _traced(Contender(label, optimizer), landscape, start, steps, noise, file)
        for label, optimizer in zip(labels, optimizers, strict=True)
    ]
    if isinstance(landscape, CustomLandscape):
        _check_minimum(landscape, paths, file)
        landscape = _searched(landscape, start, paths, file)
    _check_recorded(landscape, paths, labels, file)
    return Experiment(
        name=name,
        title=table["title"] or name.replace("-", " ").replace("_", " ").capitalize(),
        start=start,
        steps=steps,
        threshold=_threshold(table, landscape, paths, file),
        landscape=landscape,
        map=_map_settings(table, landscape, paths),
        contenders=tuple(map(Contender, labels, optimizers)),
        noise=noise,
        baseline=_baseline(contenders),
    )


def landscape_of(table: dict[str, Any]) -> Landscape:
    """The landscape of its table."""
    return made((LANDSCAPES | MEASURED)[table["name"]], table)


def method_of(contender: dict[str, Any], steps: int) -> Method:
    """The method of a contender's table for so many steps, or the run it has in place of one."""
    if contender["optimizer"] == Recording.name:
        recording: Recording = contender["data"]
        return recording
    return made(OPTIMIZERS[contender["optimizer"]], contender).over(steps)


def _noise(table: dict[str, Any]) -> Disturbance:
    """The noise or the batches of their table."""
    if table["batch"] is not None:
        return Batches(table["batch"], table["seed"])
    return Noise(table["sigma"], table["seed"])


def _traced(
    who: Contender, loss: Landscape, start: Point, steps: int, noise: Disturbance | None, file: str
) -> Trajectory:
    """A contender's path; an error of the file where a recorded one has no losses."""
    try:
        return traced(loss, who.optimizer, start, steps, noise)
    except ValueError as error:
        raise refused(file, str(error), who.label) from error


def _check_minimum(formula: CustomLandscape, paths: list[Trajectory], file: str) -> None:
    """Raise if a run falls below what its author said to be the lowest value, or without end."""
    low = min(float(path.losses.min()) for path in paths)
    if isinstance(formula.said, float):
        if low < formula.said - _rounding(formula.said):
            wrong = f"the loss falls to {low:g}, below minimum = {formula.said:g}"
            raise _wrong_minimum(wrong, paths, file)
    elif formula.said is None and any(map(_leaves_downwards, paths)):
        raise _wrong_minimum(f"the loss falls to {low:g} and further", paths, file)


def _searched(
    formula: CustomLandscape, start: Point, paths: list[Trajectory], file: str
) -> CustomLandscape:
    """The formula with the lowest point that a search finds, held against what was said of it.

    Where the file names no number and the search finds none, losses count from the lowest of the
    runs if it says "unknown", else from zero.
    """
    if formula.said == UNBOUNDED:
        return formula
    lows = tuple(tuple(path.points[int(path.losses.argmin())].tolist()) for path in paths)
    found = lowest(formula, start, region(start, [path.points for path in paths]), lows)
    if isinstance(formula.said, float):
        minimum, near = formula.said, _rounding(formula.said)
        if found.value < minimum - near:
            x_y = f"({found.points[0][0]:g}, {found.points[0][1]:g})" if found.points else ""
            wrong = f"the loss is {found.value:g} at {x_y or 'some points'}"
            raise _wrong_minimum(f"{wrong}, below minimum = {minimum:g}", paths, file)
        points = found.points if found.value <= minimum + near else ()
        found = Lowest(minimum, points, found.is_rest)
    elif not found.is_rest:
        low = min(float(path.losses.min()) for path in paths)
        if formula.said is None and min(low, found.value) < 0.0:
            wrong = f"the loss falls to {min(low, found.value):g} and further"
            raise _wrong_minimum(wrong, paths, file)
        found = Lowest(0.0 if formula.said is None else low, (), is_rest=False)
    return replace(formula, lowest=found)


def _rounding(minimum: float) -> float:
    """By how much a loss may miss a minimum that a file gives."""
    return ROUNDING * max(1.0, abs(minimum))


def _wrong_minimum(wrong: str, paths: list[Trajectory], file: str) -> ExperimentError:
    """The error; to say "unbounded" is proposed only where a run leaves downwards."""
    words = [UNKNOWN, UNBOUNDED] if any(map(_leaves_downwards, paths)) else [UNKNOWN]
    remedy = ", or ".join(["the lowest value of the formula", *(f'to "{word}"' for word in words)])
    return refused(file, f"{wrong}: set minimum to {remedy}", "landscape")


def _leaves_downwards(path: Trajectory) -> bool:
    """Tell whether a run is lost to view below zero and below where it began."""
    return path.status is Status.DIVERGED and bool(path.losses[-1] < min(0.0, path.losses[0]))


def _check_recorded(
    landscape: Landscape, paths: list[Trajectory], labels: list[str], file: str
) -> None:
    """Raise if a recorded loss is below the landscape's lowest."""
    lowest = landscape.minimum
    for path, label in zip(paths, labels, strict=True):
        low = float(path.losses.min())
        if lowest is not None and path.is_recorded and low < lowest - _rounding(lowest):
            wrong = f"its losses fall to {low:g}, below the landscape's minimum, {lowest:g}"
            raise refused(file, f"{wrong}: leave them out, or give another landscape", label)


def _threshold(
    table: dict[str, Any], landscape: Landscape, paths: list[Trajectory], file: str
) -> float | None:
    """Return the loss that counts as arrived; None where there is no lowest loss.

    Where the file does not say, it follows the loss at the start: a power of ten, four below the
    one under that loss, so that 12.05 gives 0.001. A start at the minimum counts as any other loss
    of the landscape's usual window. Where nobody gets as low as that and some runs are recorded,
    it is, in one digit, a tenth of the way up from the lowest loss of all.
    """
    if landscape.minimum is None:
        return None
    loss = max(float(path.losses[0]) for path in paths)
    above = loss - landscape.minimum
    is_lowest = is_minimal(loss, landscape.minimum)
    if is_lowest:
        corners = np.array([(x, y) for x in landscape.window[0] for y in landscape.window[1]])
        heights = landscape.value(corners) - landscape.minimum
        above = float(np.max(heights[np.isfinite(heights)], initial=0.0)) or 1.0
    usual = float(f"1e{math.floor(math.log10(above)) - 4}")
    low = min(float(path.losses.min()) for path in paths) - landscape.minimum
    if low >= usual and any(path.is_recorded for path in paths):
        tenth = float(f"{low + 0.1 * (above - low):.0e}")
        usual = tenth if 0.0 < tenth < above else usual
    threshold = table["threshold"]
    if threshold is not None and threshold >= above and not is_lowest:
        raise refused(
            file,
            f"threshold = {threshold:g} is not below the loss at the start, {above:.6g} above the"
            f" minimum, so that nobody would have to move: give a lower one, such as {usual:g}",
        )
    return threshold or usual


def _labels(given: list[str | None], optimizers: list[Method]) -> list[str]:
    """The user's labels, and defaults that differ from them: of a recording, its file's name."""
    usual = iter(default_labels([one for one in optimizers if isinstance(one, Optimizer)]))
    labels: list[str] = []
    for own, method in zip(given, optimizers, strict=True):
        default = method.file or method.method if isinstance(method, Recording) else next(usual)
        label = own or default
        while own is None and (label in given or label in labels):
            label += "'"
        labels.append(label)
    return labels


def _baseline(contenders: list[dict[str, Any]]) -> int:
    """The marked contender, else the first plain descent, else the first."""
    ranks = [(one["baseline"], one["optimizer"] == GradientDescent.name) for one in contenders]
    return ranks.index(max(ranks))


def _map_settings(
    table: dict[str, Any], landscape: Landscape, paths: list[Trajectory]
) -> MapSettings:
    """Return what the map shows, from the file where it says so, else from the data."""
    given = table["map"] or {}
    steps = table["steps"]
    shown = given.get("steps") or map_steps(paths, landscape.minimum, steps)
    window = given.get("window")
    if window is None and isinstance(landscape, MeasuredLandscape):
        window = landscape.window  # all that was measured
    window = window or map_window(landscape, paths, shown)
    heights = level_heights(landscape, window, paths, shown, given.get("levels"))
    return MapSettings(shown, window, heights, landscape.minimum or 0.0)
