"""Installed from a wheel, away from the project: everything is there and a chapter is rendered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests import ROOT

PACKAGES = ("momentum_math", "scenes", "momentum_film", "experiments")
SHIPPED = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))


def ran(*command: str | Path, where: Path) -> str:
    """What a command says that knows nothing of the checkout."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sources() -> list[str]:
    """Tracked and new files of the packages."""
    listed = ran("git", "ls-files", "-z", "-co", "--exclude-standard", *PACKAGES, where=ROOT)
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the project as it is now, built without network."""
    project = tmp_path_factory.mktemp("project")
    for name in [*sources(), "pyproject.toml", "setup.py", "README.md", "LICENSE"]:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, project / name)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    ran(*pip, "--no-deps", "--no-build-isolation", "--no-index", ".", where=project)
    [built] = project.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def momentum(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment of its own, which borrows what the project depends on."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, symlinks=os.name != "nt")
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    packages = ran(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", where=place
    )
    borrowed = sysconfig.get_path("purelib") + "\n" + sysconfig.get_path("platlib") + "\n"
    (Path(packages.strip()) / "borrowed.pth").write_text(borrowed)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    ran(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, where=place)
    found = ran(python, "-c", "import momentum_film; print(momentum_film.__file__)", where=place)
    assert Path(found.strip()).is_relative_to(place)
    return programs / "momentum"


def test_the_wheel_carries_every_file_of_the_packages(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"momentum_math/{name}" if name.startswith("exper") else name for name in sources()}
    assert shipped - inside == set()
    assert {name for name in inside - shipped if ".dist-info/" not in name} == set()


def test_the_shipped_experiments_are_listed(momentum: Path, tmp_path: Path) -> None:
    lines = ran(momentum, "list", where=tmp_path).splitlines()
    assert [line.split()[0] for line in lines] == SHIPPED


def test_a_chapter_of_a_shipped_experiment_is_rendered(momentum: Path, tmp_path: Path) -> None:
    ran(momentum, "render", "momentum", "--quality", "draft", "--only", "zigzag", where=tmp_path)
    made = {path.name: path.stat().st_size for path in (tmp_path / "build/momentum").iterdir()}
    assert set(made) == {"momentum.mp4", "momentum.png", "manifest.json"}
    assert made["momentum.mp4"] > 10_000
