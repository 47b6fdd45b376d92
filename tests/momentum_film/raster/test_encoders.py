"""What is delivered is what was drawn: held frames, key frames, colours; the same bytes twice."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from momentum_film.plan.jobs import RenderJob
from momentum_film.raster.colors import rgb
from momentum_film.raster.encode import h264, skip_frames
from momentum_film.raster.encode.h264 import (
    CHANNELS,
    FILM,
    H264,
    KEY_SECONDS,
    LATE_KEY_SECONDS,
    WEB,
    Tuning,
)
from momentum_film.raster.encode.x264 import X264
from momentum_film.raster.planes import Planes, views
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.yuv import YuvPicture
from momentum_film.render.chapter import draw, render
from momentum_math import load_experiment
from scenes.look import FRAMES, THEMES
from tests import ROOT

WIDTH, HEIGHT, FPS = 128, 72, 15
FULL = Rectangle(0, 0, WIDTH, HEIGHT)
PRESET, SETTINGS = FILM.preset, dict(FILM.settings)


def picture(seed: int) -> np.ndarray:
    """Flat areas and sharp edges, with some noise."""
    rng = np.random.default_rng(seed)
    pixels = np.full((HEIGHT, WIDTH, 4), 250, np.uint8)
    for _ in range(4):
        x, y, w, h = rng.integers(0, (WIDTH, HEIGHT, 60, 40))
        pixels[y : y + h, x : x + w, :3] = rng.integers(0, 256, 3)
    pixels[10:20, 10:30, :3] = rng.integers(0, 256, (10, 20, 3))
    return pixels


def spliced(holds: list[int], tuning: Tuning = FILM) -> bytes:
    """Pictures, each new and standing for so many frames."""
    encoder = H264(WIDTH, HEIGHT, FPS, tuning)
    for seed, frames in enumerate(holds):
        encoder.show(picture(seed), [FULL], frames)
    return encoder.finish()


def decoded(data: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def noted(holds: list[int], tuning: Tuning, monkeypatch) -> tuple[bytes, list[np.ndarray]]:
    """The file, and what a decoder makes of libx264's own slices: no numbers, no held frames."""
    slices: list[bytes] = []

    def encode(self, *picture) -> bytes:
        slices.append(plain(self, *picture))
        return slices[-1]

    plain = X264.encode
    with monkeypatch.context() as patch:
        patch.setattr(X264, "encode", encode)
        skip_frames.held_slice.cache_clear()
        data = spliced(holds, tuning)
    settings = dict(tuning.of_size(WIDTH, HEIGHT).settings)
    headers = X264(WIDTH, HEIGHT, FPS, tuning.preset, settings).headers
    decoder = av.CodecContext.create("h264", "r")
    own = slices[2:]  # the first two are those that held frames are copied from
    frames = [f for one in (headers + own[0], *own[1:]) for f in decoder.decode(av.Packet(one))]
    return data, [frame.to_ndarray() for frame in frames + decoder.decode()]


@pytest.mark.parametrize("tuning", [FILM, WEB])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(holds=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_held_frames_show_what_an_ordinary_stream_shows(tuning, holds, monkeypatch):
    once = replace(tuning, error=np.inf)  # each picture is encoded once
    data, wanted = noted(holds, once, monkeypatch)
    found = decoded(data)
    assert len(found) == sum(holds)
    assert len(wanted) == len(holds) + sum(
        at not in np.cumsum([0, *holds]) for at in key_frames(data)
    )
    starts = np.cumsum([0, *holds[:-1]])
    for start, frames, one in zip(starts, holds, wanted, strict=True):
        for number in range(start, start + frames):
            assert np.array_equal(found[number], one), f"frame {number}"


def off_by(found: np.ndarray, pixels: np.ndarray) -> float:
    """The largest mean error of luma in a block of 8 by 8 pixels."""
    off = np.abs(found[:HEIGHT].astype(int) - pixels[..., 0])
    return float(off.reshape(HEIGHT // 8, 8, WIDTH // 8, 8).mean(axis=(1, 3)).max())


def test_what_stands_is_nearer_to_what_was_drawn_than_what_moves():
    """And what was seen for a moment is made good once it stands."""
    found, at = decoded(spliced([1, 1, 20, 1, 1, 20])), 0
    for seed, frames in enumerate([1, 1, 20, 1, 1, 20]):
        at += frames
        assert off_by(found[at - 1], picture(seed)) <= (2.5 if frames == 20 else 4.0)
    parts = [Rectangle(0, 0, WIDTH // 2, HEIGHT), Rectangle(WIDTH // 2, 0, WIDTH, HEIGHT)]
    encoder, last = H264(WIDTH, HEIGHT, FPS), picture(5)
    encoder.show(picture(3), [FULL], 1)
    for part, frames in zip(parts, (1, 20), strict=True):
        encoder.show(last, [part], frames)  # the left half changes for a moment only
    assert off_by(decoded(encoder.finish())[-1], last) <= 2.5


@pytest.mark.parametrize("tuning", [FILM, WEB])
def test_quantisers_are_those_that_are_asked_for(tuning):
    """libx264 would hold them between those that it takes for fit, without a word."""
    frame, changed = Planes(WIDTH, HEIGHT).frame, np.zeros((5, 8), np.uint8)
    noise = np.random.default_rng(0)
    for plane in views(frame):
        plane[:] = noise.integers(0, 256, plane.shape)
    sizes = []
    for quantiser in range(tuning.key, tuning.moving + 1):
        encoder = X264(WIDTH, HEIGHT, FPS, tuning.preset, dict(tuning.settings))
        sizes.append(len(encoder.encode(frame, quantiser, True, changed)))
        encoder.close()
    assert len(sizes) > 3
    assert np.all(np.diff(sizes) < 0)


def test_a_first_picture_is_taken_whatever_stood_in_memory(monkeypatch):
    """Planes that happen to hold the picture already are not those that the encoder reads."""
    held = YuvPicture(WIDTH, HEIGHT)
    for plane in held.planes.parts(FULL):
        plane[:] = 128
    monkeypatch.setattr(h264, "YuvPicture", lambda *_: held)
    encoder = H264(WIDTH, HEIGHT, FPS)
    encoder.show(np.full((HEIGHT, WIDTH, 4), 128, np.uint8), [FULL], 1)
    assert (decoded(encoder.finish())[0] == 128).all()


def test_macroblocks_that_did_not_change_cost_nothing():
    """libx264 is told which they are: it does not look at them, whatever is in the picture."""
    encoder, corner = H264(WIDTH, HEIGHT, FPS), Rectangle(0, 0, 16, 16)
    encoder.show(picture(1), [FULL], 1)
    encoder.show(picture(2), [corner], 1)
    first, second = decoded(encoder.finish())
    assert np.array_equal(first[:HEIGHT, 16:], second[:HEIGHT, 16:])
    assert np.array_equal(first[16:HEIGHT], second[16:HEIGHT])
    assert not np.array_equal(first[:16, :16], second[:16, :16])


def key_frames(data: bytes) -> set[int]:
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        return {round(p.pts * stream.time_base * FPS) for p in packets if p.is_keyframe}


def test_held_frames_are_a_few_bytes_and_many_of_them_are_numbered_on():
    """More than the frame numbers can count to, so they begin again on the way."""
    data = spliced([1, 700, 3, 700])
    assert len(decoded(data)) == 1404
    with av.open(io.BytesIO(data)) as container:
        sizes = sorted(packet.size for packet in container.demux(video=0) if packet.size)
    assert sizes[len(sizes) * 9 // 10] < 40


def test_a_player_can_start_anywhere():
    """At every key frame, and there is one at least every few seconds while things move."""
    data = spliced([1] * (25 * FPS) + [10] * 20)
    keys = sorted(key_frames(data))
    assert keys[0] == 0
    assert max(np.diff(keys)) <= (LATE_KEY_SECONDS + 1) * FPS
    standing = [key for key in keys if key >= 25 * FPS]
    assert max(np.diff(standing)) <= (KEY_SECONDS + 1) * FPS
    whole = decoded(data)
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        for key in keys:
            container.seek(round(Fraction(key, FPS) / stream.time_base), stream=stream)
            first = next(container.decode(stream))
            assert round(first.pts * stream.time_base * FPS) == key
            assert np.array_equal(first.to_ndarray(), whole[key])


def test_streams_that_cannot_be_spliced_are_refused():
    """Two reference pictures; several slices; settings that there are not."""
    two = X264(WIDTH, HEIGHT, FPS, PRESET, SETTINGS | {"ref": 2})
    with pytest.raises(RuntimeError, match="cannot be spliced"):
        skip_frames.Numbering(two.headers)
    sliced = X264(WIDTH, HEIGHT, FPS, PRESET, SETTINGS | {"slices": 2})
    with pytest.raises(RuntimeError, match="one slice"):
        sliced.encode(Planes(WIDTH, HEIGHT).frame, 20, True, np.zeros((5, 8), np.uint8))
    with pytest.raises(RuntimeError, match="does not know colour=1"):
        X264(WIDTH, HEIGHT, FPS, PRESET, {"colour": 1})
    with pytest.raises(RuntimeError, match="refuses pictures"):
        X264(WIDTH, -2, FPS, PRESET, SETTINGS)


@pytest.mark.parametrize("bits", [b"", b"\x00\x00\x01\x00\x00\x00\x02" * 9, bytes(range(256))])
def test_escaping_is_undone_by_unescaping(bits):
    escaped = skip_frames._escaped(bits)
    assert skip_frames._unescaped(escaped) == bits
    assert b"\0\0\1" not in escaped
    assert b"\0\0\0" not in escaped


def small_job(chapter: str, theme: str = "paper", short_side: int = 180) -> RenderJob:
    experiment = load_experiment(ROOT / "experiments" / "momentum.toml")
    width, height = FRAMES["16:9"].pixels(short_side)
    return RenderJob(experiment, chapter, theme, "16:9", width, height, FPS)


def test_the_same_job_gives_the_same_bytes_on_one_core_and_on_more():
    job, allowed = small_job("descent"), os.sched_getaffinity(0)
    first = render(job)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        alone = render(job)
    finally:
        os.sched_setaffinity(0, allowed)
    again = render(job)
    assert first == alone == again


def rgb_of_bt709(frame: av.VideoFrame) -> np.ndarray:
    """BT.709, limited range, by its definition; chroma is taken as it is for each four pixels."""
    luma, u, v = (
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:, : plane.width].astype(float)
        for plane in frame.planes
    )
    y = (luma[::2, ::2] - 16) / 219
    cb, cr = (u - 128) / 224, (v - 128) / 224
    red, blue = y + 1.5748 * cr, y + 1.8556 * cb
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.stack([red, green, blue], axis=2) * 255


LIBYUV_BLUE = 2 * 224 / 255  # of Cb: its factors are at most 2, in units of a 255th of 224


@pytest.mark.parametrize("theme", ["paper"])
def test_flat_colours_are_near_in_every_player(theme):
    """Background, panel and the default film's contenders, for exact players and for browsers."""
    colors = THEMES[theme].background, THEMES[theme].panel, *THEMES[theme].contenders[:3]
    for color in colors:
        wanted = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
        y, u, v = np.round(255 * CHANNELS(wanted / 255)).astype(int).tolist()
        light, cb, cr = (y - 16) / 219 * 255, (u - 128) / 224 * 255, (v - 128) / 224 * 255
        for blue in (1.8556, LIBYUV_BLUE):
            seen = light + np.array([1.5748 * cr, -0.1873 * cb - 0.4681 * cr, blue * cb])
            assert np.abs(seen - wanted).max() < 4, f"{color}: {seen}"


class Keeping:
    """An encoder that keeps some frames as they are."""

    channels = staticmethod(rgb)

    def __init__(self, every: int) -> None:
        self.every, self.count, self.kept = every, 0, {}

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        for number in range(self.count, self.count + frames):
            if number % self.every == 0:
                self.kept[number] = pixels[..., :3].copy()
        self.count += frames


def flat_blocks(pixels: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Which blocks of 16 by 16 pixels are nothing but a colour, (rows, columns)."""
    rows, columns = pixels.shape[0] // 16, pixels.shape[1] // 16
    same = (pixels[: 16 * rows, : 16 * columns] == color).all(axis=2)
    return same.reshape(rows, 16, columns, 16).all(axis=(1, 3))


@pytest.mark.parametrize("theme", THEMES)
def test_flat_areas_keep_their_colours(theme):
    """All through the chapter, in motion and held."""
    job, drawn = small_job("descent", theme, 360), Keeping(20)
    draw(job, drawn)
    with av.open(io.BytesIO(render(job).data)) as container:
        frames = list(container.decode(video=0))
    assert {(int(f.colorspace), int(f.color_range)) for f in frames} == {(1, 1)}
    checked = 0
    for number, pixels in drawn.kept.items():
        seen = rgb_of_bt709(frames[number])
        for color in (THEMES[theme].background, THEMES[theme].panel):
            wanted = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
            for row, column in np.argwhere(flat_blocks(pixels, wanted)):
                block = seen[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
                assert np.abs(block - wanted).mean(axis=(0, 1)).max() <= 2, f"{color} at {number}"
                checked += 1
    assert checked > 5000
