"""Random rules: written by the grammar, of hostile words, and good ones that are damaged.

    python -m tests.momentum_math.optimizers.fuzzing 30000 7

reads 30,000 rules made from seed 7 and prints what became of them. Whatever a rule says, it either
makes a run whose every number is finite, or one clean line that names file, contender and key.
"""

import json
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from momentum_math import ExperimentError, read_experiment, run
from momentum_math.expressions.functions import FUNCTIONS, INSTEAD, SAME, SHORTHANDS

STEPS, SLOWEST_SECONDS = 12, 0.5
NAMES = ("v", "s", "m", "vhat", "v_max", "w2", "beta")
READABLE = ("g", "g", "theta", "t", "lr", "pi", "e", "mu")
GOOD: tuple[tuple[str, ...], ...] = (
    ("theta = theta - lr*g",),
    ("v = 0.9*v + g", "theta = theta - lr*sign(v)"),
    ("v = mu*v + (1 - mu)*g", "theta = theta - lr*v/(1 - mu**t)"),
    ("s = s + g**2", "theta = theta - lr*g/(sqrt(s) + 1e-8)"),
    ("c = 0.9*m + 0.1*g", "theta = theta - lr*(sign(c) + 0.1*theta)", "m = 0.99*m + 0.01*g"),
)
HOSTILE = (
    *("__import__('os').system('true')", "g.__class__", "().__class__.__base__", "g[0]", "theta.T"),
    *("[g for g in theta]", "{g}", "lambda: g", "(g := 1)", "f'{g}'", "'g'*9**9", "g if t else 1"),
    *("9**9**9**9", "9**t**t", "2**2**t", "g**t", "g**-99", "1e999*g", "1/0", "log(0)", "sqrt(-1)"),
    *("exp(exp(exp(99*t)))", "tan(g)**16", "0*log(0*g)", "g/(t - 1)", "lr/(lr - 0.1)", "acosh(g)"),
    *("max(g)", "sin()", "open(g)", "exec(g)", "print(g)", "np.sign(g)", "torch.nn", "relu(g)"),
    *(
        "g;g",
        "g\\n",
        "g # v",
        "g, g",
        "*g",
        "**g",
        "g == v",
        "g < v",
        "not g",
        "~g",
        "g @ g",
        "g % 2",
    ),
    *("0x10*g", "1_0*g", "1j*g", "True*g", "None", "...", "\u202eg", "g\u00b2", "\u03b8", "\0", ""),
)
LEFT = (
    *NAMES,
    *("theta", "g", "t", "lr", "pi", "sin", "pow", "mu", "if", "lambda", "None", "_x", "__name__"),
    *(
        "x.y",
        "x[0]",
        "x, y",
        "theta -",
        "a b",
        "",
        "1",
        "v" * 40,
        "\u03b8",
        "theta1",
        "alpha",
        "v_1",
    ),
)


def expression(rng: random.Random, depth: int, names: Sequence[str]) -> str:
    """An expression in some names by the grammar, now and then with a hostile part."""
    kind = rng.random()
    if rng.random() < 0.01:
        return rng.choice(HOSTILE)
    if depth == 0 or kind < 0.25:
        return rng.choice((*READABLE, *names, f"{rng.uniform(-3, 3):.3g}", str(rng.randint(0, 20))))
    if kind < 0.65:
        sign = rng.choice(("+", "-", "*", "/", "**", "*", "+"))
        return f"({expression(rng, depth - 1, names)} {sign} {expression(rng, depth - 1, names)})"
    if kind < 0.75:
        return f"-{expression(rng, depth - 1, names)}"
    name = rng.choice((*FUNCTIONS, *SAME, *SHORTHANDS, *tuple(INSTEAD)[:4]))
    count = 2 if rng.random() < 0.15 else 1
    return f"{name}({', '.join(expression(rng, depth - 1, names) for _ in range(count))})"


def written(rng: random.Random) -> dict[str, Any]:
    """A rule by the grammar."""
    names = rng.sample(NAMES, rng.choice((0, 1, 1, 2, 3, 7)))
    lines = [f"{name} = {expression(rng, rng.randint(0, 3), names)}" for name in names]
    free = expression(rng, 3, names)
    step = rng.choice((f"lr*{free}", f"lr*({free} + g)", "lr*g"))
    return {"rule": [*lines, f"theta = theta - {step}"]}


def hostile(rng: random.Random) -> dict[str, Any]:
    """A rule of hostile words, or no rule at all."""
    if rng.random() < 0.15:
        junk = ["theta", 1, 0.5, True, [], [1], [[]], {"a": 1}, ["theta = theta - lr*g", 2], [""]]
        return {"rule": rng.choice(junk)}
    lines = [f"{rng.choice(LEFT)} = {rng.choice(HOSTILE)}" for _ in range(rng.randint(0, 3))]
    end = f"theta = theta - lr*{rng.choice((*HOSTILE, 'g', 'g'))}"
    deep = rng.choice(
        ("(" * 90 + "g" + ")" * 90, "-" * 200 + "g", "+".join("g" * 400), "abs(" * 60)
    )
    lines += [f"theta = theta - lr*{deep}"] if rng.random() < 0.1 else [end]
    return {"rule": lines}


def damaged(rng: random.Random) -> dict[str, Any]:
    """A good rule with a few characters changed, moved, doubled or lost."""
    lines = list(rng.choice(GOOD))
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        i = rng.randrange(len(lines))
        a = rng.randrange(len(lines[i]) + 1)
        b = min(len(lines[i]), a + rng.choice((1, 1, 3)))
        new = rng.choice(("", "", lines[i][a:b] * 2, *"()*+-/=,.0129gvtls_ ", "theta", "\u03b1"))
        lines[i] = lines[i][:a] + new + lines[i][b:]
    if rng.random() < 0.1:
        rng.shuffle(lines)
    return {"rule": lines}


KINDS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "written": written,
    "hostile": hostile,
    "damaged": damaged,
}


def tables(rng: random.Random, rule: Any) -> dict[str, Any]:
    """The tables ``const`` and ``state``, most often as a rule needs them."""
    values: dict[str, Any] = {}
    if "mu" in str(rule) or rng.random() < 0.05:
        values["const"] = {"mu": rng.choice((0.5, 0.9, 0.0, 1.0, -2, 1e6))}
    if rng.random() < 0.15:
        name = rng.choice(LEFT)
        values[rng.choice(("state", "const"))] = {
            name: rng.choice((1.0, "g", "theta + g", rng.choice(HOSTILE), True, [], 1e300))
        }
    return values


def check(contender: dict[str, Any]) -> str:
    """Read and run one rule; ``"accepted"`` or ``"rejected"``, AssertionError otherwise."""
    values = {
        "start": [-1.2, 1.0],
        "steps": STEPS,
        "landscape": {"name": "rosenbrock"},
        "contenders": [{"optimizer": "rule", "lr": 0.1} | contender],
    }
    begun = time.process_time()
    try:
        (one,) = run(read_experiment(values, "rule.toml")).runs
    except ExperimentError as error:
        assert time.process_time() - begun < SLOWEST_SECONDS, "slow to reject"
        for line in error.messages:
            assert line.startswith("rule.toml: contender 1: "), line
            assert line.isprintable() and len(line) <= 240, line
        return "rejected"
    assert time.process_time() - begun < SLOWEST_SECONDS, "slow"
    json.dumps(one.to_dict(), allow_nan=False)
    path = one.trajectory
    assert all(np.isfinite(each).all() for each in (path.points, path.gradients, path.velocities))
    optimizer = one.contender.optimizer
    form = optimizer.recurrence(0.5)
    assert form is None or np.isfinite((form.trace, form.determinant, form.first)).all()
    for line in optimizer.tex:
        assert line.isascii() and line.count("{") == line.count("}"), line
    return "accepted"


def fuzz(count: int, seed: int) -> dict[str, Counter[str]]:
    """Read ``count`` random rules and count what became of each kind."""
    rng = random.Random(seed)
    fates: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in range(count):
            kind = tuple(KINDS)[i % len(KINDS)]
            contender = KINDS[kind](rng)
            contender |= tables(rng, contender["rule"])
            try:
                fates[kind][check(contender)] += 1
            except Exception as error:
                raise AssertionError(f"seed {seed}, case {i} ({kind}): {contender!r}") from error
    return fates


if __name__ == "__main__":
    COUNT, SEED = (int(arg) for arg in (*sys.argv[1:], "30000", "1")[:2])
    for kind, counter in fuzz(COUNT, SEED).items():
        print(f"{kind}: {counter['accepted']} accepted, {counter['rejected']} rejected")
    print(f"{COUNT} rules, seed {SEED}: each gave a run of finite numbers or clean lines")
