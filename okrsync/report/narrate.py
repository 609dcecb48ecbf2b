"""Changes and their outcomes in words, shared by every form of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    NoteLine,
    PutLink,
    PutNote,
    RemoveLabel,
    UndefineLabel,
    ref_of,
)
from okrsync.model.run import LeftAlone, RunReport, ScopePull, Write
from okrsync.model.sample import Sample
from okrsync.report.numbers import percent, took
from okrsync.words import plural

NOWHERE = "OKR lines that lead nowhere"
FOLLOWED = "OKR lines that name what was carried over"

CLEAN = "clean"
NOTHING_READ = "No connection succeeded"

ScopeNames = Mapping[tuple[str, str], str]
"""Connection and id of a scope -> its name."""


class Step(NamedTuple):
    """One change: ``sign`` is ``+``, ``~`` or ``-``; ``what`` and the reader's ``detail`` are untrusted text."""

    sign: str
    what: str
    detail: str = ""


class Ticket(NamedTuple):
    """A heading of a plan: the connection and a ticket's key, or a scope when labels are defined there."""

    connection: str
    name: str


class Tally(NamedTuple):
    """How the writes of a run ended. ``deferred`` ones wait for the next run."""

    applied: dict[str, int]
    already: int
    skipped: tuple[tuple[Change, str], ...]
    failed: tuple[tuple[Change, str], ...]
    deferred: int


_KINDS = {
    DefineLabel: "label defined",
    AddLabel: "label added",
    RemoveLabel: "label removed",
    UndefineLabel: "label deleted",
    DeleteNote: "note deleted",
    PutLink: "link set",
    DeleteLink: "link removed",
}


def redefined(sample: Sample) -> str:
    """What of a key result's definition changed, with the progress before and after at the same moment."""
    said = ", ".join(sample.changed)
    return said if sample.before is None else f"{said}: {percent(sample.before)} before, {percent(sample.raw)} after"


def lost(scope: ScopePull) -> str:
    """Which tickets a scope no longer has, or ""."""
    if not scope.unreachable:
        return ""
    rest = scope.unreachable - len(scope.lost)
    more = f" and {rest:,} more" if rest else ""
    found = f"{plural(scope.unreachable, 'ticket')} of {scope.scope} can no longer be found"
    return f"{found}: {', '.join(scope.lost)}{more}" if scope.lost else found


def step(change: Change) -> Step:
    """What a change does to its ticket."""
    match change:
        case DefineLabel():
            return Step("~" if change.exists else "+", f"definition of label {change.label}", change.description)
        case UndefineLabel():
            return Step("-", f"definition of label {change.label}")
        case AddLabel():
            return Step("+", f"label {change.label}")
        case RemoveLabel():
            return Step("-", f"label {change.label}")
        case PutNote():
            return Step("~" if change.note_id else "+", "note", "; ".join(map(_note_line, change.note.lines)))
        case DeleteNote():
            return Step("-", "note")
        case PutLink():
            return Step("+", f"link to {change.key_result}", change.url)
        case DeleteLink():
            return Step("-", f"link to {change.key_result}")


def _note_line(line: NoteLine) -> str:
    counts = f", {line.counts}" if line.counts else ""
    because = f" ({', '.join(line.reasons)})" if line.reasons else ""
    status = f", {line.status}" if line.status else ""
    return f"{line.key_result} {tenth(line.tenth)}{status}{counts}{because}"


def tenth(value: int | None) -> str:
    """Progress as notes show it."""
    if value is None:
        return "no data yet"
    return "reached" if value >= 10 else f"about {value * 10} %"


def ticket(change: Change, scopes: ScopeNames) -> Ticket:
    """Where a change happens."""
    if isinstance(change, DefineLabel | UndefineLabel):
        return Ticket(change.connection, scopes.get((change.connection, change.scope), change.scope))
    return Ticket(change.ref.connection, change.ref.key)


def by_ticket(changes: Iterable[Change], scopes: ScopeNames) -> dict[Ticket, list[Change]]:
    """Changes under their tickets, both in the order of the plan."""
    grouped: dict[Ticket, list[Change]] = {}
    for change in changes:
        grouped.setdefault(ticket(change, scopes), []).append(change)
    return grouped


def tickets_in(changes: Iterable[Change]) -> int:
    """How many tickets the changes touch; defining a label touches none."""
    return len({(ref.connection, ref.id) for change in changes if (ref := ref_of(change))})


def kind(change: Change) -> str:
    """The kind of a change in two words."""
    if isinstance(change, PutNote):
        return "note edited" if change.note_id else "note written"
    if isinstance(change, DefineLabel) and change.exists:
        return "label described"
    return _KINDS[type(change)]


def kinds(changes: Iterable[Change]) -> dict[str, int]:
    """How many changes of which kind, in order of first appearance."""
    return dict(Counter(map(kind, changes)))


def counted(numbers: Mapping[str, int]) -> str:
    """``71 labels added, 1 note written``."""
    parts = []
    for name, count in numbers.items():
        thing, _, verb = name.partition(" ")
        parts.append(f"{plural(count, thing)} {verb}")
    return ", ".join(parts)


def tally(writes: Iterable[Write]) -> Tally:
    """Writes by how they ended."""
    applied: Counter[str] = Counter()
    skipped, failed = [], []
    already = deferred = 0
    for write in writes:
        if write.error:
            failed.append((write.change, write.error))
        elif write.receipt is None:
            deferred += 1
        elif write.receipt.done is Done.SKIPPED:
            skipped.append((write.change, write.receipt.reason))
        elif write.receipt.done is Done.ALREADY:
            already += 1
        else:
            applied[kind(write.change)] += 1
    return Tally(dict(applied), already, tuple(skipped), tuple(failed), deferred)


def outcome(report: RunReport) -> str:
    """How a run ended, in the words of what it was for."""
    if report.exit_code:
        return NOTHING_READ if all(one.error for one in report.connections) else "Partial"
    if report.kind == CLEAN:
        return "Clean"
    if report.plan.changes and not report.writes:
        return "Measured"
    skipped = (ref_of(change) for change, _ in tally(report.writes).skipped)
    left = {one.ref for one in report.plan.left_alone} | {ref for ref in skipped if ref}
    return f"Done, with {plural(len(left), 'ticket')} left alone," if left else "In sync"


def by_reason(left: Iterable[LeftAlone]) -> dict[str, list[str]]:
    """Reason -> keys of the tickets that are left alone for it."""
    grouped: dict[str, list[str]] = {}
    for one in left:
        grouped.setdefault(one.reason, []).append(one.ref.key)
    return grouped


def scope_names(report: RunReport) -> ScopeNames:
    """Connection and id of the scopes that a run read -> the names people use."""
    return {(run.connection, scope.id): scope.scope for run in report.connections for scope in run.scopes}


def deferral(report: RunReport) -> str:
    """When the deferred changes can go on, where it is a tracker's limit of writes that they wait for."""
    waits = [
        f"{one.connection} takes writes again in {took(timedelta(seconds=one.paused))}"
        for one in report.connections
        if one.paused
    ]
    return f" ({'; '.join(waits)})" if waits else ""
