"""The film as H.264 in MP4, which plays everywhere, with its captions as subtitles inside."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from film.cut import Cut, join
from film.deliver.captions import balanced, subtitle
from film.subtitles import Cue


def mp4(cut: Cut, path: Path) -> Path:
    """Write the film; see ``film.cut.join``."""
    return join(cut, path, cues(cut))


def cues(cut: Cut) -> list[Cue]:
    """A film's captions, one for each beat."""
    return [
        (
            Fraction(scene.start, cut.fps) + Fraction(start),
            Fraction(scene.start, cut.fps) + Fraction(end),
            balanced(subtitle(scene.captions[name])),
        )
        for scene in cut.scenes
        for name, start, end in scene.beats
    ]
