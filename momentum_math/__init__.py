"""What is true: landscapes, optimisers, their runs, and what theory says about them.

The words of this package, in the order in which one meets them:

A *landscape* is a loss f(theta) over two parameters theta = (x, y), with its gradient and Hessian.
An *optimiser* is a method with its numbers; its ``step`` is a pure function of theta, the gradient
and a *state*, which holds the *velocity*. A *trajectory* is what one optimiser did on one
landscape: points, losses, gradients and velocities, one row per step, and how it ended.

A *contender* is an optimiser with a label. An *experiment* is a landscape, a start and one to six
contenders, with everything else that decides what happens; it is read from a TOML file, and a file
with a table [sweep] holds one for each combination of its values. An *outcome* is an experiment
with one *run* per contender: its trajectory, the step at which its loss is *first below* the
threshold, and the step from which it *stays below*. Losses are compared after subtracting the
landscape's minimum; that difference is called *excess*.

A *level* is a loss at which the map draws a contour; a *region* is where f is at most a level.

Every value here is immutable, every function pure, every array in a result read-only float64.
Nothing here draws.
"""

from momentum_math.contours import level_lines, level_regions
from momentum_math.data.recorder import Recorder
from momentum_math.experiment import Experiment, MapSettings, Outcome, Run, run
from momentum_math.landscapes import LANDSCAPES, Landscape
from momentum_math.landscapes.formula import CustomLandscape
from momentum_math.optimizers import OPTIMIZERS, Optimizer
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.parameters import settings
from momentum_math.resting import Place
from momentum_math.toml.film_sweep import Sweep, Variant, load_experiments
from momentum_math.toml.format import schema
from momentum_math.toml.problems import ExperimentError
from momentum_math.toml.read import (
    data_files,
    load_experiment,
    read_experiment,
    read_toml,
    unsafe_name,
)
from momentum_math.trajectories import Trajectory, trace
from momentum_math.tuning import STEP_LIMIT, best_beta, steps_against_beta
from momentum_math.types import Array, Window

__all__ = [
    "LANDSCAPES",
    "OPTIMIZERS",
    "STEP_LIMIT",
    "Array",
    "CustomLandscape",
    "Experiment",
    "ExperimentError",
    "Landscape",
    "MapSettings",
    "MomentumMethod",
    "Optimizer",
    "Outcome",
    "Place",
    "Recorder",
    "Run",
    "Sweep",
    "Trajectory",
    "Variant",
    "Window",
    "best_beta",
    "data_files",
    "level_lines",
    "level_regions",
    "load_experiment",
    "load_experiments",
    "read_experiment",
    "read_toml",
    "run",
    "schema",
    "settings",
    "steps_against_beta",
    "trace",
    "unsafe_name",
]
