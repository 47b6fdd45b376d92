"""segments -> one film, without encoding anything again.

A cut is the film as a list of chapters, each with its first frame; ``join`` writes it as MP4.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet

from momentum_film.cut import verify
from momentum_film.cut.subtitles import Cue, add_subtitles
from momentum_film.errors import VerificationError
from momentum_film.plan.jobs import Beats, Segment
from momentum_film.plan.plan import Plan


@dataclass(frozen=True)
class Scene:
    """A chapter in its place in the film.

    Attributes:
        name: Its name.
        title: For menus.
        start: Its first frame, counted from the film's.
        segments: Its pictures, in one part or several.
        captions: Beat -> sentence.
    """

    name: str
    title: str
    start: int
    segments: tuple[Segment, ...]
    captions: dict[str, str]

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + sum(segment.frames for segment in self.segments)

    @property
    def beats(self) -> Beats:
        """(name, start, end) of its beats, seconds from its start."""
        return self.segments[0].beats


@dataclass(frozen=True)
class Cut:
    """A film, ready to be delivered in any format.

    Attributes:
        title: The film's.
        comment: Which experiment, sources and toolchain it was made from.
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        scenes: In order.
        loop: One chapter as GIF, if it is wanted.
        poster: One still.
    """

    title: str
    comment: str
    width: int
    height: int
    fps: int
    scenes: tuple[Scene, ...]
    loop: Segment | None
    poster: Segment

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return self.scenes[-1].end


def edit(plan: Plan, segments: dict[str, Segment]) -> Cut:
    """Put a plan's segments, by key, in their places."""
    scenes, start = [], 0
    for chapter in plan.storyboard.chapters:
        captions = {beat.name: beat.caption for beat in chapter.beats}
        parts = tuple(segments[p.key] for p in plan.film if p.job.chapter == chapter.name)
        scene = Scene(chapter.name, chapter.title, start, parts, captions)
        scenes.append(scene)
        start = scene.end
    job = plan.film[0].job
    return Cut(
        title=plan.storyboard.title,
        comment=f"momentum {plan.fingerprint}",
        width=job.width,
        height=job.height,
        fps=job.fps,
        scenes=tuple(scenes),
        loop=segments[plan.loop.key] if plan.loop else None,
        poster=segments[plan.poster.key],
    )


def tracks(cut: Cut) -> list[dict[str, Any]]:
    """Where particles stand in the film, and when, in seconds from its start."""
    return [
        {"chapter": scene.name}
        | track
        | {"steps": [[k, round(t + scene.start / cut.fps, 6)] for k, t in track["steps"]]}
        for scene in cut.scenes
        for track in scene.segments[0].tracks
    ]


def join(cut: Cut, path: Path, cues: Sequence[Cue] = ()) -> Path:
    """Write a cut as MP4: the segments' packets one after the other, with chapter marks.

    Args:
        cut: All its segments were encoded with the same settings.
        path: Where to; is overwritten.
        cues: Subtitles that a player can show.

    Returns:
        The path, of a file that was verified.

    Raises:
        VerificationError: The segments do not fit together, or what was written is not the cut.
    """
    copied: list[str] = []
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        output.metadata.update(title=cut.title, comment=cut.comment)
        output.set_chapters(_marks(cut))
        writer = _Writer(output, cut.fps, cues)
        for scene in cut.scenes:
            for content in writer.append(scene):
                copied.append(verify.packet_digest(content))
    marks = [(scene.title, scene.start) for scene in cut.scenes]
    verify.check_film(path, (cut.width, cut.height), cut.fps, copied, marks)
    return path


def _marks(cut: Cut) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "start": scene.start,
            "end": scene.end,
            "time_base": Fraction(1, cut.fps),
            "metadata": {"title": scene.title},
        }
        for number, scene in enumerate(cut.scenes)
    ]


class _Writer:
    """Copies packets into a film's video stream, counted in frames; subtitles go beside it."""

    def __init__(self, output: OutputContainer, fps: int, cues: Sequence[Cue]) -> None:
        self._output, self._fps, self._cues = output, fps, cues
        self._stream: av.VideoStream | None = None
        self._settings: tuple[Any, ...] = ()
        self._delay, self._next = 0, 0

    def append(self, scene: Scene) -> Iterator[bytes]:
        """Copy a scene's packets; yields the content of each."""
        start = scene.start
        for segment in scene.segments:
            with av.open(io.BytesIO(segment.data)) as source:
                stream = source.streams.video[0]
                packets = [packet for packet in source.demux(stream) if packet.size]
                self._fit(segment, stream, packets)
                for packet in packets:
                    content = bytes(packet)
                    self._copy(packet, start, stream.time_base)
                    yield content
            start += segment.frames

    def _fit(self, segment: Segment, stream: av.VideoStream, packets: list[Packet]) -> None:
        """Open the film's stream with the first segment; later ones must be encoded alike."""
        context = stream.codec_context
        delay = round(-min(p.dts for p in packets) * stream.time_base * self._fps)
        settings = (context.extradata, context.width, context.height, delay)
        if self._stream is None:
            self._settings, self._delay = settings, delay
            self._stream = self._output.add_stream_from_template(stream)
            self._stream.time_base = Fraction(1, self._fps)
            if self._cues:
                add_subtitles(self._output, self._cues)
        if settings != self._settings or len(packets) != segment.frames:
            raise VerificationError(
                f"chapter {segment.chapter} was encoded otherwise than the first one"
            )

    def _copy(self, packet: Packet, start: int, time_base: Fraction) -> None:
        """Write a packet at its frame; decoding times count on without a gap."""
        frame = packet.pts * time_base * self._fps
        if frame.denominator != 1:
            raise VerificationError(f"a picture stands between two frames, at {float(frame):.3f}")
        packet.stream, packet.time_base = self._stream, Fraction(1, self._fps)
        packet.pts, packet.dts, packet.duration = start + int(frame), self._next - self._delay, 1
        self._next += 1
        self._output.mux(packet)
