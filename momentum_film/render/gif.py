"""One chapter as a GIF that runs for ever: forwards, and quickly back to where it began.

A first pass over exact pictures finds the palette, a second one writes the file, so that memory
does not grow with the length.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.filter import Graph
from av.filter.context import FilterContext

from momentum_film.errors import RenderError
from momentum_film.plan.jobs import LOOP_FPS, Beats

EVERY = 2  # of the chapter's frames
DELAY = Fraction(EVERY, LOOP_FPS)  # seconds; a GIF counts in hundredths
REWIND_SECONDS = 1.2
MAX_BYTES = 1_000_000


# The longer side in pixels, and the number of colours: what first is small enough is taken.
SIZES = ((800, 256), (800, 64), (640, 128), (640, 32), (480, 64), (480, 32), (400, 16))


def loop(exact: bytes, beats: Beats, flat_colors: tuple[str, ...]) -> bytes:
    """A chapter as a loop, at most ``MAX_BYTES`` long, in which some colours stay exact.

    Args:
        exact: A video file with every second frame of the chapter, without loss.
        beats: The loop begins with the second one, if any, since in the first things only appear.
        flat_colors: ``#rrggbb`` each.

    Raises:
        RenderError: It is too large even when small and in few colours.
    """
    for longest_side, colors in SIZES:
        pictures = partial(_pictures, exact, beats, longest_side)
        palette = _palette(pictures(), colors, flat_colors)
        written = _written(pictures(), palette)
        if len(written) <= MAX_BYTES:
            return written
    raise RenderError(f"the loop has {len(written)} bytes, more than {MAX_BYTES}")


def order(pictures: int, first: int = 0) -> list[int]:
    """Which pictures are shown: all from the first one, then a quick way back.

    >>> order(50)[:3], order(50)[48:52], order(50)[-2:]
    ([0, 1, 2], [48, 49, 46, 43], [6, 3])
    """
    forwards = list(range(first, pictures))
    back = round(REWIND_SECONDS / DELAY)
    places = np.linspace(len(forwards) - 1, 0, back + 2)[1:-1]
    return forwards + [forwards[round(place)] for place in places]


def times(frames: int, beats: Beats) -> list[Fraction]:
    """When the pictures of the loop of a chapter of so many frames are shown, in seconds."""
    count = len(order(len(range(0, frames, EVERY)), first_shown(beats)))
    return [number * DELAY for number in range(count)]


def first_shown(beats: Beats) -> int:
    """The first picture that is shown, counted as they are drawn."""
    _, _, seconds = beats[0]
    return round(Fraction(seconds) / DELAY) if len(beats) > 1 else 0


def _pictures(exact: bytes, beats: Beats, longest_side: int) -> Iterator[av.VideoFrame]:
    """The pictures as they are shown; only those of the way back are kept."""
    first, kept = first_shown(beats), {}
    with cast(InputContainer, av.open(io.BytesIO(exact))) as container:
        count = container.streams.video[0].frames
        every = order(count, first)
        back = every[count - first :]
        for number, frame in enumerate(container.decode(video=0)):
            if number >= first:
                picture = _sized(frame, longest_side)
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


def _palette(
    pictures: Iterator[av.VideoFrame], count: int, flat_colors: tuple[str, ...]
) -> av.VideoFrame:
    """The colours that serve all pictures best, the flat ones exactly among them."""
    first, graph = next(pictures), Graph()
    source, sink = _source(graph, first), graph.add("buffersink")
    finder = graph.add("palettegen", f"max_colors={count}")
    graph.link_nodes(source, finder, sink).configure()
    (found,) = _through(source, sink, chain([first], pictures))
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


def _written(pictures: Iterator[av.VideoFrame], palette: av.VideoFrame) -> bytes:
    """The file in the palette's colours, without dithering."""
    file = io.BytesIO()
    first, graph = next(pictures), Graph()  # whose ends live no longer than it does
    source, sink = _painted(graph, first, palette)
    with av.open(file, "w", format="gif", options={"loop": "0"}) as output:
        stream = output.add_stream("gif", rate=1 / DELAY)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "pal8"
        stream.codec_context.time_base = DELAY
        for picture in _through(source, sink, chain([first], pictures)):
            output.mux(stream.encode(picture))
        output.mux(stream.encode())
    return file.getvalue()


def _through(
    source: FilterContext, sink: FilterContext, pictures: Iterable[av.VideoFrame]
) -> Iterator[av.VideoFrame]:
    """What comes out of a graph for pictures; each is taken at once, or it would be kept."""
    for number, picture in enumerate(chain(pictures, [None])):
        if picture:
            picture.pts, picture.time_base = number, DELAY
        source.push(picture)
        with contextlib.suppress(av.BlockingIOError, av.EOFError):
            while True:
                yield cast(av.VideoFrame, sink.pull())


def _source(graph: Graph, picture: av.VideoFrame) -> FilterContext:
    return graph.add_buffer(
        width=picture.width, height=picture.height, format=picture.format, time_base=DELAY
    )


def _painted(
    graph: Graph, picture: av.VideoFrame, palette: av.VideoFrame
) -> tuple[FilterContext, FilterContext]:
    """A graph from RGB pictures to pictures in the palette's colours: its two ends."""
    source, colors, sink = _source(graph, picture), _source(graph, palette), graph.add("buffersink")
    painter = graph.add("paletteuse", "dither=none:diff_mode=rectangle")
    colors.link_to(painter, 0, 1)
    graph.link_nodes(source, painter, sink).configure()
    palette.pts = 0
    colors.push(palette)
    colors.push(None)
    return source, sink
