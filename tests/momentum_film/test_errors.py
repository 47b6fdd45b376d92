"""What goes wrong is told in a line: to which chapter of which film, why, and what to do."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from momentum_film.deliver import order as delivery
from momentum_film.deliver.formats import FORMATS
from momentum_film.engines.base import Task
from momentum_film.engines.processes import Processes
from momentum_film.errors import FilmError, RequestError, WorkerKilledError
from momentum_film.faults import in_words, told
from momentum_film.plan.plan import Request
from momentum_film.render.progress import Progress
from momentum_film.store.cache import Cache
from momentum_film.store.files import atomic_write
from scenes.kit.formulas.latex import FormulaError, TexMissingError
from scenes.kit.text.fonts import FontMissingError
from tests import ROOT
from tests.momentum_film import small_film as small
from tests.momentum_film.fake_work import FAULTS, tries

BAD_INPUT, ENVIRONMENT, FAILED = 2, 3, 4
SHORT = ("--quality", "draft", "--engine", "serial", "--no-gif")


def run(
    *words: str,
    where: Path,
    program: str = "momentum_film",
    before: Sequence[str] = (),
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-m", program, *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def faulty(
    *words: str, where: Path, fault: str = "deterministic", chapter: str = "zigzag", times: int = 9
) -> subprocess.CompletedProcess[str]:
    settings = {"FAULT": fault, "CHAPTER": chapter, "TIMES": str(times)}
    return run(*words, where=where, program="tests.momentum_film.faulty", **settings)


# --- what is known of an error ------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MOMENTUM_CACHE", raising=False)
    return tmp_path


def refusal(number: int, name: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), name)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (RequestError("there is no theme"), BAD_INPUT, "there is no theme"),
        (FormulaError("formula x^: it ends"), BAD_INPUT, "formula x^: it ends"),
        (TexMissingError("no latex: apt-get"), ENVIRONMENT, "no latex: apt-get"),
        (FontMissingError("no font: pip"), ENVIRONMENT, "no font: pip"),
        (MemoryError(), ENVIRONMENT, "fewer --workers or a lower --quality"),
        (ImportError("no libcairo.so", name="cairo"), ENVIRONMENT, "`momentum doctor`"),
        (
            refusal(errno.ENOSPC, "out/a.mp4"),
            ENVIRONMENT,
            "out/a.mp4: No space left on device; make",
        ),
        (refusal(errno.ENOSPC, "build/.cache/ab/1.blob"), ENVIRONMENT, "MOMENTUM_CACHE=FOLDER"),
        (
            refusal(errno.EACCES, "out"),
            ENVIRONMENT,
            "out: Permission denied; go to another folder or",
        ),
        (refusal(errno.EROFS, "build/.cache/formulas"), ENVIRONMENT, "MOMENTUM_CACHE=FOLDER moves"),
        (refusal(errno.EMFILE), ENVIRONMENT, "ulimit -n"),
        (refusal(errno.ENOMEM), ENVIRONMENT, "fewer --workers"),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else "",
)
def test_an_error_says_what_to_do(error: Exception, code: int, said: str, place: Path) -> None:
    found = told(error)
    assert found is not None
    assert found.exit_code == code
    assert said in str(found)
    assert "\n" not in str(found)


def test_no_temporary_folder_is_one_line(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(place / "absent")])
    with pytest.raises(FileNotFoundError) as caught:
        tempfile.gettempdir()
    found = told(caught.value)
    assert found is not None
    assert str(found) == "no usable temporary directory; TMPDIR=FOLDER says where there is one"


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("a\nb"), KeyError("x"), ImportError(name="momentum_film.x")]
)
def test_a_fault_of_the_program_is_no_known_error(error: Exception) -> None:
    assert told(error) is None


def caught(text: str) -> Exception:
    try:
        raise IndexError(text)
    except IndexError as error:
        return error


def test_a_fault_is_recorded_once(place: Path) -> None:
    first, again = caught("one"), caught("one")
    said = in_words(first, place / "kept", "chapter dial of mine", "--only helps")
    assert said.exit_code == FAILED
    assert str(said).startswith("chapter dial of mine: a fault of momentum")
    assert "(IndexError: one)" in str(said)
    assert str(said).endswith("; --only helps")
    same = in_words(again, place / "kept", "chapter dial of mine", "--only helps")
    assert (str(same), same.exit_code) == (str(said), said.exit_code)
    [record] = (place / "kept").rglob("*.log")
    assert str(record) in str(said)
    text = record.read_text(encoding="utf-8")
    assert text.startswith("chapter dial of mine\nmomentum ")
    assert "raise IndexError(text)\nIndexError: one" in text
    assert [path for path in record.parent.iterdir() if path != record] == []


def test_a_fault_that_cannot_be_recorded_is_told_all_the_same(place: Path) -> None:
    (place / "file").touch()
    said = in_words(caught("one"), place / "file", "chapter dial of mine", "--only helps")
    assert "(IndexError: one)" in str(said)
    assert "--debug prints it" in str(said)


def test_a_file_that_cannot_be_written_is_named_as_it_would_be_called(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    def full(_: int) -> None:
        raise refusal(errno.ENOSPC)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught_:
        atomic_write(place / "film.mp4", b"1")
    assert caught_.value.filename == str(place / "film.mp4")
    assert list(place.iterdir()) == []


# --- at the command line ------------------------------------------------------------------------


def test_a_fault_names_chapter_film_record_and_way_on(tmp_path: Path) -> None:
    words = ("render", *SHORT, "--only", "zigzag", "--only", "ravine")
    done = faulty(*words, where=tmp_path)
    assert done.returncode == FAILED
    assert "Traceback" not in done.stderr
    line = done.stderr.splitlines()[-1]
    assert line.startswith("chapter zigzag of momentum: a fault of momentum, not of what you asked")
    assert "(ZeroDivisionError: float division by zero)" in line
    assert "--only" in line
    record = next(tmp_path.rglob("*.log"))
    assert str(record.relative_to(tmp_path)) in line
    assert record.is_relative_to(tmp_path / "build")
    assert "in deterministic" in record.read_text(encoding="utf-8")
    assert not list((tmp_path / "build" / "momentum").iterdir())


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_a_record_shows_where_it_happened_in_a_worker(engine: str, tmp_path: Path) -> None:
    words = ("render", *SHORT, "--only", "zigzag", "--engine", engine)
    assert faulty(*words, where=tmp_path).returncode == FAILED
    [record] = tmp_path.rglob("*.log")
    assert 'fake_work.py", line' in record.read_text(encoding="utf-8")


def test_chapters_that_are_done_are_kept(tmp_path: Path) -> None:
    words = ("render", *SHORT, "--only", "zigzag", "--only", "ravine")
    assert faulty(*words, where=tmp_path, chapter="zigzag").returncode == FAILED
    before = len(tries(tmp_path / "log", "ravine"))
    assert faulty(*words, where=tmp_path, times=0).returncode == 0
    assert before == len(tries(tmp_path / "log", "ravine")) == 1
    assert len(tries(tmp_path / "log", "zigzag")) == 2


@pytest.mark.parametrize(("words", "more"), [(["--debug"], {}), ([], {"MOMENTUM_DEBUG": "1"})])
def test_a_traceback_is_there_for_whoever_asks(
    words: list[str], more: dict, tmp_path: Path
) -> None:
    settings = {"FAULT": "deterministic", "CHAPTER": "zigzag", "TIMES": "9", **more}
    command = (*words, "render", *SHORT, "--only", "zigzag")
    done = run(*command, where=tmp_path, program="tests.momentum_film.faulty", **settings)
    assert done.returncode == FAILED
    assert "Traceback" in done.stderr
    assert "in deterministic" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("chapter zigzag of momentum: ")


def test_a_batch_tells_at_its_end_which_film_failed_and_why(tmp_path: Path) -> None:
    words = ("batch", "momentum", "tuned", *SHORT, "--only", "zigzag")
    done = faulty(*words, where=tmp_path, times=1)
    assert done.returncode == FAILED
    *_, failed, count = done.stderr.splitlines()
    assert count == "1 of 2 films failed; the next run tries them again"
    assert failed.startswith("build/batch/")
    assert "chapter zigzag of" in failed and "division by zero" in failed
    assert len(list((tmp_path / "build" / "batch").rglob("*.mp4"))) == 1


def test_a_fault_outside_a_film_names_the_command(tmp_path: Path) -> None:
    code = (
        "import momentum_math, sys\nfrom momentum_film.cli.main import run\n"
        "def boom(*_): raise KeyError('nobody')\n"
        "momentum_math.run = boom\nsys.argv = ['momentum', 'show', 'forms']\nrun()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    [line] = done.stderr.splitlines()
    assert done.returncode == FAILED
    assert line.startswith("momentum show forms: a fault of momentum")
    assert "KeyError: 'nobody'" in line
    assert len(list(tmp_path.rglob("*.log"))) == 1


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ZeroDivisionError("no"), FAILED, "--captions of momentum: a fault of momentum"),
        (MemoryError(), ENVIRONMENT, "--captions of momentum: there is not enough memory"),
    ],
)
def test_what_cannot_be_delivered_is_named(
    error: Exception, code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise error

    small.make(tmp_path, small.experiment())
    monkeypatch.setitem(FORMATS, "captions", replace(FORMATS["captions"], make=fail))
    monkeypatch.setattr(delivery.publish, "is_there", lambda *_: True)
    order = delivery.Order(Request(small.experiment(), "draft"), frozenset({"captions"}))
    with pytest.raises(FilmError) as caught_, Processes(1) as engine:
        delivery.deliver(order, tmp_path, engine, Cache(tmp_path / "kept"), Progress())
    assert str(caught_.value).startswith(said)
    assert caught_.value.exit_code == code


def test_a_worker_that_is_killed_is_told_from_one_that_ends() -> None:
    with Processes(1) as engine:
        killed: Task = engine.submit(_strike, "killed", print)
        assert type(killed.exception()) is WorkerKilledError
        ended: Task = engine.submit(_end, 5, print)
        assert str(ended.exception()) == "a worker died (exit code 5)"


def _strike(fault: str, _: object) -> None:
    FAULTS[fault](None)  # type: ignore[arg-type]


def _end(code: int, _: object) -> None:
    os._exit(code)


# --- folders that take no files -----------------------------------------------------------------


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A working folder that takes no files, with an experiment whose formulas are new."""
    folder = tmp_path / "locked"
    folder.mkdir()
    text = (ROOT / "experiments" / "momentum.toml").read_text(encoding="utf-8")
    (folder / "mine.toml").write_text(text.replace("[0.1, 10.0]", "[0.125, 8.0]"))
    folder.chmod(0o555)
    touched = subprocess.run([*unprivileged(), "touch", "x"], cwd=folder, capture_output=True)
    assert touched.returncode != 0, "this folder was to take no files"
    return folder


def unprivileged() -> list[str]:
    """What a command begins with so that no right to write is there but that of a file's mode."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    assert setpriv is not None, "apt-get install util-linux"
    return [setpriv, "--inh-caps=-dac_override", "--bounding-set=-dac_override"]


ONE_CHAPTER = ("render", "mine.toml", *SHORT, "--only", "ravine", "--out", "../out")


def test_a_read_only_working_folder_is_enough(locked: Path, tmp_path: Path) -> None:
    own = {"XDG_CACHE_HOME": str(tmp_path / "own"), "MOMENTUM_CACHE": ""}
    done = run(*ONE_CHAPTER, where=locked, before=unprivileged(), **own)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "mine.mp4").is_file()
    kept = tmp_path / "own" / "momentum"
    assert f"kept in {kept} (MOMENTUM_CACHE=FOLDER moves it)" in done.stderr.splitlines()[0]
    assert list(kept.glob("*/*.blob"))
    assert list(kept.glob("formulas/*.svg"))
    assert [path.name for path in locked.iterdir()] == ["mine.toml"]


def test_the_variable_moves_everything(locked: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    done = run(*ONE_CHAPTER, where=locked, before=unprivileged(), MOMENTUM_CACHE=str(there))
    assert done.returncode == 0, done.stderr
    assert "MOMENTUM_CACHE" not in done.stderr
    assert list(there.glob("*/*.blob"))
    assert list(there.glob("formulas/*.svg"))


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("render", "mine.toml", *SHORT), "--out"),
        (("batch", "mine.toml", *SHORT), "--out"),
        (("deliver", "mine.toml", "--captions"), "--out"),
        (("new", "other"), "go to a folder that you may write"),
        (ONE_CHAPTER, "MOMENTUM_CACHE=FOLDER"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_where_nothing_can_be_written_the_remedy_is_said(
    words: tuple[str, ...], remedy: str, locked: Path, tmp_path: Path
) -> None:
    kept = locked if words is ONE_CHAPTER else tmp_path
    done = run(*words, where=locked, before=unprivileged(), MOMENTUM_CACHE=str(kept / "kept"))
    assert done.returncode in (ENVIRONMENT, FAILED)
    lines = done.stderr.splitlines()[-2:]  # a batch counts at its end
    assert any(remedy in line for line in lines)
    assert "Traceback" not in done.stderr
    assert "frames" not in done.stderr  # it is known before there is any work
