"""Numbers of an optimiser that change from step to step: a learning rate that decays, say.

Steps count from t = 1, and the first is made with ``start``. The formulas are those of PyTorch's
schedulers, whose epochs count from zero: e = t - 1. T is the number of steps of the run.

Source: ``torch.optim.lr_scheduler``, https://docs.pytorch.org/docs/stable/optim.html; I. Loshchilov
and F. Hutter, "SGDR", ICLR 2017 (cosine); L. Smith and N. Topin, "Super-convergence" (2018; the
one cycle); H. Robbins and S. Monro, "A stochastic approximation method", Ann. Math. Statist. 22
(1951) 400-407 (1/t); Y. Nesterov, Soviet Math. Doklady 27 (1983) 372-376, in the form of W. Su,
S. Boyd and E. Candes, JMLR 17 (2016), 153 (k/(k+3)).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, Self, final

import numpy as np

from momentum_math.parameters import (
    POSITIVE,
    Integer,
    Kind,
    Number,
    Parameter,
    made,
    parameters_of,
)
from momentum_math.types import Array, readonly

OWN, OWN_OR_ZERO = Number(-np.inf, np.inf), Number(-np.inf, np.inf, True, True)
"""What a value of the number that changes must be: what the number is, or that or zero."""
COUNT = Integer(1, 20_000)

Start = Annotated[float, Parameter(OWN, "its value at the first step")]
Peak = Annotated[float, Parameter(OWN, "its value at the peak")]
End = Annotated[float, Parameter(OWN_OR_ZERO, "its value at the end")]
Gamma = Annotated[
    float, Parameter(Number(0.0, 1.0, open_low=True), "by which factor it decays", symbol="γ")
]


@dataclass(frozen=True)
class Schedule(ABC):
    """The values of one number over the steps of a run; its fields are annotated as a method's are.

    Attributes:
        name: Its name in an experiment file.
        short: What labels call it.
        fits: Keys of the numbers that it is for.
        tex: Its formula in LaTeX, where ``{a}`` is the symbol of the number that changes.
        steps: T, the steps of the run; files do not say it again.
    """

    steps: int = field(default=1, kw_only=True)

    name: ClassVar[str]
    fits: ClassVar[tuple[str, ...]] = ("lr", "beta")
    tex: ClassVar[str]

    @property
    def short(self) -> str:
        return self.name

    @abstractmethod
    def values(self, t: Array) -> Array:
        """The values at steps t >= 1, (n,) as they are."""

    def at(self, step: int) -> float:
        """The value at one step, counted from 1; up to the first step it is that of the first."""
        return float(self.values(np.array([max(step, 1)], dtype=np.float64))[0])

    def course(self) -> Array:
        """All values of the run, (T + 1,), read-only; the first stands for t = 0 as well."""
        return readonly(self.values(np.maximum(np.arange(self.steps + 1.0), 1.0)))

    @property
    def waypoints(self) -> tuple[float, ...]:
        """The values that say where it goes: the first, the last, and a peak between them."""
        return self.at(1), self.at(self.steps)

    @property
    def conflict(self) -> str:
        """What is wrong between its numbers and the steps of the run; empty if nothing."""
        return ""

    def over(self, steps: int) -> Self:
        """The same for a run of so many steps."""
        values = {name: getattr(self, name) for name in parameters_of(type(self))}
        return type(self)(**values, steps=steps)

    def settings(self) -> dict[str, Any]:
        """It as a file says it."""
        values = {one.key: getattr(self, name) for name, one in parameters_of(type(self)).items()}
        return {"schedule": self.name, **values}


def _cosine(high: float, low: float, share: Array) -> Array:
    """From one value to another along half a wave of the cosine, at shares from 0 to 1."""
    return low + (high - low) * (1.0 + np.cos(np.pi * np.clip(share, 0.0, 1.0))) / 2.0


@final
@dataclass(frozen=True)
class Linear(Schedule):
    """A straight line to its end: start + (end - start) e / T.

    >>> Linear(0.5, 0.9, steps=4).values(np.array([1.0, 3.0, 5.0])).round(6).tolist()
    [0.5, 0.7, 0.9]
    """

    start: Start
    end: End = 0.0

    name: ClassVar[str] = "linear"
    tex: ClassVar[str] = r"{a}_t = {a}_1 + ({a}_\text{end} - {a}_1)\, (t-1)/T"

    def values(self, t: Array) -> Array:
        share: Array = np.clip((t - 1.0) / self.steps, 0.0, 1.0)
        return self.start + (self.end - self.start) * share

    @property
    def waypoints(self) -> tuple[float, ...]:
        return self.start, self.end


@final
@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a wave of the cosine to its end: end + (start - end) (1 + cos(pi e / T)) / 2.

    >>> Cosine(0.2, steps=100).values(np.array([1.0, 51.0, 101.0])).round(6).tolist()
    [0.2, 0.1, 0.0]
    """

    start: Start
    end: End = 0.0

    name: ClassVar[str] = "cosine"
    tex: ClassVar[str] = (
        r"{a}_t = {a}_\text{end} + \tfrac12 ({a}_1 - {a}_\text{end})"
        r" \left(1 + \cos \frac{\pi (t-1)}{T}\right)"
    )

    def values(self, t: Array) -> Array:
        return _cosine(self.start, self.end, (t - 1.0) / self.steps)

    @property
    def waypoints(self) -> tuple[float, ...]:
        return self.start, self.end


@final
@dataclass(frozen=True)
class Step(Schedule):
    """A drop by a factor every so many steps: start gamma^floor(e / every).

    >>> Step(1.0, every=10, gamma=0.5).values(np.array([10.0, 11.0, 21.0])).tolist()
    [1.0, 0.5, 0.25]
    """

    start: Start
    every: Annotated[int, Parameter(COUNT, "after how many steps it drops, again and again")]
    gamma: Gamma = 0.1

    name: ClassVar[str] = "step"
    tex: ClassVar[str] = r"{a}_t = {a}_1\, \gamma^{\lfloor (t-1)/\text{every} \rfloor}"

    def values(self, t: Array) -> Array:
        dropped: Array = self.start * self.gamma ** np.floor((t - 1.0) / self.every)
        return dropped


@final
@dataclass(frozen=True)
class Exponential(Schedule):
    """A decay by a factor each step: start gamma^e.

    >>> Exponential(1.0, gamma=0.5).values(np.array([1.0, 2.0, 4.0])).tolist()
    [1.0, 0.5, 0.125]
    """

    start: Start
    gamma: Gamma

    name: ClassVar[str] = "exponential"
    tex: ClassVar[str] = r"{a}_t = {a}_1\, \gamma^{t-1}"

    def values(self, t: Array) -> Array:
        decayed: Array = self.start * self.gamma ** (t - 1.0)
        return decayed


@final
@dataclass(frozen=True)
class InverseTime(Schedule):
    """A decay as one over the step, which lets noise average out: start / (1 + decay e).

    >>> InverseTime(1.0).values(np.array([1.0, 2.0, 4.0])).tolist()
    [1.0, 0.5, 0.25]
    """

    start: Start
    decay: Annotated[float, Parameter(POSITIVE, "what each step adds to 1, the divisor")] = 1.0

    name: ClassVar[str] = "1/t"
    tex: ClassVar[str] = r"{a}_t = {a}_1 / (1 + \text{decay}\, (t-1))"

    def values(self, t: Array) -> Array:
        return self.start / (1.0 + self.decay * (t - 1.0))


@final
@dataclass(frozen=True)
class WarmupCosine(Schedule):
    """A straight line up to a peak, in W = warmup steps, then half a wave of the cosine to its end.

    start + (peak - start) e / W, and from e = W on as ``cosine`` from the peak, over T - W steps:
    PyTorch's ``LinearLR`` and ``CosineAnnealingLR`` in a ``SequentialLR``.

    >>> rise = WarmupCosine(0.1, peak=0.5, warmup=4, steps=8)
    >>> rise.values(np.array([1.0, 3.0, 5.0, 7.0, 9.0])).round(6).tolist()
    [0.1, 0.3, 0.5, 0.25, 0.0]
    """

    start: Start
    peak: Peak
    warmup: Annotated[int, Parameter(COUNT, "how many steps it takes to the peak")]
    end: End = 0.0

    name: ClassVar[str] = "warmup-cosine"
    tex: ClassVar[str] = (
        r"{a}_t = \begin{cases} {a}_1 + ({a}_\text{peak} - {a}_1) (t-1)/W & t \le W \\"
        r" {a}_\text{end} + \tfrac12 ({a}_\text{peak} - {a}_\text{end})"
        r" \left(1 + \cos \frac{\pi (t-1-W)}{T-W}\right) & t > W \end{cases}"
    )

    @property
    def conflict(self) -> str:
        late = f"warmup = {self.warmup} must be below the run's steps = {self.steps}"
        return late if self.warmup >= self.steps else ""

    def values(self, t: Array) -> Array:
        e = t - 1.0
        rising = self.start + (self.peak - self.start) * e / self.warmup
        falling = _cosine(self.peak, self.end, (e - self.warmup) / (self.steps - self.warmup))
        return np.where(e < self.warmup, rising, falling)

    @property
    def waypoints(self) -> tuple[float, ...]:
        return self.start, self.peak, self.end


@final
@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to a peak and down again, along a cosine each: PyTorch's ``OneCycleLR`` for alpha alone.

    The peak is at e = rise T - 1, and the last step, e = T - 1, is made with the end.

    >>> cycle = OneCycle(0.1, peak=0.5, rise=0.5, steps=10)
    >>> cycle.values(np.array([1.0, 3.0, 5.0, 10.0])).round(6).tolist()
    [0.1, 0.3, 0.5, 0.0]
    """

    start: Start
    peak: Peak
    rise: Annotated[
        float,
        Parameter(Number(0.0, 1.0, True, True), "in which share of the run's steps it rises"),
    ] = 0.3
    end: End = 0.0

    name: ClassVar[str] = "one-cycle"
    tex: ClassVar[str] = (
        r"{a}_t = \begin{cases} c({a}_1, {a}_\text{peak}, \frac{t-1}{rT-1}) & t \le rT \\"
        r" c({a}_\text{peak}, {a}_\text{end}, \frac{t-rT}{T-rT}) & t > rT \end{cases},"
        r" \quad c(u, w, s) = u + \tfrac12 (w - u) (1 - \cos \pi s)"
    )

    @property
    def conflict(self) -> str:
        few = f"rise = {self.rise:g} of steps = {self.steps} must leave two steps each way"
        return few if not 1.0 <= self.rise * self.steps - 1.0 <= self.steps - 2.0 else ""

    def values(self, t: Array) -> Array:
        e, top, last = t - 1.0, self.rise * self.steps - 1.0, self.steps - 1.0
        rising = _cosine(self.start, self.peak, e / top)
        return np.where(e <= top, rising, _cosine(self.peak, self.end, (e - top) / (last - top)))

    @property
    def waypoints(self) -> tuple[float, ...]:
        return self.start, self.peak, self.end


@final
@dataclass(frozen=True)
class NesterovSequence(Schedule):
    """The momentum of Nesterov's method for convex losses, k / (k + 3) with k = t - 1.

    >>> NesterovSequence().values(np.array([1.0, 2.0, 8.0])).tolist()
    [0.0, 0.25, 0.7]
    """

    name: ClassVar[str] = "nesterov"
    short: ClassVar[str] = "k/(k+3)"
    fits: ClassVar[tuple[str, ...]] = ("beta",)
    tex: ClassVar[str] = r"{a}_t = \frac{t-1}{t+2}"

    def values(self, t: Array) -> Array:
        return (t - 1.0) / (t + 2.0)


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.name: schedule
    for schedule in (
        Linear,
        Cosine,
        Step,
        Exponential,
        InverseTime,
        WarmupCosine,
        OneCycle,
        NesterovSequence,
    )
}
"""Name in an experiment file -> class."""


def fitting(key: str) -> dict[str, type[Schedule]]:
    """The schedules that a number of an optimiser can have, by name; by the number's key."""
    return {name: one for name, one in SCHEDULES.items() if key in one.fits}


def scheduled(values: dict[str, Any]) -> Schedule:
    """The schedule of a file's table, all values filled in; see ``made``."""
    return made(SCHEDULES[values["schedule"]], values)


def kind_within(kind: Kind, number: Number) -> Kind:
    """The kind of a schedule's value for a number of this kind; others are as declared."""
    if kind == OWN:
        return number
    return replace(number, low=0.0, open_low=False) if kind == OWN_OR_ZERO else kind
