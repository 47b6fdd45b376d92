r"""A formula in lines: where it is broken, how large it is set, what is left out. No Manim.

It is broken at its signs, then between factors, then in brackets, the outer ones first. All lines
have one size. Where even the smallest type is too large for the room, dots stand for what is in
the innermost brackets, then in outer ones, then for the last summands or factors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from scenes.kit.formulas.tokens import Token, tallest, tokens, width
from scenes.look import BODY, SMALL

SIZES = ((BODY * 1.15, 0.45, 0.0), (BODY, 0.6, 4.0), (0.29, 0.8, 8.0), (SMALL, 1.0, 13.0))
"""Sizes of type that are tried, units: the share of the height each may fill, and its price."""
LINE = 1.32  # from one line to the next, ems
INDENT = 1.0  # of a line that goes on, ems, and once more in brackets
LONGEST = 34  # characters in a line that is as long as it likes
_FLAT_WIDTH = 3.0  # what is narrower, ems, is not replaced by dots


@dataclass(frozen=True)
class Line:
    """A line's LaTeX, and how far it is indented, ems."""

    tex: str
    indent: float = 0.0


@dataclass(frozen=True)
class Layout:
    """A formula in lines from the top, and their size, units, as it is known without TeX."""

    lines: tuple[Line, ...]
    em: float


@cache
def lay_out(tex: str, room: float, height: float) -> Layout:
    """The LaTeX of a sum in the largest type in which it fits well into room and height, units."""
    usual = tex_lines(tex)
    em = min(SIZES[0][0], *(room / width(tokens(line)) for line in usual))
    if em >= SIZES[2][0] and _height(usual) * em <= height:
        return Layout(tuple(Line(line, INDENT if i else 0.0) for i, line in enumerate(usual)), em)
    for shorter in _shortened(tokens(tex), 0.9 * room / SMALL):
        found = []
        for em, share, price_of_size in SIZES:
            price, lines = _broken(shorter, room / em)
            if lines and _height([line.tex for line in lines]) * em <= share * height:
                found.append((price + price_of_size, Layout(lines, em)))
        if found:
            return min(found, key=lambda one: one[0])[1]
    return Layout((Line(r"f(\theta) = \ldots"),), SMALL)


def _height(lines: Sequence[str]) -> float:
    """About how high lines are, ems, a little more than their distance for what stands out."""
    return sum(1.08 * LINE + tallest(tokens(line)) for line in lines)


_PRICE_OF_LINE, _PRICE_OF_DEPTH, _PRICE_OF_FACTOR, _PRICE_OF_SHORT = 3.0, 4.0, 1.0, 12.0
_BREAKS = ("=", "+", "*", "/", ",")


def _broken(row: Sequence[Token], room: float) -> tuple[float, tuple[Line, ...]]:
    """The price of the cheapest way to break tokens into lines of this width, ems, and the lines.

    No lines where there is no way.
    """
    stops = [0, *(i for i, token in enumerate(row) if token.kind in _BREAKS and i), len(row)]
    best: dict[int, tuple[float, tuple[Line, ...]]] = {0: (0.0, ())}
    for end in stops[1:]:
        for start in stops[: stops.index(end)]:
            if start not in best:
                continue
            price, lines = best[start]
            indent = INDENT * (1 + min(row[start].depth, 2)) if start else 0.0
            rest = room - indent - width(_between(row, start, end))
            price += _price(row, end, rest / room)
            if rest >= 0 and (end not in best or price < best[end][0]):
                best[end] = (price, (*lines, Line(_tex(row, start, end), indent)))
    return best.get(len(row), (0.0, ()))


def _price(row: Sequence[Token], at: int, rest: float) -> float:
    """What it costs to end a line before a token and leave this share of its width."""
    if at == len(row):
        return _PRICE_OF_LINE
    price = _PRICE_OF_LINE + _PRICE_OF_DEPTH * row[at].depth + 4.0 * rest**2
    if row[at].kind in "=/":
        return price + _PRICE_OF_SHORT / 2
    if row[at].kind != "*":
        return price
    # Factors are parted at brackets; a number stays with what it counts.
    long = any(token.kind == "(" or token.width > 2.5 for token in row[at + 1 : at + 3])
    return price + (_PRICE_OF_FACTOR if long or row[at - 1].kind == ")" else _PRICE_OF_SHORT)


def _between(row: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """The tokens of a line; a comma ends a line and does not begin the next one."""
    comma_before = start > 0 and row[start].kind == ","
    comma_after = end < len(row) and row[end].kind == ","
    return row[start + comma_before : end + comma_after]


def _tex(row: Sequence[Token], start: int, end: int) -> str:
    """A line's LaTeX: factors go on with a dot, brackets that are cut have a size of their own."""
    line = list(_between(row, start, end))
    if start and line[0].kind == "*":
        line[0] = Token(r"{} \cdot", 1.0)
    if start and line[0].kind == "+":
        line[0] = Token(f"{{}} {line[0].tex}", 1.2, "+")
    opened: list[int] = []
    alone: list[int] = []
    for i, token in enumerate(line):
        if token.kind == "(":
            opened.append(i)
        elif token.kind == ")":
            alone += [] if opened else [i]
            del opened[-1:]
    for i in (*alone, *opened):
        tex = line[i].tex.replace(r"\left", r"\Bigl").replace(r"\right", r"\Bigr")
        line[i] = Token(tex, line[i].width, line[i].kind)
    return _joined(line)


def _joined(line: Sequence[Token]) -> str:
    """Tokens as LaTeX, with blanks where the landscapes' own LaTeX has them."""
    text = ""
    for i, token in enumerate(line):
        spaced = token.kind in ("+", "=") or token.tex == r"\cdot"
        touching = re.search(r"\\[a-zA-Z]+$", text) and token.tex[0].isalpha()
        text += " " if (spaced and i) or touching else ""
        text += f"{token.tex} " if spaced or token.tex.endswith(r" \cdot") else token.tex
    return text.strip()


def _shortened(row: Sequence[Token], widest: float) -> Iterator[Sequence[Token]]:
    """A formula with more and more of it left out, first what is too wide for a line, ems."""
    yield row
    yield (row := _without(row, widest))
    deepest = max(token.depth for token in row)
    for depth in range(deepest, 0, -1):
        yield _without(row, widest, depth)
    yield (flat := _without(row, 2 * _FLAT_WIDTH, 1))
    for kind, dots in (("+", r" + \cdots"), ("*", r"\,\cdots")):
        ends = [i for i, token in enumerate(flat) if token.kind == kind and token.depth == 0]
        for end in reversed(ends):
            yield tokens(_joined(flat[:end]) + dots)


def _without(row: Sequence[Token], widest: float, depth: int = 1000) -> tuple[Token, ...]:
    """Tokens with dots in those that are wider, and for what is this deep in brackets."""
    kept: list[Token] = []
    inside: list[Token] = []
    for token in row:
        if token.depth >= depth:
            inside.append(token)
            continue
        if width(inside) < _FLAT_WIDTH:
            kept += inside
        else:
            kept[-1:] = [Token("(", 0.39, "("), Token(r"\ldots", 1.4)]
            token = Token(re.sub(r"^\\(right|bigr)", "", token.tex), token.width, ")")
        inside = []
        if token.width > widest:
            token = Token(_dotted(token.tex), 2.0)
        kept.append(token)
    return tokens(_joined(kept))


def one_line(tex: str, room: float) -> str:
    r"""An equation's LaTeX in one line of this width, ems, or less; dots for what is left out.

    >>> one_line(r"v = 0.9 v + g (1 + \tanh(v + g))", 9.0)
    'v = 0.9v + g(\\ldots)'
    >>> one_line(r"v = 0.9 v - g (1 + \tanh(v + g))", 7.0)
    'v = 0.9v - \\cdots'
    """
    row = tokens(tex)
    if width(row) <= room:
        return tex
    for depth in range(max(token.depth for token in row), 0, -1):
        row = _without(row, room, depth)
        if width(row) <= room:
            return _joined(row)
    ends = [i for i, token in enumerate(row) if token.kind in ("+", "=") and token.depth == 0]
    for end in reversed(ends):
        cut = (*row[: end + 1], Token(r"\cdots", 1.4))
        if width(cut) <= room or end == ends[0]:
            return _joined(cut)
    return r"\cdots"


def _dotted(tex: str) -> str:
    r"""A token with dots for what is wide between its braces or bars.

    >>> _dotted(r"\sqrt{\theta_1 + \theta_2 + 1}^{2}"), _dotted(r"\left|\theta_1 - 10\right|")
    ('\\sqrt{\\ldots}^{2}', '\\left|\\ldots\\right|')
    """
    tex = re.sub(r"^\\left\|.*\\right\|", r"\\left|\\ldots\\right|", tex)
    parts, depth = [""], 0
    for c in tex:
        depth -= c == "}"
        parts += [""] * (c in "{}" and depth == 0)
        parts[-1] += c
        depth += c == "{"
    # Each group's closing brace begins the part after it.
    wide = [part.startswith("{") and width(tokens(part[1:])) > _FLAT_WIDTH for part in parts]
    return "".join(r"{\ldots" if w else part for w, part in zip(wide, parts, strict=True))


def tex_lines(tex: str, longest: int = LONGEST) -> list[str]:
    r"""A long sum broken before its signs into lines of about equal length.

    >>> tex_lines("a + b"), tex_lines("(1.5 - xxxxxxxx)^2 + (2.25 - xxxxxxxxxxxx)^2", 30)
    (['a + b'], ['(1.5 - xxxxxxxx)^2', '+ (2.25 - xxxxxxxxxxxx)^2'])
    """
    row = tokens(tex)
    signs = [i for i, token in enumerate(row) if token.kind == "+" and token.depth == 0]
    terms = [_joined(row[start:end]) for start, end in pairwise([0, *signs, len(row)])]
    count = min(len(terms), -(-_printed(tex) // longest))
    lines, room = [""], _printed(tex) / count
    for term in terms:
        if lines[-1] and _printed(lines[-1]) + _printed(term) / 2 > room and len(lines) < count:
            lines.append("")
        lines[-1] = f"{lines[-1]} {term}".strip()
    return lines


def _printed(tex: str) -> int:
    """About how many characters LaTeX prints."""
    return len(re.sub(r"\\[a-zA-Z]+|\\.|[{}^_ ]", "x", tex).replace(" ", ""))
