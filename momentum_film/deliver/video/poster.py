"""The poster: one still, as it was rendered."""

from __future__ import annotations

from pathlib import Path

from momentum_film.cut.edit import Cut


def poster(cut: Cut, path: Path) -> Path:
    """Write the poster as PNG; its size was verified when it was rendered."""
    path.write_bytes(cut.poster.data)
    return path
