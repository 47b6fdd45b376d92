"""The chapters of a finished film as files of their own, without encoding anything again."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av

from momentum_film.deliver.film_info import Film


def clips(film: Film, video: Path) -> list[bytes]:
    """One MP4 per chapter; every chapter of a film begins with a key frame.

    Args:
        film: The film.
        video: Its MP4.

    Raises:
        ValueError: The file's chapters are not the film's.
    """
    packets: list[list[av.Packet]] = [[] for _ in film.chapters]
    starts = [round(chapter.start * film.fps) for chapter in film.chapters]
    with av.open(str(video)) as file:
        stream = file.streams.video[0]
        index = -1
        for packet in file.demux(stream):
            if packet.size == 0 or packet.pts is None:
                continue
            frame = round(packet.pts * stream.time_base * film.fps)
            if packet.is_keyframe and frame in starts:
                index = starts.index(frame)
            packets[index].append(packet)
        lengths = [round((chapter.end - chapter.start) * film.fps) for chapter in film.chapters]
        if [len(part) for part in packets] != lengths:
            raise ValueError(
                f"{video.name} has other chapters than its manifest: render it once more"
            )
        return [_clip(stream, part) for part in packets]


def _clip(stream: av.VideoStream, packets: list[av.Packet]) -> bytes:
    """Packets of a stream as an MP4 that begins at 0."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        copy = output.add_stream_from_template(stream)
        copy.time_base = stream.time_base
        zero = min(packet.pts for packet in packets)
        for packet in packets:
            moved = av.Packet(bytes(packet))
            moved.stream, moved.time_base = copy, Fraction(stream.time_base)
            moved.pts, moved.dts = packet.pts - zero, packet.dts - zero
            moved.duration, moved.is_keyframe = packet.duration, packet.is_keyframe
            output.mux(moved)
    return file.getvalue()
