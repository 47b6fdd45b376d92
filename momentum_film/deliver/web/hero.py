"""The landscape as a surface on a page: its heights, from which a script draws it."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from momentum_math import Array, Outcome
from momentum_math.relief import relief
from momentum_math.story import Story
from scenes.words.names import landscape_title

SCRIPT = "hero.js"

CELLS = 60
"""Along a side of the mesh; twelve kilobytes in all."""
HIGHEST = 65535
"""As which height 1 is stored, in two bytes, the lower one first."""


def hero(outcome: Outcome) -> dict[str, Any] | None:
    """What the surface's script draws; None where the loss cannot be seen as a surface."""
    experiment = outcome.experiment
    window, landscape = experiment.map.window, experiment.landscape
    found = relief(landscape, window)
    if found is None:
        return None
    (west, east), (south, north) = window
    x, y = (np.linspace(low, high, CELLS + 1) for low, high in window)
    mesh = np.stack(np.meshgrid(x, y), axis=-1)
    with np.errstate(all="ignore"):
        heights = found.height(landscape.value(mesh))
    levels = found.height(experiment.map.levels)
    story = Story(outcome)
    marks = np.array([experiment.start, *story.minima])
    return {
        "title": landscape_title(story),
        "side": CELLS + 1,
        "heights": _packed(np.nan_to_num(heights, nan=1.0)),
        "levels": np.round(levels[levels < 1.0], 5).tolist(),
        "marks": ((marks - (west, south)) / (east - west, north - south)).round(5).tolist(),
    }


def _packed(heights: Array) -> str:
    """Heights, (m, n), from the first row on, as base64."""
    whole = np.rint(np.clip(heights, 0.0, 1.0) * HIGHEST).astype("<u2")
    return base64.b64encode(whole.tobytes()).decode()
