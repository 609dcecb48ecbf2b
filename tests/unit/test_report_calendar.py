"""Calendars as RFC 5545 wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from okrsync.report.calendar import LONGEST, Entry, calendar
from okrsync.report.safe import plain

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DAY = date(2026, 12, 31)


def values(text: str) -> dict[str, str]:
    """Unfolded and with escapes undone, as RFC 5545 (3.1 and 3.3.11) tells readers to."""
    found = {}
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        undone = value.replace("\\\\", "\0").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
        found[name] = undone.replace("\0", "\\")
    return found


@example("\n", [])
@given(st.text(max_size=300), st.lists(st.text(max_size=100), max_size=4))
def test_every_text_survives_and_every_line_is_short(title: str, about: list[str]) -> None:
    text = calendar("OKRs", [Entry("1@okrsync", DAY, title, "\n".join(about))], NOW)
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= LONGEST for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    told = values(text)
    assert told["SUMMARY"] == plain(title)
    if any(about):
        assert told["DESCRIPTION"] == "\n".join(plain(line) for line in "\n".join(about).split("\n"))


def test_a_day_lasts_until_the_next() -> None:
    told = values(calendar("OKRs", [Entry("1@okrsync", DAY, "2026-Q4 ends")], NOW))
    assert told["DTSTART;VALUE=DATE"] == "20261231"
    assert told["DTEND;VALUE=DATE"] == "20270101"
    assert told["DTSTAMP"] == "20261122T123000Z"


def test_a_long_line_is_folded_between_letters() -> None:
    """RFC 5545, 3.1: no longer than 75 octets, and a letter of many octets stays whole."""
    text = calendar("OKRs", [Entry("1@okrsync", DAY, "ü" * 100)], NOW)
    lines = text.split("\r\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("SUMMARY:"))
    assert lines[first] == "SUMMARY:" + "ü" * 33
    assert lines[first + 1] == " " + "ü" * 37


def test_nothing_in_a_text_begins_a_line_of_its_own() -> None:
    text = calendar(
        "x", [Entry("1", DAY, "a\r\nBEGIN:VALARM", "b\nATTACH:file:///etc/passwd", "https://x\r\nX:y")], NOW
    )
    assert "\r\nBEGIN:VALARM" not in text
    assert "\r\nATTACH" not in text
    assert "\r\nX:y" not in text
