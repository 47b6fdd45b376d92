"""Text on its way into a file format: made harmless once, escaped for where it goes."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scenes.kit.text.scripts import (
    POP_ISOLATE,
    RIGHT_TO_LEFT_ISOLATE,
    RIGHT_TO_LEFT_MARK,
    directed,
    isolated,
)

WEB = Path(__file__).parent.parent / "web" / "assets"
"""Templates, styles and scripts of the pages."""

_BLANKS = re.compile(r"[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")  # not the no-break space
_PLACE = re.compile(r"\{\{(\w+)\}\}")
# Joiners and variation selectors belong to emoji and to many scripts; other format characters
# turn text around or hide it.
_KEPT = {"\u200c", "\u200d"}
_MARKDOWN_START = re.compile(r"^([#+\-]|\d+[.)])(?=\s|$)")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


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


def escape(text: str) -> Html:
    """Text as HTML, for content and for attributes in double or single quotes.

    >>> escape('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    return Html(html.escape(plain(text)))


def titled(text: str) -> Html:
    """A title as HTML; if most of it reads from right to left, all of it stands in that order."""
    line = one_line(text)
    marked = directed(line)
    if marked == line or isolated(line) == line:
        return escape(line)
    inner = html.escape(marked.removeprefix(RIGHT_TO_LEFT_MARK))
    return Html(RIGHT_TO_LEFT_ISOLATE + inner + POP_ISOLATE)


def fill(template: str, **values: str | int | float) -> Html:
    """A template with its ``{{places}}`` filled; what is not HTML yet is escaped.

    Args:
        template: HTML with places.
        values: One for each place; all of them are used.

    Raises:
        KeyError: A place has no value, or a value has no place.

    >>> fill("<b>{{word}}</b>", word="a < b")
    '<b>a &lt; b</b>'
    """
    places = set(_PLACE.findall(template))
    if places != set(values):
        raise KeyError(f"template and values differ in {sorted(places ^ set(values))}")

    def value(match: re.Match[str]) -> str:
        given = values[match[1]]
        return given if isinstance(given, Html) else escape(str(given))

    return Html(_PLACE.sub(value, template))


def joined(parts: Iterable[str], between: str = "\n") -> Html:
    """HTML parts as one."""
    return Html(between.join(part if isinstance(part, Html) else escape(part) for part in parts))


def web_file(name: str) -> Html:
    """One of the pages' own files, as it goes into a page."""
    return Html((WEB / name).read_text(encoding="utf-8").strip())


def script_data(value: Any) -> Html:
    r"""A value as JSON that can stand in a script element.

    >>> script_data("</script>")
    '"\\u003c/script>"'
    """
    return Html(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))


def markdown(text: str) -> str:
    r"""Text as Markdown that means nothing but itself.

    >>> markdown("*a* <b>")
    '\\*a\\* \\<b\\>'
    """
    line = plain(text)
    escaped = re.sub(r"([\\`*_\[\]<>|$~&])", r"\\\1", line)
    return _MARKDOWN_START.sub(r"\\\1", escaped)


def clock(seconds: float) -> str:
    """A time in the film as one says it.

    >>> clock(83.4)
    '1:23'
    """
    whole = int(seconds + 1e-6)
    return f"{whole // 60}:{whole % 60:02d}"


def duration(seconds: float) -> str:
    r"""How long something takes, without a break between number and unit.

    >>> duration(122.4), duration(18.0)
    ('2\xa0min 2\xa0s', '18\xa0s')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}\xa0min {rest}\xa0s" if minutes else f"{rest}\xa0s"


def size(bytes_: int) -> str:
    """A file's size.

    >>> size(61_440), size(5_000_000)
    ('61 KB', '5.0 MB')
    """
    return f"{bytes_ / 1e6:.1f} MB" if bytes_ >= 1e6 else f"{max(1, round(bytes_ / 1e3))} KB"
