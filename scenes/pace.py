"""Seconds per step, so that a step lands on a frame at 15, 30 and 60 frames a second. No Manim."""

from __future__ import annotations

SLOW_STEP_SECONDS = 0.8
FIRST_STEPS = 5  # of plain descent, each with its arrow
WORD_SECONDS = 0.4
TURN_SECONDS, TILT_SECONDS = 1.6, 2.2  # in which the surface turns, and becomes the map
# Of the loop: the surface turns, becomes the map, everybody runs; then the end is held.
LOOP_TURN_SECONDS, LOOP_TILT_SECONDS, LOOP_RUN_SECONDS, LOOP_REST_SECONDS = 1.2, 2.0, 5.2, 1.2


def slow_steps(steps: int) -> int:
    """The number of the map's first steps that are shown one by one."""
    return min(5, steps)


def roll_rate(steps: int) -> int:
    """Steps per second of the rest: 5, one by one, or as many more as keep it within 14 s."""
    rest = steps - slow_steps(steps)
    return 5 if rest <= 60 else 15 * -(-rest // 210)


def race_pace(steps: int) -> tuple[int, int, int]:
    """The pace of the loss race: slow while the story happens, then twice as fast.

    Returns:
        Steps per second at first, the steps run at that pace, and those of them before the
        first pause; both counts take a multiple of 0.2 s.
    """
    rate = 1 if steps <= 24 else 5 if steps <= 110 else 15 * -(-steps // 360)
    unit = max(1, rate // 5)
    slow = max(2 * unit, int(steps * 0.64) // (2 * unit) * 2 * unit)
    return rate, slow, slow // (2 * unit) * unit


def whole_seconds(seconds: float) -> float:
    """Seconds rounded up to the grid of 0.2 s."""
    return round(-(-round(seconds * 5, 6) // 1) / 5, 1)


def reading_seconds(text: str) -> float:
    """The seconds that words have to stand to be read, on the grid of 0.2 s.

    >>> reading_seconds("β = 0.99: not within 300.")
    2.0
    """
    spoken = [word for word in text.split() if any(part.isalnum() for part in word)]
    return whole_seconds(WORD_SECONDS * len(spoken))
