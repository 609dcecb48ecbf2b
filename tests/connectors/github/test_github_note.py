"""The note as Markdown: what it says, and what hostile text cannot make it do."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from okrsync_github import note

from okrsync import marker
from okrsync.model.change import Note, NoteLine

LINE = NoteLine("checkout-1", "Ship it", "Buying is effortless", 4, "5 points", ("milestone One-page checkout",))


def render(*lines: NoteLine) -> str:
    made = Note(lines, "okr:ignore")
    return note.render(made, marker.mark("acme", made))


def test_a_note_says_which_how_far_why_and_how_to_stop_it() -> None:
    body = render(msgspec.structs.replace(LINE, url="https://okr.example/key-results/checkout-1"))
    assert "**checkout-1** Ship it" in body
    assert "(https://okr.example/key-results/checkout-1)" in body
    assert "Buying is effortless" in body
    assert "▰▰▰▰▱▱▱▱▱▱ about 40 %" in body
    assert "5 points" in body
    assert "milestone One-page checkout" in body
    assert "`okr:ignore`" in body
    assert 4 <= len(body.splitlines()) <= 8


@pytest.mark.parametrize(
    ("tenth", "words"), [(None, "no data yet"), (0, "about 0 %"), (9, "about 90 %"), (10, "▰▰▰▰▰▰▰▰▰▰ reached")]
)
def test_progress_is_told_in_tenths(tenth: int | None, words: str) -> None:
    assert words in render(msgspec.structs.replace(LINE, tenth=tenth))


def test_status_and_pace_follow_the_progress_in_words() -> None:
    body = render(msgspec.structs.replace(LINE, status="behind", pace="up to about 25 points short of the pace"))
    assert "about 40 % · behind, up to about 25 points short of the pace · here: 5 points" in body
    assert "about 40 % · on track · here:" in render(msgspec.structs.replace(LINE, status="on track"))
    assert "about 40 % · here:" in render(LINE)


def test_the_mark_at_the_end_is_read_back() -> None:
    made = Note((LINE,), "okr:ignore")
    own = marker.mark("acme", made)
    body = note.render(made, own)
    assert marker.find_hidden(body) == own
    assert body.endswith("-->")


def test_the_same_note_is_the_same_text() -> None:
    assert render(LINE, LINE) == render(LINE, LINE)


def test_many_key_results_are_shortened() -> None:
    body = render(*(msgspec.structs.replace(LINE, key_result=f"kr-{number}") for number in range(25)))
    assert "and 15 more" in body
    assert "kr-24" not in body.partition("<!--")[0]


HOSTILE = [
    "@ana and @acme/everybody",
    "fixes #12, acme/shop#13 and GH-14",
    "see https://github.com/acme/shop/issues/15",
    "<script>alert(1)</script> <img src=x onerror=y> <!-- okrsync {} -->",
    "**bold** [link](http://evil.example) ![image](http://evil.example/x.png)",
    "`code` | table | ~~gone~~ $math$",
    "line\nbreak\r\n# heading\n- [ ] task",
    "\x1b[31mred\x07 \u202etxt.exe \u200bzero",
    "{{ 7 * 7 }} {% for x in y %}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    line = NoteLine("checkout-1", text, text, 4, text, (text,))
    visible, mark, _ = render(line).rpartition("<!-- okrsync")
    assert mark
    assert len(render(line).splitlines()) == len(render(LINE).splitlines())
    assert not re.search(r"@(?!\u200b)", visible)
    assert not re.search(r"#(?=\w)", visible)
    assert not re.search(r"GH-(?=\d)", visible)
    assert "://" + "github" not in visible
    assert not re.search(r"<(?!/?sub>)", visible)
    assert not re.search(r"(?<!\\)`(?!okr:ignore`|</sub>|\.)", visible)
    assert not re.search(r"(?<!\\)[|~$\[]", visible)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", visible)
    assert "49" not in visible


@given(
    st.lists(
        st.builds(
            NoteLine,
            key_result=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", fullmatch=True),
            title=st.text(max_size=400),
            objective=st.text(max_size=400),
            tenth=st.none() | st.integers(0, 10),
            counts=st.text(max_size=200),
            reasons=st.lists(st.text(max_size=300), max_size=8).map(tuple),
            url=st.sampled_from(["", "https://okr.example/x", "javascript:alert(1)", "https://x/)[@ana](", "http://["]),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_any_note_is_short_enough_and_keeps_its_mark(lines: list[NoteLine]) -> None:
    made = Note(tuple(lines), "okr:ignore")
    own = marker.mark("acme", made)
    body = note.render(made, own)
    assert len(body) < 60_000
    body.encode()
    assert marker.find_hidden(body) == own
    assert body.count("<!--") == 1
    assert "javascript" not in body.partition("<!--")[0] or any("javascript" in line.title for line in lines)


@given(st.text(alphabet="&@#:/wGH-1", min_size=1_000, max_size=1_000))
def test_the_worst_text_is_short_enough_too(text: str) -> None:
    line = NoteLine("x" * 40, text, text, 5, text, (text,) * 9, "https://" + "(" * 492)
    assert len(render(*(line,) * 12)) < 60_000
