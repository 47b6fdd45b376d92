"""Our frames are stock Manim's, before encoding, for every chapter and look, and as many of them.

The oracle is Manim's own Cairo renderer and camera, drawing the same scene in the same process.
"""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

import av
import numpy as np
import pytest
from manim.renderer.cairo_renderer import CairoRenderer

from momentum_film.plan.jobs import RenderJob
from momentum_film.raster import samples
from momentum_film.raster.colors import rgb
from momentum_film.raster.manim.settings import configured
from momentum_film.raster.rectangles import Rectangle
from momentum_film.render.chapter import draw
from momentum_math import load_experiment, run
from momentum_math.story import Story
from scenes import CHAPTERS, SCENES
from scenes.look import FRAMES, look
from scenes.storyboard import tell
from tests import ROOT
from tests.scenes.staging import scene_class

EVERY = 11  # frames: no beat is a multiple of it, so all kinds of frames are met
OTHER_LOOKS = [("descent", "night", "9:16"), ("loss_race", "contrast", "1:1")]
CASES = [(chapter, "paper", "16:9") for chapter in SCENES] + OTHER_LOOKS


@pytest.fixture(scope="module")
def experiment():
    return load_experiment(ROOT / "experiments" / "momentum.toml")


@pytest.fixture(scope="module")
def outcome(experiment):
    return run(experiment)


class Sampling(CairoRenderer):
    """Stock Manim's renderer; the frames that are sampled are kept, the others are not drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.kept = 0, {}

    def update_frame(self, scene: Any, *args: Any, **kwargs: Any) -> None:
        # The next frame, or the still part of all the next ones: the latter is always needed.
        if self.static_image is None or self.count % EVERY == 0:
            super().update_frame(scene, *args, **kwargs)

    def add_frame(self, frame: np.ndarray, num_frames: int = 1) -> None:
        for number in range(self.count, self.count + num_frames):
            if number % EVERY == 0:
                self.kept[number] = frame[..., :3].copy()
        self.count += num_frames


class Keeping:
    """An encoder that keeps sampled frames as they are."""

    channels = staticmethod(rgb)

    def __init__(self) -> None:
        self.count, self.kept = 0, {}

    def show(self, pixels: np.ndarray, changed: list[Rectangle], frames: int) -> None:
        for number in range(self.count, self.count + frames):
            if number % EVERY == 0:
                self.kept[number] = pixels[..., :3].copy()
        self.count += frames


def stock_frames(job: RenderJob, outcome: Any) -> Sampling:
    film_look = look(job.theme, job.aspect)
    with configured(job.width, job.height, job.fps, film_look.theme.background):
        scene = scene_class(job.chapter)(renderer=Sampling())
        story = Story(outcome)
        scene.story, scene.storyboard, scene.look = story, tell(story), film_look
        scene.render()
    return scene.renderer


def worst_block(one: np.ndarray, other: np.ndarray) -> float:
    """Of red, green and blue, (height, width, 3)."""
    return max(samples.worst_block(one[..., n], other[..., n]).off for n in range(3))


def small_job(experiment: Any, chapter: str, theme: str, aspect: str) -> RenderJob:
    width, height = FRAMES[aspect].pixels(180)
    return RenderJob(experiment, chapter, theme, aspect, width, height, 15)


@pytest.mark.parametrize(("chapter", "theme", "aspect"), CASES)
def test_frames_equal_stock_manims(chapter, theme, aspect, experiment, outcome):
    job = small_job(experiment, chapter, theme, aspect)
    stock, ours = stock_frames(job, outcome), Keeping()
    draw(job, ours)
    assert ours.count == stock.count
    assert ours.kept.keys() == stock.kept.keys()
    assert len(ours.kept) > 10
    assert (
        len({frame.tobytes() for frame in stock.kept.values()}) >= 4
    )  # the board is assembled, and then stands
    for number, wanted in stock.kept.items():
        found = ours.kept[number]
        assert worst_block(found, wanted) <= 1, f"frame {number}"


def test_the_comparison_notices_a_small_thing():
    """A dot of three pixels in a picture of noise."""
    rng = np.random.default_rng(1)
    one = rng.integers(0, 256, (180, 320, 3), dtype=np.uint8)
    other = one.copy()
    other[80:83, 100:103] ^= 128
    assert worst_block(one, one) == 0
    assert worst_block(one, other) > 1


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_as_many_frames_as_stock_manim(chapter, fps, experiment, outcome):
    """Counted without being drawn: Manim's own renderer against ours and the storyboard."""
    from tests.scenes.staging import play

    wanted = play(chapter, outcome, look(), fps).frames
    job = replace(small_job(experiment, chapter, "paper", "16:9"), fps=fps, encoding="still")
    counted = draw(job, Keeping())
    seconds = tell(Story(outcome))[chapter].seconds
    assert counted.frames == wanted == pytest.approx(seconds * fps)


def test_the_lossless_encoding_is_what_was_drawn(experiment):
    """For GIF, AV1 and comparisons: what is decoded is what the canvas showed."""
    from momentum_film.render.chapter import render

    job = small_job(experiment, "descent", "paper", "16:9")
    drawn = Keeping()
    draw(job, drawn)
    data = render(replace(job, encoding="lossless")).data
    with av.open(io.BytesIO(data)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in drawn.kept:
                assert np.array_equal(frame.to_ndarray(format="rgb24"), drawn.kept[number])
    assert number + 1 == drawn.count


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_parts_of_a_chapter_are_the_chapter(chapter, experiment, outcome):
    """Parted at every beat: the same pictures, beats and tracks."""
    from momentum_film.render.chapter import render

    job = replace(small_job(experiment, chapter, "paper", "16:9"), encoding="lossless")
    whole = render(job)
    ends = accumulate(round(beat.seconds * job.fps) for beat in tell(Story(outcome))[chapter].beats)
    spans = list(pairwise([0, *ends]))
    parts = [render(replace(job, span=span)) for span in spans]
    assert [part.frames for part in parts] == [end - first for first, end in spans]
    for part in parts:
        assert (part.beats, part.tracks) == (whole.beats, whole.tracks)
    with av.open(io.BytesIO(whole.data)) as container:
        wanted = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    number = 0
    for part in parts:
        with av.open(io.BytesIO(part.data)) as container:
            for frame in container.decode(video=0):
                assert worst_block(frame.to_ndarray(format="rgb24"), wanted[number]) < 1, number
                number += 1
    assert number == len(wanted)


def test_a_loop_is_made_of_every_second_frame(experiment):
    from momentum_film.raster.encode.exact import Lossless
    from momentum_film.render.chapter import render

    job = small_job(experiment, "descent", "paper", "16:9")
    encoder = Lossless(job.width, job.height, job.fps)
    counted = draw(replace(job, encoding="gif"), encoder)
    whole = render(replace(job, encoding="lossless"))
    assert counted.frames == whole.frames
    with (
        av.open(io.BytesIO(encoder.finish())) as few,
        av.open(io.BytesIO(whole.data)) as every,
    ):
        wanted = [f.to_ndarray(format="rgb24") for f in every.decode(video=0)][::2]
        for picture, frame in zip(wanted, few.decode(video=0), strict=True):
            # What is drawn anew around a shadow may be rounded otherwise.
            assert worst_block(frame.to_ndarray(format="rgb24"), picture) < 1
