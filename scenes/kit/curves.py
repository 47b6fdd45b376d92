"""Outlines of letters and formulas as Manim's cubic curves. No Manim."""

from __future__ import annotations

import numpy as np

At = tuple[float, float]


class CurvePen:
    """Takes an outline as the pens of fontTools do, and has it as cubic curves."""

    def __init__(self) -> None:
        self._points: list[complex] = []
        self._start = self._at = 0j

    def moveTo(self, at: At) -> None:
        self._start = self._at = complex(*at)

    def lineTo(self, end: At) -> None:
        if (way := complex(*end) - self._at) != 0:
            self._add(self._at + way / 3, self._at + 2 * way / 3, complex(*end))

    def qCurveTo(self, control: At, end: At) -> None:
        start, middle, last = self._at, complex(*control), complex(*end)
        self._add(start + 2 * (middle - start) / 3, last + 2 * (middle - last) / 3, last)

    def curveTo(self, *points: At) -> None:
        self._add(*(complex(*point) for point in points))

    def closePath(self) -> None:
        self.lineTo((self._start.real, self._start.imag))

    def _add(self, *points: complex) -> None:
        self._points += [self._at, *points]
        self._at = points[-1]

    def curves(self) -> np.ndarray:
        """What was drawn, (4k, 3)."""
        flat = np.array(self._points, dtype=complex)
        return np.stack([flat.real, flat.imag, np.zeros(len(flat))], axis=1)
