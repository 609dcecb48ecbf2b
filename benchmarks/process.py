"""Runs a command as a whole process and says what the system charged for it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

_UNITS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024


class Failed(Exception):
    """The command ended with an exit code that was not expected, or did not do its work."""


@dataclass(frozen=True, slots=True)
class Cost:
    """``wall`` and ``cpu`` (user and system) in seconds; ``rss`` is the largest resident set in MB."""

    wall: float
    cpu: float
    rss: float
    requests: int = 0
    output: str = ""


def measure(command: Sequence[str], environ: Mapping[str, str]) -> Cost:
    """Raises Failed with the end of what the command said when it does not exit with 0.

    The system counts the parent's memory at the fork as the child's: keep the calling process small.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        files = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
        begin = time.perf_counter()
        child = os.posix_spawn(command[0], list(command), dict(environ), file_actions=files)
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - begin
        said, complained = _text(out), _text(err)
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise Failed(f"{' '.join(command)} ended with {code}:\n{said[-1000:]}{complained[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _UNITS_PER_MB, output=said)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")
