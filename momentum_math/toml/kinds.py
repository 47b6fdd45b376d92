"""The kinds of value an experiment file may hold: each reads one value and describes itself.

A key is declared once, in ``file_format``; reading a file and writing its JSON Schema both walk
over these declarations, so the two cannot disagree.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol, final
from unicodedata import category

from momentum_math.framing import Progression
from momentum_math.landscapes.formula_parser import parse
from momentum_math.messages import Unfit, did_you_mean, listed

JOINERS = frozenset("\u200c\u200d")
"""They part and join the letters of many scripts, so they belong to what people write."""


class Kind(Protocol):
    """A kind of single value."""

    def read(self, value: Any) -> Any:
        """The value in the form we work with; raises Unfit."""
        ...

    def schema(self) -> dict[str, Any]:
        """The kind as JSON Schema."""
        ...


def is_number(value: object) -> bool:
    """Whether a TOML value is an integer or a float (true is neither)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@final
@dataclass(frozen=True)
class Number:
    """A finite number in an interval whose ends may be open."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def read(self, value: Any) -> float:
        """The number as a float."""
        if not is_number(value):
            raise Unfit(f"must be a number in {self}")
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        if not (above and below):
            raise Unfit(f"must be in {self}")
        return float(value)

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        low = "exclusiveMinimum" if self.open_low else "minimum"
        high = "exclusiveMaximum" if self.open_high else "maximum"
        return {"type": "number", low: self.low, high: self.high}

    def __str__(self) -> str:
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"{left}{self.low:.9g}, {self.high:.9g}{right}"


@final
@dataclass(frozen=True)
class NumberOr:
    """A number, or one of a few words for having none."""

    item: Number
    words: tuple[str, ...]

    def read(self, value: Any) -> float | str:
        """The number, or the word."""
        if isinstance(value, str) and value in self.words:
            return value
        if not is_number(value):
            words = " or ".join(f'"{word}"' for word in self.words)
            raise Unfit(f"must be a number in {self.item} or {words}")
        return self.item.read(value)

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"anyOf": [self.item.schema(), {"enum": list(self.words)}]}


@final
@dataclass(frozen=True)
class Integer:
    """A whole number between two bounds, both allowed."""

    low: int
    high: int

    def read(self, value: Any) -> int:
        """The integer."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit(f"must be a whole number in [{self.low}, {self.high}]")
        if not self.low <= value <= self.high:
            raise Unfit(f"must be in [{self.low}, {self.high}]")
        return value

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@final
@dataclass(frozen=True)
class Text:
    """One line of printable text; every blank of it is a plain one."""

    longest: int

    def read(self, value: Any) -> str:
        """The text without blanks around it."""
        if not isinstance(value, str):
            raise Unfit("must be text in quotes")
        text = "".join(" " if category(c) == "Zs" else c for c in value).strip()
        if not text or len(text) > self.longest:
            raise Unfit(f"must have 1 to {self.longest} characters, it has {len(text)}")
        if not "".join(c for c in text if c not in JOINERS).isprintable():
            raise Unfit("must be one line without control characters")
        return text

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "string", "minLength": 1}


@final
@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, value: Any) -> str:
        """The word."""
        if not isinstance(value, str) or value not in self.options:
            raise Unfit(f"must be {listed(self.options)}{did_you_mean(value, self.options)}")
        return value

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"enum": list(self.options)}


@final
@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, value: Any) -> bool:
        """The truth value."""
        if not isinstance(value, bool):
            raise Unfit("must be true or false")
        return value

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "boolean"}


@final
@dataclass(frozen=True)
class Pair:
    """Two numbers of the same kind; of opposite signs, and so far from zero, if that is given."""

    item: Number
    example: str
    opposite_signs: float | None = None

    def read(self, value: Any) -> tuple[float, float]:
        """The two numbers."""
        remedy = f"must be two numbers in {self.item}, as in {self.example}"
        if not isinstance(value, list) or len(value) != 2:
            raise Unfit(remedy)
        try:
            first, second = (self.item.read(item) for item in value)
        except Unfit as error:
            raise Unfit(remedy) from error
        if self.opposite_signs is not None:
            low, high = sorted((first, second))
            if not low < 0.0 < high:
                raise Unfit(f"must be one number above and one below zero, as in {self.example}")
            if min(-low, high) < self.opposite_signs:
                raise Unfit(f"must be two numbers at least {self.opposite_signs:g} away from zero")
        return first, second

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "array", "items": self.item.schema(), "minItems": 2, "maxItems": 2}


@final
@dataclass(frozen=True)
class Sides:
    """A window: two ascending pairs, for x and for y."""

    item: Number
    smallest: float

    def read(self, value: Any) -> tuple[tuple[float, float], tuple[float, float]]:
        """((x_min, x_max), (y_min, y_max))."""
        pair = Pair(self.item, "[[-5.0, 5.0], [-2.2, 2.2]]")
        if not isinstance(value, list) or len(value) != 2:
            raise Unfit("must be two pairs, as in [[-5.0, 5.0], [-2.2, 2.2]]")
        x, y = (pair.read(side) for side in value)
        for low, high in (x, y):
            if not high - low >= self.smallest * max(1.0, abs(low), abs(high)):
                raise Unfit("must have sides that ascend, as in [[-5.0, 5.0], [-2.2, 2.2]]")
        return x, y

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        side = {"type": "array", "items": self.item.schema(), "minItems": 2, "maxItems": 2}
        return {"type": "array", "items": side, "minItems": 2, "maxItems": 2}


@final
@dataclass(frozen=True)
class Levels:
    """Ring levels: a progression ``{ from, to, count }`` or the values themselves."""

    item: Number
    most: int

    def read(self, value: Any) -> Progression | tuple[float, ...]:
        """The progression or the ascending values."""
        if isinstance(value, list) and 1 <= len(value) <= self.most:
            values = tuple(self.item.read(item) for item in value)
            if all(low < high for low, high in pairwise(values)):
                return values
            raise Unfit("must ascend")
        if not isinstance(value, dict) or set(value) != {"from", "to", "count"}:
            raise Unfit(
                f"must be {{ from = 0.005, to = 3.5, count = 28 }} or a list of 1 to {self.most}"
            )
        first, last = self.item.read(value["from"]), self.item.read(value["to"])
        count = Integer(2, self.most)
        if not first < last:
            raise Unfit(f"must have from < to, not from = {first:g} and to = {last:g}")
        try:
            return Progression(first, last, count.read(value["count"]))
        except Unfit as error:
            raise Unfit(f"must have count in [2, {self.most}]") from error

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        number = self.item.schema()
        count = {"type": "integer", "minimum": 2, "maximum": self.most}
        return {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"from": number, "to": number, "count": count},
                    "required": ["from", "to", "count"],
                    "additionalProperties": False,
                },
                {"type": "array", "items": number, "minItems": 1, "maxItems": self.most},
            ]
        }


@final
@dataclass(frozen=True)
class FormulaText:
    """The kind of value that holds a formula, for the tables of the file format."""

    def read(self, value: Any) -> str:
        """The formula's text, once it is known to be harmless."""
        if not isinstance(value, str):
            raise Unfit('must be text in quotes, as in "x**2 + 10*y**2"')
        text = value.strip()
        parse(text)
        return text

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"type": "string", "minLength": 1}
