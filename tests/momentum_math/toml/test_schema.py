"""The JSON Schema says what the reader does: same keys, types, ranges, defaults."""

import copy
import dataclasses
import json
import tomllib
from typing import Any

import pytest

from momentum_math import LANDSCAPES, OPTIMIZERS, ExperimentError, read_experiment, schema
from momentum_math.parameters import parameters_of
from tests import ROOT, oracles

MOMENTUM = tomllib.loads((ROOT / "experiments/momentum.toml").read_text())


def accepted(values: dict[str, Any]) -> bool:
    try:
        read_experiment(values, "some.toml")
    except ExperimentError:
        return False
    return True


def parameters(cls: type[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


def option(part: str, selector: str, word: str) -> dict[str, Any]:
    """The schema of one landscape or of one optimiser's contender."""
    found = schema()["properties"][part]
    options = found.get("items", found)["oneOf"]
    (one,) = [o for o in options if o["properties"][selector]["enum"] == [word]]
    return one


def test_it_is_json() -> None:
    assert json.loads(json.dumps(schema(), allow_nan=False)) == schema()
    assert schema()["$schema"].startswith("http://json-schema.org/draft-07/")


def test_it_accepts_the_shipped_experiments() -> None:
    for path in sorted((ROOT / "experiments").glob("*.toml")):
        assert oracles.fits_schema(tomllib.loads(path.read_text()), schema()), path.name


def test_every_name_of_the_tables_is_there() -> None:
    for name in LANDSCAPES:
        assert "name" in option("landscape", "name", name)["properties"]
    for name in OPTIMIZERS:
        assert "lr" in option("contenders", "optimizer", name)["properties"]


def every_key(part: Any) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(part, dict):
        found += [pair for pair in part.get("properties", {}).items()]
        for inside in part.values():
            found += every_key(inside)
    elif isinstance(part, list):
        for inside in part:
            found += every_key(inside)
    return found


def test_every_key_is_described() -> None:
    for name, key in every_key(schema()):
        assert "description" in key or name in {"from", "to", "count"}, name


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=lambda c: c.name)
def test_defaults_are_those_of_the_optimizers(cls: type[Any]) -> None:
    properties = option("contenders", "optimizer", cls.name)["properties"]
    for key in set(properties) - {"label", "optimizer", "lr", "baseline"}:
        if "default" in properties[key]:
            assert properties[key]["default"] == getattr(cls, key)
        else:
            assert key in ("beta", "rule") or getattr(cls, key) is None
    keys = {"lines": "rule"}  # where a field has another name than its key
    fields = {keys.get(field, field) for field in parameters(cls)}
    assert fields == set(properties) - {"label", "optimizer", "baseline"}


@pytest.mark.parametrize("cls", LANDSCAPES.values(), ids=lambda c: c.name)
def test_defaults_are_those_of_the_landscapes(cls: type[Any]) -> None:
    properties = option("landscape", "name", cls.name)["properties"]
    field_of = {one.key: field for field, one in parameters_of(cls).items()}
    assert set(field_of) == set(properties) - {"name"}
    for key in set(properties) - {"name", "formula"}:
        default = getattr(cls, field_of[key])
        if default is None:
            assert "default" not in properties[key]
            continue
        assert properties[key]["default"] == (list(default) if key == "curvatures" else default)


CHANGES: list[tuple[str, Any]] = [
    ("title", 3),
    ("title", ""),
    ("start", [1]),
    ("start", [1, 2e6]),
    ("steps", 0),
    ("steps", 20_001),
    ("steps", 2.5),
    ("threshold", 0),
    ("threshold", "low"),
    ("landscape", {}),
    ("landscape", {"name": "bowl"}),
    ("landscape", {"name": "quadratic", "curvatures": [0.0, 1.0]}),
    ("landscape", {"name": "beale", "b": 1}),
    ("landscape", {"formula": 3}),
    ("landscape", {"formula": "x", "minimum": "low"}),
    ("map", {"steps": 0}),
    ("map", {"window": [[1, 2]]}),
    ("map", {"levels": {"from": 1, "to": 2}}),
    ("map", {"levels": []}),
    ("map", {"zoom": 1}),
    ("noise", {"seed": 1}),
    ("noise", {"sigma": 0}),
    ("contenders", []),
    ("contenders", [{"optimizer": "gd"}]),
    ("contenders", [{"optimizer": "gd", "lr": 0}]),
    ("contenders", [{"optimizer": "gd", "lr": 1, "beta": 0.5}]),
    ("contenders", [{"optimizer": "adam", "lr": 1, "beta1": 1.0}]),
    ("contenders", [{"optimizer": "ema-momentum", "lr": 1, "beta": 0, "first_step": "one"}]),
    ("contenders", [{"optimizer": "gd", "lr": 1, "baseline": 1}]),
    ("contenders", [{"optimizer": "gd", "lr": 1}] * 7),
    ("colour", "red"),
]


@pytest.mark.parametrize(("key", "value"), CHANGES, ids=str)
def test_what_it_refuses_the_reader_refuses(key: str, value: Any) -> None:
    values = {**copy.deepcopy(MOMENTUM), key: value}
    assert not oracles.fits_schema(values, schema())
    assert not accepted(values)


@pytest.mark.parametrize("key", ["start", "landscape", "contenders"])
def test_what_is_required(key: str) -> None:
    values = {name: part for name, part in MOMENTUM.items() if name != key}
    assert not oracles.fits_schema(values, schema())
    assert not accepted(values)


@pytest.mark.parametrize("key", ["title", "steps", "threshold", "map"])
def test_what_may_be_left_out(key: str) -> None:
    values = {name: part for name, part in MOMENTUM.items() if name != key}
    assert oracles.fits_schema(values, schema())
    assert accepted(values)


def test_it_wants_no_start_where_a_run_is_recorded() -> None:
    data = {"points": [[1.0, 2.0], [0.5, 1.0]]}
    recorded = [{"data": data, "label": "mine"}, *MOMENTUM["contenders"]]
    values = {**MOMENTUM, "contenders": recorded}
    del values["start"]
    assert oracles.fits_schema(values, schema())
    assert accepted(values)
