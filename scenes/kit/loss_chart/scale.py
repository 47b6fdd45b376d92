"""The logarithmic axis of losses, and the curves' points on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from momentum_math import Outcome, Run
from scenes.kit.charts import Chart
from scenes.look import Box
from scenes.words.numbers import power

# The log axis reaches this far below the threshold, and this many decades above the start; more
# where runs go further and do not diverge.
DEPTH, HEIGHT, MOST_HEIGHT = 1e-5, 2.0, 12.0


class LossScale:
    """Losses as heights: their log10 above the minimum, or a symmetric log without one.

    Heights are clamped to the axis, which reaches from ``low`` to ``high``; ``lasting`` tells from
    which step on a run is off it for good.
    """

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        losses = np.concatenate([run.excess for run in outcome.runs])
        # Where every loss is the lowest there is no logarithm of it: the axis is linear round 0.
        self.is_log = outcome.experiment.landscape.minimum is not None and bool(losses.any())
        self._linear = linear_part(outcome)
        heights = self._height(losses)
        heights = heights[np.isfinite(heights)]
        lowest, highest = float(heights.min()), float(heights.max())
        start = self.height(outcome.runs[0].excess[0])
        start = start if np.isfinite(start) else highest
        deepest, topmost = self._kept()
        if self.is_log:
            threshold, reach = outcome.experiment.threshold, start + HEIGHT
            aim = np.log10(threshold) if threshold is not None else lowest
            # At least a decade under the threshold, for the steps that are written there.
            low = np.floor(max(min(lowest, aim - 1), min(np.log10(DEPTH) + aim, highest - 1)))
        else:
            reach = abs(start) + HEIGHT
            low = max(lowest, min(-reach, deepest))
        self.low = float(low) - 0.25
        self.high = float(min(highest, max(reach, topmost))) + 0.35

    def _kept(self) -> tuple[float, float]:
        """The heights between which runs are that do not diverge, so far as an axis can be read."""
        kept = [run.excess for run in self._outcome.runs if run.trajectory.ended_at is None]
        heights = self._height(np.concatenate([self._outcome.runs[0].excess[:1], *kept]))
        low, high = heights[0] - MOST_HEIGHT, heights[0] + MOST_HEIGHT
        return max(float(heights.min()), float(low)), min(float(heights.max()), float(high))

    def _height(self, losses: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.is_log:
                return np.where(losses > 0, np.log10(np.maximum(losses, 1e-300)), -np.inf)
            return np.sign(losses) * np.log10(1 + np.abs(losses) / self._linear)

    def heights(self, run: Run) -> np.ndarray:
        """A run's losses as heights, clamped to the axis, (n + 1,)."""
        heights = np.nan_to_num(self._height(run.excess), nan=self.high, posinf=self.high)
        return np.clip(heights, self.low, self.high)

    def lasting(self, run: Run) -> int:
        """The last step at which a run is on the axis, or the last step of all."""
        on = np.flatnonzero(self._on_axis(run))
        return min(int(on[-1]) + 1, len(run.excess) - 1) if len(on) else 0

    def drawn_true(self, run: Run) -> list[int]:
        """The steps at which the head stands at its true height."""
        return [int(k) for k in np.flatnonzero(self._on_axis(run))] if self.is_log else []

    def _on_axis(self, run: Run) -> np.ndarray:
        height = self._height(run.excess)
        return (self.low < height) & (height < self.high)

    def height(self, loss: float) -> float:
        """The height of one loss."""
        return float(self._height(np.array(loss)))

    @property
    def threshold(self) -> float | None:
        """The height of the threshold, where there is one and it is on the axis."""
        value = self._outcome.experiment.threshold
        height = None if value is None else self.height(value)
        return height if height is not None and self.low < height < self.high else None

    def ticks(self, closest: float) -> list[tuple[float, str]]:
        """(height, label) of powers of ten that are at least ``closest`` apart."""
        every = int(np.ceil(closest))
        if self.is_log:
            decades = range(int(np.ceil(self.low)), int(np.floor(self.high)) + 1)
            return [(float(d), power(d)) for d in decades if d % every == 0]
        first, ticks = round(np.log10(self._linear)) + every, [(0.0, "0")]
        for decade in range(first, first + 40, every):
            height = self.height(10.0**decade)
            ticks += [(height, power(decade)), (-height, f"−{power(decade)}")]
        return sorted((h, label) for h, label in ticks if self.low < h < self.high)


def linear_part(outcome: Outcome) -> float:
    """Below which size a loss on the symmetric axis is shown linearly: a hundredth of the first."""
    first = abs(float(outcome.runs[0].excess[0]))
    return float(f"1e{round(np.log10(first)) - 2}") if first > 0 else 1e-2


def race_chart(outcome: Outcome, scale: LossScale, box: Box) -> Chart:
    """Steps to the right, heights of the loss upwards, over all contenders."""
    return Chart(box, (0.0, float(outcome.experiment.steps)), (scale.low, scale.high))


def race_paths(outcome: Outcome, scale: LossScale, chart: Chart) -> list[np.ndarray]:
    """Each contender's losses in units, (n, 2), until they leave the axis for good."""
    values = (scale.heights(run)[: scale.lasting(run) + 1] for run in outcome.runs)
    return [chart.place(np.stack([np.arange(len(one)), one], axis=1)) for one in values]


def spread(
    centers: Sequence[float], sizes: Sequence[float], low: float, high: float, fixed: int = 0
) -> list[float]:
    """Centres moved apart so that things of these sizes do not overlap, from low to high.

    They may be in any order; so many at the list's end as are fixed stay where they are.
    """
    order = sorted(range(len(centers)), key=lambda i: (centers[i], -i))
    placed = [centers[i] for i in order]
    half = [sizes[i] / 2 for i in order]
    loose = [float(i < len(centers) - fixed) for i in order]
    for _ in range(80):
        before = placed[:]
        for a in range(len(placed) - 1):
            short = half[a] + half[a + 1] - (placed[a + 1] - placed[a])
            give = loose[a] + loose[a + 1]
            if short > 1e-9 and give:
                placed[a] -= short * loose[a] / give
                placed[a + 1] += short * loose[a + 1] / give
        for a in range(len(placed)):
            if loose[a]:
                placed[a] = min(max(placed[a], low + half[a]), high - half[a])
        if placed == before:
            break
    return [center for _, center in sorted(zip(order, placed, strict=True))]
