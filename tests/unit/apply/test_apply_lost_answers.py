"""Apply: an answer got lost, so the ticket is looked at, and nothing is written twice."""

from __future__ import annotations

import pytest
from applying import (
    APPLIED,
    DEFINE,
    LABEL,
    LINK,
    REF,
    add,
    apply,
    journal,
    note,
    put,
    showing,
)
from fake_connector import INSTALLATION, AnswerLost, FakeTracker

from okrsync import marker
from okrsync.apply import Applier
from okrsync.errors import OutcomeUnknown
from okrsync.model.change import (
    Change,
    DeleteNote,
    Done,
    Receipt,
    RemoveLabel,
    Shown,
    ShownNote,
)
from okrsync.model.run import Write
from okrsync.store import Store


def twice(tracker: FakeTracker) -> int:
    return len(tracker.of("apply"))


LOST = [
    (add(), Shown(REF)),
    (RemoveLabel(REF, LABEL), Shown(REF, labels=(LABEL,))),
    (put(), Shown(REF)),
    (put(note_id="77"), Shown(REF, note=ShownNote("77", "older"))),
    (DeleteNote(REF, "77"), Shown(REF, note=ShownNote("77", "d1"))),
    (DeleteNote(REF, "78"), Shown(REF, note=ShownNote("77", "d1"), surplus=("78",))),
]


@pytest.mark.parametrize(("change", "before"), LOST)
def test_a_lost_answer_leads_to_a_look_and_to_no_second_write_when_it_happened(
    applier: Applier, tracker: FakeTracker, change: Change, before: Shown
) -> None:
    tracker.shown["1"] = before
    tracker.writes.append(AnswerLost(happened=True))
    (write,) = apply(applier, change)
    assert write.receipt is not None
    assert write.receipt.done is Done.ALREADY
    assert twice(tracker) == 1
    assert tracker.of("observe") == [("1",)]


@pytest.mark.parametrize(("change", "before"), LOST)
def test_a_lost_answer_leads_to_a_second_write_when_it_did_not_happen(
    applier: Applier, tracker: FakeTracker, change: Change, before: Shown
) -> None:
    tracker.shown["1"] = before
    tracker.writes.append(AnswerLost(happened=False))
    (write,) = apply(applier, change)
    assert write.receipt is not None
    assert write.receipt.done is Done.APPLIED
    assert twice(tracker) == 2


def test_a_note_found_after_a_lost_answer_is_remembered_under_its_id(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.append(AnswerLost(happened=True))
    (write,) = apply(applier, put())
    assert write.receipt == Receipt(Done.ALREADY, note_id="note 1")
    remembered = showing(shop).note
    assert remembered is not None
    assert remembered == marker.shown("note 1", marker.mark(INSTALLATION, note()))


def test_a_label_that_somebody_wrote_in_another_case_is_already_there(applier: Applier, tracker: FakeTracker) -> None:
    tracker.shown["1"] = Shown(REF, labels=("OKR:Checkout-1",))
    tracker.writes.append(AnswerLost(happened=False))
    (write,) = apply(applier, add())
    assert write.receipt == Receipt(Done.ALREADY)


@pytest.mark.parametrize("change", [DEFINE, LINK])
def test_what_cannot_be_looked_at_is_simply_sent_again(applier: Applier, tracker: FakeTracker, change: Change) -> None:
    tracker.writes.append(AnswerLost(happened=True))
    (write,) = apply(applier, change)
    assert write.receipt == APPLIED
    assert twice(tracker) == 2


def test_an_answer_lost_twice_ends_the_connection_and_leaves_the_ticket_in_doubt(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.extend([AnswerLost(happened=False), AnswerLost(happened=True)])
    first, second = apply(applier, put(), put("2"))
    assert first == Write(put(), error="The answer got lost.")
    assert second == Write(put("2"))
    assert isinstance(applier.failed["jira"], OutcomeUnknown)
    assert showing(shop).under_way
    assert not showing(shop, "2").under_way
    assert journal(shop) == [(True, None, "The answer got lost.")]


def test_the_note_that_a_look_finds_is_edited_and_none_is_added(applier: Applier, tracker: FakeTracker) -> None:
    tracker.shown["1"] = Shown(REF, note=ShownNote("77", "of another text"))
    tracker.writes.append(AnswerLost(happened=False))
    (write,) = apply(applier, put())
    assert write.receipt is not None
    assert (write.receipt.done, write.receipt.note_id) == (Done.APPLIED, "77")
    assert tracker.shown["1"].surplus == ()
