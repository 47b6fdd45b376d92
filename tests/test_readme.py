"""The README says what is true: keys, numbers, commands and the picture."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks.record import median, ratio
from momentum_film.cli.main import main
from momentum_film.plan.jobs import RenderJob
from momentum_film.render.chapter import render
from momentum_math import load_experiment, run, schema

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def keys(node: dict, path: str = "") -> dict[str, str]:
    """Every key of the schema with its description, in order; [sweep] has the same keys again."""
    found: dict[str, str] = {}
    for option in node.get("oneOf", [node]):
        option = option.get("items", option)
        for case in option.get("oneOf", [option]):
            for name, value in case.get("properties", {}).items():
                key = f"{path}{name}"
                found.setdefault(key, value["description"])
                below = {} if key == "sweep" else keys(value, f"{key}.")
                for inner, said in below.items():
                    found.setdefault(inner, said)
    return found


def test_the_table_of_keys_is_the_schema():
    table = README.split("<!-- keys")[1].split("<!-- /keys -->")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.MULTILINE)
    assert dict(rows) == keys(schema())


def test_the_numbers_are_those_of_the_default_film():
    outcome = run(load_experiment(ROOT / "experiments" / "momentum.toml"))
    plain, tuned, late = outcome.runs
    flat = " ".join(README.split())
    assert f"after {plain.first_below} steps, after {tuned.first_below} steps" in flat
    assert late.first_below is None
    assert f"not within {outcome.experiment.steps} steps" in flat
    assert f"step size α = {plain.contender.optimizer.lr}" in flat


def commands() -> list[str]:
    """Every use of the command in the README, without comments."""
    blocks = re.findall(r"^\.venv/bin/momentum (.+)$", README, re.MULTILINE)
    inline = re.findall(r"`(?:\.venv/bin/)?momentum ([a-z].*?)`", README)
    return [line.partition("#")[0].strip() for line in blocks + inline]


@pytest.mark.parametrize("line", commands())
def test_every_command_is_understood(line: str):
    name, *words = shlex.split(line)
    command = main.commands[name]
    # A command that is only named need not be complete.
    assert not words or command.make_context(name, words).args == []


def test_the_way_to_an_own_experiment_is_as_told(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = [line for line in commands() if line.split()[0] in ("new", "check", "show")]
    assert [line.split()[0] for line in told] == ["new", "check", "show"]
    for line in told:
        result = CliRunner().invoke(main, shlex.split(line))
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda p: p.stem
)
def test_every_shipped_experiment_is_named(path):
    assert f"`{path.stem}`" in README


def test_the_picture_is_the_poster():
    """To renew it: run this test; the picture that it expects is in build/readme.png."""
    experiment = load_experiment(ROOT / "experiments" / "momentum.toml")
    still = render(RenderJob(experiment, "summary", "paper", "16:9", 960, 540, 15, "still"))
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "readme.png").write_bytes(still.data)
    drawn = np.asarray(Image.open(io.BytesIO(still.data)).convert("RGB"), dtype=float)
    shown = np.asarray(Image.open(ROOT / "docs" / "momentum.png").convert("RGB"), dtype=float)
    assert drawn.shape == shown.shape
    assert np.abs(drawn - shown).mean() < 0.5


# --- what it costs ------------------------------------------------------------------------------

MEASURED = json.loads((ROOT / "docs" / "bench.json").read_text(encoding="utf-8"))


def costs() -> list[str]:
    """The README's table of costs, as it was measured."""
    lines = ["| with | to | seconds | each |", "|---|---|---|---|"]
    for row in MEASURED["growth"]:
        each = f"{row['cost']:.2f} times as fast"
        if row["along"] != "cores":
            each = f"{row['cost']:.1f} ms per {row['unit']}"
        lines.append(f"| {row['along']} | {row['amount']} | {row['seconds']:.1f} | {each} |")
    return lines


def test_the_costs_are_those_that_were_measured():
    told = README.split("<!-- measured")[1].split("<!-- /measured -->")[0]
    table = [line for line in told.splitlines() if line.startswith("|")]
    assert table == costs(), "\n".join(costs())
    text = " ".join(told.split())
    for quality, rounds in MEASURED["rounds"].items():
        theirs, mine = (median(rounds, who, "wall") for who in ("stock", "ours"))
        times = ratio(rounds, "stock", "ours")
        said = f"{theirs:.0f} s with stock `manim` and {mine:.1f} s with this: {times:.1f} times"
        assert f"{quality} takes {said}" in text, f"{quality} takes {said}"


@pytest.mark.parametrize("along", ["film", "pixels", "contenders"])
def test_the_cost_grows_in_step_with_what_is_asked_for(along: str):
    each = [row["cost"] for row in MEASURED["growth"] if row["along"] == along]
    assert len(each) >= 6
    # Nothing costs more for being one of many; what every chapter costs once is shared by more.
    assert max(each[1:]) <= 1.25 * each[0]
