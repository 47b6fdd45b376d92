"""A request to end is heard wherever the program is."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys, threading, time
from momentum_film.cli.interrupts import Interrupted, interruptible

class Finalized:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[1]))
        time.sleep(0.001)

class Faulty:
    def __del__(self):
        raise ValueError("printed, as ever")

def in_a_finalizer():
    Faulty()
    Finalized()

def in_the_open():
    os.kill(os.getpid(), int(sys.argv[1]))

def handed_to_another_thread():
    def get():
        time.sleep(0.2)
        signal.pthread_kill(threading.get_ident(), int(sys.argv[1]))
        time.sleep(20)
    threading.Thread(target=get, daemon=True).start()

try:
    with interruptible():
        locals()[sys.argv[2]]()
        threading.Event().wait(20)
except Interrupted as interrupted:
    raise SystemExit(interrupted.exit_code)
"""


@pytest.mark.parametrize("place", ["in_the_open", "in_a_finalizer", "handed_to_another_thread"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_the_code_of_the_signal(number: signal.Signals, place: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(int(number)), place],
        capture_output=True,
        text=True,
        timeout=15,
    )
    assert ended.returncode == 128 + number
    assert "Interrupted" not in ended.stderr
    assert ("printed, as ever" in ended.stderr) == (place == "in_a_finalizer")
