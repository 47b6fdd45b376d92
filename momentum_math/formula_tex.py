"""A checked formula as LaTeX, in the order in which its author wrote it."""

import ast

from momentum_math.tex import tex_number

SYMBOLS = {"x": r"\theta_1", "y": r"\theta_2", "pi": r"\pi", "e": "e"}
WRAPPED = {"abs": r"\left|{}\right|", "sqrt": r"\sqrt{{{}}}", "exp": "e^{{{}}}"}
NAMES = {"log": r"\ln", "atan": r"\arctan"}
SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly the outermost part of a piece of LaTeX binds."""


def formula_tex(node: ast.expr) -> str:
    r"""The LaTeX of a tree from ``formula_syntax.parse``.

    Args:
        node: The tree; x becomes theta_1 and y becomes theta_2.

    Returns:
        LaTeX source.

    >>> from momentum_math.formula_syntax import parse
    >>> formula_tex(parse("(1 - x)**2 + 100*(y - x**2)**2"))
    '(1 - \\theta_1)^{2} + 100\\,(\\theta_2 - \\theta_1^{2})^{2}'
    """
    return _typeset(node)[0]


def _typeset(node: ast.expr) -> tuple[str, int]:
    """LaTeX and how tightly its outermost part binds."""
    match node:
        case ast.Constant(value=value):
            text = tex_number(float(value), 6)  # type: ignore[arg-type]
            return text, PRODUCT if "cdot" in text else ATOM
        case ast.Name(id=name):
            return SYMBOLS[name], ATOM
        case ast.UnaryOp(op=op, operand=operand):
            sign = "-" if isinstance(op, ast.USub) else ""
            return sign + _at_least(operand, PRODUCT), SUM
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"{_at_least(left, ATOM)}^{{{_typeset(right)[0]}}}", POWER
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_typeset(left)[0]}}}{{{_typeset(right)[0]}}}", POWER
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_at_least(left, PRODUCT), _at_least(right, PRODUCT)), PRODUCT
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(_at_least(left, SUM), "+", right), SUM
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _sum(_at_least(left, SUM), "-", right), SUM
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _call(name, _typeset(argument)[0])
    raise TypeError(f"{type(node).__name__} cannot come from parse")


def _sum(left: str, sign: str, right: ast.expr) -> str:
    """A sum or difference; what follows a sign is put in brackets if it begins with one."""
    text, binding = _typeset(right)
    bare = binding > SUM or (sign == "+" and not text.startswith("-"))
    return f"{left} {sign} {text if bare else _bracketed(text)}"


def _product(left: str, right: str) -> str:
    """Two factors side by side, with a dot where digits would meet."""
    return rf"{left} \cdot {right}" if right[:1].isdigit() else rf"{left}\,{right}"


def _call(name: str, inside: str) -> tuple[str, int]:
    """A function of something."""
    if name in WRAPPED:
        return WRAPPED[name].format(inside), POWER if name == "exp" else ATOM
    return f"{NAMES.get(name, chr(92) + name)}{_bracketed(inside)}", POWER


def _at_least(node: ast.expr, binding: int) -> str:
    """LaTeX in brackets, unless it binds at least this tightly."""
    text, own = _typeset(node)
    return text if own >= binding else _bracketed(text)


def _bracketed(text: str) -> str:
    """LaTeX in brackets as high as it needs."""
    tall = r"\frac" in text or r"\sqrt" in text
    return rf"\left({text}\right)" if tall else f"({text})"
