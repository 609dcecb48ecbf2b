"""A bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import io
from collections.abc import Iterator

from report_values import HOSTILE
from rich.console import Console

from okrsync.cli.progress import BarProgress, LineProgress, progress_on


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, highlight=False, markup=False)


def written(on: Console) -> str:
    return on.file.getvalue()  # type: ignore[attr-defined]


def seconds(*moments: float) -> Iterator[float]:
    yield from moments
    while True:
        yield moments[-1]


def test_a_pipe_gets_one_line_for_each_stage() -> None:
    pipe = console(terminal=False)
    progress = progress_on(pipe)
    progress.stage("reading acme/shop")
    progress.advance(100)
    progress.advance(12)
    progress.stage("writing", 2)
    progress.advance(2)
    progress.done()
    progress.done()
    assert written(pipe) == "reading acme/shop: 112\nwriting: 2\n"


def test_a_long_stage_speaks_now_and_then() -> None:
    pipe = console(terminal=False)
    clock = seconds(0, 1, 11, 11, 12, 12)
    progress = LineProgress(pipe, clock=lambda: next(clock))
    progress.stage("reading", 300)
    for _ in range(3):
        progress.advance(100)
    progress.done()
    assert written(pipe) == "reading: 200 of 300 …\nreading: 300\n"


def test_a_stage_that_stopped_early_says_how_far_it_came() -> None:
    pipe = console(terminal=False)
    progress = LineProgress(pipe)
    progress.stage("writing", 5)
    progress.advance(2)
    progress.done()
    assert written(pipe) == "writing: 2 of 5\n"


def test_a_terminal_gets_a_bar_that_vanishes() -> None:
    terminal = console(terminal=True)
    progress = progress_on(terminal)
    assert isinstance(progress, BarProgress)
    progress.advance()
    progress.stage("reading", 10)
    progress.advance(5)
    progress.stage("writing", 2)
    progress.done()
    progress.done()
    assert "writing" in written(terminal)


def test_names_of_stages_are_made_harmless() -> None:
    pipe = console(terminal=False)
    progress = LineProgress(pipe)
    progress.stage(HOSTILE)
    progress.done()
    assert "\x1b" not in written(pipe)


def test_a_terminal_that_can_write_nothing_anew_gets_lines() -> None:
    dumb = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})
    assert isinstance(progress_on(dumb), LineProgress)
