"""From the table of a file to its Experiment: what the file leaves open, the runs decide."""

import math
from dataclasses import replace
from typing import Any, cast

import numpy as np

from momentum_math.experiment import Contender, Experiment, MapSettings
from momentum_math.framing import level_heights, map_steps, map_window
from momentum_math.landscapes import LANDSCAPES, Landscape
from momentum_math.landscapes.formula import UNBOUNDED, UNKNOWN, CustomLandscape
from momentum_math.landscapes.lowest import Lowest, lowest, region
from momentum_math.optimizers import OPTIMIZERS, Optimizer
from momentum_math.optimizers.labels import default_labels
from momentum_math.optimizers.momentum import GradientDescent
from momentum_math.parameters import made
from momentum_math.toml.problems import ExperimentError, Problems, experiment_error
from momentum_math.trajectories import Noise, Status, Trajectory, is_minimal, trace
from momentum_math.types import Point

ROUNDING = 1e-9
SKETCHED_STEPS = 300


def build(name: str, table: dict[str, Any], file: str) -> Experiment:
    """Return the experiment of a table without problems.

    Args:
        name: The experiment's name.
        table: What ``EXPERIMENT_TABLE`` reads.
        file: The file's name, for error messages.

    Raises:
        ExperimentError: The runs show that the file is wrong: of the lowest loss, or of the
            threshold.
    """
    landscape: Landscape = made(LANDSCAPES[table["landscape"]["name"]], table["landscape"])
    optimizers = [made(OPTIMIZERS[one["optimizer"]], one) for one in table["contenders"]]
    labels = _labels([contender["label"] for contender in table["contenders"]], optimizers)
    noise = Noise(**table["noise"]) if table["noise"] else None
    if isinstance(landscape, CustomLandscape):
        _check_minimum(landscape, _sketched(landscape, table, optimizers, noise), file)
    paths = [
        trace(landscape, optimizer, table["start"], table["steps"], noise)
        for optimizer in optimizers
    ]
    _check_minimum(landscape, paths, file)
    if isinstance(landscape, CustomLandscape):
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
    formula: CustomLandscape,
    table: dict[str, Any],
    optimizers: list[Optimizer],
    noise: Noise | None,
) -> list[Trajectory]:
    """Return roughly how the runs begin: a wrong minimum is seen before SymPy is loaded."""
    steps = min(table["steps"], SKETCHED_STEPS)
    rough = replace(formula, is_rough=True)
    return [trace(rough, optimizer, table["start"], steps, noise) for optimizer in optimizers]


def _check_minimum(landscape: Landscape, paths: list[Trajectory], file: str) -> None:
    """Raise if a run falls below what its author said to be the lowest value, or without end."""
    if landscape.minimum is None:
        return
    low = min(float(path.losses.min()) for path in paths)
    if isinstance(landscape, CustomLandscape) and not landscape.is_said:
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
    """Return what may be said of a minimum; "unbounded" only where a run leaves downwards."""
    words = [f'to "{UNKNOWN}"']
    if any(_leaves_downwards(path) for path in paths):
        words.append(f'to "{UNBOUNDED}"')
    return f"set minimum to the lowest value of the formula, or {', or '.join(words)}"


def _leaves_downwards(path: Trajectory) -> bool:
    """Tell whether a run is lost to view below zero and below where it began."""
    return path.status is Status.DIVERGED and bool(path.losses[-1] < min(0.0, path.losses[0]))


def _searched(
    formula: CustomLandscape, start: Point, paths: list[Trajectory], file: str
) -> CustomLandscape:
    """The formula with the lowest point that a search finds, held against what was said of it."""
    if formula.said == UNBOUNDED:
        return formula
    lows = tuple(tuple(path.points[int(path.losses.argmin())].tolist()) for path in paths)
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


def _unsaid(formula: CustomLandscape, found: Lowest, paths: list[Trajectory], file: str) -> Lowest:
    """Return what losses count from if the file names no number: the lowest value, or zero."""
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
    """Return the loss that counts as arrived; None where there is no lowest loss.

    Where the file does not say, it follows the loss at the start: a power of ten, four below the
    one under that loss, so that 12.05 gives 0.001. A start at the minimum counts as any other loss
    of the landscape's usual window.
    """
    if landscape.minimum is None:
        return None
    loss = float(landscape.value(table["start"]))
    above = loss - landscape.minimum
    is_lowest = is_minimal(loss, landscape.minimum)
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
    plain = [
        i
        for i, contender in enumerate(contenders)
        if contender["optimizer"] == GradientDescent.name
    ]
    return (marked or plain or [0])[0]


def _map_settings(
    table: dict[str, Any], landscape: Landscape, paths: list[Trajectory]
) -> MapSettings:
    """Return what the map shows, from the file where it says so, else from the data."""
    given = table["map"] or {}
    steps = table["steps"]
    shown = given.get("steps") or map_steps(paths, landscape.minimum, steps)
    window = given.get("window") or map_window(landscape, paths, shown)
    heights = level_heights(landscape, window, paths, shown, given.get("levels"))
    return MapSettings(shown, window, heights, landscape.minimum or 0.0)
