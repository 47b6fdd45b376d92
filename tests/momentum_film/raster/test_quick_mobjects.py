"""Mobjects whose families and colours are found sooner have the same ones as Manim's own."""

from __future__ import annotations

import random

import numpy as np
import pytest
from manim import RED, ManimColor, Mobject, Square, VGroup, VMobject
from manim.utils.family import extract_mobject_family_members

from momentum_film.raster.manim.quick_mobjects import quick_mobjects


def some_family(seed: int) -> list[VMobject]:
    """Groups in groups; some members stand in several of them, some groups are empty."""
    chance = random.Random(seed)
    made: list[VMobject] = [VMobject(), VGroup(), Square(), Square()]
    for _ in range(12):
        group = VGroup(*chance.sample(made, chance.randint(0, min(5, len(made)))))
        group.z_index = chance.choice([0, 0, 1])
        made.append(group)
    return made


@pytest.mark.parametrize("seed", range(20))
def test_families_are_manims(seed: int) -> None:
    made = some_family(seed)

    def found() -> list[list[int]]:
        leaves = extract_mobject_family_members(made, use_z_index=True, only_those_with_points=True)
        return [[id(member) for member in one] for one in (leaves, *map(Mobject.get_family, made))]

    slow = found()
    with quick_mobjects():
        assert found() == slow
    assert max(map(len, slow)) > 5


COLORS = [None, "#1f77b4", "RED", RED, ManimColor((0.1, 0.2, 0.3, 0.4)), [RED, "#ffffff"], 0x123456]


@pytest.mark.parametrize("color", COLORS, ids=str)
@pytest.mark.parametrize("opacity", [None, 0, 1, 0.35, (0.2, 0.7)], ids=str)
@pytest.mark.parametrize("sheen", [0.0, 0.3])
def test_colours_are_manims(color: object, opacity: object, sheen: float) -> None:
    shape = VMobject(sheen_factor=sheen)
    slow = shape.generate_rgbas_array(color, opacity)
    with quick_mobjects():
        quick = shape.generate_rgbas_array(color, opacity)
        again = shape.generate_rgbas_array(color, opacity)
    assert quick.dtype == slow.dtype and np.array_equal(quick, slow)
    quick[:] = 0.5  # colours are changed in place
    assert np.array_equal(again, slow)


def test_manim_is_as_it_was_afterwards() -> None:
    before = (Mobject.get_family, VMobject.generate_rgbas_array)
    with quick_mobjects():
        assert Mobject.get_family is not before[0]
    assert (Mobject.get_family, VMobject.generate_rgbas_array) == before
