"""Rules as text: somebody's own is as good as ours, and nothing but rules gets through."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pytest

from momentum_math import LANDSCAPES, ExperimentError, Optimizer, read_experiment, run, trace
from momentum_math.landscapes.quadratics import Quadratic
from momentum_math.optimizers.momentum import EmaMomentum, HeavyBall
from momentum_math.optimizers.own import CustomRule
from momentum_math.parameters import Number, parameters_of
from momentum_math.rules.notation import symbol_tex
from momentum_math.story import Story
from momentum_math.story.late_arrival import late_arrival
from momentum_math.story.springs import two_springs
from tests.momentum_math.optimizers import fuzzing
from tests.momentum_math.optimizers.test_optimizers import EXAMPLES

BUILT_IN = [one for one in EXAMPLES if not isinstance(one, CustomRule)]
GROUNDS = [Quadratic((0.1, 10.0)), *(LANDSCAPES[name]() for name in ("rosenbrock", "himmelblau"))]
VALUES = {"start": [-1.2, 1.0], "steps": 30, "landscape": {"name": "rosenbrock"}}


def own(optimizer: Optimizer) -> CustomRule:
    """The same method as somebody would write it, its numbers named by their symbols' letters."""
    letters = {}
    for field, one in parameters_of(type(optimizer)).items():
        if isinstance(one.kind, Number) and field != "lr":
            name = unicodedata.name(one.symbol[0]).split()[-1].lower()
            subscript = "".join(str(unicodedata.digit(c)) for c in one.symbol[1:])
            letters[field] = ("lam" if name == "lamda" else name) + subscript

    def said(line: str) -> str:
        return re.sub(r"\w+", lambda word: letters.get(word[0], word[0]), line)

    starts = (line.split(" = ") for line in optimizer.start)
    return CustomRule(
        optimizer.lr,
        tuple(map(said, optimizer.rule)),
        tuple((name, said(value)) for name, value in starts) or None,
        tuple((letter, getattr(optimizer, field)) for field, letter in letters.items()) or None,
    )


@pytest.mark.parametrize("optimizer", BUILT_IN, ids=repr)
def test_ones_own_rule_for_a_built_in_method_is_that_method(optimizer: Optimizer) -> None:
    mine = own(optimizer)
    assert not mine.conflict
    assert mine.tex == optimizer.tex
    for ground in GROUNDS:
        ours, theirs = (trace(ground, one, (-1.2, 1.0), 150) for one in (optimizer, mine))
        assert ours.status == theirs.status
        np.testing.assert_allclose(theirs.points, ours.points, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("optimizer", BUILT_IN, ids=repr)
def test_its_recurrence_is_that_of_the_method(optimizer: Optimizer) -> None:
    forms = [one.recurrence(3.0) for one in (optimizer, own(optimizer))]
    if forms[0] is None:
        assert forms[1] is None
    else:
        numbers = [(form.trace, form.determinant, form.first) for form in forms if form]
        assert numbers[1] == pytest.approx(numbers[0], rel=1e-13)


@pytest.mark.parametrize(
    ("rule", "is_linear"),
    [
        (["v = 0.9*v + g", "theta = theta - lr*v"], True),
        (["theta = theta - lr*(g + 0.1*theta)"], True),
        (["old = theta", "theta = theta - lr*g + 0.5*(theta - last)", "last = old"], True),
        (["n = n + g", "theta = theta - lr*g"], True),  # a state without a part in it
        (["v = 0.9*v + g", "w = 0.9*w + v", "theta = theta - lr*w"], False),  # order three
        (["theta = theta - lr*g/t"], False),
        (["theta = theta - lr*sign(g)"], False),
        (["theta = theta - lr*max(g, -1e9)"], False),  # linear wherever one would try it
        (["v = 0.9*v + g*g", "theta = theta - lr*v"], False),
        (["theta = theta - lr*g - 1"], False),
    ],
)
def test_where_a_rule_is_a_linear_recurrence(rule: list[str], is_linear: bool) -> None:
    state = (("last", "theta"),) if "last = old" in rule else None
    method = CustomRule(0.05, tuple(rule), state)
    form = method.recurrence(2.0)
    assert (form is not None) == is_linear
    if form:
        path = trace(Quadratic((2.0, 2.0)), method, (1.0, 1.0), 12)
        wanted = form.distances(np.arange(13.0))
        np.testing.assert_allclose(path.points[:, 0], wanted, rtol=1e-11)


@pytest.mark.parametrize(
    ("rule", "accumulates"),
    [
        (["v = 0.9*v + g", "theta = theta - lr*sign(v)"], True),
        (["v = mu*v + (1 - mu)*g", "theta = theta - lr*v"], True),
        (["v = g", "theta = theta - lr*v"], False),  # no memory
        (["v = g - 0.9*v", "theta = theta - lr*v"], False),
        (["v = v + g", "theta = theta - lr*v"], False),  # forgets nothing
        (["v = max(v, g)", "theta = theta - lr*v"], False),
        (["m = 0.9*m + g", "theta = theta - lr*m"], False),  # not the velocity's name
    ],
)
def test_whose_velocity_accumulates_gradients(rule: list[str], accumulates: bool) -> None:
    const = (("mu", 0.5),) if "mu" in str(rule) else None
    assert CustomRule(0.1, tuple(rule), const=const).remembers == accumulates


def test_the_velocity_is_v_or_what_the_learning_rate_scales_or_the_step_over_it() -> None:
    theta, gradient = np.array([1.0, 2.0]), np.array([0.5, -4.0])
    for rule, wanted in (
        (("v = 3*g", "theta = theta - lr*sign(v)"), 3.0 * gradient),
        (("theta = theta - lr*sign(g)",), np.sign(gradient)),
        (("theta = 0.5*theta - lr*g",), gradient + 0.5 * theta / 0.1),
    ):
        method = CustomRule(0.1, rule)
        _, state = method.step(theta, gradient, method.init(theta))
        np.testing.assert_allclose(state.velocity, wanted)


def refusal(**contender: Any) -> str:
    """The one line that a contender with a rule of its own gets."""
    values = VALUES | {"contenders": [{"optimizer": "rule", "lr": 0.1} | contender]}
    with pytest.raises(ExperimentError) as caught:
        read_experiment(values, "own.toml")
    (line,) = caught.value.messages
    return line.removeprefix("own.toml: contender 1: ")


STEP = "theta = theta - lr*g"


@pytest.mark.parametrize(
    ("contender", "remedy"),
    [
        ({}, "rule is missing, give your own method"),
        ({"rule": STEP}, 'must be a list of 1 to 8 assignments, as in ["theta = theta - lr*g"]'),
        ({"rule": []}, "must be a list of 1 to 8 assignments"),
        ({"rule": [STEP] * 9}, "must be a list of 1 to 8 assignments"),
        ({"rule": [STEP + " " * 300]}, "assignments of at most 300 characters"),
        ({"rule": ["v = 0.9*v + g"]}, 'must set theta, as in "theta = theta - lr*g"'),
        ({"rule": ["theta = theta - g"]}, "must use lr, the learning rate"),
        ({"rule": ["theta = theta - lr"]}, "must use g, the gradient"),
        ({"rule": ["theta == lr*g"]}, 'must consist of assignments, as in "theta = theta - lr*g"'),
        ({"rule": ["theta -= lr*g"]}, 'sets "theta -": a name is up to 12 letters and digits'),
        ({"rule": ["g = 1", STEP]}, 'sets "g", which is the gradient: choose another name'),
        ({"rule": ["t = 1", STEP]}, 'sets "t", which is the number of the step'),
        ({"rule": ["lr = 1", STEP]}, 'sets "lr", which is the learning rate'),
        ({"rule": ["sin = g", STEP]}, 'sets "sin", which is a function'),
        ({"rule": ["pi = g", STEP]}, 'sets "pi", which is a constant'),
        ({"rule": ["lambda = g", STEP]}, 'sets "lambda", which is a word of Python'),
        ({"rule": ["mu = g", STEP], "const": {"mu": 1}}, 'sets "mu", which is a constant'),
        ({"rule": ["v = g", "v = 2*v", STEP]}, 'sets "v" twice'),
        ({"rule": ["alpha = g", STEP]}, 'has "alpha", which looks like lr in the film'),
        ({"rule": ["theta1 = g", STEP]}, 'has "theta1", which looks like theta_1'),
        ({"rule": ["v1 = g", "v_1 = v1", STEP]}, 'has "v_1", which looks like v1 in the film'),
        ({"rule": ["v = 0.9*w + g", STEP]}, '"v = 0.9*w + g" has an unknown name "w"'),
        ({"rule": ["theta = theta - lr*g.T"]}, "names without a dot"),
        ({"rule": ["theta = theta - lr*sgm(g)"]}, 'unknown function "sgm"'),
        ({"rule": ["theta = theta - lr*[g for g in t]"]}, "may only use theta, g, t, lr"),
        ({"rule": ["theta = theta - lr*g**9**9"]}, "must have exponents in [-16, 16]"),
        ({"rule": ["theta = theta - lr*g/(mu - 1)"], "const": {"mu": 1}}, "not divide by zero"),
        ({"rule": ["theta = theta - lr*g" + "*(1 + g)" * 30]}, "must have at most 100 parts"),
        ({"rule": [f"{n} = g" + "*g" * 30 for n in "abc"] + [STEP]}, "at most 150 parts"),
        ({"rule": ["theta = theta - lr*" + "-" * 40 + "g"]}, "nested at most 30 deep"),
        ({"rule": [STEP], "const": {"mu": 1}}, 'does not use "mu" of const, remove it'),
        ({"rule": [STEP], "const": {"mu": "1"}}, 'has mu = "1", which must be a number'),
        ({"rule": [STEP], "const": {"mu": 1e9}}, "which must be in [-1000000, 1000000]"),
        ({"rule": [STEP], "const": {"a.b": 1}}, 'sets "a.b": a name is up to 12 letters'),
        ({"rule": [STEP], "const": {f"c{i}": 1 for i in range(9)}}, "a table of at most 8 names"),
        ({"rule": [STEP], "state": {"v": 1}}, 'starts "v", which it does not remember'),
        ({"rule": ["v = v + g", STEP], "state": {"v": "t"}}, 'has an unknown name "t"'),
        ({"rule": ["v = v + g", STEP], "state": {"v": True}}, "which must be a number, or text"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_remedy(contender: dict[str, Any], remedy: str) -> None:
    line = refusal(**contender)
    assert remedy in line
    assert len(line) < 240


def test_a_rule_that_becomes_undefined_ends_its_run() -> None:
    runs = run(
        read_experiment(
            VALUES
            | {
                "contenders": [
                    {"optimizer": "rule", "lr": 0.01, "rule": [line]}
                    for line in (
                        "theta = theta - lr*log(g)",
                        "theta = theta - lr*g/(t - 3)",
                        "theta = theta - lr*g*exp(t**3)",
                    )
                ]
            },
            "own.toml",
        )
    ).runs
    assert [one.status for one in runs] == ["stopped", "diverged", "diverged"]
    assert runs[1].trajectory.n == 2


def test_a_velocity_beyond_all_measure_is_not_shown() -> None:
    method = CustomRule(0.001, ("v = 1e6*v + g", "theta = theta - lr*sign(v)"))
    path = trace(GROUNDS[1], method, (-1.2, 1.0), 100)
    assert path.n == 100
    assert np.abs(path.velocities).max() <= 1e150
    assert not path.velocities[-1].any()


def test_states_start_where_the_file_says() -> None:
    theta, gradient = np.array([1.0, 2.0]), np.array([0.5, -4.0])
    rule = ("v = v + g", "z = 0.5*z + theta", "theta = theta - lr*(v + z)")
    method = CustomRule(0.1, rule, (("v", "2*g"), ("z", 3.0)))
    moved, state = method.step(theta, gradient, method.init(theta))
    np.testing.assert_allclose(state.memory, [3.0 * gradient, 1.5 + theta])
    np.testing.assert_allclose(moved, theta - 0.1 * (3.0 * gradient + 1.5 + theta))
    assert method.tex[-1] == r"v_0 = 2 \nabla L(\theta_0),\quad z_0 = 3"


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("v", "v"),
        ("beta1", r"\beta_1"),
        ("mu", r"\mu"),
        ("vhat", r"\hat{v}"),
        ("v_max", r"v_{\mathrm{max}}"),
        ("s12", "s_{12}"),
        ("v1_2", "v_{1,2}"),
        ("mean", r"\mathrm{mean}"),
    ],
)
def test_names_are_typeset_as_people_write_them(name: str, tex: str) -> None:
    assert symbol_tex(name) == tex


def test_definitions_stand_last_where_they_mean_the_same_there() -> None:
    lines = ("a = m + 1", "b = g", "m = 0.5*m + b", "c = 2*m", "theta = theta - lr*(a + c)")
    assert CustomRule(0.1, lines).tex == (
        "a = m + 1",
        r"b = \nabla L(\theta)",
        r"m \leftarrow 0.5 m + b",
        r"\theta \leftarrow \theta - \alpha (a + c)",
        "c = 2 m",
    )


def test_a_file_with_a_rule_is_read_back_as_it_was_written() -> None:
    rule = {"rule": ["v = mu*v + g", "theta = theta - lr*v"], "const": {"mu": 0.9}}
    contender = {"optimizer": "rule", "lr": 0.001, **rule, "state": {"v": "g"}, "label": "Mine"}
    experiment = read_experiment(VALUES | {"contenders": [contender]}, "own.toml")
    said = experiment.to_dict()
    assert {key: said["contenders"][0][key] for key in contender} == contender
    del said["name"]
    assert read_experiment(said, "own.toml") == experiment


def test_two_rules_beside_methods_are_told_apart() -> None:
    rules = (["theta = theta - lr*g"], ["theta = theta - lr*sign(g)"])
    values = VALUES | {"contenders": [{"optimizer": "rule", "lr": 0.1, "rule": r} for r in rules]}
    labels = [who.label for who in read_experiment(values, "own.toml").contenders]
    assert labels == ["Own rule (1)", "Own rule (2)"]


def test_a_step_is_the_same_for_equal_methods_and_for_many_points() -> None:
    rule = ("v = 0.9*v + g", "theta = theta - lr*tanh(v)*t")
    many = CustomRule(np.array([[0.1], [0.2]]), rule)  # type: ignore[arg-type]
    thetas = np.array([[1.0, 2.0], [1.0, 2.0]])
    moved, _ = many.step(thetas, thetas, many.init(thetas))
    for lr, row in zip((0.1, 0.2), moved, strict=True):
        alone = CustomRule(lr, rule)
        assert np.array_equal(alone.step(thetas[0], thetas[0], alone.init(thetas[0]))[0], row)


def test_linear_methods_are_named_in_theory_whatever_they_are_called() -> None:
    mine = CustomRule(0.018, ("w = 0.9*w + g", "theta = theta - lr*w"))
    forms = [one.recurrence(10.0) for one in (mine, HeavyBall(0.018, 0.9), EmaMomentum(0.18, 0.9))]
    for form in forms[1:]:
        assert form.trace == pytest.approx(forms[0].trace, rel=1e-14)


def test_1500_rules() -> None:
    fates = fuzzing.fuzz(1500, 20261126)
    assert sum(counter.total() for counter in fates.values()) == 1500
    assert fates["written"]["accepted"] >= 100, fates
    assert fates["damaged"]["accepted"] >= 50, fates
    assert min(counter["rejected"] for counter in fates.values()) >= 100, fates


def test_a_rule_is_a_pair_of_springs_and_arrives_late_as_the_method_that_it_is() -> None:
    values: dict[str, Any] = {
        "start": [-4.0, 1.5],
        "landscape": {"name": "quadratic", "curvatures": [0.1, 10.0]},
        "threshold": 1e-3,
        "contenders": [
            {"optimizer": "heavy-ball", "lr": 0.0018, "beta": 0.99},
            {"optimizer": "rule", "lr": 0.0018, "rule": ["v = 0.99*v + g", "theta = theta - lr*v"]},
        ],
    }
    story = Story(run(read_experiment(values, "own.toml")))
    pair = two_springs(story)
    assert pair is not None
    ball, own = pair.places
    assert (own.pulls, own.beta) == (pytest.approx(ball.pulls), pytest.approx(ball.beta))
    experiment = story.experiment
    lates = [late_arrival(experiment, one.run, one.index) for one in story.runs]
    assert lates[0] is not None and lates[1] is not None
    assert lates[0].stays == lates[1].stays
    assert lates[0].rate == pytest.approx(lates[1].rate)
