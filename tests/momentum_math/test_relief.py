"""Heights of a loss: they rise with it, on every landscape, whatever its values."""

from __future__ import annotations

import numpy as np
import pytest

from momentum_math import LANDSCAPES, CustomLandscape
from momentum_math.relief import relief

FORMULAS = {
    "pole": "1 / (x**2 + y**2)",
    "well": "log(x**2 + y**2 + 1e-9)",
    "huge": "exp(20 * x**2 + y**2)",
    "holes": "sqrt(x) + y**2",
    "tilted": "x + 2 * y",
}


def landscapes():
    made = {name: kind() for name, kind in LANDSCAPES.items() if kind is not CustomLandscape}
    return made | {name: CustomLandscape(formula) for name, formula in FORMULAS.items()}


@pytest.mark.parametrize("name", landscapes())
def test_heights_rise_with_the_loss(name):
    landscape = landscapes()[name]
    seen = relief(landscape, landscape.window)
    assert seen is not None
    losses = np.sort(seen.losses[np.isfinite(seen.losses)])
    heights = seen.height(losses)
    assert heights[0] == pytest.approx(0.0, abs=0.02)
    assert heights[-1] == pytest.approx(1.0, abs=0.02)
    assert (np.diff(heights) >= 0.0).all()
    inside = (seen.low < losses) & (losses < seen.high)
    apart = np.diff(losses[inside]) > 1e-9 * (seen.high - seen.low)
    assert (np.diff(heights[inside])[apart] > 0.0).all()


def test_a_bowl_keeps_its_shape_and_steep_walls_are_compressed():
    """A parabola's heights are proportional to the loss; Himmelblau's corners hide its basins."""
    bowl = LANDSCAPES["quadratic"]()
    seen = relief(bowl, bowl.window)
    assert seen is not None
    assert seen.unit is None
    half = seen.low + (seen.high - seen.low) / 2
    assert seen.height(half) == pytest.approx(0.5)
    steep = LANDSCAPES["himmelblau"]()
    pressed = relief(steep, steep.window)
    assert pressed is not None
    assert pressed.unit is not None
    # The hill between the four minima, 181.6, of 2186 at the corner: a twelfth, and yet seen.
    assert 0.4 < float(pressed.height(181.6)) < 0.7


def test_a_flat_or_too_fine_loss_has_no_relief():
    window = ((-1.0, 1.0), (-1.0, 1.0))
    assert relief(CustomLandscape("sin(4000 * x) + y**2"), window) is None
    assert relief(CustomLandscape("0 * x + 3"), window) is None
    assert relief(CustomLandscape("log(-1 - x**2) + y"), window) is None
