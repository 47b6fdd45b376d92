"""[sweep]: each combination of its values is an experiment of its own, or a line says why not."""

from __future__ import annotations

import copy
import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest

from momentum_math import (
    Experiment,
    ExperimentError,
    Sweep,
    load_experiment,
    load_experiments,
    read_experiment,
    schema,
)
from momentum_math.toml import read as reading
from momentum_math.toml.film_sweep import read_experiments
from tests import ROOT, oracles

TEXT = """
title = "Momentum"
start = [-4.0, 1.5]
[landscape]
name = "quadratic"
curvatures = [0.1, 10.0]
[[contenders]]
optimizer = "gd"
lr = 0.18
[[contenders]]
optimizer = "ema-momentum"
lr = 0.18
beta = 0.9
[sweep]
"""
BASE = tomllib.loads(TEXT)
BASE.pop("sweep")


def made(sweep: str, folder: Path, name: str = "mine.toml"):
    path = folder / name
    path.write_text(TEXT + sweep, encoding="utf-8")
    assert oracles.fits_schema(tomllib.loads(TEXT + sweep), schema())
    return experiments_of(load_experiments(path))


def experiments_of(sweep: Sweep) -> list[Experiment]:
    """Every experiment of a sweep, which is called as was said before it was made."""
    made = [variant.experiment() for variant in sweep]
    assert [each.name for each in made] == [variant.name for variant in sweep]
    assert len(made) == len(sweep)
    return made


def with_values(**places: Any) -> dict[str, Any]:
    """The base with values put at dotted places, a contender by its number."""
    values = copy.deepcopy(BASE)
    for place, value in places.items():
        *path, key = place.split("__")
        at: Any = values
        for step in path:
            at = at[int(step) - 1] if step.isdigit() else at.setdefault(step, {})
        at[key] = value
    return values


def test_a_file_without_it_is_a_series_of_one() -> None:
    for path in sorted((ROOT / "experiments").glob("*.toml")):
        assert experiments_of(load_experiments(path)) == [load_experiment(path)]


def test_a_key_of_contenders_is_set_in_all_that_have_it(tmp_path: Path) -> None:
    series = made("lr = [0.05, 0.18, 0.25]\n", tmp_path)
    assert [[who.optimizer.lr for who in each.contenders] for each in series] == [
        [lr, lr] for lr in (0.05, 0.18, 0.25)
    ]
    series = made("beta = [0.5, 0.99]\n", tmp_path)
    assert [each.contenders[1].optimizer.beta for each in series] == [0.5, 0.99]


SWEEPS: list[tuple[str, list[dict[str, Any]], list[str], list[str]]] = [
    (
        "contenders.2.lr = [0.05, 0.3]",
        [{"contenders__2__lr": lr} for lr in (0.05, 0.3)],
        ["contenders-2-lr-0.05", "contenders-2-lr-0.3"],
        ["α of contender 2 = 0.05", "α of contender 2 = 0.3"],
    ),
    (
        "contenders.2.beta = [0, 0.99]",
        [{"contenders__2__beta": beta} for beta in (0, 0.99)],
        ["contenders-2-beta-0", "contenders-2-beta-0.99"],
        ["β = 0", "β = 0.99"],
    ),
    (
        "steps = [50, 1_000]",
        [{"steps": 50}, {"steps": 1000}],
        ["steps-50", "steps-1000"],
        ["steps = 50", "steps = 1000"],
    ),
    (
        "landscape.angle_degrees = [-30, 30.5]",
        [{"landscape__angle_degrees": -30}, {"landscape__angle_degrees": 30.5}],
        ["landscape-angle_degrees--30", "landscape-angle_degrees-30.5"],
        ["landscape angle degrees = −30", "landscape angle degrees = 30.5"],
    ),
    (
        "noise.sigma = [1e-5, 0.5]",
        [{"noise__sigma": 1e-5}, {"noise__sigma": 0.5}],
        ["noise-sigma-1e-05", "noise-sigma-0.5"],
        ["noise sigma = 1e-05".replace("-", "−"), "noise sigma = 0.5"],
    ),
    (
        "start = [[-4, 1.5], [2, 1]]",
        [{"start": [-4, 1.5]}, {"start": [2, 1]}],
        ["start-no1", "start-no2"],
        ["start = (−4, 1.5)", "start = (2, 1)"],
    ),
    (
        'contenders.2.first_step = ["zero", "gradient"]',
        [{"contenders__2__first_step": word} for word in ("zero", "gradient")],
        ["contenders-2-first_step-zero", "contenders-2-first_step-gradient"],
        ["first step = zero", "first step = gradient"],
    ),
    (
        "bias_correction = [false, true]",
        [{"contenders__2__bias_correction": flag} for flag in (False, True)],
        ["bias_correction-false", "bias_correction-true"],
        ["bias correction = no", "bias correction = yes"],
    ),
    (
        "map.levels = [[1, 2], { from = 1, to = 9, count = 3 }]",
        [{"map__levels": [1, 2]}, {"map__levels": {"from": 1, "to": 9, "count": 3}}],
        ["map-levels-no1", "map-levels-no2"],
        ["map levels = (1, 2)", "map levels = no. 2"],
    ),
    (
        'contenders.2.optimizer = ["heavy-ball", "nesterov"]',
        [{"contenders__2__optimizer": word} for word in ("heavy-ball", "nesterov")],
        ["contenders-2-optimizer-heavy-ball", "contenders-2-optimizer-nesterov"],
        [f"optimizer of contender 2 = {word}" for word in ("heavy-ball", "nesterov")],
    ),
]


@pytest.mark.parametrize(("sweep", "places", "names", "words"), SWEEPS, ids=lambda v: str(v)[:20])
def test_each_value_makes_the_experiment_that_has_it(
    sweep: str, places, names, words, tmp_path: Path
) -> None:
    series = made(f"{sweep}\n", tmp_path)
    assert [each.name for each in series] == [f"mine_{name}" for name in names]
    assert [each.title for each in series] == [f"Momentum, {said}" for said in words]
    for each, place in zip(series, places, strict=True):
        values = with_values(**place) | {"title": each.title}
        assert each == read_experiment(values, f"{each.name}.toml")


def test_lists_are_crossed_and_the_last_turns_fastest(tmp_path: Path) -> None:
    series = made(
        "lr = [0.1, 0.2]\ncontenders.2.beta = [0.8, 0.9, 0.99]\nsteps = [9, 99]\n", tmp_path
    )
    turned = itertools.product((0.1, 0.2), (0.8, 0.9, 0.99), (9, 99))
    assert [
        (each.contenders[0].optimizer.lr, each.contenders[1].optimizer.beta, each.steps)
        for each in series
    ] == list(turned)
    assert len({each.name.lower() for each in series}) == len(series) == 12
    assert len({each.title for each in series}) == 12


def test_hundreds_of_fractions_stand_in_one_line(tmp_path: Path) -> None:
    values = [round(0.05 + 1e-4 * k, 6) for k in range(300)]
    path = tmp_path / "mine.toml"
    path.write_text(f"{TEXT}lr = {values}\n", encoding="utf-8")
    assert [variant.settings[0].value for variant in load_experiments(path)] == values
    path.write_text(f"{TEXT}{'.'.join(['1'] * 300)} = 1\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match="nested too deeply"):
        load_experiments(path)


def test_dotted_and_nested_is_the_same(tmp_path: Path) -> None:
    dotted = made("noise.sigma = [0.1, 0.2]\ncontenders.2.beta = [0.1]\n", tmp_path)
    nested = made(
        "[sweep.noise]\nsigma = [0.1, 0.2]\n[sweep.contenders.2]\nbeta = [0.1]\n", tmp_path
    )
    assert dotted == nested


def test_the_documents_example_fits_the_default_film() -> None:
    text = (ROOT / "docs" / "file-format.md").read_text(encoding="utf-8")
    example = tomllib.loads("[sweep]" + text.split("```toml\n[sweep]")[1].split("```")[0])
    values = tomllib.loads((ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8"))
    assert len(read_experiments(values | example, "momentum.toml")) == 3 * 2 * 2


def test_a_value_that_comes_many_times_is_named_once() -> None:
    values = tomllib.loads((ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8"))
    with pytest.raises(ExperimentError) as caught:
        read_experiments(values | {"sweep": {"steps": [48, *[8] * 30, 48, 48]}}, "mine.toml")
    assert caught.value.messages == (
        "mine.toml: sweep: steps has 8 twice, keep one",
        "mine.toml: sweep: steps has 48 twice, keep one",
    )


# --- what is wrong ------------------------------------------------------------------------------

WRONG: list[tuple[Any, str]] = [
    ({}, "sweep must be a table of lists, as in lr = [0.05, 0.18]"),
    (3, "sweep must be a table of lists"),
    ([], "sweep must be a table of lists"),
    ({"lr": 0.1}, "sweep: lr = 0.1 must be a list of values, as in lr = [0.05, 0.18]"),
    ({"lr": []}, "sweep: lr = [] must be a list of values"),
    ({"lr": [0.1, 0.2, 0.1]}, "sweep: lr has 0.1 twice, keep one"),
    ({"lr": [1, 1.0]}, "sweep: lr has 1.0 twice, keep one"),
    ({"lrr": [1]}, 'sweep: unknown key "lrr", did you mean "lr"?'),
    ({"title": ["a", "b"]}, 'sweep: unknown key "title"'),
    ({"label": ["a", "b"]}, 'sweep: unknown key "label"'),
    ({"landscape": [{"name": "beale"}]}, 'sweep: unknown key "landscape"'),
    ({"landscape": {"curvature": [[1, 2]]}}, 'did you mean "curvatures"?'),
    ({"foo": {"a": [1]}}, 'sweep: unknown key "foo.a", keys in tables begin with one of'),
    ({"noise": {}}, 'sweep: unknown key "noise"'),
    ({"decay": [0.1]}, "sweep: decay: no contender's method has this key, remove it"),
    ({"contenders": {"0": {"lr": [1]}}}, "sweep: contenders.0.lr: contenders are numbered 1 to 2"),
    ({"contenders": {"3": {"lr": [1]}}}, "contenders are numbered 1 to 2"),
    ({"contenders": {"²": {"lr": [1]}}}, "contenders are numbered 1 to 2"),
    ({"contenders": {"1": {"beta": [0.5]}}}, "contenders.1.beta = 0.5: contender 1: unknown key"),
    (
        {"contenders": {"2": {"betta": [1]}}},
        'unknown key "contenders.2.betta", did you mean "beta"',
    ),
    ({"contenders": [{"lr": [1]}]}, 'unknown key "contenders"'),
    ({"lr": [0.1, -1]}, "sweep lr = -1: contender 1: lr = -1 must be in [1e-12, 1000000]"),
    ({"lr": ["x"]}, 'sweep lr = "x": contender 1: lr = "x" must be a number'),
    ({"steps": [0, 10], "lr": [0.1, 0.2]}, "sweep steps = 0: steps = 0 must be in [1, 20000]"),
    ({"start": [-4.0, 1.5]}, "sweep start = -4.0: start = -4.0 must be two numbers"),
    ({"steps": list(range(1, 10_002))}, "makes 10001 films, give fewer values: at most 10000"),
    (
        {"steps": list(range(1, 102)), "lr": [1e-3 * k for k in range(1, 101)]},
        "sweep: makes 10100 films, give fewer values: at most 10000",
    ),
    ({"steps": [*range(1, 999), 0], "lr": [0.1, 0.2]}, "sweep steps = 0: steps = 0 must be in"),
    ({"lr": [*(1e-3 * k for k in range(1, 1999)), 0]}, "sweep lr = 0: contender 1: lr = 0 must be"),
]


@pytest.mark.parametrize(("sweep", "said"), WRONG, ids=lambda value: str(value)[:32])
def test_what_is_wrong_is_said_in_a_line(sweep: Any, said: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        read_experiments({**BASE, "sweep": sweep}, "mine.toml")
    assert any(said in line for line in caught.value.messages), caught.value.messages
    for line in caught.value.messages:
        assert line.startswith("mine.toml: sweep")
        assert len(line) <= 240
        assert line.isprintable()


def test_a_value_that_is_wrong_is_told_once_not_in_every_combination() -> None:
    sweep = {"contenders": {"2": {"beta": [0.1, 1.5]}}, "steps": [10, 20, 30]}
    with pytest.raises(ExperimentError) as caught:
        read_experiments({**BASE, "sweep": sweep}, "mine.toml")
    assert len(caught.value.messages) == 1


def test_thousands_are_made_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No run is made before somebody asks for an experiment, and then only its own."""
    runs: list[str] = []

    def build(name: str, table: dict[str, Any], file: str) -> Experiment:
        runs.append(name)
        return truly(name, table, file)

    truly = reading.build
    monkeypatch.setattr(reading, "build", build)
    axes = {"lr": [1e-3 * k for k in range(1, 101)], "steps": list(range(1, 101))}
    sweep = read_experiments({**BASE, "sweep": axes}, "mine.toml")
    assert (len(sweep), runs) == (10_000, ["mine"])
    *_, last = sweep
    assert last.experiment().steps == 100
    assert runs == ["mine", last.name]


def test_of_many_it_is_told_when_they_are_made() -> None:
    steps = {"map": {"steps": [10, 40]}, "steps": [20, *range(100, 700)]}
    (wrong, *_) = [
        variant
        for variant in read_experiments({**BASE, "sweep": steps}, "mine.toml")
        if [setting.value for setting in variant.settings] == [40, 20]
    ]
    with pytest.raises(ExperimentError) as caught:
        wrong.experiment()
    (line,) = caught.value.messages
    assert line.startswith("mine.toml: sweep map.steps = 40, steps = 20: map: steps = 40 must be")


def test_long_names_are_found_among_many() -> None:
    values = [*(k / 1000 for k in range(1, 600)), 0.123456789012]
    both = {"lr": values, "steps": [9, 99]}
    with pytest.raises(ExperimentError, match=r"steps-99, is too long: shorten the"):
        read_experiments({**BASE, "sweep": both}, f"{'m' * 60}.toml")
    with pytest.raises(ExperimentError, match=r"title has 1.. characters: shorten"):
        read_experiments({**BASE, "title": "x" * 99, "sweep": both}, "mine.toml")


def test_values_that_do_not_go_together_are_told_as_such() -> None:
    sweep = {"map": {"steps": [10, 40]}, "steps": [20, 300]}
    with pytest.raises(ExperimentError) as caught:
        read_experiments({**BASE, "sweep": sweep}, "mine.toml")
    (line,) = caught.value.messages
    assert line.startswith("mine.toml: sweep map.steps = 40, steps = 20: map: steps = 40 must be")


def test_mistakes_elsewhere_in_the_file_are_told_as_without_it() -> None:
    with pytest.raises(ExperimentError) as caught:
        read_experiments({**BASE, "steps": 0, "sweep": {"lr": [-1]}}, "mine.toml")
    assert caught.value.messages == ("mine.toml: steps = 0 must be in [1, 20000]",)


def test_names_that_become_too_long_are_told() -> None:
    with pytest.raises(ExperimentError, match="is too long: shorten the file's name"):
        read_experiments({**BASE, "sweep": {"lr": [0.1, 0.2]}}, f"{'m' * 78}.toml")
    with pytest.raises(ExperimentError, match=r"title has 1.. characters: shorten"):
        read_experiments({**BASE, "title": "x" * 118, "sweep": {"lr": [0.1]}}, "mine.toml")


def test_one_experiment_cannot_be_read_of_it() -> None:
    with pytest.raises(ExperimentError) as caught:
        read_experiment({**BASE, "sweep": {"lr": [0.1]}}, "mine.toml")
    (line,) = caught.value.messages
    assert line == "mine.toml: [sweep] makes several films, run `momentum batch mine.toml`"


# --- the schema ---------------------------------------------------------------------------------


def keys_with_types(node: dict[str, Any]) -> dict[str, list[Any]]:
    """Key -> its schemas in a table or in any of its variants, without what people read."""
    found: dict[str, list[Any]] = {}
    for option in node.get("oneOf", [node]):
        for key, value in option["properties"].items():
            kind = {k: v for k, v in value.items() if k not in ("description", "default")}
            found.setdefault(key, []).append(kind)
    return found


def test_the_schema_takes_lists_of_what_the_keys_take() -> None:
    top = schema()["properties"]
    sweep = top["sweep"]["properties"]
    contenders = keys_with_types(top["contenders"]["items"])
    tables = {"landscape", "map", "noise", "contenders", "sweep"}
    single = {key: [value] for key, value in top.items() if key not in tables}
    expected = {"": single | contenders}
    expected |= {part: keys_with_types(top[part]) for part in ("landscape", "map", "noise")}
    expected |= {f"contenders {n}": contenders for n in "123456"}
    found = {"": {key: value for key, value in sweep.items() if key not in tables}}
    found |= {part: sweep[part]["properties"] for part in ("landscape", "map", "noise")}
    each = sweep["contenders"]["properties"]
    found |= {f"contenders {n}": each[n]["properties"] for n in each}
    assert set(found) == set(expected)
    for part, kinds in expected.items():
        words = {"title", "label", "baseline"} | {"rule", "state", "const", "data", "grid"}
        names = set(kinds) - words
        assert set(found[part]) == names, part
        for name in names:
            lists = found[part][name]
            items = lists.get("anyOf", [lists])[0]["items"]
            for kind in kinds[name]:
                plain = {k: v for k, v in kind.items() if k not in ("description", "default")}
                assert plain == items or plain in items.get("anyOf", []), (part, name)


@pytest.mark.parametrize(
    "sweep",
    [3, {"lr": 0.1}, {"lr": []}, {"lr": [-1]}, {"title": ["a"]}, {"noise": {"sigma": 1}}]
    + [{"contenders": {"7": {"lr": [1]}}}, {"landscape": [{"name": "beale"}]}, {"x": [1]}],
    ids=str,
)
def test_what_the_schema_refuses_the_reader_refuses(sweep: Any) -> None:
    values = {**BASE, "sweep": sweep}
    assert not oracles.fits_schema(values, schema())
    with pytest.raises(ExperimentError):
        read_experiments(values, "mine.toml")
