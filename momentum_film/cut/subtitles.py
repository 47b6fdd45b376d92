"""Subtitles inside an MP4, which a player can show or not: 3GPP timed text, as `mov_text`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from av.container import OutputContainer
from av.subtitles.subtitle import SubtitleSet

Cue = tuple[Fraction, Fraction, str]
"""(start, end, text), seconds; the text's lines are broken already."""

TICKS = 1000  # a second
# A text means nothing but itself, where braces and backslashes are commands.
_HARMLESS = str.maketrans({"\\": "⧵", "{": "(", "}": ")", "\n": "\\N"})
# What libavcodec wants to know of a subtitle's look; the player decides on it in the end.
_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def add_subtitles(output: OutputContainer, cues: Sequence[Cue]) -> None:
    """Write subtitles, in order, into an MP4 that has its other streams and no packet yet."""
    stream = output.add_stream("mov_text")
    stream.metadata["language"] = "eng"
    stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
    stream.codec_context.subtitle_header = _HEADER
    for number, (start, end, text) in enumerate(cues):
        at, length = round(start * TICKS), round(end * TICKS) - round(start * TICKS)
        line = f"{number},0,Default,,0,0,0,,{text.translate(_HARMLESS)}"
        packet = stream.codec_context.encode_subtitle(
            SubtitleSet.create(text=line.encode(), start=0, end=length, pts=at)
        )
        packet.stream, packet.time_base = stream, Fraction(1, TICKS)
        packet.pts = packet.dts = at
        packet.duration = length
        output.mux_one(packet)
