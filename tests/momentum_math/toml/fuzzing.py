"""Random experiment files: well-formed ones, noise, and damaged good ones.

    python -m tests.momentum_math.toml.fuzzing 30000 7

reads 30,000 files made from seed 7 and prints what became of them. Whatever a file holds, reading
it either gives an experiment that runs, or at most 21 clean lines that begin with its name.
"""

import collections
import json
import random
import sys
import tempfile
import time
import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from momentum_math import LANDSCAPES, OPTIMIZERS, ExperimentError, load_experiments, run, schema
from momentum_math.optimizers.own import Named, RuleLines
from momentum_math.optimizers.schedules import SCHEDULES, fitting
from momentum_math.parameters import REQUIRED, Choice, Flag, Kind, Number, Pair, parameters_of
from tests import oracles
from tests.examples import NAMED, landscape_named

SCHEMA = schema()
SLOWEST_SECONDS = 0.5
FORMULAS = (
    "x**2 + 10*y**2",
    "(1 - x)**2 + 5*(y - x**2)**2",
    "abs(x) + y**4",
    "log(1 + x**2) + y**2",
    "max(x**2, abs(y), 1e-3*x) + square(y)",
    "hypot(x, 2*y) - min(x, sign(y)*y, pow(x, 3))",
)
WILD_FORMULAS = (
    "x^2",
    "x.y",
    "eval('x')",
    "9**9**9*x",
    "log(x)",
    "np.log(x)",
    "floor(x) + y",
    "max(x)",
    "max(" * 60 + "x, y" + ")" * 60,
    "x*y",
    "1/0",
    "(" * 60,
    "y" * 400,
)
WILD_RULES: tuple[Any, ...] = (
    ["theta = theta - lr*g"],
    ["theta = g"],
    ["theta = theta - lr*g.real"],
    ["v = v", "theta = theta - lr*eval('g')*v"],
    ["theta = theta - lr*g**9**9**9"],
    ["g = theta", "theta = lr*g"],
    ["theta = theta - lr*" + "(" * 60 + "g" + ")" * 60],
    ["theta = theta - lr*g*9**t**t"],
    ["x1 = g; import os", "theta = theta - lr*x1"],
    ["theta = theta - lr*g"] * 3,
    [""],
    "theta = theta - lr*g",
    [["theta = theta - lr*g"]],
)
WILD = (
    *(0, -1, 1, True, False, 10**30, -(10**30), 2**63, 1e308, -1e308, 1e-308, 0.0, -0.0),
    *(
        "",
        "x",
        "a\nb",
        "\u202e",
        "é" * 300,
        "gd",
        "quadratic",
        [],
        [[]],
        [1, 2],
        [1, 2, 3],
        {},
        {"a": 1},
    ),
    *(float("nan"), float("inf"), float("-inf"), [float("nan"), 1.0], ["a", "b"], [True, False]),
)


def toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float):
        return repr(value) if value == value and abs(value) != float("inf") else str(value)
    return json.dumps(value) if isinstance(value, str) else str(value)


def document(values: dict[str, Any]) -> str:
    """A table as a TOML file, in the tables' usual form."""
    plain = [f"{k} = {toml(v)}" for k, v in values.items() if not isinstance(v, dict | list)]
    plain += [f"start = {toml(values['start'])}"] if "start" in values else []
    for key, value in values.items():
        if isinstance(value, dict):
            plain += [f"[{key}]", *(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items())]
        elif isinstance(value, list) and key != "start":
            for item in value:
                plain.append(f"[[{key}]]")
                if isinstance(item, dict):
                    plain += [f"{json.dumps(k)} = {toml(v)}" for k, v in item.items()]
    return "\n".join(plain) + "\n"


def within(kind: Kind, rng: random.Random) -> Any:
    """A value that a parameter's kind accepts, of a size that people write."""
    match kind:
        case Number(low=low, high=high):
            return rng.uniform(max(low, -100.0), min(high, 100.0) * 0.99) or 0.5
        case Pair(opposite_signs=opposite):
            first, second = (10.0 ** rng.uniform(-2.0, 2.0) for _ in range(2))
            return [first, -second if opposite else second]
        case Choice(options=options):
            return rng.choice(options)
        case Flag():
            return rng.random() < 0.5
        case RuleLines():
            return ["m = 0.5*m + g", "theta = theta - lr*(m + tanh(g))"]
        case Named(takes_text=takes_text):
            return {"m": rng.choice([1.0, "g"])} if takes_text else {}
    raise TypeError(kind)


def numbers(owner: type[Any], share: float, rng: random.Random) -> dict[str, Any]:
    """Values for the parameters of a landscape or an optimiser: what must be given, and a share."""
    return {
        one.key: within(one.kind, rng)
        for one in parameters_of(owner).values()
        if one.default is REQUIRED or rng.random() < share
    }


def schedule(start: float, rng: random.Random) -> dict[str, Any]:
    """A valid schedule of the learning rate, or one that only long runs can have."""
    name = rng.choice(tuple(fitting("lr")))
    given = {"start": start, "peak": 2.0 * start, "every": 5, "warmup": 7, "gamma": 0.9}
    return {"schedule": name} | {key: given[key] for key in needed(SCHEDULES[name])}


def needed(owner: type[Any]) -> list[str]:
    """The keys that must be given."""
    return [one.key for one in parameters_of(owner).values() if one.default is REQUIRED]


def contender(rng: random.Random) -> dict[str, Any]:
    """A valid contender."""
    name = rng.choice(tuple(OPTIMIZERS))
    values = {"optimizer": name} | numbers(OPTIMIZERS[name], 0.3, rng)
    values["lr"] = 10.0 ** rng.uniform(-4.0, 1.0)
    if values.get("bias_correction"):
        values.pop("first_step", None)
    if "beta" in values and rng.random() < 0.8:
        values["beta"] = rng.choice((0, 0.5, 0.9, 0.99))
    if rng.random() < 0.2:
        values["lr"] = schedule(values["lr"], rng)
    if rng.random() < 0.2:
        values["label"] = f"Runner {rng.random():.8f}"
    return values


def landscape(rng: random.Random) -> dict[str, Any]:
    """A valid landscape."""
    if rng.random() < 0.2:
        return {"formula": rng.choice(FORMULAS)}
    name = rng.choice(NAMED)
    return {"name": name} | numbers(LANDSCAPES[name], 0.6, rng)


def is_unbounded(table: dict[str, Any]) -> bool:
    """Whether a landscape is known to have no lowest loss."""
    return "name" in table and landscape_named(table["name"]).minimum is None


def valid(rng: random.Random) -> dict[str, Any]:
    """A valid experiment."""
    values: dict[str, Any] = {
        "start": [rng.uniform(-4.0, 4.0), rng.choice((0, 1, rng.uniform(-4.0, 4.0)))],
        "steps": rng.choice((1, 2, 10, 30, 60)),
        "landscape": landscape(rng),
        "contenders": [contender(rng) for _ in range(rng.choice((1, 1, 2, 3, 6)))],
    }
    for one in values["contenders"]:
        if values["steps"] < 30 and isinstance(one["lr"], dict) and "peak" in one["lr"]:
            one["lr"] = one["lr"]["start"]  # too short to rise and fall
    if rng.random() < 0.4:
        values["title"] = rng.choice(("A title", "β → 1", "x" * 120))
    if rng.random() < 0.3:
        values["noise"] = {"sigma": rng.uniform(0.01, 2.0), "seed": rng.randrange(2**40)}
    if rng.random() < 0.4:
        values["map"] = {"steps": 1, "window": [[-5.0, 5.0], [-4.5, 4.5]]}
    if rng.random() < 0.3 and not is_unbounded(values["landscape"]):
        values["threshold"] = 10.0 ** rng.uniform(-12.0, -9.0)
    changes = any(isinstance(one["lr"], dict) for one in values["contenders"])
    if rng.random() < 0.2 and len(values.get("title", "")) < 50 and not changes:
        values["sweep"] = sweep(rng)
    return values


def sweep(rng: random.Random) -> dict[str, Any]:
    """Lists of values that fit any valid experiment."""
    lists: dict[str, Any] = {
        "lr": [0.01, rng.uniform(0.1, 2.0)],
        "steps": rng.sample(range(1, 60), 3),
        "start": [[0.5, rng.uniform(-3.0, 3.0)], [1, 1]],
        "contenders": {"1": {"lr": [rng.uniform(0.1, 2.0)]}},
        "noise": {"sigma": [0.1, rng.uniform(0.2, 2.0)]},
    }
    return {key: lists[key] for key in rng.sample(tuple(lists), rng.choice((1, 1, 2)))}


def structured(rng: random.Random) -> bytes:
    """A valid experiment, most often with a few values or keys made wild."""
    values = valid(rng)
    for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
        places = [values, values["landscape"], *values["contenders"], values.get("map", {})]
        place = rng.choice([p for p in places if isinstance(p, dict)])
        action = rng.random()
        if action < 0.6 and place:
            key = rng.choice([k for k in place if k not in ("landscape", "contenders")] or ["x"])
            place[key] = rng.choice(WILD)
        elif action < 0.8:
            place[rng.choice(("betta", "colour", "lr", "formula", "name", "a b", "\u202e"))] = 1
        elif place and place is not values:
            place.pop(rng.choice(list(place)))
        elif rng.random() < 0.5:
            values["landscape"] = {"formula": rng.choice(WILD_FORMULAS)}
        else:
            rule = rng.choice(WILD_RULES)
            values["contenders"][0] = {"optimizer": "rule", "lr": 0.1, "rule": rule}
    return document(values).encode("utf-8", "replace")


def soup(rng: random.Random) -> bytes:
    """Raw bytes, or words that mean something to a parser in no order."""
    length = rng.choice((0, 1, 10, 100, 1000, 5000))
    if rng.random() < 0.4:
        return rng.randbytes(length)
    words = [
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        '"',
        "'",
        '"""',
        "#",
        "\n",
        "\n",
        "\n",
        "lr",
        "start",
        "1",
        "-0.5",
        "nan",
        "1e9",
        "true",
        "a",
        '"b"',
        "\\u12",
    ]
    words += [
        "contenders",
        "landscape",
        "\t",
        "\r\n",
        "0x" + "f" * 50,
        "1979-05-27",
        "\0",
        "[" * 40,
    ]
    return " ".join(rng.choice(words) for _ in range(length // 4)).encode()


def damaged(rng: random.Random) -> bytes:
    """A valid file with a few bytes or lines changed, moved, doubled or lost."""
    data = bytearray(document(valid(rng)).encode())
    for _ in range(rng.choice((1, 1, 1, 3))):
        a = rng.randrange(len(data) + 1)
        b = min(len(data), a + rng.choice((1, 1, 2, 8, 40)))
        action = rng.randrange(8)
        if action == 0:
            data[a:b] = b""
        elif action == 1:
            data[a:a] = bytes(
                rng.choice(b"0123456789.-+eE\"'[]{}=#\n xlrbetay") for _ in range(b - a)
            )
        elif action == 2:
            data[a:b] = rng.randbytes(b - a)
        elif action == 3:
            data[a:a] = data[a:b] * rng.choice((1, 2, 50))
        elif action == 4:
            data = data.replace(b"\n", b"  # remark\r\n", rng.randrange(9))
        elif action < 7:
            digits = [i for i, byte in enumerate(data) if chr(byte).isdigit()]
            data[rng.choice(digits or [0])] = rng.choice(b"0123456789")
        else:
            lines = bytes(data).split(b"\n")
            rng.shuffle(lines)
            data = bytearray(b"\n".join(lines))
    return bytes(data)


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "valid": lambda rng: document(valid(rng)).encode(),
    "structured": structured,
    "soup": soup,
    "damaged": damaged,
}


def check(data: bytes, path: Path) -> str:
    """Read one file; returns ``"accepted"`` or ``"rejected"``, raises AssertionError otherwise."""
    path.write_bytes(data)
    begun = time.process_time()
    try:
        series = load_experiments(path)
    except ExperimentError as error:
        assert time.process_time() - begun < SLOWEST_SECONDS, "slow to reject"
        check_lines(error.messages, path.name)
        return "rejected"
    assert oracles.fits_schema(tomllib.loads(data.decode("utf-8-sig")), SCHEMA), "not in schema"
    assert len({variant.name for variant in series}) == len(series), "a name twice"
    for variant in series:
        try:
            told = run(variant.experiment()).to_dict()
        except ExperimentError as error:  # only its run shows it
            assert len(series) > 1, "told too late"
            check_lines(error.messages, path.name)
            continue
        json.dumps(told, allow_nan=False)
        statuses = {one["status"] for one in told["contenders"]}
        assert statuses <= {"converged", "running", "diverged", "stopped"}
    return "accepted"


def check_lines(lines: tuple[str, ...], name: str) -> None:
    """Every message is one short, printable line that names the file."""
    assert 1 <= len(lines) <= 21, "no message, or too many"
    assert len(set(lines)) == len(lines), "a message twice"
    for line in lines:
        assert line.startswith(f"{name}: "), line
        assert line.isprintable(), line
        assert len(line) <= 240, line


def fuzz(count: int, seed: int, folder: Path) -> dict[str, collections.Counter[str]]:
    """Read ``count`` random files and count what became of each kind."""
    rng = random.Random(seed)
    path = folder / "fuzz.toml"
    fates: dict[str, collections.Counter[str]] = {k: collections.Counter() for k in KINDS}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in range(count):
            kind = tuple(KINDS)[i % len(KINDS)]
            data = KINDS[kind](rng)
            try:
                fates[kind][check(data, path)] += 1
            except Exception as error:
                raise AssertionError(f"seed {seed}, case {i} ({kind}): {data!r}") from error
    assert [file.name for file in folder.iterdir()] == [path.name]
    return fates


def main() -> None:
    """Run from the command line: how many cases, and the seed."""
    count, seed = (int(arg) for arg in (*sys.argv[1:], "30000", "1")[:2])
    with tempfile.TemporaryDirectory() as folder:
        fates = fuzz(count, seed, Path(folder))
    for kind, counter in fates.items():
        print(f"{kind}: {counter['accepted']} accepted, {counter['rejected']} rejected")
    print(f"{count} files, seed {seed}: each gave an experiment or clean lines")


if __name__ == "__main__":
    main()
