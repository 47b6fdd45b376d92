"""An experiment and its outcome, as values.

An Experiment says what happens, completely: every default is filled in, so that it is its own
cache key. An Outcome is the experiment with what each contender did.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from momentum_math.data.recording import Recording
from momentum_math.landscapes import Landscape
from momentum_math.optimizers import Optimizer
from momentum_math.parameters import settings
from momentum_math.trajectories import (
    Disturbance,
    Status,
    Trajectory,
    excess,
    first_below,
    recorded,
    stays_below,
    trace,
)
from momentum_math.types import Array, Point, Window

Method = Optimizer | Recording
"""What moves a contender: a method that is run, or what was recorded of a run."""


@dataclass(frozen=True)
class Contender:
    """One line of the race.

    Attributes:
        label: What the film calls it: the user's own words, or the default.
        optimizer: The method with its numbers, or the run that was recorded.
    """

    label: str
    optimizer: Method

    @property
    def settings(self) -> dict[str, Any]:
        """The method's name and its numbers; of a recording, the name alone."""
        if isinstance(self.optimizer, Recording):
            return {"name": self.optimizer.name}
        return settings(self.optimizer)


@dataclass(frozen=True)
class MapSettings:
    """The settings of the map.

    Attributes:
        steps: How many steps of each run.
        window: Which part of the plane.
        heights: The losses at which contours are drawn, counted from ``floor``, ascending; none
            where the loss is finer than they could show.
        floor: The landscape's minimum; zero where there is none.
    """

    steps: int
    window: Window
    heights: tuple[float, ...]
    floor: float = 0.0

    @property
    def levels(self) -> tuple[float, ...]:
        """The losses at which contours are drawn, ascending."""
        return tuple(self.floor + height for height in self.heights)


@dataclass(frozen=True)
class Experiment:
    """Everything that decides what happens; hashable, comparable, picklable.

    Attributes:
        name: The file's name without ``.toml``.
        title: The film's title.
        start: Where every contender starts that is not recorded.
        steps: Updates per run.
        threshold: Loss above the minimum that counts as arrived; None where f is unbounded below.
        landscape: The loss.
        map: What the map shows.
        contenders: One to six.
        noise: Noise on the gradients, or mini-batches, if any.
        baseline: Index of the contender that the others are measured against.
    """

    name: str
    title: str
    start: Point
    steps: int
    threshold: float | None
    landscape: Landscape
    map: MapSettings
    contenders: tuple[Contender, ...]
    noise: Disturbance | None = None
    baseline: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The experiment in the keys of its file, all defaults filled in, as JSON can hold it.

        Without its ``name``, which is the file's, ``read_experiment`` makes an equal one of it.
        """
        values: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "start": list(self.start),
            "steps": self.steps,
            "landscape": settings(self.landscape),
            "map": {
                "steps": self.map.steps,
                "window": [list(side) for side in self.map.window],
            }
            | ({"levels": list(self.map.heights)} if self.map.heights else {}),
            "contenders": [self._contender_dict(i) for i in range(len(self.contenders))],
        }
        if self.threshold is not None:
            values["threshold"] = self.threshold
        if self.noise is not None:
            values["noise"] = asdict(self.noise)
        return values

    def _contender_dict(self, index: int) -> dict[str, Any]:
        """One contender in the keys of its table."""
        contender = self.contenders[index]
        numbers = contender.settings
        name = numbers.pop("name")
        if isinstance(contender.optimizer, Recording):
            numbers["data"] = contender.optimizer.to_dict()
        return {
            "label": contender.label,
            "optimizer": name,
            **numbers,
            "baseline": index == self.baseline,
        }

    def computed(self, index: int) -> Optimizer:
        """Return the method of a contender.

        Raises:
            TypeError: It is a recording, which has none.
        """
        optimizer = self.contenders[index].optimizer
        if isinstance(optimizer, Recording):
            raise TypeError(f"{self.contenders[index].label} was recorded, it has no method")
        return optimizer


@dataclass(frozen=True, eq=False)
class Run:
    """The path of one contender and what is read off it.

    Attributes:
        contender: Who.
        trajectory: Its path; the status is ``CONVERGED`` if it stays below the threshold.
        excess: Losses above the landscape's minimum, shape (n + 1,), read-only; the losses
            themselves where the landscape is unbounded below.
        first_below: First step below the threshold, or None.
        stays_below: Step from which it stays below up to the last, or None.
    """

    contender: Contender
    trajectory: Trajectory
    excess: Array
    first_below: int | None
    stays_below: int | None

    @property
    def status(self) -> Status:
        """The trajectory's, the threshold applied."""
        return self.trajectory.status

    @property
    def final_loss(self) -> float:
        """The loss at the last step."""
        return float(self.trajectory.losses[-1])

    @property
    def lowest(self) -> tuple[int, float]:
        """(step, loss) where the loss is lowest."""
        step = int(np.argmin(self.trajectory.losses))
        return step, float(self.trajectory.losses[step])

    def to_dict(self) -> dict[str, Any]:
        """The run as JSON can hold it."""
        path = self.trajectory
        return {
            "label": self.contender.label,
            "optimizer": self.contender.settings,
            "points": path.points.tolist(),
            "losses": path.losses.tolist(),
            "first_below": self.first_below,
            "stays_below": self.stays_below,
            "final_loss": self.final_loss,
            "status": path.status,
            "diverged_at": path.ended_at if path.status is Status.DIVERGED else None,
            "stopped_at": path.ended_at if path.status is Status.STOPPED else None,
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """An experiment and its runs, in the contenders' order."""

    experiment: Experiment
    runs: tuple[Run, ...]

    @property
    def baseline(self) -> Run:
        """The run that the others are measured against."""
        return self.runs[self.experiment.baseline]

    def to_dict(self) -> dict[str, Any]:
        """The outcome as ``momentum show --json`` prints it."""
        return {
            "name": self.experiment.name,
            "contenders": [run_.to_dict() for run_ in self.runs],
        }


def run(experiment: Experiment) -> Outcome:
    """Run every contender of an experiment; the same experiment gives the same numbers."""
    return Outcome(experiment, tuple(_run(experiment, who) for who in experiment.contenders))


def traced(
    landscape: Landscape, method: Method, start: Point, steps: int, noise: Disturbance | None
) -> Trajectory:
    """The path of a method that is run, or the one that was recorded."""
    if isinstance(method, Recording):
        return recorded(landscape, method, steps)
    return trace(landscape, method, start, steps, noise)


def _run(experiment: Experiment, contender: Contender) -> Run:
    """Run one contender and apply the threshold."""
    landscape, threshold = experiment.landscape, experiment.threshold
    path = traced(
        landscape, contender.optimizer, experiment.start, experiment.steps, experiment.noise
    )
    above = excess(path.losses, landscape.minimum)
    if threshold is None:
        return Run(contender, path, above, None, None)
    first = first_below(above, threshold)
    stays = stays_below(above, threshold) if path.status is Status.RUNNING else None
    if stays is not None:
        path = replace(path, status=Status.CONVERGED)
    return Run(contender, path, above, first, stays)
