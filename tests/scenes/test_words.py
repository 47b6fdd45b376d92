"""All that is shown stands in scenes/words: chapters and what they are built of hold no words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import scenes

ROOT = Path(scenes.__file__).parent
# What Manim and our own mobjects are told by name, and the beats' names.
KEYWORDS = {
    *("Regular", "Semibold", "Bold", "baseline", "middle", "top", "bottom"),
    *("diverged", "stopped", "running", "converged", "gd", "ignore", "__main__"),
    *("bottom left", "gradient", "velocity", "gradient term", "velocity term"),
}
INFRASTRUCTURE = ("kit/text", "kit/formulas", "kit/stage.py", "kit/animations.py")
CHECKED = [
    path
    for path in (*ROOT.glob("*.py"), *(ROOT / "kit").rglob("*.py"))
    if path.name not in ("__init__.py", "look.py", "cache_folder.py")
    and not path.relative_to(ROOT).as_posix().startswith(INFRASTRUCTURE)
]


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of the strings in a module: not docstrings, messages of errors, beats' names."""
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            apart.add(body[0].value)
        if isinstance(node, ast.Raise):
            apart |= set(ast.walk(node))
        is_named = isinstance(node, ast.Call) and ast.unparse(node.func) in NAMING
        if is_named:
            apart.add(node.args[0])
            apart |= set(ast.walk(node.args[0])) if isinstance(node.args[0], ast.IfExp) else set()
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "chapter":
            apart.add(node.value)
        if isinstance(node, ast.Subscript):
            apart.add(node.slice)
        if isinstance(node, ast.AnnAssign):
            apart |= set(ast.walk(node.annotation))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in apart:
            yield node.lineno, node.value


# Calls whose first argument is a name of a beat or of a chapter.
NAMING = ("self.beat", "Beat", "_still", "Chapter", "TypeVar")


def words_in(source: str) -> list[str]:
    """The strings of a module that somebody could read on screen."""
    return [
        f"{line}: {text!r}"
        for line, text in literals(ast.parse(source))
        if text not in KEYWORDS and "\\" not in text and re.search(r"[^\W\d_]", text)
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}|1e", text)
    ]


@pytest.mark.parametrize("path", CHECKED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_holds_no_words_that_are_shown(path):
    assert words_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'Label("the way home", SMALL, ink)',
        'Label(f"step {step}", SMALL, ink)',
        'first_fitting(["a long name", "short"], SMALL, 1.0)',
        'name = "steps needed" if wide else "steps"',
        'Beat("rest", 2.0, "After all the order stands.")',
        'label.set_text(f"{name} = {value}, α")',
    ],
)
def test_a_word_in_a_chapter_is_noticed(line):
    assert words_in(line) != []


def test_names_of_beats_and_chapters_are_no_words():
    assert words_in('with self.beat("rest" if late is None else "bound"): pass') == []
    assert words_in('class A:\n    """Of words."""\n    chapter = "memory"\n') == []
