"""What the command prints: in any encoding, into any pipe, without a traceback."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from momentum_film.cli.main import main
from momentum_film.cli.speech import plain
from tests import ROOT

NARROW = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
MINE = """
title = "Ströme λ → 漢字 🙂"
start = [-4.0, 1.5]
steps = 20
landscape = { name = "quadratic", curvatures = [0.1, 10.0] }
contenders = [{ label = "naïve β₂ ≤ 10⁻³", optimizer = "gd", lr = 0.18 }]
"""


def momentum(*words: str | bytes, where: Path, **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "momentum_film", *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(MINE.replace("steps", "größe"), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", NARROW)
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["show", "mine.toml"], 0),
        (["show", "forms"], 0),
        (["check", "mine.toml"], 0),
        (["check", "bad.toml"], 2),
        (["check", "größe.toml"], 2),
        (["render", "β"], 2),
        (["list"], 0),
        (["doctor"], 0),
        (["cache"], 0),
        (["new", "ß"], 2),
        (["render", "--quality", "β"], 2),
        (["play", "größe"], 2),
        (["größe"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_command_chokes_on_a_letter(
    words: list[str], code: int, encoding: str, place: Path
) -> None:
    done = momentum(*words, where=place, **NARROW[encoding])
    assert done.returncode == code, done.stderr
    name = "cp1252" if encoding == "cp1252" else "ascii"
    said = done.stdout + done.stderr
    # A name that is no text in this locale comes out as the bytes that came in.
    said.decode(name, "surrogateescape" if encoding == "C" else "strict")
    assert b"Traceback" not in said
    assert encoding == "C" or b"\\u" not in said


@pytest.mark.parametrize("name", main.commands)
def test_help_is_written_in_ascii(name: str, place: Path) -> None:
    done = momentum(name, "--help", where=place, **NARROW["ascii"])
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_what_an_encoding_lacks_is_spelled_out(place: Path) -> None:
    said = momentum("show", "mine.toml", where=place, **NARROW["ascii"]).stdout.decode("ascii")
    assert "Strome lambda -> ?? ?: 20 steps" in said
    assert "naive beta2 <= 10^-3" in said


def test_a_label_is_no_markup(place: Path) -> None:
    text = MINE.replace("naïve β₂ ≤ 10⁻³", "[/x] :smile: [red]").replace("Ströme", "[/b] Ströme")
    (place / "mine.toml").write_text(text, encoding="utf-8")
    said = momentum("show", "mine.toml", where=place, PYTHONIOENCODING="utf-8").stdout.decode()
    assert "[/x] :smile: [red]" in said
    assert said.startswith("[/b] Ströme")


def test_columns_stand_under_their_headings(place: Path) -> None:
    said = momentum("show", "forms", where=place, **NARROW["ascii"]).stdout.decode("ascii")
    _, heading, *rows = said.splitlines()
    assert {len(row) for row in rows} == {len(heading)}
    narrow = momentum("show", where=place, **NARROW["ascii"]).stdout.decode("ascii")
    _, heading, *rows = narrow.splitlines()
    assert {row.index("  ", 22) for row in rows[1:]} == {row.index("  ", 22) for row in rows[1:2]}
    assert all(row[heading.index("method") :].startswith(("Grad", "EMA")) for row in rows)


@pytest.mark.parametrize("encoding", NARROW)
@pytest.mark.parametrize("words", [("show", "mine.toml", "--json"), ("schema",)], ids=" ".join)
def test_json_says_the_same_in_every_encoding(
    words: tuple[str, ...], encoding: str, place: Path
) -> None:
    wide = momentum(*words, where=place, PYTHONIOENCODING="utf-8").stdout
    narrow = momentum(*words, where=place, **NARROW[encoding]).stdout
    assert json.loads(narrow.decode("ascii")) == json.loads(wide.decode("utf-8"))
    assert wide != narrow


def test_a_name_that_is_no_text_comes_out_as_it_came_in(place: Path) -> None:
    done = momentum("check", b"\xff\xfe.toml", where=place, PYTHONIOENCODING="utf-8")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"\xff\xfe.toml" in done.stderr or rb"\udcff\udcfe.toml" in done.stderr


def test_every_letter_is_spelled_in_ascii() -> None:
    everything = (chr(i) for i in range(sys.maxunicode + 1) if not 0xD800 <= i < 0xE000)
    assert all(plain(letter).isascii() for letter in everything)
    greek = "αβγδεζηθικλμνξοπρστυφχψω"
    names = {letter: plain(letter) for letter in greek}
    for letter, name in names.items():
        told = unicodedata.name(letter).rpartition(" ")[2].lower()
        assert name in (told, told.replace("lamda", "lambda"))
    assert len(set(names.values())) == len(greek)


def test_a_full_disk_under_stdout_is_one_line(place: Path) -> None:
    with Path("/dev/full").open("w") as full:
        for words in (["show"], ["list"], ["show", "--json"], ["--help"]):
            done = subprocess.run(
                [sys.executable, "-m", "momentum_film", *words],
                cwd=place,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            [line] = done.stderr.splitlines()
            assert "No space left on device" in line
            assert done.returncode == 3


def test_a_pipe_that_nobody_reads_ends_the_command_silently(place: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "momentum_film", "show"],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=theirs,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(theirs)
    assert (done.returncode, done.stderr) == (141, b"")


def test_closed_streams_are_no_error(place: Path) -> None:
    command = f'"{sys.executable}" -m momentum_film show >&- 2>&-'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, shell=True, cwd=place, env=environment).returncode == 0


def test_the_command_speaks_in_one_place_only() -> None:
    """Click would write UTF-8 where ASCII was asked for, and ``print`` where nobody listens."""
    found = []
    for path in (ROOT / "momentum_film").rglob("*.py"):
        if path.name == "speech.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "click.echo"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
