"""The ownership mark, the label namespace and OKR: lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.marker import Mark, Namespace, digest, find_hidden, hidden, mark, read, references
from okrsync.model.change import Note, NoteLine

NOTE = Note((NoteLine("checkout-1", "Ship it", "Buying", 3, "1 item", ("in milestone X",)),), "okr:ignore")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("OKR: checkout-1", ("checkout-1",)),
        ("Some text\r\n\r\nOKR: checkout-1, checkout-2\r\nmore", ("checkout-1", "checkout-2")),
        ("okrs: a-1", ("a-1",)),
        ("**OKR:** `a-1`", ("a-1",)),
        ("> OKR: a-1", ("a-1",)),
        ("- OKR: a-1, a-1", ("a-1",)),
        ("our OKR: a-1 is in a sentence", ()),
        ("OKR:", ()),
        ("OKR: to be decided", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_key_results_are_read_from_okr_lines(text: str | None, found: tuple[str, ...]) -> None:
    assert references(text) == found


def test_a_mark_survives_in_a_comment() -> None:
    own = mark("acme", NOTE)
    assert find_hidden(f"Hello\n\n{hidden(own)}\n") == own
    assert own.tenths == {"checkout-1": 3}


@pytest.mark.parametrize("text", ["", "no mark", "<!-- okrsync {broken} -->", '<!-- okrsync {"installation": 1} -->'])
def test_what_is_no_mark_is_none(text: str) -> None:
    assert find_hidden(text) is None


def test_a_property_is_read_like_a_mark() -> None:
    assert read({"installation": "acme", "digest": "d", "tenths": {"a": 1}}) == Mark("acme", "d", {"a": 1})
    assert read("nonsense") is None
    assert read(["nonsense"]) is None


def test_the_digest_sees_every_visible_word() -> None:
    other = Note((NoteLine("checkout-1", "Ship it", "Buying", 4, "1 item", ("in milestone X",)),), "okr:ignore")
    assert digest(NOTE) != digest(other)


@given(st.text(max_size=300))
def test_any_text_can_be_searched_for_references(text: str) -> None:
    assert all(" " not in name and "," not in name for name in references(text))


def test_the_namespace_owns_its_prefix_but_not_the_ignore_label() -> None:
    names = Namespace("goal/{key_result}")
    assert names.label("a-1") == "goal/a-1"
    assert names.owns("goal/anything")
    assert not names.owns("goal/ignore")
    assert not names.owns("okr:a-1")
