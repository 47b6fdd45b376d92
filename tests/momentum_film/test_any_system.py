"""A film is made where there is nothing but what every system has: no fork, no POSIX modules."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from momentum_film.engines.base import cores
from momentum_film.engines.processes import START_VARIABLE, STARTS, WARM, Processes
from momentum_film.errors import RequestError
from tests import ROOT

SHIPPED = ("momentum_math", "scenes", "momentum_film")
POSIX_ALONE = ("fcntl", "resource", "pwd", "grp", "termios")
# Python runs this module, if there is one, before anything else: here, and in every worker.
BEFORE_ALL = f"""
import os, sys
for name in {POSIX_ALONE}:
    sys.modules[name] = None
for name in ("fork", "forkpty", "sched_getaffinity", "sched_setaffinity", "getuid", "geteuid"):
    delattr(os, name)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """The environment of a system without what is POSIX's alone, where workers are spawned."""
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "sitecustomize.py").write_text(BEFORE_ALL, encoding="utf-8")
    places = (str(tmp_path / "before"), str(ROOT))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places), START_VARIABLE: "spawn"}


def run(*words: str, where: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("module", POSIX_ALONE)
def test_the_system_of_these_tests_lacks_what_it_should(
    module: str, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    done = run("-c", f"import {module}", where=tmp_path, environment=elsewhere)
    assert f"import of {module} halted" in done.stderr


def test_a_chapter_is_rendered_there(elsewhere: dict[str, str], tmp_path: Path) -> None:
    """The same bytes as here, through the lock, the cache, and spawned workers."""
    words = ("-m", "momentum_film", "render", str(ROOT / "experiments" / "momentum.toml"))
    words += ("--quality", "draft", "--only", "zigzag", "--no-gif", "--workers", "2")
    there, here = tmp_path / "there", tmp_path / "here"
    for place, environment in ((there, elsewhere), (here, {**os.environ, "PYTHONPATH": str(ROOT)})):
        place.mkdir()
        settings = {**environment, "MOMENTUM_CACHE": str(place / "kept")}
        done = run(*words, "--out", "film", where=place, environment=settings)
        assert done.returncode == 0, done.stderr
    made = {path.name: path.read_bytes() for path in (there / "film").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (here / "film").iterdir()}
    assert set(made) == {"momentum.mp4", "momentum.png", "manifest.json"}
    assert json.loads(made["manifest.json"])["chapters"][0]["name"] == "zigzag"


def _started_by(_job: int, _report: object) -> str:
    import multiprocessing

    return type(multiprocessing.current_process()).__name__


@pytest.mark.parametrize(
    ("start", "kind"), [("spawn", "SpawnProcess"), ("forkserver", "ForkServerProcess")]
)
def test_workers_start_as_asked(start: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(START_VARIABLE, start)
    with Processes(1) as engine:
        engine.prepare()
        assert engine.submit(_started_by, 1, print).result() == kind


def test_no_other_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(START_VARIABLE, "vfork")
    with pytest.raises(RequestError, match="by 'vfork'; there is forkserver, spawn"):
        Processes()
    assert STARTS == ("forkserver", "spawn")


def test_cores_can_be_counted_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == os.cpu_count()


def test_every_name_of_other_systems_is_known_to_mypy() -> None:
    """Nothing is called that Windows or macOS lack; what each has is written down in typeshed."""
    folders = [f"momentum_film/{name}" for name in ("engines", "store", "cli/interrupts.py")]
    for system in ("win32", "darwin"):
        options = ("--platform", system, "--follow-imports=silent", "--ignore-missing-imports")
        done = run("-m", "mypy", *options, *folders, where=ROOT, environment=dict(os.environ))
        assert done.returncode == 0, done.stdout


# --- names of modules, kept as strings ----------------------------------------------------------

NAME = re.compile(rf"(?:{'|'.join((*SHIPPED, 'benchmarks'))})(?:\.\w+)+(?::\w+)?")


def modules_in_strings() -> Iterator[tuple[str, str]]:
    """(file, name) of every string that is a module's name, with or without what is in it."""
    for package in (*SHIPPED, "benchmarks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and NAME.fullmatch(node.value)
                    and not node.value.endswith(".js")
                ):
                    yield path.relative_to(ROOT).as_posix(), node.value


def test_every_module_named_in_a_string_is_there() -> None:
    found = list(modules_in_strings())
    assert {name for _, name in found} >= set(WARM)
    missing = [(file, name) for file, name in found if find_spec(name.partition(":")[0]) is None]
    assert missing == []


@pytest.mark.parametrize("module", WARM)
def test_what_workers_are_forked_with_can_be_imported(module: str, tmp_path: Path) -> None:
    """A fork server says nothing of a module that it cannot import: workers would only be slow."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run("-c", f"import {module}", where=tmp_path, environment=environment)
    assert done.returncode == 0, done.stderr
