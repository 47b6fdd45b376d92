"""Fragments hold the film that was rendered; the oracle is FFmpeg, which reads them."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from momentum_film.cut.fragments import (
    beginning,
    fragment,
    frame_of,
    record_of,
    taken_apart,
)
from momentum_film.plan.jobs import RenderJob, Segment
from momentum_film.plan.plan import PlannedJob, beat_ends, key_of
from momentum_film.render.live import log_of, read_log, render_watched
from tests.momentum_film import small_film as small

JOB = RenderJob(small.experiment(), "summary", "paper", "16:9", 320, 180, 15)
PLANNED = PlannedJob(JOB, key_of(JOB), beat_ends(JOB)[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packets")


@pytest.fixture(scope="module")
def segment(folder: Path) -> Segment:
    return render_watched(folder, PLANNED, lambda _: None)


def shown(data: bytes) -> list[tuple[int, bytes]]:
    """(number of the frame, its pixels) of an MP4, by FFmpeg."""
    with av.open(io.BytesIO(data), "r") as container:
        unit = container.streams.video[0].time_base
        return [
            (round(frame.pts * unit * JOB.fps), frame.to_ndarray().tobytes())
            for frame in container.decode(video=0)
        ]


def test_what_is_told_on_the_way_is_what_is_in_the_segment(folder: Path, segment: Segment) -> None:
    (headers, *made), _ = read_log(log_of(folder, PLANNED), 0)
    stream, frames = taken_apart(segment, JOB.fps)
    assert headers.is_headers and not any(each.is_headers for each in made)
    assert record_of(headers.data) == stream.record
    assert [frame_of(each.data, each.is_key) for each in made] == frames
    assert len(frames) == segment.frames


def test_a_log_is_read_as_it_grows(folder: Path, segment: Segment, tmp_path: Path) -> None:
    whole = log_of(folder, PLANNED).read_bytes()
    path, offset, found = tmp_path / "log", 0, []
    for end in (0, 3, 40, 41, len(whole) // 2, len(whole) - 1, len(whole)):
        path.write_bytes(whole[:end])
        some, offset = read_log(path, offset)
        found += some
    assert found == read_log(log_of(folder, PLANNED), 0)[0]
    assert read_log(tmp_path / "none", 7) == ([], 7)


def test_fragments_show_the_same_pictures_at_their_times(segment: Segment) -> None:
    stream, frames = taken_apart(segment, JOB.fps)
    film = beginning(stream)
    for number, at in enumerate(range(0, len(frames), 7), start=1):
        film += fragment(number, at, frames[at : at + 7])
    assert shown(film) == shown(segment.data)


def test_a_fragment_stands_where_it_is_told_to(segment: Segment) -> None:
    stream, frames = taken_apart(segment, JOB.fps)
    later = shown(beginning(stream) + fragment(1, 900, frames[:5]))
    assert [number for number, _ in later] == [900, 901, 902, 903, 904]


def test_only_key_frames_are_called_so(segment: Segment) -> None:
    _, frames = taken_apart(segment, JOB.fps)
    kinds = [frame.data[4] & 31 for frame in frames]  # 5 is a slice that stands alone
    assert np.array_equal(np.array(kinds) == 5, [frame.is_key for frame in frames])


def test_the_browsers_name_of_the_codec_is_that_of_its_parameters(segment: Segment) -> None:
    stream, _ = taken_apart(segment, JOB.fps)
    with av.open(io.BytesIO(segment.data), "r") as container:
        context = container.streams.video[0].codec_context
        assert context.profile == "High"
        assert stream.media_type.startswith('video/mp4; codecs="avc1.64')
