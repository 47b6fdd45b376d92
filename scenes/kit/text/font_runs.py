"""From a line of text to glyphs: which face draws what, in which direction, and how far apart.

HarfBuzz shapes. What the film's font has, it draws as it would alone; only a line with something
else in it is cut into runs of one face, one script and one direction each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate, chain, groupby

import uharfbuzz as hb

from scenes.kit.text import fonts
from scenes.kit.text.fonts import FACES, FAMILIAR, WEIGHTS, Face, Weight, font_file
from scenes.kit.text.scripts import EAST_ASIAN, MOST_KEPT, clusters, levels

# The font has every superscript digit but no superscript minus, and its subscript 1 has no foot, so
# that it reads as an iota: (character, scale, rise in ems).
COMPOSED = {
    "⁻": ("−", 0.58, 0.31),
    **{
        below: (digit, 0.66, -0.15) for below, digit in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)
    },
}
_COMPOSED = re.compile(f"([{''.join(COMPOSED)}])")

# What has no picture: joiners, marks of direction, variation selectors.
_IGNORABLE = re.compile("[\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\U000e0000-\U000e0fff]")


class Undrawable(ValueError):
    """No face that is installed has a character of a text."""


@dataclass(frozen=True)
class Glyph:
    """A glyph of a face on a run's baseline; x and y in ems."""

    index: int
    x: float
    y: float


@dataclass(frozen=True)
class Run:
    """A piece of a line, in the order it is read, that one face sets at once.

    Attributes:
        face: None for the film's own font, here as elsewhere.
        scale: its size in the line.
        rise: of its baseline, ems of the line.
        leftwards: whether it reads from right to left.
        script: as in ISO 15924; empty where HarfBuzz may guess.
    """

    text: str
    face: Face | None = None
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
    path, index = (face.path, face.index) if face else (font_file(weight), 0)
    if face and path is None:
        raise Undrawable(f"a font is missing: {face.remedy}")
    made = hb.Font(hb.Face(hb.Blob.from_file_path(str(path)), index))
    if made.face.has_var_data:
        made.set_variations({"wght": WEIGHTS[weight]})
    return made


@cache
def _has(face: Face | None, character: str) -> bool:
    if face and face.path is None:
        return False
    return bool(font(face, "Regular").get_nominal_glyph(ord(character)))


@lru_cache(maxsize=MOST_KEPT)
def runs(text: str) -> tuple[Run, ...]:
    """A line's runs, from left to right.

    Raises:
        Undrawable: no face that is installed has one of the characters.
    """
    if FAMILIAR.fullmatch(text) or all(c in COMPOSED or _has(None, c) for c in text):
        return tuple(map(_plain, _COMPOSED.split(text)))
    placed = zip(text, levels(text), _faces(text), _scripts(text), strict=True)
    found = []
    for (level, face, script, special), group in groupby(
        placed, lambda each: (*each[1:], each[0] if each[0] in COMPOSED else "")
    ):
        piece = "".join(each[0] for each in group)
        run = _plain(piece) if special else Run(piece, face, face.scale if face else 1.0)
        found.append((level, replace(run, leftwards=level % 2 == 1, script=script)))
    return tuple(_seen(found))


def _plain(piece: str) -> Run:
    character, scale, rise = COMPOSED.get(piece, (piece, 1.0, 0.0))
    return Run(character, None, scale, rise)


def _seen(found: list[tuple[int, Run]]) -> Iterator[Run]:
    """Runs with their levels in the order they stand (Unicode Standard Annex 9, rule L2)."""
    for level in range(max((level for level, _ in found), default=0), 0, -1):
        groups = groupby(found, lambda one, level=level: one[0] >= level)  # type: ignore[misc]
        parts = [list(group)[:: -1 if inside else 1] for inside, group in groups]
        found = list(chain.from_iterable(parts))
    return (run for _, run in found)


def missing(text: str) -> str:
    """The characters that no face draws that is installed, each once."""
    drawn = (c for c in dict.fromkeys(text) if _is_drawn(c))
    return "".join(c for c in drawn if not any(_has(face, c) for face in (None, *FACES)))


def remedy(character: str) -> str:
    """What to do about a character that no face draws: a command, or to leave it out."""
    for face in FACES:
        if face.path is None and (
            face.requirement != fonts.NOTO_CJK or EAST_ASIAN.match(character)
        ):
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


def _is_drawn(character: str) -> bool:
    """Whether a face has to have a character."""
    return not _IGNORABLE.match(character) and character not in COMPOSED


def _faces(text: str) -> list[Face | None]:
    """The face of each character; clusters stay together, joiners go with what is before."""
    country = _country(text)
    found: list[Face | None] = []
    last: Face | None = None
    for cluster in clusters(text):
        drawn = "".join(filter(_is_drawn, cluster))
        last = _drawing(drawn, country) if drawn else last
        found += [last] * len(cluster)
    return found


@cache
def _drawing(drawn: str, country: Face) -> Face | None:
    """The first face that has all characters of a cluster, else its first one."""
    faces = (None, *(country if face is fonts.JAPANESE else face for face in FACES))
    able = (face for face in faces if all(_has(face, c) for c in drawn))
    part = (face for face in faces if _has(face, drawn[0]))
    return next(able, next(part, None))


def _country(text: str) -> Face:
    """The face for East Asia's letters: whose they are is told by those around them."""
    if re.search("[\u3041-\u30ff]", text):
        return fonts.JAPANESE
    if re.search("[\u1100-\u11ff\u3131-\u318f\uac00-\ud7ff]", text):
        return fonts.KOREAN
    letters = "".join(character for character in text if "\u3400" <= character <= "\u9fff")
    for face, encoding in (
        (fonts.CHINESE, "gb2312"),
        (fonts.TRADITIONAL, "big5"),
        (fonts.JAPANESE, "euc_jp"),
    ):
        if letters.encode(encoding, "ignore").decode(encoding) == letters:
            return face
    return fonts.CHINESE


def _scripts(text: str) -> list[str]:
    """The script of each character; what all scripts share goes with what is before it."""
    from fontTools.unicodedata import script

    own = [script(character) for character in text]
    shared = ("Zyyy", "Zinh", "Zzzz")
    first = next((each for each in own if each not in shared), "Latn")
    return list(accumulate([first, *own], lambda last, each: last if each in shared else each))[1:]


@lru_cache(maxsize=MOST_KEPT)
def shaped(run: Run, weight: Weight) -> tuple[tuple[Glyph, ...], float]:
    """A run's glyphs and its advance width, in ems of the run.

    Raises:
        Undrawable: no face that is installed has one of the characters.
    """
    if not run.text:
        return (), 0.0
    made, buffer = font(run.face, weight), hb.Buffer()
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
        glyphs.append(Glyph(info.codepoint, x, y))
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
