"""A finished run for people at a terminal, compact: what it cost, what moved, what was written."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from okrsync.model.change import Change
from okrsync.model.run import ConnectionRun, Movement, RunReport
from okrsync.report import narrate
from okrsync.report.numbers import listing, percent, points, took
from okrsync.report.plan import left_alone
from okrsync.report.safe import plain
from okrsync.report.text import dangling, entry, heading, line, table, troubles
from okrsync.report.verdicts import status_word
from okrsync.words import number, plural

TICKETS = 20
"""Tickets that are named for each reason of leaving them alone."""


def run_text(report: RunReport, *, movements: int | None = None) -> Group:
    """The report of a sync or clean; ``movements`` shows only so many key results that moved."""
    tally = narrate.tally(report.writes)
    parts: list[RenderableType] = [connections_table(report), Text()]
    parts += _movements(report, movements)
    parts += dangling(report)
    scopes = narrate.scope_names(report)
    parts += _unwritten("Skipped", "yellow", tally.skipped, scopes)
    parts += _unwritten("Failed", "red", tally.failed, scopes)
    parts += left_alone(report.plan, TICKETS)
    return Group(*parts, *troubles(report), *_verdict(report, tally))


def connections_table(report: RunReport) -> Table:
    """One row a connection: requests, writes, items seen and changed."""
    names = ("requests", "writes", "items", "changed")
    made = table("connection", *names, "", numbers=names)
    for run in report.connections:
        seen, changed = (sum(getattr(scope, name) for scope in run.scopes) for name in ("seen", "changed"))
        cells = (f"{count:,}" for count in (run.requests, run.writes, seen, changed))
        made.add_row(plain(run.connection), *cells, _remarks(run))
    return made


def _remarks(run: ConnectionRun) -> Text:
    gone = sum(scope.unreachable for scope in run.scopes)
    pulls = "" if not run.scopes else "full" if all(scope.full for scope in run.scopes) else "incremental"
    waited = f"waited {number(round(run.waited))} s" if run.waited >= 1 else ""
    left = f"{run.remaining:,} requests left" if run.remaining is not None else ""
    failed = ("failed", "bold red") if run.error else ""
    lost = f"{gone:,} unreachable" if gone else ""
    said = ", ".join(part for part in (pulls, lost, waited, left) if part)
    return line(failed, ", " if run.error and said else "", (said, "dim"))


def _movements(report: RunReport, most: int | None) -> list[Text]:
    if not report.movements:
        return []
    lines = [text for movement in report.movements[:most] for text in _movement(movement)]
    hidden = len(report.movements) - len(report.movements[:most])
    more = [line((f"  … and {plural(hidden, 'key result')} more", "dim"))] if hidden else []
    return [heading("What moved"), *lines, *more, Text()]


def _movement(movement: Movement) -> list[Text]:
    before = movement.before.progress if movement.before else None
    after = movement.after.progress
    moved = points(after, before)
    way = f"{percent(before)} → {percent(after)}" if movement.before else f"first reading {percent(after)}"
    style = "green" if moved.startswith("+") else "red" if moved.startswith("-") else "dim"
    head = line(
        "  ", (movement.key_result, "bold"), f"  {movement.title}", f"  {way}", (f"  {moved}" if moved else "", style)
    )
    lines = [entry(head, "  ", status_word(movement.verdict)) if movement.verdict else head]
    if movement.after.changed:
        lines.append(line("    ", (narrate.redefined(movement.after), "yellow")))
    if movement.because and movement.before:
        lines.append(line("    ", (f"because {listing(list(movement.because), 8)}", "dim")))
    return lines


def _unwritten(title: str, style: str, found: tuple[tuple[Change, str], ...], scopes: narrate.ScopeNames) -> list[Text]:
    lines = []
    for change, reason in found:
        name = narrate.ticket(change, scopes).name
        lines.append(line("  ", (name, style), f" {narrate.step(change).what}: {reason}"))
    return [heading(title), *lines, Text()] if lines else []


def _verdict(report: RunReport, tally: narrate.Tally) -> list[Text]:
    lines = []
    if tally.applied or tally.already:
        already = f" ({tally.already} found already so)" if tally.already else ""
        lines.append(line("Wrote: ", narrate.counted(tally.applied) or "nothing", already))
    elif not report.plan.changes:
        lines.append(line("Nothing to write."))
    if tally.deferred:
        rest = f"{plural(tally.deferred, 'change')}; the next sync goes on with them{narrate.deferral(report)}."
        lines.append(line(("Deferred: ", "yellow"), rest))
    if report.plan.changes and not report.writes:
        lines.append(line("Not written back: ", plural(len(report.plan.changes), "change")))
    ended = narrate.outcome(report)
    style = "red" if ended == narrate.NOTHING_READ else "yellow" if report.exit_code else "green"
    return [
        *lines,
        line((ended, f"bold {style}"), f" after {took(report.finished - report.started)}.", *_afterwards(report)),
    ]


def _afterwards(report: RunReport) -> list[str]:
    """What undoes a clean is not known to everybody."""
    if report.kind != narrate.CLEAN or report.exit_code:
        return []
    return [" The next sync writes them again; write_back: false in okrsync.yaml keeps them away."]
