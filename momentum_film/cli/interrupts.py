"""Ctrl-C, and the polite requests to end: once to clean up, twice to end at once."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

if sys.platform == "win32":
    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)
else:
    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asks for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number  # 130 after Ctrl-C, 143 after SIGTERM


@contextmanager
def interruptible() -> Iterator[None]:
    """Have signals raise Interrupted in the main thread, so that everything is cleaned up.

    A second signal does not wait for that: workers end with their parent anyway, and what is left
    half-made is swept by the next command. Where Python only prints what is raised (in finalizers
    and in callbacks of the garbage collector), the signal is sent again a moment later.
    """
    seen: list[int] = []
    print_unraisable = sys.unraisablehook

    def end(number: int, _: FrameType | None) -> None:
        if seen:
            os._exit(128 + number)
        seen.append(number)
        raise Interrupted(number)

    def again(lost: sys.UnraisableHookArgs) -> None:
        if isinstance(lost.exc_value, Interrupted):
            timer = threading.Timer(0.01, _send, [seen.pop()])
            timer.daemon = True
            timer.start()
        else:
            print_unraisable(lost)

    before = {number: signal.signal(number, end) for number in SIGNALS}
    sys.unraisablehook = again
    try:
        with _waking():
            yield
    finally:
        sys.unraisablehook = print_unraisable
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _waking() -> Iterator[None]:
    """Have signals wake the main thread, whichever thread the system hands them to.

    Python answers them in the main thread, which a wait for a lock or a job keeps asleep unless
    the signal is handed to it. Where threads come and go, one in ten is not.
    """
    if sys.platform == "win32":
        yield
        return
    hears, tells = socket.socketpair()
    tells.setblocking(False)  # as Python asks for

    def wake() -> None:  # with a signal that does nothing, for each one that may have been missed
        while numbers := hears.recv(1024):
            if set(numbers) != {signal.SIGURG}:
                _send(signal.SIGURG)

    handled_by = signal.signal(signal.SIGURG, lambda *_: None)
    told_before = signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)
    waker = threading.Thread(target=wake, name="waker", daemon=True)
    waker.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(told_before)
        tells.close()
        waker.join()
        hears.close()
        signal.signal(signal.SIGURG, handled_by)


def _send(number: int) -> None:
    """Send a signal to the main thread, so that it ends a call that waits there."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        signal.raise_signal(number)
    else:
        signal.pthread_kill(main, number)
