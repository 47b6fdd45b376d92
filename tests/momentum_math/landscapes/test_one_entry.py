"""A landscape is one entry: what there is of it beside follows from that."""

from momentum_math import LANDSCAPES
from tests import ROOT

PACKAGES = ("momentum_math", "scenes", "momentum_film", "benchmarks")
KINDS = (".py", ".js", ".html", ".css")


def sources() -> dict[str, str]:
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    files = [path for path in files if path.suffix in KINDS] + [ROOT / "docs/generate.py"]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_nothing_names_a_landscape_but_its_entry() -> None:
    text = sources()
    assert len(text) > 150
    for name in ("booth", "goldstein-price", "huber-valley", "cliff"):
        entry = LANDSCAPES[name].__module__.replace(".", "/") + ".py"
        words = {name, name.replace("-", "_"), LANDSCAPES[name].__name__}
        naming = [file for file, said in text.items() if any(word in said for word in words)]
        assert naming == [entry], name
