"""Who does the work: this process, as many as there are cores, or a cluster.

``base`` says what an engine is; each of the others is one, and is loaded when it is asked for.
"""

from __future__ import annotations

from momentum_film.engines.base import Engine
from momentum_film.errors import ClusterError, RequestError

ENGINES = ("processes", "serial", "dask")


def engine_named(name: str, workers: int | None = None, scheduler: str | None = None) -> Engine:
    """An engine.

    Args:
        name: One of ``ENGINES``.
        workers: How many; one per core if not given.
        scheduler: Address of a Dask scheduler, for the engine ``dask`` only.

    Raises:
        RequestError: There is no such engine, or it does not go with the rest.
        ClusterError: The libraries for it are not installed.
    """
    if name not in ENGINES:
        raise RequestError(f"there is no engine {name!r}; there is {', '.join(ENGINES)}")
    if scheduler is not None and name != "dask":
        raise RequestError(f"--scheduler {scheduler} needs --engine dask, not {name}")
    if scheduler is not None and workers is not None:
        raise RequestError(f"--workers {workers}: the cluster at {scheduler} has its own, leave it")
    if name == "processes":
        from momentum_film.engines.processes import Processes

        return Processes(workers)
    if name == "serial":
        from momentum_film.engines.serial import Serial

        return Serial()
    try:
        from momentum_film.engines.dask import Dask
    except ImportError as error:
        raise ClusterError(
            f"the engine dask is not installed ({error}): pip install 'momentum[cluster]'"
        ) from error
    return Dask(workers, scheduler)
