"""What the tests hold the code against: exact rationals, matrix powers, other derivatives.

Nothing here imports the code under test.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

COMPLEX_STEP = 1e-30


def exact_run(
    method: str, curvatures: tuple[str, str], start: tuple[str, str], steps: int, **numbers: str
) -> list[tuple[Fraction, Fraction]]:
    """Points 0..steps on f = (lambda_1 x^2 + lambda_2 y^2) / 2, in exact rational arithmetic."""
    lr, beta = Fraction(numbers["lr"]), Fraction(numbers.get("beta", "0"))
    axes = [
        _exact_axis(method, Fraction(curvature), Fraction(at), steps, lr, beta)
        for curvature, at in zip(curvatures, start, strict=True)
    ]
    return list(zip(*axes, strict=True))


def _exact_axis(
    method: str, curvature: Fraction, x: Fraction, steps: int, lr: Fraction, beta: Fraction
) -> list[Fraction]:
    v = Fraction(0)
    path = [x]
    for k in range(steps):
        g = curvature * x
        if method == "gd":
            travel = g
        elif method == "ema-momentum":
            travel = v = beta * v + (1 - beta) * g
        elif method == "ema-bias-corrected":
            v = beta * v + (1 - beta) * g
            travel = v / (1 - beta ** (k + 1))
        elif method == "ema-pytorch":
            travel = v = g if k == 0 else beta * v + (1 - beta) * g
        elif method == "heavy-ball":
            travel = v = beta * v + g
        else:
            v = beta * v + g
            travel = g + beta * v
        x = x - lr * travel
        path.append(x)
    return path


def exact_losses(curvatures: tuple[str, str], points: list[tuple[Any, Any]]) -> list[Fraction]:
    """The losses of exact points."""
    first, second = map(Fraction, curvatures)
    return [(first * x * x + second * y * y) / 2 for x, y in points]


def step_matrix(method: str, curvature: float, lr: float, beta: float) -> np.ndarray:
    """The matrix that takes (x, v) to the next (x, v), written out from the update rules."""
    if method == "gd":
        return np.array([[1 - lr * curvature, 0.0], [curvature, 0.0]])
    gain = 1 - beta if method == "ema-momentum" else 1.0
    velocity = np.array([gain * curvature, beta])
    if method == "nesterov":
        return np.array(
            [[1.0, 0.0] - lr * (np.array([curvature, 0.0]) + beta * velocity), velocity]
        )
    return np.array([np.array([1.0, 0.0]) - lr * velocity, velocity])


def spectral_radius(method: str, curvature: float, lr: float, beta: float) -> float:
    """The largest modulus of an eigenvalue of the step matrix."""
    return float(np.abs(np.linalg.eigvals(step_matrix(method, curvature, lr, beta))).max())


def lr_limit(method: str, curvature: float, beta: float) -> float:
    """The learning rate from which a method diverges: there an eigenvalue reaches -1."""
    stretch = {
        "gd": 1.0,
        "ema-momentum": (1 + beta) / (1 - beta),
        "heavy-ball": 1 + beta,
        "nesterov": (1 + beta) / (1 + 2 * beta),
    }
    return 2 / curvature * stretch[method]


def complex_step_gradient(value: Callable[[Any], Any], points: np.ndarray) -> np.ndarray:
    """The gradient (..., 2) of an analytic function, to rounding: Im f(p + ih) / h."""
    columns = []
    for axis in range(2):
        moved = points.astype(complex)
        moved[..., axis] += 1j * COMPLEX_STEP
        columns.append(np.imag(value(moved)) / COMPLEX_STEP)
    return np.stack(columns, axis=-1)


def central_gradient(value: Callable[[Any], Any], points: np.ndarray, h: float = 1e-5) -> Any:
    """The gradient (..., 2) by central differences of fourth order."""
    columns = []
    for axis in range(2):
        step = np.zeros(2)
        step[axis] = h
        near = value(points + step) - value(points - step)
        far = value(points + 2 * step) - value(points - 2 * step)
        columns.append((8.0 * near - far) / (12.0 * h))
    return np.stack(columns, axis=-1)


def polygon_area(ring: np.ndarray) -> float:
    """The signed area of a closed ring (k, 2) by the shoelace formula."""
    x, y = ring.T
    return float(0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def inside(ring: np.ndarray, point: np.ndarray) -> bool:
    """Whether a point lies inside a closed ring, by counting crossings of a ray."""
    x, y = point
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > y) != (y1 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return bool(np.count_nonzero(crosses & (x < at)) % 2)


def fits_schema(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value fits the part of JSON Schema that ours uses; unknown words are an error."""
    checks: dict[str, Callable[[Any, Any], bool]] = {
        "type": _fits_type,
        "const": lambda v, want: v == want and isinstance(v, bool) == isinstance(want, bool),
        "enum": lambda v, options: isinstance(v, str) and v in options,
        "minimum": lambda v, low: not _number(v) or v >= low,
        "maximum": lambda v, high: not _number(v) or v <= high,
        "exclusiveMinimum": lambda v, low: not _number(v) or v > low,
        "exclusiveMaximum": lambda v, high: not _number(v) or v < high,
        "minLength": lambda v, n: not isinstance(v, str) or len(v) >= n,
        "minItems": lambda v, n: not isinstance(v, list) or len(v) >= n,
        "maxItems": lambda v, n: not isinstance(v, list) or len(v) <= n,
        "items": lambda v, item: not isinstance(v, list) or all(fits_schema(i, item) for i in v),
        "contains": lambda v, item: not isinstance(v, list) or any(fits_schema(i, item) for i in v),
        "required": lambda v, keys: not isinstance(v, dict) or set(keys) <= set(v),
        "properties": lambda v, parts: (
            not isinstance(v, dict) or all(fits_schema(v[k], parts[k]) for k in v if k in parts)
        ),
        "additionalProperties": lambda v, rest: (
            not isinstance(v, dict)
            or all(rest and fits_schema(v[k], rest) for k in v if k not in schema["properties"])
        ),
        "anyOf": lambda v, options: any(fits_schema(v, option) for option in options),
        "oneOf": lambda v, options: sum(fits_schema(v, option) for option in options) == 1,
    }
    remarks = {"description", "default", "title", "$schema"}
    return all(checks[word](value, rule) for word, rule in schema.items() if word not in remarks)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits_type(value: Any, name: str) -> bool:
    kinds: dict[str, Any] = {"string": str, "boolean": bool, "object": dict, "array": list}
    if name == "number":
        return _number(value)
    if name == "integer":
        return _number(value) and value == value // 1
    return isinstance(value, kinds[name])
