"""What is wrong with an experiment file: collected, then raised all at once."""

from dataclasses import dataclass, field
from typing import final

from momentum_math.messages import printable

LONGEST_LINE = 240
MOST_PROBLEMS = 20
"""How many problems are told; the others are counted."""


class ExperimentError(ValueError):
    """A file that is no experiment.

    Attributes:
        messages: One line per problem, each naming file, key, value and remedy.
    """

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__(messages)
        self.messages = messages

    def __str__(self) -> str:
        return "\n".join(self.messages)


@final
@dataclass
class Problems:
    """What is wrong with a file, in the order found; the one mutable value of this package."""

    file: str
    lines: list[str] = field(default_factory=list)

    def add(self, where: str, text: str) -> None:
        """Note a problem at a place such as ``"contender 2"`` (empty for the top of the file)."""
        self.lines.append(f"{where}: {text}" if where else text)

    def error(self) -> ExperimentError:
        """The problems as lines that begin with the file's name and are not too long."""
        lines, rest = self.lines[:MOST_PROBLEMS], len(self.lines) - MOST_PROBLEMS
        lines += [f"and {rest} more problems"] if rest > 0 else []
        file = printable(self.file, 80)
        return ExperimentError(tuple(printable(f"{file}: {line}", LONGEST_LINE) for line in lines))


def refused(file: str, text: str, where: str = "") -> ExperimentError:
    """The error of a file with one problem; see ``Problems.add``."""
    problems = Problems(file)
    problems.add(where, text)
    return problems.error()
