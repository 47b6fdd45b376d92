"""What is delivered is what was drawn: held frames, key frames, colours; the same bytes twice."""

from __future__ import annotations

import io
import os
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momentum_film.plan.jobs import RenderJob
from momentum_film.raster.encode import skip_frames
from momentum_film.raster.encode.h264 import H264, KEY_SECONDS, LATE_KEY_SECONDS, h264_options
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.yuv import YuvPicture
from momentum_film.render.chapter import draw, render
from momentum_math import load_experiment
from scenes.look import FRAMES, THEMES
from tests import ROOT

WIDTH, HEIGHT, FPS = 128, 72, 15
FULL = Rectangle(0, 0, WIDTH, HEIGHT)


def picture(seed: int) -> np.ndarray:
    """Flat areas and sharp edges, with some noise."""
    rng = np.random.default_rng(seed)
    pixels = np.full((HEIGHT, WIDTH, 4), 250, np.uint8)
    for _ in range(4):
        x, y, w, h = rng.integers(0, (WIDTH, HEIGHT, 60, 40))
        pixels[y : y + h, x : x + w, :3] = rng.integers(0, 256, 3)
    pixels[10:20, 10:30, :3] = rng.integers(0, 256, (10, 20, 3))
    return pixels


def spliced(holds: list[int]) -> bytes:
    """Pictures, each new and standing for so many frames."""
    encoder = H264(WIDTH, HEIGHT, FPS)
    for seed, frames in enumerate(holds):
        encoder.show(picture(seed), [FULL], frames)
    return encoder.finish()


def decoded(data: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def ordinary(holds: list[int], keys: set[int]) -> list[np.ndarray]:
    """Every picture encoded once by libx264 with the same settings, and nothing done to it."""
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    codec.framerate, codec.time_base = Fraction(FPS), Fraction(1, FPS)
    codec.gop_size, codec.options = 1 << 30, dict(h264_options(WIDTH, HEIGHT))
    yuv, packets = YuvPicture(WIDTH, HEIGHT), []
    for seed in range(len(holds)):
        yuv.follow(picture(seed), [FULL])
        frame = yuv.planes.frame
        frame.pts, frame.pict_type = seed, 1 if seed in keys else 0
        packets += codec.encode(frame)
    packets += codec.encode()
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for packet in packets for frame in decoder.decode(packet)]
    return [frame.to_ndarray() for frame in frames + decoder.decode()]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_held_frames_show_what_an_ordinary_encoder_shows(holds):
    found = decoded(spliced(holds))
    assert len(found) == sum(holds)
    starts = np.cumsum([0, *holds[:-1]])
    keys = key_frames(spliced(holds))
    wanted = ordinary(holds, {i for i, start in enumerate(starts) if start in keys})
    for start, frames, one in zip(starts, holds, wanted, strict=True):
        for number in range(start, start + frames):
            assert np.array_equal(found[number], one), f"frame {number}"


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
    """Two reference pictures; several slices."""
    options = dict(h264_options(WIDTH, HEIGHT))
    two = options | {"x264-params": options["x264-params"].replace("ref=1", "ref=2")}
    with pytest.raises(RuntimeError, match="cannot be spliced"):
        H264(WIDTH, HEIGHT, FPS, tuple(two.items()))
    sliced = options | {"x264-params": options["x264-params"] + ":slices=2"}
    encoder = H264(WIDTH, HEIGHT, FPS, tuple(sliced.items()))
    with pytest.raises(RuntimeError, match="several slices"):
        for seed in range(3):
            encoder.show(picture(seed), [FULL], 1)
        encoder.finish()


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
        pixels = np.full((32, 32, 4), 255, np.uint8)
        pixels[..., :3] = wanted
        picture = YuvPicture(32, 32)
        picture.follow(pixels, [Rectangle(0, 0, 32, 32)])
        y, u, v = (int(part[4, 4]) for part in picture.planes.parts(Rectangle(0, 0, 32, 32)))
        light, cb, cr = (y - 16) / 219 * 255, (u - 128) / 224 * 255, (v - 128) / 224 * 255
        for blue in (1.8556, LIBYUV_BLUE):
            seen = light + np.array([1.5748 * cr, -0.1873 * cb - 0.4681 * cr, blue * cb])
            assert np.abs(seen - wanted).max() < 4, f"{color}: {seen}"


class Keeping:
    """An encoder that keeps some frames as they are."""

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
