"""What a contender is called when its author gives no label."""

from collections.abc import Sequence
from dataclasses import fields

from momentum_math.optimizers.adaptive import Adam, RMSProp
from momentum_math.optimizers.base import Optimizer
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov

SHORT = {
    GradientDescent.name: "Gradient descent",
    EmaMomentum.name: "Momentum",
    HeavyBall.name: "Heavy ball",
    Nesterov.name: "Nesterov",
    RMSProp.name: "RMSProp",
    Adam.name: "Adam",
}
SYMBOLS = {
    "lr": "α",
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "decay": "decay",
    "epsilon": "ε",
}


def decimal(value: float, decimals: int = 2) -> str:
    """A number with at least two decimals, and more where it has more.

    >>> decimal(0.9), decimal(0.995)
    ('0.90', '0.995')
    """
    text = f"{value:.{decimals}f}"
    return text if float(text) == value else f"{value:.6g}"


def default_labels(optimizers: Sequence[Optimizer]) -> tuple[str, ...]:
    """One label for each contender, distinct where the contenders are.

    The method's short name, with beta where it has one; contenders that would be called the same
    get the numbers in which they differ; true twins get a count.

    Args:
        optimizers: The contenders' methods, in order.

    Returns:
        The labels, in the same order, all different.

    >>> default_labels([GradientDescent(0.18), EmaMomentum(0.18, 0.9)])
    ('Gradient descent', 'Momentum β = 0.90')
    >>> default_labels([GradientDescent(0.1), GradientDescent(0.2)])
    ('Gradient descent α = 0.1', 'Gradient descent α = 0.2')
    """
    labels = [_plain(optimizer, _averaging_is_named(optimizers)) for optimizer in optimizers]
    for label in set(labels):
        group = [i for i, other in enumerate(labels) if other == label]
        if len(group) > 1:
            for i in group:
                labels[i] += _differences([optimizers[j] for j in group], optimizers[i])
    return tuple(
        f"{label} ({labels[:i].count(label) + 1})" if labels.count(label) > 1 else label
        for i, label in enumerate(labels)
    )


def _averaging_is_named(optimizers: Sequence[Optimizer]) -> bool:
    """Whether "Momentum" alone would be ambiguous beside another form of it."""
    return any(isinstance(optimizer, HeavyBall | Nesterov) for optimizer in optimizers)


def _plain(optimizer: Optimizer, averaging_is_named: bool) -> str:
    """The label of a contender on its own."""
    label = SHORT[optimizer.name]
    if isinstance(optimizer, EmaMomentum):
        label = "EMA momentum" if averaging_is_named else label
        label += f" β = {decimal(optimizer.beta)}"
        label += ", bias-corrected" if optimizer.bias_correction else ""
        return label + (", PyTorch start" if optimizer.first_step == "gradient" else "")
    if isinstance(optimizer, HeavyBall | Nesterov):
        label += f" β = {decimal(optimizer.beta)}"
    return label


def _differences(group: Sequence[Optimizer], optimizer: Optimizer) -> str:
    """The numbers in which a contender differs from others of the same label."""
    parts = []
    for field in fields(optimizer):  # type: ignore[arg-type]
        values = {getattr(other, field.name) for other in group}
        if len(values) > 1 and field.name in SYMBOLS:
            parts.append(f"{SYMBOLS[field.name]} = {getattr(optimizer, field.name):.6g}")
    return " " + ", ".join(parts) if parts else ""
