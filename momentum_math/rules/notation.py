"""Rules as LaTeX: what is remembered with arrows, what is defined with equality signs."""

import re
from collections.abc import Collection

from momentum_math.expressions.latex import typeset
from momentum_math.rules.rule import (
    GRADIENT,
    STEP,
    THETA,
    Assignment,
    Lines,
    Rule,
    names_in,
)

GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
)
LETTERS = {name: rf"\{name}" for name in GREEK}
LETTERS |= {"epsilon": r"\varepsilon", "lam": r"\lambda", "lr": r"\alpha"}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
SIGNS = dict(zip("αβγδεζηθικλμνξπρστφχψω₁₂", (*GREEK, "1", "2"), strict=True))
"""Character of a declared symbol -> how it is named here."""
SLOPE = r"\nabla L(\theta)"
LONGEST_LINE = 80
"""Equations that are longer together, as LaTeX, stand in lines of their own."""


def symbol_tex(name: str) -> str:
    r"""The LaTeX of a name in a rule.

    >>> [symbol_tex(name) for name in ("v", "beta1", "vhat", "v_max", "mean")]
    ['v', '\\beta_1', '\\hat{v}', 'v_{\\mathrm{max}}', '\\mathrm{mean}']
    """
    if name in LETTERS or len(name) == 1:
        return LETTERS.get(name, name)
    base, _, below = name.partition("_")
    if not below and (parts := re.fullmatch(r"([a-zA-Z]+?)(\d+)", name)):
        base, below = parts.groups()
    if below:
        small = below if below.isdigit() or len(below) == 1 else rf"\mathrm{{{below}}}"
        return _indexed(symbol_tex(base), small)
    for ending, accent in ACCENTS.items():
        inner = name.removesuffix(ending)
        if inner != name and (inner in LETTERS or len(inner) == 1):
            return f"{accent}{{{symbol_tex(inner)}}}"
    return rf"\mathrm{{{name}}}"


def _indexed(tex: str, index: str) -> str:
    r"""LaTeX with an index below, after the one that it may have there already.

    >>> _indexed("v", "0"), _indexed(r"v_{\mathrm{max}}", "0")
    ('v_0', 'v_{\\mathrm{max},0}')
    """
    base, bar, old = tex.partition("_")
    if bar:
        old = old[1:-1] if old.startswith("{") else old
        index = f"{old},{index}"
    return f"{base}_{index}" if len(index) == 1 else f"{base}_{{{index}}}"


def rule_tex(rule: Rule, declared: dict[str, str], changing: Collection[str]) -> Lines:
    """A rule as lines of LaTeX: its steps in order, then definitions, then where states start.

    Args:
        rule: The rule.
        declared: The symbols of its numbers, as people write them, where they are not the names'.
        changing: The names of numbers that change from step to step, which have the index t.
    """
    spelled = {name: "".join(SIGNS.get(c, c) for c in one) for name, one in declared.items()}
    said = {name for one in (*rule.lines, *rule.start) for name in names_in(one.value)}
    symbols = {name: symbol_tex(spelled.get(name, name)) for name in said} | {GRADIENT: SLOPE}
    symbols |= {name: _indexed(symbols[name], STEP) for name in said.intersection(changing)}
    last = [one for i, one in enumerate(rule.lines) if _may_stand_last(one, rule, i)]
    first = [
        f"{_indexed(symbol_tex(one.name), '0')} = {_right(one, symbols)}".replace(
            r"\theta", r"\theta_0"
        )
        for one in rule.start
    ]
    steps = (
        f"{symbol_tex(one.name)} {_sign(one, rule)} {_right(one, symbols)}"
        for one in rule.lines
        if one not in last
    )
    defined = [f"{symbol_tex(one.name)} = {_right(one, symbols)}" for one in last]
    return *steps, *_in_one_line(defined), *_in_one_line(first)


def _in_one_line(equations: list[str]) -> list[str]:
    """Equations in one line, unless that is too long."""
    joined = r",\quad ".join(equations)
    return [joined] if 0 < len(joined) <= LONGEST_LINE else equations


def _sign(one: Assignment, rule: Rule) -> str:
    """What stands between the two sides of an assignment."""
    return "=" if one in rule.definitions else r"\leftarrow"


def _may_stand_last(one: Assignment, rule: Rule, index: int) -> bool:
    """Whether an assignment is a definition that means the same below all others."""
    later = {other.name for other in rule.lines[index + 1 :]}
    read = names_in(one.value)
    moves = read & later or (GRADIENT in read and THETA in later)
    return one in rule.definitions and not moves


def _right(one: Assignment, symbols: dict[str, str]) -> str:
    """The right-hand side of an assignment; a power of the gradient has its own brackets."""
    tex = re.sub(r"\\big[lr]", "", typeset(one.value, symbols, is_inline=True))
    return re.sub(r"(?<=[\w)}]) \[", r"\, [", tex.replace(f"{SLOPE}^", f"[{SLOPE}]^"))
