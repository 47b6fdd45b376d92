"""The command ``momentum`` with workers that fail: all the rest is as it is.

The environment's FAULT is a key of ``fake_work.FAULTS``, CHAPTER is whose film segment it strikes,
and TIMES how many tries.
"""

from __future__ import annotations

import os
from pathlib import Path

from momentum_film.cli.main import run
from momentum_film.render import schedule
from tests.momentum_film.fake_work import Faulty

if __name__ == "__main__":
    work = Faulty(Path("log"), os.environ["CHAPTER"], os.environ["FAULT"], int(os.environ["TIMES"]))
    schedule.render_job = work
    run()
