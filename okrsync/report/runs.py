"""Runs and changes of the past, for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from types import MappingProxyType

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.model.change import Done
from okrsync.model.run import AuditedWrite, RunRecord, RunRow
from okrsync.report import narrate
from okrsync.report.numbers import took
from okrsync.report.run import run_text
from okrsync.report.text import SIGNS, heading, line, table

NUMBERS = ("run", "took", "requests", "written", "deferred", "errors", "exit")
UNSEEN = "goes on, or was killed"


def runs_text(rows: Sequence[RunRow]) -> RenderableType:
    """One row a run, the newest first, and what the failed ones failed with."""
    if not rows:
        return line("No run yet.")
    rare = {"deferred": [row.deferred for row in rows], "errors": [len(row.errors) for row in rows]}
    told = [name for name in NUMBERS[1:] if any(rare.get(name, [1]))]
    made = table("run", "started (UTC)", "kind", *told, "", numbers=NUMBERS)
    for column in made.columns[:4]:
        column.no_wrap = True
    for row, before in zip_longest(rows, rows[1:]):
        counts = {"requests": row.requests, "written": row.written, "deferred": row.deferred, "errors": len(row.errors)}
        numbers = [f"{count:,}" for name, count in counts.items() if name in told]
        lasted = took(timedelta(seconds=row.seconds)) if row.seconds is not None else ""
        exit_code = "" if row.exit_code is None else str(row.exit_code)
        made.add_row(str(row.id), _when(row.started), row.kind, lasted, *numbers, exit_code, _remark(row))
        if before is not None and (gone := row.id - before.id - 1):
            made.add_row("", line((f"{gone:,} that changed nothing", "dim")))
    return made


def _remark(row: RunRow) -> Text:
    if row.exit_code is None and not row.errors:
        return line((UNSEEN, "yellow"))
    return line((row.errors[0] if row.errors else "", "red"))


def whole_run(
    record: RunRecord, writes: Sequence[AuditedWrite], names: narrate.ScopeNames = MappingProxyType({})
) -> Group:
    """Everything one run did: its report, the time each stage took, and every change with its end.

    ``names`` are those of the scopes as the store knows them, for what the report does not name.
    """
    parts: list[RenderableType] = [heading(f"Run {record.id}: {record.kind}, {_when(record.started)} UTC"), Text()]
    if record.report:
        stages = ", ".join(f"{name} {took(timedelta(seconds=s))}" for name, s in record.report.stages.items())
        parts += [run_text(record.report), line((stages, "dim"))]
    else:
        parts.append(line((record.error or UNSEEN, "red")))
    scopes = {**names, **(narrate.scope_names(record.report) if record.report else {})}
    changes = [_change(write, scopes) for write in writes]
    return Group(*parts, *([Text(), heading("Changes"), *changes] if changes else []))


def audit_line(write: AuditedWrite, scopes: narrate.ScopeNames) -> Text:
    """One change of the audit log on one line."""
    return line((f"{_when(write.intended)}  run {write.run}", "dim"), _change(write, scopes).plain)


def _change(write: AuditedWrite, scopes: narrate.ScopeNames) -> Text:
    place, step = narrate.ticket(write.change, scopes), narrate.step(write.change)
    return line("  ", (step.sign, SIGNS[step.sign]), f" {place.name}  {step.what}  ", (end_of(write), "dim"))


def end_of(write: AuditedWrite) -> str:
    """How a change ended, in a word or two."""
    if write.ended is None:
        return "nobody saw the end"
    if write.error:
        return f"failed: {write.error}"
    if write.receipt is None:
        return "ended"
    if write.receipt.done is Done.SKIPPED:
        return f"skipped: {write.receipt.reason}"
    return "already so" if write.receipt.done is Done.ALREADY else "done"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
