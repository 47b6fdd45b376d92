"""A learning problem of two parameters: the mean loss of a fit, so that the map is exact."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, NamedTuple, final

import numpy as np
import numpy.typing as npt

from momentum_math.data.samples import Samples, SamplesFile
from momentum_math.landscapes.base import Landscape
from momentum_math.landscapes.lowest import lowest
from momentum_math.parameters import Choice, Parameter
from momentum_math.types import Array, Point, Window, pair, symmetric

AT_ONCE = 2**16
"""Losses of single samples that are computed together: more would fall out of the cache."""
SUM = r"\sum_{i=1}^{n}"
SCORE = r"\theta_1 + \theta_2 x_i"

OfScores = Callable[[Array, Array], Array]
"""A function of the samples' scores z = theta_1 + theta_2 x and of y, both (k, n)."""


def _softplus(z: Array) -> Array:
    """log(1 + e^z), without overflow."""
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))))


def _sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), without overflow."""
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


def _softplus_bend(z: Array, y: Array) -> Array:
    share = _sigmoid(z)
    return share * (share + (_softplus(z) - y) * (1.0 - share))


class Model(NamedTuple):
    """The loss of a sample, its first and second derivative by the score, the mean in LaTeX."""

    loss: OfScores
    slope: OfScores
    bend: OfScores
    tex: str


MODELS: dict[str, Model] = {
    "line": Model(
        lambda z, y: 0.5 * (z - y) ** 2,
        lambda z, y: z - y,
        lambda z, _: np.ones_like(z),
        rf"\frac{{1}}{{2 n}} {SUM} ({SCORE} - y_i)^2",
    ),
    "logistic": Model(
        lambda z, y: _softplus(z) - y * z,
        lambda z, y: _sigmoid(z) - y,
        lambda z, _: _sigmoid(z) * _sigmoid(-z),
        rf"\frac{{1}}{{n}} {SUM} [\log(1 + e^{{{SCORE}}}) - y_i ({SCORE})]",
    ),
    "softplus": Model(
        lambda z, y: 0.5 * (_softplus(z) - y) ** 2,
        lambda z, y: (_softplus(z) - y) * _sigmoid(z),
        _softplus_bend,
        rf"\frac{{1}}{{2 n}} {SUM} [\log(1 + e^{{{SCORE}}}) - y_i]^2",
    ),
}
"""Name in an experiment file -> model."""


@final
@dataclass(frozen=True)
class FitLandscape(Landscape):
    """The mean loss of a model with two parameters over all samples.

    Args:
        data: The samples; of the logistic model y is 0 or 1.
        model: What is fitted: a line by least squares, the probability of y = 1, or log(1 + e^z)
            by least squares, each of z = theta_1 + theta_2 x.

    >>> fit = FitLandscape(Samples((0.0, 1.0, 2.0), (1.0, 3.0, 5.0)), "line")
    >>> float(fit.value((1.0, 2.0))), fit.gradient((0.0, 0.0)).tolist()
    (0.0, [-3.0, -4.333333333333333])
    >>> fit.minima
    ((1.0, 2.0),)
    """

    data: Annotated[
        Samples, Parameter(SamplesFile(), "samples to learn from: a file with columns x and y")
    ]
    model: Annotated[
        str, Parameter(Choice(tuple(MODELS)), "what is fitted to them, with two parameters")
    ] = "line"

    name: ClassVar[str] = "fit"

    @property
    def minimum(self) -> float:
        return _best(self)[0]

    @property
    def minima(self) -> tuple[Point, ...]:
        return _best(self)[1]

    @property
    def window(self) -> Window:
        reach = 3.0 * max(1.0, *(abs(part) for point in self.minima for part in point))
        return (-reach, reach), (-reach, reach)

    @property
    def tex(self) -> str:
        return MODELS[self.model].tex

    @property
    def conflict(self) -> str:
        """What is wrong between samples and model; empty if nothing."""
        if self.model == "logistic" and not set(self.data.y) <= {0.0, 1.0}:
            return 'model = "logistic" wants y that are 0 or 1'
        return ""

    def value(self, points: npt.ArrayLike) -> Array:
        if self.model == "line":
            return _parabola(self, np.asarray(points, dtype=np.float64))
        return _means(MODELS[self.model].loss, *self._arrays, points, (0,))[0]

    def gradient(self, points: npt.ArrayLike) -> Array:
        return pair(*_means(MODELS[self.model].slope, *self._arrays, points, (0, 1)))

    def hessian(self, points: npt.ArrayLike) -> Array:
        return symmetric(*_means(MODELS[self.model].bend, *self._arrays, points, (0, 1, 2)))

    def batch_gradient(self, points: npt.ArrayLike, batch: npt.NDArray[np.int64]) -> Array:
        """Return the gradient at points (..., 2) of the mean over some samples, shape (..., 2)."""
        x, y = self._arrays
        return pair(*_means(MODELS[self.model].slope, x[batch], y[batch], points, (0, 1)))

    @property
    def _arrays(self) -> tuple[Array, Array]:
        return np.array(self.data.x), np.array(self.data.y)


def _means(
    term: OfScores, x: Array, y: Array, points: npt.ArrayLike, powers: tuple[int, ...]
) -> list[Array]:
    """The means over samples of a term times powers of x, at points (..., 2), each (...)."""
    theta = np.asarray(points, dtype=np.float64)
    flat, size = theta.reshape(-1, 2), max(1, AT_ONCE // len(x))
    weights = np.stack([x**power for power in powers], axis=1) / len(x)
    blocks = [
        term(part[:, :1] + part[:, 1:] * x, y) @ weights
        for part in np.array_split(flat, max(1, -(-len(flat) // size)))
    ]
    found = np.concatenate(blocks)
    return [column.reshape(theta.shape[:-1]) for column in found.T]


def _parabola(fit: FitLandscape, theta: Array) -> Array:
    """The loss of a line at points (..., 2), (...): it is quadratic, and never below its lowest."""
    x, y = np.array(fit.data.x), np.array(fit.data.y)
    _, ((first, second),) = _best(fit)
    a, b = theta[..., 0] - first, theta[..., 1] - second
    across, miss = x - x.mean(), first + second * x - y
    # About the mean of x the two directions are independent.
    return np.asarray(
        0.5 * ((a + b * x.mean()) ** 2 + (across @ across / len(x)) * b * b)
        + 0.5 * (miss @ miss) / len(x)
    )


@lru_cache(maxsize=16)
def _best(fit: FitLandscape) -> tuple[float, tuple[Point, ...]]:
    """The lowest loss and where it is: the normal equations of a line, else a search.

    Classes that a threshold separates are fitted the better the steeper the model: the loss falls
    towards 0 without ever reaching it.
    """
    x, y = np.array(fit.data.x), np.array(fit.data.y)
    if fit.model == "line":
        slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
        point = (float(y.mean() - slope * x.mean()), slope)
        miss = point[0] + slope * x - y
        return 0.5 * float(miss @ miss) / len(x), (point,)
    if fit.model == "logistic" and _is_separable(x, y):
        return 0.0, ()
    reach = 10.0 / min(1.0, float(np.ptp(x)))
    found = lowest(fit, (0.0, 0.0), ((-reach, reach), (-reach, reach)))
    return found.value, found.points if found.is_rest else ()


def _is_separable(x: Array, y: Array) -> bool:
    """Whether all x of one class are on one side of those of the other; so it is for one class."""
    low, high = x[y == 0.0], x[y == 1.0]
    if not len(low) or not len(high):
        return True
    return bool(low.max() <= high.min() or high.max() <= low.min())
