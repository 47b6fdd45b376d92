"""Manim's insides are as the renderer expects them, and if they were not, that would be said."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys

import manim
import pytest
from manim.camera.camera import Camera
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.scene import Scene

from momentum_film.raster.manim import pins
from momentum_film.raster.manim.settings import configured
from tests import ROOT


@pytest.fixture
def moved():
    def ask() -> list[str]:
        with configured(64, 36, 15, "#ffffff"):
            return pins.moved()

    return ask


def test_manim_is_as_it_was_when_the_renderer_was_written(moved):
    said = "\n".join(moved())
    assert not said, f"Manim's insides moved; raster/manim/pins.py says what to do:\n{said}"


def test_every_table_has_pins():
    tables = (pins.PARAMETERS, pins.ATTRIBUTES, pins.VALUES, pins.TEXTS)
    assert all(len(table) >= 5 for table in tables)


def test_what_the_renderer_overrides_is_pinned():
    """Every method of our subclasses that Manim's classes have too."""
    from momentum_film.raster.manim.renderer import FilmCamera, FilmRenderer

    ours = [(FilmRenderer, CairoRenderer, pins.CAIRO), (FilmCamera, Camera, pins.CAMERA)]
    for sub, base, place in ours:
        overridden = [
            name for name in vars(sub) if name in vars(base) and callable(vars(sub)[name])
        ]
        assert overridden
        assert [n for n in overridden if f"{place}.{n}" not in pins.PARAMETERS] == []


def other_play(self, scene, *args):
    """Takes no keywords."""


def other_stroke(self, ctx, vmobject, background=False):
    """Draws nothing."""
    return self


def made_otherwise(change):
    """VMobject's ``__init__`` with a change to what it made."""
    original = manim.VMobject.__init__

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        change(self)

    return init


# What a new Manim might do -> what is said of it.
CHANGES = {
    "renamed": (Scene, "play_internal", None, "Scene.play_internal is gone"),
    "parameters": (
        *(CairoRenderer, "play", other_play),
        "CairoRenderer.play takes self, scene, args; it took self, scene, args, kwargs",
    ),
    "text": (Camera, "apply_stroke", other_stroke, "Camera.apply_stroke reads otherwise"),
    "value": (
        *(manim.VMobject, "__init__"),
        made_otherwise(lambda mobject: setattr(mobject, "n_points_per_cubic_curve", 3)),
        "n_points_per_cubic_curve is 3; it was 4",
    ),
    "attribute": (
        *(
            manim.VMobject,
            "__init__",
            made_otherwise(lambda mobject: delattr(mobject, "cap_style")),
        ),
        "VMobject has no attribute cap_style when it is new",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_manim_that_moved_is_noticed(change, moved, monkeypatch):
    where, name, new, message = CHANGES[change]
    if new is None:
        monkeypatch.delattr(where, name)
    else:
        monkeypatch.setattr(where, name, new)
    assert [line for line in moved() if message in line]


def test_another_manim_is_refused_with_a_remedy(monkeypatch):
    monkeypatch.setattr(pins, "version", lambda _: "0.23.0")
    with pytest.raises(ImportError, match=r"manim 0\.23\.0 is installed.*pip install"):
        pins.check_version()


def test_the_installed_manim_is_accepted():
    assert importlib.metadata.version("manim").startswith(pins.MANIM)
    pins.check_version()


QUICK = """
import sys
from momentum_film.raster.manim import quick_import

def loaded():
    return [name for name in ("scipy", "networkx", "bs4") if name in sys.modules]

assert loaded() == [], loaded()
import manim
import momentum_film.raster.manim.renderer
from scenes import descent
assert loaded() == [], loaded()
turned = manim.Square().rotate(manim.PI / 2)
assert abs(manim.rotation_matrix(manim.PI / 2, manim.OUT)[1, 0] - 1) < 1e-12
assert len(manim.Graph([1, 2], [(1, 2)]).edges) == 1
assert len(manim.Code(code_string="a = 1", language="python").code_lines) == 1
assert loaded() == ["scipy", "networkx", "bs4"], loaded()
"""


def test_a_quick_start_of_manim_leaves_out_what_is_loaded_when_it_is_used():
    ended = subprocess.run(
        [sys.executable, "-c", QUICK], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 0, ended.stderr


UNUSED = """
import sys
from momentum_film.plan.plan import Request, plan_again
from momentum_film.render.chapter import render
from momentum_math import load_experiment

request = Request(load_experiment("experiments/momentum.toml"), "draft")
for planned in plan_again(request, "still"):
    render(planned.job)
    loaded = [name for name in ("scipy", "networkx", "bs4") if name in sys.modules]
    assert loaded == [], (planned.job.chapter, loaded)
"""


def test_the_default_film_never_needs_them():
    ended = subprocess.run(
        [sys.executable, "-c", UNUSED], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_where_manim_is_already_nothing_is_changed():
    before = vars(manim).copy()
    importlib.import_module("momentum_film.raster.manim.quick_import")
    assert vars(manim) == before
