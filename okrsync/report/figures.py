"""The four figures of teams: the same rows for the terminal, for Markdown and for the report of a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.method.words import team_name
from okrsync.model.figures import (
    Alignment,
    Behind,
    Engagement,
    Percentile,
    Performance,
    Productivity,
    Ratio,
    TeamFigures,
)
from okrsync.report.numbers import listing, percent
from okrsync.report.safe import markdown, plain
from okrsync.report.text import line, table
from okrsync.words import number, plural

WIDE = 110
"""Columns from which on there is room for remarks beside the numbers."""

NOTHING = "–"


class Row(msgspec.Struct, frozen=True):
    """One number: what it is, what it was made of, and what it comes to; ``why`` there is none, or what to know.

    ``amount`` is the number itself, to be drawn.
    """

    figure: str
    what: str
    made_of: str
    value: str
    why: str = ""
    amount: float | None = None


def rows(team: TeamFigures) -> tuple[Row, ...]:
    """Every number of the four figures, in order; only the first row of each figure names it."""
    four = (
        ("Alignment", _alignment(team.alignment)),
        ("Engagement", _engagement(team.engagement)),
        ("Productivity", _productivity(team.productivity)),
        ("Performance", _performance(team.performance)),
    )
    return tuple(
        msgspec.structs.replace(row, figure="" if place else name)
        for name, found in four
        for place, row in enumerate(found)
    )


def span(team: TeamFigures) -> str:
    """The period in days and the cycles it touches."""
    return " · ".join((f"{team.start} to {team.end}", *team.cycles))


def teams_text(teams: Sequence[TeamFigures], period: str, *, width: int = WIDE) -> Group:
    """A readable block for each team; where there is little room, what there is to say about numbers stands below."""
    parts: list[RenderableType] = []
    for team in teams:
        told = rows(team)
        parts += [line((team_name(team.team), "bold"), (f"  {span(team)}", "dim")), _table(told, beside=width >= WIDE)]
        parts += [] if width >= WIDE else _notes(told)
        parts.append(Text())
    if not teams:
        parts.append(line(f"No team has a key result in the period {period}."))
    return Group(*parts)


def behind_text(teams: Sequence[Behind], period: str) -> Group:
    """What was counted for each number, all of it."""
    parts: list[RenderableType] = []
    for team in teams:
        made = table("counted", "how many", "which", numbers=("how many",))
        made.columns[0].no_wrap = made.columns[1].no_wrap = True
        for row in team.rows:
            made.add_row(line("  ", row.what), line((str(len(row.keys)), "bold")), line(", ".join(row.keys)))
        parts += [line((team_name(team.team), "bold"), (f"  {team.start} to {team.end}", "dim")), made, Text()]
    parts.append(line(("Of check-ins nothing is listed: okrsync history KR shows those of a key result.", "dim")))
    return Group(*parts) if teams else Group(line(f"No team has a key result in the period {period}."))


def _table(told: Iterable[Row], *, beside: bool) -> RenderableType:
    made = table("", "", "made of", "", *([""] if beside else []))
    made.columns[2].no_wrap = made.columns[3].no_wrap = True
    made.columns[2].justify = made.columns[3].justify = "right"
    for row in told:
        value = line((row.value, "dim" if row.value == NOTHING else "bold"))
        why = [line((row.why, "dim"))] if beside else []
        made.add_row(line("  ", row.figure), line(row.what), line((row.made_of, "dim")), value, *why)
    return made


def _notes(told: Iterable[Row]) -> list[RenderableType]:
    """Each remark once, with all that it is about."""
    about: dict[str, list[str]] = {}
    for row in told:
        if row.why:
            about.setdefault(row.why, []).append(row.what)
    return [line("  ", (f"{', '.join(whats)}: {why}", "dim")) for why, whats in about.items()]


def teams_markdown(teams: Iterable[TeamFigures]) -> Iterator[str]:
    """A heading and a table for each team."""
    for team in teams:
        yield from ("", f"### {markdown(team_name(team.team))}", "", markdown(span(team)), "")
        yield from ("| | | made of | | |", "|---|---|--:|--:|---|")
        for row in rows(team):
            figure = f"**{row.figure}**" if row.figure else ""
            yield f"| {figure} | {markdown(row.what)} | {markdown(row.made_of)} | {row.value} | {markdown(row.why)} |"


def _alignment(found: Alignment) -> Iterator[Row]:
    yield _share("work linked to key results", found.work)
    yield _share("objectives with a parent", found.parents)


def _engagement(found: Engagement) -> Iterator[Row]:
    yield _share("check-ins on time", found.on_time)
    yield _share("owners who checked in", found.owners)


def _productivity(found: Productivity) -> Iterator[Row]:
    made = found.throughput
    weeks = f"{_number(made.numerator)} / {made.denominator:.1f} weeks"
    yield Row("", "finished a week", weeks, _number(made.value), made.why, made.value)
    for one in found.cycle:
        yield _days(f"cycle time P{one.percent:g}", one)
    yield Row("", "in progress", "", str(found.in_progress), amount=found.in_progress)
    for one in found.age if found.in_progress else ():
        yield _days("the oldest, for" if one.percent == 100 else f"in progress for, P{one.percent:g}", one)


def _performance(found: Performance) -> Iterator[Row]:
    names = [plain(name) for name in found.without_value]
    without = f"without a value, so 0: {listing(names, 3)}" if names else ""
    yield _score("mean score", found.score, without)
    yield _score("committed, of expected", found.committed)
    yield _score("aspirational, of expected", found.aspirational)
    neither = f"{found.neither} neither" if found.neither else ""
    signed = f"{found.balance:+d}".replace("-", "−") if found.balance else "0"
    yield Row("", "on track − off track", f"{found.on_track} − {found.off_track}", signed, neither, found.balance)


def _share(what: str, made: Ratio) -> Row:
    of = f"{_number(made.numerator)} / {_number(made.denominator)}"
    return Row("", what, of, NOTHING if made.value is None else percent(made.value), made.why, made.value)


def _score(what: str, made: Ratio, why: str = "") -> Row:
    of = f"{_number(made.numerator)} / {_number(made.denominator)}"
    return Row("", what, of, NOTHING if made.value is None else f"{made.value:.2f}", made.why or why, made.value)


def _days(what: str, made: Percentile) -> Row:
    of = f"{made.items} of {plural(made.out_of, 'item')}"
    return Row("", what, of, NOTHING if made.days is None else _lasting(made.days), made.why, made.days)


def _lasting(days: float) -> str:
    return f"{days:.1f} days" if days < 10 else f"{days:.0f} days"


def _number(value: float | None) -> str:
    return NOTHING if value is None else number(value)
