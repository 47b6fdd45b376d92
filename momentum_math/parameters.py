"""What a landscape or an optimiser declares of its numbers: kind, range, meaning, symbol.

A number is declared once, as the annotation of its field in the class that has it. The keys of
files, their JSON Schema, the README's table, labels and the tests are derived from that:

    lr: Annotated[float, Parameter(POSITIVE, "the learning rate α", symbol="α")]
"""

from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from typing import Any, Protocol, TypeVar, final, get_type_hints, runtime_checkable

from momentum_math.messages import Unfit, none_of

Owner = TypeVar("Owner")


class Kind(Protocol):
    """A kind of single value."""

    def read(self, value: Any) -> Any:
        """The value in the form we work with; raises Unfit."""
        ...

    def schema(self) -> dict[str, Any]:
        """The kind as JSON Schema."""
        ...


@runtime_checkable
class Changing(Protocol):
    """A number that changes from step to step; see ``momentum_math.optimizers.schedules``."""

    def settings(self) -> dict[str, Any]:
        """It as a file says it, in values that JSON can hold."""
        ...


def is_number(value: object) -> bool:
    """Tell whether a TOML value is an integer or a float (true is neither)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class Data(ABC):
    """A value that a file holds in a file of its own, or in a table; equal ones compare equal."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The table, as JSON can hold it."""


@final
@dataclass(frozen=True)
class Number:
    """A finite number in an interval whose ends may be open."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def read(self, value: Any) -> float:
        if not is_number(value):
            raise Unfit(f"must be a number in {self}")
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        if not (above and below):
            raise Unfit(f"must be in {self}")
        return float(value)

    def schema(self) -> dict[str, Any]:
        low = "exclusiveMinimum" if self.open_low else "minimum"
        high = "exclusiveMaximum" if self.open_high else "maximum"
        return {"type": "number", low: self.low, high: self.high}

    def __str__(self) -> str:
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"{left}{self.low:.9g}, {self.high:.9g}{right}"


@final
@dataclass(frozen=True)
class Integer:
    """A whole number between two bounds, both allowed."""

    low: int
    high: int

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit(f"must be a whole number in [{self.low}, {self.high}]")
        if not self.low <= value <= self.high:
            raise Unfit(f"must be in [{self.low}, {self.high}]")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@final
@dataclass(frozen=True)
class NumberOr:
    """A number, or one of a few words for having none."""

    item: Number
    words: tuple[str, ...]

    def read(self, value: Any) -> float | str:
        if isinstance(value, str) and value in self.words:
            return value
        if not is_number(value):
            words = " or ".join(f'"{word}"' for word in self.words)
            raise Unfit(f"must be a number in {self.item} or {words}")
        return self.item.read(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.item.schema(), {"enum": list(self.words)}]}


@final
@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise Unfit(none_of(value, self.options))
        return value

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


@final
@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Unfit("must be true or false")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@final
@dataclass(frozen=True)
class Pair:
    """Two numbers of the same kind; of opposite signs, and so far from zero, if that is given."""

    item: Number
    example: str
    opposite_signs: float | None = None

    def read(self, value: Any) -> tuple[float, float]:
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
        return {"type": "array", "items": self.item.schema(), "minItems": 2, "maxItems": 2}


LEAST = 1e-12
"""What is closer to zero is not meant: it would only be lost in what it is added to."""

POSITIVE = Number(LEAST, 1e6)
SHARE = Number(0.0, 1.0, open_high=True)


REQUIRED = object()
"""The default of a parameter or a key that must be given."""


@final
@dataclass(frozen=True)
class Parameter:
    """The declaration of one field of a landscape or an optimiser: metadata of its annotation.

    Attributes:
        kind: What its value must be.
        description: One phrase for people.
        symbol: Its symbol in formulas and tables; empty if it has none.
        spoken: What labels and titles call it; its symbol if not given.
        is_dial: Whether tables of contenders have a column for it.
        key: Its key in a file; the field's name if not given.
        default: Its value if not given; REQUIRED if it must be given. Taken from the field.
    """

    kind: Kind
    description: str
    symbol: str = ""
    spoken: str = ""
    is_dial: bool = True
    key: str = ""
    default: Any = REQUIRED


def parameters_of(owner: type) -> dict[str, Parameter]:
    """Return the parameters that a dataclass declares: field -> declaration, in order.

    A field without a declaration is no parameter: files cannot set it.

    >>> from momentum_math.optimizers.momentum import HeavyBall
    >>> [(name, p.spoken) for name, p in parameters_of(HeavyBall).items()]
    [('lr', 'α'), ('beta', 'β')]
    """
    some_class: object = owner  # that a class can be a key, mypy believes only of objects
    return _parameters_of(some_class)


@cache
def _parameters_of(owner: Any) -> dict[str, Parameter]:
    """The same; found out once, since every film's keys are made of it."""
    hints = get_type_hints(owner, include_extras=True)
    return {
        field.name: replace(
            declared,
            key=declared.key or field.name,
            spoken=declared.spoken or declared.symbol,
            default=REQUIRED if field.default is MISSING else field.default,
        )
        for field in fields(owner)
        for declared in getattr(hints[field.name], "__metadata__", ())
        if isinstance(declared, Parameter)
    }


def settings(owner: Any) -> dict[str, Any]:
    """Return the name and the parameters of a landscape or an optimiser, as JSON can hold them.

    >>> from momentum_math.optimizers.momentum import HeavyBall
    >>> settings(HeavyBall(0.1, 0.9))
    {'name': 'heavy-ball', 'lr': 0.1, 'beta': 0.9}
    """
    values: dict[str, Any] = {"name": owner.name}
    for field, parameter in parameters_of(type(owner)).items():
        value = getattr(owner, field)
        if isinstance(value, Data):
            values[parameter.key] = value.to_dict()
        elif value is not None:  # said in the file
            values[parameter.key] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; pairs of names and values as a table."""
    if isinstance(value, Changing):
        return value.settings()
    if isinstance(value, tuple):
        is_table = all(isinstance(one, tuple) for one in value)
        return dict(value) if is_table else list(value)
    return value


def made(owner: type[Owner], values: dict[str, Any]) -> Owner:
    """Return a landscape or an optimiser of a class with a file's values, all defaults filled in.

    The values are those that the kinds read, by key; other keys are passed over.
    """
    return owner(**{field: values[p.key] for field, p in parameters_of(owner).items()})
