"""Stills: the film's own frame as PNG, and the same picture as vectors, read by other programs."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser
from pypdf import PdfReader

from momentum_film.errors import RequestError
from momentum_film.plan import plan
from momentum_film.plan.jobs import Encoding, RenderJob
from momentum_film.plan.plan import Request, plan_again, plan_still
from momentum_film.raster.samples import worst_block
from momentum_film.render.chapter import render
from momentum_film.render.check import check_segment
from momentum_math import load_experiment
from scenes import CHAPTERS
from scenes.look import FRAMES, THEMES
from tests import ROOT
from tests.momentum_film.render.drawn_pdf import drawn

EXPERIMENTS = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))
SVG = "{http://www.w3.org/2000/svg}"
LOOKS = list(zip(CHAPTERS, cycle(FRAMES), cycle(THEMES), strict=False))


def request(name: str = "momentum", theme: str = "paper", aspect: str = "16:9") -> Request:
    return Request(load_experiment(ROOT / "experiments" / f"{name}.toml"), "draft", theme, aspect)


def made(asked: Request, chapter: str, encoding: Encoding, beat: str | None = None) -> bytes:
    planned = plan_still(asked, chapter, beat, encoding)
    segment = render(planned.job)
    check_segment(segment, planned.job, planned.frames)
    return segment.data


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def off(one: np.ndarray, other: np.ndarray) -> float:
    """By how much of 255 the worst small block is off, in the worst channel."""
    assert one.shape == other.shape
    return max(worst_block(one[..., n], other[..., n]).off for n in range(3))


# --- which picture it is ------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_beat_has_one_and_they_tile_the_film(name: str) -> None:
    asked = request(name)
    for chapter in plan.storyboard_of(asked.experiment).chapters:
        planned = [plan_still(asked, chapter.name, b.name, "svg") for b in chapter.beats]
        spans = [one.job.span for one in planned]
        assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
        assert spans[-1][1] == round(chapter.seconds * planned[0].job.fps)
        assert {one.pictures for one in planned} == {1}
        assert plan_still(asked, chapter.name, None, "svg") == planned[-1]
    [board] = {job for job in plan_again(asked, "svg") if job.job.chapter == "summary"}
    assert board.pictures == len(plan.storyboard_of(asked.experiment)["summary"].beats)


def test_what_there_is_not_is_said_with_what_there_is() -> None:
    with pytest.raises(RequestError, match="there is no chapter 'dial'; there is ravine, zigzag"):
        plan_still(request("saddle"), "dial", None, "still")
    with pytest.raises(RequestError, match="no beat 'best' in memory; there is plain_rule, rem"):
        plan_still(request(), "memory", "best", "still")


@pytest.mark.parametrize("chapter", ["zigzag", "springs", "dial"])
def test_a_png_is_the_films_frame(chapter: str) -> None:
    """The last one of each beat, also where it ends in motion."""
    asked = request(theme="night", aspect="1:1")
    whole = plan_still(asked, chapter, None, "lossless").job
    small = replace(whole, span=None, width=240, height=240)
    ends = plan.beat_ends(small)
    with av.open(io.BytesIO(render(small).data)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    for start, end in zip([0, *ends], ends, strict=False):
        still = render(replace(small, span=(start, end), encoding="still"))
        assert still.frames == end - start
        assert off(pixels(still.data), frames[end - 1]) < 1


# --- the same in vectors ------------------------------------------------------------------------


def tags(svg: bytes) -> set[str]:
    return {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}


@pytest.mark.parametrize(("chapter", "aspect", "theme"), LOOKS)
def test_an_svg_shows_the_picture_without_pixels_and_fonts(
    chapter: str, aspect: str, theme: str, browser: Browser, tmp_path: Path
) -> None:
    """As a browser draws it."""
    asked = request(theme=theme, aspect=aspect)
    wanted, svg = pixels(made(asked, chapter, "still")), made(asked, chapter, "svg")
    assert tags(svg) <= {"svg", "g", "rect", "path"}
    assert svg.count(THEMES[theme].background.lower().encode()) >= 1
    file = tmp_path / "still.svg"
    file.write_bytes(svg)
    height, width, _ = wanted.shape
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(file.as_uri())
    shown = pixels(page.screenshot())
    context.close()
    assert off(shown, wanted) < ANTIALIASING


ANTIALIASING = 14.0  # of 255, in a block of 8 x 8 pixels; a letter that is missing is off by 30


@pytest.mark.parametrize(("chapter", "aspect", "theme"), LOOKS[::3])
def test_a_pdf_shows_the_picture_on_one_page_without_pixels_and_fonts(
    chapter: str, aspect: str, theme: str
) -> None:
    asked = request(theme=theme, aspect=aspect)
    wanted, pdf = pixels(made(asked, chapter, "still")), made(asked, chapter, "pdf")
    [page] = PdfReader(io.BytesIO(pdf)).pages
    height, width, _ = wanted.shape
    assert min(page.mediabox.width, page.mediabox.height) == 540
    assert float(page.mediabox.width / page.mediabox.height) == pytest.approx(width / height, 1e-3)
    assert set(page["/Resources"]) <= {"/ExtGState"}
    assert off(drawn(page, width, height), wanted) < ANTIALIASING


def test_a_missing_word_would_be_noticed() -> None:
    wanted = pixels(made(request(), "zigzag", "still"))
    page = PdfReader(io.BytesIO(made(request(), "zigzag", "pdf", "crawl"))).pages[0]
    assert off(drawn(page, wanted.shape[1], wanted.shape[0]), wanted) > 2 * ANTIALIASING


@pytest.mark.parametrize("encoding", ["svg", "pdf"])
def test_a_chapter_has_a_page_for_each_beat_and_always_the_same_bytes(encoding: Encoding) -> None:
    job = plan_still(request(), "zigzag", None, encoding).job
    beats = plan.storyboard_of(job.experiment)["zigzag"].beats
    alone = [made(request(), "zigzag", encoding, beat.name) for beat in beats]
    together = render(replace(job, span=None))
    assert render(replace(job, span=None)) == together
    if encoding == "svg":
        assert together.documents == alone
    else:
        pages = PdfReader(io.BytesIO(together.data)).pages
        single = [PdfReader(io.BytesIO(each)).pages[0] for each in alone]
        contents = [page.get_contents().get_data() for page in (*pages, *single)]
        assert len(pages) == len(beats)
        assert contents[: len(beats)] == contents[len(beats) :]


def test_straight_lines_are_written_as_lines() -> None:
    """Manim draws them as curves; the wedge's plane is full of them."""
    svg = made(request(), "springs", "svg")
    paths = [path.get("d") for path in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    lines, curves = (sum(path.count(f" {letter} ") for path in paths) for letter in "LC")
    assert lines > curves > 100


def test_as_many_pictures_are_counted_as_are_drawn() -> None:
    job = RenderJob(request().experiment, "zigzag", "paper", "16:9", 320, 180, 15, "still")
    assert plan.stills_of(job) == {plan.beat_ends(job)[-1] - 1}
    assert plan.stills_of(replace(job, encoding="h264")) is None
