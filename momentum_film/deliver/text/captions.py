"""What the film says, as text: WebVTT, SubRip, a transcript in Markdown, and an alternative text.

One cue per beat, with the beat's own times.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction

import srt

from momentum_film.cut.film_info import Chapter, FilmInfo
from momentum_film.cut.subtitles import Cue
from momentum_film.deliver.text.plain import markdown, plain
from momentum_film.deliver.text.units import clock, duration
from scenes.kit.text.scripts import columns, isolated, pieces

LINE = 44
"""Columns of a subtitle's line, where a player does not break lines itself."""

_LATEX = str.maketrans(
    {
        **dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹ᵏ₀₁₂₃₄₅₆₇₈₉", "-0123456789k0123456789", strict=True)),
        **{"α": r"\alpha", "β": r"\beta", "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda"},
        **{"−": "-", "×": r"\times", "→": r"\to"},
    }
)
_NUMBER = r"−?\d+(?:\.\d+)?(?: × 10[⁻⁰-⁹¹²³]+)?"
_MATHEMATICS = re.compile(
    rf"(?:f\(θ\)|[αβθκλ][₀-₉]*|\bv\b|10[⁻⁰-⁹¹²³ᵏ]+)(?: [=→] {_NUMBER})?"
    rf"|{_NUMBER}(?<=[⁰-⁹¹²³])|−\d+(?:\.\d+)?"
)


def captions_vtt(film: FilmInfo) -> str:
    """The captions as WebVTT."""
    return _vtt((beat.start, beat.end, beat.caption) for beat in film.beats)


def chapters_vtt(film: FilmInfo) -> str:
    """The chapters as WebVTT."""
    return _vtt((chapter.start, chapter.end, chapter.title) for chapter in film.chapters)


def captions_srt(film: FilmInfo) -> str:
    """The captions as SubRip, in lines that fit."""
    cues = (
        srt.Subtitle(number, _time(start), _time(end), text)
        for number, (start, end, text) in enumerate(subtitles(film), start=1)
    )
    return srt.compose(cues, reindex=False).removesuffix("\n")


def subtitles(film: FilmInfo) -> list[Cue]:
    """The captions in lines that fit, for players that do not break lines themselves."""
    return [
        (Fraction(beat.start), Fraction(beat.end), balanced(subtitle(beat.caption)))
        for beat in film.beats
    ]


def subtitle(caption: str) -> str:
    """A caption for formats that read tags and have no way to escape them.

    >>> subtitle("<i>a</i> --> {b}")
    '‹i›a‹/i› → (b)'
    """
    text = plain(caption).replace("-->", "→")
    return text.translate(str.maketrans("<>{}", "‹›()"))


def balanced(text: str, width: int = LINE) -> str:
    r"""A caption in as few lines as it needs, of about the same length.

    >>> balanced("one two three four", 12)
    'one two\nthree four'
    """
    lines = _lines(text, width)
    for narrow in range(width - 1, 0, -1):
        tried = _lines(text, narrow)
        if len(tried) > len(lines) or _widest(tried) > _widest(lines):
            break
        lines = tried
    return "\n".join(lines)


def _widest(lines: list[str]) -> int:
    return max(map(columns, lines), default=0)


def _lines(text: str, width: int) -> list[str]:
    """Text broken into lines of a width in columns, but for words that are wider."""
    parts = pieces(text)
    lines = parts[:1]
    for part in parts[1:]:
        if columns((lines[-1] + part).rstrip()) <= width:
            lines[-1] += part
        else:
            lines.append(part)
    return [line.rstrip() for line in lines]


def alternative_text(film: FilmInfo) -> str:
    """What the film shows, in a paragraph, for those who do not see it."""
    labels = [plain(who.label) for who in film.experiment.contenders]
    shown = ", ".join(labels[:-1]) + " and " + labels[-1] if len(labels) > 1 else labels[0]
    chapters = ", ".join(plain(chapter.title) for chapter in film.chapters)
    return isolated(
        f"Silent film, {duration(film.seconds)}: {plain(film.title)}. {shown} on a map of the loss "
        f"and on a chart of the loss against the step. Chapters: {chapters}."
    )


def transcript(film: FilmInfo, formulas: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """The film as prose in Markdown, with formulas, (name, lines of LaTeX), where it begins."""
    head = [
        f"# {markdown(film.title)}",
        f"Transcript of a silent film of {duration(film.seconds)}.",
    ]
    shown = [
        f"{_with_mathematics(name)}:\n\n" + "\n\n".join(f"$$ {line} $$" for line in lines)
        for name, lines in formulas
    ]
    told = [
        f"## {markdown(chapter.title)} ({clock(chapter.start)})\n\n"
        + " ".join(map(_with_mathematics, sentences(chapter)))
        for chapter in film.chapters
    ]
    return "\n\n".join([*head, *shown, *told]) + "\n"


def sentences(chapter: Chapter) -> list[str]:
    """A chapter's captions as sentences."""
    texts = (plain(beat.caption) for beat in chapter.beats)
    return [text if text.endswith((".", "!", "?")) else f"{text}." for text in texts if text]


def _with_mathematics(text: str) -> str:
    r"""Prose with what is mathematics in LaTeX.

    >>> _with_mathematics("β = 0.90 is below 10⁻³")
    '$\\beta = 0.90$ is below $10^{-3}$'
    """
    parts, at = [], 0
    for match in _MATHEMATICS.finditer(text):
        parts += [markdown_part(text[at : match.start()]), f"${_latex(match[0])}$"]
        at = match.end()
    return "".join([*parts, markdown_part(text[at:])])


def markdown_part(text: str) -> str:
    """A piece of a line as Markdown, with the blanks at its ends."""
    inner = markdown(text)
    if not inner:
        return " " if text else ""
    return " " * text.startswith(" ") + inner + " " * text.endswith(" ")


def _latex(text: str) -> str:
    """A piece of mathematics in Unicode as LaTeX."""
    raised = re.sub("([⁻⁰-⁹¹²³ᵏ]+)", r"^{\1}", text)
    return re.sub("([₀-₉]+)", r"_{\1}", raised).translate(_LATEX)


def _vtt(cues: Iterable[tuple[float, float, str]]) -> str:
    """Cues as a WebVTT file."""
    blocks = [
        # An arrow cannot stand in a cue once ">" is escaped.
        f"{number}\n{_clock(start)} --> {_clock(end)}\n{html.escape(plain(text), quote=False)}\n"
        for number, (start, end, text) in enumerate(cues, start=1)
    ]
    return "WEBVTT\n\n" + "\n".join(blocks)


def _clock(seconds: float) -> str:
    """A time as WebVTT writes it.

    >>> _clock(3661.25)
    '01:01:01.250'
    """
    return srt.timedelta_to_srt_timestamp(_time(seconds)).replace(",", ".")


def _time(seconds: float | Fraction) -> timedelta:
    """A time in whole milliseconds."""
    return timedelta(milliseconds=round(seconds * 1000))
