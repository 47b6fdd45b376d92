"""The command ``momentum`` with workers that paint instead of drawing: all the rest is as it is."""

from __future__ import annotations

from momentum_film.cli.main import run
from momentum_film.render import schedule
from tests.momentum_film.fake_work import Slow

if __name__ == "__main__":
    schedule.render_job = Slow(0.3)
    run()
