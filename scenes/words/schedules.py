"""Numbers that change from step to step: how they are called, and contenders told apart by them."""

from momentum_math.optimizers import SYMBOLIC
from momentum_math.optimizers.labels import changing
from momentum_math.optimizers.schedules import Schedule
from momentum_math.story import RunStory, Story
from scenes.words.numbers import number

CONSTANT = "constant"
TEX = {"lr": r"\alpha", "beta": r"\beta"}
_NAMES = {"lr": ["step size α", "α"], "beta": ["memory β", "β"]}


def scheduled(story: Story) -> tuple[str, ...]:
    """The keys of the numbers that change from step to step in some run."""
    return tuple(dict.fromkeys(key for one in story.runs for key in one.schedules))


def names_of(key: str) -> list[str]:
    """Ways to call a number that changes, the longest first; the last one is its symbol."""
    return _NAMES[key]


def symbols(story: Story) -> str:
    """The symbols of the numbers that change in some run.

    One or two of them, as in "α and β".
    """
    return " and ".join(SYMBOLIC[key].spoken for key in scheduled(story))


def name_by_schedule(one: RunStory) -> str:
    """The name of a contender that only one number's schedule tells from the others; else empty."""
    keys, runs = scheduled(one.story), one.story.runs
    if len(keys) != 1 or len(runs) == 1:
        return ""
    names = [_name(other, keys[0]) for other in runs]
    others = {(other.method, other.beta if keys[0] == "lr" else other.lr) for other in runs}
    return names[one.index] if len(others) == 1 and len(set(names)) == len(names) else ""


def name_by_method(one: RunStory) -> str:
    """The label of a contender without how its numbers change, where that still tells it apart."""
    names = [_unscheduled(other) for other in one.story.runs]
    own = names[one.index]
    return own if names.count(own) == 1 else one.label


def _unscheduled(one: RunStory) -> str:
    """A label up to where the default one says how the first number changes."""
    key = next(iter(one.schedules), None)
    return one.label if key is None else one.label.partition(f", {_name(one, key)}")[0]


def _name(one: RunStory, key: str) -> str:
    """How a number of a contender changes, in two words."""
    schedule = one.schedules.get(key)
    return f"{schedule.short if schedule else CONSTANT} {SYMBOLIC[key].spoken}"


def course(schedule: Schedule) -> str:
    """How a number changes, in a table under its symbol.

    >>> from momentum_math.optimizers.schedules import Cosine
    >>> course(Cosine(0.18, 0.001))
    'cosine, 0.18 → 0.001'
    """
    return f"{schedule.short}, {' → '.join(map(number, schedule.waypoints))}"


def rate(one: RunStory) -> str:
    """The learning rate of a contender: its value, or how it changes."""
    schedule = one.schedules.get("lr")
    return changing(SYMBOLIC["lr"].spoken, schedule) if schedule else f"α = {number(one.lr or 0.0)}"
