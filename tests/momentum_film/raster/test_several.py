"""What is encoded side by side of one drawing is what each encoder makes of it alone."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest

from momentum_film.cut.film_info import film_info
from momentum_film.cut.mux import join
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import TOGETHER, Encoding, RenderJob, Segment
from momentum_film.plan.plan import PlannedJob, Request, plan_again, plan_film
from momentum_film.raster.encode.base import Encoder
from momentum_film.raster.encode.several import Several, together
from momentum_film.raster.planes import views
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.yuv import YuvPicture
from momentum_film.render import chapter, check, schedule
from momentum_math import load_experiment
from tests import ROOT

REQUEST = Request(
    load_experiment(ROOT / "experiments" / "momentum.toml"),
    "draft",
    chapters=("zigzag",),
    loop=False,
)
BOTH = TOGETHER["browsers"]


def planned(encoding: Encoding) -> PlannedJob:
    (job,) = plan_again(REQUEST, encoding)
    return job


@cache
def rendered(encoding: Encoding) -> Segment:
    return schedule.render_job(planned(encoding), lambda _: None)


def packets(data: bytes, number: int) -> list[tuple[bytes, bool, Fraction, Fraction]]:
    """A stream's packets: content, whether one can start there, when shown and for how long."""
    with av.open(io.BytesIO(data)) as file:
        unit = file.streams.video[number].time_base
        return [
            (bytes(packet), packet.is_keyframe, packet.pts * unit, packet.duration * unit)
            for packet in file.demux(video=number)
            if packet.size
        ]


@pytest.mark.parametrize("number", range(len(BOTH)))
def test_one_drawing_gives_the_streams_of_a_drawing_each(number: int, tmp_path: Path) -> None:
    encoding, film = BOTH[number], film_info(plan_film(REQUEST))
    both, alone = rendered("browsers"), rendered(encoding)
    assert packets(both.data, number) == packets(alone.data, 0)
    one, other = (
        join(film, [segment], tmp_path / name, encoding).read_bytes()
        for segment, name in ((both, "both.mp4"), (alone, "alone.mp4"))
    )
    assert one == other
    assert replace(both, data=b"", sha256="") == replace(alone, data=b"", sha256="")


def test_the_bytes_are_the_same_on_one_core() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        alone = rendered.__wrapped__("browsers")
    finally:
        os.sched_setaffinity(0, allowed)
    assert alone == rendered("browsers")


def test_a_segment_has_a_stream_for_each_encoding_and_no_other() -> None:
    with av.open(io.BytesIO(rendered("browsers").data)) as file:
        assert [stream.type for stream in file.streams] == ["video"] * len(BOTH)
        names = [stream.codec_context.codec.canonical_name for stream in file.streams.video]
    assert names == ["h264", "av1"]


def test_a_stream_that_is_missing_is_noticed() -> None:
    job, alone = planned("browsers"), rendered("web")
    with pytest.raises(VerificationError, match="video streams: 1, not 2"):
        check.check_segment(alone, job.job, job.frames)


class Darker:
    """An encoder that is given other pictures than were drawn."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.channels, self.finish, self.abort = encoder.channels, encoder.finish, encoder.abort

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        self.encoder.show((pixels * 0.8).astype(np.uint8), changed, frames)


@pytest.mark.parametrize("encoding", BOTH)
def test_each_stream_is_held_against_what_was_drawn(
    encoding: Encoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder_of = chapter._encoder

    def wrong(job: RenderJob, *listener: None) -> Encoder:
        encoder = encoder_of(job, *listener)
        return Darker(encoder) if job.encoding == encoding else encoder

    monkeypatch.setattr(chapter, "_encoder", wrong)
    name = replace(planned("browsers").job, encoding=encoding).name
    with pytest.raises(VerificationError, match=f"{name} is not as planned: colours: in frame"):
        rendered.__wrapped__("browsers")


def test_all_encoders_are_ended_when_drawing_fails() -> None:
    ended: list[int] = []

    class Noting:
        def __init__(self, number: int) -> None:
            self.abort = lambda: ended.append(number)

    Several([Noting(0), Noting(1)]).abort()  # type: ignore[list-item]
    assert ended == [0, 1]


def flat(level: int) -> Iterator[bytes]:
    """Two small H.264 files of other lengths, as another program would make them."""
    for frames in (3, 7):
        file = io.BytesIO()
        with av.open(file, "w", format="mp4") as output:
            stream = output.add_stream("libx264", rate=15)
            stream.width, stream.height, stream.pix_fmt = 32, 18, "yuv420p"
            for _ in range(frames):
                picture = np.full((18, 32, 3), level, np.uint8)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            output.mux(stream.encode())
        yield file.getvalue()


def test_streams_of_other_lengths_stay_whole() -> None:
    files = list(flat(90))
    whole = together(files)
    for number, file in enumerate(files):
        assert packets(whole, number) == packets(file, 0)


def test_blue_is_stored_farther_from_grey_by_its_factor() -> None:
    """To the nearest code; light, red and grey are as drawn."""
    shades, picture = np.arange(256, dtype=np.uint8), YuvPicture(512, 2, 1.017)
    pixels = np.zeros((2, 512, 4), np.uint8)
    pixels[..., 0] = pixels[..., 1] = pixels[..., 2] = shades.repeat(2)
    picture.follow(pixels, [Rectangle(0, 0, 512, 2)])
    y, cb, cr = views(picture.planes.frame)
    assert (y == pixels[..., 0]).all()
    assert (cr[0] == shades).all()
    assert cb[0, 128] == 128
    wanted = np.clip(128 + 1.017 * (shades.astype(float) - 128), 0, 255)
    assert np.abs(cb[0] - wanted).max() <= 0.5
    assert picture.follow(pixels, [Rectangle(0, 0, 512, 2)]) == []  # nothing has changed
