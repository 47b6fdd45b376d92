"""Where one chapter ends and the next begins: not a pixel changes, and then nothing jumps."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from momentum_film.plan.jobs import RenderJob
from momentum_film.raster.colors import rgb
from momentum_film.render.chapter import draw
from momentum_math import load_experiment, run
from momentum_math.story import Story
from scenes.look import FRAMES
from scenes.storyboard import tell
from tests import ROOT

FPS, COUNT = 15, 15
FILMS = {"momentum": "16:9", "saddle": "9:16"}  # experiment -> aspect
LARGEST_STEP = 0.67  # of all that changes in the first second, from one picture to the next


class Enough(Exception):
    """So many pictures as are wanted have come."""


class Pictures:
    """An encoder that keeps the first pictures of what it is shown."""

    channels = staticmethod(rgb)

    def __init__(self) -> None:
        self.kept: list[np.ndarray] = []

    def show(self, pixels, changed, frames) -> None:
        self.kept += [pixels[..., :3].astype(int)] * frames
        if len(self.kept) >= COUNT:
            raise Enough


def first_pictures(job: RenderJob) -> list[np.ndarray]:
    pictures = Pictures()
    with suppress(Enough):
        draw(job, pictures)
    return pictures.kept[:COUNT]


def borders(name: str):
    """(chapter, the next one), the last picture of the one, and the other's first pictures."""
    experiment = load_experiment(ROOT / "experiments" / f"{name}.toml")
    storyboard = tell(Story(run(experiment)))
    size = FRAMES[FILMS[name]].pixels(180)
    for one, other in pairwise(chapter.name for chapter in storyboard.chapters):
        job = RenderJob(experiment, one, "paper", FILMS[name], *size, FPS, "still")
        (ending,) = first_pictures(job)
        beginning = first_pictures(replace(job, chapter=other, encoding="lossless"))
        yield (one, other), ending, beginning


@pytest.mark.parametrize("name", FILMS)
def test_a_chapter_begins_with_the_last_picture_of_the_one_before(name):
    found = list(borders(name))
    assert len(found) == len({border for border, *_ in found}) >= 3
    for border, ending, beginning in found:
        assert np.abs(beginning[0] - ending).max() <= 2, border
        # What comes then, comes by and by.
        whole = np.abs(beginning[-1] - ending).mean()
        steps = [np.abs(other - one).mean() for one, other in pairwise(beginning)]
        assert whole > 0.5, f"{border}: nothing changes"
        assert max(steps) < LARGEST_STEP * whole, f"{border}: a jump at {np.argmax(steps) + 1}"
