"""The ownership mark, the label namespace and OKR: lines."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.marker import Mark, Namespace, claimed, digest, find_hidden, hidden, mark, read, references, shown
from okrsync.model.change import Note, NoteLine, ShownNote
from okrsync.model.okr import KEY_RESULT_ID

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
        ("OKR: X-1", ("X-1",)),
        ("OKR: (a-1.), [`b-1`]", ("a-1", "b-1")),
        ("OKR:", ()),
        ("OKR: to be decided", ("to be decided",)),
        ("OKR: kr-1 and kr-2", ("kr-1", "kr-2")),
        ("OKR: kr-1, kr-2, AND kr-3", ("kr-1", "kr-2", "kr-3")),
        ("OKR: kr-1; kr-2 & kr-3", ("kr-1", "kr-2", "kr-3")),
        ("OKR: kr-9  kr-8", ("kr-9", "kr-8")),
        ("OKR: kr-1 the first half", ("kr-1 the first half",)),
        ("OKR: kr-1 (first half), kr-2 (v2)", ("kr-1", "kr-2")),
        ("OKR: kr-1 (and kr-2)", ("kr-1", "kr-2")),
        ("OKR: kr-1 (also `kr-2`.)", ("kr-1", "also kr-2")),
        ("OKR: kr-1 (half of kr-2)", ("kr-1", "half of kr-2")),
        ("## OKR: kr-1", ("kr-1",)),
        ("h3. OKR: kr-1", ("kr-1",)),
        ("- [x] OKR: kr-1\n* [ ] OKR: kr-2", ("kr-1", "kr-2")),
        ("1. OKR: kr-1\n2) OKR: kr-2", ("kr-1", "kr-2")),
        ("OKR: [kr-1](https://okr.example/kr-1?a=b,c), [`kr-2`](../kr-2)", ("kr-1", "kr-2")),
        ("OKR: [kr-1|https://okr.example/kr-1], {{kr-2}}", ("kr-1", "kr-2")),
        ("OKR: kr-1, kr two, kr-3", ("kr-1", "kr two", "kr-3")),
        ("<!--\nOKR: the-id\n-->\nOKR: kr-1 <!-- or several -->", ("kr-1",)),
        ("OKR: kr-1\n<!-- never closed\nOKR: kr-2", ("kr-1",)),
        ("```yaml\nOKR: kr-1\n```\nOKR: kr-2", ("kr-2",)),
        ("~~~\n<!--\n```\nOKR: kr-1\n~~~\nOKR: kr-2", ("kr-2",)),
        ("{code:yaml}\nOKR: kr-1\n{code}\nOKR: kr-2\n{noformat}\nOKR: kr-3\n{noformat}", ("kr-2",)),
        ("we write {code} here\nOKR: kr-2", ("kr-2",)),
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


def test_a_new_version_takes_old_marks_for_what_they_are() -> None:
    """Were one of these to change, every note out there would be edited, or written a second time."""
    assert digest(NOTE) == "d475800c31e59911"
    own = Mark("acme", "d", {"b-1": 1, "a-1": 2}, ("okr:b-1",), {"b-1": "on track", "a-1": "behind"})
    assert hidden(own) == (
        '<!-- okrsync {"installation":"acme","digest":"d","tenths":{"a-1":2,"b-1":1},"labels":["okr:b-1"],'
        '"statuses":{"a-1":"behind","b-1":"on track"}} -->'
    )
    before_statuses = '<!-- okrsync {"installation":"acme","digest":"d","tenths":{"a-1":2},"labels":["okr:b-1"]} -->'
    assert find_hidden(before_statuses) == Mark("acme", "d", {"a-1": 2}, ("okr:b-1",))


def test_a_mark_names_the_digest_the_tenths_and_the_labels_of_its_note() -> None:
    unknown = NoteLine("api-1", "Fast", "Speed", None, "1 item", ())
    note = Note((*NOTE.lines, unknown), "goal/ignore")
    own = mark("acme", note, Namespace("goal/{key_result}"))
    assert own == Mark("acme", digest(note), {"checkout-1": 3}, ("goal/checkout-1", "goal/api-1"))
    assert mark("acme", note).labels == ()


def test_a_note_found_on_a_ticket_shows_what_its_mark_says() -> None:
    assert shown("77", Mark("acme", "d", {"a-1": 1}, ("okr:a-1",))) == ShownNote("77", "d", {"a-1": 1}, ("okr:a-1",))


def test_a_mark_remembers_the_statuses_that_its_note_shows() -> None:
    behind = NoteLine("api-1", "Fast", "Speed", 3, "1 item", (), status="behind", pace="short of the pace")
    own = mark("acme", Note((*NOTE.lines, behind), "okr:ignore"))
    assert own.statuses == {"api-1": "behind"}
    assert shown("77", own).statuses == {"api-1": "behind"}


def test_labels_are_claimed_by_the_notes_of_others_only() -> None:
    marks = [
        None,
        Mark("ours", "d", {}, ("okr:c",)),
        Mark("b", "d", {}, ("okr:b", "okr:a")),
        Mark("x", "d", {}, ("okr:a",)),
    ]
    assert claimed(marks, "ours") == ("okr:a", "okr:b")
    assert claimed([], "ours") == ()


@pytest.mark.parametrize(
    ("template", "label", "key_result"),
    [
        ("okr:{key_result}", "okr:a-1", "a-1"),
        ("okr:{key_result}", "okr:", ""),
        ("okr:{key_result}", "other:a-1", ""),
        ("okr:{key_result}", "bug", ""),
        ("okr:{key_result}!", "okr:a-1!", "a-1"),
        ("okr:{key_result}!", "okr:a-1", ""),
        ("okr:{key_result}!", "a-1!", ""),
        ("okr", "okr", ""),
    ],
)
def test_a_label_names_its_key_result_only_where_it_follows_the_template(
    template: str, label: str, key_result: str
) -> None:
    assert Namespace(template).key_result(label) == key_result


@given(st.text(max_size=300))
def test_any_text_can_be_searched_for_references(text: str) -> None:
    assert all(name == name.strip() != "" and not {",", ";", "\n"} & set(name) for name in references(text))


@pytest.mark.parametrize(
    "piece", ["{code", "<!-- ", "```\n", "[a|", "OKR: (", " (", "- [ ] ", "[a](", "{{", "{noformat}"]
)
def test_a_hostile_text_is_searched_in_no_time(piece: str) -> None:
    began = time.process_time()
    references("OKR: x-1 " + piece * (60_000 // len(piece)))
    assert time.process_time() - began < 1


@given(names=st.lists(st.from_regex(KEY_RESULT_ID, fullmatch=True).filter(str.isalnum), min_size=1, unique=True))
def test_ids_between_commas_are_all_found(names: list[str]) -> None:
    named = [name for name in names if name.lower() != "and"]
    assert references(f"Why\nOKR: {', '.join(names)}") == tuple(named)


def test_the_namespace_owns_its_prefix_but_not_the_ignore_label() -> None:
    names = Namespace("goal/{key_result}")
    assert names.label("a-1") == "goal/a-1"
    assert names.owns("goal/anything")
    assert not names.owns("goal/ignore")
    assert not names.owns("okr:a-1")
