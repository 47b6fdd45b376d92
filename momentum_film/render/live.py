"""A chapter while it is rendered: its packets in a file that grows, which another process reads."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from momentum_film.engines.base import Report
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import PlannedJob
from momentum_film.raster.encode.base import HEADERS, KEY
from momentum_film.render.schedule import render_job

_HEAD = struct.Struct(">BI")


class Made(NamedTuple):
    """What an encoder made: whether it is the stream's parameters, or a packet, and which."""

    is_headers: bool
    is_key: bool
    data: bytes


def render_watched(folder: Path, planned: PlannedJob, report: Report) -> Segment:
    """Render a job, and write each packet into a file of the folder as soon as there is one.

    The same job makes the same packets: who was reading when a worker was lost can read on.
    """
    with log_of(folder, planned).open("wb", buffering=0) as file:

        def tell(kind: int, data: bytes) -> None:
            file.write(_HEAD.pack(kind, len(data)) + data)

        return render_job(planned, report, tell)


def log_of(folder: Path, planned: PlannedJob) -> Path:
    """The file of a job's packets."""
    return folder / f"{planned.key}.packets"


def read_log(path: Path, offset: int) -> tuple[list[Made], int]:
    """What is whole in a log from an offset on, and the offset after it."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return [], offset
    made, at = [], 0
    while at + _HEAD.size <= len(content):
        kind, size = _HEAD.unpack_from(content, at)
        end = at + _HEAD.size + size
        if end > len(content):
            break
        made.append(Made(kind == HEADERS, kind == KEY, content[at + _HEAD.size : end]))
        at = end
    return made, offset + at
