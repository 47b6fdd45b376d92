"""``manifest.json``: what was made, from what, with what, and where in it things are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from momentum_film.cut.film_info import Beat, Chapter, FilmInfo
from momentum_film.plan import fingerprint
from momentum_film.plan.jobs import Segment
from momentum_film.plan.plan import Plan
from momentum_film.store import files as disk

MANIFEST = "manifest.json"


class Delivered(NamedTuple):
    """A file under its published name: where and what it is, its size and SHA-256 digest."""

    path: Path
    kind: str
    bytes: int
    sha256: str


def delivered(path: Path, kind: str, data: bytes) -> Delivered:
    """A file with its content."""
    return Delivered(path, kind, len(data), disk.sha256_of(data))


def manifest(plan: Plan, film: FilmInfo, segments: Sequence[Segment]) -> dict[str, Any]:
    """The manifest of a film, made of these segments, as JSON can hold it; with no files yet."""
    same = ("name", "title", "width", "height", "fps", "frames")
    return {
        **{key: getattr(film, key) for key in same},
        "seconds": round(film.seconds, 6),
        "theme": film.theme,
        "aspect": film.aspect,
        "experiment": film.experiment.to_dict(),
        "versions": {
            **fingerprint.toolchain(),
            "film": plan.fingerprint,
            "delivery": fingerprint.delivery_sources(),
        },
        "chapters": [
            {**_entry(chapter), "beats": list(map(_entry, chapter.beats))}
            for chapter in film.chapters
        ],
        "files": [],
        "tracks": _tracks(film, segments),
    }


def _entry(part: Chapter | Beat) -> dict[str, Any]:
    """A chapter or a beat, whose times name their unit."""
    names = {"start": "start_seconds", "end": "end_seconds"}
    return {names.get(key, key): value for key, value in vars(part).items()}


def _tracks(film: FilmInfo, segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """Where particles stand in the film, and when, in seconds from its start."""
    found = []
    for chapter in film.chapters:
        start = film.frame_at(chapter.start) / film.fps
        first = next(segment for segment in segments if segment.chapter == chapter.name)
        for track in first.tracks:
            steps = [[step, round(seconds + start, 6)] for step, seconds in track["steps"]]
            found.append({"chapter": chapter.name, **track, "steps": steps})
    return found


def as_text(content: dict[str, Any]) -> str:
    """A manifest as a file holds it: one line per entry of its lists."""
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value:
            entries = ",\n".join(f"  {_json(entry)}" for entry in value)
            lines.append(f" {_json(key)}: [\n{entries}\n ]")
        else:
            lines.append(f" {_json(key)}: {_json(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read(folder: Path) -> dict[str, Any] | None:
    """A folder's manifest, or None if there is none that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and {"versions", "files"} <= set(content) else None


def intact_files(folder: Path, plan: Plan) -> list[Delivered]:
    """The files of a film, and those around it, that a folder holds as they were delivered.

    They are those of the folder's manifest; none if it speaks of another film.
    """
    content = read(folder)
    if content is None or content["versions"].get("film") != plan.fingerprint:
        return []
    told = (
        Delivered(folder / entry["path"], entry["kind"], entry["bytes"], entry["sha256"])
        for entry in content["files"]
    )
    return [file for file in told if is_intact(file)]


def is_intact(file: Delivered) -> bool:
    """Whether a file is as it was delivered."""
    return file.path.is_file() and disk.sha256_of(file.path.read_bytes()) == file.sha256


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
