"""Imports Manim without what no film needs, which takes half the time.

Manim loads SciPy for rotations, networkx for graphs and Beautiful Soup for listings, when it is
imported and whether they are used or not. When this module is imported, each is stood in for by
something that loads it when it is first called, unless Manim was imported before.
"""

from __future__ import annotations

import gc
import importlib
import sys
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

# What Manim names in its imports, with the packages above.
RARELY_USED = ("scipy", "scipy.spatial", "scipy.spatial.transform", "networkx", "bs4")


class _Later(type):
    """Kind of the stand-ins: classes, as some are asked whether things are instances of them."""

    path: str

    def __getattr__(cls, name: str) -> Any:
        return _later(cls.path, name)

    def __call__(cls, *args: Any, **options: Any) -> Any:
        return resolve_name(cls.path)(*args, **options)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, resolve_name(cls.path))


def _later(place: str, name: str) -> _Later:
    """A stand-in for a function or class of a module or class."""
    if name.startswith("__"):
        raise AttributeError(name)
    return _Later(name, (), {"path": f"{place}.{name}"})


class _LaterModule(ModuleType):
    """A stand-in for a module, as far as an import statement looks into it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # so that it is a package

    def __getattr__(self, name: str) -> Any:
        return _later(self.__name__, name)


def _import_manim() -> None:
    """Import it with stand-ins for modules that are not loaded yet, and no garbage collection.

    Modules stay, so looking through them again and again would be idle.
    """
    missing = [name for name in RARELY_USED if name not in sys.modules]
    sys.modules.update({name: _LaterModule(name) for name in missing})
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        importlib.import_module("manim")
    finally:
        for name in missing:
            del sys.modules[name]
        if was_enabled:
            gc.enable()


if "manim" not in sys.modules:
    _import_manim()
