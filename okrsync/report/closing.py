"""The end of a cycle for people at a terminal: what is asked about, what was decided, what was carried over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.method.bands import EXPECTED, Band, Kind, attainment, band, too_easy
from okrsync.method.expected import day_of
from okrsync.method.words import team_name
from okrsync.model.closing import CarryOver, ClosedKeyResult, ClosedObjective, Closing
from okrsync.model.okr import Cycle
from okrsync.report.numbers import ordinal, percent, quantity
from okrsync.report.text import heading, line, table

TITLE = 44
"""Columns for a title."""

EARLY_DAYS = 14
"""Days before its end from which on a cycle is closed on purpose."""

COLOURS = {Band.RED: "red", Band.YELLOW: "yellow", Band.GREEN: "green"}


def closing_text(closing: Closing) -> Group:
    """Each objective with the scores of its key results beside what was suggested and expected."""
    again = f", for the {ordinal(closing.number)} time" if closing.number > 1 else ""
    parts: list[RenderableType] = [heading(f"{closing.cycle} is closed{again}."), Text()]
    for objective in closing.objectives:
        parts += [_headline(objective), *([_scores(objective)] if objective.key_results else []), Text()]
    if closing.without_value:
        parts += [line((without_value_after(closing.without_value), "yellow")), Text()]
    return Group(*parts)


def without_value_before(names: Sequence[str]) -> str:
    """Which key results are about to score 0 because nobody knows better, or ""."""
    if not names:
        return ""
    them = "it scores" if len(names) == 1 else "they score"
    return f"Nothing was measured and nobody gave a score, so {them} 0: {', '.join(names)}."


def without_value_after(names: Sequence[str]) -> str:
    """The same once it is done, with the way back."""
    again = "`okrsync explain` tells why; once there is a value, `cycle close --reopen --yes` takes it."
    return f"Scored 0 for want of a value: {', '.join(names)}. {again}"


def early_words(cycle: Cycle, now: datetime) -> str:
    """That a cycle still runs for weeks at an aware time, and what closing it now means, or ""."""
    left = (cycle.end - day_of(cycle, now)).days
    if left < EARLY_DAYS:
        return ""
    return (
        f"{cycle.id} still runs for {left} days, until {cycle.end}. Closed now, its scores are those of today; what is "
        "done from here on counts only if it is closed once more with --reopen."
    )


def asked_text(one: ClosedKeyResult, objective: ClosedObjective, number: str) -> Group:
    """Where a key result ended, before its score is asked for."""
    value = quantity(one.sample.value if one.sample else None, measure=one.measure, unit=one.unit)
    expected = EXPECTED[kind_of(objective)]
    return Group(
        line((f"{number}  ", "dim"), (one.id, "bold"), f"  {one.title}"),
        line(
            f"  {value}{goal_words(one)}  {percent(one.sample.progress if one.sample else None)}",
            (f"  {objective.kind}, {expected:g} expected", "dim"),
        ),
        line(("  ", ""), (one.verdict.because, "dim")),
    )


def carried_text(made: CarryOver) -> Group:
    """Old and new ids, where each starts, what went on already, and what stays behind with the reason."""
    parts: list[RenderableType] = []
    if made.carried:
        carried = table("carried over", "now", "starts at", numbers=["starts at"])
        for one in made.carried:
            start = "as before" if one.start is None else f"{one.start:g}"
            carried.add_row(line("  ", one.before), line(one.after), line(start))
        parts += [carried, Text()]
    if made.stood:
        stood = table("goes on already", "as", "in")
        for each in made.stood:
            stood.add_row(line("  ", each.before), line(each.after), line((each.file, "dim")))
        parts += [stood, Text()]
    if made.left:
        left = table("left behind", "")
        for name, why in made.left:
            left.add_row(line("  ", name), line((why, "dim")))
        parts += [left, Text()]
    parts += [line("Wrote ", (file, "bold")) for file in made.files]
    parts += [line("Added to ", (file, "bold"), ", and left the rest of it as it was.") for file in made.added]
    if not made.carried:
        parts.append(line("Nothing to add."))
    for file in made.unread:
        parts.append(line((f"{file} is not among `okrs:` of okrsync.yaml, so nobody reads it yet.", "yellow")))
    return Group(*parts)


def kind_of(objective: ClosedObjective) -> Kind:
    """The kind of an objective as it was frozen; what an old closing calls otherwise is committed."""
    return "aspirational" if objective.kind == "aspirational" else "committed"


def goal_words(one: ClosedKeyResult) -> str:
    """`` of 0 % → 100 %``, "" for what has no way to go."""
    if one.start is None or one.target is None:
        return ""
    start, target = (quantity(end, measure=one.measure, unit=one.unit) for end in (one.start, one.target))
    return f" on the way {start} → {target}"


def _headline(objective: ClosedObjective) -> Text:
    score = "no score" if objective.score is None else f"{objective.score:.2f}"
    return line((objective.title, "bold"), f"  {score}", (f"  {objective.kind} · {team_name(objective.team)}", "dim"))


def _scores(objective: ClosedObjective) -> RenderableType:
    numbers = ("suggested", "final", "of expected")
    made = table("key result", "", *numbers, "next", numbers=numbers)
    for place, column in enumerate(made.columns):
        column.no_wrap = place != 1
    made.columns[1].max_width = TITLE
    for one in objective.key_results:
        made.add_row(*_cells(one, objective))
    return Group(made, *(said for one in objective.key_results for said in _said(one, objective)))


def _cells(one: ClosedKeyResult, objective: ClosedObjective) -> Iterator[Text]:
    yield line("  ", one.id)
    yield line(one.title)
    if one.score is None:
        yield from (line(""), line((one.state, "dim")), line(""), line(""))
        return
    score = one.score
    yield line(("no data" if score.suggested is None else f"{score.suggested:.2f}", "dim"))
    yield line((f"{score.final:.2f}", f"bold {COLOURS[band(score.final)]}"))
    yield line(percent(attainment(score.final, kind_of(objective))))
    yield line(score.retrospective.decision or "")


def _said(one: ClosedKeyResult, objective: ClosedObjective) -> Iterator[Text]:
    """The note and the remark on a score, which are sentences and have no room in a table."""
    if one.score is not None:
        for words in (one.score.note, too_easy(one.score.final, kind_of(objective))):
            if words:
                yield line("  ", one.id, (f"  {words}", "dim"))
