"""Digests as people read them: on a terminal, and as the plain text of a message.

Both are made of the same sections, so that nobody hears something else than somebody at the terminal sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from okrsync.method.checkins import State, day_words
from okrsync.method.digest import Digest, EndedCycle, Line
from okrsync.model.message import Message, Outcome, Sent
from okrsync.model.roles import PracticeRole
from okrsync.report.message import harmless
from okrsync.report.numbers import percent, points
from okrsync.report.safe import shorten
from okrsync.report.text import heading, line, table
from okrsync.words import number, plural

WIDE = 110
"""Columns from which on titles have room."""

MOST = 10
"""Lines of a section in a message; the terminal shows all."""

Entry = tuple[str, str, str]
"""What it is about, its title, and what is to be said."""
Section = tuple[str, tuple[Entry, ...]]


def digest_text(digest: Digest, width: int) -> RenderableType:
    """A digest for a terminal of ``width`` columns; a narrow one has no room for titles."""
    wide = width >= WIDE
    parts: list[RenderableType] = [line((headline(digest), "bold cyan")), Text()]
    for title, entries in sections(digest):
        titled = wide and any(name for _, name, _ in entries)
        made = table("", *([""] if titled else []), "")
        made.columns[0].no_wrap = True
        for about, name, words in entries:
            made.add_row(line("  ", about), *([line((shorten(name, 44), "dim"))] if titled else []), line(words))
        parts += [heading(title), made, Text()]
    if digest.empty:
        parts += [line(_quiet(digest)), Text()]
    return Group(*parts)


def digest_message(digest: Digest) -> Message:
    """A digest as plain text; ``MOST`` entries of each section."""
    return Message(harmless(headline(digest)), _body(digest) + _invitation(digest.role))


def owners_message(digests: Sequence[Digest]) -> Message:
    """What several owners owe, in one message."""
    parts = [f"{harmless(digest.who or 'nobody')}\n{_body(digest, titles=False)}" for digest in digests]
    count = sum(len(digest.silent) for digest in digests)
    return Message(f"{plural(count, 'check-in')} to give", "\n\n".join(parts) + _invitation(PracticeRole.OWNER))


def _body(digest: Digest, *, titles: bool = True) -> str:
    parts = []
    for title, entries in sections(digest):
        rest = len(entries) - MOST
        rows = [*map(_row, entries[:MOST]), *([f"- and {rest} more"] if rest > 0 else [])]
        parts.append("\n".join([harmless(title), *rows] if titles else rows))
    return "\n\n".join(parts)


def _invitation(role: PracticeRole) -> str:
    return "\n\n`okrsync checkin` asks about each." if role is PracticeRole.OWNER else ""


def deliveries_text(sent: Sequence[Sent]) -> RenderableType:
    """What became of messages; why one did not arrive stands below it."""
    if not sent:
        return line("Nothing to send: nothing is due, or it was sent today already.")
    lines = []
    for one in sent:
        words, style = _OUTCOMES[one.delivery.outcome]
        lines.append(line(f"{one.role} digest to {one.who}: ", (words, style)))
        if one.delivery.why:
            lines.append(line("  ", (one.delivery.why, "dim")))
    return Group(*lines)


_OUTCOMES = {
    Outcome.SENT: ("sent", "green"),
    Outcome.FAILED: ("not sent; it can be tried again", "red"),
    Outcome.UNKNOWN: ("may have arrived, so it is not sent again", "yellow"),
}


def headline(digest: Digest) -> str:
    """What a digest is about and for whom."""
    whose = f" of {digest.who}" if digest.who else ""
    return {
        PracticeRole.OWNER: f"Check-ins{whose or ' that nobody owns'}",
        PracticeRole.COACH: f"The coach's week{f', for {digest.who}' if digest.who else ''}",
        PracticeRole.CHAMPION: f"What stands still{f', for {digest.who}' if digest.who else ''}",
    }[digest.role]


def sections(digest: Digest) -> Iterator[Section]:
    """The parts of a digest that have something in them."""
    for title, entries in (
        (_silent_title(digest.role), [_silent(one, digest.role) for one in digest.silent]),
        ("Words and numbers disagree", [_entry(one, "; ".join(_remarks(one))) for one in digest.diverging]),
        ("Worth a talk (okrsync coach says what to do)", [(one.rule, "", one.reason) for one in digest.findings]),
        ("Moved this week", [_entry(one, _movement(one)) for one in digest.moved]),
    ):
        if entries:
            yield title, tuple(entries)
    for cycle in digest.ended:
        yield _ended_title(cycle), tuple(_ended(cycle))


def _silent_title(role: PracticeRole) -> str:
    return {
        PracticeRole.OWNER: "Waiting for a word",
        PracticeRole.COACH: "Nobody spoke about these in time",
        PracticeRole.CHAMPION: "Silent for three weeks",
    }[role]


def _silent(one: Line, role: PracticeRole) -> Entry:
    duty, owner = one.owed.duty, one.owed.owner or "nobody"
    said = duty.words if duty.state is not State.NOTHING else ""
    if role is PracticeRole.CHAMPION:
        said = f"no word for {plural(duty.silent.days, 'day')}"
    status = f"; {one.verdict.status}, {percent(one.progress)}" if one.verdict and one.progress is not None else ""
    return _entry(one, f"{said if role is PracticeRole.OWNER else f'{owner}: {said}'}{status}")


def _movement(one: Line) -> str:
    return f"{percent(one.week_ago)} to {percent(one.progress)} ({points(one.progress, one.week_ago)})"


def _remarks(one: Line) -> Sequence[str]:
    return one.verdict.remarks if one.verdict else ()


def _entry(one: Line, words: str) -> Entry:
    return one.owed.key_result, one.owed.title, words


def _ended_title(cycle: EndedCycle) -> str:
    state = "closed" if cycle.closed else f"not closed yet: okrsync cycle close {cycle.cycle}"
    return f"{cycle.cycle} ended on {day_words(cycle.end)}, {state}"


def _ended(cycle: EndedCycle) -> Iterator[Entry]:
    for one in cycle.objectives:
        score = "no score" if one.progress is None else f"{one.progress:.2f}"
        yield one.objective, one.title, f"{score} of {number(one.expected)} expected ({one.kind})"


def _row(entry: Entry) -> str:
    about, title, words = (harmless(part) for part in entry)
    return f"- {about}{f' {title}' if title else ''}: {words}"


def _quiet(digest: Digest) -> str:
    return {
        PracticeRole.OWNER: "Nothing is due.",
        PracticeRole.COACH: "A quiet week: everybody spoke, and nothing moved.",
        PracticeRole.CHAMPION: "Nothing stands still.",
    }[digest.role]
