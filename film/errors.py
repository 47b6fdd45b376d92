"""What can go wrong on the way to a film, as one-line messages for people."""

from __future__ import annotations


class FilmError(Exception):
    """A film was not made. The message is one line; ``exit_code`` is the command's."""

    exit_code = 4


class RequestError(FilmError):
    """Nobody can make what was asked for; nothing was written."""

    exit_code = 2


class RenderError(FilmError):
    """A chapter could not be rendered; ``__cause__`` is what the renderer raised."""


class VerificationError(FilmError):
    """What was made is not what was planned; it was not published."""


class ClusterError(FilmError):
    """There is no cluster to render on, or it was lost."""

    exit_code = 3


class WorkerLostError(Exception):
    """A worker died or fell silent. The job itself may be good, so it is worth another try."""
