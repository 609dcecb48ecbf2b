"""A plan for people at a terminal: every change under its ticket, what is left alone, and the cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group
from rich.text import Text

from okrsync.model.change import Change, ref_of
from okrsync.model.run import ConnectionRun, Plan, RunReport
from okrsync.report import narrate
from okrsync.report.numbers import listing, percent
from okrsync.report.text import SIGNS, dangling, heading, line, troubles
from okrsync.words import listed, number, plural


def plan_text(report: RunReport, *, tickets: int | None = None) -> Group:
    """The whole plan; ``tickets`` shows only so many of each connection and counts the rest."""
    sections = [*_changes(report, tickets), *left_alone(report.plan, tickets), *dangling(report)]
    return Group(*sections, *troubles(report), *summary(report))


def _changes(report: RunReport, tickets: int | None) -> list[Text]:
    grouped = narrate.by_ticket(report.plan.changes, narrate.scope_names(report))
    shown = _first_of_each(grouped, tickets)
    lines: list[Text] = []
    for ticket in shown:
        lines.append(line((ticket.name, "bold"), (f"  {ticket.connection}", "dim")))
        lines += map(_step, map(narrate.step, grouped[ticket]))
    if len(shown) < len(grouped):
        lines.append(line((f"… and {plural(len(grouped) - len(shown), 'ticket')} more", "dim")))
    return [*lines, Text()] if lines else []


def _first_of_each(grouped: Mapping[narrate.Ticket, Sequence[Change]], most: int | None) -> list[narrate.Ticket]:
    """All scopes where labels are defined, and the first ``most`` tickets of each connection."""
    counts: Counter[str] = Counter()
    shown = []
    for ticket, changes in grouped.items():
        is_ticket = ref_of(changes[0]) is not None
        counts[ticket.connection] += is_ticket
        if not is_ticket or most is None or counts[ticket.connection] <= most:
            shown.append(ticket)
    return shown


def _step(step: narrate.Step) -> Text:
    return line(
        "  ", (step.sign, SIGNS[step.sign]), f" {step.what}", (f"  {step.detail}" if step.detail else "", "dim")
    )


def left_alone(plan: Plan, tickets: int | None) -> list[Text]:
    """The tickets that take no writes, by reason."""
    lines = []
    for reason, keys in narrate.by_reason(plan.left_alone).items():
        names = listing(keys, tickets or len(keys))
        lines.append(line("  ", reason, (f"  {plural(len(keys), 'ticket')}: {names}", "dim")))
    return [heading("Left alone"), *lines, Text()] if lines else []


def summary(report: RunReport) -> list[Text]:
    """What would change in one line, and what it costs in another."""
    plan = report.plan
    if not plan.changes and any(run.error for run in report.connections):
        return [line(("Nothing to change ", "yellow"), "where the tickets could be read; the rest nobody knows.")]
    if not plan.changes and plan.left_alone:
        left = plural(len(plan.left_alone), "ticket")
        return [line(("Nothing to change ", "yellow"), f"beside {left}, left alone for the reason above.")]
    if not plan.changes:
        return _unchanged(report)
    kinds = narrate.counted(narrate.kinds(plan.changes))
    tickets = plural(narrate.tickets_in(plan.changes), "ticket")
    lines = [line((f"{plural(len(plan.changes), 'change')} on {tickets}: ", "bold"), kinds)]
    lines.append(line(f"Cost: {plural(sum(plan.cost.values()), 'API call')} ({_cost(report)})"))
    if plan.unsafe:
        share = percent(plan.removals / plan.owned if plan.owned else None)
        lost = f"{number(plan.removals)} of {number(plan.owned)} labels and notes would go ({share})"
        lines.append(line(("Unsafe: ", "bold red"), f"{lost}; sync does this only with --force."))
    return lines


def _unchanged(report: RunReport) -> list[Text]:
    if narrate.CLEAN in report.kind.split():
        looked = listed([run.connection for run in report.connections], "or")
        return [line(("Nothing to remove: ", "green"), f"no ticket in {looked} shows anything of okrsync.")]
    silent = listed([run.connection for run in report.connections if run.silent])
    if not silent:
        return [line(("Nothing to change: ", "green"), "every ticket shows what it should.")]
    others = "" if all(run.silent for run in report.connections) else ", and every other ticket shows what it should"
    told = f"write_back: false leaves the tickets of {silent} alone{others}."
    return [line(("Nothing to change: ", "yellow"), told)]


def _cost(report: RunReport) -> str:
    left = {run.connection: run for run in report.connections}
    parts = []
    for connection, calls in report.plan.cost.items():
        run = left.get(connection)
        parts.append(f"{connection} {calls:,}{_budget(run) if run else ''}")
    return ", ".join(parts)


def _budget(run: ConnectionRun) -> str:
    """What a sync may still spend; the reserve is not for it."""
    if run.remaining is None:
        return ""
    others = f" beside {run.kept:,} for others" if run.kept else ""
    return f" of {max(0, run.remaining - run.kept):,} left{others}"
