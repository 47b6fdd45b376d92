"""Text on its way into a file format: made harmless once, then escaped for where it goes."""

from __future__ import annotations

import re
import unicodedata

from scenes.kit.text.scripts import isolated

_BLANKS = re.compile(r"[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break space
# Joiners and variation selectors belong to emoji and to many scripts; other format characters
# turn text around or hide it.
_KEPT = {"\u200c", "\u200d"}
_MARKDOWN_START = re.compile(r"^([#+\-]|\d+[.)])(?=\s|$)")


def plain(text: str) -> str:
    r"""One line without control characters, characters that turn text around, or lone surrogates.

    In a line that reads from left to right, what reads from right to left stands isolated, so that
    the words and numbers around it keep their places in players, browsers and slides.

    >>> plain("a\u202eb \n c")
    'ab c'
    """
    return isolated(one_line(text))


def one_line(text: str) -> str:
    """As ``plain``, but nothing stands isolated."""
    kept = "".join(
        character
        for character in text
        if character.isspace()
        or character in _KEPT
        or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    return _BLANKS.sub(" ", kept).strip()


def markdown(text: str) -> str:
    r"""Text as Markdown that means nothing but itself.

    >>> markdown("*a* <b>")
    '\\*a\\* \\<b\\>'
    """
    line = plain(text)
    escaped = re.sub(r"([\\`*_\[\]<>|$~&])", r"\\\1", line)
    return _MARKDOWN_START.sub(r"\\\1", escaped)
