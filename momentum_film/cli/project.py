"""``momentum project``: recorded runs of many parameters as points of one plane, and its loss."""

from __future__ import annotations

import shlex
import sys
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from momentum_film.cli.options import fail
from momentum_film.cli.speech import say
from momentum_film.errors import BAD_INPUT, ENVIRONMENT

if TYPE_CHECKING:
    from momentum_math.data.projection import Plane
    from momentum_math.types import Array

Loss = Callable[["Array"], float]
GRID_FILE, PLANE_FILE = "loss.npz", "plane.npz"


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN.npz...")
@click.option(
    "--loss",
    metavar="MODULE:FUNCTION",
    help="Measure this loss of all parameters on a grid in the plane, and write the experiment.",
)
@click.option(
    "--output",
    default="projected",
    show_default=True,
    metavar="FOLDER",
    help="Where to write; a new folder, or an empty one.",
)
@click.option(
    "--points",
    type=click.IntRange(4, 201),
    default=61,
    show_default=True,
    metavar="N",
    help="Points of the grid along each side.",
)
def project(runs: tuple[str, ...], loss: str | None, output: str, points: int) -> None:
    """Show recorded runs of many parameters in one plane: two principal components of all points.

    A RUN is what a `momentum_math.Recorder` saved: `parameters` (n x d), and `losses` if there are.
    """
    from momentum_math.data.projection import plane_of

    paths = [Path(run) for run in runs]
    if len(paths) > 6:
        fail(BAD_INPUT, f"{len(paths)} runs are too many for a film, give at most 6")
    if len({path.stem for path in paths}) < len(paths):
        fail(BAD_INPUT, "two runs have files of the same name, rename one")
    if {f"{path.stem}.npz" for path in paths} & {GRID_FILE, PLANE_FILE}:
        fail(BAD_INPUT, f"runs cannot be called {GRID_FILE} or {PLANE_FILE}, rename them")
    function = None if loss is None else _function(loss)
    read = [_read(path) for path in paths]
    try:
        plane = plane_of([parameters for parameters, _ in read])
    except ValueError as error:
        fail(BAD_INPUT, f"{', '.join(path.name for path in paths)}: {error}")
    grid = None if function is None else _measured(plane, function, str(loss), points)
    _write(Path(output), paths, [losses for _, losses in read], plane, grid)


def _function(name: str) -> Loss:
    """The function of a module, which may lie in the working folder."""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, "")
    try:
        found = getattr(import_module(module), attribute)
    except Exception as error:  # a module may raise whatever it likes
        fail(BAD_INPUT, f"--loss {name}: {_told(error)}; name a module and its function")
    finally:
        sys.path.remove("")
    if not callable(found):
        fail(BAD_INPUT, f"--loss {name}: {attribute} is not a function")
    function: Loss = found
    return function


def _told(error: Exception) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:160]


def _read(path: Path) -> tuple[Array, Array | None]:
    """A run's parameters, (n, d), and its losses, (n,), if they were recorded."""
    import numpy as np

    from momentum_math.data.recording import MOST_POINTS

    try:
        with np.load(path, allow_pickle=False) as saved:
            names = [name for name in ("parameters", "points") if name in saved]
            if not names:
                fail(BAD_INPUT, f"{path}: has no parameters (n × d), save it with a Recorder")
            parameters = np.asarray(saved[names[0]], dtype=np.float64)
            losses = np.asarray(saved["losses"], dtype=np.float64) if "losses" in saved else None
    except OSError as error:
        fail(BAD_INPUT, f"{path}: {error.strerror or _told(error)}; check the path")
    except (ValueError, TypeError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        fail(BAD_INPUT, f"{path}: {_told(error)}; give an .npz file of numbers")
    if parameters.ndim != 2 or not 2 <= len(parameters) <= MOST_POINTS:
        shape = " × ".join(map(str, parameters.shape))
        wrong = f"has parameters of shape {shape}, they must be n × d with n from 2 to"
        fail(BAD_INPUT, f"{path}: {wrong} {MOST_POINTS:,}")
    if losses is not None and losses.shape != parameters.shape[:1]:
        fail(BAD_INPUT, f"{path}: has losses of shape {losses.shape}, give one for each point")
    return parameters, losses


def _measured(plane: Plane, loss: Loss, name: str, points: int) -> dict[str, Array]:
    """The grid of a plane that reaches over all runs, as its file holds it."""
    import numpy as np

    x, y = plane.sides(points)
    try:
        with np.errstate(all="ignore"):
            losses = plane.measured(loss, x, y)
    except Exception as error:  # the function may raise whatever it likes
        fail(BAD_INPUT, f"--loss {name}: {_told(error)}")
    if not np.isfinite(losses).all():
        fail(BAD_INPUT, f"--loss {name}: is not finite everywhere between the runs, bound it")
    return {"x": x, "y": y, "loss": losses}


def _write(
    folder: Path,
    paths: list[Path],
    losses: list[Array | None],
    plane: Plane,
    grid: dict[str, Array] | None,
) -> None:
    """Write the runs, the plane and, with a grid, the experiment; say each file."""
    import numpy as np

    files: dict[str, dict[str, Any]] = {}
    for path, points, own in zip(paths, plane.points, losses, strict=True):
        files[f"{path.stem}.npz"] = {"points": points} | ({} if own is None else {"losses": own})
    share = float(f"{plane.share:.4g}")
    files[PLANE_FILE] = {"mean": plane.mean, "directions": plane.directions, "share": plane.share}
    files |= {GRID_FILE: grid} if grid else {}
    experiment = folder / f"{folder.resolve().name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            fail(BAD_INPUT, f"{folder} is not empty; choose another with --output")
        for name, arrays in files.items():
            np.savez_compressed(folder / name, **arrays)
            say(folder / name)
        if grid:
            experiment.write_text(_experiment(paths, share), encoding="utf-8")
            say(experiment)
    except OSError as error:
        fail(ENVIRONMENT, f"{folder}: {error.strerror}; go to a folder that you may write")
    say(f"the plane holds {100 * share:.4g} % of the variance")
    if not grid:
        again = f"momentum project {shlex.join(map(str, paths))} --loss module:function"
        say(f"no film yet, its map needs the loss on this plane: {again} --output {folder}-film")


def _experiment(paths: list[Path], share: float) -> str:
    """The text of the experiment file of some runs and a measured grid."""
    lines = [
        "# Recorded runs in the plane of their first two principal components.",
        "",
        "[landscape]",
        f'grid = "{GRID_FILE}"',
        f"variance = {share}",
    ]
    for path in paths:
        lines += ["", "[[contenders]]", f'data = "{path.stem}.npz"']
    return "\n".join(lines) + "\n"
