"""What was measured, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from benchmarks.quality import together
from benchmarks.record import WHO, median, ratio
from benchmarks.shares import NAMES, outside

TITLES = {
    "stock": "stock manim",
    "ours": "momentum",
    "encode": "encoding alone, every frame",
    "encode_changed": "encoding alone, changed frames",
}


def tables(values: dict[str, Any]) -> Iterator[Table]:
    """A table for each thing that was measured; see ``benchmarks.record``."""
    for quality, rounds in values["rounds"].items():
        yield _rounds(quality, rounds)
    if values["likeness"]:
        yield _likeness(values["likeness"])
    for quality, everybody in values["shares"].items():
        for who, chapters in everybody.items():
            yield _shares(f"{quality}, {TITLES[who]}", chapters)
        if everybody.keys() >= {"ours", "stock"}:
            yield _outside(quality, everybody)
    if values["growth"]:
        yield _growth(values["growth"])


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    return table


def _rounds(quality: str, rounds: list[dict[str, Any]]) -> Table:
    title = f"{quality}, medians of {len(rounds)} rounds"
    table = _table(title, "", "wall s", "CPU s", "peak MB", "stock / it", "it / momentum")
    for who in WHO:
        peak = median(rounds, who, "peak_mb")
        table.add_row(
            TITLES[who],
            f"{median(rounds, who, 'wall'):.1f}",
            f"{median(rounds, who, 'cpu'):.1f}",
            f"{peak:.0f}" if peak else "",
            f"{ratio(rounds, 'stock', who):.2f}",
            f"{ratio(rounds, who, 'ours'):.2f}",
        )
    return table


def _likeness(qualities: dict[str, Any]) -> Table:
    table = _table(
        "Pictures, against stock manim's before encoding",
        *("quality", "film", "frames", "mean SSIM", "least SSIM", "worst 8×8 block", "kB"),
    )
    names = {"exact": "momentum, before encoding", "stock": "stock manim", "ours": "momentum"}
    for quality, chapters in qualities.items():
        found = together(chapters.values())
        for who, name in names.items():
            size = found["bytes"].get(who)
            table.add_row(
                quality,
                name,
                f"{found[who]['frames']}",
                f"{found[who]['mean_ssim']:.5f}",
                f"{found[who]['least_ssim']:.5f}",
                f"{found[who]['worst_block']:.2f}",
                f"{size / 1000:.0f}" if size else "",
            )
    return table


def _shares(title: str, chapters: dict[str, dict[str, float]]) -> Table:
    table = _table(f"CPU seconds at {title}", "chapter", *NAMES, "all")
    for chapter, seconds in chapters.items():
        parts = (f"{seconds[name]:.2f}" for name in NAMES)
        table.add_row(chapter, *parts, f"{sum(seconds.values()):.2f}")
    return table


def _outside(quality: str, everybody: dict[str, dict[str, dict[str, float]]]) -> Table:
    title = f"CPU seconds at {quality}, outside the encoder, imports not counted"
    table = _table(title, "", "seconds", "of stock's")
    stock = outside(everybody["stock"].values())
    for who, chapters in everybody.items():
        seconds = outside(chapters.values())
        table.add_row(TITLES[who], f"{seconds:.1f}", f"{100 * seconds / stock:.0f} %")
    return table


def _growth(rows: list[dict[str, Any]]) -> Table:
    table = _table("How the cost grows", "with", "to", "seconds", "per unit")
    for row in rows:
        if row["along"] == "cores":
            cost = f"{row['cost']:.2f} {row['unit']}"
        else:
            cost = f"{row['cost']:.1f} ms a {row['unit']}"
        table.add_row(row["along"], row["amount"], f"{row['seconds']:.2f}", cost)
    return table
