"""What the film is about, in numbers and formulas, for pages and transcripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from momentum_film.deliver.text.html import Html, escape, fill, joined
from momentum_math import Outcome, Run, settings
from momentum_math.story import RunStory, Story
from scenes.kit.markers import marker_of
from scenes.words.names import loss_word
from scenes.words.numbers import beta, counted, number, threshold
from scenes.words.runs import steps_taken


@dataclass(frozen=True)
class Definition:
    """Something that is shown as a formula: its name and its lines of LaTeX."""

    name: str
    lines: tuple[str, ...]


def definitions(outcome: Outcome) -> tuple[Definition, ...]:
    """The loss, and each method's rule once."""
    loss = Definition("The loss", (rf"f(\theta) = {outcome.experiment.landscape.tex}",))
    rules: dict[tuple[str, ...], str] = {}
    for who in outcome.experiment.contenders:
        rules.setdefault(who.optimizer.rule, who.optimizer.method)
    return (loss, *(Definition(name, rule) for rule, name in rules.items()))


def formulas(outcome: Outcome) -> Html:
    """The definitions as a list with MathML."""
    rows = (
        fill(
            "<dt>{{name}}</dt><dd>{{lines}}</dd>",
            name=definition.name,
            lines=joined(formula(line) for line in definition.lines),
        )
        for definition in definitions(outcome)
    )
    return Html(f'<dl class="formulas">\n{joined(rows)}\n</dl>')


def formula(latex: str) -> Html:
    """LaTeX as MathML."""
    from latex2mathml.converter import convert

    return Html(convert(latex, display="block"))


def table(outcome: Outcome) -> tuple[Html, Html]:
    """(heads, rows) of the table of contenders."""
    experiment = outcome.experiment
    dials = _dials(outcome)
    heads = ["Contender", *dials]
    if experiment.threshold is not None:
        limit = threshold(experiment.threshold)
        heads += [f"first below {limit}", f"stays below {limit}"]
    story = Story(outcome)
    loss = loss_word(story)
    heads += [f"{loss} after {counted(experiment.steps)}", "lowest, at step"]
    rows = (_row(one, dials) for one in story.runs)
    head = joined((fill('<th scope="col">{{name}}</th>', name=name) for name in heads), "")
    return head, joined(rows)


_SYMBOLS = {"lr": "α", "beta": "β", "decay": "ρ", "beta1": "β₁", "beta2": "β₂"}


def _dials(outcome: Outcome) -> dict[str, str]:
    """Symbol -> key of the numbers that the contenders have, in the order of the table."""
    owned = {key for run in outcome.runs for key in settings(run.contender.optimizer)}
    return {symbol: key for key, symbol in _SYMBOLS.items() if key in owned}


def _row(one: RunStory, dials: dict[str, str]) -> Html:
    index, run, outcome = one.index, one.run, one.story.outcome
    numbers: dict[str, Any] = settings(run.contender.optimizer)
    cells = [_dial(key, numbers.get(key)) for key in dials.values()]
    if outcome.experiment.threshold is not None:
        cells += [_step(run.first_below, run, outcome), _step(run.stays_below, run, outcome)]
    step = int(run.excess.argmin())
    cells += [_ending(one), f"{number(float(run.excess[step]))}, {step}"]
    head = fill(
        '<th scope="row">{{mark}} {{label}}</th>',
        mark=marker(index, f"contender-{index}"),
        label=run.contender.label,
    )
    return Html(f"<tr>{head}{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")


def _dial(key: str, value: float | None) -> str:
    """A number that a contender may not have."""
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


def marker(index: int, name: str = "") -> Html:
    """A contender's marker in its colour, so that colour never carries the meaning alone.

    Args:
        index: The contender's.
        name: An id, for a page that shows the marker again elsewhere.
    """
    points = marker_of(index).outline()
    if points:
        places = " ".join(f"{x:.2f},{-y:.2f}" for x, y in points)
        shape = f'<polygon points="{places}"/>'
    else:
        shape = '<circle r="1"/>'
    known = f' id="{name}"' if name else ""
    return Html(
        f'<svg{known} class="marker contender-{index}" viewBox="-1.6 -1.6 3.2 3.2" '
        f'width="16" height="16" fill="currentColor" aria-hidden="true">{shape}</svg>'
    )
