"""Default labels of contenders."""

from collections.abc import Sequence

from momentum_math.optimizers.base import Optimizer
from momentum_math.optimizers.momentum import MomentumMethod
from momentum_math.optimizers.schedules import Schedule
from momentum_math.parameters import parameters_of

LONGEST_LABEL = 40


def decimal(value: float, decimals: int = 2) -> str:
    """Return a number with at least two decimals, and more where it has more.

    >>> decimal(0.9), decimal(0.995)
    ('0.90', '0.995')
    """
    text = f"{value:.{decimals}f}"
    return text if float(text) == value else f"{value:.6g}"


def changing(symbol: str, schedule: Schedule, with_values: bool = True) -> str:
    """Return what a label says of a number that changes: how, and between which values.

    >>> from momentum_math.optimizers.schedules import Cosine
    >>> changing("α", Cosine(0.18)), changing("α", Cosine(0.18), with_values=False)
    ('cosine α 0.18 → 0', 'cosine α')
    """
    values = f" {' → '.join(f'{value:.3g}' for value in schedule.waypoints)}"
    return f"{schedule.short} {symbol}{values if with_values else ''}"


def default_labels(optimizers: Sequence[Optimizer]) -> tuple[str, ...]:
    """Return one label for each contender's method, all different, in the same order.

    The method's short name, with beta where it has one, and what changes; contenders that would be
    called the same get the numbers in which they differ; true twins get a count.

    >>> from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent
    >>> default_labels([GradientDescent(0.18), EmaMomentum(0.18, 0.9)])
    ('Gradient descent', 'Momentum β = 0.90')
    >>> default_labels([GradientDescent(0.1), GradientDescent(0.2)])
    ('Gradient descent α = 0.1', 'Gradient descent α = 0.2')
    """
    is_ambiguous = any(isinstance(one, MomentumMethod) and not one.distinct for one in optimizers)
    plain = [_plain(optimizer, is_ambiguous) for optimizer in optimizers]
    labels = []
    for own, optimizer in zip(plain, optimizers, strict=True):
        group = [other for other, label in zip(optimizers, plain, strict=True) if label == own]
        labels.append(own + _differences(group, optimizer))
    return tuple(
        f"{label} ({labels[:i].count(label) + 1})" if labels.count(label) > 1 else label
        for i, label in enumerate(labels)
    )


def _plain(optimizer: Optimizer, is_ambiguous: bool) -> str:
    """Return the label of a contender on its own."""
    label = optimizer.distinct if is_ambiguous and optimizer.distinct else optimizer.short
    beta = ""
    if isinstance(optimizer, MomentumMethod) and "beta" not in optimizer.schedules:
        beta = f" β = {decimal(optimizer.beta)}"
    if not optimizer.schedules:
        return label + beta + optimizer.variant
    spoken = {field: one.spoken for field, one in parameters_of(type(optimizer)).items()}
    how, how_far = (
        "".join(f", {changing(spoken[f], one, far)}" for f, one in optimizer.schedules.items())
        for far in (False, True)
    )
    ways = (beta + optimizer.variant + how_far, beta + how_far, how_far, beta + how, how)
    fitting = [label + way for way in ways if len(label + way) <= LONGEST_LABEL]
    return fitting[0] if fitting else label


def _differences(group: Sequence[Optimizer], optimizer: Optimizer) -> str:
    """Return the numbers in which a contender differs from others of the same label."""
    parts = [
        f"{parameter.spoken} = {getattr(optimizer, field):.6g}"
        for field, parameter in parameters_of(type(optimizer)).items()
        if parameter.symbol
        and len({getattr(other, field) for other in group}) > 1
        and field not in optimizer.schedules
    ]
    return " " + ", ".join(parts) if parts else ""
