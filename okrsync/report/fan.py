"""The chart of a forecast: what was made so far, and the fan of what is likely, in characters of a terminal.

Where a terminal, or whatever is at the end of a pipe, cannot show blocks, plain ASCII says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from rich.console import Console, ConsoleOptions
from rich.text import Text

from okrsync.model.outlook import SHARES, Outlook
from okrsync.words import number

ROWS = 9
WIDEST = 100
NARROWEST = 40


class Signs(NamedTuple):
    """``fan`` is from the surest share to the least sure; ``tops`` are from an eighth to a full cell."""

    made: str
    tops: str
    fan: str
    goal: str
    due: str
    corner: str
    ground: str
    axis: str


BLOCKS = Signs("█", "▁▂▃▄▅▆▇█", "▓▒░·", "─", "╎", "└", "─", "│")
PLAIN = Signs("#", "#", "=+:.", "-", "|", "+", "-", "|")
_STYLES = {"made": "green", "fan": "cyan", "goal": "dim", "due": "yellow"}


class FanChart:
    """Draws an outlook that has its past and what lies ahead; as wide as the terminal, up to ``WIDEST``."""

    def __init__(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self._top = max([one.goal for one in outlook.past] + [one.made for one in outlook.past] + [outlook.goal or 0.0])

    @property
    def drawable(self) -> bool:
        """Whether there is a past, and anything above nothing to draw."""
        return bool(self._outlook.past) and self._top > 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        signs = PLAIN if options.ascii_only else BLOCKS
        labels = [self._label(row) for row in range(ROWS)]
        margin = max(map(len, labels)) + 2
        columns = max(NARROWEST, min(WIDEST, options.max_width)) - margin - 1
        scale = _Scale(self._outlook, columns)
        grid = [self._column(scale, column, signs) for column in range(columns)]
        for row in reversed(range(ROWS)):
            yield Text.assemble((f"{labels[row]:>{margin - 1}} {signs.axis}", "dim"), *(cells[row] for cells in grid))
        yield Text(f"{' ' * margin}{signs.corner}{signs.ground * (columns - 1)}", "dim")
        yield Text(f"{' ' * margin}{_ticks(scale)}", "dim")
        yield Text.assemble(" " * margin, *_legend(signs, self._outlook))

    def _label(self, row: int) -> str:
        """The value at a row's upper edge, for every fourth."""
        if (ROWS - 1 - row) % 4:
            return ""
        made = self._top * (row + 1) / ROWS
        value = self._outlook.origin + (-made if self._outlook.falling else made)
        return number(round(value, 1) if self._top >= 1 else value)

    def _column(self, scale: _Scale, column: int, signs: Signs) -> list[tuple[str, str]]:
        """The cells of a column, from the ground up."""
        levels = scale.levels(column)
        goal = scale.goal(column) / self._top * ROWS
        cells = [_cell([level / self._top * ROWS for level in levels], row, signs) for row in range(ROWS)]
        if column == scale.due:
            cells = [(signs.due, _STYLES["due"])] * ROWS
        ruler = min(ROWS - 1, max(0, round(goal) - 1))
        if cells[ruler][0] == " ":
            cells[ruler] = signs.goal, _STYLES["goal"]
        return cells


class _Scale:
    """Which moment is where, and what was or will be made then."""

    def __init__(self, outlook: Outlook, columns: int) -> None:
        self._past, self._ahead, self._outlook = outlook.past, outlook.ahead, outlook
        self.begin = outlook.past[0].at
        ends = [one.at for one in outlook.ahead] or [max(outlook.at, _evening(outlook))]
        self._length = max(timedelta(days=1), ends[-1] - self.begin)
        self._columns = columns
        self.now, self.due = self.place(outlook.at), self.place(_evening(outlook))

    def place(self, at: datetime) -> int:
        return round((at - self.begin) / self._length * (self._columns - 1))

    def moment(self, column: int) -> datetime:
        return self.begin + self._length * column / max(1, self._columns - 1)

    def levels(self, column: int) -> Sequence[float]:
        """What was made by then; or, ahead, what is made with each probability, the surest first."""
        if column <= self.now:
            return (_between([(one.at, one.made) for one in self._past], self.moment(column)),)
        today = (self._outlook.at, self._outlook.made or 0.0)
        lines = ([today, *((one.at, one.made[n]) for one in self._ahead)] for n in reversed(range(len(SHARES))))
        return tuple(_between(line, self.moment(column)) for line in lines) if self._ahead else ()

    def goal(self, column: int) -> float:
        return _between([(one.at, one.goal) for one in self._past], self.moment(column))


def _cell(levels: Sequence[float], row: int, signs: Signs) -> tuple[str, str]:
    """A cell by how high the levels are in rows: one level is what was made, several are the fan."""
    if len(levels) == 1:
        eighths = round((levels[0] - row) * 8)
        if eighths <= 0 or (eighths < 4 and len(signs.tops) == 1):
            return " ", ""
        return (signs.made if eighths >= 8 else signs.tops[min(eighths, len(signs.tops)) - 1]), _STYLES["made"]
    for level, sign in zip(levels, signs.fan, strict=False):
        if level >= row + 0.5:
            return sign, _STYLES["fan"]
    return " ", ""


def _between(line: Sequence[tuple[datetime, float]], at: datetime) -> float:
    """The value at a time, evenly between two points; beyond the ends it is theirs."""
    before = line[0]
    for after in line:
        if after[0] >= at:
            span = (after[0] - before[0]) / timedelta(seconds=1)
            share = (at - before[0]) / timedelta(seconds=1) / span if span else 1.0
            return before[1] + (after[1] - before[1]) * min(1.0, max(0.0, share))
        before = after
    return before[1]


def _evening(outlook: Outlook) -> datetime:
    return outlook.at + timedelta(weeks=outlook.weeks_left)


def _ticks(scale: _Scale) -> str:
    """The first day, today and the due day below the places where they are, as far as there is room."""
    marks = [(0, day_and_month(scale.begin.date())), (scale.now, "today"), (scale.due, "due")]
    text = ""
    for place, mark in sorted(marks):
        begin = max(0, place - len(mark) // 2)
        if not text or begin > len(text):
            text = f"{text:<{begin}}{mark}"
    return text


def _legend(signs: Signs, outlook: Outlook) -> Iterator[tuple[str, str]]:
    bounded = outlook.bound is not None
    yield signs.made, _STYLES["made"]
    yield " was   " if bounded else " made   ", "dim"
    if outlook.ahead:
        for sign, share in zip(signs.fan, reversed(SHARES), strict=True):
            yield sign, _STYLES["fan"]
            yield f" {share:.0%}   ".replace("%", " %"), "dim"
    yield signs.goal, _STYLES["goal"]
    yield " limit   " if bounded else " goal   ", "dim"
    yield signs.due, _STYLES["due"]
    yield " due", "dim"


def day_and_month(day: date, beside: date | None = None) -> str:
    """``5 Oct``, with the year where it is another than that of ``beside``."""
    year = f" {day.year}" if beside is not None and day.year != beside.year else ""
    return f"{day.day} {day:%b}{year}"
