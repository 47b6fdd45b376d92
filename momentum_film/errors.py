"""What can go wrong on the way to a film, as one-line messages for people."""

from __future__ import annotations

BAD_INPUT, ENVIRONMENT, FAILED = 2, 3, 4
"""Exit codes of the command."""


class FilmError(Exception):
    """A film was not made: what happened and what to do, in one line, and the command's code."""

    exit_code = FAILED

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        if exit_code is not None:
            self.exit_code = exit_code


class RequestError(FilmError):
    """Nobody can make what was asked for; nothing was written."""

    exit_code = BAD_INPUT


class RenderError(FilmError):
    """A chapter could not be rendered; ``__cause__`` is what the renderer raised."""


class VerificationError(FilmError):
    """What was made is not what was planned; it was not published."""


class ClusterError(FilmError):
    """There is no cluster to render on, or it was lost."""

    exit_code = ENVIRONMENT


class WorkerLostError(Exception):
    """A worker died or fell silent. The job itself may be good, so it is worth another try."""


class WorkerKilledError(WorkerLostError):
    """A worker was killed from outside, as systems do with the largest when memory runs out."""
