"""Tables of an experiment file: keys with their kinds, read all at once into values or problems."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

from momentum_math.messages import Unfit, did_you_mean, listed, printable, show
from momentum_math.parameters import REQUIRED, Kind
from momentum_math.toml.problems import MOST_PROBLEMS, Problems


@final
@dataclass(frozen=True)
class Key:
    """One key of a table.

    Attributes:
        name: As written in the file.
        kind: What its value must be.
        description: One sentence for people.
        default: Its value when not given; REQUIRED if it must be given; None if the data decide.
    """

    name: str
    kind: "Kind | Table | Variants | Tables"
    description: str
    default: Any = REQUIRED


@final
@dataclass(frozen=True)
class Table:
    """A table with fixed keys."""

    keys: tuple[Key, ...]

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, Any] | None:
        """All values with the defaults filled in; None if anything is wrong here."""
        if not isinstance(value, dict):
            problems.add(where, f"must be a table, not {show(value)}")
            return None
        count = problems.count
        names = tuple(key.name for key in self.keys)
        for name in (name for name in value if name not in names):
            close = did_you_mean(name, names) if problems.count < MOST_PROBLEMS else ""
            hint = close or f", the keys here are {', '.join(names)}"
            problems.add(where, f'unknown key "{printable(name)}"{hint}')
        values = {key.name: _read_key(key, value, where, problems) for key in self.keys}
        return values if problems.count == count else None

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {
            "type": "object",
            "properties": {key.name: _key_schema(key) for key in self.keys},
            "required": [key.name for key in self.keys if key.default is REQUIRED],
            "additionalProperties": False,
        }


@final
@dataclass(frozen=True)
class Variants:
    """A table whose other keys depend on the word under one key.

    Attributes:
        selector: The key that decides.
        options: Word -> the whole table, the selector included.
        implied: Key -> the word that its presence stands for, so that the word may be left out.
    """

    selector: str
    options: dict[str, Table]
    implied: dict[str, str] = field(default_factory=dict)

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, Any] | None:
        """All values with the defaults filled in; None if anything is wrong here."""
        if not isinstance(value, dict):
            problems.add(where, f"must be a table, not {show(value)}")
            return None
        words = tuple(self.options)
        for key, word in self.implied.items():
            if key in value:
                if value.get(self.selector, word) != word:
                    problems.add(where, f"{self.selector} and {key} exclude each other, keep one")
                    return None
                value = {self.selector: word, **value}
        if self.selector not in value:
            problems.add(where, f"{self.selector} is missing, {listed(words)}")
            return None
        word = value[self.selector]
        if not isinstance(word, str) or word not in self.options:
            hint = did_you_mean(word, words)
            problems.add(where, f"{self.selector} = {show(word)} must be {listed(words)}{hint}")
            return None
        return self.options[word].read(value, where, problems)

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {"oneOf": [self._option_schema(word) for word in self.options]}

    def _option_schema(self, word: str) -> dict[str, Any]:
        """One option; the word may be left out where another required key stands for it."""
        schema = self.options[word].schema()
        if word in self.implied.values():
            schema["required"].remove(self.selector)
        return schema


@final
@dataclass(frozen=True)
class Tables:
    """A list of tables of one kind."""

    item: Variants
    singular: str
    most: int

    def read(self, value: Any, where: str, problems: Problems) -> list[Any] | None:
        """One dict per table; None if anything is wrong."""
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            size = f"{len(value)} of them" if isinstance(value, list) else show(value)
            problems.add("", f"{where} must be 1 to {self.most} tables, not {size}")
            return None
        read = [
            self.item.read(item, f"{self.singular} {i}", problems)
            for i, item in enumerate(value, start=1)
        ]
        return None if None in read else read

    def schema(self) -> dict[str, Any]:
        """JSON Schema."""
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": 1,
            "maxItems": self.most,
        }


def _read_key(key: Key, table: dict[str, Any], where: str, problems: Problems) -> Any:
    """The value of one key, or its default; problems are noted."""
    if key.name not in table:
        if key.default is REQUIRED:
            problems.add(where, f"{key.name} is missing, give {key.description}")
            return None
        return key.default
    value = table[key.name]
    if isinstance(key.kind, Table | Variants | Tables):
        return key.kind.read(value, key.name, problems)
    return read_value(key.kind.read, key.name, value, where, problems)


def read_value(
    read: Callable[[Any], Any], name: str, value: Any, where: str, problems: Problems
) -> Any:
    """Read one value, or note why it does not fit and give None."""
    try:
        return read(value)
    except Unfit as unfit:
        problems.add(where, f"{name} = {show(value)} {unfit}")
        return None


def _key_schema(key: Key) -> dict[str, Any]:
    """One key as JSON Schema, with what people want to know."""
    schema = {**key.kind.schema(), "description": key.description}
    if key.default is not REQUIRED and key.default is not None:
        schema["default"] = list(key.default) if isinstance(key.default, tuple) else key.default
    return schema
