"""The recipes of CONTRIBUTING.md, each carried out in a copy of the tree as it is written there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### (.+)\n((?s:.*?))(?=^##|\Z)", TEXT, re.MULTILINE))
PLACE = re.compile(r"^(In|New file) `([^`]+)`", re.MULTILINE)
BLOCK = re.compile(r"^```(python|diff|sh)\n((?s:.*?))^```$", re.MULTILINE)
COMMANDS = {
    ".venv/bin/python": (sys.executable,),
    ".venv/bin/manim": (sys.executable, "-m", "manim"),
    ".venv/bin/momentum": (sys.executable, "-m", "momentum_film"),
    "make docs": (sys.executable, "docs/generate.py"),
}
"""What stands in for a command in a copy that has no environment of its own."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree as it is now: tracked and new files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def patched(text: str, patch: str) -> str:
    """A text with a patch that says where it belongs by what stands around it."""
    lines = patch.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"{text.count(before)} times:\n{before}"
    return text.replace(before, after)


def carry_out(recipe: str, tree: Path) -> list[str]:
    """Change the files of a copy as a recipe says; the commands that it ends with."""
    kind, place, commands = "", "", []
    for found in sorted(
        [*PLACE.finditer(recipe), *BLOCK.finditer(recipe)], key=lambda match: match.start()
    ):
        if found.re is PLACE:
            kind, place = found.groups()
            continue
        language, block = found.groups()
        file = tree / place
        if language == "sh":
            commands += block.splitlines()
        elif language == "diff":
            file.write_text(patched(file.read_text(encoding="utf-8"), block), encoding="utf-8")
        elif kind == "New file":
            assert not file.exists()
            file.write_text(block, encoding="utf-8")
        else:
            file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{block}", encoding="utf-8")
    return commands


def run(line: str, tree: Path) -> None:
    said = next(said for said in COMMANDS if line.startswith(said))
    command = [*COMMANDS[said], *shlex.split(line.removeprefix(said))]
    done = subprocess.run(
        command,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_it_is_written(name: str, copy: Path) -> None:
    commands = carry_out(RECIPES[name], copy)
    assert commands
    for line in commands:
        run(line, copy)
    changed = sorted({place for _, place in PLACE.findall(RECIPES[name])})
    lint = (sys.executable, "-m", "ruff")
    for what in (("check",), ("format", "--check")):
        done = subprocess.run([*lint, *what, *changed], cwd=copy, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_there_are_the_five_that_people_ask_for() -> None:
    wanted = {"A landscape", "An optimiser", "A chapter", "A format", "A theme"}
    assert wanted <= set(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_every_file_that_a_recipe_names_exists(name: str) -> None:
    new = {place for kind, place in PLACE.findall(RECIPES[name]) if kind == "New file"}
    named = set(re.findall(r"`([\w/.]+/[\w.]+\.\w+)`", RECIPES[name])) - new
    assert [path for path in named if not (ROOT / path).exists()] == []
