"""What to keep of a run while it is made: every point, copied, and its loss."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import numpy.typing as npt

from momentum_math.types import Array


@final
class Recorder:
    """The parameters and losses of a run, step by step, for a film of it.

    Parameters are an array, a number, a torch module or its parameters, or dicts, lists, tuples and
    dataclasses of such; they are copied, since most optimisers change them in place.

    Args:
        every: Keeps the first step and every such one after it.

    >>> recorder, theta = Recorder(), np.array([4.0, -2.0])
    >>> for _ in range(3):
    ...     recorder.step(theta, loss=theta @ theta)
    ...     theta *= 0.5
    >>> recorder.parameters.tolist(), recorder.losses.tolist()
    ([[4.0, -2.0], [2.0, -1.0], [1.0, -0.5]], [20.0, 5.0, 1.25])
    """

    def __init__(self, every: int = 1) -> None:
        if every < 1:
            raise ValueError(f"every = {every} must be at least 1")
        self._every, self._count = every, 0
        self._rows: list[Array] = []
        self._losses: list[float] = []

    def step(self, parameters: Any, loss: Any = None) -> None:
        """Keep the parameters as they are now and their loss: first at the start, then each step.

        Raises:
            ValueError: They are not as many as before, or only some have a loss.
        """
        is_kept, self._count = self._count % self._every == 0, self._count + 1
        if not is_kept:
            return
        row = np.concatenate([np.empty(0), *leaves(parameters)])
        if self._rows and len(row) != len(self._rows[0]):
            raise ValueError(f"there are {len(row)} parameters, at first {len(self._rows[0])}")
        if len(self._losses) != (0 if loss is None else len(self._rows)):
            raise ValueError("give the loss of every step or of none")
        self._rows.append(row)
        if loss is not None:
            self._losses.append(float(_detached(loss)))

    def callback(self, intermediate_result: Any) -> None:
        """Keep what ``scipy.optimize.minimize(..., callback=recorder.callback)`` tells.

        SciPy tells of points after the start: give ``step`` that one first, with its loss.
        """
        found = getattr(intermediate_result, "x", intermediate_result)
        self.step(found, getattr(intermediate_result, "fun", None))

    @property
    def parameters(self) -> Array:
        """All that was kept, (n, d)."""
        return np.array(self._rows, dtype=np.float64).reshape(len(self._rows), -1)

    @property
    def losses(self) -> Array | None:
        """The losses, (n,); None if none were given."""
        return np.array(self._losses) if self._losses else None

    def save(self, file: str | Path) -> None:
        """Write an .npz file: of two parameters a film's ``points``, of more ``parameters``.

        ``momentum project`` makes points of parameters.

        Raises:
            ValueError: Nothing was kept, or the name ends otherwise.
        """
        path = Path(file)
        if path.suffix != ".npz" or not self._rows:
            wrong = "nothing was kept" if not self._rows else "its name must end in .npz"
            raise ValueError(f"{path}: {wrong}")
        kept = self.parameters
        arrays = {"points" if kept.shape[1] == 2 else "parameters": kept}
        if self.losses is not None:
            arrays["losses"] = self.losses
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def leaves(tree: Any) -> list[Array]:
    """Return the arrays of a tree of parameters, flat copies (k,), in an order that stays the same.

    Of dicts in the order of their keys; torch and JAX are never imported: what can be detached is
    a tensor, what has parameters is a module.

    >>> [leaf.tolist() for leaf in leaves({"w": [[1, 2], [3, 4]], "b": (5.0, None)})]
    [[5.0], [1.0], [2.0], [3.0], [4.0]]
    """
    if tree is None:
        return []
    if isinstance(tree, Mapping):
        return [leaf for key in sorted(tree, key=str) for leaf in leaves(tree[key])]
    if getattr(tree, "detach", None):
        return [_flat(_detached(tree).cpu().double().numpy())]
    if parameters := getattr(tree, "parameters", None):
        return leaves(list(parameters()))
    if is_dataclass(tree) and not isinstance(tree, type):
        return [leaf for field in fields(tree) for leaf in leaves(getattr(tree, field.name))]
    if isinstance(tree, str):
        raise TypeError(f"{tree!r} is no parameter")
    if isinstance(tree, Iterable) and not getattr(tree, "dtype", None):
        return [leaf for item in tree for leaf in leaves(item)]
    return [_flat(tree)]


def _detached(value: Any) -> Any:
    """A tensor without its gradients, anything else as it is."""
    detach = getattr(value, "detach", None)
    return detach() if detach else value


def _flat(leaf: npt.ArrayLike) -> Array:
    """A copy of an array or a number, (k,)."""
    return np.array(leaf, dtype=np.float64).ravel()
