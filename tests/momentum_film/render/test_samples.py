"""Colours that are not those that were drawn are noticed, and said with chapter and frame."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import RenderJob, Segment
from momentum_film.plan.plan import Request, plan_film
from momentum_film.raster.rectangles import Rectangle
from momentum_film.raster.samples import BLOCK, MAX_KEPT, Samples, blocks
from momentum_film.render import chapter, check, schedule
from momentum_film.render.gif import loop
from momentum_math import load_experiment
from scenes.look import FRAMES, THEMES
from tests import ROOT

EXPERIMENT = load_experiment(ROOT / "experiments" / "momentum.toml")
Change = Callable[[np.ndarray], np.ndarray]


def drawing(width: int, height: int, theme: str) -> np.ndarray:
    """Lines and dots in a theme's colours on its ground."""
    colors = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in THEMES[theme].contenders]
    ground = THEMES[theme].background
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    rng = np.random.default_rng(5)
    for number in range(40):
        x, y = rng.integers(0, (width - 12, height - 12))
        pixels[y : y + 12, x : x + 12, :3] = colors[number % 3]
        pixels[(y * 3) % height, :, :3] = colors[number % 3]
        pixels[-5:, x : x + 30, :3] = colors[number % 3]
    return pixels


class Changing:
    """An encoder that is given other pictures than were drawn."""

    def __init__(self, encoder: Any, change: Change) -> None:
        self.encoder, self.change = encoder, change
        self.channels = encoder.channels
        self.finish, self.abort = encoder.finish, encoder.abort

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        whole = [Rectangle(0, 0, pixels.shape[1], pixels.shape[0])]
        self.encoder.show(self.change(pixels), changed and whole, frames)


def moved_colors(down: int, right: int = 0) -> Change:
    """Light stays where it is, what is red or blue beside it."""

    def change(pixels: np.ndarray) -> np.ndarray:
        exact = pixels[..., :3].astype(float)
        light = exact @ (0.2126, 0.7152, 0.0722)
        moved = np.roll(exact - light[..., None], (down, right), (0, 1)) + light[..., None]
        return np.dstack([moved.round().clip(0, 255), pixels[..., 3]]).astype(np.uint8)

    return change


def swapped(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels[..., [2, 1, 0, 3]])


def darker(pixels: np.ndarray) -> np.ndarray:
    return np.dstack([pixels[..., :3] * 0.8, pixels[..., 3]]).astype(np.uint8)


CHANGES: dict[str, Change] = {
    "colours a few lines low": moved_colors(8),
    "colours a sample of theirs low": moved_colors(2),
    "colours a sample of theirs to the right": moved_colors(0, 2),
    "red for blue": swapped,
    "darker": darker,
    "a few lines low": lambda pixels: np.roll(pixels, 6, 0),
    "another picture": lambda pixels: np.full_like(pixels, 200),
}
ENCODINGS = ("h264", "web", "av1", "browsers", "lossless", "gif", "still")
# AV1 is coarser and a loop has few colours, so they say nothing of a pixel or two.
FINE = ("colours a sample of theirs low", "colours a sample of theirs to the right")
SEEN = [
    (encoding, name)
    for encoding, name in product(ENCODINGS, CHANGES)
    if encoding not in ("av1", "gif") or name not in FINE
]


def job_of(encoding: str, theme: str = "paper", aspect: str = "9:16") -> RenderJob:
    width, height = FRAMES[aspect].pixels(240)
    return RenderJob(EXPERIMENT, "zigzag", theme, aspect, width, height, 15, encoding)


def made(job: RenderJob, change: Change | None = None) -> tuple[Segment, Samples]:
    """A chapter of two pictures, the second one standing; perhaps not as it was drawn."""
    encoder = chapter._encoder(job)
    samples, pixels = check.samples_of(job), drawing(job.width, job.height, job.theme)
    watched = samples.watching(Changing(encoder, change) if change else encoder)
    whole, frames = Rectangle(0, 0, job.width, job.height), 24
    if job.encoding == "still":
        frames = 1
    else:
        watched.show(np.full_like(pixels, 255), [whole], 4)
    watched.show(pixels, [whole], 1 if job.encoding == "still" else 8 if gif(job) else 20)
    data = watched.finish()
    watched.abort()
    beats = (("whole", 0.0, frames / job.fps),)
    if gif(job):
        data = loop(data, beats, chapter.flat_colors(job))
    digest = hashlib.sha256(data).hexdigest()
    return Segment(job.chapter, data, digest, frames, beats, ()), samples


def gif(job: RenderJob) -> bool:
    return job.encoding == "gif"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_colours_as_drawn_are_accepted(encoding: str, theme: str) -> None:
    job = job_of(encoding, theme)
    segment, samples = made(job)
    assert samples.kept
    check.check_segment(segment, job, segment.frames, samples.kept)


@pytest.mark.parametrize(("encoding", "change"), SEEN)
def test_other_colours_are_noticed(encoding: str, change: str) -> None:
    job = job_of(encoding)
    segment, samples = made(job, CHANGES[change])
    check.check_segment(segment, job, segment.frames)
    said = (
        r"^zigzag( as small H.264)? is not as planned: "
        r"colours: in frame (0|3|6|22|23) [\w ]+ is \d+ off near \(\d+, "
    )
    with pytest.raises(VerificationError, match=said):
        check.check_segment(segment, job, segment.frames, samples.kept)


def scratched(pixels: np.ndarray) -> np.ndarray:
    """One block of eight by eight, lighter and darker in lines: its mean is as it was."""
    wrong = pixels.astype(int)
    wrong[96:104:2, 64:72, 0] += 5
    wrong[97:104:2, 64:72, 0] -= 5
    return wrong.clip(0, 255).astype(np.uint8)


def test_one_bad_block_is_noticed_where_a_picture_stands() -> None:
    """Not by the means of larger blocks; where it moves it would not be seen."""
    job = job_of("h264")
    segment, samples = made(job, scratched)
    coarse = [replace(sample, luma=None) for sample in samples.kept]
    check.check_segment(segment, job, segment.frames, coarse)
    said = r": colours: in frame 23 Y of 8 x 8 pixels is \d off near \(68, 100\)"
    with pytest.raises(VerificationError, match=said):
        check.check_segment(segment, job, segment.frames, samples.kept)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_luma_is_kept_of_pictures_that_stand_in_the_film_itself(encoding: str) -> None:
    job = job_of(encoding)
    samples, pixels = check.samples_of(job), drawing(job.width, job.height, job.theme)
    for frames in (1, 4, 5, 30):  # at 15 frames a second 0.3 s are four and a half
        pixels[..., 0] = frames
        samples.take(pixels, frames)
    exact = {sample.frames: sample.luma for sample in samples.kept if sample.luma is not None}
    assert list(exact) == ([5, 30] if encoding == "h264" else [])
    for frames, luma in exact.items():
        assert luma.shape == (job.height, job.width)
        assert luma.dtype == np.uint8
        assert (luma == frames).all()


def test_a_chapters_own_frame_is_named_in_a_part_of_it() -> None:
    job = replace(job_of("h264"), span=(100, 124))
    segment, samples = made(job, CHANGES["red for blue"])
    with pytest.raises(VerificationError, match="in frame 123 "):
        check.check_segment(segment, job, segment.frames, samples.kept)


def test_whoever_renders_looks_at_the_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole chapter, drawn and encoded in other colours."""
    plan = plan_film(Request(EXPERIMENT, "draft", aspect="9:16", chapters=("zigzag",), loop=False))
    encoder_of = chapter._encoder
    monkeypatch.setattr(chapter, "_encoder", lambda *asked: Changing(encoder_of(*asked), swapped))
    with pytest.raises(VerificationError, match="zigzag is not as planned: colours: in frame"):
        schedule.render_job(plan.film[0], lambda frames: None)


def test_the_first_picture_and_those_that_stand_longest_are_kept() -> None:
    samples, pixels = Samples(), np.zeros((32, 32, 4), np.uint8)
    lengths = [1, 9, 1, 30, 5, 2, 8, 40, 6, 1]
    for number, frames in enumerate(lengths):
        pixels[..., 0] = number
        samples.take(pixels, frames)
    ends = np.cumsum(lengths) - 1
    kept = sorted((sample.frame, sample.blocks[0, 0, 0]) for sample in samples.kept)
    assert kept == [(ends[number], number) for number in (0, 1, 3, 6, 7)]
    assert len(kept) == MAX_KEPT


@pytest.mark.parametrize("size", [(854, 480), (480, 854), (1080, 1350), (31, 17)])
@pytest.mark.parametrize("channels", [3, 4])
def test_blocks_are_means(size: tuple[int, int], channels: int) -> None:
    width, height = size
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, channels), dtype=np.uint8)
    found = blocks(pixels)
    assert found.shape == (-(-height // BLOCK), -(-width // BLOCK), 3)
    for row, column in ((0, 0), (found.shape[0] - 1, found.shape[1] - 1)):
        block = pixels[row * BLOCK :, column * BLOCK :][:BLOCK, :BLOCK, :3]
        assert np.abs(found[row, column] - block.mean(axis=(0, 1))).max() <= 0.6
