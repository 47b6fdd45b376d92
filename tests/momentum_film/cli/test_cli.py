"""The command as people and scripts meet it: what it prints, how it ends, what it never loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from momentum_film.cli.main import main
from momentum_math import load_experiment, run, settings
from tests import ROOT

SHIPPED = sorted(path.stem for path in (ROOT / "experiments").glob("*.toml"))
FINE, BAD_INPUT, ENVIRONMENT = 0, 2, 3


def momentum(
    *words: str, where: Path, code: int = FINE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder and hold its exit code against what is expected."""
    done = subprocess.run(
        [sys.executable, "-m", "momentum_film", *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def refused(*words: str, where: Path) -> str:
    """The one line that a command which cannot be followed prints; it writes nothing."""
    before = sorted(where.rglob("*"))
    done = momentum(*words, where=where, code=BAD_INPUT)
    assert sorted(where.rglob("*")) == before
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert len(line) <= 240
    return line


# --- what is printed ----------------------------------------------------------------------------


def test_help_names_every_command(tmp_path: Path) -> None:
    said = momentum("--help", where=tmp_path).stdout
    assert set(main.commands) <= {
        line.split()[0] for line in said.splitlines() if line.startswith("  ")
    }


def test_the_version_is_the_projects(tmp_path: Path) -> None:
    said = momentum("--version", where=tmp_path).stdout
    assert f'version = "{said.split()[-1]}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", SHIPPED)
def test_show_as_json_is_the_interface_that_others_read(name: str, tmp_path: Path) -> None:
    said = json.loads(momentum("show", name, "--json", where=tmp_path).stdout)
    outcome = run(load_experiment(ROOT / "experiments" / f"{name}.toml"))
    assert said["name"] == name
    for found, wanted in zip(said["contenders"], outcome.runs, strict=True):
        assert found["label"] == wanted.contender.label
        assert found["optimizer"] == settings(wanted.contender.optimizer)
        assert found["points"] == wanted.trajectory.points.tolist()
        assert found["losses"] == wanted.trajectory.losses.tolist()
        assert found["final_loss"] == found["losses"][-1]
        assert found["status"] in {"converged", "running", "diverged", "stopped"}
        below = [loss < 1e-3 for loss in found["losses"]]
        if name == "momentum":
            first = below.index(True) if True in below else None
            assert (found["first_below"], found["stays_below"]) == (first, first)
        assert (found["diverged_at"] is None) == (found["status"] != "diverged")


def test_show_is_a_table_for_people(tmp_path: Path) -> None:
    said = momentum("show", where=tmp_path).stdout
    assert "Vanilla Gradient Descent" in said
    assert " 185 " in said and " 159 " in said


def test_list_has_a_line_for_each_shipped_experiment(tmp_path: Path) -> None:
    lines = momentum("list", where=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == SHIPPED
    assert all(len(line.split()) > 4 for line in lines)


def test_new_writes_a_commented_experiment_that_is_valid(tmp_path: Path) -> None:
    path = tmp_path / momentum("new", "mine", "--from", "saddle", where=tmp_path).stdout.strip()
    text = path.read_text(encoding="utf-8")
    assert path.name == "mine.toml"
    assert "# " in text
    momentum("check", "mine.toml", where=tmp_path)
    assert refused("new", "mine", where=tmp_path).startswith("mine.toml is there already")
    assert path.read_text(encoding="utf-8") == text


def test_the_comments_of_a_new_file_speak_of_it(tmp_path: Path) -> None:
    momentum("new", "mine", where=tmp_path)
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert "`momentum check mine.toml`" in text
    assert "experiments/" not in text


def test_the_schema_is_json(tmp_path: Path) -> None:
    assert json.loads(momentum("schema", where=tmp_path).stdout)["title"]


def test_an_empty_cache_says_so(tmp_path: Path) -> None:
    assert "0 chapters" in momentum("cache", "--stats", where=tmp_path).stdout
    assert "0 chapters" in momentum("cache", "--clear", where=tmp_path).stdout


# --- what cannot be followed --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shwo"], "No such command 'shwo'. Did you mean 'show'?"),
        (["render", "--qualty", "draft"], "--quality"),
        (["render", "--quality", "best"], "is not one of 'draft', '720p30', '1080p60', '2160p60'"),
        (["render", "--theme", "dark"], "is not one of 'paper', 'night', 'contrast'"),
        (["render", "--aspect", "4:3"], "is not one of '16:9', '1:1', '9:16', '4:5'"),
        (["render", "--only", "descend"], "there is ravine, zigzag"),
        (["render", "--engine", "magic"], "'magic' is not one of 'processes', 'serial', 'dask'"),
        (["render", "--workers", "0"], "--workers"),
        (["render", "--scheduler", "tcp://a:1"], "needs --engine dask, not processes"),
        (["batch"], "Missing argument"),
        (["batch", "momentum", "absent"], "absent: no such file and no shipped experiment"),
        (["batch", "saddle", "saddle"], "two films would be called saddle_16x9_paper_1080p60"),
        (["batch", "saddle", "--theme", "night", "--theme", "dark"], "'dark' is not one of"),
        (["render", "one", "two"], "unexpected extra argument"),
        (["render", "absent"], "absent: no such file and no shipped experiment"),
        (["check", "momentun"], 'no shipped experiment, did you mean "momentum"?'),
        (["check", "absent.toml"], "absent.toml: no such file"),
        (["check"], "Missing argument"),
        (["show", "."], "is not a file"),
        (["new", "a b"], "a b.toml: the file's name becomes a folder's name"),
        (["new", "mine", "--from", "absent"], "absent: no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_line(words: list[str], said: str, tmp_path: Path) -> None:
    assert said in refused(*words, where=tmp_path)


def test_a_file_named_without_its_ending_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").touch()
    assert refused("check", "mine", where=tmp_path).endswith('did you mean "mine.toml"?')


def test_every_mistake_of_a_file_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        'title = "x"\nstart = [1, 2]\nsteps = 1.5\nthreshhold = 1\n[landscape]\n'
        'name = "quadratic"\ncurvatures = [1, 2]\n[[contenders]]\noptimizer = "gd"\nlr = true\n'
    )
    before = sorted(tmp_path.rglob("*"))
    lines = momentum("render", "bad.toml", where=tmp_path, code=BAD_INPUT).stderr.splitlines()
    assert all(line.startswith("bad.toml: ") for line in lines)
    for key, value in (("threshhold", ""), ("steps", "1.5"), ("contender 1: lr", "true")):
        assert any(key in line and value in line for line in lines), (key, lines)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_formula_of_ones_own_needs_no_latex(tmp_path: Path) -> None:
    text = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace("[0.1, 10.0]", "[0.125, 8.0]"))
    momentum(
        *("render", "mine.toml", "--quality", "draft", "--only", "ravine", "--no-gif"),
        where=tmp_path,
        PATH=str(Path(sys.executable).parent),
    )
    assert (tmp_path / "build" / "mine" / "mine.mp4").stat().st_size > 0


def test_a_scheduler_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    address = "tcp://127.0.0.1:1"
    done = momentum(
        *("render", "--quality", "draft", "--engine", "dask", "--scheduler", address),
        where=tmp_path,
        code=ENVIRONMENT,
    )
    assert done.stderr.splitlines()[-1].startswith(f"there is no scheduler at {address}: run")


# --- what is never loaded -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [["--help"], ["show", "--json"], ["check", "rosenbrock"], ["list"], ["schema"], ["doctor"]],
    ids=lambda words: words[0],
)
def test_manim_is_not_loaded_to_answer(words: list[str], tmp_path: Path) -> None:
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('manim' in sys.modules, file=sys.stderr))\n"
        "from momentum_film.cli.main import run\n"
        f"sys.argv = ['momentum', *{words!r}]\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "False"


@pytest.mark.parametrize("words", [["--help"], ["show"]], ids=lambda words: words[0])
def test_an_answer_takes_no_time(words: list[str], tmp_path: Path) -> None:
    """Processor seconds, the best of three: what others do on this machine does not count."""

    def seconds() -> float:
        before = os.times()
        momentum(*words, where=tmp_path)
        after = os.times()
        return (
            after.children_user
            - before.children_user
            + after.children_system
            - before.children_system
        )

    assert min(seconds() for _ in range(3)) < 0.5
