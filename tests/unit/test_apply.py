"""Apply: intent before, receipt after, never twice, and one ticket's trouble is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from fake_connector import INSTALLATION, AnswerLost, FakeTracker
from okr_builders import NOON, item
from sqlalchemy import select

from okrsync import marker
from okrsync.apply import NOT_FOUND, Applier, observe
from okrsync.connector import WriteLimit
from okrsync.errors import AuthError, Closed, Forbidden, Gone, Interrupted, OutcomeUnknown, RateLimited, Rejected
from okrsync.marker import Namespace
from okrsync.model.change import (
    AddLabel,
    Change,
    DefineLabel,
    DeleteLink,
    DeleteNote,
    Done,
    Note,
    NoteLine,
    PutLink,
    PutNote,
    Receipt,
    RemoveLabel,
    Shown,
    ShownNote,
    UndefineLabel,
)
from okrsync.model.run import Write
from okrsync.model.ticket import Showing
from okrsync.model.work import LabelDefinition
from okrsync.pace import Pace
from okrsync.plan import link_fingerprint
from okrsync.progress import NoProgress
from okrsync.store import Store
from okrsync.store.tables import writes

REF = item("1").ref
LABEL = "okr:checkout-1"
APPLIED = Receipt(Done.APPLIED)
DEFINE = DefineLabel("jira", "100", LABEL, "Key result: Ship it", "c5def5")
LINK = PutLink(REF, "checkout-1", "Ship it", "https://okr.example/key-results/checkout-1")


def note(tenth: int = 3) -> Note:
    line = NoteLine("checkout-1", "Ship it", "Buying is effortless", tenth, "1 item", ("in project SHOP",))
    return Note((line,), "okr:ignore")


def put(id: str = "1", tenth: int = 3, note_id: str | None = None) -> PutNote:
    return PutNote(item(id).ref, note(tenth), note_id)


def add(id: str = "1", label: str = LABEL) -> AddLabel:
    return AddLabel(item(id).ref, label)


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker()


@pytest.fixture
def shop(store: Store) -> Store:
    with store.transaction():
        store.items.keep([item(str(number)) for number in range(1, 8)], Namespace().owns)
        store.items.keep([item("1", connection="github")], Namespace().owns)
        for connection in ("jira", "github"):
            store.dirt.clean(connection)
    return store


@pytest.fixture
def applier(shop: Store, tracker: FakeTracker) -> Applier:
    connectors = {name: tracker.connect() for name in ("jira", "github")}
    namespaces = {name: Namespace() for name in connectors}
    return Applier(shop, connectors, namespaces, 7, lambda: NOON, NoProgress())


def apply(applier: Applier, *changes: Change) -> list[Write]:
    return list(applier.apply(changes))


def deferred(done: list[Write]) -> int:
    return sum(write == Write(write.change) for write in done)


def showing(store: Store, id: str = "1") -> Showing:
    with store.reading():
        every = store.links.tickets(everything=True)
        return {one.item.id: one.showing for one in every if one.item.connection == "jira"}[id]


def labels(store: Store, id: str = "1") -> tuple[str, ...]:
    kept = store.items.get("jira", id)
    assert kept is not None
    return kept.labels


def journal(store: Store) -> list[tuple[bool, Receipt | None, str]]:
    """Whether it ended, its receipt, its error, for every write intended so far."""
    rows = store._connection.execute(select(writes).order_by(writes.c.id)).all()
    store._connection.rollback()
    return [
        (row.ended_at is not None, msgspec.json.decode(row.receipt, type=Receipt) if row.receipt else None, row.error)
        for row in rows
    ]


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


def test_what_ends_a_connection_defers_its_rest_and_no_others(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    error = AuthError("No.", hint="Renew it.")
    elsewhere = AddLabel(item("1", connection="github").ref, LABEL)
    tracker.writes.extend([None, error])
    done = apply(applier, add("1"), add("2"), elsewhere, add("3"))
    assert [bool(write.receipt) for write in done] == [True, False, True, False]
    assert [write.error for write in done] == ["", str(error), "", ""]
    assert deferred(done) == 1
    assert applier.failed == {"jira": error}
    assert len(journal(shop)) == 3, "what was deferred was never intended"
    assert showing(shop, "2").blocked == ""


LIMIT = RateLimited("Slow down.", retry_after=3600)


def test_the_change_at_which_a_limit_strikes_was_never_begun_and_is_deferred(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.extend([None, LIMIT])
    done = apply(applier, put(), put("2"), add("2"))
    assert [(bool(write.receipt), write.error) for write in done] == [(True, ""), (False, ""), (False, "")]
    assert deferred(done) == 2
    assert applier.failed == {"jira": LIMIT}
    assert len(journal(shop)) == 1
    assert not showing(shop, "2").under_way


def test_a_note_that_a_limit_left_as_it_was_is_still_known(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    apply(applier, put())
    before = showing(shop)
    tracker.writes.append(LIMIT)
    apply(applier, DeleteNote(put().ref, "note of 1"))
    assert showing(shop) == before


def test_a_limit_while_looking_after_a_lost_answer_leaves_the_change_in_doubt(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.append(AnswerLost(happened=True))
    tracker.seeing = LIMIT
    (lost,) = apply(applier, put())
    assert lost.error == "Slow down."
    assert showing(shop).under_way
    assert journal(shop) == [(True, None, "Slow down.")]


def test_a_closed_ticket_is_skipped_and_left_alone_until_it_changes(
    applier: Applier, tracker: FakeTracker, shop: Store
) -> None:
    tracker.writes.append(Closed("SHOP-1 is locked.", hint="Unlock it."))
    closed, other = apply(applier, add("1"), add("2"))
    assert closed.receipt == Receipt(Done.SKIPPED, reason="SHOP-1 is locked. Unlock it.")
    assert journal(shop)[0] == (True, closed.receipt, "")
    assert closed.error == ""
    assert other.receipt == APPLIED
    assert showing(shop).blocked == "SHOP-1 is locked."
    assert applier.failed == {}


@pytest.mark.parametrize("error", [Gone("SHOP-1 is gone."), Rejected("SHOP-1 wants a field."), Forbidden("Not you.")])
def test_a_ticket_that_refuses_is_an_error_of_its_own(
    applier: Applier, tracker: FakeTracker, shop: Store, error: Exception
) -> None:
    tracker.writes.append(error)
    refused, other = apply(applier, put("1"), put("2"))
    assert (refused.receipt, refused.error) == (None, str(error))
    assert other.receipt is not None
    assert showing(shop).blocked == str(error)
    assert applier.failed == {}
    assert journal(shop)[0] == (True, None, str(error))


def test_three_tickets_that_refuse_in_a_row_end_writes_of_that_kind(applier: Applier, tracker: FakeTracker) -> None:
    tracker.writes.extend([Forbidden("Not you.")] * 3)
    done = apply(applier, add("1"), add("2"), add("3"), add("4"), put("4"))
    assert [write.error for write in done] == ["Not you."] * 3 + ["", ""]
    assert [write.deferred for write in done] == [False, False, False, True, False]
    assert [one.subject for one in applier.refusals.missing({})] == ["jira"]
    assert applier.failed == {}


def test_refusals_that_are_not_in_a_row_end_nothing(applier: Applier, tracker: FakeTracker) -> None:
    no = Forbidden("Not you.")
    tracker.writes.extend([no, no, None, no, no])
    done = apply(applier, *(add(str(number)) for number in range(1, 8)))
    assert deferred(done) == 0
    assert list(applier.refusals.missing({})) == []


def test_a_good_write_of_another_kind_makes_no_refusal_forgotten(applier: Applier, tracker: FakeTracker) -> None:
    no = Forbidden("Not you.")
    tracker.writes.extend([no, None, no, None, no, None])
    done = apply(applier, *(change for id in ("1", "2", "3", "4") for change in (add(id), put(id))))
    assert [write.change for write in done if write.deferred] == [add("4")]


def test_one_ticket_that_refuses_everything_ends_nothing(applier: Applier, tracker: FakeTracker) -> None:
    tracker.writes.extend([Forbidden("Not you.")] * 3)
    done = apply(applier, add("1"), put("1"), LINK, add("2"))
    assert applier.failed == {}
    assert done[-1].receipt == APPLIED


def test_a_label_that_may_not_be_defined_blocks_no_ticket(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    tracker.writes.append(Forbidden("Not you."))
    (write,) = apply(applier, DEFINE)
    assert write.error == "Not you."
    with shop.reading():
        assert not [one for one in shop.links.tickets(everything=True) if one.showing.blocked]


def test_a_stop_lets_the_write_in_hand_finish_and_defers_the_rest(applier: Applier, tracker: FakeTracker) -> None:
    applier.stopping = lambda: len(tracker.of("apply")) == 2
    done = apply(applier, *(add(str(number)) for number in range(1, 5)))
    assert [bool(write.receipt) for write in done] == [True, True, False, False]
    assert deferred(done) == 2


def test_a_stop_while_waiting_leaves_the_intent_open(applier: Applier, tracker: FakeTracker, shop: Store) -> None:
    tracker.writes.append(Interrupted("Stopped while waiting."))
    with pytest.raises(Interrupted):
        apply(applier, put())
    assert showing(shop).under_way


def test_a_short_wait_for_the_trackers_pace_is_waited(applier: Applier) -> None:
    waited: list[float] = []
    applier.paces, applier.pause = {"jira": Pace((WriteLimit(2, 30),))}, waited.append
    done = apply(applier, *(add(str(number)) for number in range(1, 5)))
    assert all(write.receipt for write in done)
    assert waited == [30.0, 30.0]
    assert applier.paused == {}


def test_a_long_wait_defers_the_rest_of_the_connection_and_no_other(applier: Applier) -> None:
    applier.paces, applier.pause = {"jira": Pace((WriteLimit(1, 3600),))}, lambda seconds: pytest.fail("waits")
    elsewhere = AddLabel(item("1", connection="github").ref, LABEL)
    done = apply(applier, add("1"), add("2"), elsewhere, add("3"))
    assert [bool(write.receipt) for write in done] == [True, False, True, False]
    assert applier.paused == {"jira": 3600.0}
    assert applier.failed == {}


def test_how_long_the_pace_may_keep_a_run_waiting_is_given(applier: Applier) -> None:
    applier.paces, applier.pause = {"jira": Pace((WriteLimit(1, 30),))}, lambda seconds: pytest.fail("waits")
    applier.patience = 2
    assert deferred(apply(applier, add("1"), add("2"))) == 1
    assert applier.paused == {"jira": 30.0}


def test_what_is_left_when_others_wait_is_deferred(applier: Applier) -> None:
    turns = iter([False, False, True])
    applier.others_wait = lambda: next(turns)
    done = apply(applier, *(add(str(number)) for number in range(1, 6)))
    assert [bool(write.receipt) for write in done] == [True, True, False, False, False]
    assert (applier.paused, applier.failed) == ({}, {})


def test_what_earlier_runs_wrote_counts_for_the_pace(applier: Applier, shop: Store) -> None:
    apply(applier, add("1"), AddLabel(item("1", connection="github").ref, LABEL))
    assert shop.journal.written_since("jira", NOON - timedelta(seconds=1)) == [NOON]
    assert shop.journal.written_since("jira", NOON) == []


def test_progress_counts_every_change(applier: Applier, tracker: FakeTracker) -> None:
    told: list[object] = []

    class Told(NoProgress):
        def stage(self, name: str, total: int | None = None) -> None:
            told.append((name, total))

        def advance(self, count: int = 1) -> None:
            told.append(count)

        def done(self) -> None:
            told.append("done")

    applier.progress = Told()
    tracker.writes.append(AuthError("No."))
    apply(applier, add("1"), add("2"))
    assert told == [("writing", 2), 1, 1, "done"]


@pytest.fixture
def look(shop: Store, tracker: FakeTracker) -> Callable[..., None]:
    def look(*ids: str) -> None:
        observe(shop, tracker.connect(), [item(id).ref for id in ids])

    return look


def test_a_look_remembers_what_tickets_show(look: Callable[..., None], tracker: FakeTracker, shop: Store) -> None:
    tracker.shown["1"] = Shown(REF, note=ShownNote("77", "d1"), surplus=("78",))
    look("1", "2")
    assert showing(shop, "1") == Showing(known=True, note=ShownNote("77", "d1"), surplus=("78",), as_of=NOON)
    assert showing(shop, "2") == Showing(known=True, as_of=NOON)


def test_a_ticket_that_a_look_cannot_find_is_left_alone(
    look: Callable[..., None], tracker: FakeTracker, shop: Store
) -> None:
    tracker.gone = {"2": "deleted"}
    look("1", "2")
    assert showing(shop, "1").blocked == ""
    assert showing(shop, "2") == Showing(blocked=NOT_FOUND)


def test_defining_a_label_that_the_tracker_had_keeps_its_id(applier: Applier, shop: Store) -> None:
    with shop.transaction():
        shop.scopes.keep_labels("jira", "100", [LabelDefinition("5", LABEL, "old")])
    apply(applier, DEFINE)
    assert shop.scopes.labels("jira", "100") == (LabelDefinition("5", LABEL, "Key result: Ship it", "c5def5"),)
