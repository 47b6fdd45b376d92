"""Every example in the docstrings of the mathematics is true."""

import doctest
import importlib
import pkgutil

import pytest

import momentum_math

MODULES = [
    module.name for module in pkgutil.walk_packages(momentum_math.__path__, "momentum_math.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    found = doctest.DocTestFinder().find
    count = sum(
        len(test.examples) for name in MODULES for test in found(importlib.import_module(name))
    )
    assert count > 40
