"""A checked expression as LaTeX, in the order in which its author wrote it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import final

from momentum_math.expressions.functions import FUNCTIONS

CONSTANTS = {"pi": r"\pi", "e": "e"}
PLANE = {"x": r"\theta_1", "y": r"\theta_2"}
"""The symbols of the two parameters of a loss."""
POWERS_AT_THE_NAME = ("cos", "cosh", "log", "sin", "sinh", "tan", "tanh")
SUM, NEGATIVE, QUOTIENT, PRODUCT, POWER, ATOM = range(6)
"""How tightly the outermost part of a piece of LaTeX binds.

NEGATIVE is a product after a minus, QUOTIENT a division with a stroke instead of a line.
"""

Piece = tuple[str, int]


def typeset(node: ast.expr, symbols: Mapping[str, str] = PLANE, is_inline: bool = False) -> str:
    r"""The LaTeX of a tree from ``parser.parse``; its numbers have exactly their values.

    Args:
        node: The tree.
        symbols: The LaTeX of each of its variables and constants but pi and e; an atom, to which
            an exponent can be put.
        is_inline: Whether divisions have a stroke and no line, and factors stand close.

    >>> from momentum_math.expressions.parser import parse
    >>> typeset(parse("(1 - x)**2 + 100*(y - x**2)**2"))
    '(1 - \\theta_1)^{2} + 100\\,(\\theta_2 - \\theta_1^{2})^{2}'
    """
    return _Typesetter(CONSTANTS | dict(symbols), is_inline).piece(node)[0]


@final
@dataclass(frozen=True)
class _Typesetter:
    """Sets an expression with the symbols of its names."""

    symbols: dict[str, str]
    is_inline: bool = False

    def piece(self, node: ast.expr) -> Piece:
        """LaTeX and how tightly its outermost part binds."""
        match node:
            case ast.Constant(value=value):
                return _number(float(value))  # type: ignore[arg-type]
            case ast.Name(id=name):
                return self.symbols[name], ATOM
            case ast.UnaryOp(op=ast.USub(), operand=ast.UnaryOp(op=ast.USub(), operand=operand)):
                return self.piece(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _negative(self.piece(operand))
            case ast.UnaryOp(operand=operand):
                return self.piece(operand)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._power(left, self._exponent(right))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                divide = _stroke if self.is_inline else _fraction
                return divide(self.piece(left), self.piece(right))
            case ast.BinOp(left=left, op=ast.Mult(), right=right) if self.is_inline:
                return _close(self.piece(left), self.piece(right))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return _product(self.piece(left), _at_least(self.piece(right), PRODUCT))
            case ast.BinOp(left=left, op=op, right=right):
                return _sum(self.piece(left)[0], isinstance(op, ast.Sub), self.piece(right)), SUM
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return _call(name, ",\\, ".join(self.piece(one)[0] for one in arguments))
        raise TypeError(f"{type(node).__name__} cannot come from parse")

    def _exponent(self, node: ast.expr) -> str:
        """Return what stands above: small, so a fraction in it has a stroke and no line."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            over, under = self.piece(node.left), self.piece(node.right)
            return f"{_at_least(over, NEGATIVE)}/{_at_least(under, POWER)}"
        return self.piece(node)[0]

    def _power(self, base: ast.expr, exponent: str) -> Piece:
        r"""A power; that of a function stands at its name, as in \sin^{2}(x)."""
        match base:
            case ast.Call(func=ast.Name(id=name), args=[inside]) if (
                name in POWERS_AT_THE_NAME and exponent.isdigit()
            ):
                raised = f"{FUNCTIONS[name].tex}^{{{exponent}}}"
                return raised + _bracketed(self.piece(inside)[0]), POWER
        return f"{_at_least(self.piece(base), ATOM)}^{{{exponent}}}", POWER


def _number(value: float) -> Piece:
    r"""The shortest decimal number that is this float; a power of ten takes many zeros' place.

    >>> _number(693147.18)[0], _number(1e-7)[0], _number(2.5e8)[0]
    ('693147.18', '10^{-7}', '2.5 \\cdot 10^{8}')
    """
    exact = Decimal(repr(value)).normalize()
    if value == 0.0 or (exact.adjusted() >= -4 and int(exact.as_tuple().exponent) < 6):
        return f"{exact:f}", ATOM
    power = f"10^{{{exact.adjusted()}}}"
    mantissa = f"{exact.scaleb(-exact.adjusted()):f}"
    return (power, POWER) if mantissa == "1" else (rf"{mantissa} \cdot {power}", PRODUCT)


def _negative(inner: Piece) -> Piece:
    """The opposite of something."""
    if inner[1] == NEGATIVE:
        return inner[0][1:], PRODUCT
    if inner[1] == QUOTIENT:
        return f"-{inner[0]}", SUM
    return f"-{_at_least(inner, PRODUCT)}", NEGATIVE


def _sum(left: str, minus: bool, right: Piece) -> str:
    """A sum or difference; a sign that follows a sign becomes one with it."""
    text, binding = right
    if minus and binding == SUM:
        text = _bracketed(text)
    elif text.startswith("-") and (binding == NEGATIVE or not minus):
        minus, text = not minus, text[1:]
    return f"{left} {'-' if minus else '+'} {text}"


def _product(left: Piece, right: str, space: str = r"\,") -> Piece:
    """Two factors side by side, with a dot where digits would meet or look like a mixed number."""
    binding = NEGATIVE if left[1] == NEGATIVE else PRODUCT
    text = _at_least(left, binding)
    digits = right[:1].isdigit() or (right.startswith(r"\frac") and text[-1:].isdigit())
    return rf"{text} \cdot {right}" if digits else f"{text}{space}{right}", binding


def _close(left: Piece, right: Piece) -> Piece:
    """Two factors with a blank between; a thin space before a quotient, unless a letter is next."""
    if right[1] != QUOTIENT:
        return _product(left, _at_least(right, PRODUCT), " ")
    text, binding = _product(left, right[0], " " if right[0][0].isalpha() else r"\, ")
    return text, SUM if binding == NEGATIVE else QUOTIENT


def _stroke(over: Piece, under: Piece) -> Piece:
    """A division with a stroke, a minus before it and not in it."""
    if over[1] == NEGATIVE:
        return _negative(_stroke((over[0][1:], PRODUCT), under))
    return f"{_at_least(over, QUOTIENT)} / {_at_least(under, POWER)}", QUOTIENT


def _fraction(over: Piece, under: Piece) -> Piece:
    """A fraction, a minus before it and not in it; a tall or wide one has a stroke and no line."""
    if over[1] == NEGATIVE:
        return _negative(_fraction((over[0][1:], PRODUCT), under))
    if any(r"\frac" in text or text.count(r"\theta") > 4 for text, _ in (over, under)):
        return f"{_at_least(over, PRODUCT)} / {_at_least(under, POWER)}", QUOTIENT
    return rf"\frac{{{over[0]}}}{{{under[0]}}}", POWER


def _call(name: str, inside: str) -> Piece:
    """A function of something; what is too large for an exponent of e stands after exp."""
    tex = FUNCTIONS[name].tex
    if "{}" in tex:
        return tex.format(inside), ATOM
    is_tall = any(mark in inside for mark in (r"\frac", r"\sqrt", "("))
    if name == "exp" and not is_tall and inside.count(r"\theta") <= 2:
        return f"e^{{{inside}}}", POWER
    return tex + _bracketed(inside), POWER


def _at_least(piece: Piece, binding: int) -> str:
    """LaTeX in brackets, unless it binds at least this tightly."""
    text, own = piece
    return text if own >= binding else _bracketed(text)


def _bracketed(text: str) -> str:
    """LaTeX in brackets as high as it needs."""
    if r"\frac" in text:
        return rf"\left({text}\right)"
    return rf"\bigl({text}\bigr)" if r"\sqrt" in text else f"({text})"
