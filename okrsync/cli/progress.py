"""How long work looks: a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console

from okrsync.progress import Progress
from okrsync.report.safe import plain

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

QUIET_SECONDS = 10.0
"""In a pipe a stage that lasts longer says so this often."""


def progress_on(console: Console) -> Progress:
    """Bars need a terminal on which a line can be written anew."""
    return BarProgress(console) if console.is_terminal and not console.is_dumb_terminal else LineProgress(console)


class BarProgress:
    """One bar for the stage in hand; it vanishes when the work is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: RichProgress | None = None
        self._stage: TaskID | None = None

    def stage(self, name: str, total: int | None = None) -> None:
        bars = self._bars or self._begin()
        if self._stage is not None:
            bars.remove_task(self._stage)
        self._stage = bars.add_task(plain(name), total=total)

    def advance(self, count: int = 1) -> None:
        if self._bars and self._stage is not None:
            self._bars.advance(self._stage, count)

    def done(self) -> None:
        if self._bars:
            self._bars.stop()
        self._bars = self._stage = None

    def _begin(self) -> RichProgress:
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(24))
        bars = RichProgress(*columns, MofNCompleteColumn(), TimeElapsedColumn(), console=self._console, transient=True)
        bars.start()
        self._bars = bars
        return bars


class LineProgress:
    """One line at the end of each stage, and one now and then while it lasts."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._name = ""
        self._total: int | None = None
        self._count = 0
        self._spoke = 0.0

    def stage(self, name: str, total: int | None = None) -> None:
        self.done()
        self._name, self._total, self._count = plain(name), total, 0
        self._spoke = self._clock()

    def advance(self, count: int = 1) -> None:
        self._count += count
        if self._clock() - self._spoke >= QUIET_SECONDS:
            self._say(" …")

    def done(self) -> None:
        if self._name and self._total != 0:
            self._say("")
        self._name = ""

    def _say(self, suffix: str) -> None:
        total = f" of {self._total:,}" if self._total is not None and self._total != self._count else ""
        counted = f": {self._count:,}{total}" if self._count or total else ""
        self._console.print(f"{self._name}{counted}{suffix}", soft_wrap=True)
        self._spoke = self._clock()
