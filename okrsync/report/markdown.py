"""A plan or a run as Markdown, for pull requests and step summaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from okrsync.model.run import Dangling, Movement, RunReport
from okrsync.report import narrate
from okrsync.report.numbers import listing, percent, points, took
from okrsync.report.safe import code, markdown, web_address
from okrsync.words import plural

TICKETS = 200
"""So many tickets are listed one by one; more would hide the rest of a page."""


def plan_markdown(report: RunReport) -> str:
    """Every change, what is left alone, and the cost."""
    return _page(
        f"okrsync plan: {_headline(report)}", [*_cost(report), *_changes(report), *_left_alone(report)], report
    )


def run_markdown(report: RunReport) -> str:
    """What a run read, moved and wrote."""
    tally = narrate.tally(report.writes)
    wrote = narrate.counted(tally.applied) or "nothing"
    lines = [f"Wrote {wrote} in {took(report.finished - report.started)}."]
    if tally.deferred:
        lines.append(f"Deferred {plural(tally.deferred, 'change')} to the next sync{narrate.deferral(report)}.")
    unwritten = [*_unwritten(tally, narrate.scope_names(report)), *_left_alone(report)]
    return _page(
        f"okrsync {report.kind}: {narrate.outcome(report).rstrip(',').lower()}",
        ["", *lines, *_connections(report), *unwritten],
        report,
    )


def _page(title: str, lines: list[str], report: RunReport) -> str:
    shared = [*_movements(report.movements), *_dangling(report.dangling), *_troubles(report)]
    return "\n".join([f"## {title}", *lines, *shared]).rstrip() + "\n"


def _headline(report: RunReport) -> str:
    if not report.plan.changes:
        return "nothing to change"
    return (
        f"{plural(len(report.plan.changes), 'change')} on {plural(narrate.tickets_in(report.plan.changes), 'ticket')}"
    )


def _cost(report: RunReport) -> Iterator[str]:
    if not report.plan.changes:
        return
    yield ""
    parts = ", ".join(f"{markdown(name)} {calls:,}" for name, calls in report.plan.cost.items())
    kinds = narrate.counted(narrate.kinds(report.plan.changes))
    yield f"{kinds}. Cost: {plural(sum(report.plan.cost.values()), 'API call')} ({parts})."
    if report.plan.unsafe:
        yield ""
        yield f"**Unsafe:** {report.plan.removals} of {report.plan.owned} labels and notes would go; wants `--force`."


def _changes(report: RunReport) -> Iterator[str]:
    grouped = list(narrate.by_ticket(report.plan.changes, narrate.scope_names(report)).items())
    if not grouped:
        return
    yield from ("", "| ticket | change |", "|---|---|")
    for ticket, changes in grouped[:TICKETS]:
        steps = "<br>".join(_step(narrate.step(change)) for change in changes)
        yield f"| {code(ticket.name)} | {steps} |"
    if len(grouped) > TICKETS:
        yield f"\n… and {plural(len(grouped) - TICKETS, 'ticket')} more."


def _step(step: narrate.Step) -> str:
    detail = f": {markdown(step.detail)}" if step.detail else ""
    return f"{step.sign} {markdown(step.what)}{detail}"


def _left_alone(report: RunReport) -> Iterator[str]:
    for reason, keys in narrate.by_reason(report.plan.left_alone).items():
        yield f"\nLeft alone, {markdown(reason)}: {listing([code(key) for key in keys], 50)}"


def _connections(report: RunReport) -> Iterator[str]:
    yield from ("", "| connection | requests | writes | items seen | changed |", "|---|--:|--:|--:|--:|")
    for run in report.connections:
        seen = sum(scope.seen for scope in run.scopes)
        changed = sum(scope.changed for scope in run.scopes)
        yield f"| {markdown(run.connection)} | {run.requests:,} | {run.writes:,} | {seen:,} | {changed:,} |"


def _unwritten(tally: narrate.Tally, scopes: narrate.ScopeNames) -> Iterator[str]:
    for title, found in (("Skipped", tally.skipped), ("Failed", tally.failed)):
        if found:
            yield f"\n### {title}\n"
        for change, reason in found:
            where = code(narrate.ticket(change, scopes).name)
            yield f"- {where} {markdown(narrate.step(change).what)}: {markdown(reason)}"


def _movements(movements: Iterable[Movement]) -> Iterator[str]:
    rows = list(movements)
    if rows:
        yield from ("", "### What moved", "", "| key result | before | now | | status | because |")
        yield "|---|--:|--:|--:|---|---|"
    for row in rows:
        before = row.before.progress if row.before else None
        redefined = [narrate.redefined(row.after)] if row.after.changed else []
        because = markdown(listing([*redefined, *row.because], 8))
        way = f"{percent(before)} | {percent(row.after.progress)} | {points(row.after.progress, before)}"
        status = markdown(row.verdict.because) if row.verdict else ""
        yield f"| {code(row.key_result)} {markdown(row.title)} | {way} | {status} | {because} |"


def _dangling(found: Iterable[Dangling]) -> Iterator[str]:
    rows = list(found)
    yield from _lines_that(narrate.NOWHERE, [row for row in rows if not row.counts_for])
    yield from _lines_that(narrate.FOLLOWED, [row for row in rows if row.counts_for])


def _lines_that(title: str, rows: Sequence[Dangling]) -> Iterator[str]:
    if rows:
        yield from ("", f"### {title}", "")
    for row in rows:
        address = web_address(row.url)
        ticket = f"<{address}>" if address else code(row.key)
        yield f"- {ticket} says OKR: {code(row.names)}, {markdown(row.reason)}"


def _troubles(report: RunReport) -> Iterator[str]:
    for run in report.connections:
        if run.error:
            yield f"\n**{markdown(run.connection)} failed:** {markdown(run.error)} {markdown(run.hint)}".rstrip()
        for scope in run.scopes:
            for item in scope.quarantined:
                yield f"\nLeft out {code(item.key)}: {markdown(item.reason)}"
            if said := narrate.lost(scope):
                yield f"\n{markdown(said)}"
    for warning in report.warnings:
        yield f"\n**{markdown(warning.subject)}:** {markdown(warning.message)} {markdown(warning.hint)}".rstrip()
    if report.stale:
        yield f"\nNot measured anew: {', '.join(map(code, report.stale))}"
