"""What is handed over: one format, one module, one function from a cut to a file.

To add a format, write a module with a function (cut, path) -> path and enter it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from momentum_film.cut.edit import Cut
from momentum_film.deliver.video.gif import gif
from momentum_film.deliver.video.mp4 import mp4
from momentum_film.deliver.video.poster import poster


@dataclass(frozen=True)
class Deliverable:
    """A format.

    Attributes:
        suffix: Of its file's name.
        make: Writes it; what it returns was verified.
        wanted: Whether a cut has what it is made from.
    """

    suffix: str
    make: Callable[[Cut, Path], Path]
    wanted: Callable[[Cut], bool] = lambda cut: True


DELIVERABLES: dict[str, Deliverable] = {
    "video": Deliverable(".mp4", mp4),
    "gif": Deliverable(".gif", gif, lambda cut: cut.loop is not None),
    "poster": Deliverable(".png", poster),
}
