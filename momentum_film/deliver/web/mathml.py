"""What the film is about, in numbers and formulas, for pages and transcripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from momentum_math import Outcome, Run
from momentum_math.optimizers import SYMBOLIC
from momentum_math.optimizers.schedules import Schedule
from momentum_math.story import RunStory, Story
from scenes.words.names import loss_word
from scenes.words.numbers import beta, counted, number, threshold
from scenes.words.rules import whole_rules
from scenes.words.runs import steps_taken
from scenes.words.schedules import TEX, course

if TYPE_CHECKING:
    from markupsafe import Markup


def definitions(outcome: Outcome) -> list[tuple[str, tuple[str, ...]]]:
    """What is shown as formulas, (name, lines of LaTeX): the loss, each rule and schedule once."""
    tex = outcome.experiment.landscape.tex
    losses = [("The loss", (rf"f(\theta) = {tex}",))] if tex else []  # none if it was measured
    rules = whole_rules(outcome.experiment.contenders)
    return [*losses, *rules, *_schedules(outcome)]


def _schedules(outcome: Outcome) -> list[tuple[str, tuple[str, ...]]]:
    """Each schedule of each number once: how it is called, and its formula."""
    changing = (who.optimizer.schedules for who in outcome.experiment.contenders)
    formulas = {
        f"{schedule.name} {SYMBOLIC[key].spoken}": (schedule.tex.replace("{a}", TEX[key]),)
        for schedules in changing
        for key, schedule in schedules.items()
    }
    return list(formulas.items())


def mathml(latex: str) -> Markup:
    """LaTeX as MathML, in a line of its own."""
    from latex2mathml.converter import convert
    from markupsafe import Markup

    return Markup(convert(latex, display="block"))


class Table(NamedTuple):
    """The contenders in numbers: heads of the columns, and the cells of each contender's row."""

    heads: list[str]
    rows: list[list[str]]


def table(outcome: Outcome) -> Table:
    """The contenders' settings, and when and where they arrive."""
    experiment, story = outcome.experiment, Story(outcome)
    owned = {key for run in outcome.runs for key in run.contender.settings}
    dials = {one.symbol: key for key, one in SYMBOLIC.items() if one.is_dial and key in owned}
    heads = ["Contender", *dials]
    if experiment.threshold is not None:
        limit = threshold(experiment.threshold)
        heads += [f"first below {limit}", f"stays below {limit}"]
    heads += [f"{loss_word(story)} after {counted(experiment.steps)}", "lowest, at step"]
    return Table(heads, [_row(one, list(dials.values())) for one in story.runs])


def _row(one: RunStory, dials: list[str]) -> list[str]:
    run, outcome = one.run, one.story.outcome
    numbers = run.contender.settings
    dialled = (_dial(key, numbers.get(key), one.schedules.get(key)) for key in dials)
    cells = [run.contender.label, *dialled]
    if outcome.experiment.threshold is not None:
        cells += [_step(run.first_below, run, outcome), _step(run.stays_below, run, outcome)]
    step = int(run.excess.argmin())
    return [*cells, _ending(one), f"{number(float(run.excess[step]))}, {step}"]


def _dial(key: str, value: float | None, schedule: Schedule | None) -> str:
    """A number that a contender may not have, or that may change from step to step."""
    if schedule is not None:
        return course(schedule)
    if value is None:
        return "–"
    return beta(value) if key == "beta" else number(value)


def _step(step: int | None, run: Run, outcome: Outcome) -> str:
    if step is not None:
        return str(step)
    if run.status in ("diverged", "stopped"):
        return run.status
    return f"not in {outcome.experiment.steps}"


def _ending(one: RunStory) -> str:
    """The last loss, and where the run rests if that is not the minimum; or how it ended."""
    if one.ended_at is not None:
        return steps_taken(one)
    value, place = number(float(one.run.excess[-1])), one.rest_elsewhere
    return value if place is None else f"{value}, {place.place.value}"
