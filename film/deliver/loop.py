"""One chapter as a GIF that runs for ever: forwards, and quickly back to where it began.

The pictures come from the lossless segment. A first pass over them finds the palette, a second one
writes the file, so that memory does not grow with the length.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.filter import Graph
from av.filter.context import FilterContext

from film.cut import Cut
from film.errors import VerificationError
from film.jobs import Segment

EVERY = 2  # of the segment's frames
DELAY = Fraction(8, 100)  # seconds; a GIF counts in hundredths
REWIND_SECONDS = 1.2
LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class Attempt:
    """How to write it: the length of the longer side in pixels, and the number of colours."""

    longest_side: int
    colors: int


# The first one that is small enough is taken.
ATTEMPTS = (Attempt(800, 256), Attempt(800, 64), Attempt(640, 128), Attempt(640, 32))


def gif(cut: Cut, path: Path) -> Path:
    """Write the film's loop; see ``loop``."""
    if cut.loop is None:
        raise ValueError("this cut has no loop")
    return loop(cut.loop, cut.flat_colors, path)


def loop(segment: Segment, flat_colors: tuple[str, ...], path: Path) -> Path:
    """Write a chapter as a loop, at most ``LARGEST_BYTES`` long.

    Args:
        segment: The chapter's exact pictures.
        flat_colors: ``#rrggbb`` that must stay exact.
        path: Where to; is overwritten.

    Raises:
        VerificationError: It is too large even when small and in few colours, or is not as planned.
    """
    for attempt in ATTEMPTS:
        palette = _palette(segment, attempt, flat_colors)
        _write(segment, attempt, palette, path)
        if path.stat().st_size <= LARGEST_BYTES:
            _check(path, segment)
            return path
    raise VerificationError(
        f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST_BYTES}"
    )


def order(frames: int, first: int = 0) -> list[int]:
    """Which frames of a segment are shown: every second one, then a quick way back.

    >>> order(100)[:3], order(100)[48:52], order(100)[-2:]
    ([0, 2, 4], [96, 98, 92, 86], [12, 6])
    """
    forwards = list(range(first, frames, EVERY))
    back = round(REWIND_SECONDS / DELAY)
    places = np.linspace(len(forwards) - 1, 0, back + 2)[1:-1]
    return forwards + [forwards[round(place)] for place in places]


def shown(segment: Segment) -> list[int]:
    """The frames of the loop: without the first beat, in which things only appear."""
    _, _, seconds = segment.beats[0]
    first = round(Fraction(seconds) / DELAY) * EVERY
    return order(segment.frames, first if len(segment.beats) > 1 else 0)


def _pictures(segment: Segment, attempt: Attempt) -> Iterator[av.VideoFrame]:
    """The frames in the order in which they are shown; only those of the way back are kept."""
    every = shown(segment)
    turn = every.index(max(every)) + 1
    back = every[turn:]
    kept: dict[int, av.VideoFrame] = {}
    with av.open(io.BytesIO(segment.data)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % EVERY or number < every[0]:
                continue
            picture = _sized(frame, attempt.longest_side)
            if number in back:
                kept[number] = picture
            yield picture
    for number in back:
        yield kept[number]


def _sized(frame: av.VideoFrame, longest_side: int) -> av.VideoFrame:
    """The frame in exact RGB, made smaller if it is larger than asked."""
    scale = min(1.0, longest_side / max(frame.width, frame.height))
    width, height = (2 * round(length * scale / 2) for length in (frame.width, frame.height))
    return frame.reformat(width, height, "rgb24", interpolation="AREA")


def _palette(segment: Segment, attempt: Attempt, flat_colors: tuple[str, ...]) -> av.VideoFrame:
    """The colours that serve all pictures best, the flat ones exactly among them."""
    graph, source, sink = Graph(), None, None
    for picture in _pictures(segment, attempt):
        if source is None:
            source = _source(graph, picture)
            finder = graph.add("palettegen", f"max_colors={attempt.colors}")
            sink = graph.add("buffersink")
            graph.link_nodes(source, finder, sink).configure()
        source.push(picture)
    source.push(None)
    found = sink.pull()
    colors = _with_exact(found.to_ndarray(format="rgba"), flat_colors)
    return av.VideoFrame.from_ndarray(colors, format="rgba").reformat(format=found.format.name)


def _with_exact(palette: np.ndarray, colors: tuple[str, ...]) -> np.ndarray:
    """A palette, (16, 16, 4) RGBA, in which each colour takes the place of the nearest one."""
    palette = palette.copy()
    free = palette[..., 3] > 0  # the transparent entry stands for "as before"
    for color in colors:
        wanted = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
        distance = np.where(free, np.abs(palette[..., :3] - wanted).sum(axis=2), np.inf)
        place = np.unravel_index(distance.argmin(), distance.shape)
        palette[place], free[place] = (*wanted, 255), False
    return palette


def _write(segment: Segment, attempt: Attempt, palette: av.VideoFrame, path: Path) -> None:
    """Write the file in the palette's colours, without dithering."""
    graph = Graph()
    source = sink = stream = None
    with av.open(str(path), "w", format="gif", options={"loop": "0"}) as output:
        for number, picture in enumerate(_pictures(segment, attempt)):
            if number == 0:
                source, sink = _painted(graph, picture, palette)
                stream = output.add_stream("gif", rate=1 / DELAY)
                stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "pal8"
                stream.codec_context.time_base = DELAY
            picture.pts, picture.time_base = number, DELAY
            source.push(picture)
            _drain(sink, stream, output)
        source.push(None)
        _drain(sink, stream, output)
        output.mux(stream.encode())


def _source(graph: Graph, picture: av.VideoFrame) -> FilterContext:
    return graph.add_buffer(
        width=picture.width, height=picture.height, format=picture.format.name, time_base=DELAY
    )


def _painted(
    graph: Graph, picture: av.VideoFrame, palette: av.VideoFrame
) -> tuple[FilterContext, FilterContext]:
    """A graph from RGB pictures to pictures in the palette's colours: its two ends."""
    source, colors = _source(graph, picture), _source(graph, palette)
    painter = graph.add("paletteuse", "dither=none:diff_mode=rectangle")
    sink = graph.add("buffersink")
    source.link_to(painter, 0, 0)
    colors.link_to(painter, 0, 1)
    painter.link_to(sink)
    graph.configure()
    palette.pts = 0
    colors.push(palette)
    colors.push(None)
    return source, sink


def _drain(sink: FilterContext, stream: av.VideoStream, output: OutputContainer) -> None:
    """Encode what the graph has ready."""
    with contextlib.suppress(av.BlockingIOError, av.EOFError):
        while True:
            output.mux(stream.encode(sink.pull()))


def _check(path: Path, segment: Segment) -> None:
    """Hold the file against the segment."""
    frames = len(shown(segment))
    with av.open(str(path)) as container:
        times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    if times != [number * DELAY for number in range(frames)]:
        raise VerificationError(f"{path.name} does not show {frames} pictures {DELAY} s apart")
