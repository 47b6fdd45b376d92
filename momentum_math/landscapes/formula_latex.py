"""A checked formula as LaTeX, in the order in which its author wrote it."""

import ast
from decimal import Decimal

from momentum_math.landscapes.formula_functions import FUNCTIONS

SYMBOLS = {"x": r"\theta_1", "y": r"\theta_2", "pi": r"\pi", "e": "e"}
POWERS_AT_THE_NAME = ("cos", "cosh", "log", "sin", "sinh", "tan", "tanh")
SUM, NEGATIVE, QUOTIENT, PRODUCT, POWER, ATOM = range(6)
"""How tightly the outermost part of a piece of LaTeX binds.

NEGATIVE is a product after a minus, QUOTIENT a division with a stroke instead of a line.
"""

Piece = tuple[str, int]


def formula_tex(node: ast.expr) -> str:
    r"""The LaTeX of a tree from ``formula_parser.parse``; its numbers have exactly their values.

    >>> from momentum_math.landscapes.formula_parser import parse
    >>> formula_tex(parse("(1 - x)**2 + 100*(y - x**2)**2"))
    '(1 - \\theta_1)^{2} + 100\\,(\\theta_2 - \\theta_1^{2})^{2}'
    """
    return _typeset(node)[0]


def _typeset(node: ast.expr) -> Piece:
    """LaTeX and how tightly its outermost part binds."""
    match node:
        case ast.Constant(value=value):
            return _number(float(value))  # type: ignore[arg-type]
        case ast.Name(id=name):
            return SYMBOLS[name], ATOM
        case ast.UnaryOp(op=ast.USub(), operand=ast.UnaryOp(op=ast.USub(), operand=operand)):
            return _typeset(operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _negative(_typeset(operand))
        case ast.UnaryOp(operand=operand):
            return _typeset(operand)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(left, _exponent(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _fraction(_typeset(left), _typeset(right))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_typeset(left), _at_least(_typeset(right), PRODUCT))
        case ast.BinOp(left=left, op=op, right=right):
            return _sum(_typeset(left)[0], isinstance(op, ast.Sub), _typeset(right)), SUM
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, ",\\, ".join(_typeset(one)[0] for one in arguments))
    raise TypeError(f"{type(node).__name__} cannot come from parse")


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


def _product(left: Piece, right: str) -> Piece:
    """Two factors side by side, with a dot where digits would meet or look like a mixed number."""
    binding = NEGATIVE if left[1] == NEGATIVE else PRODUCT
    text = _at_least(left, binding)
    digits = right[:1].isdigit() or (right.startswith(r"\frac") and text[-1:].isdigit())
    return rf"{text} \cdot {right}" if digits else rf"{text}\,{right}", binding


def _fraction(over: Piece, under: Piece) -> Piece:
    """A fraction, a minus before it and not in it; a tall or wide one has a stroke and no line."""
    if over[1] == NEGATIVE:
        return _negative(_fraction((over[0][1:], PRODUCT), under))
    if any(r"\frac" in text or text.count(r"\theta") > 4 for text, _ in (over, under)):
        return f"{_at_least(over, PRODUCT)} / {_at_least(under, POWER)}", QUOTIENT
    return rf"\frac{{{over[0]}}}{{{under[0]}}}", POWER


def _exponent(node: ast.expr) -> str:
    """Return what stands above: small, so a fraction in it has a stroke and no line."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        over, under = _typeset(node.left), _typeset(node.right)
        return f"{_at_least(over, NEGATIVE)}/{_at_least(under, POWER)}"
    return _typeset(node)[0]


def _power(base: ast.expr, exponent: str) -> Piece:
    r"""A power; that of a function stands at its name, as in \sin^{2}(x)."""
    match base:
        case ast.Call(func=ast.Name(id=name), args=[inside]) if (
            name in POWERS_AT_THE_NAME and exponent.isdigit()
        ):
            raised = f"{FUNCTIONS[name].tex}^{{{exponent}}}"
            return raised + _bracketed(_typeset(inside)[0]), POWER
    return f"{_at_least(_typeset(base), ATOM)}^{{{exponent}}}", POWER


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
