"""Days as a calendar that other programs subscribe to (RFC 5545): whole days only, so that no zone has to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from okrsync.report.safe import plain

LONGEST = 75
"""Octets of a line; what is longer goes on in the next one, after a space (RFC 5545, 3.1)."""

AGAIN = "PT1H"
"""How often a program that subscribed may look for news: as RFC 7986 (5.7) says it, and as programs before it do."""


class Entry(msgspec.Struct, frozen=True):
    """Something on a day. ``uid`` stays the same for as long as it is the same thing; ``about`` may have lines."""

    uid: str
    day: date
    title: str
    about: str = ""
    url: str = ""


def calendar(name: str, entries: Iterable[Entry], made: datetime) -> str:
    """An iCalendar object; ``made`` is aware."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//okrsync//EN", "METHOD:PUBLISH"]
    lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{AGAIN}", f"X-PUBLISHED-TTL:{AGAIN}"]
    for entry in entries:
        lines += _event(entry, made)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _folded(line))


def _event(entry: Entry, made: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"DTSTAMP:{made.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(plain(entry.title))}"
    if entry.about:
        yield f"DESCRIPTION:{_text(entry.about)}"
    if entry.url:
        yield f"URL:{plain(entry.url)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11): lines are kept, everything else that cannot be seen is left out."""
    safe = "\n".join(plain(line) for line in text.split("\n"))
    return safe.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Pieces of a line; no character is cut in two."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST:
            yield piece
            piece, size = " ", 1
        piece += letter
        size += octets
    yield piece
