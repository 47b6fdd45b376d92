"""The engine ``serial``: one job after the other, in this process."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from momentum_film.engines.base import Job, Report, Result, Task, TaskFunction


class Serial:
    """One job after the other, here."""

    depth = 1

    def prepare(self) -> None:
        """Nothing is started."""

    def submit(
        self,
        function: TaskFunction[Job, Result],
        job: Job,
        report: Report,
        instead_of: Task[Result] | None = None,
    ) -> Task[Result]:
        task = Task(function, job, report)
        try:
            task.set_result(function(job, report))
        except Exception as error:
            task.set_exception(error)
        return task

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing was started."""
