"""``manifest.json``: what was made, from what, with what, and where in it things are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from momentum_film.cut.edit import Cut, tracks
from momentum_film.cut.film_info import Chapter
from momentum_film.plan import fingerprint
from momentum_film.plan.plan import Plan
from momentum_film.store import files as disk

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Delivered:
    """A file under its published name.

    Attributes:
        path: Where it is.
        kind: What it is.
        bytes: Its size.
        sha256: Hexadecimal digest of its content.
    """

    path: Path
    kind: str
    bytes: int
    sha256: str

    @property
    def entry(self) -> dict[str, Any]:
        """What a manifest says of it."""
        name = self.path.name
        return {"path": name, "kind": self.kind, "bytes": self.bytes, "sha256": self.sha256}


def delivered(path: Path, kind: str, data: bytes) -> Delivered:
    """A file with its content."""
    return Delivered(path, kind, len(data), disk.sha256_of(data))


def manifest(plan: Plan, cut: Cut) -> dict[str, Any]:
    """The manifest of a film as JSON can hold it, with no files yet.

    Args:
        plan: What was asked for.
        cut: What was made.
    """
    film = cut.film
    return {
        "name": film.name,
        "title": film.title,
        "width": film.width,
        "height": film.height,
        "fps": film.fps,
        "frames": film.frames,
        "seconds": round(film.seconds, 6),
        "theme": film.theme,
        "aspect": film.aspect,
        "experiment": film.experiment.to_dict(),
        "versions": {
            **fingerprint.toolchain(),
            "film": plan.fingerprint,
            "delivery": fingerprint.delivery_sources(),
        },
        "chapters": [_chapter(chapter) for chapter in film.chapters],
        "files": [],
        "tracks": tracks(cut),
    }


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


def intact_files(folder: Path, plan: Plan) -> list[dict[str, Any]]:
    """The files of a film that a folder holds already, and those around it.

    Args:
        folder: Where a film may be.
        plan: Of the film.

    Returns:
        Entries of the folder's manifest whose files are still as they were; none if the manifest
        speaks of another film.
    """
    content = read(folder)
    if content is None or content["versions"].get("film") != plan.fingerprint:
        return []
    return [entry for entry in content["files"] if _is_intact(folder / entry["path"], entry)]


def _is_intact(path: Path, entry: dict[str, Any]) -> bool:
    return path.is_file() and disk.sha256_of(path.read_bytes()) == entry["sha256"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _chapter(chapter: Chapter) -> dict[str, Any]:
    beats = [
        {
            "name": beat.name,
            "start_seconds": beat.start,
            "end_seconds": beat.end,
            "caption": beat.caption,
        }
        for beat in chapter.beats
    ]
    return {
        "name": chapter.name,
        "title": chapter.title,
        "start_seconds": chapter.start,
        "end_seconds": chapter.end,
        "beats": beats,
    }
