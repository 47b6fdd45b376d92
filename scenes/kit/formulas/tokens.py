r"""LaTeX as a row of tokens with their widths, known before TeX has run. No Manim.

Lines are broken and sized by these widths, so that which formulas a film needs does not depend on
TeX. They are taken from the tables of Computer Modern and err on the wide side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_WORD = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\s+|.")
SCRIPT = 0.72
_BINARY, _SIGN, _RELATION = 1.23, 0.78, 1.34
_LETTERS = {"f": 0.6, "i": 0.35, "c": 0.44, "e": 0.47, "(": 0.39, ")": 0.39, ",": 0.45, "|": 0.28}
_UPRIGHT = {**dict.fromkeys("il", 0.28), **dict.fromkeys("strc", 0.42), "m": 0.84}
_COMMANDS = {r"\theta": 0.48, r"\pi": 0.61, r"\sum": 1.62, r"\quad": 1.0, r"\,": 0.17}
_COMMANDS |= {r"\cdot": 0.73, r"\ldots": 1.4, r"\cdots": 1.4}
_BRACKETS = {"big": (0.48, 0.2), "Big": (0.62, 0.7)}  # width in ems, and what is tall of it


@dataclass(frozen=True)
class Token:
    """A part of a formula that is never broken.

    Attributes:
        tex: LaTeX.
        width: about, ems.
        kind: "=" for a relation, "+" for a sign between summands, "*" between factors, "/" for a
            stroke, "," after an argument, "(" and ")" for brackets, "" for all else.
        depth: how many brackets it stands in; those themselves stand outside.
        tall: how many lines of type it is higher than one.
    """

    tex: str
    width: float
    kind: str = ""
    depth: int = 0
    tall: float = 0.0


def tokens(tex: str) -> tuple[Token, ...]:
    """A formula's tokens in order; their LaTeX joined is the formula again, but for blanks."""
    found, depth = [], 0
    for token in _Reader(tex).row():
        depth -= token.kind == ")"
        found.append(replace(token, depth=depth))
        depth += token.kind == "("
    return tuple(found)


def width(row: Sequence[Token]) -> float:
    """About how wide tokens are in one line, ems."""
    return sum(token.width for token in row)


def tallest(row: Sequence[Token]) -> float:
    """The lines of type by which tokens are higher than one line."""
    return max((token.tall for token in row), default=0.0)


def _upright(name: str) -> float:
    """About how wide a function's name is with the blank after it, ems."""
    return sum(_UPRIGHT.get(letter, 0.56) for letter in name) + 0.17


class _Reader:
    """Reads LaTeX from left to right."""

    def __init__(self, tex: str) -> None:
        self.words: list[str] = _WORD.findall(tex)
        self.at = 0

    def row(self, end: str = "") -> list[Token]:
        """Tokens up to a word, which is passed over, or to the end; brackets lie between."""
        row: list[Token] = []
        brackets = 0  # that \left opened here
        while self.at < len(self.words):
            word = self.take()
            brackets += word == r"\left" and self.words[self.at] == "("
            if word == end and not (word == r"\right" and brackets):
                return row
            brackets -= word == r"\right"
            if word in "^_":
                row[-1] = self.scripted(row[-1], word)
            elif not word.isspace():
                row.append(self.token(word, row))
        return row

    def take(self) -> str:
        self.at += 1
        return self.words[self.at - 1]

    def group(self) -> tuple[str, list[Token]]:
        """What stands in braces, or the single word that stands for it."""
        begin = self.at
        word = self.take()
        row = self.row("}") if word == "{" else [self.token(word, [])]
        return "".join(self.words[begin : self.at]), row

    def token(self, word: str, before: Sequence[Token]) -> Token:
        match word:
            case "+" | "-":
                between = bool(before) and before[-1].kind not in ("+", "*", ",", "(", "=")
                return Token(word, _BINARY, "+") if between else Token(word, _SIGN)
            case "{":
                begin = self.at
                inside = self.row("}")
                return Token("{" + "".join(self.words[begin : self.at]), width(inside))
            case "=" | r"\leftarrow":
                return Token(word, _RELATION, "=")
            case r"\," | r"\cdot" if before and before[-1].kind not in (",", "+", "*"):
                return Token(word, _COMMANDS[word], "*")
            case "/":
                return Token(word, 0.55, "/")
            case "(" | ")" | ",":
                return Token(word, _LETTERS[word], word)
            case r"\bigl" | r"\bigr" | r"\Bigl" | r"\Bigr":
                side, (wide, tall) = self.take(), _BRACKETS[word[1:4]]
                return Token(word + side, wide, side, tall=tall)
            case r"\left" | r"\right":
                return self.tall_bracket(word)
            case r"\frac" | r"\tfrac":
                return self.fraction(word)
            case r"\sqrt":
                text, inside = self.group()
                return Token(word + text, 1.0 + width(inside), tall=tallest(inside) + 0.6)
            case r"\operatorname" | r"\mathrm":
                text, _ = self.group()
                return Token(word + text, _upright(text[1:-1]))
            case r"\hat" | r"\bar" | r"\tilde":
                text, inside = self.group()
                return Token(word + text, width(inside))
        if word[0].isdigit():
            return Token(word, 0.5 * sum(c.isdigit() for c in word) + 0.28 * word.count("."))
        if word in _COMMANDS:
            return Token(word, _COMMANDS[word], tall=1.8 if word == r"\sum" else 0.0)
        return Token(word, _upright(word[1:]) if "\\" in word else _LETTERS.get(word, 0.6))

    def tall_bracket(self, word: str) -> Token:
        side = self.take()
        if side in "()":
            return Token(word + side, 0.74, side, tall=0.3)
        begin = self.at - 2
        inside = self.row(r"\right")
        self.take()
        text = "".join(self.words[begin : self.at])
        return Token(text, 0.8 + width(inside), tall=tallest(inside))

    def fraction(self, word: str) -> Token:
        (over, top), (under, bottom) = self.group(), self.group()
        scale, tall = (SCRIPT, 0.4) if word == r"\tfrac" else (1.0, 1.5)
        wide = max(width(top), width(bottom)) * scale + 0.3
        return Token(word + over + under, wide, tall=tall + tallest(top) + tallest(bottom))

    def scripted(self, token: Token, mark: str) -> Token:
        """A token with what stands above or below its right end, or both."""
        tex, tall, wide = token.tex, 0.0, 0.0
        while mark:
            text, inside = self.group()
            wide = max(wide, SCRIPT * width(inside) + 0.06)
            tall, tex = tall + SCRIPT * tallest(inside), tex + mark + text
            mark = self.take() if self.words[self.at : self.at + 1] in (["^"], ["_"]) else ""
        return replace(token, tex=tex, width=token.width + wide, tall=token.tall + tall)
