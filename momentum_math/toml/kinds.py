"""The kinds of value that files have besides those of ``momentum_math.parameters``."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, final
from unicodedata import category

from momentum_math.framing import Progression
from momentum_math.messages import Unfit
from momentum_math.parameters import Integer, Number, Pair
from momentum_math.types import Window

JOINERS = frozenset("\u200c\u200d")
"""They part and join the letters of many scripts, so they belong to what people write."""

A_WINDOW = "[[-5.0, 5.0], [-2.2, 2.2]]"
A_PROGRESSION = "{ from = 0.005, to = 3.5, count = 28 }"


def list_schema(items: dict[str, Any], fewest: int, most: int) -> dict[str, Any]:
    """The JSON Schema of a list."""
    return {"type": "array", "items": items, "minItems": fewest, "maxItems": most}


def table_schema(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """The JSON Schema of a table without other keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


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
        return {"type": "string", "minLength": 1}


@final
@dataclass(frozen=True)
class Sides:
    """A window: two ascending pairs, for x and for y."""

    item: Number
    smallest: float

    def read(self, value: Any) -> Window:
        if not isinstance(value, list) or len(value) != 2:
            raise Unfit(f"must be two pairs, as in {A_WINDOW}")
        x, y = (Pair(self.item, A_WINDOW).read(side) for side in value)
        for low, high in (x, y):
            if not high - low >= self.smallest * max(1.0, abs(low), abs(high)):
                raise Unfit(f"must have sides that ascend, as in {A_WINDOW}")
        return x, y

    def schema(self) -> dict[str, Any]:
        return list_schema(Pair(self.item, A_WINDOW).schema(), 2, 2)


@final
@dataclass(frozen=True)
class Levels:
    """Ring levels: a progression ``{ from, to, count }`` or the ascending values themselves."""

    item: Number
    most: int

    def read(self, value: Any) -> Progression | tuple[float, ...]:
        if isinstance(value, list) and 1 <= len(value) <= self.most:
            values = tuple(self.item.read(item) for item in value)
            if all(low < high for low, high in pairwise(values)):
                return values
            raise Unfit("must ascend")
        if not isinstance(value, dict) or set(value) != {"from", "to", "count"}:
            raise Unfit(f"must be {A_PROGRESSION} or a list of 1 to {self.most}")
        first, last = self.item.read(value["from"]), self.item.read(value["to"])
        if not first < last:
            raise Unfit(f"must have from < to, not from = {first:g} and to = {last:g}")
        try:
            return Progression(first, last, Integer(2, self.most).read(value["count"]))
        except Unfit as error:
            raise Unfit(f"must have count in [2, {self.most}]") from error

    def schema(self) -> dict[str, Any]:
        number = self.item.schema()
        parts = {"from": number, "to": number, "count": Integer(2, self.most).schema()}
        return {"anyOf": [table_schema(parts, list(parts)), list_schema(number, 1, self.most)]}
