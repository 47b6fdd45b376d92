"""The house's own rules: who imports whom, what is tracked, what is pinned, what is promised."""

from __future__ import annotations

import ast
import configparser
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scenes import CHAPTERS

ROOT = Path(__file__).parent.parent
PACKAGES = ("momentum_math", "scenes", "film")
CHAPTER_MODULES = {place.split(":")[0] for place in CHAPTERS.values()}


def output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def tracked() -> list[str]:
    """Tracked and new files, as they are in the working tree."""
    listed = output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


# --- who imports whom ---------------------------------------------------------------------------


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
}


def imports(name: str) -> set[str]:
    """Modules that a module imports anywhere in its text, without the standard library's."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            modules = {f"{node.module}.{alias.name}" for alias in node.names} & set(MODULES)
            found |= modules or {str(node.module)}
    return {module for module in found if module.split(".")[0] not in sys.stdlib_module_names}


def within(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


# module or package -> what it may import besides the standard library; the longest name counts
MAY_IMPORT = {
    "momentum_math": ("momentum_math", "numpy"),
    "momentum_math.contours": ("momentum_math", "numpy", "contourpy"),
    "momentum_math.landscapes.formula_slopes": ("momentum_math", "numpy", "sympy"),
    "scenes": ("scenes", "momentum_math", "numpy", "manim"),
    "scenes.kit.text.lettering": (
        "scenes.kit.text.fonts",
        "scenes.kit.text.scripts",
        "fontTools",
        "uharfbuzz",
    ),
    "scenes.kit.text.lines": (
        *("scenes.kit.text.fonts", "scenes.kit.text.lettering", "scenes.kit.text.scripts"),
        *("numpy", "uharfbuzz"),
    ),
    "scenes.kit.formulas.outlines": (
        "scenes.kit.formulas.latex",
        "scenes.kit.places",
        "numpy",
        "svgelements",
    ),
    "scenes.storyboard": ("momentum_math", "scenes.words", "scenes.kit.pace"),
    "scenes.words": ("momentum_math", "scenes.words", "numpy"),
    "scenes.look": (),
    "scenes.kit.markers": (),
    "scenes.kit.places": (),
    "scenes.kit.text.fonts": (),
    "scenes.kit.text.scripts": ("fpdf",),
    "scenes.kit.formulas.latex": (),
    "film": ("film", "momentum_math", "scenes.storyboard", "scenes.look", "scenes.kit.places"),
    "momentum_film.store.cache": (
        "momentum_film.store.files",
        "momentum_film.plan.jobs",
        "scenes.kit.places",
    ),
    "momentum_film.cli.main": (
        "film",
        "momentum_math",
        "scenes.kit.places",
        "scenes.words",
        "click",
    ),
    "momentum_film.cli": ("film", "momentum_math", "click", "rich"),
    "momentum_film.cli.options": ("film", "momentum_math", "click", "rich"),
    "momentum_film.faults": (
        "momentum_film.errors",
        "momentum_film.store.files",
        "scenes.kit.text.fonts",
        "scenes.kit.places",
        "scenes.kit.formulas.latex",
    ),
    "momentum_film.store.files": ("scenes.kit.places",),
    "momentum_film.cli.speech": ("momentum_film.errors", "rich"),
    "benchmarks": ("film", "momentum_math", "scenes", "rich", "av", "numpy"),
    "benchmarks.__main__": ("film", "manim"),
    "momentum_film.plan.drawable": (
        "momentum_math",
        "scenes.kit.text.fonts",
        "scenes.kit.text.lettering",
    ),
    "momentum_film.render.progress": ("rich",),
    "momentum_film.cli.doctor": (
        "scenes.kit.formulas.latex",
        "scenes.kit.text.fonts",
        "scenes.kit.places",
    ),
    "momentum_film.plan.fingerprint": ("momentum_film.plan.jobs", "scenes", "av", "cairo"),
    "momentum_film.engines": ("momentum_film.engines.dask", "momentum_film.errors"),
    "momentum_film.engines.dask": (
        "momentum_film.engines",
        "momentum_film.errors",
        "dask",
        "distributed",
    ),
    "momentum_film.render.chapter": (
        *(
            "momentum_film.plan.jobs",
            "momentum_film.render.gif",
            "momentum_film.raster",
            "momentum_film.raster.samples",
            "momentum_math",
            "scenes",
        ),
        *("manim", "numpy", "av"),
    ),
    "momentum_film.raster": (
        "momentum_film.raster",
        "manim",
        "numpy",
        "av",
        "cairo",
        "PIL",
        "tqdm",
    ),
    "momentum_film.render.gif": ("momentum_film.errors", "momentum_film.plan.jobs", "av", "numpy"),
    "momentum_film.raster.samples": ("momentum_film.raster.planes", "av", "numpy", "PIL"),
    "momentum_film.cut.verify": (
        "momentum_film.errors",
        "momentum_film.plan.jobs",
        "momentum_film.render.gif",
        "momentum_film.raster.samples",
        "av",
    ),
    "momentum_film.cut.edit": (
        *(
            "momentum_film.errors",
            "momentum_film.plan.jobs",
            "momentum_film.plan.plan",
            "momentum_film.cut.subtitles",
            "momentum_film.cut.verify",
        ),
        *("scenes.look", "av"),
    ),
    "momentum_film.cut.subtitles": ("av",),
    "momentum_film.deliver": (
        *(
            "momentum_film.cut.edit",
            "momentum_film.deliver",
            "momentum_film.errors",
            "momentum_film.store.files",
            "momentum_film.plan.jobs",
            "momentum_film.cut.verify",
        ),
        *("momentum_film.cut.subtitles", "momentum_math"),
        *("scenes.look", "scenes.kit.markers", "scenes.kit.text.fonts"),
        *("scenes.storyboard", "scenes.words"),
        *("scenes.kit.text.lettering", "scenes.kit.text.lines", "scenes.kit.text.scripts"),
        *("av", "numpy", "PIL", "fontTools", "fpdf", "latex2mathml", "pptx", "uharfbuzz"),
    ),
    "momentum_film.deliver.print.lettering": ("scenes.kit.text.lines", "cairo", "numpy", "PIL"),
}


def rule(module: str) -> str:
    return max((name for name in MAY_IMPORT if within(module, name)), key=len)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_it_may(module: str) -> None:
    allowed = MAY_IMPORT[rule(module)]
    assert [name for name in sorted(imports(module)) if not within(name, *allowed)] == []


@pytest.mark.parametrize("module", MODULES)
def test_chapters_are_imported_by_nobody(module: str) -> None:
    assert imports(module) & CHAPTER_MODULES == set()


def test_every_rule_is_about_a_module_that_exists() -> None:
    assert [name for name in MAY_IMPORT if name not in MODULES] == []


def test_what_is_said_never_loads_manim() -> None:
    quiet = [
        name
        for name in MODULES
        if not within(name, "momentum_film.render.chapter", "momentum_film.raster")
        and "manim" not in loads(name, set())
    ]
    assert {
        "scenes.storyboard",
        "scenes.look",
        "momentum_film.plan.plan",
        "momentum_film.cut.edit",
    } <= set(quiet)
    asked = ", ".join(["sys", "momentum_film.cli.main", "momentum_film.render.schedule", *quiet])
    code = f"import {asked}; print(*sys.modules)"
    assert "manim" not in output(sys.executable, "-c", code).split()


def loads(name: str, seen: set[str]) -> set[str]:
    """Everything that a module's import statements lead to."""
    if name not in seen:
        seen.add(name)
        for other in imports(name) if name in MODULES else ():
            loads(other, seen)
    return {module.split(".")[0] for module in seen}


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


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md"])
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


def test_ci_runs_the_readmes_test_command() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "exec make test" in text(".ci/run")
    assert "make test" in text("README.md")


def test_the_changelog_is_about_this_version() -> None:
    newest = re.search(r"^## (\S+)", text("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None and newest[1] == PROJECT["project"]["version"]
