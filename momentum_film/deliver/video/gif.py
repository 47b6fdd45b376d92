"""The film's loop, as it was rendered."""

from __future__ import annotations

from pathlib import Path

from momentum_film.cut.edit import Cut


def gif(cut: Cut, path: Path) -> Path:
    """Write the loop as GIF; it was verified when it was rendered."""
    if cut.loop is None:
        raise ValueError("this cut has no loop")
    path.write_bytes(cut.loop.data)
    return path
