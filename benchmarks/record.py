"""build/bench.json: everything that was measured, round by round."""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.growth import Row
from benchmarks.quality import Cleanness
from benchmarks.runs import Cost
from momentum_film.engines.base import cores
from momentum_film.plan import fingerprint
from momentum_film.store import files

WHO = ("stock", "ours", "encode", "encode_changed")


class Record:
    """What was measured so far; each addition is written at once.

    Args:
        path: of the file.
        go_on: keep what is in it and add to it.
    """

    def __init__(self, path: Path, go_on: bool) -> None:
        self._path = path
        self.values: dict[str, Any] = {"rounds": {}, "films": {}, "shares": {}, "growth": []}
        if go_on and path.is_file():
            self.values |= json.loads(path.read_text(encoding="utf-8"))
        self.values["machine"] = {"cores": cores(), "system": platform.platform()}
        self.values["versions"] = fingerprint.toolchain()

    def add_round(self, quality: str, costs: dict[str, Cost]) -> None:
        """One round at a quality."""
        rounded = {
            who: {key: round(value, 3) for key, value in asdict(cost).items()}
            for who, cost in costs.items()
        }
        self.values["rounds"].setdefault(quality, []).append(rounded)
        self._write()

    def add_films(self, quality: str, sizes: dict[str, int]) -> None:
        """Bytes of both films at a quality, before their pictures are judged."""
        self.values["films"][quality] = {"bytes": sizes, "chapters": {}}
        self._write()

    def add_pictures(self, quality: str, chapter: str, found: dict[str, Cleanness]) -> None:
        """What was found of a chapter in both films at a quality."""
        judged = {who: asdict(one) for who, one in found.items()}
        self.values["films"][quality]["chapters"][chapter] = judged
        self._write()

    def set_shares(self, who: str, quality: str, chapter: str, seconds: dict[str, float]) -> None:
        """Where a chapter's time goes with ``ours`` or ``stock``."""
        self.values["shares"].setdefault(quality, {}).setdefault(who, {})[chapter] = seconds
        self._write()

    def set_growth(self, rows: Iterable[Row]) -> None:
        """How the cost grows."""
        self.values["growth"] = []
        for row in rows:
            self.values["growth"].append(asdict(row))
            self._write()

    def _write(self) -> None:
        files.atomic_write(self._path, json.dumps(self.values, indent=1).encode())


def median(rounds: list[dict[str, Any]], who: str, key: str) -> float:
    """Of one quantity over all rounds."""
    return statistics.median(one[who][key] for one in rounds)


def ratio(rounds: list[dict[str, Any]], one: str, other: str, key: str = "wall") -> float:
    """Median of the rounds' own ratios: what drifts between rounds drops out."""
    return statistics.median(r[one][key] / r[other][key] for r in rounds)
