"""Animations that the chapters share: closed functions of the seconds that have passed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Animation, Group, Mobject, Scene, linear

COLORS = ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")  # of a VMobject


class Fade(Animation):
    """Change how opaque mobjects are, and nothing else of them.

    Manim's own fades copy everything that is faded and interpolate its points, too.

    Args:
        mobjects: which are not changed by anything else meanwhile.
        introducer: whether they are added to the scene.
        remover: whether they are taken from it.
    """

    def __init__(self, *mobjects: Mobject, introducer: bool = False, remover: bool = False) -> None:
        mobject = mobjects[0] if len(mobjects) == 1 else Group(*mobjects)
        super().__init__(mobject, introducer=introducer, remover=remover)

    def opacity(self, share: float) -> float:
        """The share of its own opacity at a share of the way, both from 0 to 1."""
        raise NotImplementedError

    def create_starting_mobject(self) -> Mobject:
        """Note the colours."""
        self._colors = [
            (leaf, {name: getattr(leaf, name) for name in COLORS})
            for leaf in self.mobject.family_members_with_points()
        ]
        return self.mobject  # type: ignore[return-value]  # annotated as OpenGL's

    def interpolate(self, alpha: float) -> None:
        opacity = self.opacity(self.rate_func(min(1.0, max(0.0, alpha))))
        factor = np.array([1.0, 1.0, 1.0, opacity])
        for leaf, colors in self._colors:
            for name, color in colors.items():
                setattr(leaf, name, color if opacity == 1.0 else color * factor)


class Appear(Fade):
    """Fade in."""

    def __init__(self, *mobjects: Mobject) -> None:
        super().__init__(*mobjects, introducer=True)

    def opacity(self, share: float) -> float:
        return share


class Vanish(Fade):
    """Fade out; what has vanished is as it was, but no longer in the scene."""

    def __init__(self, *mobjects: Mobject) -> None:
        super().__init__(*mobjects, remover=True)

    def opacity(self, share: float) -> float:
        return 1.0 - share

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        self.interpolate(0.0)


class March(Animation):
    """Show a mobject at the step that a pace gives for the seconds passed.

    Args:
        mobject: what changes.
        show: changes it to its picture at a fractional step.
        pace: seconds since the animation's start -> fractional step.
        seconds: how long.
    """

    def __init__(
        self,
        mobject: Mobject,
        show: Callable[[float], object],
        pace: Callable[[float], float],
        seconds: float,
    ) -> None:
        self._show, self._pace, self._seconds = show, pace, seconds
        super().__init__(mobject, run_time=seconds, rate_func=linear)

    def create_starting_mobject(self) -> Mobject:
        """Nothing is interpolated from the start, so no copy of it is needed."""
        return self.mobject  # type: ignore[return-value]  # annotated as OpenGL's

    def interpolate(self, alpha: float) -> None:
        """Show the step of a share of the time, from 0 to 1."""
        # The stage shortens run_time by half a frame so that the frames are whole; alpha times
        # run_time is still the true time of the frame. The very end is the planned end.
        elapsed = self._seconds if alpha >= 1 else alpha * self.run_time
        self._show(self._pace(min(elapsed, self._seconds)))


def stepwise(first: int, step_seconds: float, moving: float = 0.62) -> Callable[[float], float]:
    """A pace that makes single steps: each moves, eases in, and rests until the next.

    Args:
        first: the step stood at when it begins.
        step_seconds: from one step to the next.
        moving: share of a step's time that is spent moving.
    """

    def pace(elapsed: float) -> float:
        whole = int(elapsed / step_seconds + 1e-9)
        share = min(1.0, max(0.0, (elapsed / step_seconds - whole) / moving))
        return first + whole + share * share * (3 - 2 * share)

    return pace


def steady(first: float, steps_per_second: float) -> Callable[[float], float]:
    """A pace that flows."""
    return lambda elapsed: first + elapsed * steps_per_second
