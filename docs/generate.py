"""Writes what the documents derive from the code: ``make docs``; a test holds them against it.

A part that is derived stands between ``<!-- name -->`` and ``<!-- /name -->``. With the word
``pictures``, the pictures are drawn anew, too: ``make gallery``.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.tables import main_tables
from momentum_film.cli.experiments import about
from momentum_film.plan.jobs import RenderJob
from momentum_math import load_experiment, schema
from momentum_math.landscapes import LANDSCAPES
from momentum_math.landscapes import MEASURED as OF_FILES
from momentum_math.optimizers import OPTIMIZERS
from momentum_math.optimizers.schedules import SCHEDULES
from momentum_math.parameters import parameters_of
from momentum_math.toml.format import LANDSCAPE_TABLES

DOCS = Path(__file__).resolve().parent
GALLERY_SIZE, COLORS = (640, 360), 128
EXPERIMENTS = sorted((DOCS.parent / "experiments").glob("*.toml"))
LETTERS = {
    "<-": "←",
    "theta": "θ",
    "alpha": "α",
    "beta": "β",
    "lambda_": "λ_",
    "gamma": "γ",
}
MEASURED = json.loads((DOCS / "bench.json").read_text(encoding="utf-8"))


def keys(node: dict[str, Any], path: str = "") -> dict[str, str]:
    """Return each key of a schema with its description, in order, once."""
    found: dict[str, str] = {}
    tables = [option for option in node.get("anyOf", []) if "oneOf" in option]
    for option in node.get("oneOf", tables or [node]):
        option = option.get("items", option)
        for case in option.get("oneOf", [option]):
            for name, value in case.get("properties", {}).items():
                key = f"{path}{name}"
                found.setdefault(key, value["description"])
                # [sweep] has the same keys again.
                below = {} if key == "sweep" else keys(value, f"{key}.")
                for inner, said in below.items():
                    found.setdefault(inner, said)
    return found


def _table(heading: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = [heading, ("---",) * len(heading), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _keys() -> list[str]:
    rows = ((f"`{key}`", said) for key, said in keys(schema()).items())
    return _table(("key", "what it says"), rows)


def _first_sentence(owner: type) -> str:
    said = (owner.__doc__ or "").partition("\n")[0].rstrip(".")
    for word, letter in LETTERS.items():
        said = said.replace(word, letter)
    return said


def _family(members: dict[str, Any]) -> list[str]:
    rows = ((f"`{name}`", _first_sentence(member)) for name, member in members.items())
    return _table(("name", "what it is"), rows)


def _landscapes() -> list[str]:
    by_key = {name: key for key, name in LANDSCAPE_TABLES.implied.items()}
    rows = (
        (
            f"none, but `{by_key[name]}`" if name in by_key else f"`{name}`",
            _first_sentence(one),
            f"yours, of `{by_key[name]}`" if name in by_key else f"`{one.expression}`",
            ", ".join(f"`{key}`" for key in _own_keys(one) if key != by_key.get(name)),
        )
        for name, one in (LANDSCAPES | OF_FILES).items()
    )
    return _table(("name", "what it is", "the loss", "its other keys"), rows)


def _own_keys(owner: type) -> list[str]:
    return [one.key for one in parameters_of(owner).values()]


def _schedules() -> list[str]:
    rows = (
        (
            f"`{name}`",
            f"{', '.join(f'`{key}`' for key in one.fits)}",
            _first_sentence(one),
            ", ".join(f"`{key}`" for key in _own_keys(one)),
        )
        for name, one in SCHEDULES.items()
    )
    return _table(("schedule", "of", "what it is", "its other keys"), rows)


def _gallery() -> list[str]:
    lines = []
    for path in EXPERIMENTS:
        title = load_experiment(path).title
        lines += ["", f"## `{path.stem}`", "", f"{about(path)}.", ""]
        lines += [f"![The last board of {title}](gallery/{path.stem}.png)"]
    return lines[1:]


def _measured() -> list[str]:
    lines = [f"Measured on {MEASURED['machine']['cores']} cores."]
    for title, columns, rows in main_tables(MEASURED):
        lines += ["", f"## {title}", "", *_table(columns, iter(rows))]
    return lines


PARTS: dict[str, dict[str, Callable[[], list[str]]]] = {
    "file-format.md": {
        "keys": _keys,
        "landscapes": _landscapes,
        "optimisers": lambda: _family(OPTIMIZERS),
        "schedules": _schedules,
    },
    "gallery.md": {"gallery": _gallery},
    "speed.md": {"measured": _measured},
}
"""Document -> its derived parts -> the lines of each."""


def derived(document: str) -> str:
    """Return a document as it should be."""
    text = (DOCS / document).read_text(encoding="utf-8")
    for name, lines in PARTS[document].items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- /{name} -->\n")
        text = "\n".join([f"{before}<!-- {name} -->", *lines(), f"{end}{after}"])
    return text


def board(experiment: Path, width: int, height: int) -> bytes:
    """Return the last board of an experiment's film as PNG, exactly as it is in the film."""
    from momentum_film.render.chapter import render

    job = RenderJob(
        load_experiment(experiment), "summary", "paper", "16:9", width, height, 15, "still"
    )
    return render(job).data


def main() -> None:
    """Write what is derived: the documents' parts, and the pictures where they are asked for."""
    for document in PARTS:
        (DOCS / document).write_text(derived(document), encoding="utf-8")
    if "pictures" in sys.argv[1:]:
        draw()


def draw() -> None:
    """Draw the picture of the README, and those of the gallery."""
    (DOCS / "momentum.png").write_bytes(board(EXPERIMENTS[0].with_stem("momentum"), 960, 540))
    for path in EXPERIMENTS:
        picture = Image.open(io.BytesIO(board(path, *GALLERY_SIZE)))
        few = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
        few.save(DOCS / "gallery" / f"{path.stem}.png", optimize=True)


if __name__ == "__main__":
    main()
