"""From a line of text to glyphs: which face draws what, in which direction, and how far apart.

HarfBuzz shapes. What the film's font has, it draws as it would alone; only a line with something
else in it is cut into runs of one face, one script and one direction each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import uharfbuzz as hb

from scenes.kit.text.fonts import (
    CHINESE,
    FACES,
    FAMILIAR,
    JAPANESE,
    KOREAN,
    NOTO_CJK,
    TRADITIONAL,
    WEIGHTS,
    Face,
    Weight,
    font_file,
)
from scenes.kit.text.scripts import EAST_ASIAN, clusters, levels

# The font has every superscript digit but no superscript minus: (character, scale, rise in ems).
COMPOSED = {"⁻": ("−", 0.58, 0.31)}
_COMPOSED = re.compile(f"([{''.join(COMPOSED)}])")

_OWN: Face | None = None


class Undrawable(ValueError):
    """No face that is installed has a character of a text."""


@dataclass(frozen=True)
class Glyph:
    """A glyph of a face (None: the film's own font) on a run's baseline; x and y in ems."""

    face: Face | None
    index: int
    x: float
    y: float


@dataclass(frozen=True)
class Run:
    """A piece of a line that one face sets at once.

    Attributes:
        text: In the order it is read.
        face: None for the film's own font.
        scale: Its size in the line.
        rise: Of its baseline, ems of the line.
        leftwards: Whether it reads from right to left.
        script: As in ISO 15924; empty where HarfBuzz may guess.
    """

    text: str
    face: Face | None = _OWN
    scale: float = 1.0
    rise: float = 0.0
    leftwards: bool = False
    script: str = ""


@cache
def font(face: Face | None, weight: Weight) -> hb.Font:
    """A face for HarfBuzz, in the weight if it has several.

    Raises:
        FontMissingError: the film's own font is not installed.
        Undrawable: the face is not installed.
    """
    path = font_file(weight) if face is None else face.path
    if path is None:
        raise Undrawable(f"a font is missing: {face.remedy}" if face else "")
    made = hb.Font(hb.Face(hb.Blob.from_file_path(str(path)), face.index if face else 0))
    if face is not _OWN and made.face.has_var_data:
        made.set_variations({"wght": WEIGHTS[weight]})
    return made


@cache
def _has(face: Face | None, character: str) -> bool:
    if face is not None and face.path is None:
        return False
    return bool(font(face, "Regular").get_nominal_glyph(ord(character)))


@cache
def runs(text: str) -> tuple[Run, ...]:
    """A line's runs, from left to right.

    Raises:
        Undrawable: no face that is installed has one of the characters.
    """
    if FAMILIAR.fullmatch(text) or all(c in COMPOSED or _has(_OWN, c) for c in text):
        return tuple(map(_plain, _COMPOSED.split(text)))
    placed = list(zip(text, levels(text), _faces(text), _scripts(text), strict=True))
    found = []
    for (level, face, script, special), group in groupby(
        placed, lambda each: (*each[1:], each[0] if each[0] in COMPOSED else "")
    ):
        piece = "".join(each[0] for each in group)
        run = _plain(piece) if special else Run(piece, face, face.scale if face else 1.0)
        run = Run(run.text, run.face, run.scale, run.rise, level % 2 == 1, script)
        found.append((level, run))
    return tuple(_seen(found))


def _plain(piece: str) -> Run:
    character, scale, rise = COMPOSED.get(piece, (piece, 1.0, 0.0))
    return Run(character, _OWN, scale, rise)


def _seen(found: list[tuple[int, Run]]) -> Iterator[Run]:
    """Runs with their levels in the order they stand (Unicode Standard Annex 9, rule L2)."""
    for level in range(max((level for level, _ in found), default=0), 0, -1):
        inner = [each[0] >= level for each in found]
        groups = groupby(zip(inner, found, strict=True), lambda each: each[0])
        parts = [(inside, [each for _, each in group]) for inside, group in groups]
        found = [each for inside, part in parts for each in (part[::-1] if inside else part)]
    return (run for _, run in found)


def missing(text: str) -> str:
    """The characters that no face draws that is installed, each once."""
    drawn = (c for c in dict.fromkeys(text) if not _is_ignorable(c) and c not in COMPOSED)
    return "".join(c for c in drawn if not any(_has(face, c) for face in (_OWN, *FACES)))


def remedy(character: str) -> str:
    """What to do about a character that no face draws: a command, or to leave it out."""
    absent = {face.requirement: face for face in FACES if face.path is None}
    for requirement, face in absent.items():
        if requirement != NOTO_CJK or EAST_ASIAN.match(character):
            return f"install one with: {face.remedy}"
    return "leave it out or write it otherwise"


def faces_of(text: str) -> tuple[Face, ...]:
    """The faces that draw what the film's own font lacks of a text.

    Raises:
        Undrawable: no face that is installed has one of the characters.
    """
    return tuple(dict.fromkeys(run.face for run in runs(text) if run.face is not None))


def requirements(text: str) -> tuple[str, ...]:
    """The packages besides that of the film's own font that a text needs, as pip reads them."""
    return tuple(sorted({face.requirement for face in faces_of(text)}))


def _is_ignorable(character: str) -> bool:
    """Whether a character has no picture: joiners, marks of direction, variation selectors."""
    code = ord(character)
    return (
        0x200B <= code <= 0x200F
        or 0x2060 <= code <= 0x206F
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
    )


def _faces(text: str) -> list[Face | None]:
    """The face of each character; clusters stay together, joiners go with what is before."""
    country = _country(text)
    found: list[Face | None] = []
    last: Face | None = _OWN
    for cluster in clusters(text):
        drawing = _drawing(cluster, country)
        last = drawing[0] if drawing else last
        found += [last] * len(cluster)
    return found


@cache
def _drawing(cluster: str, country: Face) -> tuple[Face | None, ...]:
    """The first face that has a cluster, else its first letter; empty where there is no picture."""
    chain = (_OWN, *(country if face is JAPANESE else face for face in FACES))
    drawn = [c for c in cluster if not _is_ignorable(c) and c not in COMPOSED]
    if not drawn:
        return ()
    able = (face for face in chain if all(_has(face, c) for c in drawn))
    part = (face for face in chain if _has(face, drawn[0]))
    return (next(able, next(part, _OWN)),)


def _country(text: str) -> Face:
    """The face for East Asia's letters: whose they are is told by those around them."""
    if re.search("[\u3041-\u30ff]", text):
        return JAPANESE
    if re.search("[\u1100-\u11ff\u3131-\u318f\uac00-\ud7ff]", text):
        return KOREAN
    letters = "".join(character for character in text if "\u3400" <= character <= "\u9fff")
    for face, encoding in ((CHINESE, "gb2312"), (TRADITIONAL, "big5"), (JAPANESE, "euc_jp")):
        if letters.encode(encoding, "ignore").decode(encoding) == letters:
            return face
    return CHINESE


def _scripts(text: str) -> list[str]:
    """The script of each character; what all scripts share goes with what is before it."""
    from fontTools.unicodedata import script

    own = [script(character) for character in text]
    shared = ("Zyyy", "Zinh", "Zzzz")
    last = next((each for each in own if each not in shared), "Latn")
    found = []
    for each in own:
        last = last if each in shared else each
        found.append(last)
    return found


@cache
def shaped(run: Run, weight: Weight) -> tuple[tuple[Glyph, ...], float]:
    """A run's glyphs and its advance width, in ems of the run.

    Raises:
        Undrawable: no face that is installed has one of the characters.
    """
    if not run.text:
        return (), 0.0
    made = font(run.face, weight)
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    if run.script:
        buffer.script = run.script
        buffer.direction = "rtl" if run.leftwards else "ltr"
    hb.shape(made, buffer, {"tnum": True})
    upem, pen, glyphs = made.face.upem, 0.0, []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint == 0:
            character = run.text[info.cluster]
            raise Undrawable(f"no font has the character {character!r}: {remedy(character)}")
        x, y = (pen + position.x_offset) / upem, position.y_offset / upem
        glyphs.append(Glyph(run.face, info.codepoint, x, y))
        pen += position.x_advance
    return tuple(glyphs), pen / upem


def advance(text: str, weight: Weight) -> float:
    """A line's width in ems.

    Raises:
        Undrawable: no face that is installed has one of the characters.
    """
    pen = 0.0
    for run in runs(text):
        pen += shaped(run, weight)[1] * run.scale
    return pen
