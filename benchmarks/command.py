"""``python -m benchmarks``: how fast, against stock Manim and against the encoder alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from momentum_film.cli.options import QUALITY, fail, only_option, progress
from momentum_film.cli.speech import say
from momentum_film.errors import BAD_INPUT

if TYPE_CHECKING:
    from benchmarks.record import Record

QUALITIES = ("draft", "720p30", "1080p60")
RECORD = Path("build") / "bench.json"
EVERY = 6  # of so many pictures in motion one is judged


@click.command()
@click.option(
    "--quality",
    "qualities",
    multiple=True,
    type=QUALITY,
    default=QUALITIES,
    show_default=True,
    help="May be given more than once.",
)
@only_option
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, metavar="N")
@click.option(
    "--pictures/--no-pictures", default=True, show_default=True, help="Judge the pictures."
)
@click.option("--profile", is_flag=True, help="Where each chapter's time goes, and nothing else.")
@click.option("--stock", is_flag=True, help="With --profile: where stock manim's goes, too.")
@click.option(
    "--scaling", is_flag=True, help="How the cost grows at the first quality, and nothing else."
)
@click.option("--add", is_flag=True, help=f"Add to what is in {RECORD}.")
def bench(
    qualities: tuple[str, ...],
    chapters: tuple[str, ...],
    rounds: int,
    pictures: bool,
    profile: bool,
    stock: bool,
    scaling: bool,
    add: bool,
) -> None:
    """Measure the default film: stock manim, this renderer and its encoder alone, in turns.

    Takes three quarters of an hour; writes build/bench.json after each round.
    """
    from rich.console import Console

    from benchmarks import runs
    from benchmarks.record import Record
    from benchmarks.tables import printable, tables

    if Path.cwd() != runs.ROOT:
        fail(BAD_INPUT, "benchmarks run in the project's folder only: go there, or `make bench`")
    for quality in qualities:
        runs.jobs(quality, chapters)  # an unknown name is found before anything is measured
    record = Record(RECORD, add)
    RECORD.parent.mkdir(exist_ok=True)
    with progress() as told, tempfile.TemporaryDirectory(dir=RECORD.parent.resolve()) as folder:
        measures = [
            _Measure(record, quality, chapters, Path(folder) / quality, told.note)
            for quality in qualities
        ]
        if scaling:
            measures[0].scale()
        elif profile:
            for measure in measures:
                measure.profile("ours")
                if stock:
                    measure.profile("stock")
        else:
            _compare(measures, rounds, pictures)
    console = Console(width=max(Console().width, 110))
    for table in tables(record.values):
        console.print(printable(table), "")
    say(RECORD)


def _compare(measures: list[_Measure], rounds: int, pictures: bool) -> None:
    """All rounds first: what this process loads to judge pictures would count as memory."""
    for measure in measures:
        for number in range(rounds):
            measure.say(f"{measure.quality}: round {number + 1} of {rounds}")
            measure.round()
    if pictures:
        for measure in measures:
            measure.compare()


@dataclass(frozen=True)
class _Measure:
    """What can be measured at one quality."""

    record: Record
    quality: str
    chapters: tuple[str, ...]
    folder: Path
    say: Callable[[str], None]

    def round(self) -> None:
        from benchmarks import runs
        from momentum_film.engines.base import cores

        costs = runs.one_round(self.quality, self.chapters, cores(), self.folder)
        self.record.add_round(self.quality, costs)

    def compare(self) -> None:
        from benchmarks import quality, runs

        chapters = runs.jobs(self.quality, self.chapters)
        self.record.add_films(self.quality, runs.sizes(chapters, self.folder))
        for name, found in quality.compare(chapters, self.folder, EVERY):
            self.say(f"{self.quality}: pictures of {name} judged")
            self.record.add_pictures(self.quality, name, found)

    def profile(self, who: str) -> None:
        from benchmarks import runs

        self.folder.mkdir(parents=True, exist_ok=True)
        for planned in runs.jobs(self.quality, self.chapters):
            name = planned.job.chapter
            self.say(f"{self.quality}: {name}, {who}")
            found = runs.shares(who, self.quality, name, self.folder / "shares.json")
            self.record.set_shares(who, self.quality, name, found)

    def scale(self) -> None:
        from benchmarks.growth import growth

        self.record.set_growth(growth(self.quality))
