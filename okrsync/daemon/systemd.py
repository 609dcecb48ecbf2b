"""What systemd wants to hear (sd_notify(3)): that the daemon is ready, and from time to time that it is alive."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

SHARE = 3
"""A watchdog hears from us so often within its time."""


class Supervisor:
    """Tells ``NOTIFY_SOCKET``; without one it says nothing. ``clock`` counts seconds."""

    def __init__(self, environ: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._clock = clock
        self._last = clock()
        self._every = _interval(environ)
        self._told = float("-inf")
        self._owes_ready = False

    def ready(self) -> None:
        """Start-up is over: units that wait for this one may start. Where systemd was too busy, it hears so later."""
        self._owes_ready = not self._tell("READY=1")

    def stopping(self) -> None:
        """The end has begun: systemd waits for it instead of counting it as a crash."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Called as often as anybody likes."""
        self._last = now = self._clock()
        if self._owes_ready:
            self.ready()
        if self._every is not None and now - self._told >= self._every:
            self._told = now
            self._tell("WATCHDOG=1")

    def silence(self) -> float:
        """Seconds since the daemon was last alive."""
        return self._clock() - self._last

    def _tell(self, message: str) -> bool:
        """False where it can be said again later: nothing waits for a listener that is busy.

        A name that begins with @ is in the abstract namespace; whoever does not listen is no trouble of ours.
        """
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return True
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door, suppress(OSError):
            door.setblocking(False)
            try:
                door.connect(name)
                door.send(message.encode())
            except BlockingIOError:
                return False
        return True


def _interval(environ: Mapping[str, str]) -> float | None:
    """Seconds between two signs of life, where a watchdog waits for ours."""
    wanted, whose = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not wanted.isdecimal() or (whose and whose != str(os.getpid())):
        return None
    return int(wanted) / 1_000_000 / SHARE
