"""Colours stand where their shapes stand, and are theirs: all sizes that are made, all encodings.

The oracle is the picture itself and BT.709 by its definition, and where the planes of a decoded
frame lie is found by another way than the film's: by FFmpeg's own filter.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momentum_film.deliver.video.teaser import teaser
from momentum_film.plan.plan import LOOP, QUALITIES
from momentum_film.raster.encode import av1
from momentum_film.raster.encode.av1 import Av1
from momentum_film.raster.encode.exact import Lossless
from momentum_film.raster.encode.h264 import H264
from momentum_film.raster.planes import views
from momentum_film.raster.rectangles import Rectangle
from scenes.look import FRAMES
from tests.momentum_film.raster.drawn import drawn
from tests.momentum_film.small_film import experiment, make

SIZES = [
    frame.pixels(quality.short_side)
    for frame, quality in product(FRAMES.values(), QUALITIES.values())
]
LOOPS = [frame.pixels(LOOP.short_side) for frame in FRAMES.values()]
# How far colours may be off in the mean, and how much farther they must be if a plane is shifted.
TOLERANCE, MARGIN = 3.0, 1.2


@pytest.fixture(scope="module", autouse=True)
def exact_av1() -> Iterator[None]:
    """AV1 that is exact enough to show a shift of one sample of colour in every part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(av1, "CRF", ((0, 10),))
        yield


FPS = 15
# Shifts of a plane by one of its samples, down and to the right.
NEAR = [shift for shift in product((-1, 0, 1), repeat=2) if shift != (0, 0)]


def picture(width: int, height: int) -> np.ndarray:
    """Patches of strong colours, some dozen pixels large, in corners, at edges and in the middle.

    Their own edges stand on odd and on even rows and columns; those at the bottom and at the right
    reach to the last row and column.
    """
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = (250, 248, 240)
    colors = ((200, 40, 40), (40, 60, 200), (30, 140, 60), (230, 180, 30), (150, 50, 160))
    lefts = (0, 5, width // 2 - 8, width - 41, width - 28)
    tops = (0, 7, height // 2 - 8, height - 39, height - 22)
    for number, (left, top) in enumerate(product(lefts, tops)):
        pixels[top : top + 22, left : left + 28, :3] = colors[number % len(colors)]
    return pixels


def moved(pixels: np.ndarray) -> tuple[np.ndarray, list[Rectangle]]:
    """Another patch in the last rows and columns, and one on odd ones: where it differs."""
    height, width, _ = pixels.shape
    changed = [
        Rectangle(width - 17, height - 15, width, height),
        Rectangle(33, height // 3 | 1, 60, (height // 3 | 1) + 31),
    ]
    for number, (left, top, right, bottom) in enumerate(changed):
        pixels[top:bottom, left:right, :3] = ((20, 150, 190), (190, 60, 110))[number]
    return pixels, changed


def ideal(pixels: np.ndarray) -> list[np.ndarray]:
    """Y, Cb and Cr by their definition, the latter as means of two by two pixels."""
    red, green, blue = np.moveaxis(pixels[..., :3] / 255, 2, 0)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    height, width = light.shape
    cb, cr = (
        plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
        for plane in ((blue - light) / 1.8556, (red - light) / 1.5748)
    )
    return [16 + 219 * light, 128 + 224 * cb, 128 + 224 * cr]


def planes_of(frame: av.VideoFrame) -> list[np.ndarray]:
    """Y, Cb and Cr of a decoded frame as they are."""
    found = []
    shape = {name: getattr(frame, name) for name in ("width", "height", "time_base")}
    for name in "yuv":
        graph = av.filter.Graph()
        source = graph.add_buffer(**shape, format=frame.format.name)
        sink = graph.add("buffersink")
        graph.link_nodes(source, graph.add("extractplanes", name), sink).configure()
        source.push(frame)
        found.append(sink.pull().to_ndarray())
    return found


PART = 48


def parts(width: int, height: int) -> list[Rectangle]:
    """Corners, edges and middle of a picture; edges are even."""
    lefts, tops = ((0, (n - PART) // 4 * 2, n - PART) for n in (width, height))
    return [Rectangle(x, y, x + PART, y + PART) for x, y in product(lefts, tops)]


def off(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def assert_in_place(frame: av.VideoFrame, pixels: np.ndarray) -> None:
    """Every plane, in every part: near what it should be, and not as near where it is shifted."""
    assert (frame.height, frame.width) == pixels.shape[:2]
    planes, depth = planes_of(frame), 4 if frame.format.name.endswith("10le") else 1
    for part in parts(frame.width, frame.height):
        left, top, right, bottom = part
        drawn = ideal(pixels[top:bottom, left:right])
        for name, s, plane, wanted in zip("YUV", (1, 2, 2), planes, drawn, strict=True):
            found = plane[top // s : bottom // s, left // s : right // s] / depth
            where = f"{name} of {frame.width}x{frame.height} in {part}"
            here, inner = off(found, wanted), off(found[1:-1, 1:-1], wanted[1:-1, 1:-1])
            assert here < TOLERANCE, f"{where}: {here}"
            for shift in NEAR:
                there = off(np.roll(found, shift, (0, 1))[1:-1, 1:-1], wanted[1:-1, 1:-1])
                assert there > MARGIN * inner, f"{where}: {inner}, {there} if moved by {shift}"


def decoded(data: bytes) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(data)) as container:
        return list(container.decode(video=0))


def filmed(encoder: Any, width: int, height: int) -> list[tuple[av.VideoFrame, np.ndarray]]:
    """Two pictures, encoded, and how they were drawn; the second one stands for a while."""
    first = picture(width, height)
    second, changed = moved(first.copy())
    try:
        encoder.show(drawn(encoder, first), [Rectangle(0, 0, width, height)], 1)
        encoder.show(drawn(encoder, second), changed, 6)
        frames = decoded(encoder.finish())
    finally:
        encoder.abort()
    # In AV1 a picture is one frame, however long it is shown; one that stands is two.
    assert len(frames) == (3 if isinstance(encoder, Av1) else 7)
    return [(frames[0], first), (frames[-1], second)]


@pytest.mark.parametrize("encoder", [H264, Av1])
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_colours_stand_where_they_were_drawn(size: tuple[int, int], encoder: type) -> None:
    for frame, pixels in filmed(encoder(*size, FPS), *size):
        assert_in_place(frame, pixels)


@pytest.mark.parametrize("size", LOOPS, ids="{0[0]}x{0[1]}".format)
def test_what_loops_are_made_of_is_exact(size: tuple[int, int]) -> None:
    for frame, pixels in filmed(Lossless(*size, FPS), *size):
        assert np.array_equal(frame.to_ndarray(format="rgb24"), pixels[..., :3])


even = st.integers(80, 150).map(lambda half: 2 * half)


@settings(max_examples=12, deadline=None)
@given(even, even)
def test_any_even_size_will_do(width: int, height: int) -> None:
    """Whatever rows and planes are padded to."""
    for encoder in (H264, Av1):
        for frame, pixels in filmed(encoder(width, height, FPS), width, height):
            assert_in_place(frame, pixels)


@pytest.mark.parametrize("kind", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize("size", [(854, 480), (480, 854), (1080, 1350), (66, 50)])
def test_padding_is_no_part_of_a_plane(kind: str, size: tuple[int, int]) -> None:
    """What is written to the planes is what a library finds in the frame, in its own way."""
    frame, rng = av.VideoFrame(*size, kind), np.random.default_rng(3)
    frame.pts, frame.time_base = 0, Fraction(1, FPS)
    written = []
    for plane in views(frame):
        plane[:] = rng.integers(0, 256, plane.shape)
        written.append(plane.copy())
    assert all(map(np.array_equal, planes_of(frame), written))


@pytest.mark.parametrize("size", [(480, 854), (1080, 1350)])
def test_a_teasers_colours_are_the_films(size: tuple[int, int], tmp_path: Path) -> None:
    """It is encoded once more, from pictures as a decoder pads them."""
    width, height = size
    film = replace(make(tmp_path, experiment()).film, width=width, height=height)
    pixels, encoder = picture(width, height), H264(width, height, film.fps)
    encoder.show(drawn(encoder, pixels), [Rectangle(0, 0, width, height)], film.frames)
    video = tmp_path / "tall.mp4"
    video.write_bytes(encoder.finish())
    encoder.abort()
    with av.open(str(teaser(film, video, tmp_path / "teaser.mp4"))) as container:
        first = next(container.decode(video=0))
    assert_in_place(first, pixels)


def test_the_same_pictures_give_the_same_av1() -> None:
    """Also where several cores convert them."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (120, 214, 4), np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    pixels = pixels[:480, :854]
    made = set()
    for _ in range(6):
        encoder = Av1(854, 480, FPS)
        encoder.show(pixels, [Rectangle(0, 0, 854, 480)], 2)
        made.add(encoder.finish())
    assert len(made) == 1
