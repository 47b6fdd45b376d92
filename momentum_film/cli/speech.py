"""The one place where the command speaks: no terminal, pipe or locale chokes on a letter.

A stream that has no α gets "alpha"; work that is under way goes on where nobody listens.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

from momentum_film.errors import ENVIRONMENT, FilmError

PLAIN = "momentum.plain"  # the name of the codecs' error handler
PIPE_CLOSED = 128 + 13
NARROWEST = 110  # a table's columns are never folded below this

_WORDS = {
    **{"→": "->", "←": "<-", "−": "-", "–": "-", "—": "-", "×": "x", "·": "*", "⁄": "/"},
    **{"≤": "<=", "≥": ">=", "≈": "~", "∇": "grad ", "√": "sqrt", "∞": "infinity", "∂": "d"},
    **{"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "━": "-", "°": " degrees"},
}


def speak_plainly() -> None:
    """Have the standard streams write what their encoding lacks as ``plain`` says it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)


def plain(character: str, before: str = "") -> str:
    """A character in ASCII; of an exponent only the first sign gets a caret.

    >>> [plain(c) for c in "αΛ₂é→漢"]
    ['alpha', 'Lambda', '2', 'e', '->', '?']
    >>> plain("⁻", "0") + plain("³", "⁻")
    '^-3'
    """
    if character.isascii():
        return character
    if character in _WORDS:
        return _WORDS[character]
    name = unicodedata.name(character, "")
    if name.startswith("GREEK ") and " LETTER " in name and " WITH " not in name:
        letter = name.split()[-1].lower().replace("lamda", "lambda")
        return letter.capitalize() if "CAPITAL" in name else letter
    parts = unicodedata.normalize("NFKD", character)
    if parts == character:
        return "" if unicodedata.combining(character) else "?"
    caret = "^" if _is_raised(character) and not _is_raised(before) else ""
    return caret + "".join(map(plain, parts))


def say(text: object = "", err: bool = False) -> None:
    """Print a line; with ``err`` on stderr, and if nobody can hear it there, the work goes on.

    Raises:
        SystemExit: Nobody reads stdout any more, which ends the command as SIGPIPE would.
        FilmError: stdout has no room.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # closed by whoever started the command
        return
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        _drain(stream)
        if err:
            return
        if isinstance(error, BrokenPipeError):
            raise SystemExit(PIPE_CLOSED) from None
        text = f"what was printed found no room: {error.strerror}"
        raise FilmError(text, ENVIRONMENT) from error


def say_json(value: Any, indent: int | None = None) -> None:
    """Print JSON, which says in any encoding exactly what it should."""
    has_all = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    say(json.dumps(value, ensure_ascii=not has_all, allow_nan=False, indent=indent))


def say_table(title: str, headings: dict[str, bool], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns of words, for which ``headings`` has True, are set to the left."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=_sayable(title) or None, title_justify="left", box=None)
    for heading, is_word in headings.items():
        table.add_column(heading, justify="left" if is_word else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(_sayable, row))
    # Not on stdout itself: Rich would end the program where nobody listens.
    page, is_shown = io.StringIO(), sys.stdout is not None and sys.stdout.isatty()
    width = max(Console().width, NARROWEST)
    console = Console(
        file=page, width=width, force_terminal=is_shown, highlight=False, markup=False, emoji=False
    )
    console.print(table)
    say(page.getvalue().rstrip("\n"))


def settle() -> None:
    """Hand over what others printed on stdout; what it does not take is dropped."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _drain(sys.stdout)


def _sayable(text: str) -> str:
    """Text as stdout will show it, so that columns are as wide as they look."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, PLAIN).decode(encoding, "surrogateescape")


def _replace(error: UnicodeError) -> tuple[str | bytes, int]:
    """What stands for the first character that an encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    at = error.start
    character = error.object[at]
    if "\udc80" <= character <= "\udcff":  # a byte of a file's name that was no text
        return bytes([ord(character) - 0xDC00]), at + 1
    return plain(character, error.object[at - 1 : at]), at + 1


def _is_raised(character: str) -> bool:
    return unicodedata.decomposition(character or " ").startswith("<super>")


def _drain(stream: Any) -> None:
    """Send a stream that failed nowhere, or Python would complain of it at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


codecs.register_error(PLAIN, _replace)
