"""LaTeX at work: one run for many, wrong formulas as one line, nothing left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest

from scenes.kit.formulas import latex as tex
from scenes.kit.formulas.latex import FormulaError, TexMissingError, make, svg_name

PLAIN = [("x",), (r"\beta", "v"), (r"\frac{2}{\lambda_2}", "=", r"\sqrt{0.2}")]

WRONG = {
    "unknown command": (r"\notacommand{3}", r"Undefined control sequence \notacommand"),
    "open brace": (r"\frac{1}{", "unmatched brace"),
    "closing brace": ("a}", "unmatched brace"),
    "braces crossed": ("}{", "unmatched brace"),
    "comment": ("50 % x", "unmatched brace, a %"),
    "last backslash": ("x\\", "a last \\"),
    "package": (r"\textcolor{red}{x}", r"Undefined control sequence \textcolor"),
    "two exponents": ("x^2^3", "Double superscript"),
    "end of the document": (r"\end{document}", ""),
    "display inside": (r"\[x\]", ""),
    "unfinished left": (r"\left( x", ""),
    "stop": (r"\stop", ""),
}


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, to see that nothing stays there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_each_formula_gets_its_svg(tmp_path: Path, private: Path) -> None:
    paths = make(PLAIN, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == [svg_name(formula) for formula in PLAIN]
    for path, formula in zip(paths, PLAIN, strict=True):
        groups = {group.get("class") for group in ElementTree.parse(path).iter()} - {None}
        assert groups == {f"piece-{i}" for i in range(len(formula))}
    assert list(private.iterdir()) == []
    assert {path.name for path in paths[0].parent.iterdir()} == {path.name for path in paths}


def test_more_than_nine_formulas_keep_their_order(tmp_path: Path) -> None:
    formulas = [(rf"\rule{{{width}pt}}{{1pt}}",) for width in range(1, 13)]
    for width, path in enumerate(make(formulas, tmp_path), start=1):
        assert ElementTree.parse(path).getroot().findtext(".//{*}desc") == f"{width}.0pt"


def test_all_formulas_share_one_run_of_latex(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latex = shutil.which("latex")
    counter = tmp_path / "bin" / "latex"
    counter.parent.mkdir()
    counter.write_text(f'#!/bin/sh\necho run >> "{tmp_path}/runs"\nexec {latex} "$@"\n')
    counter.chmod(0o755)
    monkeypatch.setenv("PATH", f"{counter.parent}{os.pathsep}{os.environ['PATH']}")
    make(PLAIN, tmp_path)
    assert (tmp_path / "runs").read_text() == "run\n"


@pytest.mark.parametrize(("wrong", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_formula_is_named_in_one_line(
    wrong: str, said: str, tmp_path: Path, private: Path
) -> None:
    folder = tmp_path / "made"
    with pytest.raises(FormulaError) as error:
        make([("x",), (wrong,), ("y",)], folder)
    message = str(error.value)
    assert said in message
    assert "\n" not in message and len(message) < 240
    assert not folder.exists() or not any(folder.iterdir())
    assert list(private.iterdir()) == []


@pytest.mark.parametrize("wrong", [r"\notacommand", "x^2^3", r"\textcolor{red}{x}"])
def test_the_wrong_one_among_many_is_named(wrong: str, tmp_path: Path) -> None:
    formulas = [(f"x_{{{i}}}",) for i in range(20)]
    formulas.insert(13, (wrong,))
    with pytest.raises(FormulaError) as error:
        make(formulas, tmp_path)
    assert str(error.value).startswith(f"formula {wrong}: ")


def test_a_formula_without_end_is_stopped(
    tmp_path: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tex, "TEX_SECONDS", 1.0)
    begun = time.monotonic()
    with pytest.raises(FormulaError, match="latex was stopped after 1 s"):
        make([(r"\loop\iftrue\repeat",)], tmp_path)
    assert time.monotonic() - begun < 10
    assert list(private.iterdir()) == []


def test_what_a_stopped_tool_has_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latex, started = tmp_path / "bin" / "latex", tmp_path / "started"
    latex.parent.mkdir()
    latex.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {started}\nwait\n")
    latex.chmod(0o755)
    monkeypatch.setenv("PATH", f"{latex.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(tex, "TEX_SECONDS", 1.0)
    with pytest.raises(FormulaError, match="latex was stopped after 1 s"):
        make([("x",)], tmp_path / "made")
    child = int(started.read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("path", ["absolute", "upwards"])
def test_tex_reads_no_file_outside_its_folder(path: str, tmp_path: Path, private: Path) -> None:
    secret = private / "secret.tex"
    secret.write_text("canary")
    given = {"absolute": secret.as_posix(), "upwards": "../secret.tex"}[path]
    with pytest.raises(FormulaError):
        make([(rf"\input{{{given}}}",)], tmp_path / "made")


def test_tex_runs_no_command(tmp_path: Path) -> None:
    make([(rf"\immediate\write18{{touch {tmp_path}/ran}}x",)], tmp_path / "made")
    assert not (tmp_path / "ran").exists()


def test_tex_writes_no_file_outside_its_folder(tmp_path: Path, private: Path) -> None:
    target = tmp_path / "written.tex"
    formula = rf"\newwrite\out\immediate\openout\out={target}\immediate\write\out{{x}}y"
    with pytest.raises(FormulaError):
        make([(formula,)], tmp_path / "made")
    assert not target.exists()


@pytest.mark.parametrize("tool", ["latex", "dvisvgm"])
def test_a_missing_tool_is_an_error_with_its_remedy(
    tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for there in {"latex", "dvisvgm"} - {tool}:
        (tmp_path / there).symlink_to(shutil.which(there))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        TexMissingError, match=rf"{tool} is not installed.*apt-get install"
    ) as error:
        make([(r"\alpha",)], tmp_path / "made")
    assert "\n" not in str(error.value)


def test_a_missing_package_is_an_error_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tex, "_HEAD", tex._HEAD.replace("{lmodern}", "{lmodernist}"))
    with pytest.raises(TexMissingError, match=r"LaTeX has no lmodernist\.sty.*apt-get install"):
        make([("x",)], tmp_path)


def test_many_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make(PLAIN, tmp_path), range(6)))
    assert len(set(made)) == 1
    assert len(list(tmp_path.iterdir())) == len(PLAIN)
    for path in made[0]:
        ElementTree.parse(path)


def test_a_killed_process_leaves_no_half_svg(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from scenes.kit.formulas.latex import make\n"
        "formulas = [(f'x_{{{i}}}',) for i in range(60)]\n"
        "make(formulas, Path(sys.argv[1]))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    while process.poll() is None and not any(tmp_path.glob("*.svg")):
        time.sleep(0.002)
    process.kill()
    process.wait()
    for path in tmp_path.glob("*.svg"):
        ElementTree.parse(path)
    assert any(tmp_path.glob("*.svg"))
