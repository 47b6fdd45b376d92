"""Times and sizes as one says them, on pages and on the console."""

from __future__ import annotations


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
