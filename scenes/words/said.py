"""The words of a beat: a sentence for the captions, and fewer words on screen."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """The words of a beat.

    Attributes:
        caption: One full sentence or more.
        on_screen: The few words at the bottom of the picture; empty where there are none.
    """

    caption: str
    on_screen: str = ""


def both_ways(text: str) -> Said:
    """The same words as caption and on screen."""
    return Said(text, text)
