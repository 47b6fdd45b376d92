"""A method from the user's own rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, final

import numpy as np

from momentum_math.expressions.parser import LONGEST
from momentum_math.messages import Unfit, did_you_mean, printable, show
from momentum_math.optimizers.base import Optimizer
from momentum_math.parameters import Number, Parameter, is_number
from momentum_math.rules.notation import symbol_tex
from momentum_math.rules.recurrence import degree
from momentum_math.rules.rule import (
    EXAMPLE,
    GRADIENT,
    MOST_LINES,
    RATE,
    STEP,
    THETA,
    Lines,
    Numbers,
    Rule,
    check_name,
    names_in,
    parse_rule,
)
from momentum_math.rules.stepping import RuleGraph, State, Step, rule_graph, step_of
from momentum_math.types import Array

MOST_NAMED = 8
States = tuple[tuple[str, float | str], ...]
VELOCITY = "v"
"""The name that is the velocity, where a rule sets it."""


@final
@dataclass(frozen=True)
class RuleLines:
    """The kind of value that holds a rule: its assignments; what they say is checked with them."""

    def read(self, value: Any) -> Lines:
        is_text = isinstance(value, list) and all(isinstance(line, str) for line in value)
        if not is_text or not 1 <= len(value) <= MOST_LINES:
            raise Unfit(f'must be a list of 1 to {MOST_LINES} assignments, as in ["{EXAMPLE}"]')
        if any(len(line) > LONGEST for line in value):
            raise Unfit(f"must have assignments of at most {LONGEST} characters")
        return tuple(line.strip() for line in value)

    def schema(self) -> dict[str, Any]:
        line = {"type": "string", "minLength": 1}
        return {"type": "array", "items": line, "minItems": 1, "maxItems": MOST_LINES}


@final
@dataclass(frozen=True)
class Named:
    """A small table of numbers under names that its author chooses, or of text beside them.

    Attributes:
        example: As it is written.
        item: What the numbers must be.
        takes_text: Whether a value may be an expression.
    """

    example: str
    item: Number
    takes_text: bool = False

    def read(self, value: Any) -> States | None:
        if not isinstance(value, dict) or len(value) > MOST_NAMED:
            raise Unfit(f"must be a table of at most {MOST_NAMED} names, as in {self.example}")
        return tuple((name, self._read(name, one)) for name, one in value.items()) or None

    def _read(self, name: str, value: Any) -> float | str:
        if self.takes_text and isinstance(value, str) and 1 <= len(value.strip()) <= LONGEST:
            return value.strip()
        if not is_number(value):
            kinds = f'a number, or text such as "{GRADIENT}"' if self.takes_text else "a number"
            raise Unfit(f"has {printable(name, 24)} = {show(value)}, which must be {kinds}")
        try:
            return self.item.read(value)
        except Unfit as unfit:
            raise Unfit(f"has {printable(name, 24)} = {show(value)}, which {unfit}") from unfit

    def schema(self) -> dict[str, Any]:
        number = self.item.schema()
        text = {"type": "string", "minLength": 1}
        item = {"anyOf": [number, text]} if self.takes_text else number
        return {"type": "object", "properties": {}, "additionalProperties": item}


LARGE = Number(-1e6, 1e6)


@final
@dataclass(frozen=True)
class CustomRule(Optimizer):
    """A method that its user wrote down, componentwise, as assignments in order.

    >>> rule = ("v = mu*v + g", "theta = theta - lr*sign(v)")
    >>> method = CustomRule(0.5, rule, const=(("mu", 0.9),))
    >>> theta = np.array([1.0, 1.0])
    >>> method.step(theta, np.array([4.0, -1.0]), method.init(theta))[0].tolist()
    [0.5, 1.5]
    """

    lines: Annotated[
        Lines,
        Parameter(
            RuleLines(),
            'your own method, as in ["v = 0.9*v + g", "theta = theta - lr*sign(v)"]',
            key="rule",
        ),
    ]
    state: Annotated[
        States | None,
        Parameter(
            Named("{ v = 1.0 }", LARGE, takes_text=True),
            "what names of your rule are before the first step, where that is not 0: a number, or"
            ' text in theta and g, the first gradient, as in { v = "g" }',
        ),
    ] = None
    const: Annotated[
        Numbers | None,
        Parameter(Named("{ mu = 0.5 }", LARGE), "names for numbers in your rule"),
    ] = None

    name: ClassVar[str] = "rule"
    short: ClassVar[str] = "Own rule"

    @property
    def rule(self) -> Lines:
        return self.lines

    @property
    def start(self) -> Lines:
        return tuple(f"{name} = {value}" for name, value in self.state or ())

    @property
    def arrow(self) -> str:
        return VELOCITY if any(one.name == VELOCITY for one in self.checked_rule.lines) else ""

    @property
    def remembers(self) -> bool:
        """Whether v keeps a share of the old v, and the gradient is added to that."""
        lines = {one.name: one.value for one in self.checked_rule.lines}
        others = {THETA: None, STEP: None, **dict.fromkeys(lines)}
        if VELOCITY not in self.checked_rule.states:
            return False
        if degree(lines[VELOCITY], others | {VELOCITY: 1, GRADIENT: 1}) != 1:
            return False
        (kept, seen), zero = np.eye(2), np.zeros(2)
        memory = tuple(kept if name == VELOCITY else zero for name in self.checked_rule.states)
        with np.errstate(all="ignore"):
            _, state = self.at(1).step(zero, seen, State(zero, 1, memory))
        share, weight = state.velocity
        return bool(0.0 < share < 1.0 and weight > 0.0)

    @property
    def checked_rule(self) -> Rule:
        return parse_rule(self.lines, self.const or (), self.start)

    @property
    def numbers(self) -> dict[str, float]:
        return {RATE: self.lr}

    @property
    def graph(self) -> RuleGraph:
        return rule_graph(self.checked_rule, self.arrow, dict(self.const or ()))

    @property
    def conflict(self) -> str:
        try:
            for i, (name, _) in enumerate(self.const or ()):
                check_name(name, {}, [other for other, _ in (self.const or ())[:i]])
            _check(self.checked_rule, dict(self.const or ()))
        except Unfit as unfit:
            return f"rule {unfit}"
        return ""

    def step(self, theta: Array, gradient: Array, state: State) -> tuple[Array, State]:
        step = _step(type(self), self.lines, self.state, self.const)
        return step(theta, gradient, state, (np.float64(self.lr),))


@lru_cache(maxsize=64)
def _step(
    owner: type[CustomRule], lines: Lines, state: States | None, const: Numbers | None
) -> Step:
    """The function that makes a step of a rule."""
    method = owner(1.0, lines, state, const)
    return step_of(method.checked_rule, method.graph, (RATE,))


def _check(rule: Rule, const: Mapping[str, float]) -> None:
    """Raise unless a rule descends by the gradient and the learning rate, in names told apart."""
    read = set().union(*(names_in(one.value) for one in (*rule.lines, *rule.start)))
    for name, what in ((GRADIENT, "the gradient"), (RATE, "the learning rate")):
        if name not in read:
            raise Unfit(f'must use {name}, {what}, as in "{EXAMPLE}"')
    if unused := sorted(set(const) - read):
        close = did_you_mean(unused[0], tuple(read))
        raise Unfit(f'does not use "{printable(unused[0], 24)}" of const, remove it{close}')
    looks: dict[str, str] = {RATE: symbol_tex(RATE), "theta_1": r"\theta_1", "theta_2": r"\theta_2"}
    for name in (*const, *(one.name for one in rule.lines)):
        if twin := next((other for other, tex in looks.items() if tex == symbol_tex(name)), None):
            raise Unfit(f'has "{name}", which looks like {twin} in the film: choose another name')
        looks[name] = symbol_tex(name)
