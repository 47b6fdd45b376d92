"""The delivered film, held against its manifest and against the mathematics."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections import defaultdict
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from momentum_film.cut.verify import mp4_boxes
from momentum_film.plan.jobs import RenderJob
from momentum_film.render.chapter import render
from momentum_math import load_experiment, run
from scenes.look import THEMES
from tests import ROOT

NEAR = 2.0  # pixels
RADIUS = 9  # pixels round the expected place that are looked at


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)


@pytest.fixture(scope="module")
def experiment():
    return load_experiment(ROOT / "experiments" / "momentum.toml")


@pytest.fixture(scope="module")
def frames(draft_film):
    """The frames that tracks speak of, by number, as RGB."""
    fps = draft_film.manifest["fps"]
    steps = itertools.chain.from_iterable(t["steps"] for t in draft_film.manifest["tracks"])
    wanted = {round(seconds * fps) for _, seconds in steps}
    with av.open(str(draft_film.path("video"))) as container:
        decoded = enumerate(container.decode(video=0))
        return {i: frame.to_ndarray(format="rgb24") for i, frame in decoded if i in wanted}


def test_the_video_is_what_players_want(draft_film):
    path, manifest = draft_film.path("video"), draft_film.manifest
    with path.open("rb") as file:
        boxes = [name for name, _ in mp4_boxes(file)]
    assert boxes.index("moov") < boxes.index("mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (int(context.colorspace), int(context.color_range)) == (1, 1)
        assert (stream.width, stream.height) == (manifest["width"], manifest["height"])
        assert stream.average_rate == manifest["fps"]
        times = [frame.pts * stream.time_base for frame in container.decode(stream)]
        assert times == [Fraction(i, manifest["fps"]) for i in range(manifest["frames"])]
        assert container.metadata["title"] == manifest["title"]
        marks = [
            (m["start"] * m["time_base"], m["metadata"]["title"]) for m in container.chapters()
        ]
    chapters = [(c["start_seconds"], c["title"]) for c in manifest["chapters"]]
    assert [title for _, title in marks] == [title for _, title in chapters]
    assert [float(t) for t, _ in marks] == pytest.approx([t for t, _ in chapters], abs=0.002)
    assert manifest["frames"] == manifest["seconds"] * manifest["fps"]
    assert 95 <= manifest["seconds"] <= 150


def test_the_manifest_tells_files_and_beats(draft_film, experiment):
    manifest = draft_film.manifest
    for file in manifest["files"]:
        data = (draft_film.folder / file["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
    assert {file["kind"] for file in manifest["files"]} == {"video", "gif", "poster"}
    assert manifest["experiment"] == experiment.to_dict()
    end = 0.0
    for chapter in manifest["chapters"]:
        assert chapter["start_seconds"] == pytest.approx(end)
        for beat in chapter["beats"]:
            assert beat["start_seconds"] == pytest.approx(end)
            assert beat["caption"].endswith(".")
            end = beat["end_seconds"]
        assert chapter["end_seconds"] == pytest.approx(end)
    assert end == pytest.approx(manifest["seconds"])


def test_the_gif_loops_small_and_exact(draft_film):
    path = draft_film.path("gif")
    assert path.stat().st_size <= 1_000_000
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        assert 640 <= image.width <= 800
        delays = []
        for index in range(image.n_frames):
            image.seek(index)
            delays.append(image.info["duration"])
        assert set(delays) == {80}
        first = np.asarray(image.convert("RGB"))
        image.seek(0)
        start = np.asarray(image.convert("RGB"), dtype=float)
    colors = {tuple(color) for color in first.reshape(-1, 3)}
    assert tuple(rgb(THEMES["paper"].background).astype(int)) in colors
    assert tuple(rgb(THEMES["paper"].panel).astype(int)) in colors
    # The rewind ends where the loop begins.
    assert np.abs(first.astype(float) - start).mean() < 4


def test_the_poster_is_the_summarys_last_frame(draft_film, experiment):
    poster = Image.open(draft_film.path("poster")).convert("RGB")
    assert poster.width >= 1920
    assert poster.height >= 1080
    job = RenderJob(experiment, "summary", "paper", "16:9", 1920, 1080, 15, "lossless")
    with av.open(io.BytesIO(render(job).data)) as container:
        *_, last = container.decode(video=0)
    assert np.array_equal(np.asarray(poster), last.to_ndarray(format="rgb24"))


def place(track, run_, step):
    """Where the mathematics says that a track's particle stands, pixels."""
    if track["chapter"] == "descent":
        x, y = run_.trajectory.points[step]
    else:
        x, y = step, np.log10(run_.trajectory.losses[step])
    (sx, ox), (sy, oy) = track["x_px"], track["y_px"]
    return np.array([x * sx + ox, y * sy + oy])


def test_every_particle_is_where_the_mathematics_says(draft_film, experiment, frames):
    """The middle of the particle's pixels; where a later head covers it, its nearest pixel."""
    outcome, fps = run(experiment), draft_film.manifest["fps"]
    tracks = draft_film.manifest["tracks"]
    at = defaultdict(list)
    for track in tracks:
        for step, seconds in track["steps"]:
            run_ = outcome.runs[track["contender"]]
            at[round(seconds * fps)].append((track, place(track, run_, step)))
    checked = 0
    for number, stands in at.items():
        for track, (x, y) in stands:
            above = [p for t, p in stands if t["contender"] > track["contender"]]
            if any(np.hypot(*(p - (x, y))) < 2 * RADIUS for p in above):
                continue
            left, top = max(int(x) - RADIUS, 0), max(int(y) - RADIUS, 0)
            patch = frames[number][top : top + 2 * RADIUS + 1, left : left + 2 * RADIUS + 1]
            like = np.abs(patch - rgb(track["color"])).max(axis=2) < 26
            assert like.any(), f"nothing of {track['color']} at {x:.1f}, {y:.1f}, frame {number}"
            rows, columns = np.nonzero(like)
            away = np.hypot(columns + left + 0.5 - x, rows + top + 0.5 - y)
            assert away.min() <= NEAR
            if track["chapter"] == "descent":
                middle = np.array([columns.mean() + left + 0.5, rows.mean() + top + 0.5])
                assert np.hypot(*(middle - (x, y))) <= NEAR
            checked += 1
    listed = sum(len(track["steps"]) for track in tracks)
    assert [len(t["steps"]) for t in tracks if t["chapter"] == "descent"] == [56] * 3
    assert checked > 0.6 * listed
