"""Numbers as they are written on screen, in captions and on pages."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
LONGEST_COUNT = 1e4  # from here on a counter's digits after the first ones say nothing


def number(value: float, digits: int = 3) -> str:
    """A number with ``digits`` significant digits, as one writes it by hand.

    >>> number(-0.8), number(0.108481), number(1.479e-05, 2), number(100.0), number(-0.0)
    ('−0.8', '0.108', '1.5 × 10⁻⁵', '100', '0')
    """
    if value == 0:
        return "0"
    mantissa, _, power_of_ten = f"{value:.{digits - 1}e}".partition("e")
    exponent, mantissa = int(power_of_ten), _trimmed(mantissa)
    if -4 <= exponent < 6:
        text = _trimmed(f"{value:.{max(0, digits - 1 - exponent)}f}")
    else:
        text = {"1": "", "-1": "-"}.get(mantissa, f"{mantissa} × ") + power(exponent)
    return text.replace("-", "−")


def alike(*values: float, digits: int = 3) -> list[str]:
    """Numbers that are compared: with as many digits, and small ones with powers of ten if one is.

    >>> alike(0.0663, 0.067), alike(8.66e-8, 0.438)
    (['0.0663', '0.0670'], ['8.66 × 10⁻⁸', '0.438'])
    >>> alike(3.24e-4, 6.53e-3)
    ['3.24 × 10⁻⁴', '6.53 × 10⁻³']
    """
    texts = [f"{value:.{digits - 1}e}".partition("e") for value in values]
    exponents = [int(power_of_ten) for _, _, power_of_ten in texts]
    pairs = list(zip(values, exponents, strict=True))
    least = -3 if all(value == 0 or -3 <= e < 4 for value, e in pairs) else -2
    shown = [
        f"{value:.{max(0, digits - 1 - e)}f}" if least <= e < 4 else f"{mantissa} × {power(e)}"
        for (value, e), (mantissa, _, _) in zip(pairs, texts, strict=True)
    ]
    return [
        s.replace("-", "−") if value else number(0) for value, s in zip(values, shown, strict=True)
    ]


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: float) -> str:
    """A number of the file, in all its digits.

    >>> exact(693147.18), exact(-3.0)
    ('693147.18', '−3')
    """
    digits = next(d for d in range(1, 18) if float(f"{value:.{d}g}") == value)
    return number(value, digits)


def counted(count: int, noun: str = "step") -> str:
    """A number of things.

    >>> counted(1), counted(0), counted(159)
    ('1 step', '0 steps', '159 steps')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def tex_number(value: float, digits: int = 3) -> str:
    r"""The same in LaTeX.

    >>> tex_number(0.1), tex_number(1e12), tex_number(-2.5e-6)
    ('0.1', '10^{12}', '-2.5 \\cdot 10^{-6}')
    """
    text = number(value, digits).replace("−", "-").replace(" × ", r" \cdot ")
    return re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"^{{{found[0].translate(_PLAIN)}}}", text)


def power(exponent: int) -> str:
    """A power of ten, as in 10⁻³."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def threshold(value: float) -> str:
    """The threshold, as a power of ten where it is a small or a large one.

    >>> threshold(1e-3), threshold(0.02), threshold(100.0)
    ('10⁻³', '0.02', '100')
    """
    exponent = math.log10(value)
    is_power = abs(exponent - round(exponent)) < 1e-9 and abs(exponent) > 2.5
    return power(round(exponent)) if is_power else number(value)


def signed(value: float, unit: float = 1.0) -> str:
    """A coordinate for a counter: always a sign, three decimals as long as they say something.

    >>> signed(-3.928), signed(0.00001), signed(-4e-06, 1e-06), signed(-7.6391617e16)
    ('−3.928', '+0.000', '−4.000 × 10⁻⁶', '−7.639 × 10¹⁶')
    """
    if abs(value / unit) >= LONGEST_COUNT:
        return ("−" if value < 0 else "+") + number(abs(value), 4)
    text = f"{value / unit:+.3f}".replace("-0.000", "+0.000").replace("-", "−")
    return text if unit == 1.0 else f"{text} × {power(round(math.log10(unit)))}"


def counter_unit(size: float) -> float:
    """The unit of a counter of coordinates up to this size: 1, or a power of ten.

    >>> counter_unit(4.0), counter_unit(4e-06), counter_unit(2e5)
    (1.0, 1e-06, 100000.0)
    """
    exponent = math.floor(math.log10(size)) if size > 0 else 0
    return 1.0 if -2 <= exponent <= 3 else float(f"1e{exponent}")


def tick_texts(ticks: Sequence[float], most: int = 4) -> tuple[list[str], str]:
    """The numbers at an axis' ticks, in order, and what the axis' name says where they are short.

    Numbers of more than ``most`` digits are counted in a power of ten; those that differ only in
    their last digits are counted from the first of them.

    >>> tick_texts([-4.0, -2.0, 0.0]), tick_texts([1e-6, 1.5e-6])
    ((['−4', '−2', '0'], ''), (['1', '1.5'], ' × 10⁻⁶'))
    >>> tick_texts([123456.2, 123456.4])
    (['0', '0.2'], ' − 123456.2')
    """
    texts = [number(tick) for tick in ticks]
    short = all(sum(map(str.isdigit, text)) <= most and "×" not in text for text in texts)
    if short and len(set(texts)) == len(texts):
        return texts, ""
    apart = min(b - a for a, b in pairwise(ticks)) if len(ticks) > 1 else abs(ticks[0])
    largest = max(abs(tick) for tick in ticks)
    if largest > 1e3 * apart:
        shifted, note = tick_texts([tick - ticks[0] for tick in ticks])
        base = number(abs(ticks[0]), 15)
        return shifted, f"{note} {'+' if ticks[0] < 0 else '−'} {base}"
    exponent = math.floor(math.log10(largest) + 1e-9)
    return [number(tick / 10.0**exponent) for tick in ticks], f" × {power(exponent)}"


def factor(value: float) -> str:
    """A factor per step; one that only rounds to 1 is not 1.

    >>> factor(-0.8), factor(1.0), factor(1 - 1e-9)
    ('−0.8', '1', 'just under 1')
    """
    text = number(value)
    return text if text != "1" or value == 1 else f"just {'under' if value < 1 else 'over'} 1"


def bracketed(value: float) -> str:
    """A factor, a negative one in brackets.

    >>> bracketed(-0.8), bracketed(0.982)
    ('(−0.8)', '0.982')
    """
    return f"({factor(value)})" if value < 0 else factor(value)


def loss(value: float) -> str:
    """A loss for a counter: four decimals, or a power of ten where they say nothing.

    >>> loss(12.05), loss(0.108481), loss(0.00002)
    ('12.0500', '0.1085', '2.0 × 10⁻⁵')
    """
    if not math.isfinite(value):
        return "∞"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.4f}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × {power(int(exponent))}".replace("-", "−")


def beta(value: float) -> str:
    """β with two decimals, more where two would round it away.

    >>> beta(0.9), beta(0.995)
    ('0.90', '0.995')
    """
    return f"{value:.2f}" if abs(round(value, 2) - value) <= 1e-9 else number(value, 4)
