"""Ctrl-C while no command is at work, as while they are being loaded, ends the process quietly.

A command at work is interrupted by SIGTERM as by Ctrl-C: what it has in hand is put down, and the run says so.
What is ``unbroken`` ends first: libraries know no interruption between any two of their lines.
A shell that starts a program in the background may have made it deaf to Ctrl-C; it stays so.
"""

from __future__ import annotations

import os
import signal
from _thread import get_ident  # threading itself takes longer to load than all of this
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

TYPE_CHECKING = False  # the real one costs a third of the time in which Ctrl-C is not heeded yet
if TYPE_CHECKING:
    from typing import Any

INTERRUPTED = 130
"""The shell's code for a program that Ctrl-C ended."""

TERMINATED = 143
"""The same for SIGTERM, which `kill`, timeouts and service managers send."""


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end, without a keyboard."""


class Unbroken:
    """A context in which no command is interrupted; what came meanwhile is raised at its end.

    For what takes moments and waits for nobody. ``thread`` is the one at work, which interruptions meet; for all others
    it is nothing.
    """

    def __init__(self) -> None:
        self.thread = 0
        self._inside = 0
        self._came: type[KeyboardInterrupt] | None = None

    def __enter__(self) -> None:
        if get_ident() == self.thread:
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        if get_ident() == self.thread:
            self._inside -= 1
            if self._came and not self._inside:
                self.interrupt(self._came)

    def interrupt(self, how: type[KeyboardInterrupt]) -> None:
        """Raise it, now or at the end."""
        self._came = how if self._inside else None
        if not self._inside:
            raise how


unbroken = Unbroken()


def code_of(interruption: KeyboardInterrupt) -> int:
    """The exit code of what was interrupted."""
    return TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED


def leave(*_: object) -> None:
    """At once: nothing has begun, or everything is done."""
    os._exit(INTERRUPTED)


def leave_quietly() -> None:
    """From here on Ctrl-C ends the process without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


@contextmanager
def raised() -> Iterator[None]:
    """In here Ctrl-C and SIGTERM are a KeyboardInterrupt, as a command at work needs it."""
    unbroken.thread = get_ident()
    before = {number: signal.getsignal(number) for number in _RAISING}
    for number, (silent, handler) in _RAISING.items():
        if before[number] is silent:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, (silent, _) in _RAISING.items():
            if before[number] is silent:
                signal.signal(number, silent)


def _interrupt(*_: object) -> None:
    unbroken.interrupt(KeyboardInterrupt)


def _terminate(*_: object) -> None:
    unbroken.interrupt(Terminated)


_RAISING: Mapping[signal.Signals, tuple[Any, Any]] = {
    signal.SIGINT: (leave, _interrupt),
    signal.SIGTERM: (signal.SIG_DFL, _terminate),
}
"""Each signal with what it does before a command is at work, and while one is."""
