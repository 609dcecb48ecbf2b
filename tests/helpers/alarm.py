"""Interruptions at a chosen line: what a signal may do at any moment, done at each of them in turn."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class Alarm:
    """Sends SIGTERM to this process before the ``nth`` line of Python that runs inside, in whichever library."""

    def __init__(self, nth: int = 0) -> None:
        self.lines = 0
        self._nth = nth

    @property
    def rang(self) -> bool:
        return 0 < self._nth <= self.lines

    def __enter__(self) -> Alarm:
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename == __file__:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self._nth:
                signal.raise_signal(signal.SIGTERM)
        return self._trace
