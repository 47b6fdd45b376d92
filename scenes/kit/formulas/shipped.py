"""The formulas of the shipped films: which there are, and their SVGs renewed (``make tex``)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

from momentum_math import load_experiment, run
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.story import Story
from scenes import CHAPTERS
from scenes.kit.formulas.latex import Formula, svg_name
from scenes.kit.formulas.outlines import SHIPPED, formula_svgs, typeset
from scenes.storyboard import tell


def film_formulas(experiment: Path) -> list[Formula]:
    """Every formula in the film of an experiment, found by playing it without drawing a frame."""
    from manim import Camera, tempconfig

    from scenes.kit.formulas import mobject

    class Blind(Camera):
        def capture_mobjects(self, *_: Any, **__: Any) -> None:
            """Draw nothing."""

    story = Story(run(load_experiment(experiment)))
    dry = {"dry_run": True, "disable_caching": True, "progress_bar": "none", "verbosity": "ERROR"}
    with patch.object(mobject, "typeset", wraps=typeset) as asked, tempconfig(dry):
        for chapter in tell(story).chapters:
            module, scene_class = CHAPTERS[chapter.name].split(":")
            make_scene = getattr(import_module(module), scene_class)
            scene = make_scene(camera_class=Blind, skip_animations=True)
            scene.story, scene.begins_alone = story, True
            scene.render()
    return [tuple(call.args[0]) for call in asked.call_args_list]


def shipped_formulas() -> list[Formula]:
    """Every formula in the films of the shipped experiments, each once."""
    films = map(film_formulas, sorted(EXPERIMENTS.glob("*.toml")))
    return list(dict.fromkeys(chain.from_iterable(films)))


def renew(formulas: Sequence[Formula], folder: Path = SHIPPED) -> tuple[int, int]:
    """Make a folder hold the SVGs of exactly these formulas; how many were made and removed."""
    names = {svg_name(formula) for formula in formulas}
    before = {path.name for path in folder.glob("*.svg")}
    formula_svgs(formulas, folder)
    for name in before - names:
        (folder / name).unlink()
    return len(names - before), len(before - names)


if __name__ == "__main__":
    made, removed = renew(shipped_formulas())
    print(f"{SHIPPED.name}: {made} made, {removed} removed")
