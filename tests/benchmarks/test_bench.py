"""The measurements: what they count, how pictures are compared, and one small round for real."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import pytest
from rich.console import Console

from benchmarks import runs
from benchmarks.growth import with_contenders
from benchmarks.record import Record, median, ratio
from benchmarks.recording import Recording
from benchmarks.runs import Cost
from benchmarks.shares import KINDS, NAMES, Shares
from benchmarks.tables import printable, tables
from momentum_film.plan.plan import plan_film
from momentum_film.raster.colors import rgb
from momentum_film.raster.encode.h264 import H264
from momentum_film.raster.rectangles import Rectangle
from tests.momentum_film.raster.test_encoders import FPS, HEIGHT, WIDTH, decoded, picture

FULL, PART = Rectangle(0, 0, WIDTH, HEIGHT), Rectangle(10, 20, 60, 50)


def test_a_recording_plays_what_was_shown():
    """With held frames spliced: the very bytes; every frame encoded: as many frames."""
    direct, recording = H264(WIDTH, HEIGHT, FPS), Recording(WIDTH, HEIGHT, rgb)
    pixels = picture(0)
    for encoder in (direct, recording):
        encoder.show(pixels, [FULL], 3)
    pixels[PART.top : PART.bottom, PART.left : PART.right] = picture(1)[20:50, 10:60]
    for encoder in (direct, recording):
        encoder.show(pixels, [PART], 1)
        encoder.show(pixels, [], 9)
    wanted = direct.finish()
    assert recording.play(H264(WIDTH, HEIGHT, FPS)) == wanted
    every = recording.play(H264(WIDTH, HEIGHT, FPS), splice=False)
    assert len(decoded(every)) == len(decoded(wanted)) == 13
    assert every != wanted
    for splice, given in ((True, [(True, 3), (True, 1), (False, 9)]), (False, [(True, 1)] * 13)):
        told = Telling()
        recording.play(told, splice)
        assert told.given == given


class Telling:
    """An encoder that tells of each picture whether it changed, and how many frames it stands."""

    def __init__(self):
        self.given = []

    def show(self, pixels, changed, frames):
        self.given.append((bool(changed), frames))

    def finish(self):
        return b""


MEASURE = """
import sys
from benchmarks import runs
for code in sys.argv[1:]:
    cost = runs.measured([sys.executable, "-c", code])
    print(cost.wall, cost.cpu, cost.peak_mb)
"""


def test_a_measured_process_is_told_from_a_resting_one():
    """Half a second of work is half a second of processor time; memory is its own.

    Measured from a small process: until a child is replaced by its program, its memory counts as
    its parent's, and a process that runs tests is large.
    """
    work = "import time\nwhile time.process_time() < 0.5: pass\nx = bytearray(200_000_000)"
    rest = "import time; time.sleep(0.5)"
    printed = subprocess.run(
        [sys.executable, "-c", MEASURE, work, rest], check=True, capture_output=True, text=True
    ).stdout
    busy, rest = (runs.Cost(*map(float, line.split())) for line in printed.splitlines())
    assert busy.cpu > 0.5 > rest.cpu
    assert rest.wall > 0.5
    assert busy.peak_mb > 190 > rest.peak_mb


def test_a_process_that_fails_is_an_error_with_what_it_said():
    with pytest.raises(runs.RenderError, match="no such luck"):
        runs.measured([sys.executable, "-c", "raise SystemExit('no such luck')"])


def test_time_is_put_down_to_whoever_spends_it():
    """Numbers crunched in a chapter's module, by this thread and by others that come and go."""
    source = """
def crunch():
    end = time.thread_time() + 0.2
    while time.thread_time() < end:
        pass
"""
    space = {"time": time}
    exec(compile(source, "/some/where/scenes/descent.py", "exec"), space)
    with Shares() as shares:
        for _ in range(3):
            other = threading.Thread(target=space["crunch"])
            other.start()
            other.join()
        space["crunch"]()
    assert shares.seconds["scene"] == pytest.approx(0.8, abs=0.2)
    assert set(shares.seconds) == set(NAMES)


def test_ratios_are_taken_within_a_round():
    """Though the second round was twice as slow for everybody."""
    rounds = [
        {"stock": {"wall": 60.0, "cpu": 80.0}, "ours": {"wall": 10.0, "cpu": 15.0}},
        {"stock": {"wall": 120.0, "cpu": 80.0}, "ours": {"wall": 20.0, "cpu": 16.0}},
        {"stock": {"wall": 62.0, "cpu": 81.0}, "ours": {"wall": 10.0, "cpu": 15.5}},
    ]
    assert ratio(rounds, "stock", "ours") == 6.0
    assert median(rounds, "ours", "cpu") == 15.5


def test_the_record_goes_on_where_it_was(tmp_path):
    costs = {who: Cost(2.0, 3.0, 100.0) for who in ("stock", "ours", "encode", "encode_changed")}
    Record(tmp_path / "bench.json", go_on=False).add_round("draft", costs)
    again = Record(tmp_path / "bench.json", go_on=True)
    again.add_round("draft", costs)
    again.set_shares("ours", "draft", "ravine", dict.fromkeys(NAMES, 0.5))
    again.set_shares("stock", "draft", "ravine", dict.fromkeys(NAMES, 2.5))
    kept = json.loads((tmp_path / "bench.json").read_text())
    assert len(kept["rounds"]["draft"]) == 2
    assert kept["versions"]["manim"].startswith("0.22")
    console = Console(width=160, record=True, file=io.StringIO())
    for table in tables(kept):
        console.print(printable(table))
    said = console.export_text()
    assert re.search(r"draft +momentum +2 +2\.0 +3\.0 +100 +1\.00 +1\.00", said)
    assert "3.50" in said
    assert re.search(r"momentum +2\.5 +20 %", said)  # five kinds of work outside the encoder


def test_where_stock_manims_time_goes(tmp_path):
    """Its own command line runs, and what it does is told apart."""
    found = runs.shares("stock", "draft", "zigzag", tmp_path / "shares.json")
    assert set(found) == set(NAMES)
    assert min(found[name] for name in ("import", "scene", "drawing", "conversion")) > 0.05


def test_one_small_round_for_real(tmp_path):
    """Stock Manim's own command line, ours, and the encoder alone, for one chapter."""
    from benchmarks.quality import compare

    costs = runs.one_round("draft", ("zigzag",), 1, tmp_path)
    assert set(costs) == {"stock", "ours", "encode", "encode_changed"}
    assert all(cost.wall > 0 and cost.cpu > 0 for cost in costs.values())
    assert costs["encode_changed"].cpu < costs["ours"].cpu
    (job,) = runs.jobs("draft", ("zigzag",))
    assert len(decoded((tmp_path / "ours.mp4").read_bytes())) == job.frames
    size = runs.sizes([job], tmp_path)
    assert size["ours"] == (tmp_path / "ours.mp4").stat().st_size
    assert size["stock"] == next((tmp_path / "stock").rglob("480p15/*.mp4")).stat().st_size
    ((name, found),) = compare([job], tmp_path, 10)
    assert name == "zigzag"
    assert found.keys() == {"stock", "ours"}
    for who, clean in found.items():
        # Farther apart if a film were held against pictures that are not its own, or not in step.
        assert 40 < clean.psnr < 60, who
        assert 0 < clean.standing < 10, who
        assert 0 < clean.moving < 20, who
        assert job.frames - 10 < clean.frames <= job.frames


@pytest.mark.parametrize("quality", ["draft", "1080p60"])
def test_every_chapter_is_measured_once(quality: str):
    """A long one is rendered in parts by us, but stock Manim renders it whole."""
    planned = runs.jobs(quality, ())
    film = plan_film(runs.film_request(quality, ()))
    assert [each.job.chapter for each in planned] == [c.name for c in film.storyboard.chapters]
    assert {each.job.span for each in planned} == {None}
    assert sum(each.frames for each in planned) == sum(part.frames for part in film.film)


def test_stock_manims_exact_pictures_are_exact(tmp_path):
    """H.264 knows of one profile that loses nothing, and libx264 says it only then."""
    (planned,) = runs.jobs("draft", ("zigzag",))
    _, exact = runs.stock(planned.job, tmp_path, exact=True)
    with av.open(str(exact)) as container:
        context = container.streams.video[0].codec_context
        assert (context.profile, context.pix_fmt) == ("High 4:4:4 Predictive", "yuv420p")


@pytest.mark.parametrize("count", range(1, 7))
def test_the_default_experiment_with_more_or_fewer_contenders(count: int):
    experiment = with_contenders(count)
    assert len(experiment.contenders) == count
    assert len({contender.optimizer for contender in experiment.contenders}) == count


# --- where it runs ------------------------------------------------------------------------------


def bench(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(runs.ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_in_the_projects_folder_only(tmp_path: Path):
    """It needs the project's manim.cfg and scenes, as stock Manim's command line finds them."""
    done = bench(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "benchmarks run in the project's folder only: go there, or `make bench`"
    ]
    assert list(tmp_path.iterdir()) == []
    assert "--scaling" in bench(runs.ROOT, "--help").stdout


def test_every_place_of_the_profile_exists():
    """A part of ours that is renamed would be put down to something else."""
    ours = [place.strip("/") for place, _ in KINDS if "manim" not in place and "/" in place]
    assert len(ours) >= 6
    assert [place for place in ours if not (runs.ROOT / place).exists()] == []
