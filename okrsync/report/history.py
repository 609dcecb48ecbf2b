"""The history of a key result at a terminal: how it went, and every day on which something was noted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta, tzinfo

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.text import Text

from okrsync.model.checkin import CheckIn
from okrsync.model.chronicle import Chronicle, Day, Redefined
from okrsync.model.sample import Sample
from okrsync.report.numbers import percent, quantity
from okrsync.report.text import line, progress_bar, table
from okrsync.words import number

ROWS = 6
WIDEST = 96
MARGIN = 8

Reading = tuple[date, Sample]


def history_text(past: Chronicle, *, zone: tzinfo) -> Group:
    """A chart from the first reading on, and a table of days, the oldest first. Days are those of ``zone``."""
    since, until = past.since.astimezone(zone), past.until.astimezone(zone)
    title = line((past.key_result, "bold"), f"  {past.title}", (f"  {since:%Y-%m-%d} to {until:%Y-%m-%d}", "dim"))
    parts: list[RenderableType] = [title, Text()]
    chart = Chart(past, zone)
    if chart.drawable:
        parts += [chart, Text()]
    parts.append(_days(past) if past.days else line("Nothing was noted in that time."))
    if any(day.sample and day.sample.rebuilt for day in past.days):
        parts += [Text(), line(("rebuilt: read from the trackers' histories, before anybody measured.", "dim"))]
    return Group(*parts)


def _days(past: Chronicle) -> RenderableType:
    made = table("day", "progress", "value", "done / scope", "noted", numbers=("value", "done / scope"))
    for column in made.columns[:4]:
        column.no_wrap = True
    bound = past.limit is not None
    for day in past.days:
        sample = day.sample
        made.add_row(
            line(f"{day.day:%Y-%m-%d}"),
            progress_bar(sample.progress, 8) if sample else Text(),
            line(_value(past, sample) if sample else ""),
            line(f"{number(sample.done)} / {number(sample.scope)}" if sample and sample.scope and not bound else ""),
            Text("\n").join(_noted(day)),
        )
    return made


def _value(past: Chronicle, sample: Sample) -> str:
    """Of what must hold also what was counted, since that is near its bound or far from it."""
    told, counted = quantity(sample.value, measure=past.measure, unit=past.unit), metric(sample)
    return f"{number(counted)}, {told}" if past.limit is not None and counted is not None else told


def metric(sample: Sample) -> float | None:
    """What a reading of a bound counted; None where it does not tell."""
    if sample.numerator is None or sample.denominator is None:
        return sample.numerator
    return sample.numerator / sample.denominator if sample.denominator else None


def _noted(day: Day) -> Iterator[Text]:
    if day.sample and day.sample.rebuilt:
        yield line(("rebuilt", "dim"))
    yield from (_redefined(one) for one in day.redefined)
    yield from (_said(one) for one in day.checkins)
    if day.sample and day.sample.raw is not None and not 0 <= day.sample.raw <= 1:
        yield line((f"unclamped {number(day.sample.raw * 100)} %", "dim"))


def _redefined(one: Redefined) -> Text:
    both = f": {percent(one.before)} before, {percent(one.after)} after" if one.before is not None else ""
    return line((", ".join(one.changed), "yellow"), both)


def _said(one: CheckIn) -> Text:
    felt = f" {one.confidence}/10" if one.confidence is not None else ""
    note = f": {one.note}" if one.note else ""
    return line((f"{one.who}{felt}", "cyan"), note)


class Chart:
    """A burn-up where there is a scope, the count against its bound where something must hold, else the progress.

    As wide as the terminal, up to ``WIDEST`` columns.
    """

    def __init__(self, past: Chronicle, zone: tzinfo) -> None:
        known = [(day.day, day.sample) for day in past.days if day.sample]
        start = past.since.astimezone(zone).date()
        self._readings: list[Reading] = [(start, past.before), *known] if past.before else known
        self._until = past.until.astimezone(zone).date()
        self._limit = past.limit if any(metric(sample) is not None for _, sample in self._readings) else None
        self._of_scope = self._limit is None and any(sample.scope for _, sample in self._readings)
        self._top = max((max(self._levels(sample)) for _, sample in self._readings), default=0.0)

    @property
    def drawable(self) -> bool:
        """Whether there are two readings at least, and anything above nothing to draw."""
        return len(self._readings) > 1 and self._top > 0

    def _levels(self, sample: Sample) -> tuple[float, float]:
        """What is reached, and what there is to reach."""
        if self._limit is not None:
            return metric(sample) or 0.0, self._limit
        return (sample.done, sample.scope) if self._of_scope else (sample.progress or 0.0, 1.0)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        full, eighths, goal = ("#", " #######", "-") if options.ascii_only else ("█", " ▁▂▃▄▅▆▇", "─")
        begin = self._readings[0][0]
        span = max(1, (self._until - begin).days)
        columns = max(20, min(WIDEST, options.max_width) - MARGIN - 1)
        levels = [
            self._levels(self._at(begin + timedelta(days=span * column / (columns - 1)))) for column in range(columns)
        ]
        for row in reversed(range(ROWS)):
            cells = Text()
            for done, scope in levels:
                filled = round((done / self._top * ROWS - row) * 8)
                if filled > 0:
                    cells.append(full if filled >= 8 else eighths[filled], "green")
                else:
                    cells.append(goal if min(ROWS - 1, int(scope / self._top * ROWS - 0.01)) == row else " ", "dim")
            yield Text.assemble((f"{self._label(row):>{MARGIN - 1}} ", "dim"), cells)
        dates = f"{begin.day} {begin:%b}", f"{self._until.day} {self._until:%b}"
        yield Text(f"{' ' * MARGIN}{dates[0]:<{columns - len(dates[1])}}{dates[1]}", "dim")
        said = (" done   ", " scope") if self._of_scope else (" progress   ", " goal")
        said = said if self._limit is None else (" counted   ", " limit")
        yield Text.assemble(" " * MARGIN, (full, "green"), (said[0], "dim"), (goal, "dim"), (said[1], "dim"))

    def _label(self, row: int) -> str:
        named = number if self._of_scope or self._limit is not None else percent
        return named(self._top) if row == ROWS - 1 else named(0.0) if row == 0 else ""

    def _at(self, day: date) -> Sample:
        """The last reading by then."""
        return next((sample for when, sample in reversed(self._readings) if when <= day), self._readings[0][1])
