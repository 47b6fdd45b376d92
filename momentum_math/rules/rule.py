"""The rule of a method as text: assignments in order, from which everything else is made.

    rule = ("v = beta*v + g", "theta = theta - lr*v")

In it ``theta`` is where the method stands, ``g`` the gradient there, ``t`` the number of the step,
from 1 on; beside them stand the method's numbers. Every other name is one that the rule sets: what
is read before it is set is a *state*, which the method remembers from the step before and which
starts at zero unless ``start`` says otherwise; what is not is a *definition*.
"""

import ast
import keyword
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import final

from momentum_math.expressions.functions import CONSTANTS, FUNCTIONS, SAME, SHORTHANDS
from momentum_math.expressions.parser import Names, parse
from momentum_math.messages import Unfit, printable

THETA, GRADIENT, STEP, RATE = "theta", "g", "t", "lr"
TAKEN = {
    GRADIENT: "the gradient",
    STEP: "the number of the step",
    RATE: "the learning rate",
    **dict.fromkeys(CONSTANTS, "a constant"),
    **dict.fromkeys((*FUNCTIONS, *SAME, *SHORTHANDS), "a function"),
}
"""Names that a rule cannot set, and what they are."""

MOST_LINES = 8
MOST_PARTS = 150
LONGEST_NAME = 12
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)?")
EXAMPLE = "theta = theta - lr*g"

Lines = tuple[str, ...]
Numbers = tuple[tuple[str, float], ...]


@final
@dataclass(frozen=True)
class Assignment:
    """A name and what it is set to."""

    name: str
    value: ast.expr

    def reads(self, name: str) -> bool:
        """Whether a name stands on the right."""
        return name in names_in(self.value)


@final
@dataclass(frozen=True, eq=False)
class Rule:
    """A checked rule.

    Attributes:
        lines: Its assignments in order.
        states: What it remembers from step to step, in the order in which it is set.
        start: What states are before the first step, in theta and the first g; else zero.
    """

    lines: tuple[Assignment, ...]
    states: tuple[str, ...]
    start: tuple[Assignment, ...] = ()

    @property
    def definitions(self) -> tuple[Assignment, ...]:
        """The assignments of what is forgotten after the step."""
        return tuple(one for one in self.lines if one.name not in (THETA, *self.states))


def names_in(tree: ast.expr) -> set[str]:
    """The names in an expression, those of functions among them."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def scaled_by_rate(tree: ast.expr) -> ast.expr | None:
    """What is multiplied by lr where theta is set to ``theta - lr*…``; None elsewhere."""
    match tree:
        case ast.BinOp(
            left=ast.Name(id="theta"),
            op=ast.Sub(),
            right=ast.BinOp(left=ast.Name(id="lr"), op=ast.Mult(), right=scaled),
        ):
            return scaled
    return None


@lru_cache(maxsize=256)
def parse_rule(text: Lines, numbers: Numbers, start: Lines = ()) -> Rule:
    """Return a rule as a value that holds nothing but what is allowed.

    Args:
        text: One assignment each.
        numbers: The numbers of the method, each with a value that is as good as any.
        start: An assignment for each state that does not start at zero.

    Raises:
        Unfit: Says what is not allowed, and what to write instead.

    >>> parse_rule(("v = beta*v + g", "theta = theta - lr*v"), (("lr", 0.1), ("beta", 0.9))).states
    ('v',)
    """
    if not 1 <= len(text) <= MOST_LINES:
        raise Unfit(f"must have 1 to {MOST_LINES} assignments, it has {len(text)}")
    said = [_split(line) for line in text]
    own = [name for name, _ in said]
    for i, name in enumerate(own):
        check_name(name, dict(numbers), own[:i])
    if THETA not in own:
        raise Unfit(f'must set theta, as in "{EXAMPLE}"')
    # Where lr is not given with the numbers, it may have any value.
    rate = () if RATE in dict(numbers) else (RATE,)
    others = tuple(name for name in own if name != THETA)
    names = Names((THETA, GRADIENT, STEP, *rate, *others), numbers)
    lines = tuple(Assignment(name, _parsed(right, names, name)) for name, right in said)
    _check_size(lines)
    states = tuple(
        name
        for i, name in enumerate(own)
        if name != THETA and any(line.reads(name) for line in lines[: i + 1])
    )
    first = Names((THETA, GRADIENT, *rate), numbers)
    return Rule(lines, states, tuple(_begin(line, first, states) for line in start))


def _begin(line: str, names: Names, states: Lines) -> Assignment:
    """What a state is before the first step."""
    name, right = _split(line)
    begin = Assignment(name, _parsed(right, names, name))
    if name not in states:
        raise Unfit(
            f'starts "{printable(name, 24)}", which it does not remember: '
            "remove it, or read it before it is set"
        )
    return begin


def _check_size(lines: tuple[Assignment, ...]) -> None:
    """Raise Unfit if a rule has too many parts."""
    nodes = (node for one in lines for node in ast.walk(one.value))
    parts = sum(isinstance(node, ast.expr) for node in nodes)
    if parts > MOST_PARTS:
        raise Unfit(f"must have at most {MOST_PARTS} parts, it has {parts}")


def _split(line: str) -> tuple[str, str]:
    """The two sides of an assignment."""
    name, equals, right = line.partition("=")
    if not equals or right.startswith("="):
        raise Unfit(f'must consist of assignments, as in "{EXAMPLE}", not "{printable(line, 40)}"')
    return name.strip(), right.strip()


def check_name(name: str, numbers: dict[str, float], before: list[str]) -> None:
    """Raise Unfit unless a name may be set here."""
    shown = printable(name, 24)
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise Unfit(
            f'sets "{shown}": a name is up to {LONGEST_NAME} letters and digits, as in v or v_max'
        )
    what = TAKEN.get(name) or ("a constant" if name in numbers else "")
    what = what or ("a word of Python" if keyword.iskeyword(name) else "")
    if what:
        raise Unfit(f'sets "{shown}", which is {what}: choose another name')
    if name in before:
        raise Unfit(f'sets "{shown}" twice: give the second one a name of its own')


def _parsed(text: str, names: Names, name: str) -> ast.expr:
    """The tree of what a name is set to."""
    try:
        return parse(text, names)
    except Unfit as unfit:
        where = printable(f"{name} = {text}", 40)
        hint = ", or give it in const" if "unknown name" in str(unfit) else ""
        raise Unfit(f'"{where}" {unfit}{hint}') from unfit
