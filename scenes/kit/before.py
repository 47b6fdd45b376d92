"""The last picture of the chapter before, with which a chapter begins."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from manim import Mobject, VMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.family import extract_mobject_family_members

from scenes import CHAPTERS
from scenes.kit.animations import COLORS

if TYPE_CHECKING:
    from momentum_math.story import Story
    from scenes.kit.stage import ChapterScene
    from scenes.look import Look
    from scenes.storyboard import Storyboard


class _NoCamera:
    background_color: Any = None
    use_z_index = True


class Unseen:
    """A renderer that draws nothing: every play goes to its end at once."""

    capabilities = CairoRenderer.capabilities

    def __init__(self) -> None:
        self.camera, self.time = _NoCamera(), 0.0

    def init_scene(self, *_: Any) -> None:
        """There are no files to prepare."""

    def play(self, scene: ChapterScene, *args: Any) -> None:
        """Play animations together, without any of their frames."""
        scene.compile_animation_data(*args)
        for animation in scene.animations or ():
            animation._setup_scene(scene)
            animation.begin()
        for animation in scene.animations or ():
            animation.finish()
            animation.clean_up_from_scene(scene)


def played(chapter: str, story: Story, storyboard: Storyboard, look: Look) -> ChapterScene:
    """A chapter that was played to its end, by itself and without being drawn."""
    module, name = CHAPTERS[chapter].split(":")
    scene: ChapterScene = getattr(import_module(module), name)(renderer=Unseen())
    scene.story, scene.storyboard, scene.look = story, storyboard, look
    scene.begins_alone = True
    scene.setup()
    scene.construct()
    return scene


def last_picture(scene: ChapterScene) -> list[VMobject]:
    """What is drawn in the end of the chapter before a scene's, lowest first; nothing before all.

    That chapter is of the same story and in the same look.
    """
    told = scene.storyboard.before(scene.chapter)
    if told is None:
        return []
    return drawn(played(told.name, scene.story, scene.storyboard, scene.look).mobjects)


def drawn(mobjects: list[Mobject]) -> list[VMobject]:
    """The parts of mobjects that show, lowest first."""
    family = extract_mobject_family_members(mobjects)
    return [
        part
        for part in family
        if isinstance(part, VMobject)
        and len(part.points)
        and max(part.get_fill_opacity(), part.get_stroke_opacity()) > 0.0
    ]


def without(parts: list[VMobject], others: list[VMobject]) -> list[VMobject]:
    """Those of some parts of a picture that are not among others, by all that is seen of them."""
    kept = set(map(_looks, others))
    return [part for part in parts if _looks(part) not in kept]


def _looks(part: VMobject) -> tuple[bytes, ...]:
    colors = (np.asarray(getattr(part, name)).tobytes() for name in COLORS)
    return (part.points.tobytes(), *colors, np.asarray(part.stroke_width).tobytes())
