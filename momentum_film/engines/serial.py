"""The engine ``serial``: one job after the other, in this process."""

from __future__ import annotations

from typing import Any

from momentum_film.engines.base import Engine, Task


class Serial(Engine):
    """One job after the other, here."""

    workers = depth = 1

    def _begin(self, task: Task[Any]) -> None:
        try:
            task.set_result(task.function(task.job, task.report))
        except Exception as error:
            task.set_exception(error)
