"""Animations that the chapters share: closed functions of the seconds that have passed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Animation, Group, Mobject, Scene, linear, smooth

from scenes.kit.shapes import Layer

COLORS = ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas")  # of a VMobject


class Dimmer:
    """Shows mobjects, as they are when it is made, at a share of their opacity."""

    def __init__(self, *mobjects: Mobject) -> None:
        self._full = [
            (leaf, name, getattr(leaf, name))
            for mobject in mobjects
            for leaf in mobject.family_members_with_points()
            for name in COLORS
        ]

    def show(self, share: float) -> None:
        for leaf, name, color in self._full:
            setattr(leaf, name, color if share == 1.0 else _dimmed(leaf, color, share))


def _dimmed(leaf: Mobject, color: np.ndarray, share: float) -> np.ndarray:
    """Colours, (n, 4), of something that is a share of the way from the page."""
    if not isinstance(leaf, Layer) or share == 0.0:
        return color * (1.0, 1.0, 1.0, share)
    page = np.array([*leaf.page, 0.0])
    return page + (color - page) * (share, share, share, 1.0)


class Appear(Animation):
    """Fade in what is not changed by anything else meanwhile.

    Manim's own fades copy everything that is faded and interpolate its points, too.
    """

    def __init__(
        self,
        *mobjects: Mobject,
        run_time: float = 1.0,
        rate_func: Callable[[float], float] = smooth,
        introducer: bool = True,
        remover: bool = False,
    ) -> None:
        mobject = mobjects[0] if len(mobjects) == 1 else Group(*mobjects)
        super().__init__(
            mobject,
            run_time=run_time,
            rate_func=rate_func,
            introducer=introducer,
            remover=remover,
        )

    def opacity(self, share: float) -> float:
        """The share of the opacity at a share of the way, both from 0 to 1."""
        return share

    def create_starting_mobject(self) -> Mobject:
        """Note the colours."""
        self._dimmer = Dimmer(self.mobject)  # type: ignore[arg-type]  # annotated as OpenGL's
        return self.mobject  # type: ignore[return-value]  # annotated as OpenGL's

    def interpolate(self, alpha: float) -> None:
        self._dimmer.show(self.opacity(self.rate_func(min(1.0, max(0.0, alpha)))))


class Vanish(Appear):
    """Fade out; what has vanished is as it was, but no longer in the scene."""

    def __init__(self, *mobjects: Mobject, run_time: float = 1.0) -> None:
        super().__init__(*mobjects, run_time=run_time, introducer=False, remover=True)

    def opacity(self, share: float) -> float:
        return 1.0 - share

    def clean_up_from_scene(self, scene: Scene) -> None:
        super().clean_up_from_scene(scene)
        self.interpolate(0.0)


class March(Animation):
    """For some seconds, show a mobject at the fractional step that a pace gives for those passed.

    ``show`` changes it to its picture at a step.
    """

    def __init__(
        self,
        mobject: Mobject,
        show: Callable[[float], object],
        pace: Callable[[float], float],
        seconds: float,
    ) -> None:
        self._show, self._pace, self._seconds = show, pace, seconds
        self._shown: float | None = None
        super().__init__(mobject, run_time=seconds, rate_func=linear)

    def create_starting_mobject(self) -> Mobject:
        """Nothing is interpolated from the start, so no copy of it is needed."""
        return self.mobject  # type: ignore[return-value]  # annotated as OpenGL's

    def interpolate(self, alpha: float) -> None:
        """Show the step of a share of the time, from 0 to 1."""
        # The stage shortens run_time by half a frame so that the frames are whole; alpha times
        # run_time is still the true time of the frame. The very end is the planned end.
        elapsed = self._seconds if alpha >= 1 else alpha * self.run_time
        step = self._pace(min(elapsed, self._seconds))
        if step != self._shown:
            self._show(step)
            self._shown = step


MOVING = 0.62  # of a step's time


def stepwise(first: int, step_seconds: float) -> Callable[[float], float]:
    """A pace that makes single steps from the first on: each moves, lands, and rests."""

    def pace(elapsed: float) -> float:
        whole = int(elapsed / step_seconds + 1e-9)
        return first + whole + landing((elapsed / step_seconds - whole) / MOVING)

    return pace


def steady(first: float, steps_per_second: float) -> Callable[[float], float]:
    """A pace that flows."""
    return lambda elapsed: first + elapsed * steps_per_second


def landing(share: float) -> float:
    """From 0 to 1 as a step goes: off at once, and softly down."""
    share = min(max(share, 0.0), 1.0)
    return 1.0 - (1.0 - share) ** 3


def late(share: float) -> float:
    """From 0 to 1 in the second half."""
    return ease(2.0 * share - 1.0)


def after(start: float, rate_func: Callable[[float], float]) -> Callable[[float], float]:
    """A rate that begins at a share of the time."""
    return lambda share: rate_func(max(0.0, (share - start) / (1.0 - start)))


def ease(share: float) -> float:
    """Smoothly from 0 to 1: at rest at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * share * (10 - 15 * share + 6 * share * share)
