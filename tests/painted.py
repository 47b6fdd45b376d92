"""The command ``momentum`` with workers that paint instead of drawing: all the rest is as it is."""

from __future__ import annotations

from film import rendering
from film.cli import run
from tests.fake_work import Slow

if __name__ == "__main__":
    rendering.work = Slow(0.3)
    run()
