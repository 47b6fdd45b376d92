"""What `.ci/setup` says on machines that lack something and where it may not help itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT

SETUP = ROOT / ".ci" / "setup"
FAILS = "#!/bin/sh\nexit 1\n"

SYSTEMS = {
    "macOS": ({"uname": "#!/bin/sh\necho Darwin\n"}, "brew install python@3.13 cairo pango"),
    "Debian": ({"apt-get": FAILS, "apt-cache": FAILS}, "apt-get install --yes --no-install-rec"),
    "Debian with sudo that asks": ({"apt-get": FAILS, "apt-cache": FAILS, "sudo": FAILS}, "sudo"),
    "Fedora": ({"dnf": FAILS}, "sudo dnf install python3 python3-devel gcc"),
    "Arch": ({"pacman": FAILS}, "sudo pacman -S --needed python base-devel pango"),
    "another": ({}, "install Python >= 3.11"),
}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder for commands: a user's bare machine, with a Python that is too old."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "cat", "rm", "mktemp", "tr", "true"):
        (folder / tool).symlink_to(shutil.which(tool))
    command(folder, "id", "#!/bin/sh\necho 1000\n")
    command(folder, "uname", "#!/bin/sh\necho Linux\n")
    command(folder, "python3", FAILS)
    return folder


def command(folder: Path, name: str, script: str) -> None:
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def set_up(machine: Path, *wanted: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SETUP), "requirements.txt", *wanted],
        cwd=machine.parent,
        env={"PATH": str(machine)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("commands", "line"), SYSTEMS.values(), ids=SYSTEMS)
def test_the_one_line_to_run_is_printed(commands: dict[str, str], line: str, machine: Path) -> None:
    for name, script in commands.items():
        command(machine, name, script)
    done = set_up(machine, "tex")
    said = done.stderr.splitlines()
    assert done.returncode == 3
    assert len(said) == 2
    assert "python build tex" in said[0] and "Run this once" in said[0]
    assert line in said[1]
    assert not (machine.parent / ".venv").exists()


def test_tex_is_asked_for_only_where_it_is_wanted(machine: Path) -> None:
    command(machine, "apt-get", FAILS)
    command(machine, "apt-cache", FAILS)
    assert "texlive" in set_up(machine, "tex").stderr
    without = set_up(machine).stderr
    assert "texlive" not in without
    assert "fonts-lmodern" in without, "formulas without LaTeX look as LaTeX's do"


@pytest.mark.parametrize(
    ("tool", "java"),
    [("dnf", "java-latest-openjdk-headless"), ("apt-get", "default-jre-headless")],
)
def test_a_browser_comes_with_java_for_the_validator(tool: str, java: str, machine: Path) -> None:
    command(machine, tool, FAILS)
    command(machine, "apt-cache", FAILS)
    assert f"chromium {java}" in set_up(machine, "browser").stderr
    command(machine, "java", "#!/bin/sh\nexit 0\n")
    assert f"chromium {java}" not in set_up(machine, "browser").stderr


def test_root_installs_what_is_missing_and_shows_why_that_failed(machine: Path) -> None:
    command(machine, "id", "#!/bin/sh\necho 0\n")
    command(machine, "apt-get", '#!/bin/sh\necho "E: no network for $1"\nexit 100\n')
    done = set_up(machine)
    assert done.returncode == 3
    assert "E: no network for update" in done.stderr
    assert "momentum: failed: apt-get update" in done.stderr
