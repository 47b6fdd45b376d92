"""The companion computes what Python computes, and draws it where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from momentum_film.deliver.web.companion import METHODS, computed, data, presets, springs
from momentum_math import LANDSCAPES, CustomLandscape, Experiment, run
from momentum_math.data.recording import Recording
from momentum_math.experiment import Contender
from momentum_math.landscapes.expressed import script
from momentum_math.optimizers import OPTIMIZERS
from momentum_math.optimizers.base import rule_script
from momentum_math.optimizers.own import CustomRule
from momentum_math.optimizers.springs import springs_of
from momentum_math.parameters import parameters_of
from tests import ROOT
from tests.examples import landscape_named, optimizer_named
from tests.momentum_film import small_film as small
from tests.momentum_film.deliver.browser import Visit, visit
from tests.momentum_math.landscapes.test_formula_syntax import CALLS

EXPERIMENTS = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))
DEFAULT = small.experiment()


# --- the same numbers ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numbers(browser: Browser) -> Iterator[Page]:
    """A page that knows the mathematics and nothing else."""
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<!DOCTYPE html><title>Numbers</title>")
    page.add_script_tag(
        path=ROOT / "momentum_film" / "deliver" / "web" / "assets" / "momentum_math.js"
    )
    yield page
    context.close()


def traced(page: Page, experiment: Experiment, index: int = 0) -> dict:
    """One contender's run, by the page."""
    landscape = experiment.landscape
    sides = [high - low for low, high in landscape.window]
    problem = {
        "start": list(experiment.start),
        "size": max(*sides, *(abs(x) for x in experiment.start)),
    }
    optimizer = experiment.contenders[index].optimizer
    call = f"""([problem, numbers, steps]) => {{
        const [landscape, rule] = [{script(landscape)}, {rule_script(optimizer)}];
        return Mathematics.trace({{ landscape, ...problem }}, {{ rule, numbers }}, steps);
    }}"""
    return page.evaluate(call, [problem, optimizer.numbers, experiment.steps])


def agree(page: Page, experiment: Experiment, rtol: float = 1e-12, atol: float = 0.0) -> None:
    """Every point and every loss of every contender, and who diverges."""
    for index, known in enumerate(run(experiment).runs):
        found = traced(page, experiment, index)
        trajectory = known.trajectory
        assert found["status"] == ("running" if known.status == "converged" else known.status)
        assert len(found["points"]) == len(trajectory.points)
        finite = np.isfinite(trajectory.points).all(axis=1)
        np.testing.assert_allclose(
            np.array(found["points"], dtype=float)[finite],
            trajectory.points[finite],
            rtol=rtol,
            atol=atol,
        )
        losses = np.array(found["losses"], dtype=float)
        np.testing.assert_allclose(losses, trajectory.losses, rtol=rtol, atol=atol)


def with_knobs(experiment: Experiment, method: str, **knobs: float) -> Experiment:
    """The experiment with one contender, whose knobs stand there."""
    who = replace(experiment.contenders[0], optimizer=optimizer_named(method, **knobs))
    return replace(experiment, contenders=(who,))


@pytest.mark.parametrize("method", METHODS)
def test_fifty_random_knobs_give_the_numbers_of_python(method: str, numbers: Page) -> None:
    dice = np.random.default_rng(50)
    ends = set()
    for _ in range(50):
        lr, beta = float(10 ** dice.uniform(-3, 0.6)), float(dice.uniform(0, 0.999))
        experiment = with_knobs(DEFAULT, method, lr=lr, beta=beta)
        agree(numbers, experiment)
        ends |= {each.status for each in run(experiment).runs}
    assert len(ends) >= 2  # some arrive, some do not


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_shipped_films_runs_are_those_of_python(name: str, numbers: Page) -> None:
    experiment = small.experiment(name)
    if computed(experiment):
        agree(numbers, experiment)
    else:
        is_recorded = any(isinstance(who.optimizer, Recording) for who in experiment.contenders)
        assert experiment.noise or experiment.threshold is None or is_recorded


KNOBS = {"beta": 0.9, "decay": 0.9, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8}


RATES = (1e-3, 1e-2, 3.0)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_every_methods_runs_on_every_landscape_are_those_of_python(
    landscape: str, numbers: Page
) -> None:
    given = {"curvatures": (0.5, 4.0), "angle_degrees": 30.0} if landscape == "quadratic" else {}
    place = replace(landscape_named(landscape), **given)
    dice = np.random.default_rng(7)
    # Browsers may round a cosine or a power otherwise than the C library; long steps over waves
    # would make of that whatever they like.
    is_exact = not any(f"{name}(" in place.expression for name in ("cos", "sin", "exp", "max"))
    near = {} if is_exact else {"atol": 1e-12}
    for optimizer, method in OPTIMIZERS.items():
        knobs = {name: KNOBS[name] for name in KNOBS.keys() & parameters_of(method).keys()}
        lr = float(dice.choice(RATES if is_exact else RATES[:2]))
        experiment = with_knobs(DEFAULT, optimizer, lr=lr, **knobs)
        (west, east), (south, north) = place.window
        start = (float(dice.uniform(west, east)), float(dice.uniform(south, north)))
        agree(numbers, replace(experiment, landscape=place, start=start, steps=40), **near)


KINKS = (
    "max(3*x, 3*y, 3*x*y)",
    "min(x, 2*x) + y",
    "abs(x - y) + sign(x)*y**2",
    "max(y, sqrt(x - 1))",
    "abs(log(x)) + y",
    "-(-x)**2 + 2**-y - x**-2 - 3*-y",
)


@pytest.mark.parametrize("text", [*KINKS, *CALLS.values()])
def test_own_formulas_have_the_losses_and_slopes_of_python(text: str, numbers: Page) -> None:
    formula = CustomLandscape(text)
    points = [(1.0, 1.0), (0.0, 1.0), (0.3, 0.7), (-0.4, 0.9), (0.9, -1.2)]
    call = f"""(points) => {{
        const {{ value, gradient }} = {script(formula)};
        return points.map(([x, y]) => [...value(x, y), ...gradient(x, y)]);
    }}"""
    found = np.array(numbers.evaluate(call, points), dtype=float)
    known = np.column_stack([formula.value(points), formula.gradient(points)])
    np.testing.assert_allclose(found, known, rtol=1e-14, atol=1e-15)


def test_a_run_stops_where_its_formula_is_undefined(numbers: Page) -> None:
    formula = CustomLandscape("sqrt(x) + y**2 + x")
    experiment = with_knobs(DEFAULT, "gd", lr=0.3)
    experiment = replace(experiment, landscape=formula, start=(1.0, 1.0))
    agree(numbers, experiment)
    assert traced(numbers, experiment)["status"] == "stopped"


OWN = (
    {"lines": ("v = 0.9*v + g", "theta = theta - lr*sign(v)"), "state": (("v", 1.5),)},
    {"lines": ("v = mu*v + g", "theta = theta - lr*v/(1 - mu**t)"), "const": (("mu", 0.7),)},
    {"lines": ("a = max(0.99*a, abs(g))", "theta = theta - lr*tanh(g/a)"), "state": (("a", "g"),)},
    {"lines": ("w = theta - last", "last = theta", "theta = theta - lr*g + 0.5*w")},
    {"lines": ("theta = theta - lr*log(g + 3)",)},
)


@pytest.mark.parametrize("rule", OWN, ids=str)
def test_own_rules_give_the_numbers_of_python(rule: dict, numbers: Page) -> None:
    for lr in (1e-3, 0.1):
        who = Contender("own", CustomRule(lr, **rule))
        agree(numbers, replace(DEFAULT, contenders=(who,), steps=60))


# --- the plane of springs -----------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_the_springs_are_those_of_python(method: str, numbers: Page) -> None:
    """Against the roots of the characteristic polynomial, and against the package."""
    known = springs_of(OPTIMIZERS[method](lr=1.0, beta=0.5))
    dice = np.random.default_rng(3)
    pulls, betas = 10 ** dice.uniform(-4, 1.5, 300), np.append(0.0, dice.uniform(0, 0.999, 299))
    rates = dice.uniform(0.1, 1.0, 300)
    call = """([family, pulls, betas, rates]) => {
      const springs = Mathematics.springs(family);
      return pulls.map((pull, k) => [
        springs.radius(pull, betas[k]), ...springs.swinging(betas[k]),
        springs.critical(pull), ...springs.within(betas[k], rates[k])]); }"""
    family = {"trace": known.trace, "determinant": known.determinant}
    asked = [family, *(each.tolist() for each in (pulls, betas, rates))]
    found = np.array(numbers.evaluate(call, asked), dtype=float).T
    sides = np.array([known.pulls_within(b, r) for b, r in zip(betas, rates, strict=True)]).T
    wanted = (
        known.spectral_radius(pulls, betas),
        *known.swinging_pulls(betas),
        known.critical_beta(pulls),
        *sides,
    )
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)
    forms = [
        replace(OPTIMIZERS[method](lr=1.0, beta=beta), lr=pull).recurrence(1.0)
        for pull, beta in zip(pulls.tolist(), betas.tolist(), strict=True)
    ]
    roots = [max(abs(np.roots([1.0, -form.trace, form.determinant]))) for form in forms]
    np.testing.assert_allclose(found[0], roots, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_ravines_have_a_plane_of_springs(name: str) -> None:
    outcome = run(small.experiment(name))
    landscape = outcome.experiment.landscape
    plane = springs(outcome)
    if landscape.name != "quadratic" or computed(outcome.experiment) is None:
        assert plane is None
        return
    assert plane is not None
    assert plane["curvatures"] == pytest.approx(sorted(landscape.curvatures))
    assert list(plane["families"]) == list(METHODS)


# --- the bench ----------------------------------------------------------------------------------


@pytest.fixture
def bench(browser: Browser, small_film: small.SmallFilm) -> Iterator[Visit]:
    address = (small_film.folder / "index.html").as_uri()
    with visit(browser, address, viewport={"width": 1200, "height": 1000}) as there:
        there.page.locator("#companion-map .trail").wait_for()
        yield there


def said(there: Visit) -> str:
    """The verdict, once it is drawn."""
    there.page.evaluate(
        "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
    )
    return there.page.locator(".verdict").inner_text()


def stays_below(method: str, lr: float, beta: float, **changes: object) -> int | None:
    experiment = replace(with_knobs(DEFAULT, method, lr=lr, beta=beta), **changes)
    return run(experiment).runs[0].stays_below


def type_in(there: Visit, box: str, value: float) -> None:
    there.page.locator(f"#companion-{box}-box").fill(str(value))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("lr", "beta"), [(0.18, 0.9), (0.75, 0.75), (0.05, 0.5), (0.18, 0.99)])
def test_the_verdict_is_what_python_finds(
    method: str, lr: float, beta: float, bench: Visit
) -> None:
    bench.page.locator(f"input[value={method}]").check()
    type_in(bench, "lr", lr)
    type_in(bench, "beta", beta)
    [known] = run(with_knobs(DEFAULT, method, lr=lr, beta=beta)).runs
    text = said(bench)
    if known.status == "diverged":
        assert text.startswith("diverges") and f"step {known.trajectory.ended_at}." in text
    elif known.stays_below is None:
        assert text.startswith("not within 300 steps")
        later = stays_below(method, lr, beta, steps=2000)
        assert (f"from step {later}." in text) if later else ("2000 steps either" in text)
    else:
        assert text.startswith(f"{known.stays_below} steps")


def test_the_knobs_turn_by_keyboard(bench: Visit) -> None:
    bench.page.locator("#companion-beta").focus()
    for _ in range(6):
        bench.page.keyboard.press("ArrowRight")
    text = said(bench)
    assert bench.page.locator("#companion-beta-box").input_value() == "0.93"
    assert text.startswith(f"{stays_below('ema-momentum', 0.18, 0.93)} steps")
    bench.page.keyboard.press("Home")
    assert said(bench).startswith(f"{stays_below('ema-momentum', 0.18, 0.0)} steps")
    bench.page.locator("#companion-lr").focus()
    before = float(bench.page.locator("#companion-lr-box").input_value())
    bench.page.keyboard.press("PageUp")
    said(bench)
    after = float(bench.page.locator("#companion-lr-box").input_value())
    assert after > before
    bench.page.locator("input[value=ema-momentum]").focus()
    bench.page.keyboard.press("ArrowRight")
    assert bench.page.locator("input[value=heavy-ball]").is_checked()
    bench.page.locator("#companion-presets button").first.focus()
    bench.page.keyboard.press("Enter")
    assert said(bench).startswith("185 steps")


def test_presets_are_those_of_the_film(bench: Visit) -> None:
    choices = presets(run(DEFAULT))
    buttons = bench.page.locator("#companion-presets button")
    assert buttons.count() == len(choices) == 4
    for index, choice in enumerate(choices):
        buttons.nth(index).click()
        steps = stays_below(*choice.knobs.values())
        assert said(bench).startswith(f"{steps} steps" if steps else "not within 300 steps")
        assert choice.label in buttons.nth(index).inner_text()
        assert buttons.nth(index).get_attribute("aria-pressed") == "true"
        assert bench.page.locator("#companion-presets [aria-pressed=true]").count() == 1


def test_the_start_moves_by_keyboard_and_by_hand(bench: Visit) -> None:
    start = bench.page.locator("#companion-start")
    start.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        bench.page.keyboard.press(key)
        said(bench)
    assert start.get_attribute("aria-valuetext") == "θ₁ = −3.8, θ₂ = 1.46"
    assert bench.page.evaluate("document.activeElement.id") == "companion-start"
    steps = stays_below("ema-momentum", 0.18, 0.9, start=(-3.8, 1.46))
    assert said(bench).startswith(f"{steps} steps")
    start.scroll_into_view_if_needed()
    panel, dot = frame(bench, "map"), bench.page.locator("#companion-start .dot").bounding_box()
    bench.page.mouse.move(dot["x"] + 7, dot["y"] + 7)
    bench.page.mouse.down()
    bench.page.mouse.move(panel["x"] + 0.75 * panel["width"], panel["y"] + panel["height"] / 4)
    bench.page.mouse.up()
    said(bench)
    x, y = map(number, re.findall(r"= ([−\d.]+)", start.get_attribute("aria-valuetext")))
    assert (x, y) == pytest.approx((2.5, 1.1), abs=0.05)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def frame(there: Visit, chart: str) -> dict[str, float]:
    """The frame of a chart on the screen."""
    return there.page.locator(f"#companion-{chart} .panel").bounding_box()


def test_the_run_is_drawn_where_it_is(bench: Visit) -> None:
    """Every dot of the path, from the frame's own place and the map's window."""
    panel = frame(bench, "map")
    (west, east), (south, north) = DEFAULT.map.window
    dots = bench.page.evaluate(
        "[...document.querySelectorAll('#companion-map .trail circle')].map((dot) => {"
        " const box = dot.getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2]; })"
    )
    points = run(DEFAULT).runs[1].trajectory.points[1 : DEFAULT.map.steps + 1]
    x = panel["x"] + (points[:, 0] - west) / (east - west) * panel["width"]
    y = panel["y"] + (north - points[:, 1]) / (north - south) * panel["height"]
    np.testing.assert_allclose(dots, np.column_stack([x, y]), atol=0.6)


def test_two_dots_climb_with_beta_and_words_say_where_they_are(bench: Visit) -> None:
    """Their places from the frame's own place: the pull, and 2 artanh of the root of beta."""
    low, high = min(0.009 * 0.1, 1e-3), max(1.8 * 10, 20)
    bottom, top = -0.35, 2 * np.arctanh(np.sqrt(0.995))
    for lr, beta, words in (
        (0.18, 0.0, ("Along, αλ = 0.018: it creeps, and a tenth is left after 127 steps.",)),
        (0.18, 0.95, ("Along, αλ = 0.018: it swings", "Across, αλ = 1.8: it swings")),
        (0.5, 0.0, ("Along, αλ = 0.05: it creeps", "Across, αλ = 5: it diverges.")),
    ):
        type_in(bench, "lr", lr)
        type_in(bench, "beta", beta)
        said(bench)
        panel = frame(bench, "springs")
        for direction, curvature in (("along", 0.1), ("across", 10.0)):
            dot = bench.page.locator(f"#companion-springs .{direction}").bounding_box()
            right = np.log(lr * curvature / low) / np.log(high / low)
            up = (2 * np.arctanh(np.sqrt(beta)) - bottom) / (top - bottom)
            at = (panel["x"] + right * panel["width"], panel["y"] + (1 - up) * panel["height"])
            middle = (dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
            assert middle == pytest.approx(at, abs=0.8)
        text = bench.page.locator("#companion-springs-said").inner_text()
        assert all(part in text for part in words)
        assert "the spring along is about to swing: critical damping" in text
    type_in(bench, "lr", 0.18)
    said(bench)
    assert "At β = 0.9305 the spring" in bench.page.locator("#companion-springs-said").inner_text()


@pytest.mark.parametrize("name", ["momentum", "rosenbrock", "himmelblau"])
def test_the_rings_are_the_films_levels(name: str) -> None:
    """The loss on every ring is that ring's level, to the width of a line."""
    experiment = small.experiment(name)
    (west, east), (south, north) = experiment.map.window
    regions = data(run(experiment), [{"method": "heavy-ball", "lr": 0.1, "beta": 0.5}])["regions"]
    levels = experiment.map.levels[::-1]
    assert len(regions) == len(levels)
    for path, level in zip(regions, levels, strict=True):
        places = corners(path)
        inside = ((places > 2) & (places < 998)).all(axis=1)
        x = west + places[inside, 0] / 1000 * (east - west)
        y = north - places[inside, 1] / 1000 * (north - south)
        points = np.column_stack([x, y])
        excess = experiment.landscape.value(points) - experiment.landscape.minimum
        steep = np.linalg.norm(experiment.landscape.gradient(points), axis=1)
        off = np.abs(excess - level) / np.maximum(steep, 1e-9)  # how far from the line
        assert np.quantile(off, 0.95) < 0.004 * max(east - west, north - south)


def corners(path: str) -> np.ndarray:
    """The corners of closed rings: where each begins, then moves."""
    rings = []
    for ring in path.split("z")[:-1]:
        begin, _, moves = ring.removeprefix("M").partition("l")
        steps = [begin.split(), *np.array(moves.split()).reshape(-1, 2)]
        rings.append(np.cumsum(np.array(steps, dtype=float), axis=0))
    return np.concatenate(rings)
