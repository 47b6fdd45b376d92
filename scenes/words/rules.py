"""Update rules: each method once, and what the parts of a rule mean."""

import re
from collections.abc import Iterable

from momentum_math.experiment import Contender
from momentum_math.optimizers import Optimizer
from momentum_math.optimizers.momentum import GradientDescent
from momentum_math.optimizers.own import CustomRule
from momentum_math.story import RunStory, Story

MOST_LINES = 5  # of a rule among others
Rules = list[tuple[str, tuple[str, ...]]]  # names, and LaTeX lines

# Parts of an update rule that have a colour; in the line that makes the velocity with their factor.
_SLOPE, _VELOCITY = re.escape(r"\nabla L(\theta)"), r"(?<![a-zA-Z\\{_^])v(?![a-zA-Z]|_{)"
_FACTOR = r"(?<![\w\\.^])(?:(?:\\[a-z]+|[a-z])(?:_t)?|\d+(?:\.\d+)?) ?"
_SEEN = rf"(?:{_FACTOR}|\(1 - {_FACTOR.strip()}\) )?{_SLOPE}"
_MAKES_VELOCITY = {"velocity term": _FACTOR + _VELOCITY, "gradient term": _SEEN}
_ROLES = {"gradient": _SLOPE, "velocity term": rf"\\beta(?:_t)? {_VELOCITY}"}

ROLE_NAMES = {"velocity term": "what we remember", "gradient term": "what we see now"}


def meaning(line: str, role: str) -> str:
    """The meaning of a part of a line that makes the velocity; empty where it needs none."""
    return ROLE_NAMES.get(role, "") if _makes_velocity(line) else ""


def rules_of(story: Story) -> Rules:
    """Each method once: its name, and the LaTeX lines of its rule."""
    rules = whole_rules(story.experiment.contenders)
    return [(name, few_lines(rule, MOST_LINES)) for name, rule in rules]


def whole_rules(contenders: Iterable[Contender]) -> Rules:
    """Each method once, with all lines; a number that changes for somebody is that of step t."""
    methods: dict[tuple[str, ...], tuple[str, Optimizer, set[str]]] = {}
    for who in contenders:
        if isinstance(method := who.optimizer, Optimizer):  # no recorded run
            found = methods.setdefault(method.typeset(()), (method_name(who), method, set()))
            found[2].update(method.schedules)
    return [(name, method.typeset(changing)) for name, method, changing in methods.values()]


def method_name(contender: Contender) -> str:
    """What people call a contender's method; somebody's own rule has the contender's label."""
    is_own = isinstance(contender.optimizer, CustomRule)
    return contender.label if is_own else contender.optimizer.method


def plain_rule(one: RunStory) -> list[tuple[str, str]]:
    """The rule of plain descent as (LaTeX, role) parts, with a run's step size."""
    (line,) = GradientDescent(1.0).typeset(one.schedules)
    return rule_parts(line)


def few_lines(lines: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The lines of a rule, or what there is room for: that of v, that of theta, then the others.

    >>> len(few_lines(("a = 1", "b = 2", "v = a", "c = 3"), 3))
    3
    """
    if len(lines) <= most:
        return lines
    order = sorted(lines, key=lambda line: not line.startswith(("v ", r"\theta ")))
    kept = order[: max(1, most - 1)]
    return (*(line for line in lines if line in kept), r"\cdots")


def rule_parts(line: str) -> list[tuple[str, str]]:
    r"""A line of an update rule as (LaTeX, role) parts.

    >>> rule_parts(r"\theta \leftarrow \theta - \alpha v")
    [('\\theta \\leftarrow \\theta - \\alpha', ''), ('v', 'velocity')]
    """
    roles = (_MAKES_VELOCITY if _makes_velocity(line) else _ROLES) | {"velocity": _VELOCITY}
    split = "|".join(f"(?P<{role.replace(' ', '_')}>{tex})" for role, tex in roles.items())
    parts, end = [], 0
    for found in re.finditer(split, line):
        role = (found.lastgroup or "").replace("_", " ")
        parts += [(line[end : found.start()], ""), (found[0], role)]
        end = found.end()
    parts.append((line[end:], ""))
    return [(tex.strip(), role) for tex, role in parts if tex.strip()]


def _makes_velocity(line: str) -> bool:
    """Whether a line is the one that makes the velocity."""
    return line.startswith("v ")
