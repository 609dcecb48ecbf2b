"""Check-ins for people at a terminal: who owes one, and where a key result stands before somebody speaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.method.checkins import Owed, State, day_words
from okrsync.method.digest import Line
from okrsync.model.checkin import CheckIn
from okrsync.report.numbers import SHARES, age, points, quantity
from okrsync.report.text import line, progress_bar, table
from okrsync.words import plural

STYLES = {State.MISSED: "red", State.LATE: "yellow", State.DUE: "bold", State.NOT_YET: "dim", State.DONE: "green"}
WIDE = 110
"""Columns from which on the title has room beside the words."""


def owed_text(rows: Sequence[Owed], *, now: datetime, width: int = WIDE) -> RenderableType:
    """Everybody who owes a word, the most urgent first, and a line that counts them. ``now`` is aware."""
    if not rows:
        return line("Nothing is owed.")
    wide = width >= WIDE
    made = table("key result", *(["title"] if wide else []), "owner", "check-in", "said", "sure")
    for row in rows:
        cells = [line(row.key_result), *([line((row.title, "dim"))] if wide else []), line(row.owner or "nobody")]
        made.add_row(*cells, duty_text(row), line((_last(row.last, now), "dim")), line(_confidence(row.last)))
    return Group(made, Text(), line(_counts(rows)))


def duty_text(row: Owed) -> Text:
    """The state of a check-in in few words; a stale key result says so."""
    duty = row.duty
    stale = [("  stale", "magenta")] if duty.stale else []
    return line((duty_words(row), STYLES.get(duty.state, "")), *stale)


def duty_words(row: Owed) -> str:
    """``late since Fri 20 Nov``; when it was said last stands elsewhere."""
    return row.duty.words.partition("; ")[0]


def before_text(one: Line, number: str, *, now: datetime) -> RenderableType:
    """What somebody should know before they speak about a key result. ``number`` is its place among those asked."""
    row = one.owed
    told = one.value is not None and (one.measure not in SHARES or one.unit)
    value = quantity(one.value, measure=one.measure, unit=one.unit) if told else ""
    week = points(one.progress, one.week_ago)
    lines = [
        line((number, "dim"), "  ", (row.key_result, "bold cyan"), "  ", (row.title, "bold")),
        Text.assemble("  ", progress_bar(one.progress), f"  {value}", (f"  {week} this week" if week else "", "dim")),
    ]
    if one.verdict:
        lines.append(line("  ", one.verdict.because))
        lines += [line("  ", (remark, "yellow")) for remark in one.verdict.remarks]
    lines.append(line("  ", (said_text(row.last, now) if row.last else "nobody spoke about it yet", "dim")))
    lines.append(line("  ", (duty_words(row), STYLES.get(row.duty.state, ""))))
    return Group(*lines)


def said_text(said: CheckIn, now: datetime) -> str:
    """A check-in in one line: when, who, how sure, and what."""
    sure = "" if said.confidence is None else f", confidence {said.confidence} of 10"
    parts = (said.note, f"blocked: {said.blocker}" if said.blocker else "", f"next: {said.next}" if said.next else "")
    what = "; ".join(part for part in parts if part)
    return f"{_ago(now - said.at)} by {said.who}{sure}{f': {what}' if what else ''}"


def _ago(passed: timedelta) -> str:
    told = age(passed)
    return told if told == "just now" else f"{told} ago"


def _last(said: CheckIn | None, now: datetime) -> str:
    return f"{_ago(now - said.at)}, {said.who}" if said else "never"


def _confidence(said: CheckIn | None) -> str:
    return "" if said is None or said.confidence is None else f"{said.confidence}/10"


def _counts(rows: Sequence[Owed]) -> str:
    states = [row.duty.state for row in rows]
    told = [f"{states.count(state)} {state}" for state in State if state in states]
    stale = sum(row.duty.stale for row in rows)
    return f"{plural(len(rows), 'key result')}: {', '.join([*told, *([f'{stale} stale'] if stale else [])])}"


def kept_words(said: CheckIn, zone: tzinfo) -> str:
    """What happens next with a check-in that was just kept."""
    if said.status is not None and said.expires is not None:
        last = (said.expires - timedelta(microseconds=1)).astimezone(zone).date()
        return f"It reads {said.status} until {day_words(last)}; then the computed status is back."
    counts = "" if said.value is None else "counts it and "
    return f"The next sync {counts}shows it on linked tickets."
