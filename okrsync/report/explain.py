"""Why a key result says what it says, item by item, with totals that add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import fsum, inf

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from okrsync.model.sample import Contribution, Sample
from okrsync.model.status import Explanation, ObjectiveExplanation
from okrsync.model.verdict import Verdict
from okrsync.report.finals import final_words
from okrsync.report.numbers import percent, quantity, score_words
from okrsync.report.safe import plain, shorten
from okrsync.report.status import goal, value
from okrsync.report.text import entry, heading, line, progress_bar, table, ticket_key
from okrsync.report.verdicts import expected_mark, status_word
from okrsync.words import number, plural

FEW = 3
"""So many items with the same reason are told it once, above them."""

NEVER = "Not measured yet: run okrsync sync."
NOT_BY_THEN = "Nobody had measured it by then: okrsync backfill rebuilds the days before."


def explain_text(explained: Explanation, *, fold: bool = True) -> Group:
    """The reading, the items that count, and everything that does not with its reason.

    ``fold`` tells a reason that many share once, above them; without, every line stands on its own.
    """
    few = FEW if fold else inf
    counted = [one for one in explained.contributions if not one.left_out]
    left_out = [one for one in explained.contributions if one.left_out]
    parts: list[RenderableType] = [*_headline(explained), Text(), *_counted(counted, few)]
    parts += _others("Left out", left_out, few)
    parts += _others("Unreachable", explained.unreachable, few)
    parts += _others("Supports, not counted", explained.supports, few)
    if explained.rule and not explained.contributions:
        parts.append(line("No ticket is linked to it."))
    return Group(*parts)


def objective_text(explained: ObjectiveExplanation) -> Group:
    """The figure of an objective, its parts with their weights, and how they add up."""
    scored = any(part.score is not None for part in explained.parts)
    head = entry((explained.objective, "bold"), f"  {explained.title}", (f"  {explained.cycle}", "dim"))
    told = f"  {percent(explained.progress)}" + (
        f", score {explained.score:.2f}" if explained.score is not None else ""
    )
    lines = [*_as_of(explained.at), head, Text.assemble(progress_bar(explained.progress), line(told))]
    lines.append(entry("Status: ", status_word(explained.verdict), _because(explained.verdict)))
    lines += [entry("Rule: ", explained.rule), Text()]
    left_out = [part for part in explained.parts if part.left_out]
    parts: list[RenderableType] = [*lines, _added_up(explained, scored=scored)]
    if left_out:
        parts += [heading("Left out"), *(line(f"  {one.id}  {one.title}: ", (one.left_out, "dim")) for one in left_out)]
    parts.append(line(("okrsync explain with the id of a part tells more of it.", "dim")))
    return Group(*parts)


def _added_up(explained: ObjectiveExplanation, *, scored: bool) -> RenderableType:
    """Every part that counts: its share of the weights times its progress is what it adds."""
    named = ("share", "progress", "adds", *(("score",) if scored else ()))
    made = table("part", "", "weight", *named, "status", numbers=("weight", *named))
    for place, column in enumerate(made.columns):
        column.no_wrap = place != 1
    counted = [part for part in explained.parts if not part.left_out]
    for one in counted:
        adds = one.share * (one.progress or 0.0)
        numbers = (number(one.weight), percent(one.share), percent(one.progress), percent(adds))
        cells = map(line, (*numbers, *((score_words(one.score),) if scored else ())))
        made.add_row(line("  ", one.id), line(shorten(one.title, 48)), *cells, status_word(one.verdict))
    whole = percent(fsum(one.share * (one.progress or 0.0) for one in counted) if counted else None)
    scores = [line((score_words(explained.score), "bold"))] if scored else []
    made.add_row("", line(("total", "bold")), "", "", "", line((whole, "bold")), *scores, "")
    return made


def _as_of(at: datetime | None) -> list[Text]:
    return [line(("As of ", "dim"), f"{at:%Y-%m-%d}")] if at else []


def _headline(explained: Explanation) -> list[Text]:
    status = explained.status
    where = f"{explained.objective} · {explained.cycle}"
    name = entry((status.key_result, "bold"), f"  {status.title}", (f"  {where}", "dim"))
    lines = [*_as_of(explained.at), name]
    bar = progress_bar(status.sample.progress if status.sample else None, expected=expected_mark(status.verdict))
    lines.append(Text.assemble(bar, line(f"  {value(status)}", (f"  {goal(status)}", "dim"))))
    if status.verdict:
        lines.append(entry("Status: ", status_word(status.verdict), _because(status.verdict)))
        lines += [entry(("Mind: ", "yellow"), remark) for remark in status.verdict.remarks]
    if status.final:
        lines.append(line(("Closed: ", "bold"), final_words(status.final)))
    lines.append(entry("Rule: ", explained.rule) if explained.rule else line(NOT_BY_THEN if explained.at else NEVER))
    if status.sample:
        lines += [line(formula(status.sample)), *(entry(("Mind: ", "yellow"), flag) for flag in status.sample.flags)]
    lines.append(_said(explained))
    return [text for text in lines if text.plain]


def _said(explained: Explanation) -> Text:
    """The check-in that the value is from."""
    said, status = explained.said, explained.status
    if said is None:
        return Text()
    given = quantity(said.value, measure="manual", unit=status.unit)
    note = f": {said.note}" if said.note else ""
    return entry("Value: ", f"{given}, said by {said.who} on {said.at:%Y-%m-%d}{note}")


def _because(verdict: Verdict) -> str:
    """The rule behind a status, without the status."""
    return f": {verdict.because.removeprefix(f'{verdict.status}: ')}"


def formula(sample: Sample) -> str:
    """Numerator and denominator as they were used; empty where the measure has none."""
    if sample.numerator is None:
        return ""
    if sample.denominator is None:
        return f"Counted: {number(sample.numerator)}"
    share = percent(sample.numerator / sample.denominator) if sample.denominator else "no data"
    return f"Counted: {number(sample.numerator)} of {number(sample.denominator)}, {share}"


def _counted(rows: Sequence[Contribution], few: float) -> list[RenderableType]:
    if not rows:
        return []
    groups = by_reason(rows)
    folded = len(groups) * few <= len(rows)
    made = table("item", "state", "adds", "of", "title", *(() if folded else ("why",)), numbers=("adds", "of"))
    made.columns[0].no_wrap = made.columns[1].no_wrap = True
    for reason, group in groups.items() if folded else [("", rows)]:
        if folded:
            made.add_row("", "", *_totals(group, "dim"), line((f"{plural(len(group), 'item')}: {reason}", "bold")))
        for row in group:
            cells = [line("  " if folded else "", shorten(row.title, 48)), line((why_text(row), "dim"))]
            made.add_row(ticket_key(row.key, row.url), _state(row), *_amounts(row), *cells[: 1 if folded else 2])
    made.add_row("", line(("total", "bold")), *_totals(rows, "bold"))
    return [made, Text()]


def by_reason(rows: Iterable[Contribution]) -> dict[str, list[Contribution]]:
    """The items that count, or do not, for the same reason, in the order of the first of each."""
    groups: dict[str, list[Contribution]] = {}
    for row in rows:
        groups.setdefault(why_text(row), []).append(row)
    return groups


def why_text(row: Contribution) -> str:
    """Why it is left out, or else why it is linked."""
    return row.left_out or ", ".join(row.reasons)


def _totals(rows: Sequence[Contribution], style: str) -> Iterator[Text]:
    return (line((number(amount), style)) for amount in total(rows))


def total(rows: Iterable[Contribution]) -> tuple[float, float]:
    """The sums of what the items add and of what they could add."""
    pairs = [(row.adds, row.of) for row in rows]
    return sum(adds for adds, _ in pairs), sum(of for _, of in pairs)


def _amounts(row: Contribution) -> tuple[Text, Text]:
    return line((number(row.adds), "green" if row.adds else "dim")), line(number(row.of))


def _state(row: Contribution) -> Text:
    return line(
        (plain(row.word).replace("_", " ") or row.state, {"done": "green", "doing": "yellow"}.get(row.state, ""))
    )


def _others(title: str, rows: Sequence[Contribution], few: float) -> list[RenderableType]:
    if not rows:
        return []
    groups = by_reason(rows)
    whole = f"{title}: {plural(len(rows), 'item')}"
    if len(groups) * few > len(rows):
        return [heading(whole), _listed(rows, with_reason=True), Text()]
    if len(groups) == 1:
        return [heading(f"{whole}, {next(iter(groups))}"), _listed(rows), Text()]
    parts: list[RenderableType] = [heading(whole)]
    for why, group in groups.items():
        parts += [line(f"{plural(len(group), 'item')}: {why}"), _listed(group)]
    return [*parts, Text()]


def _listed(rows: Sequence[Contribution], *, with_reason: bool = False) -> Table:
    made = table("", "", "", *([""] if with_reason else []))
    made.columns[0].no_wrap = True
    for row in rows:
        reason = [line((why_text(row), "dim"))] if with_reason else []
        made.add_row(ticket_key(row.key, row.url), _state(row), line(shorten(row.title, 48)), *reason)
    return made
