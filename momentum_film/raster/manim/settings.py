"""Manim's configuration for one job. It is global: one job at a time in a process."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

from manim import ManimColor, RendererType, config
from tqdm import tqdm

SHORT_SIDE_UNITS = 8.0


@contextmanager
def configured(width: int, height: int, fps: int, background: str) -> Iterator[float]:
    """Configure Manim for pictures of a size, and put everything back.

    Args:
        width: pixels.
        height: pixels.
        fps: frames per second.
        background: ``#rrggbb``.

    Yields:
        Pixels per scene unit: the short side is 8 units.
    """
    unit = min(width, height) / SHORT_SIDE_UNITS
    # Manim asks tqdm for a bar even if none is shown, and tqdm would make a lock for several
    # processes, which a worker that is ended leaves behind.
    tqdm.set_lock(threading.RLock())
    with (
        TemporaryDirectory(prefix="momentum-") as folder,
        _settings(
            {
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
        ),
    ):
        yield unit


@contextmanager
def _settings(wanted: dict[str, Any]) -> Iterator[None]:
    """Set these of Manim's settings, and put them back.

    Manim's own ``tempconfig`` puts all of them back, and some setters take long.
    """
    before = {name: config[name] for name in wanted}
    try:
        _set(wanted)
        yield
    finally:
        _set(before)


def _set(values: dict[str, Any]) -> None:
    for name, value in values.items():
        if config[name] != value:
            config[name] = value


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Keep the garbage collector from walking over all of Manim's modules again and again."""
    _keep_what_is_imported()
    gc.collect()
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


@cache
def _keep_what_is_imported() -> None:
    """Once in a process: what is there before the first chapter stays, so it is not walked over."""
    gc.freeze()
