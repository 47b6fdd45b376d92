"""Imports Manim without what no film needs, which takes half the time.

Manim loads SciPy for rotations, networkx for graphs and Beautiful Soup for listings, when it is
imported and whether they are used or not. Here each is stood in for by something that loads it when
it is first called. Where Manim was imported before, nothing is changed.

Importing this module does all that. It has to come before anything that imports Manim.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

# What Manim names in its imports, with the packages above.
RARELY_USED = ("scipy", "scipy.spatial", "scipy.spatial.transform", "networkx", "bs4")


class Later(type):
    """Kind of the stand-ins: classes, as some are asked whether things are instances of them."""

    path: str

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return later(f"{cls.path}.{name}")

    def __call__(cls, *args: Any, **options: Any) -> Any:
        return resolve_name(cls.path)(*args, **options)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, resolve_name(cls.path))


def later(path: str) -> Later:
    """A stand-in for a function or class, by its full name."""
    return Later(path.rpartition(".")[2], (), {"path": path})


class _LaterModule(ModuleType):
    """A stand-in for a module, as far as an import statement looks into it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # so that it is a package

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return later(f"{self.__name__}.{name}")


@contextmanager
def without(names: tuple[str, ...]) -> Iterator[None]:
    """Have import statements find stand-ins for modules that are not loaded yet."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _LaterModule(name) for name in missing})
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: modules stay, so looking through them again and again is idle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


if "manim" not in sys.modules:
    with without(RARELY_USED), uncollected():
        importlib.import_module("manim")
