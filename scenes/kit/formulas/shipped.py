"""The formulas that are shipped: which there are, and their SVGs renewed (``make tex``)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from itertools import chain, product
from pathlib import Path
from unittest.mock import patch

import numpy as np

from momentum_math import (
    LANDSCAPES,
    OPTIMIZERS,
    CustomLandscape,
    load_experiment,
    read_experiment,
    run,
)
from momentum_math.optimizers.own import CustomRule
from momentum_math.parameters import REQUIRED, parameters_of
from momentum_math.shipped_experiments import EXPERIMENTS
from momentum_math.story import Story
from scenes import CHAPTERS
from scenes.kit.formulas.latex import Formula, svg_name
from scenes.kit.formulas.outlines import SHIPPED, Typeset, formula_svgs, typeset
from scenes.kit.formulas.typesetter import LATEX
from scenes.look import FRAMES, THEMES, Look, look
from scenes.storyboard import tell
from scenes.words.rules import rule_parts


def film_formulas(experiment: Path) -> list[Formula]:
    """Every formula in the film of an experiment, found by playing it without drawing a frame."""
    from scenes.kit.before import played
    from scenes.kit.formulas import mobject

    story = Story(run(load_experiment(experiment)))
    storyboard = tell(story)
    with patch.object(mobject, "typeset", wraps=typeset) as asked:
        for chapter in storyboard.chapters:
            played(chapter.name, story, storyboard, look())
    return [tuple(call.args[0]) for call in asked.call_args_list]


def shipped_formulas() -> list[Formula]:
    """Every formula that is shipped, each once.

    They are those in the films of the shipped experiments, every method's rule, and every
    landscape that has a name.
    """
    films = map(film_formulas, sorted(EXPERIMENTS.glob("*.toml")))
    return list(dict.fromkeys(chain(*films, rule_formulas(), landscape_formulas())))


def landscape_formulas() -> list[Formula]:
    """The lines of named landscapes' formulas with their usual numbers, in every frame."""
    from scenes.kit.formulas import mobject

    module, scene_class = CHAPTERS["ravine"].split(":")
    make_scene = getattr(import_module(module), scene_class)
    named = (name for name in LANDSCAPES if name != CustomLandscape.name)
    with patch.object(mobject, "typeset", side_effect=_dots) as asked:
        for story, frame in product(map(story_on, named), FRAMES.values()):
            scene = make_scene()
            scene.story, scene.look = story, Look(THEMES["paper"], frame)
            scene.sides()
    return [tuple(call.args[0]) for call in asked.call_args_list]


def _dots(formula: Sequence[str]) -> Typeset:
    """A dot for each part: what is only asked for needs no outlines yet."""
    return Typeset(tuple(np.zeros((4, 3)) for _ in formula), 1.0)


def story_on(name: str) -> Story:
    """A story on a landscape with its usual numbers."""
    values = {
        "start": list(LANDSCAPES[name].example_start),
        "landscape": {"name": name},
        "contenders": [{"optimizer": "gd", "lr": 1e-6}],
        "steps": 1,
    }
    return Story(run(read_experiment(values, name)))


def rule_formulas() -> list[Formula]:
    """The lines of the rules of all methods, with their numbers as they are if nothing is said."""
    methods = (
        owner(
            **{field: 0.5 for field, one in parameters_of(owner).items() if one.default is REQUIRED}
        )
        for owner in OPTIMIZERS.values()
        if owner is not CustomRule
    )
    return [tuple(tex for tex, _ in rule_parts(line)) for one in methods for line in one.tex]


def renew(formulas: Sequence[Formula], folder: Path = SHIPPED) -> tuple[int, int]:
    """Make a folder hold the SVGs of exactly these formulas; how many were made and removed."""
    names = {svg_name(formula) for formula in formulas}
    before = {path.name for path in folder.glob("*.svg")}
    formula_svgs(formulas, folder, LATEX)
    for name in before - names:
        (folder / name).unlink()
    return len(names - before), len(before - names)


if __name__ == "__main__":
    made, removed = renew(shipped_formulas())
    print(f"{SHIPPED.name}: {made} made, {removed} removed")
