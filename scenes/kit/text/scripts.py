"""The world's scripts: what belongs together in a line, where it may break, and which way it reads.

Nothing here knows a font.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Marks of direction (Unicode Standard Annex 9).
RIGHT_TO_LEFT_MARK, RIGHT_TO_LEFT_ISOLATE, POP_ISOLATE = "\u200f", "\u2067", "\u2069"

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_IDEOGRAPHS = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f"
    r"\u3190-\u319f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    r"\U00020000-\U0003ffff"
)
EAST_ASIAN = re.compile(
    rf"[{_IDEOGRAPHS}\u1100-\u11ff\u2ff0-\u303f\u3131-\u318f\u3200-\u33ff\ua960-\ua97f"
    r"\uac00-\ud7ff\ufe30-\ufe4f\uff00-\uffef]"
)
"""A character that only the fonts of East Asia have."""

MOST_KEPT = 1024
"""So many texts are remembered, enough for a film; a batch of films has ever new ones."""

_BREAKS_ANYWHERE = re.compile(rf"[{_IDEOGRAPHS}\u3000-\u303f\uff01-\uff65]")
_NEVER_FIRST = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー）］｝〉》」』】〕〗〙〟’”),.:;?!]}％‰℃…‥"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
_NEVER_LAST = frozenset("（［｛〈《「『【〔〖〘〝‘“([{￥＄＃")

_BLANKS = re.compile(r"[ \t\n]+")  # the no-break space is a letter like others here
_JOINER = "\u200d"
_CLINGING = re.compile(
    "[\u200c\u200d\u0e33\u0eb3\u1160-\u11ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_VIRAMA = 9  # its combining class in Unicode


@lru_cache(maxsize=MOST_KEPT)
def clusters(text: str) -> tuple[str, ...]:
    """What a reader takes for single characters: letters with their marks, joined emoji.

    >>> [len(cluster) for cluster in clusters("नमस्ते")]
    [1, 1, 4]
    """
    found: list[str] = []
    for character in text:
        if found and _clings(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return tuple(found)


def _clings(before: str, character: str) -> bool:
    """Whether a character belongs to the cluster before it."""
    if ord(character) < 0x300:
        return False
    kind = unicodedata.category(character)[0]
    if kind == "M" or before[-1] == _JOINER or _CLINGING.match(character):
        return True
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return kind == "L"
    return _FLAG.fullmatch(before + character) is not None


def pieces(text: str) -> list[str]:
    """A text cut wherever a line may break; blanks stay at the ends of the pieces.

    >>> pieces("two words"), pieces("学習率、")
    (['two ', 'words'], ['学', '習', '率、'])
    """
    found: list[str] = []
    for word in filter(None, _BLANKS.split(text)):
        parts = [""]
        for cluster in clusters(word):
            if parts[-1] and _may_break(parts[-1], cluster):
                parts.append("")
            parts[-1] += cluster
        found += [*parts[:-1], parts[-1] + " "]
    return [*found[:-1], found[-1][:-1]] if found else []


@lru_cache(maxsize=4096)  # of the beginnings of lines, which are tried again and again
def columns(text: str) -> int:
    """The width of a text in columns of equal letters; those of East Asia take two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two clusters that no blank parts."""
    if after[0] in _NEVER_FIRST or before[-1] in _NEVER_LAST:
        return False
    return bool(_BREAKS_ANYWHERE.match(before[-1]) or _BREAKS_ANYWHERE.match(after[0]))


def reads_leftwards(text: str) -> bool:
    """Whether there is anything in a text that reads from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def _ways(text: str) -> str:
    """A letter for each character: L or R for its direction, M for a mark, - for any other."""
    kinds = {"L": "L", "R": "R", "AL": "R", "NSM": "M"}
    return "".join(kinds.get(unicodedata.bidirectional(character), "-") for character in text)


def directed(text: str) -> str:
    """A text of its own, such as a title, with a mark if it reads from right to left as a whole.

    Most of its letters decide. The film's own sentences read from left to right, whatever names
    are in them, so they need no mark.
    """
    ways = _ways(text) if reads_leftwards(text) else ""
    return RIGHT_TO_LEFT_MARK + text if ways.count("R") > ways.count("L") else text


def isolated(text: str) -> str:
    """A sentence in which what reads from right to left keeps what is around it in its place.

    A text that has nothing else, or a mark in front, is left alone.
    """
    if not reads_leftwards(text) or not _has_own_way(text):
        return text
    for match in reversed(list(re.finditer(r"R(?:[^L]*R)?M*", _ways(text)))):
        start, stop = match.span()
        inner = RIGHT_TO_LEFT_ISOLATE + text[start:stop] + POP_ISOLATE
        text = text[:start] + inner + text[stop:]
    return text


def _has_own_way(text: str) -> bool:
    """Whether a text that has letters of both directions reads from left to right as a whole."""
    return not text.startswith(RIGHT_TO_LEFT_MARK) and "L" in _ways(text)


def levels(text: str) -> list[int]:
    """The bidirectional level of each character: odd is right to left.

    Source: Unicode Standard Annex 9, as fpdf2 implements it; loaded only where it is needed.
    """
    if not reads_leftwards(text):
        return [0] * len(text)
    from fpdf.bidi import BidiParagraph
    from fpdf.enums import TextDirection

    marked = isolated(text)
    way = TextDirection.LTR if _has_own_way(text) else TextDirection.RTL
    paragraph = BidiParagraph(marked, base_direction=way, preserve_bn_chars=True)
    found = [int(way == TextDirection.RTL)] * len(marked)
    for placed in paragraph.get_characters_with_embedding_level():
        found[placed.character_index] = placed.embedding_level
    kept: list[int] = []
    for character, level in zip(marked, found, strict=True):
        if character == text[len(kept) : len(kept) + 1]:
            kept.append(level)
    return kept
