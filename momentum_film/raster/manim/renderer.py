"""Under a Manim scene: its renderer, which draws on our canvas and feeds our encoder.

The frames are those of Manim's own Cairo renderer: the same times, the same mobjects in the same
order, still ones below moving ones as Manim tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import cairo
import numpy as np
from manim import Camera, Scene, VMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.color import color_to_int_rgba
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


class FilmRenderer(CairoRenderer):
    """Draws a scene's frames into an encoder.

    Args:
        encoder: takes the frames.
        report: is called with the number of frames so far.
        span: frames that are drawn, all whole plays; other plays jump to their ends.
        every: how many frames are counted for each that is drawn.
        last_only: draw the last picture alone; plays jump to their ends.

    Attributes:
        frames: how many frames of the span came so far.
    """

    def __init__(
        self,
        encoder: Encoder,
        report: Callable[[int], None],
        span: tuple[int, int] | None = None,
        every: int = 1,
        last_only: bool = False,
    ) -> None:
        super().__init__(cast(Any, _NoFiles), FilmCamera, skip_animations=last_only)
        self.frames, self._passed = 0, 0
        self._span, self._last_only = span, last_only
        self._leaves = Leaves()
        self._encoder, self._report, self._every = encoder, report, every
        camera = self.camera
        assert isinstance(camera, FilmCamera)
        self._film_camera, self._frame_seconds = camera, 1 / camera.frame_rate
        self._canvas = Canvas(
            camera.pixel_width, camera.pixel_height, camera.scale, encoder.channels
        )

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play animations together, frame by frame, or hold the picture."""
        self.skip_animations = self._last_only or not self._wanted
        scene.compile_animation_data(*args, **kwargs)
        scene.begin_animations()
        if not self.skip_animations:
            self._canvas.begin(self._film_camera.ground, Leaves().of(scene.static_mobjects))
        if scene.is_current_animation_frozen_frame():
            frames = int(scene.duration / self._frame_seconds)
            self._show(scene, scene.moving_mobjects, frames)
        else:
            self._animate(scene)
        self.num_plays += 1

    def _animate(self, scene: Scene) -> None:
        """Manim's own loop over frames, but nothing moves for those that are not drawn."""
        times = np.arange(0, scene.duration, self._frame_seconds)
        if self.skip_animations:
            scene.update_to_time(scene.duration)
            self._count(len(times))
        else:
            for time in times:
                if self._drawn(1):
                    scene.update_to_time(time)
                self._show(scene, scene.moving_mobjects, 1)
        for animation in scene.animations or ():
            animation.finish()
            animation.clean_up_from_scene(scene)
        if not self.skip_animations:
            scene.update_mobjects(0)

    def scene_finished(self, scene: Scene) -> None:
        """Draw the last picture where nothing was drawn before."""
        if self._last_only:
            self._canvas.begin(self._film_camera.ground, ())
            changed = self._canvas.show(self._leaves.of(_all(scene)))
            self._encoder.show(self._canvas.pixels, changed, 1)

    @property
    def _wanted(self) -> bool:
        """Whether the next frame is in the span."""
        return self._span is None or self._span[0] <= self._passed < self._span[1]

    def _drawn(self, frames: int) -> int:
        """How many of the next frames are drawn."""
        return len(range(-self.frames % self._every, frames, self._every))

    def _show(self, scene: Scene, moving: Iterable | None, frames: int) -> None:
        drawn = self._drawn(frames)
        if drawn and not self.skip_animations:
            # Without a moving mobject Manim draws everything once more over the still picture.
            changed = self._canvas.show(self._leaves.of(moving or _all(scene)))
            self._encoder.show(self._canvas.pixels, changed, drawn)
        self._count(frames)

    def _count(self, frames: int) -> None:
        if self._wanted:
            self.frames += frames
            self._report(self.frames)
        self._passed += frames
        self.time += frames * self._frame_seconds


def _all(scene: Scene) -> list:
    return list_update(scene.mobjects, scene.foreground_mobjects)


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
