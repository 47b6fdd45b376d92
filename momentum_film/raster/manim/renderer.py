"""Under a Manim scene: its renderer, which draws on our screens: a film's, or pages of vectors.

The frames are those of Manim's own Cairo renderer: the same times, the same mobjects in the same
order, still ones below moving ones as Manim tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol, cast

import cairo
import numpy as np
from manim import Animation, AnimationGroup, Camera, Mobject, Scene, VMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.color import color_to_int_rgba
from manim.utils.exceptions import EndSceneEarlyException
from manim.utils.family import extract_mobject_family_members
from manim.utils.iterables import list_update

from momentum_film.raster.canvas import Canvas
from momentum_film.raster.encode.base import Encoder


class FilmCamera(Camera):
    """Manim's camera as far as it knows where things are; it holds no picture."""

    def init_background(self) -> None:
        colour = color_to_int_rgba(self.background_color, self.background_opacity)
        self.background = np.array(colour).reshape(1, 1, 4)
        self.ground = tuple(self.background[0, 0].tolist())

    @property
    def scale(self) -> cairo.Matrix:
        """From scene units to pixels."""
        px, py = self.pixel_width / self.frame_width, self.pixel_height / self.frame_height
        x, y, _ = self.frame_center
        left, top = self.pixel_width / 2 - x * px, self.pixel_height / 2 + y * py
        return cairo.Matrix(px, 0, 0, -py, left, top)


class _NoFiles:
    """What scenes may ask of a file writer; there are no files, and no sound."""

    def __init__(self, _settings: Any) -> None:
        self.subcaptions: list[Any] = []

    def next_section(self, *_: Any) -> None:
        """Sections are files."""

    def add_sound(self, *_: Any, **__: Any) -> None:
        """Films are silent."""

    def abort_encode_jobs(self, **_: Any) -> None:
        """Whoever gave the encoder ends it."""


class Screen(Protocol):
    """What pictures are drawn on: begun with each play, then shown for some frames at a time."""

    def begin(
        self, ground: tuple[int, ...], still: Sequence[VMobject], resting: Sequence[VMobject]
    ) -> None:
        """Note the background, RGBA of 0 to 255, and what is still over it, lowest first.

        What rests is shown among what moves, and does not change until the next play.
        """

    def show(self, moving: Sequence[VMobject], frames: int) -> None:
        """Draw mobjects over the still ones, lowest first: a picture for so many frames."""


class Film:
    """A screen of pixels, so many wide and high, from which an encoder makes a film."""

    def __init__(self, encoder: Encoder, size: tuple[int, int], scale: cairo.Matrix) -> None:
        self._encoder, self._canvas = encoder, Canvas(*size, scale, encoder.channels)

    def begin(
        self, ground: tuple[int, ...], still: Sequence[VMobject], resting: Sequence[VMobject]
    ) -> None:
        """Note what does not change until the next call."""
        self._canvas.begin(ground, still, resting)

    def show(self, moving: Sequence[VMobject], frames: int) -> None:
        """Draw what differs from the picture before, and encode it."""
        changed = self._canvas.show(moving)
        self._encoder.show(self._canvas.pixels, changed, frames)


class FilmRenderer(CairoRenderer):
    """Draws a scene's frames on a screen.

    Args:
        screen: makes the screen, from its width and height in pixels and the matrix from scene
            units to pixels.
        report: is called with the number of frames so far.
        span: frames that are drawn, all whole plays; other plays jump to their ends.
        every: how many frames are counted for each that is drawn.
        stills: draw these frames alone, the last ones of plays; where there is a span, the scene
            ends with it.

    Attributes:
        frames: how many frames of the span came so far.
    """

    def __init__(
        self,
        screen: Callable[[tuple[int, int], cairo.Matrix], Screen],
        report: Callable[[int], None],
        span: tuple[int, int] | None = None,
        every: int = 1,
        stills: frozenset[int] | None = None,
    ) -> None:
        super().__init__(cast(Any, _NoFiles), FilmCamera)
        self.frames, self._passed = 0, 0
        self._span, self._stills, self._every, self._report = span, stills, every, report
        self._leaves = Leaves()
        camera = self.camera
        assert isinstance(camera, FilmCamera)
        self._film_camera, self._frame_seconds = camera, 1 / camera.frame_rate
        self._screen = screen((camera.pixel_width, camera.pixel_height), camera.scale)

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play animations together, frame by frame, or hold the picture."""
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        if scene.is_current_animation_frozen_frame():
            frames = int(scene.duration / self._frame_seconds)
            if drawn := self._begin(scene, frames):
                self._show(scene, len(drawn))
            self._count(frames)
        else:
            self._animate(scene)
        self.num_plays += 1
        if self._stills is not None and self._span and self._passed >= self._span[1]:
            raise EndSceneEarlyException

    def _animate(self, scene: Scene) -> None:
        """Manim's own loop over frames, but nothing moves for those that are not drawn."""
        times = np.arange(0, scene.duration, self._frame_seconds)
        drawn = self._begin(scene, len(times))
        for number, time in enumerate(times if drawn else ()):
            if number in drawn:
                scene.update_to_time(time)
                self._show(scene, 1)
            self._count(1)
        if not drawn:
            scene.update_to_time(scene.duration)
            self._count(len(times))
        for animation in scene.animations or ():
            animation.finish()
            animation.clean_up_from_scene(scene)
        if drawn:
            scene.update_mobjects(0)

    def scene_finished(self, scene: Scene) -> None:
        """Do nothing: whoever gave the screen ends it."""

    def _begin(self, scene: Scene, frames: int) -> Collection[int]:
        """Begin a play of so many frames, and say which of them are drawn, counted from 0."""
        drawn = self._drawn(frames)
        self.skip_animations = not drawn
        if drawn:
            still, animated = Leaves().of(scene.static_mobjects), _animated(scene.animations or ())
            resting = [leaf for leaf in self._leaves.of(_moving(scene)) if leaf not in animated]
            self._screen.begin(self._film_camera.ground, still, resting)
        return drawn

    def _drawn(self, frames: int) -> Collection[int]:
        """Which of the next frames are drawn, counted from 0."""
        if self._stills is not None:
            return {number - self._passed for number in self._stills} & set(range(frames))
        return range(-self.frames % self._every, frames, self._every) if self._wanted else ()

    @property
    def _wanted(self) -> bool:
        """Whether the next frame is in the span."""
        return self._span is None or self._span[0] <= self._passed < self._span[1]

    def _show(self, scene: Scene, frames: int) -> None:
        self._screen.show(self._leaves.of(_moving(scene)), frames)

    def _count(self, frames: int) -> None:
        if self._wanted:
            self.frames += frames
            self._report(self.frames)
        self._passed += frames
        self.time += frames * self._frame_seconds


def _moving(scene: Scene) -> list[Mobject]:
    """What is drawn anew in each frame of a play: as Manim does, from the lowest that moves up."""
    # Without a moving mobject Manim draws everything once more over the still picture.
    return scene.moving_mobjects or list_update(scene.mobjects, scene.foreground_mobjects)


def _animated(animations: Iterable[Animation]) -> set[Mobject]:
    """What may change while animations are played, as no mobject has updaters."""
    found: set[Mobject] = set()
    for animation in animations:
        found.update(cast(Mobject, animation.mobject).get_family())
        if isinstance(animation, AnimationGroup):
            found |= _animated(animation.animations)
    return found


class Leaves:
    """What is drawn of mobjects: the members of their families that have points, lowest first.

    The order is found anew only when a family or a height in the picture (``z_index``) changed.
    """

    def __init__(self) -> None:
        self._members: list = []
        self._order: tuple[list, list, list] = ([], [], [])

    def of(self, mobjects: Iterable) -> list[VMobject]:
        """The leaves of some mobjects.

        Raises:
            TypeError: one is no vectorised mobject, or is coloured by an image.
        """
        roots, members = list(mobjects), self._members
        order = (roots, [m.submobjects for m in members], [m.z_index for m in members])
        if order != self._order:
            self._members = members = _family(roots)
            children = [list(member.submobjects) for member in members]
            self._order = (roots, children, [member.z_index for member in members])
        return [member for member in members if len(member.points)]


def _family(roots: list) -> list:
    members = extract_mobject_family_members(roots, use_z_index=True)
    for member in members:
        if isinstance(member, VMobject) and member.background_image is not None:
            raise TypeError(f"mobjects coloured by images cannot be rendered: {member}")
        if not isinstance(member, VMobject) and len(member.points):
            raise TypeError(f"only vectorised mobjects can be rendered, not {member}")
    return members
