"""Experiment files: the default one, defaults, round trips, and one line per mistake."""

import copy
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from momentum_math import Experiment, ExperimentError, load_experiment, read_experiment, run
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent
from momentum_math.trajectories import Noise
from tests import ROOT

MOMENTUM = ROOT / "experiments/momentum.toml"
GOOD = """
start = [-4.0, 1.5]
[landscape]
name = "quadratic"
[[contenders]]
optimizer = "gd"
lr = 0.18
[[contenders]]
optimizer = "ema-momentum"
lr = 0.18
beta = 0.9
"""


def messages(text: str | bytes, folder: Path, name: str = "some.toml") -> tuple[str, ...]:
    """What loading a file with this content says; empty if it is accepted."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        load_experiment(path)
    except ExperimentError as error:
        return error.messages
    return ()


def change(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_the_default_experiment() -> None:
    experiment = load_experiment(MOMENTUM)
    assert (experiment.name, experiment.title) == ("momentum", "Momentum in Gradient Descent")
    assert (experiment.start, experiment.steps, experiment.threshold) == ((-4.0, 1.5), 300, 1e-3)
    assert experiment.map.steps == 55
    assert experiment.map.window == ((-5.0, 5.0), (-2.2, 2.2))
    assert [who.optimizer for who in experiment.contenders] == [
        GradientDescent(0.18),
        EmaMomentum(0.18, 0.9),
        EmaMomentum(0.18, 0.99),
    ]
    assert [who.label for who in experiment.contenders][:2] == [
        "Vanilla Gradient Descent",
        "Momentum β = 0.90",
    ]
    assert experiment.baseline == 0


def test_defaults(tmp_path: Path) -> None:
    path = tmp_path / "two-knobs.toml"
    path.write_text(GOOD)
    experiment = load_experiment(path)
    assert experiment.name == "two-knobs"
    assert experiment.title == "Two knobs"
    assert (experiment.steps, experiment.threshold) == (300, 1e-3)
    assert experiment.noise is None
    assert experiment.landscape.curvatures == (0.1, 10.0)  # type: ignore[attr-defined]


def test_loading_and_running_is_quick() -> None:
    times = []
    for _ in range(5):
        from momentum_math import trace

        trace.cache_clear()
        begun = time.process_time()
        run(load_experiment(MOMENTUM))
        times.append(time.process_time() - begun)
    assert min(times) < 0.04


def test_importing_stays_light() -> None:
    code = (
        "import sys, momentum_math as m; m.run(m.load_experiment('experiments/momentum.toml'));"
        "m.schema();"
        "print(*(n for n in ('contourpy', 'scipy', 'manim', 'matplotlib')"
        " if n in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def variants() -> list[dict[str, Any]]:
    contenders: list[dict[str, Any]] = [
        {"optimizer": "gd", "lr": 0.01},
        {"optimizer": "ema-momentum", "lr": 0.01, "beta": 0.5, "bias_correction": True},
        {"optimizer": "ema-momentum", "lr": 0.01, "beta": 0.5, "first_step": "gradient"},
        {"optimizer": "heavy-ball", "lr": 0.01, "beta": 0.5, "baseline": True},
        {"optimizer": "rmsprop", "lr": 0.01, "decay": 0.9},
        {"optimizer": "adam", "lr": 0.01, "beta2": 0.9},
    ]
    base = {"start": [1.0, 0.5], "steps": 40, "contenders": contenders}
    return [
        {**base, "landscape": landscape, **more}
        for landscape, more in (
            ({"name": "quadratic", "curvatures": [1, 2], "angle_degrees": 20}, {}),
            ({"name": "rosenbrock", "b": 10}, {"noise": {"sigma": 0.1}}),
            ({"name": "himmelblau"}, {"title": "Four hollows", "map": {"steps": 10}}),
            ({"name": "saddle", "curvatures": [-2.0, 1.0]}, {}),
            ({"formula": "x**2 + abs(y)"}, {"map": {"levels": [0.5, 1.0]}}),
            ({"formula": "x**2 - 3", "minimum": -3}, {"noise": {"sigma": 1, "seed": 9}}),
            ({"formula": "x*y", "minimum": "unbounded"}, {}),
            ({"name": "formula", "formula": "x**2 + y**2"}, {"threshold": 0.5}),
        )
    ]


@pytest.mark.parametrize("values", variants(), ids=lambda v: str(v["landscape"]))
def test_as_dict_and_back(values: dict[str, Any]) -> None:
    before = copy.deepcopy(values)
    experiment = read_experiment(values, "some.toml")
    assert values == before
    told = experiment.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told.pop("name") == "some"
    again = read_experiment(told, "some.toml")
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert again.to_dict() == experiment.to_dict()
    assert pickle.loads(pickle.dumps(experiment)) == experiment


def test_different_content_is_a_different_experiment() -> None:
    seen = [read_experiment(values, "some.toml") for values in variants()]
    assert len(set(seen)) == len(seen)
    assert len({json.dumps(e.to_dict()) for e in seen}) == len(seen)


def test_outcome_as_json() -> None:
    told = run(load_experiment(MOMENTUM)).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["name"] == "momentum"
    plain, good, slow = told["contenders"]
    assert plain["label"] == "Vanilla Gradient Descent"
    assert plain["optimizer"] == {"name": "gd", "lr": 0.18}
    assert good["optimizer"]["beta"] == 0.9
    assert len(plain["points"]) == len(plain["losses"]) == 301
    assert plain["points"][1] == pytest.approx([-3.928, -1.2])
    assert (plain["first_below"], plain["stays_below"], plain["status"]) == (185, 185, "converged")
    assert (slow["first_below"], slow["stays_below"], slow["status"]) == (None, None, "running")
    assert slow["final_loss"] == slow["losses"][-1]
    assert plain["diverged_at"] is None


def told(values: dict[str, Any]) -> dict[str, Any]:
    return run(read_experiment(values, "some.toml")).to_dict()["contenders"][0]


def test_divergence_is_told() -> None:
    one = told(
        {
            "start": [-4.0, 1.5],
            "landscape": {"name": "quadratic"},
            "contenders": [{"optimizer": "gd", "lr": 0.3}],
        }
    )
    assert one["status"] == "diverged"
    assert one["diverged_at"] == len(one["losses"]) - 1
    assert one["first_below"] is one["stays_below"] is None


def test_a_dead_end_is_told() -> None:
    one = told(
        {
            "start": [1.0, 0.0],
            "landscape": {"formula": "sqrt(x**2 + y**2)"},
            "contenders": [{"optimizer": "gd", "lr": 0.5}],
        }
    )
    assert (one["status"], one["stopped_at"], one["diverged_at"]) == ("stopped", 2, None)
    assert one["first_below"] == 2
    assert one["stays_below"] is None


def test_an_unbounded_landscape_has_no_threshold() -> None:
    values = {
        "start": [0.5, 0.1],
        "steps": 50,
        "landscape": {"name": "saddle"},
        "contenders": [{"optimizer": "gd", "lr": 0.1}],
    }
    assert read_experiment(values, "some.toml").threshold is None
    one = told(values)
    assert (one["first_below"], one["stays_below"], one["status"]) == (None, None, "running")


def test_losses_count_from_the_minimum() -> None:
    one = told(
        {
            "start": [-2.5, -2.5],
            "landscape": {"name": "styblinski-tang"},
            "contenders": [{"optimizer": "gd", "lr": 0.02}],
        }
    )
    assert one["status"] == "converged"
    assert one["final_loss"] == pytest.approx(-78.33233140754282)
    assert 0 < one["first_below"] < 50


def test_a_start_at_the_minimum_is_below_from_the_first_step() -> None:
    one = told(
        {
            "start": [0.0, 0.0],
            "landscape": {"name": "quadratic"},
            "contenders": [{"optimizer": "gd", "lr": 0.1}],
        }
    )
    assert (one["first_below"], one["stays_below"], one["status"]) == (0, 0, "converged")


def test_noise_is_read() -> None:
    values = variants()[1]
    assert read_experiment(values, "some.toml").noise == Noise(sigma=0.1, seed=1)


@pytest.mark.parametrize(
    ("contenders", "baseline"),
    [
        ([{"optimizer": "adam", "lr": 0.1}, {"optimizer": "gd", "lr": 0.1}], 1),
        ([{"optimizer": "adam", "lr": 0.1}, {"optimizer": "rmsprop", "lr": 0.1}], 0),
        (
            [
                {"optimizer": "gd", "lr": 0.1},
                {"optimizer": "gd", "lr": 0.2},
                {"optimizer": "adam", "lr": 0.1, "baseline": True},
            ],
            2,
        ),
    ],
)
def test_the_baseline_is_marked_or_the_first_plain_descent(
    contenders: list[dict[str, Any]], baseline: int
) -> None:
    values = {"start": [1, 1], "landscape": {"name": "beale"}, "contenders": contenders}
    experiment = read_experiment(values, "some.toml")
    assert experiment.baseline == baseline
    assert run(experiment).baseline.contender == experiment.contenders[baseline]


MISTAKES: list[tuple[str | bytes, str]] = [
    (change("beta = 0.9", "beta = 1.4"), "contender 2: beta = 1.4 must be in [0, 1)"),
    (change("beta = 0.9", "beta = 1"), "contender 2: beta = 1 must be in [0, 1)"),
    (change("beta = 0.9", "beta = nan"), "contender 2: beta = nan must be in [0, 1)"),
    (change("beta = 0.9", "beta = -inf"), "contender 2: beta = -inf must be in [0, 1)"),
    (change("beta = 0.9", "beta = true"), "contender 2: beta = true must be a number in [0, 1)"),
    (change("beta = 0.9", 'beta = "0.9"'), 'contender 2: beta = "0.9" must be a number in [0, 1)'),
    (change("beta = 0.9", "beta = 1979-05-27"), "contender 2: beta = a date must be a number"),
    (change("beta = 0.9", ""), "contender 2: beta is missing, give the share β"),
    (change("beta = 0.9", "betta = 0.9"), 'unknown key "betta", did you mean "beta"?'),
    (change("lr = 0.18", "lr = 0"), "contender 1: lr = 0 must be in [1e-12, 1000000]"),
    (change("lr = 0.18", "lr = -0.1"), "contender 1: lr = -0.1 must be in [1e-12, 1000000]"),
    (change("lr = 0.18", "lr = 1e999"), "contender 1: lr = inf must be in [1e-12, 1000000]"),
    (change("lr = 0.18", "lr = 0.18\nbeta = 0.5"), 'contender 1: unknown key "beta", the keys'),
    (change('"gd"', '"sgd"'), 'optimizer = "sgd" must be one of gd, ema-momentum, heavy-ball'),
    (change('"gd"', '"gd"\nbaseline = 1'), "contender 1: baseline = 1 must be true or false"),
    (change('"ema-momentum"', '"ema momentum"'), 'did you mean "ema-momentum"?'),
    (change('optimizer = "gd"', ""), "contender 1: optimizer is missing, one of gd,"),
    (change('optimizer = "gd"', "optimizer = 3"), "contender 1: optimizer = 3 must be one of"),
    (change('"gd"', '"gd"\nlabel = ""'), 'label = "" must have 1 to 40 characters, it has 0'),
    (change('"gd"', f'"gd"\nlabel = "{"x" * 41}"'), "must have 1 to 40 characters, it has 41"),
    (change('"gd"', '"gd"\nlabel = "a\\u202Eb"'), "one line without control characters"),
    (change("[-4.0, 1.5]", "[-4.0]"), "start = [-4.0] must be two numbers in [-1000000, 1000000]"),
    (change("[-4.0, 1.5]", "[1e200, 1]"), "start = [1e+200, 1] must be two numbers in"),
    (change("[-4.0, 1.5]", "4"), "start = 4 must be two numbers"),
    (change("start = [-4.0, 1.5]", ""), "start is missing, give where every contender starts"),
    (change("[landscape]", "[lanscape]"), 'unknown key "lanscape", did you mean "landscape"?'),
    (change('"quadratic"', '"qadratic"'), 'did you mean "quadratic"?'),
    (change('name = "quadratic"', "curvatures = [1, 2]"), "landscape: name is missing, one of"),
    (
        change('"quadratic"', '"quadratic"\ncurvatures = [0, 1]'),
        "must be two numbers in [1e-12, 1000000]",
    ),
    (change('"quadratic"', '"saddle"\ncurvatures = [2, 1]'), "one number above and one below zero"),
    (
        change('"quadratic"', '"saddle"\ncurvatures = [1, -1e-13]'),
        "must be two numbers at least 1e-12 away from zero",
    ),
    (change('"quadratic"', '"beale"\na = 1'), 'landscape: unknown key "a"'),
    (change('"quadratic"', '"quadratic"\nformula = "x"'), "name and formula exclude each other"),
    (change('name = "quadratic"', 'formula = "x^2"'), 'formula = "x^2" must use ** for powers'),
    (change('name = "quadratic"', "formula = 3"), "formula = 3 must be text in quotes"),
    (change('name = "quadratic"', 'formula = "z**2"'), 'has an unknown name "z", use x and y'),
    (change('name = "quadratic"', 'formula = "log(x)"'), "start = [-4.0, 1.5] has a loss of nan"),
    (
        change('name = "quadratic"', 'formula = "x*y"'),
        "and further: set minimum to the lowest value of the formula, or to",
    ),
    (
        change('name = "quadratic"', 'formula = "x**2 + y**2 + 1/(x - 1)"'),
        "and further: set minimum",
    ),
    (
        change('name = "quadratic"', 'formula = "x**2 + y**2 + log(abs(x - 0.3))"'),
        "and further: set minimum",
    ),
    (change("[landscape]", "landscape = 3\n[landscap]"), "landscape: must be a table, not 3"),
    ("steps = 0\n" + GOOD, "steps = 0 must be in [1, 20000]"),
    ("steps = 1_000_000\n" + GOOD, "steps = 1000000 must be in [1, 20000]"),
    ("steps = 300.0\n" + GOOD, "steps = 300.0 must be a whole number in [1, 20000]"),
    ("steps = true\n" + GOOD, "steps = true must be a whole number"),
    (f"steps = 0x{'f' * 5000}\n" + GOOD, "steps = a huge integer must be in [1, 20000]"),
    (f"steps = {'9' * 5000}\n" + GOOD, "has a number with too many digits, write a shorter one"),
    ("threshold = 0\n" + GOOD, "threshold = 0 must be in (0, 1e+12]"),
    (
        "threshold = 0.1\n" + change('"quadratic"', '"saddle"'),
        "threshold = 0.1 has no meaning on a landscape that is unbounded below, remove it",
    ),
    (f'title = "{"t" * 121}"\n' + GOOD, "must have 1 to 120 characters, it has 121"),
    ('title = "a\\nb"\n' + GOOD, 'title = "a\\nb" must be one line'),
    ("map = 3\n" + GOOD, "map: must be a table, not 3"),
    (GOOD + "[map]\nsteps = 301", "map: steps = 301 must be at most the run's steps = 300"),
    (GOOD + "[map]\nwindow = [[-1, 1], [-2, 2]]", "must contain start = [-4.0, 1.5]"),
    (GOOD + "[map]\nwindow = [[5, -5], [-2, 2]]", "must have sides that ascend"),
    (GOOD + "[map]\nwindow = [[-5, -5], [-2, 2]]", "must have sides that ascend"),
    (GOOD + "[map]\nwindow = [-5, 5]", "must be two numbers in"),
    (
        GOOD + "[map]\nlevels = { from = 1, to = 2 }",
        "must be { from = 0.005, to = 3.5, count = 28 }",
    ),
    (GOOD + "[map]\nlevels = { from = 2, to = 1, count = 9 }", "must have from < to"),
    (GOOD + "[map]\nlevels = { from = 0, to = 1, count = 9 }", "it must be above 0, the minimum"),
    (GOOD + "[map]\nlevels = { from = 1, to = 2, count = 999999999 }", "count in [2, 64]"),
    (GOOD + "[map]\nlevels = [2, 1]", "levels = [2, 1] must ascend"),
    (GOOD + f"[map]\nlevels = {list(range(1, 99))}", "a list of 1 to 64"),
    (GOOD + "[noise]\nsigma = -1", "noise: sigma = -1 must be in [1e-12, 1000000]"),
    (GOOD + "[noise]\nseed = 1", "noise: must have sigma or batch, and only one"),
    (GOOD + "[noise]\nsigma = 1\nseed = 1.5", "noise: seed = 1.5 must be a whole number"),
    (
        GOOD + "[[contenders]]\noptimizer = 'gd'\nlr = 1\n" * 5,
        "must be 1 to 6 tables, not 7 of them",
    ),
    ("start = [0, 0]\ncontenders = []\n[landscape]\nname = 'beale'", "not 0 of them"),
    (
        "start = [0, 0]\ncontenders = [3]\n[landscape]\nname = 'beale'",
        "contender 1: must be a table",
    ),
    (
        change("[[contenders]]", "[[contenders]]\nlabel = 'a'").replace(
            "beta", "label = 'a'\nbeta"
        ),
        'contender 2: label = "a" is taken, give another',
    ),
    (
        GOOD + "bias_correction = true\nfirst_step = 'gradient'",
        'contender 2: bias_correction and first_step = "gradient" exclude each other',
    ),
    (
        GOOD + "first_step = 'grad'",
        'first_step = "grad" must be one of zero, gradient, did you mean',
    ),
    (
        GOOD + "baseline = true\n[[contenders]]\noptimizer = 'gd'\nlr = 1\nbaseline = true",
        "keep one",
    ),
    ("start = [", "is not TOML: "),
    ("a = 1\na = 2", "is not TOML: Cannot overwrite a value"),
    ("a = " + "[" * 5000, "is nested too deeply"),
    (b"title = '\xff'", "byte 10 is not UTF-8, save the file as UTF-8"),
    (GOOD.encode("utf-16"), "is not UTF-8"),
    (b"\x00", "is not TOML"),
    ("# " + "x" * 66_000, "is larger than 64 KiB"),
    ("a." * 20_000 + "b = 1", "is nested too deeply"),
    ("", "start is missing"),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_named(text: str | bytes, expected: str, tmp_path: Path) -> None:
    begun = time.process_time()
    lines = messages(text, tmp_path)
    assert time.process_time() - begun < 1.0
    assert any(expected in line for line in lines), lines
    for line in lines:
        assert line.startswith("some.toml: ")
        assert line.isprintable()
        assert len(line) <= 240


def test_the_message_is_as_promised(tmp_path: Path) -> None:
    text = change("beta = 0.9", "beta = 1.4")
    assert messages(text, tmp_path, "momentum.toml") == (
        "momentum.toml: contender 2: beta = 1.4 must be in [0, 1)",
    )


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = change("beta = 0.9", "beta = 1.4").replace("[-4.0, 1.5]", "[1]")
    text = "stepps = 3\nthreshold = -1\n" + text.replace('"quadratic"', '"rastrigin"\nampl = 1')
    lines = messages(text, tmp_path, "bad name.toml")
    assert len(lines) == 6
    text = "\n".join(f"k{i} = 1" for i in range(2000)) + GOOD
    lines = messages(text, tmp_path)
    assert len(lines) == 21
    assert lines[-1] == "some.toml: and 1980 more problems"


@pytest.mark.parametrize(
    "name",
    ["con", "NUL.x", "lpt1", ".hidden", "-flag", "a b", "x" * 81, "a\nb", "é", "a.", "a:b", "~"],
)
def test_names_that_are_not_safe_are_refused(name: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        read_experiment(variants()[0], f"{name}.toml")
    (line,) = caught.value.messages
    assert "the file's name becomes a folder's name" in line
    assert line.isprintable()
    assert len(line) <= 240


@pytest.mark.parametrize("name", ["a", "too-large-step", "v1.2_x", "9lives", "x" * 80])
def test_safe_names_are_taken(name: str) -> None:
    assert read_experiment(variants()[0], f"{name}.toml").name == name


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert messages(b"\xef\xbb\xbf" + GOOD.encode(), tmp_path) == ()
    assert messages(GOOD.replace("\n", "\r\n"), tmp_path) == ()


def _missing(folder: Path) -> Path:
    return folder / "none.toml"


def _folder(folder: Path) -> Path:
    (folder / "some.toml").mkdir()
    return folder / "some.toml"


def _too_long(folder: Path) -> Path:
    return folder / ("x" * 5000)


def _null(folder: Path) -> Path:
    return folder / "a\0b.toml"


@pytest.mark.parametrize("make", [_missing, _folder, _too_long, _null])
def test_paths_that_cannot_be_read(make: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(ExperimentError) as caught:
        load_experiment(make(tmp_path))
    (line,) = caught.value.messages
    assert "path" in line
    assert line.isprintable()
    assert len(line) <= 240


def test_errors_survive_pickling() -> None:
    error = ExperimentError(("a", "b"))
    assert pickle.loads(pickle.dumps(error)).messages == ("a", "b")
    assert str(error) == "a\nb"


def test_experiments_cannot_be_changed() -> None:
    experiment: Experiment = load_experiment(MOMENTUM)
    with pytest.raises(AttributeError):
        experiment.steps = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="assignment"):
        experiment.map.levels[0] = 3.0  # type: ignore[index]
