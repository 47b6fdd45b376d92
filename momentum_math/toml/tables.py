"""Tables of an experiment file: keys with their kinds, read all at once into values or problems."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

from momentum_math.messages import Unfit, did_you_mean, listed, none_of, printable, show
from momentum_math.parameters import REQUIRED, Kind, Number, is_number
from momentum_math.toml.kinds import list_schema, table_schema
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

    def read(self, table: dict[str, Any], where: str, problems: Problems) -> Any:
        """The key's value in a table, or its default; None with a problem, which is noted."""
        if self.name not in table:
            if self.default is not REQUIRED:
                return self.default
            problems.add(where, f"{self.name} is missing, give {self.description}")
            return None
        value = table[self.name]
        if isinstance(self.kind, TABLES):
            return self.kind.read(value, self.name, problems)
        if isinstance(self.kind, NumberOrTable) and isinstance(value, dict):
            return self.kind.read_table(value, f"{where}: {self.name}", problems)
        try:
            return self.kind.read(value)
        except Unfit as unfit:
            problems.add(where, f"{self.name} = {show(value)} {unfit}")
            return None

    def schema(self) -> dict[str, Any]:
        """JSON Schema, with what people want to know."""
        schema = {**self.kind.schema(), "description": self.description}
        if self.default is not REQUIRED and self.default is not None:
            is_tuple = isinstance(self.default, tuple)
            schema["default"] = list(self.default) if is_tuple else self.default
        return schema


@final
@dataclass(frozen=True)
class Table:
    """A table with fixed keys.

    Attributes:
        keys: All that may be there.
        one_of: Of these, one has to be there, and no more.
    """

    keys: tuple[Key, ...]
    one_of: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys)

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, Any] | None:
        """All values with the defaults filled in; None if anything is wrong here."""
        if not isinstance(value, dict):
            problems.add(where, f"must be a table, not {show(value)}")
            return None
        count = len(problems.lines)
        for name in (name for name in value if name not in self.names):
            close = did_you_mean(name, self.names) if len(problems.lines) < MOST_PROBLEMS else ""
            hint = close or f", the keys here are {', '.join(self.names)}"
            problems.add(where, f'unknown key "{printable(name)}"{hint}')
        if self.one_of and len(value.keys() & set(self.one_of)) != 1:
            problems.add(where, f"must have {' or '.join(self.one_of)}, and only one")
        values = {key.name: key.read(value, where, problems) for key in self.keys}
        return values if len(problems.lines) == count else None

    def schema(self) -> dict[str, Any]:
        required = [key.name for key in self.keys if key.default is REQUIRED]
        schema = table_schema({key.name: key.schema() for key in self.keys}, required)
        options = [{"required": [name]} for name in self.one_of]
        return schema | ({"anyOf": options} if options else {})


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

    def of(self, table: dict[str, Any]) -> Table:
        """The table that one without problems is read as."""
        words = (word for key, word in self.implied.items() if key in table)
        return self.options[next(words, table.get(self.selector, ""))]

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, Any] | None:
        """All values with the defaults filled in; None if anything is wrong here."""
        if not isinstance(value, dict):
            problems.add(where, f"must be a table, not {show(value)}")
            return None
        for key, word in self.implied.items():
            if key in value:
                if value.get(self.selector, word) != word:
                    problems.add(where, f"{self.selector} and {key} exclude each other, keep one")
                    return None
                value = {self.selector: word, **value}
        words = tuple(self.options)
        if self.selector not in value:
            problems.add(where, f"{self.selector} is missing, {listed(words)}")
            return None
        word = value[self.selector]
        if not isinstance(word, str) or word not in self.options:
            problems.add(where, f"{self.selector} = {show(word)} {none_of(word, words)}")
            return None
        return self.options[word].read(value, where, problems)

    def schema(self) -> dict[str, Any]:
        """JSON Schema; a word may be left out where another required key stands for it."""
        options = {word: table.schema() for word, table in self.options.items()}
        for word in self.implied.values():
            options[word]["required"].remove(self.selector)
        return {"oneOf": list(options.values())}


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
        places = [f"{self.singular} {i}" for i, _ in enumerate(value, start=1)]
        read = [self.item.read(*one, problems) for one in zip(value, places, strict=True)]
        return None if None in read else read

    def schema(self) -> dict[str, Any]:
        return list_schema(self.item.schema(), 1, self.most)


@final
@dataclass(frozen=True)
class NumberOrTable:
    """A number, or a table that makes another value.

    Attributes:
        number: What the number must be.
        table: What the table must be.
        make: The table's values -> the value.
        example: A table, for people.
    """

    number: Number
    table: Variants
    make: Callable[[dict[str, Any]], Any]
    example: str

    def read(self, value: Any) -> float:
        """The number; see ``read_table``."""
        if not is_number(value):
            raise Unfit(f"must be a number in {self.number} or a table, as in {self.example}")
        return self.number.read(value)

    def read_table(self, value: dict[str, Any], where: str, problems: Problems) -> Any:
        """What a table makes; None if anything is wrong in it."""
        values = self.table.read(value, where, problems)
        return None if values is None else self.make(values)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.number.schema(), self.table.schema()]}


TABLES = (Table, Variants, Tables)
