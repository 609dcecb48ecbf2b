"""Apply: limits, refusals, stops and paces; one ticket's trouble is nobody else's, and what is deferred is not lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from applying import (
    APPLIED,
    DEFINE,
    LABEL,
    LINK,
    REF,
    add,
    apply,
    deferred,
    journal,
    put,
    showing,
)
from fake_connector import AnswerLost, FakeTracker
from okr_builders import NOON, item

from okrsync.apply.applier import NOT_FOUND, Applier, observe
from okrsync.apply.pace import Pace
from okrsync.connector import WriteLimit
from okrsync.errors import AuthError, Closed, Forbidden, Gone, Interrupted, RateLimited, Rejected
from okrsync.model.change import (
    AddLabel,
    DeleteNote,
    Done,
    Receipt,
    Shown,
    ShownNote,
)
from okrsync.model.ticket import Showing
from okrsync.model.work import LabelDefinition
from okrsync.progress import NoProgress
from okrsync.store import Store


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
    assert [write.change for write in done] == [put(), put("2"), add("2")]
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
