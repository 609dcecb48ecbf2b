"""What rebuilding the past would ask the trackers, and what it brought, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.model.backfill import BackfillReport, Estimate, HistoriesRead, Rebuilt
from okrsync.report.numbers import took
from okrsync.report.safe import plain
from okrsync.report.text import heading, line, table
from okrsync.words import number, plural


def estimate_text(estimates: Sequence[Estimate]) -> Group:
    """One row a connection, and the sum."""
    names = ("items", "requests")
    made = table("connection", *names, "", numbers=names)
    for one in estimates:
        remark = line((one.error, "yellow")) if one.error else Text()
        made.add_row(plain(one.connection), f"{one.items:,}", f"{one.requests:,}", remark)
    hints = [line("  ", (one.hint, "dim")) for one in estimates if one.hint]
    return Group(made, *hints, Text(), line(summary(estimates)), line("Nothing was asked yet."))


def summary(estimates: Sequence[Estimate]) -> str:
    """The sum in a sentence."""
    items, requests = (sum(getattr(one, name) for one in estimates) for name in ("items", "requests"))
    if not items:
        return "The past of every linked item is known already."
    return f"Reading the histories of {plural(items, 'item')} takes up to about {plural(requests, 'request')}."


def backfill_text(report: BackfillReport) -> Group:
    """What each connection told, whose days were rebuilt, and whose were not and why."""
    rebuilt = [one for one in report.key_results if one.days]
    others = [one for one in report.key_results if one.reason]
    parts: list[RenderableType] = [_connections(report.connections), *_troubles(report.connections), Text()]
    if rebuilt:
        parts += [heading("Days before the first reading"), _days(rebuilt), Text()]
    if others:
        lines = [line("  ", (one.key_result, "bold"), f": {one.reason}") for one in others]
        parts += [heading("Not rebuilt"), *lines, Text()]
    return Group(*parts, _verdict(report, rebuilt))


def _connections(found: Iterable[HistoriesRead]) -> RenderableType:
    names = ("items", "histories", "requests")
    made = table("connection", *names, "", numbers=names)
    for one in found:
        failed = ("failed", "bold red") if one.error else ""
        remarks = [f"{plural(one.silent, 'item')} without a history"] if one.silent else []
        remarks += [f"waited {number(round(one.waited))} s"] if one.waited >= 1 else []
        said = ", ".join(remarks)
        remark = line(failed, ", " if one.error and said else "", (said, "dim"))
        made.add_row(plain(one.connection), f"{one.items:,}", f"{one.told:,}", f"{one.requests:,}", remark)
    return made


def _troubles(found: Iterable[HistoriesRead]) -> list[Text]:
    lines = []
    for one in found:
        if one.error:
            lines.append(line((f"{one.connection}: ", "bold red"), one.error))
        if one.hint:
            lines.append(line("  ", (one.hint, "dim")))
    return lines


def _days(rebuilt: Sequence[Rebuilt]) -> RenderableType:
    made = table("key result", "", "from", "to", "readings", "", numbers=("readings",))
    mixed = len({one.changed for one in rebuilt}) > 1
    for one in rebuilt:
        news = "as before" if mixed and not one.changed else ""
        cells = (f"{one.first}", f"{one.last}", f"{one.readings:,}")
        made.add_row(plain(one.key_result), plain(one.title), *cells, line((news, "dim")))
    return made


def _verdict(report: BackfillReport, rebuilt: Sequence[Rebuilt]) -> Text:
    if report.exit_code:
        return line(("Partial", "bold yellow"), "; the next backfill goes on from here.")
    lasted = took(report.finished - report.started)
    if not any(one.changed for one in rebuilt):
        return line(("Nothing new", "bold green"), f": everything was as it is known, after {lasted}.")
    return line(("Rebuilt", "bold green"), f" after {lasted}.")
