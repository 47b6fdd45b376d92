"""A landscape or a method is one entry: what there is of it beside follows from that."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from momentum_math import LANDSCAPES, OPTIMIZERS
from tests import ROOT

PACKAGES = ("momentum_math", "scenes", "momentum_film", "benchmarks")
KINDS = (".py", ".js", ".html", ".css")
MEMBERS = {**LANDSCAPES, **OPTIMIZERS}
ENGLISH = ("saddle", "formula", "rule")
"""Names that are also plain words: of these only the class is looked for."""

ELSEWHERE = {
    "quadratic": {
        "momentum_math/contours.py": "its contours are ellipses, in closed form",
        "momentum_math/theory.py": "the theory of linear recurrences holds for it alone",
        "momentum_math/story/basin.py": "its curvatures are given, not derived",
        "momentum_math/story/late_arrival.py": "its late dips have a bound",
        "momentum_math/story/story.py": "what is said of eigen-directions holds for it alone",
    },
    "saddle": {"scenes/words/runs.py": "a line begins with these words"},
    "formula": {
        "momentum_math/__init__.py": "public: somebody's own landscape from Python",
        "momentum_math/toml/build.py": "its lowest point is searched for",
        "momentum_math/toml/format.py": "a table with `formula` needs no name",
        "scenes/kit/formulas/shipped.py": "its typesetting is not shipped",
        "scenes/words/names.py": "it has no name to be called by",
        "momentum_film/cli/experiments.py": "it is typeset here, which is said",
        "momentum_film/studio/beginnings.py": "the studio's form begins with an example",
    },
    "gd": {
        "momentum_math/toml/build.py": "the baseline, where there is one and none is named",
        "momentum_math/story/story.py": "the zigzag is told of steps without memory",
        "scenes/words/names.py": "it is called plain",
        "scenes/words/rules.py": "the rule without a memory, from which the others grow",
        "scenes/words/labels.py": "its arrow is the gradient's",
        "scenes/kit/formulas/shipped.py": "what any film needs is typeset with it",
        "momentum_film/deliver/web/companion.py": "it is the slider's beta = 0",
        "benchmarks/growth.py": "a contender to measure with",
    },
    "ema-momentum": {
        "momentum_film/deliver/web/companion.py": "what the slider starts with, where none is",
        "benchmarks/growth.py": "a contender to measure with",
    },
    "nesterov": {"momentum_math/optimizers/schedules.py": "a schedule has the same name"},
    "adam": {"momentum_math/data/recording.py": "a file that is called so, as an example"},
    "signum": {"momentum_math/expressions/functions.py": "the function `sign` is also called so"},
    "rule": {
        "momentum_math/optimizers/own.py": "the step of equal rules is made once",
        "momentum_math/story/story.py": "others that remember are told of first",
        "scenes/kit/formulas/shipped.py": "its typesetting is not shipped",
        "scenes/words/board.py": "it is called somebody's own",
        "scenes/words/captions.py": "it is called somebody's own",
        "scenes/words/rules.py": "its numbers are listed beside it",
        "scenes/words/runs.py": "it is called somebody's own",
        "momentum_film/cli/experiments.py": "it is typeset here, which is said",
        "momentum_film/studio/beginnings.py": "the studio's form begins with an example",
    },
}
"""Where a member is named beside its entry, and why that cannot follow from the entry."""


def said(code: str) -> Iterator[str]:
    """The names and texts in Python code, but for docstrings."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                docstring.value = None
            case ast.Constant(value=str(text)) | ast.Name(id=text):
                yield text
            case ast.Attribute(attr=text) | ast.alias(name=text):
                yield text


@cache
def sources() -> dict[str, str]:
    """File -> what its code says; the entries themselves are left out."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*")]
    texts = {}
    for path in (*files, ROOT / "docs/generate.py"):
        if path.suffix in KINDS:
            text = path.read_text(encoding="utf-8")
            for entry in MEMBERS.values():
                if Path(inspect.getfile(entry)) == path:
                    text = text.replace(inspect.getsource(entry), "")
            texts[path.relative_to(ROOT).as_posix()] = (
                "\n".join(said(text)) if path.suffix == ".py" else text
            )
    return texts


@pytest.mark.parametrize("name", MEMBERS)
def test_nothing_names_a_member_but_its_entry(name: str) -> None:
    cls = MEMBERS[name].__name__
    words = {cls} if name in ENGLISH else {cls, name, name.replace("-", "_")}
    named = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, words))})(?![\w-])")
    naming = {file for file, text in sources().items() if named.search(text)}
    assert naming == set(ELSEWHERE.get(name, {}))


def test_there_is_something_to_look_through() -> None:
    assert len(sources()) > 150
    assert set(ELSEWHERE) | set(ENGLISH) < set(MEMBERS)
    assert "AbsValley" not in sources()["momentum_math/landscapes/edges.py"]
    assert "OUTER_HUMP" in sources()["momentum_math/landscapes/several_minima.py"]
