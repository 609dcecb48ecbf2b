"""Text that people wrote: a query that stays inside its brackets, and a note that formats nothing by accident."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from okrsync_jira import jql
from okrsync_jira.note import LINES, escape, render

from okrsync.errors import ConnectionFailed
from okrsync.model.change import Note, NoteLine

LINE = NoteLine(
    "checkout-1",
    "Ship the one-page checkout",
    "Buying is effortless",
    4,
    "5 points",
    ("epic SHOP-120",),
    "https://o/kr",
)


@pytest.mark.parametrize(
    "query",
    ["type = Bug", "(a = 1) OR (b = 2)", 'summary ~ "a) OR (b"', "summary ~ 'it\\'s ('", 'x = "order by"', "a in [1]"],
)
def test_a_query_in_balance_is_taken_as_it_is(query: str) -> None:
    assert jql.guarded(query) == f"({query})"


@pytest.mark.parametrize(
    "query", ["a = 1) OR (b = 2", "((a = 1)", 'a = "b', "a = 'b", "a = b\\", "(a]", ")(", "", "  ", "a order  BY b"]
)
def test_a_query_that_would_reach_beyond_its_brackets_is_refused(query: str) -> None:
    with pytest.raises(ConnectionFailed):
        jql.guarded(query)


@given(st.text(alphabet="()\"'\\ ab[]", max_size=12))
def test_what_is_let_through_never_closes_our_bracket(query: str) -> None:
    try:
        guarded = jql.guarded(query)
    except ConnectionFailed:
        return
    depth, quote, skip = 0, "", False
    for position, character in enumerate(guarded):
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            assert depth > 0 or position == len(guarded) - 1
    assert depth == 0


def test_a_note_says_which_how_far_why_and_how_to_stop() -> None:
    text = render(Note((LINE,), "okr:ignore"))
    assert text.splitlines() == [
        "*Key result checkout-1:* [Ship the one-page checkout|https://o/kr]",
        "▰▰▰▰▱▱▱▱▱▱ about 40 % · objective: Buying is effortless",
        "This ticket: 5 points · why: epic SHOP-120",
        "",
        "okrsync keeps this note up to date. To stop it on this ticket, add the label okr:ignore.",
    ]


@pytest.mark.parametrize(
    ("tenth", "words"), [(None, "no data yet"), (0, "▱▱▱▱▱▱▱▱▱▱ about 0 %"), (10, "▰▰▰▰▰▰▰▰▰▰ reached")]
)
def test_progress_is_told_in_tenths(tenth: int | None, words: str) -> None:
    line = NoteLine("kr", "t", "o", tenth, "1 item", ())
    assert words in render(Note((line,), "okr:ignore"))


def test_status_and_pace_follow_the_progress_in_words() -> None:
    paced = msgspec.structs.replace(LINE, status="behind", pace="up to about 25 points short of the pace")
    assert "about 40 % · behind, up to about 25 points short of the pace · objective:" in render(Note((paced,), "x"))
    assert "about 40 % · on track · objective:" in render(
        Note((msgspec.structs.replace(LINE, status="on track"),), "x")
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https:///x", "", "ftp://a/b"])
def test_only_web_addresses_become_links(url: str) -> None:
    line = NoteLine("kr", "Title", "o", 1, "1 item", (), url)
    assert "|" not in render(Note((line,), "okr:ignore"))


def test_an_address_cannot_leave_its_link() -> None:
    line = NoteLine("kr", "Title", "o", 1, "1 item", (), "https://o/a b]{code}|x")
    assert "[Title|https://o/a%20b%5D%7Bcode%7D%7Cx]" in render(Note((line,), "okr:ignore"))


def test_the_label_to_set_can_be_copied() -> None:
    assert "the label okr:DoNot-touch." in render(Note((LINE,), "okr:DoNot-touch"))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a-b", "a-b"),
        ("-gone-", "\\-gone\\-"),
        ("{code}", "\\{code\\}"),
        ("[~accountid:5]", "\\[\\~accountid:5\\]"),
        ("!x.png!", "\\!x.png\\!"),
        ("C:\\\\new", "C:&#92;&#92;new"),
        ("@ana", "@\u200bana"),
        ("(x)", "(\u200bx)"),
        ("<b>", "<\u200bb>"),
        ("line\r\nh1. two\x00", "line h1. two"),
    ],
)
def test_markup_is_shown_as_written(text: str, safe: str) -> None:
    assert escape(text) == safe


@given(st.text())
def test_no_text_forms_markup_or_a_second_line(text: str) -> None:
    safe = escape(text)
    assert not re.search(r"(?<!\\)[{}\[\]|*_^~+!?]", safe)
    assert "\\\\" not in safe
    assert len(f"x{safe}x".splitlines()) == 1


def test_a_note_stays_far_below_the_longest_comment() -> None:
    long = NoteLine("k" * 40, "{" * 5000, "*" * 5000, 5, "[" * 500, ("!" * 5000,) * 50, "https://o/" + "x" * 200)
    text = render(Note((long,) * 50, "okr:ignore"))
    assert len(text) < 32_767
    assert f"… and {50 - LINES} more key results." in text
    assert "and 47 more" in text
