"""A landscape from the user's own formula."""

import ast
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, final

from momentum_math.expressions.parser import PLANE, measure, parse
from momentum_math.landscapes.expressed import Expressed
from momentum_math.landscapes.lowest import Lowest
from momentum_math.messages import Unfit
from momentum_math.parameters import Number, NumberOr, Parameter
from momentum_math.types import Point, Window

UNBOUNDED, UNKNOWN = "unbounded", "unknown"
"""What may be said of a minimum in place of a number."""


def parse_loss(text: str) -> ast.expr:
    """Return a loss in x and y as a tree that holds nothing but what is allowed.

    Raises:
        Unfit: Says what is not allowed, and what to write instead.
    """
    tree = parse(text)
    if measure(tree, PLANE).is_fixed:
        raise Unfit("must depend on x or y")
    return tree


@final
@dataclass(frozen=True)
class FormulaText:
    """The kind of value that holds a formula."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Unfit('must be text in quotes, as in "x**2 + 10*y**2"')
        text = value.strip()
        parse_loss(text)
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}


@final
@dataclass(frozen=True)
class CustomLandscape(Expressed):
    """A loss that its user wrote down.

    Args:
        formula: In x and y, as ``parse_loss`` allows it.
        said: What its author says of the lowest value: a number, ``"unbounded"``, ``"unknown"``
            or, with None, nothing.
        lowest: What a search found, its points the nearest to the start first.

    >>> bowl = CustomLandscape("x**2 + 10*y**2")
    >>> bowl.gradient((1.0, 1.0)).tolist()
    [2.0, 20.0]
    """

    formula: Annotated[
        str, Parameter(FormulaText(), 'your own loss in x and y, as in "x**2 + 10*y**2"')
    ]
    said: Annotated[
        float | str | None,
        Parameter(
            NumberOr(Number(-1e12, 1e12), (UNBOUNDED, UNKNOWN)),
            'the lowest value of your loss, or "unbounded", or "unknown": then the lowest found'
            " counts",
            key="minimum",
        ),
    ] = None
    lowest: Lowest | None = field(default=None, compare=False)

    name: ClassVar[str] = "formula"
    example_start: ClassVar[Point] = (1.0, -2.0)
    window: ClassVar[Window] = ((-3.0, 3.0), (-3.0, 3.0))

    @property
    def is_said(self) -> bool:
        """True if the file names the lowest value, or says that there is none."""
        return isinstance(self.said, float) or self.said == UNBOUNDED

    @property
    def minimum(self) -> float | None:
        """The lowest value, from which losses count; None if it is said to be unbounded below."""
        if self.is_said:
            return self.said if isinstance(self.said, float) else None
        return self.lowest.value if self.lowest else 0.0

    @property
    def minima(self) -> tuple[Point, ...]:
        return self.lowest.points if self.lowest else ()

    @property
    def landmarks(self) -> tuple[Point, ...]:
        return self.minima[:1]

    @property
    def expression(self) -> str:
        return self.formula

    @property
    def constants(self) -> dict[str, float]:
        return {}
