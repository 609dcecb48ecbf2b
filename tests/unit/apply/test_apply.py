"""Apply: intent before, receipt after, and what the tracker took is remembered."""

from __future__ import annotations

from typing import Any

import msgspec
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
    labels,
    note,
    put,
    showing,
)
from fake_connector import FakeTracker
from okr_builders import NOON, item

from okrsync import marker
from okrsync.apply import Applier, observe
from okrsync.marker import Namespace
from okrsync.model.change import (
    Change,
    DeleteLink,
    DeleteNote,
    Done,
    Receipt,
    RemoveLabel,
    Shown,
    ShownNote,
    UndefineLabel,
)
from okrsync.model.ticket import Showing
from okrsync.plan import link_fingerprint
from okrsync.store import Store


def test_the_intent_is_stored_before_and_the_receipt_after(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    seen: list[Any] = []

    def look_as_another_process_does(_: Change) -> None:
        with Store(shop.url) as other:
            seen.append((journal(other), showing(other)))

    tracker.before_write = look_as_another_process_does
    (write,) = apply(applier, put())
    assert seen == [([(False, None, "")], Showing(known=False, under_way=True))]
    assert journal(shop) == [(True, write.receipt, "")]
    own = marker.mark("", note())
    assert showing(shop) == Showing(known=True, note=ShownNote("note 1", own.digest, {"checkout-1": 3}))


def test_a_process_killed_in_between_leaves_a_ticket_to_look_at(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    def killed(_: Change) -> None:
        raise KeyboardInterrupt

    tracker.before_write = killed
    with pytest.raises(KeyboardInterrupt):
        apply(applier, put())
    assert showing(shop) == Showing(known=False, under_way=True)
    assert journal(shop) == [(False, None, "")]
    tracker.carry_out(put())
    observe(shop, tracker.connect(), [REF])
    found = showing(shop)
    assert (found.known, found.under_way) == (True, False)
    assert found.note is not None
    assert found.note.digest == marker.digest(note())


def test_a_note_is_edited_in_place_and_remembered_under_its_id(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    (first,) = apply(applier, put())
    assert first.receipt is not None
    (second,) = apply(applier, put(tenth=4, note_id=first.receipt.note_id))
    assert second.receipt == first.receipt
    remembered = showing(shop).note
    assert remembered is not None
    assert (remembered.id, remembered.tenths) == ("note 1", {"checkout-1": 4})
    assert tracker.shown["1"].surplus == ()


def test_an_edit_whose_receipt_names_no_note_keeps_the_id(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    tracker.writes.append(APPLIED)
    apply(applier, put(note_id="77"))
    assert showing(shop).note == ShownNote("77", marker.digest(note()), {"checkout-1": 3})


def test_a_new_note_whose_receipt_names_no_note_is_looked_for_again(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.append(APPLIED)
    apply(applier, put())
    assert not showing(shop).known


def test_labels_added_and_removed_are_remembered_without_mapping_again(applier: Applier, shop: Store) -> None:
    with shop.transaction():
        shop.items.keep([item("2", labels=("bug", "okr:old"))], Namespace().owns)
        shop.dirt.clean("jira")
    apply(applier, add("2"), RemoveLabel(item("2").ref, "okr:old"))
    assert labels(shop, "2") == ("bug", LABEL)
    with shop.reading():
        assert list(shop.dirt.to_map("jira")) == []


def test_a_label_put_on_twice_is_remembered_once(applier: Applier, shop: Store) -> None:
    apply(applier, add(), add())
    assert labels(shop) == (LABEL,)


def test_a_ticket_the_store_does_not_know_breaks_nothing(applier: Applier) -> None:
    (write,) = apply(applier, add("unknown"))
    assert write.receipt == APPLIED


def test_definitions_of_labels_are_remembered(applier: Applier, shop: Store) -> None:
    apply(applier, DEFINE)
    (defined,) = shop.scopes.labels("jira", "100")
    assert (defined.name, defined.description) == (LABEL, "Key result: Ship it")
    apply(applier, UndefineLabel("jira", "100", LABEL))
    assert shop.scopes.labels("jira", "100") == ()


def test_a_ticket_loses_a_label_with_its_definition_though_nobody_took_it_from_there(
    applier: Applier, shop: Store
) -> None:
    apply(applier, add("1", LABEL), add("2", "okr:api-1"))
    apply(applier, UndefineLabel("jira", "100", LABEL))
    assert labels(shop, "1") == ()
    assert labels(shop, "2") == ("okr:api-1",)


@pytest.mark.parametrize("taken", [RemoveLabel(REF, LABEL), UndefineLabel("jira", "100", LABEL)])
def test_a_ticket_with_labels_of_people_alone_is_looked_at_no_more_once_ours_is_gone(
    applier: Applier, shop: Store, taken: Change
) -> None:
    with shop.transaction():
        shop.items.keep([item("1", labels=("bug", LABEL))], Namespace().owns)
    apply(applier, taken)
    assert labels(shop) == ("bug",)
    with shop.reading():
        assert [one.item.id for one in shop.links.tickets()] == []


def test_a_label_of_ours_is_looked_at_though_nothing_links_its_ticket(applier: Applier, shop: Store) -> None:
    apply(applier, add("3"))
    with shop.reading():
        assert [one.item.id for one in shop.links.tickets()] == ["3"]


def test_remote_links_are_remembered_by_their_fingerprint(applier: Applier, shop: Store) -> None:
    other = msgspec.structs.replace(LINK, key_result="api-1")
    apply(applier, LINK, other)
    assert showing(shop).links == {"checkout-1": link_fingerprint(LINK), "api-1": link_fingerprint(other)}
    apply(applier, DeleteLink(REF, "checkout-1"), DeleteLink(REF, "never there"))
    assert showing(shop).links == {"api-1": link_fingerprint(other)}


def test_a_link_that_the_tracker_does_not_have_is_not_planned_for_ever(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.append(Receipt(Done.SKIPPED, reason="it has no remote links"))
    (write,) = apply(applier, LINK)
    assert write.receipt is not None
    assert write.receipt.done is Done.SKIPPED
    assert showing(shop).links == {"checkout-1": link_fingerprint(LINK)}


def test_what_was_skipped_is_not_taken_for_done(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    tracker.writes.extend([Receipt(Done.SKIPPED, reason="no labels here")] * 2)
    apply(applier, add(), DEFINE)
    assert labels(shop) == ()
    assert shop.scopes.labels("jira", "100") == ()


def test_surplus_notes_are_deleted_and_the_note_stays(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    own = ShownNote("77", "d1")
    tracker.shown["1"] = Shown(REF, note=own, surplus=("78", "79"))
    observe(shop, tracker.connect(), [REF])
    apply(applier, DeleteNote(REF, "78"))
    assert showing(shop) == Showing(known=True, note=own, surplus=("79",), as_of=NOON)
    apply(applier, DeleteNote(REF, "79"), DeleteNote(REF, "77"))
    assert showing(shop) == Showing(known=True, as_of=NOON)
    assert tracker.shown["1"] == Shown(REF)
