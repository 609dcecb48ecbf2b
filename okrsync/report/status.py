"""Where the cycle stands: objectives and their key results for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.model.run import KeyResultStatus, ObjectiveStatus
from okrsync.report.figures import BOUNDS, age, percent, points, quantity
from okrsync.report.text import line, progress_bar, table

WIDE = 110
"""Columns from which on the goal has room beside the title."""


def status_text(objectives: Sequence[ObjectiveStatus], *, now: datetime, width: int = WIDE) -> Group:
    """A heading and a table per objective. ``now`` is aware; ages of data count back from it."""
    parts: list[RenderableType] = []
    for objective in objectives:
        parts += [_headline(objective), _key_results(objective.key_results, now, width), Text()]
    if not objectives:
        parts.append(line("No objectives: the OKR files are empty."))
    return Group(*parts)


def _headline(objective: ObjectiveStatus) -> Text:
    who = ", ".join(part for part in (objective.team, objective.owner) if part)
    about = [objective.cycle, objective.kind, who, "" if objective.state == "active" else objective.state]
    said = " · ".join(part for part in about if part)
    return line((objective.title, "bold"), f"  {percent(objective.progress)}", (f"  {said}", "dim"))


def _key_results(rows: Sequence[KeyResultStatus], now: datetime, width: int) -> RenderableType:
    wide = width >= WIDE
    made = table("key result", "", "progress", "value", *(["goal"] if wide else []), "week", "data")
    for column in made.columns:
        column.no_wrap = True
    made.columns[1].no_wrap, made.columns[1].max_width = False, 44
    for row in rows:
        bar = progress_bar(row.sample.progress if row.sample else None, 12 if wide else 6)
        goals = [line((goal(row), "dim"))] if wide else []
        cells = (line("  ", row.key_result), line(row.title), bar, line(value(row)), *goals)
        made.add_row(*cells, _week(row), _data(row, now))
    return made


def value(row: KeyResultStatus) -> str:
    """The latest reading in the key result's unit."""
    return quantity(row.sample.value if row.sample else None, measure=row.measure, unit=row.unit)


def goal(row: KeyResultStatus) -> str:
    """Where it began and where it shall end."""
    if row.measure in BOUNDS:
        return "stay there" if row.measure == "maintain" else "yes"
    start, target = (quantity(end, measure=row.measure, unit=row.unit) for end in (row.start, row.target))
    return f"{start} → {target}"


def week_change(row: KeyResultStatus) -> str:
    """The way of the last seven days in percentage points of progress."""
    return points(row.sample.progress if row.sample else None, row.week_ago.progress if row.week_ago else None)


def data_age(row: KeyResultStatus, now: datetime) -> str:
    """Since when nobody looked; what people tell is as old as their last word."""
    read = row.pulled_at or (row.sample.at if row.sample and row.sample.value is not None else None)
    return age(now - read) if read else "never"


def _week(row: KeyResultStatus) -> Text:
    moved = week_change(row)
    return line((moved, "green" if moved.startswith("+") else "red" if moved.startswith("-") else "dim"))


def _data(row: KeyResultStatus, now: datetime) -> Text:
    if row.state != "active":
        return line((row.state, "dim"))
    return line((data_age(row, now), "dim"), ("  stale", "yellow") if row.stale else "")
