"""What the film says of odd experiments: minima, rests, endings, ties, tiny and shifted losses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from momentum_math import ExperimentError, Outcome, Place, read_experiment, run
from momentum_math.resting import rest_of
from momentum_math.story import Story
from scenes.kit.loss_chart.scale import LossScale
from scenes.look import FRAMES, THEMES, Look
from scenes.storyboard import tell
from scenes.words.board import race_titles, sweet_spot
from scenes.words.labels import cuts_heading
from scenes.words.names import loss_axis_names, race_title_ways
from scenes.words.numbers import exact
from scenes.words.race import headed, times_fewer
from scenes.words.runs import loss_counters, steps_taken
from scenes.words.runs import verdicts as short_verdicts
from tests.scenes.legible import layout_problems
from tests.scenes.staging import play

GD = {"optimizer": "gd", "lr": 0.18}
EMA = {"optimizer": "ema-momentum", "lr": 0.18, "beta": 0.9}
VALLEY = {"name": "quadratic"}
ACKLEY = "-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20"


def made(landscape: dict[str, Any], *contenders: dict[str, Any], **values: Any) -> Outcome:
    values = {"start": [-4.0, 1.5], "steps": 300} | values
    values |= {"landscape": landscape, "contenders": list(contenders)}
    return run(read_experiment(values, "some.toml"))


def refusal(landscape: dict[str, Any], *contenders: dict[str, Any], **values: Any) -> str:
    with pytest.raises(ExperimentError) as error:
        made(landscape, *contenders, **values)
    (line,) = error.value.messages
    return line


def said(outcome: Outcome, chapter: str | None = None) -> str:
    """All that is told, in one text."""
    chapters = [c for c in tell(Story(outcome)).chapters if chapter in (None, c.name)]
    return "\n".join(
        f"{c.name}.{b.name}: {b.caption} | {b.on_screen}" for c in chapters for b in c.beats
    )


def verdicts(outcome: Outcome) -> list[str]:
    return [short_verdicts(one)[0] for one in Story(outcome).runs]


# --- minima ----------------------------------------------------------------------------------


def test_the_minimum_of_a_formula_is_found_marked_and_said():
    outcome = made({"formula": "(x + 2*y - 7)**2 + (2*x + y - 5)**2"}, GD | {"lr": 0.02})
    assert outcome.experiment.landscape.minima == ((1.0, 3.0),)
    assert outcome.experiment.landscape.minimum == 0.0
    assert "The cross: the minimum." in said(outcome)
    (left, right), (bottom, top) = outcome.experiment.map.window
    assert left < 1 < right
    assert bottom < 3 < top


def test_what_is_not_found_is_not_said_to_be_absent():
    outcome = made({"formula": "exp(x) + y**2"}, GD)
    assert outcome.experiment.landscape.minima == ()
    assert "no minimum" not in said(outcome)


@pytest.mark.parametrize("shift", [3, -7.5, 693147.18])
def test_losses_count_from_the_lowest_value_found(shift):
    formula = f"0.05*x**2 + 5*y**2 + ({shift})"
    outcome, plain = made({"formula": formula}, GD, EMA), made(VALLEY, GD, EMA)
    assert outcome.experiment.landscape.minimum == shift
    assert outcome.experiment.threshold == plain.experiment.threshold == 1e-3
    for one, other in zip(outcome.runs, plain.runs, strict=True):
        assert (one.first_below, one.stays_below) == (other.first_below, other.stays_below)
    assert exact(abs(shift)) in race_title_ways(Story(outcome))[0]
    counters = {loss_counters(Story(outcome).runs[0], k)[-1] for k in (0, 10, 50)}
    assert len(counters) == 3


def test_unknown_counts_from_the_lowest_met_and_says_so():
    outcome = made({"formula": "exp(x) + y**2 - 2", "minimum": "unknown"}, GD)
    low = float(outcome.runs[0].trajectory.losses.min())
    assert -2.0 <= outcome.experiment.landscape.minimum <= low
    assert "the lowest found" in race_title_ways(Story(outcome))[0]


def test_a_minimum_that_is_not_the_lowest_value_is_refused():
    line = refusal({"formula": "x**2 + y**2 + 1", "minimum": 2}, GD)
    assert "below minimum = 2" in line
    assert "unbounded" not in line


def test_unbounded_is_proposed_where_runs_leave_downwards():
    line = refusal({"formula": "x**3 - 3*x*y**2"}, GD, start=[0.01, 0.9])
    assert '"unbounded"' in line


@pytest.mark.parametrize("minimum", [None, "unknown", "unbounded", 3.0])
def test_what_is_said_of_a_minimum_survives_the_file(minimum):
    table = {"formula": "x**2 + y**2 + 3"} | ({} if minimum is None else {"minimum": minimum})
    experiment = made(table, GD).experiment
    again = experiment.to_dict()
    again.pop("name")
    assert read_experiment(again, "some.toml") == experiment


# --- where runs rest -------------------------------------------------------------------------


def test_a_run_in_a_local_minimum_is_done_in_the_wrong_place():
    who = [GD | {"lr": 0.02}, {"optimizer": "adam", "lr": 0.05}]
    outcome = made({"formula": ACKLEY}, *who, start=[2.3, 1.6])
    assert [rest_of(outcome, one).place for one in outcome.runs] == [Place.LOCAL_MINIMUM] * 2
    assert verdicts(outcome) == ["Ends in a local minimum"] * 2
    assert "all end in local minima" in said(outcome, "loss_race")


@pytest.mark.parametrize(
    ("landscape", "start", "place", "words_"),
    [
        (VALLEY, [0, 0], Place.LOWEST, "It stands at the minimum: nothing pulls."),
        ({"name": "saddle"}, [0, 0], Place.SADDLE_POINT, "the slope is zero: nothing pulls."),
        ({"formula": "-exp(-100*x**2 - y**2)"}, [30, 0], Place.FLAT, "the slope is zero"),
        ({"formula": "x**4 + y**4"}, [0, 0], Place.LOWEST, "It stands at the minimum"),
    ],
)
def test_a_start_without_a_slope_moves_nobody(landscape, start, place, words_):
    outcome = made(landscape, GD, EMA, start=start)
    assert {rest_of(outcome, one).place for one in outcome.runs} == {place}
    assert words_ in said(outcome, "ravine")
    assert [chapter.name for chapter in tell(Story(outcome)).chapters] == [
        "ravine",
        "descent",
        "summary",
    ]
    assert "ahead" not in said(outcome)
    assert all(text.startswith("Stands") for text in verdicts(outcome))


def test_losses_that_are_all_zero_stand_on_no_log_scale():
    assert "symmetric log scale" in race_title_ways(Story(made(VALLEY, GD, EMA, start=[0, 0])))[0]
    assert "symmetric" not in race_title_ways(Story(made(VALLEY, GD, EMA)))[0]


def test_a_start_on_an_axis_does_not_zigzag():
    text = said(made(VALLEY, GD, EMA, start=[-4, 0]))
    assert "zigzag never dies" not in text
    assert "overshoots across" not in text
    assert "Vertical oscillations" not in text


def test_a_start_where_the_slope_is_undefined_stops_at_once():
    outcome = made({"formula": "sqrt(x**2 + y**2)"}, GD, start=[0, 0])
    assert "undefined" in said(outcome, "ravine")
    assert verdicts(outcome) == ["Stopped at step 0"]


# --- endings, ties, lone runners -------------------------------------------------------------


def test_who_ended_is_told_with_when_and_how():
    outcome = made(VALLEY, GD, GD | {"lr": 5.0})
    text = said(outcome, "descent")
    ended = outcome.runs[1].trajectory.ended_at
    assert f"diverged at step {ended}" in text
    assert "10¹" not in text
    assert "is left" in text


def test_downwards_without_end_the_first_out_of_sight_is_ahead():
    who = [GD | {"lr": 0.05}, {"optimizer": "adam", "lr": 0.05}]
    landscape = {"formula": "x**3 - 3*x*y**2", "minimum": "unbounded"}
    outcome = made(landscape, *who, start=[0.01, 0.9], steps=60)
    assert "Plain is out of sight first: at step 15." in said(outcome, "descent")


def test_twins_are_level():
    text = said(made(VALLEY, EMA, EMA))
    assert "At the end both are level." in text
    assert "is ahead" not in text.replace("nobody is ahead", "")
    assert {v.split(" (")[0] for v in verdicts(made(VALLEY, EMA, EMA))} == {"Swings"}


def test_three_equals_are_all_level():
    assert "all are level" in said(made(VALLEY, EMA, EMA, EMA), "descent")


def test_a_lone_runner_is_ahead_of_nobody():
    text = said(made(VALLEY, EMA))
    assert "ahead" not in text
    assert "In front" not in text
    assert "All " not in text


# --- thresholds ------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e9])
def test_the_default_threshold_follows_the_loss_at_the_start(scale):
    outcome = made({"formula": f"{scale}*(0.05*x**2 + 5*y**2)"}, GD | {"lr": 0.18 / scale})
    assert outcome.experiment.threshold == pytest.approx(1e-3 * scale)
    assert outcome.runs[0].first_below == 185


def test_tiny_losses_make_the_same_race():
    outcome = made({"formula": "0.05*x**2 + 5*y**2"}, GD, EMA, start=[-4e-6, 1.5e-6])
    assert [one.first_below for one in outcome.runs] == [185, 159]
    (left, right), _ = outcome.experiment.map.window
    assert right - left < 1e-5


def test_a_threshold_that_all_have_passed_is_refused():
    line = refusal(VALLEY, GD, threshold=20)
    assert line.startswith("some.toml: threshold = 20 is not below the loss at the start, 12.05")
    assert line.endswith("such as 0.001")


# --- arrivals that do not last ---------------------------------------------------------------


def test_who_rises_over_the_threshold_again_has_not_arrived():
    outcome = made(VALLEY, GD, EMA, EMA | {"beta": 0.99}, start=[-4, 0], threshold=1e-3)
    late = outcome.runs[2]
    assert late.first_below == 151
    assert late.excess[-1] > 1e-3
    assert "β = 0.99 at 151 (not for good)" in said(outcome, "loss_race")
    assert steps_taken(Story(outcome).runs[2]) == "at 151, not for good"
    assert all("151 steps" not in text for text in short_verdicts(Story(outcome).runs[2]))


def test_who_stays_below_later_arrives_later():
    fast = EMA | {"lr": 0.25}
    outcome = made({"name": "quadratic", "curvatures": [1.0, 5.0]}, GD | {"lr": 0.25}, fast)
    losses = outcome.runs[1].excess
    above = [k for k, loss in enumerate(losses) if loss >= outcome.experiment.threshold]
    assert outcome.runs[1].first_below < above[-1]
    stays = above[-1] + 1
    assert f"(for good from {stays})" in said(outcome, "loss_race")
    assert short_verdicts(Story(outcome).runs[1])[0].endswith(f"({stays} steps to converge)")
    assert steps_taken(Story(outcome).runs[1]) == f"{stays} steps"


def test_where_nobody_stays_it_is_said_once():
    noise = {"sigma": 2.0, "seed": 7}
    outcome = made(
        {"name": "quadratic", "curvatures": [0.5, 5.0]}, GD, EMA, noise=noise, threshold=0.05
    )
    assert {run.stays_below for run in outcome.runs} == {None}
    assert "Below 0.05, not for good: " in said(outcome, "loss_race")


# --- memories --------------------------------------------------------------------------------


def test_beta_0_remembers_nothing():
    outcome = made(VALLEY, EMA | {"beta": 0.0})
    assert "memory" not in [chapter.name for chapter in tell(Story(outcome)).chapters]
    assert "accumulates" not in said(outcome)
    assert "Vertical oscillations" not in said(outcome)
    both = made(VALLEY, EMA | {"beta": 0.0}, EMA)
    assert "memory" in [chapter.name for chapter in tell(Story(both)).chapters]


def test_oscillations_cancel_only_where_there_are_some():
    slow = EMA | {"lr": 0.001, "beta": 0.3}
    outcome = made(VALLEY, slow)
    signs = {float(x) > 0 for x in outcome.runs[0].trajectory.gradients[:15, 1]}
    assert len(signs) == 1
    assert "oscillations cancel" not in said(outcome)
    assert "oscillations cancel" in said(made(VALLEY, EMA))


def test_books_kept_along_the_axes_say_nothing_of_a_slanting_valley():
    booth = made({"formula": "(x + 2*y - 7)**2 + (2*x + y - 5)**2"}, EMA | {"lr": 0.02})
    assert "It is a ravine" in said(booth, "ravine")
    assert "valley" not in said(booth, "memory")


# --- several minima, axes, formulas ----------------------------------------------------------


def test_one_of_several_minima_is_named_as_one():
    outcome = made({"formula": ACKLEY}, GD | {"lr": 0.02}, start=[2.3, 1.6])
    assert cuts_heading(Story(outcome)) == "cuts through this minimum"
    assert cuts_heading(Story(made(VALLEY, GD))) == "cuts through the minimum"
    saddle = Story(made({"name": "saddle"}, GD, start=[1, 1]))
    assert cuts_heading(saddle) == "cuts through the saddle"


def test_every_axis_of_losses_says_from_where_they_count():
    shifted = made({"formula": "0.05*x**2 + 5*y**2 + 693147.18"}, GD)
    assert loss_axis_names(Story(shifted)) == ["Loss f(θ) − 693147.18", "Loss − min"]
    assert loss_axis_names(Story(made(VALLEY, GD))) == ["Loss f(θ)"]


def test_no_term_of_a_loss_is_left_out():
    tex = made({"name": "quadratic", "curvatures": [1e-6, 1e6]}, GD | {"lr": 1e-6}).experiment
    assert r"\theta_1^2" in tex.landscape.tex
    assert r"\theta_2^2" in tex.landscape.tex


def test_the_loss_axis_is_as_high_as_whoever_comes_back():
    who = [GD, {"optimizer": "adam", "lr": 0.05}]
    outcome = made({"formula": "0.05*x**2 + 5*y**2"}, *who, start=[-4e-6, 1.5e-6])
    highest = float(outcome.runs[1].excess.max())
    assert highest > 1e6 * float(outcome.runs[1].excess[0])
    assert LossScale(outcome).height(highest) < LossScale(outcome).high
    far = made(VALLEY, GD, GD | {"lr": 5.0})
    assert LossScale(far).high < 5


def test_the_loss_axis_is_as_deep_as_whoever_is_still_on_the_way():
    who = [GD | {"lr": 0.05}, {"optimizer": "adam", "lr": 0.05}]
    landscape = {"formula": "x**3 - 3*x*y**2", "minimum": "unbounded"}
    outcome = made(landscape, *who, start=[0.01, 0.9], steps=60)
    falls, goes_on = outcome.runs
    scale = LossScale(outcome)
    assert scale.lasting(goes_on) == 60
    assert scale.lasting(falls) < falls.trajectory.ended_at


# --- grammar ---------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2, 3, 40])
def test_numbers_and_nouns_agree(steps):
    text = said(made(VALLEY, GD, EMA, steps=steps))
    assert not re.search(r"\b1 steps\b|(?<![\d.])-0\b|−0(?![.\d])|fewer fewer|many fewer", text)


def test_half_as_many():
    outcome = made(VALLEY, GD, EMA)
    base = outcome.runs[0].stays_below
    assert times_fewer(Story(outcome), base // 2) == "half as many as plain"
    assert times_fewer(Story(outcome), base // 5) == "five times fewer than plain"


def test_a_bound_shrinks_by_a_factor():
    text = said(made(VALLEY, EMA | {"beta": 0.99}), "loss_race")
    assert "shrinks by a factor of 0.99 a step" in text


def test_a_title_keeps_its_own_mark():
    assert headed("Half as many?", "same start.") == "Half as many? Same start."
    assert headed("One jump: x²", "same start.") == "One jump: x². Same start."
    text = said(made(VALLEY, GD, EMA, title="Half as many?"))
    assert "?:" not in text
    assert "?," not in text


def test_names_with_a_comma_stand_apart_in_a_list():
    names = ["Ball, heavy", "Average, plain", "Descent"]
    who = [
        {"label": name, "optimizer": kind, "lr": 0.1} | ({} if kind == "gd" else {"beta": 0.8})
        for name, kind in zip(names, ["heavy-ball", "ema-momentum", "gd"], strict=True)
    ]
    text = said(made(VALLEY, *who))
    for name in names[:2]:
        assert f"“{name}”" in text
        assert name not in text.replace(f"“{name}”", "")
    assert "“Descent”" not in text


def test_one_is_never_counted_as_many():
    outcome = made(VALLEY, EMA, steps=1)
    titles = [*race_title_ways(Story(outcome)), *race_titles(Story(outcome))]
    assert not [title for title in titles if "1 steps" in title]
    assert [title for title in titles if "1 step)" in title or title.endswith(" 1 step")]


def test_a_zigzag_is_only_spoken_of_where_there_is_one():
    text = said(made({"name": "quadratic", "curvatures": [2.0, 2.0]}, GD, start=[3, 4]), "zigzag")
    assert "zigzag" not in text.replace("zigzag.", "")
    assert "From 1 on, it no longer converges." in text


def test_the_sweet_spot_is_that_of_the_dial():
    fast = {"optimizer": "ema-momentum", "lr": 0.25, "beta": 0.9}
    outcome = made({"name": "quadratic", "curvatures": [1.0, 5.0]}, GD | {"lr": 0.25}, fast)
    (best,) = re.findall(r"the best is β = ([\d.]+):", said(outcome, "dial"))[:1]
    assert sweet_spot(Story(outcome)) == f"β = {best}: soonest at this α"
    assert sweet_spot(Story(made(VALLEY, GD, EMA))) == "β = 0.9: typical sweet spot"


def test_no_memory_is_best_where_one_step_arrives():
    outcome = made(
        {"name": "quadratic", "curvatures": [2.0, 2.0]},
        {"optimizer": "gd", "lr": 0.5},
        {"optimizer": "heavy-ball", "lr": 0.5, "beta": 0.9},
        start=[3, 4],
        steps=20,
    )
    text = said(outcome, "dial")
    assert "arrives soonest" not in text
    assert "no memory is best: β = 0 takes 1 step." in text


def test_no_verdict_names_minima_that_have_no_names_on_the_map():
    outcome = made({"name": "himmelblau"}, GD | {"lr": 0.01}, start=[0.5, -1.0])
    assert len(outcome.experiment.landscape.minima) == 4
    (said,) = verdicts(outcome)
    assert said.startswith("Ends at (3.6, −1.8)")


# --- runs that are over at once --------------------------------------------------------------


@pytest.mark.parametrize("lr", [1e6, 3.0, 1.2, 0.9, 0.7])
def test_a_memory_is_shown_however_soon_its_run_is_over(lr: float):
    """Left of x = 0 nothing is defined: the run ends with its start, its first steps, or later."""
    heavy = {"optimizer": "heavy-ball", "lr": lr, "beta": 0.9}
    outcome = made({"formula": "sqrt(x) + y**2"}, GD, heavy, start=[1.0, 1.5], steps=50)
    assert outcome.runs[1].trajectory.n < 4
    (chapter,) = (one for one in tell(Story(outcome)).chapters if one.name == "memory")
    scene = play("memory", outcome, Look(THEMES["paper"], FRAMES["16:9"]))
    assert layout_problems(scene) == []
    assert scene.clock == pytest.approx(chapter.seconds, abs=1e-6)
