"""How problems with a file are worded: values as they are repeated, options, suggestions."""

SHOWN = 48
"""Longest piece of a file that an error message repeats."""
MANY = 16
"""More words than this are not all listed,"""
FIRST = 6
"""but so many."""


def show(value: object) -> str:
    r"""A value as an error message repeats it: short, on one line, without control characters.

    >>> show(True), show("a\nb"), show([1, 2.5]), show({"a": 1})
    ('true', '"a\\nb"', '[1, 2.5]', 'a table')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else "a huge integer"
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        flat = all(isinstance(item, int | float | str) for item in value)
        text = f"[{', '.join(map(show, value[:8]))}]"
        return text if flat and len(value) <= 8 and len(text) <= SHOWN else "a list"
    return repr(value) if isinstance(value, float) else f"a {type(value).__name__}"


def printable(text: str, length: int = SHOWN) -> str:
    """Text with everything that is not printable escaped, cut to ``length`` characters.

    >>> printable("x" * 60, 5)
    'xxxx…'
    """
    head = text[: length + 1]
    safe = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode()
        for c in head
    )
    return safe if len(safe) <= length and len(text) <= length else safe[: length - 1] + "…"


class Unfit(ValueError):
    """A value that does not fit its key; the text says what it must be."""


def listed(options: tuple[str, ...]) -> str:
    """Options as a phrase; of many, the first.

    >>> listed(("gd", "adam"))
    'one of gd, adam'
    """
    if len(options) > MANY:
        more = len(options) - FIRST
        return f"one of {', '.join(options[:FIRST])} or {more} others (momentum schema lists all)"
    return f"one of {', '.join(options)}" if len(options) > 1 else f'"{options[0]}"'


def none_of(word: object, options: tuple[str, ...]) -> str:
    """What to say of a word that is none of several; of many, the one that is close.

    >>> none_of("gdd", ("gd", "adam"))
    'must be one of gd, adam, did you mean "gd"?'
    """
    hint = did_you_mean(word, options)
    if hint and len(options) > MANY:
        return f"is unknown{hint}"
    return f"must be {listed(options)}{hint}"


def did_you_mean(word: object, options: tuple[str, ...]) -> str:
    """A suggestion to append, empty when nothing is close.

    >>> did_you_mean("betta", ("lr", "beta"))
    ', did you mean "beta"?'
    """
    from difflib import get_close_matches

    close = get_close_matches(word[:40], options, 1) if isinstance(word, str) else []
    return f', did you mean "{close[0]}"?' if close else ""
