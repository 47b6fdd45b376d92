"""Trails age, shadows go with what casts them, terms of a rule fly to where they belong."""

from __future__ import annotations

import numpy as np

from scenes.kit.formulas.mobject import Formula
from scenes.kit.particles import YOUNG, Runner
from scenes.kit.shapes import DISC
from scenes.look import THEMES, Box
from scenes.memory import Flying

BOX = Box(0.0, 0.0, 10.0, 10.0)


def runner() -> Runner:
    """A step to the right each time; it leaves the box after the twentieth."""
    path = np.stack([np.arange(30) * 0.5, np.full(30, 5.0)], axis=1)
    return Runner(path, BOX, 0, THEMES["paper"])


def shadows(one: Runner) -> list:
    return [part for part in one.get_family() if part.get_fill_color().to_hex() == "#000000"]


def test_a_shadow_lies_right_under_its_particle_and_goes_with_it() -> None:
    one = runner().show_at(7.0)
    (middle,) = {tuple(np.round(s.get_center()[:2], 9)) for s in shadows(one) if len(s.points)}
    off = np.array(middle) - (3.5, 5.0)
    assert off[0] > 0 > off[1] and 0.02 < np.hypot(*off) < 0.125
    one.show_at(25.0)
    assert not any(len(s.points) for s in shadows(one))


def test_dots_age() -> None:
    trail = runner().show_at(18.0).trail
    old, young = (len(dots.points) // len(DISC) for dots in trail._dots)
    assert (old, young) == (18 - YOUNG, YOUNG)
    opacities = [dots.get_fill_opacity() for dots in trail._dots]
    assert opacities[0] < opacities[1]


def test_a_flying_term_lands_on_the_letters_it_becomes() -> None:
    gradient = r"\nabla L(\theta)"
    (source,) = Formula([(gradient, "#000000")], 0.4, (1.0, 2.0))
    (target,) = Formula([(rf"(1-\beta) {gradient}", "#7A3E9D")], 0.3, (3.0, 1.0))
    flying = Flying(source, target)
    assert np.allclose(flying.points, source.points)
    flying.show_at(1.0)
    gaps = np.linalg.norm(flying.points[:, None] - target.points, axis=2).min(axis=1)
    assert gaps.max() < 2e-3
    assert flying.get_fill_color() == target.get_fill_color()
