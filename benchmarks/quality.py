"""Whether our pictures are stock Manim's, and which of the two films is nearer to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks import runs
from benchmarks.pictures import likeness
from momentum_film.plan.jobs import Encoding
from momentum_film.plan.plan import PlannedJob
from momentum_film.render.chapter import render


def compare(planned: PlannedJob, folder: Path, every: int) -> dict[str, Any]:
    """Render a chapter four times: exactly and encoded, by stock Manim and by us.

    Args:
        planned: the chapter.
        folder: for the films, which are removed again.
        every: compare every so many frames.

    Returns:
        ``exact`` (ours against stock's before encoding), ``stock`` and ``ours`` (each after
        encoding against stock's exact frames), as ``pictures.Likeness``; ``bytes`` of both films.
    """
    films = _films(planned, folder)
    exact = films["stock exact"]
    found = {
        "exact": likeness(exact, films["ours exact"], every),
        "stock": likeness(exact, films["stock"], every),
        "ours": likeness(exact, films["ours"], every),
    }
    size = {who: films[who].stat().st_size for who in ("stock", "ours")}
    for film in films.values():
        film.unlink()
    return {what: asdict(one) for what, one in found.items()} | {"bytes": size}


def together(chapters: Collection[dict[str, Any]]) -> dict[str, Any]:
    """What ``compare`` found of several chapters, as if they were one."""
    found: dict[str, Any] = {}
    for what in ("exact", "stock", "ours"):
        parts = [chapter[what] for chapter in chapters]
        frames = sum(part["frames"] for part in parts)
        found[what] = {
            "frames": frames,
            "mean_ssim": sum(part["mean_ssim"] * part["frames"] for part in parts) / frames,
            "least_ssim": min(part["least_ssim"] for part in parts),
            "worst_block": max(part["worst_block"] for part in parts),
        }
    found["bytes"] = {
        who: sum(chapter["bytes"][who] for chapter in chapters) for who in ("stock", "ours")
    }
    return found


def _films(planned: PlannedJob, folder: Path) -> dict[str, Path]:
    """One chapter, four times."""
    job = planned.job
    films = {
        "stock": runs.stock(job, folder / "encoded")[1],
        "stock exact": runs.stock(job, folder / "exact", exact=True)[1],
    }
    encodings: dict[str, Encoding] = {"ours": "h264", "ours exact": "lossless"}
    for name, encoding in encodings.items():
        films[name] = folder / f"{name}.mp4"
        films[name].write_bytes(render(replace(job, encoding=encoding)).data)
    return films
