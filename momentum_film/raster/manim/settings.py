"""Manim's configuration for one job. It is global: one job at a time in a process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from manim import ManimColor, RendererType, config

from scenes.look import SHORT_SIDE_UNITS


@contextmanager
def configured(width: int, height: int, fps: int, background: str) -> Iterator[float]:
    """Configure Manim for a picture's size in pixels and ``#rrggbb``, and put everything back.

    Yields:
        Pixels per scene unit.
    """
    unit = min(width, height) / SHORT_SIDE_UNITS
    with TemporaryDirectory(prefix="momentum-") as folder:
        wanted = {
            "pixel_width": width,
            "pixel_height": height,
            "frame_width": width / unit,
            "frame_height": height / unit,
            "frame_rate": fps,
            "background_color": ManimColor(background),
            "background_opacity": 1.0,
            "media_dir": folder,
            "dry_run": True,
            "disable_caching": True,
            "progress_bar": "none",
            "verbosity": "ERROR",
            "renderer": RendererType.CAIRO,
        }
        before = {name: config[name] for name in wanted}
        try:
            _set(wanted)
            yield unit
        finally:
            _set(before)


def _set(values: dict[str, object]) -> None:
    """Change these of Manim's settings; ``tempconfig`` sets all, and some setters take long."""
    for name, value in values.items():
        if config[name] != value:
            config[name] = value


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Keep the garbage collector from walking over all of Manim's modules again and again."""
    if not gc.get_freeze_count():
        gc.freeze()  # what is there before a process's first chapter stays
    gc.collect()
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
