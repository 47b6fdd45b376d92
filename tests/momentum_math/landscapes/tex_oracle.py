r"""A small reader of LaTeX that knows nothing of how ours is made: source in, value out.

It reads by the rules of print: powers before products side by side, products before sums, a
fraction's parts by themselves. It reads nothing that a reader could take in two ways: no sign after
a sign, no digit right after a digit's product, no power of a bare power.
"""

from __future__ import annotations

import re

import numpy as np

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\S")
_NAMED = {
    r"\sin": np.sin,
    r"\cos": np.cos,
    r"\tan": np.tan,
    r"\sinh": np.sinh,
    r"\cosh": np.cosh,
    r"\tanh": np.tanh,
    r"\arcsin": np.arcsin,
    r"\arccos": np.arccos,
    r"\arctan": np.arctan,
    r"\ln": np.log,
    r"\exp": np.exp,
    r"\max": lambda *values: np.max(np.stack(np.broadcast_arrays(*values)), axis=0),
    r"\min": lambda *values: np.min(np.stack(np.broadcast_arrays(*values)), axis=0),
}
_OPERATORS = {
    "sign": np.sign,
    "arsinh": np.arcsinh,
    "arcosh": np.arccosh,
    "artanh": np.arctanh,
}


class Reader:
    """Reads one formula; ``theta`` holds what stands for theta_1 and theta_2."""

    def __init__(self, tex: str, theta: tuple[np.ndarray, np.ndarray]) -> None:
        self.tokens = [token for token in _TOKEN.findall(tex) if token != r"\,"]
        self.theta = theta

    def read(self) -> np.ndarray:
        """The formula's value."""
        value = self.sum()
        assert not self.tokens, f"left over: {self.tokens}"
        return value

    def sees(self, *tokens: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in tokens

    def take(self, token: str | None = None) -> str:
        assert self.tokens and token in (None, self.tokens[0]), f"{token} before {self.tokens}"
        return self.tokens.pop(0)

    def sum(self) -> np.ndarray:
        if self.sees("-"):
            self.take()
            value = -self.product()
        else:
            value = self.product()
        while self.sees("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> np.ndarray:
        (value, digit), slash = self.power(), False
        while self.tokens and not self.sees("+", "-", ")", "}", r"\right", r"\bigr", ",", "|"):
            assert not slash, "a factor after a stroke can be read in two ways"
            dotted, slash = self.sees(r"\cdot"), self.sees("/")
            if dotted or slash:
                self.take()
            assert dotted or slash or not (digit and self.begins_with_digit())
            factor, digit = self.power()
            value = value / factor if slash else value * factor
        return value

    def power(self) -> tuple[np.ndarray, bool]:
        """A factor with its exponent, and whether it is a bare number."""
        bare = self.tokens[0][0].isdigit()
        value = self.atom()
        if self.sees("^"):
            self.take()
            return value ** self.group(), False
        return value, bare

    def begins_with_digit(self) -> bool:
        """Whether a factor comes that would make one number with a digit before it."""
        return self.tokens[0][0].isdigit() or self.sees(r"\frac")

    def group(self) -> np.ndarray:
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def brackets(self) -> list[np.ndarray]:
        """The values in brackets, parted by commas."""
        end = {r"\left": r"\right", r"\bigl": r"\bigr"}.get(self.tokens[0])
        if end:
            self.take()
        self.take("(")
        values = [self.sum()]
        while self.sees(","):
            self.take()
            values.append(self.sum())
        if end:
            self.take(end)
        self.take(")")
        return values

    def atom(self) -> np.ndarray:
        token = self.tokens[0]
        if token[0].isdigit():
            return np.float64(self.take())
        if token in ("(", r"\bigl") or self.tokens[:2] == [r"\left", "("]:
            [value] = self.brackets()
            return value
        self.take()
        match token:
            case r"\theta":
                self.take("_")
                return self.theta[int(self.take()) - 1]
            case r"\pi":
                return np.float64(np.pi)
            case "e":
                return np.float64(np.e)
            case r"\frac":
                return self.group() / self.group()
            case r"\sqrt":
                return np.sqrt(self.group())
            case r"\left":
                return self.bars()
            case r"\arctan" if self.sees("_"):
                self.take("_")
                assert self.group() == 2
                return np.arctan2(*self.brackets())
            case r"\log":
                self.take("_")
                base = self.group()
                return np.log(self.brackets()[0]) / np.log(base)
            case r"\operatorname":
                name = "".join(iter(self.take, "}")).lstrip("{")
                return _OPERATORS[name](*self.brackets())
        return self.function(_NAMED[token])

    def function(self, function) -> np.ndarray:
        if not self.sees("^"):
            return function(*self.brackets())
        self.take()
        exponent = self.group()
        return function(*self.brackets()) ** exponent

    def bars(self) -> np.ndarray:
        self.take("|")
        value = self.sum()
        self.take(r"\right")
        self.take("|")
        return np.abs(value)
