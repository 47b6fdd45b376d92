"""Films as they should be are accepted, and each thing that may be wrong with one is noticed."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from momentum_film.cut import verify
from momentum_film.cut.film_info import FilmInfo, film_info
from momentum_film.cut.mux import join
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import RenderJob, Segment
from momentum_film.plan.plan import Plan, Request, plan_film
from momentum_film.render import check
from momentum_math import load_experiment
from tests import ROOT
from tests.momentum_film.fake_work import segment_of

EXPERIMENT = load_experiment(ROOT / "experiments" / "momentum.toml")
REQUEST = Request(EXPERIMENT, "draft", chapters=("zigzag", "summary"), loop=False)


@dataclass(frozen=True)
class Made:
    """A film of two chapters, and what it was made from."""

    plan: Plan
    segments: dict[str, Segment]
    path: Path

    @property
    def film(self) -> FilmInfo:
        return film_info(self.plan)

    @property
    def parts(self) -> list[Segment]:
        return [self.segments[planned.key] for planned in self.plan.film]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    plan = plan_film(REQUEST)
    segments = {job.key: segment_of(job) for job in plan.jobs}
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    made = Made(plan, segments, path)
    join(made.film, made.parts, path)
    return made


# --- segments -----------------------------------------------------------------------------------


def with_data(segment: Segment, data: bytes) -> Segment:
    return replace(segment, data=data, sha256=hashlib.sha256(data).hexdigest())


def encoded(job: RenderJob, frames: int, pixels: str = "yuv420p", rate: Fraction | None = None):
    """A plain H.264 file, as another program would make it."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=rate or job.fps)
        stream.width, stream.height, stream.pix_fmt = job.width, job.height, pixels
        for number in range(frames):
            picture = np.full((job.height, job.width, 3), 40 + number % 200, np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode())
    return file.getvalue()


def test_good_segments_are_accepted(made: Made) -> None:
    for planned in made.plan.jobs:
        check.check_segment(made.segments[planned.key], planned.job, planned.frames)


@pytest.mark.parametrize("encoding", ["lossless", "gif", "still", "svg", "h264"])
def test_every_encoding_is_known(made: Made, encoding) -> None:
    planned = made.plan.film[0]
    planned = replace(planned, job=replace(planned.job, encoding=encoding))
    check.check_segment(segment_of(planned), planned.job, planned.frames)


SEGMENTS: dict[str, tuple[str, Callable[[Segment, RenderJob, int], Segment]]] = {
    "one frame fewer": (
        "decoded frames: 14, not 15",
        lambda s, job, n: with_data(s, encoded(job, n - 1)),
    ),
    "one frame more": (
        "decoded frames: 16, not 15",
        lambda s, job, n: with_data(s, encoded(job, n + 1)),
    ),
    "frames counted otherwise": ("frames: 14, not 15", lambda s, job, n: replace(s, frames=n - 1)),
    "another rate": (
        "frame rate: 30000/1001, not 15",
        lambda s, job, n: with_data(s, encoded(job, n, rate=Fraction(30000, 1001))),
    ),
    "another width": (
        "size: (856, 480), not (854, 480)",
        lambda s, job, n: with_data(s, encoded(replace(job, width=856), n)),
    ),
    "another height": (
        "size: (854, 478), not (854, 480)",
        lambda s, job, n: with_data(s, encoded(replace(job, height=478), n)),
    ),
    "more colour": (
        "pixels: yuv444p, not yuv420p",
        lambda s, job, n: with_data(s, encoded(job, n, pixels="yuv444p")),
    ),
    "nothing": ("cannot be opened", lambda s, job, n: with_data(s, b"")),
    "something else": ("cannot be opened", lambda s, job, n: with_data(s, b"not a film" * 99)),
    "half of it": ("cannot be opened", lambda s, job, n: with_data(s, s.data[: len(s.data) // 2])),
}


@pytest.mark.parametrize(("said", "wrong"), SEGMENTS.values(), ids=SEGMENTS)
def test_a_wrong_segment_is_rejected(said: str, wrong, made: Made) -> None:
    job = made.plan.film[0].job
    good = with_data(segment_of(made.plan.film[0]), encoded(job, 15))
    good = replace(good, frames=15)
    check.check_segment(good, job, 15)
    with pytest.raises(VerificationError) as caught:
        check.check_segment(wrong(good, job, 15), job, 15)
    assert said in str(caught.value)
    assert str(caught.value).startswith("zigzag")


def gif(pictures: int, milliseconds: int) -> bytes:
    """A GIF of another program's."""
    file = io.BytesIO()
    shades = [Image.new("RGB", (16, 16), (number, 0, 0)) for number in range(pictures)]
    shades[0].save(file, "GIF", save_all=True, append_images=shades[1:], duration=milliseconds)
    return file.getvalue()


def test_a_wrong_loop_is_rejected(made: Made) -> None:
    planned = made.plan.film[0]
    job = replace(planned.job, encoding="gif")
    good = segment_of(replace(planned, job=job))
    check.check_segment(good, job, planned.frames)
    with Image.open(io.BytesIO(good.data)) as image:
        count = image.n_frames
    check.check_segment(with_data(good, gif(count, 80)), job, planned.frames)
    for said, data in (
        (f"pictures: {count - 1}, not {count}", gif(count - 1, 80)),
        (f"pictures: {count + 1}, not {count}", gif(count + 1, 80)),
        ("pictures on time: False, not True", gif(count, 90)),
        ("format: mov,mp4,m4a,3gp,3g2,mj2, not gif", encoded(job, 15)),
        ("cannot be opened", good.data[:3]),
    ):
        with pytest.raises(VerificationError, match=said):
            check.check_segment(with_data(good, data), job, planned.frames)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(99)])
def test_a_still_that_is_none_is_rejected(data: bytes, made: Made) -> None:
    poster = made.plan.poster
    with pytest.raises(VerificationError, match=r"size: \(0, 0\)"):
        check.check_segment(with_data(made.segments[poster.key], data), poster.job, poster.frames)


def test_a_still_of_another_size_is_rejected(made: Made) -> None:
    file, poster = io.BytesIO(), made.plan.poster
    Image.new("RGB", (640, 360)).save(file, "PNG")
    with pytest.raises(VerificationError, match=r"size: \(640, 360\), not \(1920, 1080\)"):
        check.check_segment(
            with_data(made.segments[poster.key], file.getvalue()), poster.job, poster.frames
        )


# --- films --------------------------------------------------------------------------------------


def check_film(path: Path, made: Made) -> None:
    """Hold a file against its segments, as joining does it."""
    packets = []
    for part in made.parts:
        with av.open(io.BytesIO(part.data)) as source:
            packets += [
                verify.packet_digest(bytes(packet))
                for packet in source.demux(video=0)
                if packet.size
            ]
    verify.check_film(path, made.film, packets)


def test_the_good_film_is_accepted(made: Made) -> None:
    check_film(made.path, made)


def remuxed(made: Made, path: Path, **how) -> Path:
    """The film once more, by hand, with something done otherwise."""
    film = made.film
    options = {} if how.get("moov_last") else {"movflags": "+faststart"}
    with (
        av.open(str(made.path)) as source,
        av.open(str(path), "w", format="mp4", options=options) as output,
    ):
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        copy.time_base = stream.time_base
        if not how.get("no_marks"):
            late = how.get("marks_late", 0)
            output.set_chapters(
                [
                    {
                        "id": number,
                        "start": film.frame_at(chapter.start) + (late if number else 0),
                        "end": film.frame_at(chapter.end),
                        "time_base": Fraction(1, film.fps),
                        "metadata": {"title": how.get("title", chapter.title)},
                    }
                    for number, chapter in enumerate(film.chapters)
                ]
            )
        if how.get("sound"):
            add_sound(output)
        frame = int(1 / film.fps / stream.time_base)
        packets = [packet for packet in source.demux(stream) if packet.size]
        for number, packet in enumerate(packets):
            late = frame if how.get("gap") and number > 100 else 0
            pace = 2 if how.get("slow") else 1
            packet.pts, packet.dts = pace * packet.pts + late, pace * packet.dts + late
            packet.stream = copy
            if number != how.get("without"):
                output.mux(packet)
    return path


def add_sound(output: av.container.OutputContainer) -> None:
    stream = output.add_stream("aac", rate=48000)
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
    frame.sample_rate = 48000
    output.mux(stream.encode(frame))
    output.mux(stream.encode())


FILMS = {
    "a frame missing": ("packets: ", {"without": 40}),
    "its last frame missing": ("packets: ", {"without": -1}),
    "moov last": ("boxes: ['mdat', 'moov']", {"moov_last": True}),
    "half as fast": ("frame rate: ", {"slow": True}),
    "a frame late": ("pictures on time: False", {"gap": True}),
    "no chapter marks": ("chapter marks: []", {"no_marks": True}),
    "marks a frame late": ("chapter marks: ", {"marks_late": 1}),
    "marks called otherwise": ("chapter marks: ", {"title": "Zigzag?"}),
    "sound": ("audio streams: 1, not 0", {"sound": True}),
}


@pytest.mark.parametrize(("said", "how"), FILMS.values(), ids=FILMS)
def test_a_wrong_film_is_rejected(said: str, how, made: Made, tmp_path: Path) -> None:
    count = sum(
        segment.frames for key, segment in made.segments.items() if key != made.plan.poster.key
    )
    if how.get("without") == -1:
        how = {"without": count - 1}
    path = remuxed(made, tmp_path / "film.mp4", **how)
    with pytest.raises(VerificationError) as caught:
        check_film(path, made)
    assert said in str(caught.value)


def test_remuxing_without_a_fault_is_accepted(made: Made, tmp_path: Path) -> None:
    check_film(remuxed(made, tmp_path / "film.mp4"), made)


def swapped_bit(data: bytes) -> bytes:
    """A bit in the middle of the pictures."""
    at = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    return data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :]


BYTES = {
    "a bit of a picture": swapped_bit,
    "cut short": lambda data: data[:-200],
    "half of it": lambda data: data[: len(data) // 2],
    "only its beginning": lambda data: data[:100],
    "empty": lambda data: b"",
    "zeros": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("damage", BYTES.values(), ids=BYTES)
def test_a_damaged_film_is_rejected(damage, made: Made, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(damage(made.path.read_bytes()))
    with pytest.raises(VerificationError):
        check_film(path, made)


def encoded_anew(made: Made, path: Path, context: dict) -> Path:
    """The film's pictures by another encoder."""
    with (
        av.open(str(made.path)) as source,
        av.open(str(path), "w", options={"movflags": "+faststart"}) as output,
    ):
        first = source.streams.video[0]
        stream = output.add_stream(
            context.pop("codec", "libx264"),
            rate=first.average_rate,
            options={"preset": "ultrafast"},
        )
        stream.width, stream.height = context.pop("width", first.width), first.height
        stream.pix_fmt = context.pop("pix_fmt", "yuv420p")
        for name, value in context.items():
            setattr(stream.codec_context, name, value)
        for frame in source.decode(first):
            plain = frame.reformat(stream.width, stream.height, stream.pix_fmt)
            plain.pict_type, plain.pts = 0, frame.pts
            plain.time_base = frame.time_base
            output.mux(stream.encode(plain))
        output.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("said", "context"),
    [
        ("colour tags: (2, 2, 2", {"colorspace": 2, "color_primaries": 2, "color_trc": 2}),
        ("colour tags: (6, ", {"colorspace": 6}),
        ("pixels: yuv444p", {"pix_fmt": "yuv444p"}),
        ("codec: ('mpeg4'", {"codec": "mpeg4"}),
        ("size: (640, 480)", {"width": 640}),
        ("pictures as rendered: False", {}),
    ],
)
def test_a_film_of_another_encoder_is_rejected(
    said: str, context: dict, made: Made, tmp_path: Path
) -> None:
    path = encoded_anew(made, tmp_path / "film.mp4", dict(context))
    with pytest.raises(VerificationError) as caught:
        check_film(path, made)
    assert said in str(caught.value)


# --- boxes and PNG heads ------------------------------------------------------------------------


def test_boxes_are_walked_over() -> None:
    data = struct.pack(">I4s4x", 12, b"ftyp") + struct.pack(">I4sQ2x", 1, b"mdat", 18)
    data += struct.pack(">I4s9x", 0, b"moov")
    assert list(verify.mp4_boxes(io.BytesIO(data))) == [("ftyp", 12), ("mdat", 18), ("moov", 0)]


def test_the_size_of_a_png() -> None:
    file = io.BytesIO()
    Image.new("L", (37, 91)).save(file, "PNG")
    assert check.png_size(file.getvalue()) == (37, 91)
    assert check.png_size(file.getvalue()[:20]) == (0, 0)


# --- vectors -------------------------------------------------------------------------------------

VECTORS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "a page too few": ("svg", "pages: 2, not 3", lambda d: d[: d.rindex(b"<?xml")]),
    "another size": ("svg", "pages: 0, not 3", lambda d: d.replace(b'width="854px"', b"")),
    "no tree": ("svg", "pages: 0, not 3", lambda d: d.replace(b"</svg>", b"")),
    "no PDF": ("pdf", "pages: 0, not 3", lambda d: d),
    "an empty PDF": ("pdf", "pages: 0, not 3", lambda d: b"%PDF-1.5 /Type /Pages"),
}


@pytest.mark.parametrize(("encoding", "said", "wrong"), VECTORS.values(), ids=VECTORS)
def test_vectors_that_are_not_as_planned_are_rejected(encoding, said, wrong, made: Made) -> None:
    drawn = replace(made.plan.film[0], job=replace(made.plan.film[0].job, encoding="svg"))
    good, job = segment_of(drawn), replace(drawn.job, encoding=encoding)
    with pytest.raises(VerificationError, match=said):
        check.check_segment(with_data(good, wrong(good.data)), job, drawn.frames)
