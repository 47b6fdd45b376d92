"""Plays chapters without drawing them, and says what stands on stage at each beat's end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

import numpy as np
from manim import Mobject, VMobject

from momentum_film.raster.manim.quick_mobjects import quick_mobjects
from momentum_film.raster.manim.settings import configured
from momentum_math import Outcome
from momentum_math.story import Story
from scenes import SCENES
from scenes.kit.contour_map import ContourMap
from scenes.kit.formulas.mobject import Formula
from scenes.kit.particles import Arrow, Particle
from scenes.kit.shapes import HAIR
from scenes.kit.stage import ChapterScene
from scenes.kit.text.label import Label
from scenes.look import Box, Look
from scenes.loss_race import Race
from scenes.storyboard import Storyboard, tell


@dataclass(frozen=True)
class Text:
    """One line of text or mathematics on stage; one that ``rides`` belongs to a moving head."""

    words: str
    em: float
    colors: tuple[str, ...]
    box: Box
    rides: bool = False


def scene_class(chapter: str) -> type[ChapterScene]:
    module, name = SCENES[chapter].split(":")
    return getattr(import_module(module), name)


@lru_cache(maxsize=16)
def told(outcome: Outcome) -> tuple[Story, Storyboard]:
    """Facts are found out once, for all chapters in all looks."""
    story = Story(outcome)
    return story, tell(story)


def play(chapter: str, outcome: Outcome, look: Look, fps: int | None = None) -> ChapterScene:
    """Play a chapter to its end; the scene then knows what stood there at each beat's end.

    ``stage`` is beat -> texts; ``drawn`` is beat -> points of the lines; ``marks`` is beat ->
    points of arrows and particles; ``bounds`` is beat -> box round everything, all in units.

    Without ``fps`` every animation goes straight to its end; with it, every frame is passed
    through and counted in ``frames``.
    """

    class Probe(scene_class(chapter)):
        @contextmanager
        def beat(self, name):
            with super().beat(name) as clock:
                yield clock
            self.stage[name], self.drawn[name] = texts(self), lines(self)
            self.marks[name], self.bounds[name] = marks(self), bounds(self)

    ground = look.theme.background
    with configured(*look.frame.pixels(480), fps or 15, ground), quick_mobjects():
        scene = Probe()
        scene.story, scene.storyboard = told(outcome)
        scene.look, scene.frames = look, 0
        scene.begins_alone = True  # the chapter before is looked at by itself
        scene.stage, scene.drawn, scene.marks, scene.bounds = {}, {}, {}, {}
        scene.renderer._original_skipping_status = fps is None
        _count_instead_of_drawing(scene)
        scene.render()
    return scene


def _count_instead_of_drawing(scene: ChapterScene) -> None:
    renderer = scene.renderer
    renderer.update_frame = lambda *_, **__: None
    renderer.save_static_frame_data = lambda *_, **__: None
    renderer.get_frame = lambda: None

    def add_frame(_frame, num_frames: int = 1) -> None:
        scene.frames += num_frames

    renderer.add_frame = add_frame


def texts(scene: ChapterScene) -> list[Text]:
    """Every visible line of text and mathematics."""
    found = []
    family = [member for mobject in scene.mobjects for member in mobject.get_family()]
    riding = {id(label) for race in family if isinstance(race, Race) for label in race.riding}
    for member in family:
        if isinstance(member, Label) and member.text and member.get_fill_opacity() > 0.01:
            colors, rides = (member.get_fill_color().to_hex(),), id(member) in riding
            found.append(Text(member.text, member.em, colors, _box(member), rides))
        if isinstance(member, Formula) and any(p.get_fill_opacity() > 0.01 for p in member):
            colors = tuple({p.get_fill_color().to_hex() for p in member})
            found.append(Text(member.tex, member.em, colors, _box(member)))
    return found


SPACING = 0.04  # units between the points that stand for a line


def lines(scene: ChapterScene) -> np.ndarray:
    """Points of everything drawn that should not run through words, (n, 2).

    Those are curves, dashes, frames, arrows and markers; a map's rings and a plot's hair lines
    are so quiet that words may stand on them.
    """
    found = [np.zeros((0, 2))]
    for mobject in scene.mobjects:
        for member in _without_maps(mobject):
            stroked = member.get_stroke_width() > HAIR and member.get_stroke_opacity() > 0.01
            filled = isinstance(member, Arrow | Particle)
            if len(member.points) and (stroked or filled):
                found.append(_sampled(member.points))
    return np.concatenate(found)


def marks(scene: ChapterScene) -> np.ndarray:
    """Points of the visible arrows and particles, (n, 2): no words may ever stand on these."""
    family = [member for mobject in scene.mobjects for member in mobject.get_family()]
    shown = [m for m in family if isinstance(m, Arrow | Particle) and m.get_fill_opacity() > 0.01]
    return np.concatenate([np.zeros((0, 2)), *(_sampled(m.points) for m in shown)])


def bounds(scene: ChapterScene) -> Box:
    """The box round everything visible."""
    family = [member for mobject in scene.mobjects for member in mobject.get_family()]
    points = np.concatenate(
        [
            member.points[:, :2]
            for member in family
            if len(member.points)
            and max(member.get_fill_opacity(), member.get_stroke_opacity()) > 0.01
        ]
    )
    return Box(*points.min(axis=0), *points.max(axis=0))


def _without_maps(mobject: Mobject) -> Iterator[VMobject]:
    if not isinstance(mobject, ContourMap | Formula | Label):
        if isinstance(mobject, VMobject):
            yield mobject
        for child in mobject.submobjects:
            yield from _without_maps(child)


def _sampled(points: np.ndarray) -> np.ndarray:
    """Points on cubic curves, (4k, 3), close to each other, (n, 2)."""
    curves = points[: len(points) // 4 * 4, :2].reshape(-1, 4, 2)
    lengths = np.linalg.norm(np.diff(curves, axis=1), axis=2).sum(axis=1)
    found = [np.zeros((0, 2))]
    for count in np.unique(counts := np.ceil(lengths / SPACING).astype(int) + 1):
        t = np.linspace(0, 1, count)[:, None, None]
        a, b, c, d = np.moveaxis(curves[counts == count], 1, 0)
        s = 1 - t
        found.append((s**3 * a + 3 * s**2 * t * b + 3 * s * t**2 * c + t**3 * d).reshape(-1, 2))
    return np.concatenate(found)


def _box(mobject) -> Box:
    across, up, _ = mobject.get_points_defining_boundary().T
    return Box(across.min(), up.min(), across.max(), up.max())


def overlap(one: Box, other: Box) -> float:
    """By how much two boxes overlap, the way they overlap less; negative if they do not."""
    across = min(one.right, other.right) - max(one.left, other.left)
    up = min(one.top, other.top) - max(one.bottom, other.bottom)
    return min(across, up)
