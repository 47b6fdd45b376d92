"""Numbers and sums as LaTeX, for the right-hand sides of the landscapes."""

from collections.abc import Iterable


def tex_number(value: float, digits: int = 4) -> str:
    r"""A finite number as LaTeX, with at most ``digits`` significant digits.

    >>> tex_number(0.05), tex_number(100.0), tex_number(2.5e-7)
    ('0.05', '100', '2.5 \\cdot 10^{-7}')
    """
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def tex_sum(terms: Iterable[tuple[float, str]]) -> str:
    r"""The sum of coefficient times symbol as LaTeX; terms that round to zero are left out.

    >>> tex_sum([(0.05, "x^2"), (-1.0, "x y"), (5.0, "y^2")])
    '0.05\\,x^2 - x y + 5\\,y^2'
    """
    terms = list(terms)
    scale = max((abs(coefficient) for coefficient, _ in terms), default=0.0)
    text = ""
    for coefficient, symbol in terms:
        if abs(coefficient) <= 1e-15 * scale:
            continue
        number = tex_number(abs(coefficient))
        factor = symbol if number == "1" else rf"{number}\,{symbol}"
        text += f" {'-' if coefficient < 0 else '+'} {factor}"
    if text.startswith(" - "):
        return "-" + text.removeprefix(" - ")
    return text.removeprefix(" + ") or "0"
