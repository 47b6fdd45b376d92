"""What was measured, as tables for people: printed, and in the documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import rich.table

from benchmarks.goals import GOALS, MOVING, PSNR, STANDING, figures, films
from benchmarks.record import WHO, median, ratio
from benchmarks.shares import NAMES, outside

TITLES = {
    "stock": "stock manim",
    "ours": "momentum",
    "encode": "encoding alone, every frame",
    "encode_changed": "encoding alone, changed frames",
}


class Table(NamedTuple):
    """Rows below a heading."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def tables(values: dict[str, Any]) -> Iterator[Table]:
    """A table for each thing that was measured; see ``benchmarks.record``."""
    yield from main_tables(values)
    for quality, everybody in values["shares"].items():
        for who, chapters in everybody.items():
            yield _shares(f"{quality}, {TITLES[who]}", chapters)
        if everybody.keys() >= {"ours", "stock"}:
            yield _outside(quality, everybody)


def main_tables(values: dict[str, Any]) -> Iterator[Table]:
    """How fast, how clean, whether that is enough, and how the cost grows."""
    found = [_rounds(values["rounds"]), _films(values["films"]), _goals(values)]
    found.append(_growth(values["growth"]))
    yield from (table for table in found if table.rows)


def printable(table: Table) -> rich.table.Table:
    """A table for a terminal."""
    made = rich.table.Table(title=table.title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(table.columns):
        made.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in table.rows:
        made.add_row(*row)
    return made


def _rounds(qualities: dict[str, Any]) -> Table:
    columns = ("quality", "what", "rounds", "wall s", "CPU s", "peak MB", "stock / it", "it / ours")
    rows = []
    for quality, rounds in qualities.items():
        for who in WHO:
            peak = median(rounds, who, "peak_mb")
            seconds = (f"{median(rounds, who, key):.1f}" for key in ("wall", "cpu"))
            ratios = (f"{ratio(rounds, *pair):.2f}" for pair in (("stock", who), (who, "ours")))
            said = (quality, TITLES[who], f"{len(rounds)}", *seconds)
            rows.append((*said, f"{peak:.0f}" if peak else "", *ratios))
    return Table("How fast (medians; ratios within a round)", columns, rows)


def _films(qualities: dict[str, Any]) -> Table:
    columns = ("quality", "film", PSNR, STANDING, MOVING, "bytes")
    rows = []
    for quality, measured in qualities.items():
        for who, found in films(measured).items():
            off = (f"{each:.2f}" for each in (found.psnr, found.standing, found.moving))
            rows.append((quality, TITLES[who], *off, f"{measured['bytes'][who]:,}"))
    return Table("How clean (luma, against the exact pictures)", columns, rows)


def _goals(values: dict[str, Any]) -> Table:
    rows = []
    for goal in GOALS:
        if (found := figures(values, goal.quality).get(goal.figure)) is None:
            continue
        missed, sign = goal.missed_by(found), "≥" if goal.is_least else "≤"
        said = f"missed by {missed:.2f}" if missed else "met"
        rows.append((goal.quality, goal.figure, f"{sign} {goal.limit:g}", f"{found:.2f}", said))
    return Table("Goals", ("quality", "what", "goal", "found", ""), rows)


def _shares(title: str, chapters: dict[str, dict[str, float]]) -> Table:
    rows = []
    for chapter, seconds in chapters.items():
        parts = (f"{seconds[name]:.2f}" for name in NAMES)
        rows.append((chapter, *parts, f"{sum(seconds.values()):.2f}"))
    return Table(f"CPU seconds at {title}", ("chapter", *NAMES, "all"), rows)


def _outside(quality: str, everybody: dict[str, dict[str, dict[str, float]]]) -> Table:
    stock, rows = outside(everybody["stock"].values()), []
    for who, chapters in everybody.items():
        seconds = outside(chapters.values())
        rows.append((TITLES[who], f"{seconds:.1f}", f"{100 * seconds / stock:.0f} %"))
    title = f"CPU seconds at {quality}, outside the encoder, imports not counted"
    return Table(title, ("", "seconds", "of stock's"), rows)


def _growth(measured: list[dict[str, Any]]) -> Table:
    rows = []
    for row in measured:
        each = f"{row['cost']:.2f} {row['unit']}"
        if row["along"] != "cores":
            each = f"{row['cost']:.1f} ms per {row['unit']}"
        rows.append((row["along"], row["amount"], f"{row['seconds']:.1f}", each))
    return Table("How the cost grows", ("with", "to", "seconds", "each"), rows)
