"""The film as H.264 in MP4, which plays everywhere, with its captions as subtitles inside."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from momentum_film.cut.edit import Cut, join
from momentum_film.cut.subtitles import Cue
from momentum_film.deliver.text.captions import balanced, subtitle


def mp4(cut: Cut, path: Path) -> Path:
    """Write the film; see ``momentum_film.cut.edit.join``."""
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
