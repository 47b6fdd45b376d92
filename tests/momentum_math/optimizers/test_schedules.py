"""Numbers that change from step to step: PyTorch's schedulers, files, runs, and theory left out."""

import json
import pickle
import tomllib
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from momentum_math import OPTIMIZERS, ExperimentError, load_experiments, read_experiment, run, trace
from momentum_math.landscapes.quadratics import Quadratic
from momentum_math.optimizers.labels import LONGEST_LABEL, default_labels
from momentum_math.optimizers.momentum import EmaMomentum, GradientDescent, HeavyBall, Nesterov
from momentum_math.optimizers.schedules import SCHEDULES, Cosine, Exponential, Schedule, fitting
from momentum_math.optimizers.springs import springs_of
from momentum_math.parameters import REQUIRED, parameters_of
from momentum_math.story import Story
from momentum_math.story.springs import two_springs
from momentum_math.theory import envelope
from momentum_math.toml.format import schema
from scenes.words.rules import plain_rule, rule_parts, rules_of
from tests import ROOT, oracles
from tests.examples import optimizer_named

FROZEN = json.loads((ROOT / "tests/data/schedules.json").read_text())
STEPS = FROZEN["steps"]
BOWL, START = Quadratic((0.1, 10.0)), (-4.0, 1.5)
GIVEN = {"start": 0.2, "peak": 0.5, "every": 10, "warmup": 5, "gamma": 0.9}


def said(name: str) -> dict[str, Any]:
    """The least that a file can say of a schedule."""
    declared = parameters_of(SCHEDULES[name]).values()
    keys = [one.key for one in declared if one.default is REQUIRED]
    return {"schedule": name} | {key: GIVEN[key] for key in keys}


def example(name: str, steps: int = 50) -> Schedule:
    values = said(name)
    del values["schedule"]
    return SCHEDULES[name](**values, steps=steps)


def experiment(*contenders: dict[str, Any], steps: int = 50, **more: Any) -> dict[str, Any]:
    ground = {"name": "quadratic", "curvatures": [0.1, 10.0]}
    return {
        "start": [-4.0, 1.5],
        "steps": steps,
        "landscape": ground,
        "contenders": list(contenders),
        **more,
    }


def gd(**lr: Any) -> dict[str, Any]:
    return {"optimizer": "gd", "lr": lr}


every = pytest.mark.parametrize("name", SCHEDULES)


@pytest.mark.parametrize("case", FROZEN["cases"], ids=lambda case: case["lr"]["schedule"])
def test_values_and_runs_are_those_of_pytorch(case: dict[str, Any]) -> None:
    values = dict(case["lr"])
    schedule = SCHEDULES[values.pop("schedule")](**values, steps=STEPS)
    t = np.arange(1.0, STEPS + 1.0)
    assert np.abs(schedule.values(t) - case["rates"]).max() < 1e-14
    assert schedule.course()[1:].tolist() == schedule.values(t).tolist()
    method = HeavyBall(schedule, 0.5)  # type: ignore[arg-type]
    points = trace(Quadratic((1.0, 3.0)), method, (2.0, -1.0), STEPS).points[10::10]
    # PyTorch's momentum keeps gradients and applies the rate of the step, as the heavy ball does.
    assert np.abs(points - case["points"]).max() < 1e-12


def test_every_schedule_of_the_learning_rate_meets_pytorch() -> None:
    assert {case["lr"]["schedule"] for case in FROZEN["cases"]} == set(fitting("lr"))


def test_nesterovs_sequence_is_exact_and_for_beta_alone() -> None:
    values = SCHEDULES["nesterov"](steps=30).values(np.arange(1.0, 31.0))
    assert values.tolist() == [float(Fraction(k, k + 3)) for k in range(30)]
    assert set(fitting("beta")) - set(fitting("lr")) == {"nesterov"}
    assert fitting("epsilon") == {}


@every
def test_they_are_values_and_begin_with_their_start(name: str) -> None:
    schedule = example(name)
    copy = pickle.loads(pickle.dumps(schedule))
    assert copy == schedule
    assert hash(copy) == hash(schedule)
    with pytest.raises(AttributeError):
        schedule.steps = 3  # type: ignore[misc]
    first = said(name).get("start", 0.0)
    assert schedule.at(1) == schedule.at(0) == schedule.course()[0] == pytest.approx(first)
    assert not schedule.course().flags.writeable
    low, high = min(schedule.waypoints), max(schedule.waypoints)
    course = schedule.course()
    assert course.min() >= min(low, course[-1]) - 1e-12
    assert course.max() <= high + 1e-12
    assert schedule.over(50) == schedule
    assert schedule.conflict == ""


@every
@pytest.mark.parametrize("key", ["lr", "beta"])
def test_a_file_that_says_one_is_read_and_said_again(name: str, key: str) -> None:
    if name not in fitting(key):
        with pytest.raises(ExperimentError, match=f'{key}: schedule = "{name}" must be one of'):
            read_experiment(
                experiment({"optimizer": "heavy-ball", "beta": 0.5, key: said(name)}), "f"
            )
        return
    numbers = {"lr": 0.01, "beta": 0.5} | {key: said(name)}
    values = experiment({"optimizer": "heavy-ball"} | numbers)
    assert oracles.fits_schema(values, schema())
    read = read_experiment(values, "file.toml")
    told = read.to_dict()
    assert told["contenders"][0][key]["schedule"] == name
    told.pop("name")
    assert read_experiment(json.loads(json.dumps(told)), "file.toml") == read
    assert run(read).runs[0].trajectory.n == 50 or run(read).runs[0].status == "diverged"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_schedule_that_stays_changes_nothing(name: str) -> None:
    plain = optimizer_named(name, 0.02)
    stays = optimizer_named(name, Exponential(0.02, 1.0))  # type: ignore[arg-type]
    paths = [trace(BOWL, method, START, 60).points.tobytes() for method in (plain, stays)]
    assert paths[0] == paths[1]
    assert plain.at(7) is plain
    assert stays.at(7) == plain


def test_beta_follows_its_schedule() -> None:
    beta = SCHEDULES["nesterov"](steps=40)
    path = trace(Quadratic((1.0, 3.0)), Nesterov(0.1, beta), (2.0, -1.0), 40)  # type: ignore[arg-type]
    theta, v = np.array([2.0, -1.0]), np.zeros(2)
    for k in range(40):
        g, kept = np.array([1.0, 3.0]) * theta, k / (k + 3)
        v = kept * v + g
        theta = theta - 0.1 * (g + kept * v)
    assert np.abs(path.points[-1] - theta).max() < 1e-14


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"lr": {"schedule": "cosin", "start": 0.1}}, 'lr: schedule = "cosin" must be one of linear,'),
    ({"lr": {"start": 0.1}}, "lr: schedule is missing, one of linear,"),
    ({"lr": {"schedule": "cosine"}}, "lr: start is missing, give its value at the first step"),
    ({"lr": {"schedule": "cosine", "start": 0}}, "lr: start = 0 must be in [1e-12, 1000000]"),
    (
        {"lr": {"schedule": "cosine", "start": 0.1, "end": -1}},
        "lr: end = -1 must be in [0, 1000000]",
    ),
    ({"lr": {"schedule": "step", "start": 0.1}}, "lr: every is missing, give after how many"),
    (
        {"lr": {"schedule": "step", "start": 0.1, "every": 2.5}},
        "lr: every = 2.5 must be a whole number in [1, 20000]",
    ),
    (
        {"lr": {"schedule": "exponential", "start": 0.1, "gamma": 1.5}},
        "lr: gamma = 1.5 must be in (0, 1]",
    ),
    (
        {"lr": {"schedule": "1/t", "start": 0.1, "dekay": 1}},
        'lr: unknown key "dekay", did you mean "decay"?',
    ),
    (
        {"lr": {"schedule": "warmup-cosine", "start": 0.1, "peak": 1, "warmup": 50}},
        "lr: warmup = 50 must be below the run's steps = 50",
    ),
    (
        {"lr": {"schedule": "one-cycle", "start": 0.1, "peak": 1, "rise": 0.01}},
        "lr: rise = 0.01 of steps = 50 must leave two steps each way",
    ),
    ({"beta": {"schedule": "linear", "start": 0.5, "end": 1}}, "beta: end = 1 must be in [0, 1)"),
    (
        {"beta": {"schedule": "nesterov"}, "bias_correction": True},
        "bias_correction divides by 1 - β^t: give one beta, or leave it out",
    ),
    ({"lr": "fast"}, 'lr = "fast" must be a number in [1e-12, 1000000] or a table, as in lr = {'),
]


@pytest.mark.parametrize(("numbers", "line"), WRONG, ids=lambda one: str(one)[:60])
def test_what_is_wrong_is_one_line_with_its_place(numbers: dict[str, Any], line: str) -> None:
    values = experiment({"optimizer": "ema-momentum", "lr": 0.1, "beta": 0.5} | numbers)
    with pytest.raises(ExperimentError) as told:
        read_experiment(values, "file.toml")
    (only,) = told.value.messages
    assert only.startswith("file.toml: contender 1: ")
    assert line in only
    assert len(only) <= 240


def test_a_sweep_does_not_end_a_schedule_unsaid(tmp_path: Any) -> None:
    text = """
        start = [1.0, 1.0]
        [landscape]
        name = "quadratic"
        [[contenders]]
        optimizer = "gd"
        lr = { schedule = "cosine", start = 0.1 }
        [sweep]
        lr = %s
    """
    path = tmp_path / "swept.toml"
    path.write_text(text % "[0.1, 0.2]")
    with pytest.raises(ExperimentError, match=r"sweep: lr = 0.1 would end the schedule .*cosine"):
        load_experiments(path)
    lists = '[{ schedule = "cosine", start = 0.1 }, { schedule = "1/t", start = 0.2 }]'
    path.write_text(text % lists)
    films = [variant.experiment() for variant in load_experiments(path)]
    assert [film.title for film in films] == [
        "Swept, α = cosine, start 0.1",
        "Swept, α = 1/t, start 0.2",
    ]
    names = [film.contenders[0].optimizer.schedules["lr"].name for film in films]
    assert names == ["cosine", "1/t"]


SWEPT = """
start = [1.0, 1.0]
steps = 20
[landscape]
name = "quadratic"
[[contenders]]
optimizer = "gd"
lr = 0.1
[[contenders]]
optimizer = "gd"
lr = { schedule = "cosine", start = 0.1 }
[[contenders]]
optimizer = "gd"
lr = { schedule = "1/t", start = 0.2, decay = 0.5 }
[sweep]
"""


@pytest.mark.parametrize(
    ("line", "values", "films"),
    [
        ("lr.start = [0.01, 0.3]", [(0.01, 0.01, 0.5), (0.3, 0.3, 0.5)], "α start = 0.01"),
        ("lr.decay = [0.05, 1]", [(0.1, 0.2, 0.05), (0.1, 0.2, 1.0)], "α decay = 0.05"),
        (
            "contenders.3.lr.start = [0.05]",
            [(0.1, 0.05, 0.5)],
            "α start of contender 3 = 0.05",
        ),
    ],
)
def test_a_key_of_a_schedule_is_swept(
    line: str, values: list[tuple[float, ...]], films: str, tmp_path: Any
) -> None:
    path = tmp_path / "swept.toml"
    path.write_text(SWEPT + line)
    assert oracles.fits_schema(tomllib.loads(SWEPT + line), schema())
    made = [variant.experiment() for variant in load_experiments(path)]
    assert made[0].title == f"Swept, {films}"
    assert (
        made[0].name == "swept_" + line.split(" =")[0].replace(".", "-") + "-" + films.split()[-1]
    )
    for film, (first, second, decay) in zip(made, values, strict=True):
        plain, *others = (one.optimizer for one in film.contenders)
        assert plain.lr == 0.1
        assert [one.schedules["lr"].settings() for one in others] == [
            {"schedule": "cosine", "start": first, "end": 0.0},
            {"schedule": "1/t", "start": second, "decay": decay},
        ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("contenders.1.lr.start = [0.1]", "contenders.1.lr.start: no schedule here has this key"),
        ("lr.warmup = [3]", "lr.warmup: no schedule here has this key, remove it"),
        ("lr.strat = [0.1]", 'unknown key "lr.strat", did you mean "start"?'),
        ("lr.start = [-1]", "lr.start = -1: contender 2: lr: start = -1 must be"),
        ("lr.start = 0.1", "lr.start = 0.1 must be a list of values"),
        ("contenders.9.lr.start = [0.1]", "contenders are numbered 1 to 3"),
        ("noise.lr.sigma = [0.1]", 'unknown key "noise.lr.sigma"'),
        ("lr.start.x = [0.1]", 'unknown key "lr.start.x"'),
        ("contenders.2.lr.start.x = [0.1]", "must be a list of values"),
    ],
)
def test_what_is_wrong_with_it_is_a_line(line: str, said: str, tmp_path: Any) -> None:
    path = tmp_path / "swept.toml"
    path.write_text(SWEPT + line)
    with pytest.raises(ExperimentError) as told:
        load_experiments(path)
    assert said in told.value.messages[0]
    assert told.value.messages[0].startswith("swept.toml: sweep")


def test_the_rule_shows_which_numbers_change() -> None:
    """One rule for all who share it, with the index t where a number changes for somebody."""
    changing = {"optimizer": "heavy-ball", "lr": 0.1}
    told = Story(
        run(
            read_experiment(
                {
                    "start": [1.0, 1.0],
                    "steps": 20,
                    "landscape": {"name": "quadratic"},
                    "contenders": [
                        changing | {"beta": 0.5},
                        changing | {"beta": {"schedule": "linear", "start": 0.5, "end": 0.9}},
                        {"optimizer": "gd", "lr": {"schedule": "cosine", "start": 0.1}},
                        {"optimizer": "adam", "lr": 0.1},
                    ],
                },
                "file.toml",
            )
        )
    )
    rules = dict(rules_of(told))
    slope = r"\nabla L(\theta)"
    assert rules["Heavy ball"][0] == rf"v \leftarrow \beta_t v + {slope}"
    assert rules["Gradient descent"] == (rf"\theta \leftarrow \theta - \alpha_t {slope}",)
    assert not any("_t" in line for line in rules["Adam"])
    roles = {role: tex for tex, role in rule_parts(rules["Heavy ball"][0])}
    assert roles["velocity term"] == r"\beta_t v"
    assert plain_rule(told.runs[2])[0][0].endswith(r"\alpha_t")
    assert plain_rule(told.runs[1])[0][0].endswith(r"\alpha")


def test_theory_of_fixed_numbers_is_left_out() -> None:
    changing = EmaMomentum(Cosine(0.18, steps=50), 0.99)  # type: ignore[arg-type]
    assert springs_of(changing) is None
    with pytest.raises(TypeError):
        envelope(changing, BOWL, START)
    fixed = experiment(
        {"optimizer": "gd", "lr": 0.18}, {"optimizer": "ema-momentum", "lr": 0.18, "beta": 0.99}
    )
    told = Story(run(read_experiment(fixed, "file.toml")))
    assert told.factors and told.lr_limit and two_springs(told) and told.beta_sweep
    moving = experiment(
        gd(schedule="cosine", start=0.18),
        {"optimizer": "ema-momentum", "lr": said("cosine"), "beta": 0.99},
    )
    told = Story(run(read_experiment(moving, "file.toml")))
    assert told.factors is told.lr_limit is told.beta_sweep is told.late_arrival is None
    assert two_springs(told) is None
    assert told.with_memory is told.runs[1]
    # A sweep of beta takes the contender whose numbers stay.
    moving["contenders"].append({"optimizer": "heavy-ball", "lr": 0.05, "beta": 0.5})
    told = Story(run(read_experiment(moving, "file.toml")))
    assert told.beta_sweep is not None
    assert told.beta_sweep.index == 2


@every
def test_labels_say_how_it_changes_in_forty_characters(name: str) -> None:
    for key in (key for key in ("lr", "beta") if name in fitting(key)):
        numbers: dict[str, Any] = {"lr": 0.1, "beta": 0.9} | {key: example(name)}
        for one in (EmaMomentum(**numbers), HeavyBall(**numbers), Nesterov(**numbers)):
            labels = default_labels([one, HeavyBall(0.1, 0.5), GradientDescent(0.1)])
            assert len(labels[0]) <= LONGEST_LABEL
            assert f"{example(name).short} {'α' if key == 'lr' else 'β'}" in labels[0]
    assert default_labels([GradientDescent(Cosine(0.18))]) == (  # type: ignore[arg-type]
        "Gradient descent, cosine α 0.18 → 0",
    )


@every
def test_formulas_are_latex(name: str) -> None:
    from latex2mathml.converter import convert

    tex = SCHEDULES[name].tex.replace("{a}", r"\alpha")
    assert tex.count("{") == tex.count("}")
    assert "<math" in convert(tex)
