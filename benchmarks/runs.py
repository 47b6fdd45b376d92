"""One round: the same chapters by stock Manim, by this renderer, and by the encoder alone."""

from __future__ import annotations

import configparser
import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from momentum_film.errors import RenderError
from momentum_film.plan.jobs import RenderJob
from momentum_film.plan.plan import PlannedJob, Request, key_of, plan_again
from momentum_math import load_experiment
from scenes import CHAPTERS

ROOT = Path(__file__).resolve().parent.parent
# A bare ``manim scenes/descent.py Descent`` shows this one, so it is what can be compared.
EXPERIMENT = ROOT / "experiments" / "momentum.toml"
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
# Stock Manim's own pictures, converted as for its film, and then kept exactly.
LOSSLESS = {"codec": "libx264", "pixel_format": "yuv420p"}
LOSSLESS_OPTIONS = {"crf": "0", "preset": "ultrafast"}


@dataclass(frozen=True)
class Cost:
    """What a run took.

    Attributes:
        wall: seconds on the clock.
        cpu: seconds of all cores.
        peak_mb: resident memory of its largest process, MB; 0 where it was not asked for.
    """

    wall: float
    cpu: float
    peak_mb: float = 0.0


def film_request(quality: str, chapters: Sequence[str]) -> Request:
    """The default film, or some of its chapters."""
    return Request(load_experiment(EXPERIMENT), quality, chapters=tuple(chapters), loop=False)


def jobs(quality: str, chapters: Sequence[str]) -> tuple[PlannedJob, ...]:
    """Its chapters as jobs, none in parts, in the film's order."""
    parts = plan_again(film_request(quality, chapters), "h264")
    frames: Counter[RenderJob] = Counter()
    for part in parts:
        frames[replace(part.job, span=None)] += part.frames
    return tuple(PlannedJob(job, key_of(job), count) for job, count in frames.items())


def measured(command: Sequence[str]) -> Cost:
    """Run a command to its end, and count what it and all that it started took.

    Raises:
        RenderError: It failed; the message ends with what it said.
    """
    _adopt_orphans()
    began = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said = process.stdout.read() if process.stdout else ""
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    if process.returncode:
        raise RenderError(f"{' '.join(command)} failed: {said[-500:]}")
    usages = [usage, *_orphans(process.pid)]
    return Cost(
        wall,
        sum(one.ru_utime + one.ru_stime for one in usages),
        max(one.ru_maxrss for one in usages) / 1024,
    )


def _adopt_orphans() -> None:
    """Become the parent of processes whose own has ended, as far as the system can do that.

    The process that workers are forked from ends after the one that started it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans(group: int) -> Iterator[resource.struct_rusage]:
    """What the other processes of a group took, when they have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            yield os.wait4(-group, 0)[2]


def stock(job: RenderJob, folder: Path, exact: bool = False) -> tuple[Cost, Path]:
    """Have stock Manim's command line render a chapter, caching off.

    Args:
        job: Of the default experiment, in the default look.
        folder: For its files.
        exact: Encode without loss.

    Returns:
        What it took, and the film.
    """
    command = [sys.executable, "-m", "manim", *stock_arguments(job, folder, exact)]
    return measured(command), stock_film(job, folder)


def stock_film(job: RenderJob, folder: Path) -> Path:
    """Where ``stock`` has left the film of a chapter."""
    scene = CHAPTERS[job.chapter].partition(":")[2]
    (path,) = (p for p in folder.rglob(f"{scene}.mp4") if "partial_movie_files" not in p.parts)
    return path


def stock_arguments(job: RenderJob, folder: Path, exact: bool = False) -> list[str]:
    """What stock Manim's command line is given for a chapter, run where the project is."""
    module, scene = CHAPTERS[job.chapter].split(":")
    settings = _stock_settings(job, folder, exact)
    return [
        *("render", "--disable_caching", "--progress_bar", "none", "-v", "ERROR"),
        *("--config_file", str(settings)),
        *("-r", f"{job.width},{job.height}", "--fps", str(job.fps)),
        *("--media_dir", str(folder), f"{module.replace('.', '/')}.py", scene),
    ]


def _stock_settings(job: RenderJob, folder: Path, exact: bool) -> Path:
    """The project's manim.cfg, with the job's frame: Manim's own is 14 2/9 units wide at any size.

    Returns:
        The file.
    """
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "manim.cfg")
    unit = min(job.width, job.height) / 8
    settings["CLI"].update(frame_width=repr(job.width / unit), frame_height=repr(job.height / unit))
    if exact:
        settings["video_encoder"] = LOSSLESS
        settings["video_encoder.options"] = LOSSLESS_OPTIONS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "manim.cfg"
    with path.open("w") as file:
        settings.write(file)
    return path


def ours(quality: str, chapters: Sequence[str], workers: int, path: Path) -> Cost:
    """Render the chapters and join them, in a fresh process with an empty cache."""
    return measured(_child("film", quality, chapters, workers, path))


def limits(quality: str, chapters: Sequence[str], workers: int, path: Path) -> dict[str, Cost]:
    """The encoder alone, in a fresh process; see ``benchmarks.limit``."""
    measured(_child("limit", quality, chapters, workers, path))
    return {name: Cost(**cost) for name, cost in json.loads(path.read_text()).items()}


def shares(who: str, quality: str, chapter: str, path: Path) -> dict[str, float]:
    """Where the time of a chapter goes, in a fresh process; see ``benchmarks.shares``.

    Args:
        who: ``ours`` or ``stock``.
        quality: at which the chapter is rendered.
        chapter: its name.
        path: for the answer.
    """
    measured(_child(f"{who}_shares", quality, [chapter], 1, path))
    return json.loads(path.read_text())


def pace(quality: str, workers: int) -> float:
    """Seconds on the clock for a film, in a fresh process; see ``benchmarks.growth``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pace.json"
        measured(_child("pace", quality, [], workers, path))
        return json.loads(path.read_text())


def _child(task: str, quality: str, chapters: Sequence[str], workers: int, path: Path) -> list[str]:
    wanted = {
        "task": task,
        "quality": quality,
        "chapters": list(chapters),
        "workers": workers,
        "path": str(path.resolve()),
    }
    return [sys.executable, "-m", "benchmarks.child", json.dumps(wanted)]


def one_round(quality: str, chapters: Sequence[str], workers: int, folder: Path) -> dict[str, Cost]:
    """Everybody once.

    Returns:
        ``stock``, ``ours``, ``encode`` (every frame given to the encoder) and ``encode_changed``
        (frames equal to the one before written without being encoded, as ours are).
    """
    costs = [stock(planned.job, folder / "stock")[0] for planned in jobs(quality, chapters)]
    total = Cost(
        sum(cost.wall for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.peak_mb for cost in costs),
    )
    folder.mkdir(parents=True, exist_ok=True)
    mine = ours(quality, chapters, workers, folder / "ours.mp4")
    return {
        "stock": total,
        "ours": mine,
        **limits(quality, chapters, workers, folder / "limit.json"),
    }


def sizes(chapters: Sequence[PlannedJob], folder: Path) -> dict[str, int]:
    """Bytes of the films that a round has left in its folder: stock Manim's chapters, and ours."""
    films = [stock_film(planned.job, folder / "stock") for planned in chapters]
    stock_bytes = sum(film.stat().st_size for film in films)
    return {"stock": stock_bytes, "ours": (folder / "ours.mp4").stat().st_size}
