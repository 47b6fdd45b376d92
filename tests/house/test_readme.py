"""README and docs say what is true: keys, numbers, commands, pictures and links."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks.record import median
from docs.generate import DOCS, EXPERIMENTS, MEASURED, PARTS, board, derived
from momentum_film.cli.main import main
from momentum_math import load_experiment, run, schema
from tests import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


RECIPES = "CONTRIBUTING.md"  # its commands are carried out by test_recipes.py
DOCUMENTS = ["README.md", RECIPES, *(f"docs/{p.name}" for p in DOCS.glob("*.md"))]


@pytest.mark.parametrize("document", PARTS)
def test_what_is_derived_is_as_the_code_has_it(document: str):
    """To renew it: make docs."""
    assert text_of(f"docs/{document}") == derived(document)


def test_a_table_of_keys_leaves_none_out():
    """Against a plain walk of the schema, sweep apart, for which the same keys are lists."""

    def named(node: object) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(named, node))
        if not isinstance(node, dict):
            return set()
        here = set(node.get("properties", {}))
        return here.union(*(named(value) for value in node.values()))

    whole = schema()
    del whole["properties"]["sweep"]["properties"]
    table = text_of("docs/file-format.md").split("<!-- keys")[1].split("<!-- /keys -->")[0]
    rows = re.findall(r"^\| `([^`]+)` \| .+ \|$", table, re.MULTILINE)
    assert {key.rpartition(".")[2] for key in rows} == named(whole) - {"from", "to", "count"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(document)):
        assert ((ROOT / document).parent / target).exists(), target
    for target, heading in re.findall(r"\]\(([^)#:]+)#([^)]*)\)", text_of(document)):
        headings = re.findall(r"^#+ (.+)$", text_of(f"docs/{Path(target).name}"), re.MULTILINE)
        assert heading in [said.lower().replace(" ", "-") for said in headings]


def test_it_fits_two_screens():
    assert len(README.splitlines()) <= 110


def test_the_numbers_are_those_of_the_default_film():
    outcome = run(load_experiment(ROOT / "experiments" / "momentum.toml"))
    plain, tuned, late = outcome.runs
    flat = " ".join(README.split())
    assert f"after {plain.first_below} steps, after {tuned.first_below} steps" in flat
    assert late.first_below is None
    assert f"not within {outcome.experiment.steps} steps" in flat
    assert f"step size α = {plain.contender.optimizer.lr}" in flat


def commands(*documents: str) -> list[str]:
    """Every use of the command in these documents, without comments."""
    found = []
    for document in documents:
        found += re.findall(r"^\.venv/bin/momentum (.+)$", text_of(document), re.MULTILINE)
        found += re.findall(r"`(?:\.venv/bin/)?momentum ([a-z].*?)`", text_of(document))
    return [line.partition("#")[0].strip() for line in found]


@pytest.mark.parametrize("line", commands(*(d for d in DOCUMENTS if d != RECIPES)))
def test_every_command_is_understood(line: str):
    name, *words = shlex.split(line)
    command = main.commands[name]
    # A command that is only named need not be complete.
    assert not words or command.make_context(name, words).args == []


def test_the_way_to_an_own_experiment_is_as_told(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = [line for line in commands("README.md") if line.split()[0] in ("new", "check", "show")]
    assert [line.split()[0] for line in told] == ["new", "check", "show"]
    for line in told:
        result = CliRunner().invoke(main, shlex.split(line))
        assert result.exit_code == 0, result.output


def test_it_says_how_fast():
    theirs, mine = (median(MEASURED["rounds"]["draft"], who, "wall") for who in ("stock", "ours"))
    assert f"[{mine:.0f} s, and stock Manim {theirs:.0f} s](docs/speed.md)" in README


# --- pictures -----------------------------------------------------------------------------------


def difference(experiment: Path, picture: Path) -> float:
    """How far a picture is from the film's last board, of 255, on average."""
    shown = Image.open(picture).convert("RGB")
    drawn = Image.open(io.BytesIO(board(experiment, *shown.size))).convert("RGB")
    return np.abs(np.asarray(drawn, dtype=float) - np.asarray(shown, dtype=float)).mean()


def test_the_picture_is_the_poster():
    """To renew it: make gallery."""
    assert difference(ROOT / "experiments" / "momentum.toml", DOCS / "momentum.png") < 0.5


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_the_gallery_shows_the_experiment(path: Path):
    """In few colours. To renew it: make gallery."""
    assert difference(path, DOCS / "gallery" / f"{path.stem}.png") < 1.5


def test_nothing_else_is_in_the_gallery():
    shown = {path.stem for path in (DOCS / "gallery").iterdir()}
    assert shown == {path.stem for path in EXPERIMENTS}


# --- what it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize("along", ["film", "pixels", "contenders"])
def test_the_cost_grows_in_step_with_what_is_asked_for(along: str):
    each = [row["cost"] for row in MEASURED["growth"] if row["along"] == along]
    assert len(each) >= 6
    # Nothing costs more for being one of many; what every chapter costs once is shared by more.
    assert max(each[1:]) <= 1.25 * each[0]
