"""``python -m benchmarks.child JSON``: a process that is measured, with one task to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.shares import Shares


def make_film(quality: str, chapters: list[str], workers: int, path: Path) -> None:
    """Render the chapters with an empty cache and join them."""
    from momentum_film.engines.processes import Processes

    with TemporaryDirectory() as folder, Processes(workers) as engine:
        engine.prepare()
        from benchmarks.runs import film_request
        from momentum_film.cut import mux
        from momentum_film.cut.film_info import film_info
        from momentum_film.plan.plan import plan_film
        from momentum_film.render import schedule
        from momentum_film.render.progress import Progress
        from momentum_film.store.cache import Cache

        plan = plan_film(film_request(quality, chapters))
        segments = schedule.render_all(plan.film, engine, Cache(Path(folder)), Progress())
    parts = [segments[planned.key] for planned in plan.film]
    mux.join(film_info(plan), parts, path, comment=f"momentum {plan.fingerprint}")


def measure_limit(quality: str, chapters: list[str], workers: int, path: Path) -> None:
    """Write what the encoder alone takes."""
    from benchmarks import limit, runs

    found = limit.measure(runs.jobs(quality, chapters), workers)
    costs = {name: {"wall": wall, "cpu": cpu} for name, (wall, cpu) in found.items()}
    path.write_text(json.dumps(costs))


def measure_ours(quality: str, chapters: list[str], workers: int, path: Path) -> None:
    """Write where a chapter's time goes, the start of the process included."""
    with Shares() as shares:
        from benchmarks import runs
        from momentum_film.render.chapter import render

        for planned in runs.jobs(quality, chapters):
            render(planned.job)
    path.write_text(json.dumps(shares.seconds))


def measure_stock(quality: str, chapters: list[str], workers: int, path: Path) -> None:
    """Write where a chapter's time goes in stock Manim."""
    with Shares() as shares, TemporaryDirectory() as folder:
        from manim.__main__ import main as manim

        from benchmarks import runs

        for planned in runs.jobs(quality, chapters):
            arguments = runs.stock_arguments(planned.job, Path(folder))
            manim.main(args=arguments, prog_name="manim", standalone_mode=False)
    path.write_text(json.dumps(shares.seconds))


def measure_pace(quality: str, chapters: list[str], workers: int, path: Path) -> None:
    """Write how long a whole film takes workers that have started already."""
    from benchmarks.growth import film_seconds

    path.write_text(json.dumps(film_seconds(quality, workers)))


TASKS = {
    "film": make_film,
    "limit": measure_limit,
    "ours_shares": measure_ours,
    "stock_shares": measure_stock,
    "pace": measure_pace,
}


def main(wanted: dict[str, Any]) -> None:
    """Do a task; see ``benchmarks.runs``."""
    task = TASKS[wanted.pop("task")]
    task(**wanted | {"path": Path(wanted["path"])})


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
