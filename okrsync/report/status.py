"""Where the cycle stands: objectives and their key results for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.model.status import KeyResultStatus, ObjectiveStatus
from okrsync.model.verdict import Status, Verdict
from okrsync.report.finals import closed_words, silent_words
from okrsync.report.numbers import BOUNDS, age, percent, points, quantity
from okrsync.report.text import EXPECTED, entry, line, progress_bar, table
from okrsync.report.verdicts import expected_mark, reasons, status_word, worst_words

WIDE = 110
"""Columns from which on the goal has room beside the title."""

NARROW = 96
"""Columns below which a title has room only under its id."""

_WHOLE = ("progress", "status", "week", "data")
"""Columns that are always told whole; the others fold where there is no room."""

_NEEDY = (Status.OVERDUE, Status.AT_RISK, Status.BEHIND, Status.NO_DATA)
"""What somebody should do something about."""


def status_text(
    objectives: Sequence[ObjectiveStatus],
    *,
    now: datetime,
    width: int = WIDE,
    why: bool = False,
    past: bool = False,
) -> Group:
    """A heading and a table per objective. ``now`` is aware; ages of data count back from it.

    ``why`` adds the rule behind every status; without it only those that the row itself does not show. In the
    ``past`` it is told which readings were rebuilt.
    """
    parts: list[RenderableType] = [line(("As of the end of ", "dim"), f"{now:%Y-%m-%d}"), Text()] if past else []
    for objective in objectives:
        parts += [_headline(objective), *_said(objective.verdict, "  ", why=why), *_closed(objective)]
        parts.append(_key_results(objective.key_results, None if past else now, width))
        for row in objective.key_results:
            parts += _said(row.verdict, f"    {row.key_result}  ", why=why)
        parts.append(Text())
    if not objectives:
        parts.append(line("No objectives: the OKR files are empty."))
    if any(expected_mark(row.verdict) for objective in objectives for row in objective.key_results):
        parts.append(line((f"{EXPECTED} is where it should be by now.", "dim")))
    parts += [] if past else [line((told, "yellow")) for told in silent_words(objectives)]
    return Group(*parts)


def _closed(objective: ObjectiveStatus) -> list[Text]:
    return [line("  ", told) for told in filter(None, [closed_words(objective)])]


def _said(verdict: Verdict | None, before: str, *, why: bool) -> list[Text]:
    return [line((before, "dim"), said) for said in reasons(verdict, every=why)]


def _headline(objective: ObjectiveStatus) -> Text:
    who = ", ".join(part for part in (objective.team, objective.owner) if part)
    status = objective.verdict.status if objective.verdict else ""
    about = [objective.cycle, objective.kind, who, "" if objective.state in ("active", status) else objective.state]
    said = " · ".join(part for part in about if part)
    head = line((objective.title, "bold"), f"  {percent(objective.progress)}", "  " if objective.verdict else "")
    return entry(head, status_word(objective.verdict), *_worst(objective), (f"  {said}", "dim"))


def _worst(objective: ObjectiveStatus) -> list[Text]:
    """The worst part, where it needs somebody."""
    worst = objective.worst
    needy = worst is not None and worst.verdict.status in _NEEDY
    return [line("  ", *worst_words(worst))] if needy else []


def _key_results(rows: Sequence[KeyResultStatus], now: datetime | None, width: int) -> RenderableType:
    if width < NARROW:
        return _narrow(rows, now)
    wide = width >= WIDE
    made = table("key result", "", "progress", "status", "value", *(["goal"] if wide else []), "week", "data")
    for column in made.columns:
        column.no_wrap = column.header in _WHOLE
    made.columns[1].max_width = 44
    for row in rows:
        bar, status, amount, *moved = _figures(row, now, 12 if wide else 6)
        goals = [line((goal(row), "dim"))] if wide else []
        made.add_row(line("  ", row.key_result), line(row.title), bar, status, amount, *goals, *moved)
    return made


def _narrow(rows: Sequence[KeyResultStatus], now: datetime | None) -> RenderableType:
    """Each title on a line of its own, above what would stand beside it."""
    head = [line((name, "dim")) for name in ("progress", "status", "value", "week", "data")]
    figures = [_figures(row, now, 6) for row in rows]
    widths = [max(cell.cell_len for cell in column) + 2 for column in zip(head, *figures, strict=True)]
    lines = [_in_columns(head, widths)] if rows else []
    for row, cells in zip(rows, figures, strict=True):
        lines += [line("  ", (row.key_result, "bold"), "  ", row.title), _in_columns(cells, widths)]
    return Group(*lines)


def _in_columns(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    padded = (part for cell, width in zip(cells, widths, strict=True) for part in (cell, " " * (width - cell.cell_len)))
    return entry("    ", *padded)


def _figures(row: KeyResultStatus, now: datetime | None, bar: int) -> list[Text]:
    progress = row.sample.progress if row.sample else None
    shown = progress_bar(progress, bar, expected_mark(row.verdict))
    return [shown, status_word(row.verdict), line(value(row)), _week(row), _data(row, now)]


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


def _data(row: KeyResultStatus, now: datetime | None) -> Text:
    """How old the data are; of a past day, without ``now``, whether somebody measured then."""
    if now is None:
        return line(("rebuilt" if row.sample and row.sample.rebuilt else "" if row.sample else "none", "dim"))
    if row.state != "active":
        told = row.verdict is not None and row.verdict.status == row.state
        return line(("" if told else row.state, "dim"))
    return line((data_age(row, now), "dim"), ("  stale", "yellow") if row.stale else "")
