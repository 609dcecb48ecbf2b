"""Nothing that a ticket says can paint a terminal, a page or a workflow log."""

from __future__ import annotations

import json
import re

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st
from report_values import HOSTILE

from okrsync.report import safe
from okrsync.report.actions import annotation
from okrsync.report.machine import as_json

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


@given(ANYTHING)
@example("0\r\x1b\x1f0")
def test_plain_text_is_one_visible_line_and_stays_so(text: str) -> None:
    line = safe.plain(text)
    assert not UNSEEN.search(line)
    assert safe.plain(line) == line
    line.encode()


def test_escape_sequences_vanish_whole() -> None:
    assert safe.plain("\x1b[1;31mred\x1b[0m \x1b]0;title\x07text\x9b2Jx") == "red textx"


def test_ordinary_text_of_any_language_is_untouched() -> None:
    assert safe.plain("Zürich 東京 ✓ naïve") == "Zürich 東京 ✓ naïve"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert safe.shorten("one two three", 8) == "one two…"
    assert safe.shorten("short", 8) == "short"


@given(ANYTHING)
def test_markdown_text_opens_no_tag_and_mentions_nobody(text: str) -> None:
    shown = safe.markdown(text)
    assert "<" not in shown
    assert not re.search(r"@(?!\u200b)", shown)
    assert not re.search(r"(?<!\\)[|`\[]", shown.replace("\\\\", ""))


@given(ANYTHING)
def test_a_code_span_has_no_way_out(text: str) -> None:
    shown = safe.code(text)
    assert shown.count("`") == 2
    assert "|" not in shown


def test_only_web_addresses_become_links() -> None:
    assert safe.web_address("https://acme.test/browse/A-1?x=1#y") == "https://acme.test/browse/A-1?x=1#y"
    assert safe.web_address("javascript:alert(1)") == ""
    assert safe.web_address("https://a b") == ""


@given(ANYTHING.filter(lambda text: not re.search(r"[\ud800-\udfff]", text)))
def test_json_keeps_the_text_and_shows_no_control_character(text: str) -> None:
    shown = as_json({"title": text})
    assert json.loads(shown) == {"title": text}
    assert not UNSEEN.search(shown.replace("\n", ""))
    assert msgspec.json.decode(shown) == {"title": text}


def test_an_annotation_cannot_be_continued_by_its_text() -> None:
    shown = annotation("50 % of it\n::error::faked", title="a:b,c", file="okrs/x.yaml", line=3)
    assert shown == "::error file=okrs/x.yaml,line=3,title=a%3Ab%2Cc::50 %25 of it ::error::faked"
    assert "\n" not in annotation(HOSTILE)
