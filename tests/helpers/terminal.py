"""Programs on a pseudo-terminal where nobody types: what they print, and how they end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping
from pathlib import Path

LONGEST = 120.0
"""Seconds after which a program that waits for somebody is ended, and its test fails."""

_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """``okrsync`` with these arguments, started on a terminal of its own."""

    def __init__(self, *arguments: str, environ: Mapping[str, str], width: int = 100) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "okrsync", *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**inherited, "TERM": "xterm-256color", **environ},
        )  # fmt: skip
        os.close(slave)
        self._end = threading.Timer(LONGEST, self._process.kill)
        self._end.start()
        self._printed = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._end.cancel()
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def printed(self) -> str:
        """Everything so far, without colours."""
        return _STYLES.sub("", self._printed.decode("utf-8", "replace")).replace("\r\n", "\n")

    def until(self, text: str) -> None:
        """Returns when ``text`` was printed."""
        while text not in self.printed:
            assert self._more(), f"it ended without {text!r}:\n{self.printed}"

    def asked(self, text: str) -> None:
        """Returns when ``text`` was printed and an answer is waited for.

        Between the two Python hears Ctrl-C and does not act upon it before the next key.
        """
        self.until(text)
        while _state(self._process.pid) == "R":
            time.sleep(0.001)

    def press_ctrl_c(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """The exit code, once everything is printed; negative for the signal that killed it."""
        while self._more():
            pass
        return self._process.wait()

    def _more(self) -> bool:
        try:
            read = os.read(self._master, 65536)
        except OSError:  # how Linux says that nobody has the other end open
            return False
        self._printed += read
        return bool(read)


def _state(process: int) -> str:
    """R for one that runs, S for one that waits; where the system does not tell, nothing."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
