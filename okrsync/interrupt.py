"""Ctrl-C while no command is at work, as while they are being loaded, ends the process quietly.

A shell that starts a program in the background may have made it deaf to Ctrl-C; it stays so.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
"""The shell's code for a program that Ctrl-C ended."""


def leave(*_: object) -> None:
    """At once: nothing has begun, or everything is done."""
    os._exit(INTERRUPTED)


def leave_quietly() -> None:
    """From here on Ctrl-C ends the process without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


@contextmanager
def raised() -> Iterator[None]:
    """In here Ctrl-C is a KeyboardInterrupt, as a command at work needs it."""
    if quiet := signal.getsignal(signal.SIGINT) is leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if quiet:
            signal.signal(signal.SIGINT, leave)
