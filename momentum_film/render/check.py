"""Every segment is decoded where it was made, and held against what was planned."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from operator import attrgetter
from typing import BinaryIO, NamedTuple, cast
from xml.etree import ElementTree

import av
from av.container import InputContainer
from PIL import Image

from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import HELD, VECTORS, RenderJob, Segment
from momentum_film.plan.plan import stills_of
from momentum_film.raster.encode.h264 import STANDING_SECONDS
from momentum_film.raster.samples import SMALL_BLOCKS, Sample, Samples, differences
from momentum_film.render import gif

PIXELS = {"h264": "yuv420p", "web": "yuv420p", "av1": "yuv420p", "lossless": "rgb24"}
# How far a block's mean may be from the exact picture's, of 255: about twice what was met in the
# default film, in all looks and sizes. Light and colour; a loop has few colours, others are exact.
TOLERANCES = {"h264": (10.0, 5.0), "web": (10.0, 5.0), "av1": (12.0, 8.0), "gif": (24.0, 24.0)}
# In the film itself, where a picture stands, no small block of luma is farther off on average.
STANDING_TOLERANCE = 2.5
AS_DRAWN = "as drawn"
_PAGE = re.compile(rb"/Type /Page\b")


class Question(NamedTuple):
    """Something that is looked at: what was found must be what was wanted."""

    what: str
    found: object
    wanted: object


def samples_of(job: RenderJob) -> Samples:
    """What takes those exact pictures of a job that ``check_segment`` can make use of."""
    return Samples(STANDING_SECONDS * job.fps) if job.encoding == "h264" else Samples()


def check_segment(
    segment: Segment, job: RenderJob, frames: int, samples: Sequence[Sample] = ()
) -> None:
    """Decode a chapter that must have so many frames, and hold it against some exact pictures.

    Raises:
        VerificationError: It is not what was planned.
    """
    questions = [Question("frames", segment.frames, frames)]
    if job.encoding in VECTORS:
        pictures = len(stills_of(job) or ())
        questions.append(Question("pages", _pages(segment, job), pictures))
        ask(job.chapter, questions)
        return
    if job.encoding == "still":
        questions.append(Question("size", png_size(segment.data), (job.width, job.height)))
        ask(job.chapter, questions)
    for number, stream in enumerate(job.streams):
        name = job.chapter if stream == job else stream.name
        with opened(io.BytesIO(segment.data), name) as container:
            count = len(container.streams.video)
            ask(name, [Question("video streams", count, len(job.streams))])
            try:
                questions += _questions(container, number, segment, stream, samples)
            except av.FFmpegError as error:
                raise VerificationError(f"{name} cannot be decoded: {error.strerror}") from error
        ask(name, questions)


def _pages(segment: Segment, job: RenderJob) -> int:
    """How many pages of vectors there are; SVG documents of another size do not count."""
    if job.encoding == "pdf":
        return len(_PAGE.findall(segment.data)) if segment.data.startswith(b"%PDF-") else 0
    wanted = (f"{job.width}px", f"{job.height}px")
    return sum(_svg_size(document) == wanted for document in segment.documents)


def _svg_size(document: bytes) -> tuple[str | None, ...]:
    """Width and height of an SVG document; none if it is none."""
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError:
        return ()
    return (root.get("width"), root.get("height"))


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG file; (0, 0) if it is none."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            return image.size
    except OSError:
        return (0, 0)


def opened(source: str | BinaryIO, name: str) -> InputContainer:
    """A file by its path or content, which has pictures.

    Raises:
        VerificationError: It cannot be opened, or has none.
    """
    try:
        container = cast(InputContainer, av.open(source))
    except av.FFmpegError as error:
        raise VerificationError(f"{name} cannot be opened: {error.strerror}") from error
    if not container.streams.video:
        raise VerificationError(f"{name} has no pictures")
    return container


def _questions(
    container: InputContainer,
    number: int,
    segment: Segment,
    job: RenderJob,
    samples: Sequence[Sample],
) -> Iterator[Question]:
    first = gif.first_shown(segment.beats) if job.encoding == "gif" else 0
    by_place = {sample.frame - first: sample for sample in samples}
    shown, colors = _looked_at(container, number, job, by_place)
    if job.encoding == "gif":
        wanted = gif.times(segment.frames, segment.beats)
        yield Question("format", container.format.name, "gif")
        yield Question("pictures", len(shown), len(wanted))
        yield Question("pictures on time", [time for time, _ in shown] == wanted, True)
    elif job.encoding != "still":
        stream = container.streams.video[number]
        yield Question("decoded frames", sum(held for _, held in shown), segment.frames)
        if job.encoding not in HELD:
            yield Question("frame rate", stream.average_rate, job.fps)
        yield Question("size", (stream.width, stream.height), (job.width, job.height))
        yield Question("pixels", stream.pix_fmt, PIXELS[job.encoding])
    yield Question("colours", colors, AS_DRAWN)


def _looked_at(
    container: InputContainer, number: int, job: RenderJob, samples: dict[int, Sample]
) -> tuple[list[tuple[Fraction, Fraction | int]], str]:
    """When pictures are shown, in seconds, for how many frames, and what colours of some are wrong.

    The exact pictures are given by the place of theirs in the file, counted in frames.
    """
    shown: list[tuple[Fraction, Fraction | int]] = []
    said, place = AS_DRAWN, Fraction(0)
    for frame in container.decode(video=number):
        assert frame.pts is not None and frame.time_base is not None
        held = frame.duration * frame.time_base * job.fps if job.encoding in HELD else 1
        shown.append((frame.pts * frame.time_base, held))
        for at in samples.keys() & range(ceil(place), ceil(place + held)):
            said = _colors_said(frame, job, samples[at]) if said == AS_DRAWN else said
        place += held
    return shown, said


def _colors_said(frame: av.VideoFrame, job: RenderJob, sample: Sample) -> str:
    """What is wrong with a picture's colours."""
    size, comparable = (job.width, job.height), (frame.width, frame.height)
    if job.encoding == "gif":
        comparable = size  # it may be smaller
    if comparable != size or frame.format.name != PIXELS.get(job.encoding, frame.format.name):
        return AS_DRAWN  # which is said otherwise
    light, color = TOLERANCES.get(job.encoding, (0.0, 0.0))
    tolerances = {"Y": light, SMALL_BLOCKS: STANDING_TOLERANCE}
    found = differences(frame, sample, size)
    wrong = [each for each in found if each.off > tolerances.get(each.channel, color)]
    if not wrong:
        return AS_DRAWN
    channel, off, x, y = max(wrong, key=attrgetter("off"))
    number = sample.frame * (gif.EVERY if job.encoding == "gif" else 1)
    number += job.span[0] if job.span else 0
    return f"in frame {number} {channel} is {off:.0f} off near ({x}, {y})"


def ask(name: str, questions: Sequence[Question]) -> None:
    """Raise a VerificationError that names everything that is not as planned, if anything is."""
    wrong = [q for q in questions if q.found != q.wanted]
    if wrong:
        said = "; ".join(f"{q.what}: {q.found}, not {q.wanted}" for q in wrong)
        raise VerificationError(f"{name} is not as planned: {said}")
