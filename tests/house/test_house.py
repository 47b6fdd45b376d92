"""The house's own rules: who imports whom, what is tracked, what is pinned, what is promised."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement

from scenes import CHAPTERS
from tests import ROOT

PACKAGES = ("momentum_math", "scenes", "momentum_film")
CHAPTER_MODULES = {place.split(":")[0] for place in CHAPTERS.values()}


def output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def tracked() -> list[str]:
    """Tracked and new files, as they are in the working tree."""
    listed = output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


# --- who imports whom ---------------------------------------------------------------------------
# The contracts are in pyproject.toml; what they cannot say is here.


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def lint_imports(where: Path) -> subprocess.CompletedProcess[str]:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", lint, "--no-logo", "--no-cache"],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(where)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_one_way() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("place", "line", "broken"),
    [
        ("momentum_math/types.py", "import scenes", "What is true"),
        ("momentum_film/plan/jobs.py", "import momentum_film.cut.mux", "What is handed over"),
        ("scenes/look.py", "import manim", "never loads Manim"),
        ("momentum_film/deliver/web/css.py", "import av", "Codecs"),
        ("momentum_math/types.py", "import momentum_math.contours", "no circles"),
    ],
)
def test_an_import_that_goes_the_other_way_is_found(
    place: str, line: str, broken: str, tmp_path: Path
) -> None:
    for package in (*PACKAGES, "benchmarks"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.svg"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / place).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert re.search(rf"{broken}.* BROKEN", done.stdout), done.stdout


def test_chapters_are_imported_by_nobody(graph: grimp.ImportGraph) -> None:
    importers = {name: graph.find_modules_that_directly_import(name) for name in CHAPTER_MODULES}
    assert set().union(*importers.values()) == set(), importers


def test_mathematics_needs_numpy_and_little_else(graph: grimp.ImportGraph) -> None:
    ours = graph.find_descendants("momentum_math") | {"momentum_math"}
    needed = set().union(*(graph.find_modules_directly_imported_by(name) for name in ours)) - ours
    assert needed - set(sys.stdlib_module_names) == {"numpy", "contourpy"}


def test_what_is_said_never_loads_manim(graph: grimp.ImportGraph) -> None:
    """Modules that import no Manim, not even on the way, and those that wait until it is needed."""
    loud = graph.find_downstream_modules("manim") | {"manim"}
    ours = {name for name in graph.modules if name.partition(".")[0] in PACKAGES}
    quiet = {name for name in ours - loud if not name.startswith("momentum_film.raster.")}
    assert {"scenes.storyboard", "scenes.look", "momentum_film.plan.plan"} <= quiet
    asked = ["sys", "momentum_film.cli.main", "momentum_film.render.schedule", *sorted(quiet)]
    code = f"import {', '.join(asked)}; print(*sys.modules)"
    assert "manim" not in output(sys.executable, "-c", code).split()


# --- settings -----------------------------------------------------------------------------------


def test_every_key_of_manim_cfg_is_one_of_manims_own() -> None:
    ours, theirs = configparser.ConfigParser(), configparser.ConfigParser(interpolation=None)
    ours.read(ROOT / "manim.cfg")
    theirs.read(Path(find_spec("manim").origin).parent / "_config" / "default.cfg")
    free = "video_encoder.options"  # options of the codec: any key
    unknown = [
        f"[{section}] {key}"
        for section in ours.sections()
        for key in ours[section]
        if section != free and not theirs.has_option(section, key)
    ]
    assert unknown == []
    assert ours["CLI"]["notify_outdated_version"] == "False"


# --- what is tracked ----------------------------------------------------------------------------

# Written in pieces, or this file would find itself.
INDEX = re.compile(
    r"(?:index-url|find-links|trusted-host)[ =]|pythonhost" + r"ed\.org|pypi\.o" + r"rg/simple"
    r"|registry\.npmj" + r"s|deb\.debi" + r"an\.org|--resol" + r"ved"
)
MACHINE = re.compile(r"(?<![\w.~:/-])/(?:home|root|Users|tmp|work|opt|mnt|farm|private)/\w")


def text(name: str) -> str:
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("pattern", [INDEX, MACHINE], ids=["package index", "machine path"])
def test_no_tracked_file_names_a(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}: {line.strip()[:80]}"
        for name in tracked()
        for line in text(name).splitlines()
        if pattern.search(line)
    ]
    assert found == []


def test_no_build_product_is_tracked() -> None:
    names = tracked()
    lock_files = {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock"}
    assert [name for name in names if Path(name).name in lock_files] == []
    products = (".pyc", ".mp4", ".otf", ".ttf", ".woff2", ".whl", ".log", ".aux", ".dvi")
    assert [name for name in names if name.endswith(products)] == []
    assert [name for name in names if (ROOT / name).stat().st_size > 1_000_000] == []


def test_ruff_has_nothing_to_say() -> None:
    for command in (["check", "--output-format=concise"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_modules_and_folders_stay_small() -> None:
    code = [
        Path(n) for n in tracked() if n.startswith((*PACKAGES, "benchmarks")) and n.endswith(".py")
    ]
    long = {str(path): count for path in code if (count := text(path).count("\n")) > 400}
    assert long == {}
    tests = [Path(n) for n in tracked() if n.startswith("tests/") and n.endswith(".py")]
    beside = Counter(path.parent for path in code + tests if path.name != "__init__.py")
    assert {str(folder): count for folder, count in beside.items() if count > 12} == {}


# --- what is pinned -----------------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENT_FILES = ("requirements.txt", "tests/requirements.txt")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def pinned(name: str) -> list[tuple[Requirement, int]]:
    """Each requirement of a file with the number of its hashes."""
    blocks = re.sub(r"\\\n\s*", " ", text(name)).splitlines()
    lines = [block for block in blocks if block and not block.startswith(("#", "-r "))]
    return [
        (Requirement(line.partition(" --hash")[0]), line.count("--hash=sha256:")) for line in lines
    ]


@pytest.mark.parametrize("name", REQUIREMENT_FILES)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    for requirement, hashes in pinned(name):
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], requirement
        assert hashes > 0, requirement


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("group", ["project", "build", "test"])
def test_the_pins_are_in_step_with_pyproject(group: str, python: str) -> None:
    groups = PROJECT["dependency-groups"]
    wanted = PROJECT["project"]["dependencies"] if group == "project" else groups[group]
    file = "tests/requirements.txt" if group == "test" else "requirements.txt"
    where = {"python_version": python, "python_full_version": f"{python}.9"}
    pins = {
        pin.name: next(iter(pin.specifier)).version
        for pin, _ in pinned(file)
        if pin.marker is None or pin.marker.evaluate(where)
    }
    for requirement in map(Requirement, wanted):
        assert pins[requirement.name] in requirement.specifier, requirement


def test_the_build_needs_what_is_pinned_for_it() -> None:
    assert PROJECT["build-system"]["requires"] == PROJECT["dependency-groups"]["build"]


def test_both_files_agree_where_they_overlap() -> None:
    base, more = (
        {(pin.name, str(pin.marker)): str(pin.specifier) for pin, _ in pinned(name)}
        for name in REQUIREMENT_FILES
    )
    assert all(base[key] == more[key] for key in base.keys() & more.keys())


# --- what is promised ---------------------------------------------------------------------------


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_every_make_command_of_a_document_exists(document: str) -> None:
    commands = re.findall(r"(?:`|^\s*|&& )make ([a-z]+)", text(document), re.MULTILINE)
    assert commands
    assert set(commands) <= make_targets()


def test_make_alone_lists_the_targets() -> None:
    printed = output("make")
    listed = re.findall(r"^make ([a-z]+) +\w", printed, re.MULTILINE)
    assert set(listed) == make_targets() >= {"render", "draft", "test", "lint", "tex", "doctor"}


def test_the_readme_begins_with_make_render() -> None:
    first = re.search(r"^\s*(make \w+)", text("README.md"), re.MULTILINE)
    assert first is not None and first[1] == "make render"


@pytest.mark.parametrize(("lint", "tests"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_ci_lints_and_then_ends_with_the_readmes_test_command(
    lint: int, tests: int, tmp_path: Path
) -> None:
    """Whatever the one finds, the other is run; both must be content."""
    make = tmp_path / "make"
    make.write_text(f"#!/bin/sh\necho make $1\n[ $1 = lint ] && exit {lint}\nexit {tests}\n")
    make.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / ".ci" / "run"], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["make lint", "make test"]
    assert (done.returncode == 0) == (lint == tests == 0)
    assert "make test" in text("README.md")


def test_the_changelog_is_about_this_version() -> None:
    newest = re.search(r"^## (\S+)", text("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None and newest[1] == PROJECT["project"]["version"]


def test_the_citation_is_of_this_version_and_license() -> None:
    said = dict(re.findall(r"^(version|license|title): \"?([^\"\n]+)", text("CITATION.cff"), re.M))
    assert said["version"] == PROJECT["project"]["version"]
    assert said["license"] == PROJECT["project"]["license"]


def test_the_command_is_momentum_and_the_distribution_momentum_film() -> None:
    """On the index, ``momentum`` is another project."""
    assert PROJECT["project"]["name"] == "momentum-film"
    assert PROJECT["project"]["scripts"] == {"momentum": "momentum_film.cli.main:run"}


def test_the_workflow_runs_ci_and_what_exists_on_three_systems() -> None:
    workflow = text(".github/workflows/tests.yml")
    assert "system: [ubuntu-latest, macos-latest, windows-latest]" in workflow
    assert re.search(r"if: runner.os == 'Linux'\n +run: \.ci/run$", workflow, re.M)
    tests = re.findall(r"^ +(tests/\S+\.py)$", workflow, re.M)
    assert tests and [name for name in tests if not (ROOT / name).is_file()] == []
    assert "make lint" in text(".pre-commit-config.yaml")
