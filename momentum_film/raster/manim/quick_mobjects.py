"""What Manim does for each mobject again and again, done faster and to the same end.

Whoever begins a play asks again and again for the families of all that is on stage, and each new
mobject reads its colours several times over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any, TypeVar, cast
from unittest.mock import patch

import numpy as np
from manim import BLACK, ManimColor, Mobject, VMobject
from manim.mobject import mobject
from manim.utils import family

Item = TypeVar("Item")


@contextmanager
def quick_mobjects() -> Iterator[None]:
    """Until the block ends, mobjects know their families and colours sooner."""
    with ExitStack() as stack:
        for place, name, quick in (
            (mobject, "remove_list_redundancies", without_repetitions),
            (family, "remove_list_redundancies", without_repetitions),
            (Mobject, "get_family", family_of),
            (VMobject, "generate_rgbas_array", rgbas_of),
        ):
            stack.enter_context(patch.object(place, name, quick))
        yield


def without_repetitions(items: Sequence[Item]) -> list[Item]:
    """Each item once, where it is met last."""
    return list(dict.fromkeys(reversed(items)))[::-1]


def family_of(parent: Mobject, recurse: bool = True) -> list[Mobject]:
    """A mobject and all that belongs to it, parents first; ``recurse`` is OpenGL's, not used."""
    members = [parent]
    _gather(parent.submobjects, members)
    return without_repetitions(members)


def _gather(children: Iterable[Mobject], members: list[Mobject]) -> None:
    for child in children:
        members.append(child)
        if child.submobjects:
            _gather(child.submobjects, members)


_slow_rgbas = VMobject.generate_rgbas_array


def rgbas_of(shape: VMobject, color: Any, opacity: Any) -> np.ndarray:
    """A colour and an opacity as (1, 4), of 0 to 1; more rows for several, or with a sheen."""
    is_one = isinstance(color, ManimColor | str | None) and isinstance(opacity, float | int | None)
    if not is_one or shape.get_sheen_factor():
        return _slow_rgbas(shape, color, cast(float, opacity))
    exact = BLACK if color is None else _read(color) if isinstance(color, str) else color
    return exact.to_rgba_with_alpha(opacity or 0.0)[np.newaxis]


_read = lru_cache(maxsize=1024)(ManimColor)
