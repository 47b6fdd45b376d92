"""What keeps the words on stage from being read: overlaps, edges, size, contrast, marks."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from scenes.look import Box, contrast
from tests.scenes.staging import overlap

MARGIN = 0.3
MARKS = 0.05  # so far into the margin a ring round a point may reach, words may not


def crossings(box: Box, points: np.ndarray) -> np.ndarray:
    """Those of the points, (n, 2), that lie in a box."""
    x, y = points.T
    return points[(box.left < x) & (x < box.right) & (box.bottom < y) & (y < box.top)]


def leaves(box: Box, safe: Box) -> bool:
    """Whether a box is not inside another one."""
    across = safe.left <= box.left and box.right <= safe.right
    return not (across and safe.bottom <= box.bottom and box.top <= safe.top)


def layout_problems(scene) -> list[str]:
    """What is wrong with the texts on stage at the ends of a chapter's beats."""
    look = scene.look
    frame, safe = look.frame, look.frame.box.shrunk(MARGIN)
    grounds = (look.theme.background, look.theme.panel, look.theme.basin)
    problems, last = [], list(scene.stage)[-1]
    for beat, texts in scene.stage.items():
        if leaves(scene.bounds[beat], frame.box.shrunk(MARGIN - MARKS)):
            problems.append(f"{beat}: something leaves the frame: {scene.bounds[beat]}")
        for text in texts:
            box, said = text.box, f"{beat}: {text.words!r}"
            if leaves(box, safe):
                problems.append(f"{said} leaves the frame: {box}")
            if text.em < 0.022 * min(frame.width, frame.height):
                problems.append(f"{said} is too small: {text.em}")
            for color in text.colors:
                least = min(contrast(color, ground) for ground in grounds)
                if least < 4.5:
                    problems.append(f"{said} in {color} has contrast {least:.2f}")
            # Names that ride along with a head pass over others until the ride is over.
            passes = text.rides and beat != last
            if not passes and len(found := crossings(box.shrunk(0.03), scene.marks[beat])):
                problems.append(f"{said} stands on an arrow or a particle at {found[0]}")
        for one, other in combinations(texts, 2):
            if overlap(one.box, other.box) > 0.005:
                problems.append(f"{beat}: {one.words!r} overlaps {other.words!r}")
    return problems
