"""What a ticket refuses, what a pace allows, and what a receipt says after a lost answer."""

from __future__ import annotations

import msgspec
import pytest
from fake_connector import AnswerLost, FakeTracker
from okr_builders import NOON, item

from okrsync.apply import Applier, observe
from okrsync.apply.pace import Pace
from okrsync.connector import WriteLimit
from okrsync.errors import Closed, Forbidden, Rejected
from okrsync.marker import Namespace
from okrsync.model.change import AddLabel, Change, DefineLabel, DeleteNote, Done, Receipt, RemoveLabel, Shown
from okrsync.model.run import Warned, Write
from okrsync.progress import NoProgress
from okrsync.retry import PATIENCE
from okrsync.store import Store

REF = item("1").ref
LABEL = "okr:checkout-1"
NO = Forbidden("Not you.", hint="Ask an admin.")


@pytest.fixture
def applier(store: Store, tracker: FakeTracker) -> Applier:
    with store.transaction():
        store.items.keep([item(str(number)) for number in range(1, 6)], Namespace().owns)
        store.items.keep([item("1", connection="github")], Namespace().owns)
    connectors = {name: tracker.connect() for name in ("jira", "github")}
    return Applier(store, connectors, {name: Namespace() for name in connectors}, 7, lambda: NOON, NoProgress())


def add(id: str, connection: str = "jira") -> AddLabel:
    return AddLabel(item(id, connection=connection).ref, LABEL)


def define(scope: str) -> DefineLabel:
    return DefineLabel("jira", scope, LABEL, "Ship it", "c5def5")


def apply(applier: Applier, *changes: Change) -> list[Write]:
    return list(applier.apply(changes))


def blocked(store: Store) -> dict[str, str]:
    with store.reading():
        return {one.item.id: one.showing.blocked for one in store.links.tickets(everything=True) if one.showing.blocked}


def test_the_error_tells_what_to_do_and_the_ticket_remembers_what_happened(
    applier: Applier, tracker: FakeTracker, store: Store
) -> None:
    tracker.writes.extend([NO, Closed("SHOP-2 is locked.", hint="Unlock it.")])
    assert apply(applier, add("1"), add("2")) == [
        Write(add("1"), None, "Not you. Ask an admin."),
        Write(add("2"), Receipt(Done.SKIPPED, reason="SHOP-2 is locked. Unlock it.")),
    ]
    assert blocked(store) == {"1": "Not you.", "2": "SHOP-2 is locked."}


def test_when_the_credentials_are_to_blame_no_ticket_is(applier: Applier, tracker: FakeTracker, store: Store) -> None:
    tracker.writes.extend([NO, NO, NO])
    done = apply(applier, add("1"), add("2"), add("3"), add("4"))
    assert [write.error for write in done] == ["Not you. Ask an admin."] * 3 + [""]
    assert [write.deferred for write in done] == [False, False, False, True]
    assert blocked(store) == {}


def test_labels_that_may_not_be_defined_stop_no_other_writes(applier: Applier, tracker: FakeTracker) -> None:
    tracker.writes.extend([NO] * 3)
    labels = [msgspec.structs.replace(define("100"), label=f"okr:{number}") for number in range(4)]
    done = apply(applier, *labels, add("1"), define("200"))
    assert [write.deferred for write in done] == [False, False, False, True, False, False]


def test_refusals_of_one_project_or_connection_are_not_anothers(applier: Applier, tracker: FakeTracker) -> None:
    tracker.writes.extend([NO] * 4)
    other = AddLabel(item("3", scope="200").ref, LABEL)
    assert not [write for write in apply(applier, add("1"), add("1", "github"), add("2"), other) if write.deferred]


def test_what_an_account_may_not_do_is_told_with_the_place_and_how_much_was_not_tried(
    applier: Applier, tracker: FakeTracker
) -> None:
    tracker.writes.extend([NO] * 3)
    apply(applier, *(add(str(number)) for number in range(1, 6)))
    (told,) = applier.refusals.missing({("jira", "100"): "SHOP"})
    assert told == Warned(
        "jira",
        "was read, and labels on tickets in SHOP cannot be written: Not you. Not tried then: 2 changes.",
        "Ask an admin. The next sync tries again.",
    )


def test_a_request_that_makes_no_sense_is_the_tickets_trouble_however_often(
    applier: Applier, tracker: FakeTracker, store: Store
) -> None:
    tracker.writes.extend([Rejected("It wants a field.")] * 4)
    apply(applier, *(add(str(number)) for number in range(1, 5)))
    assert applier.failed == {}
    assert len(blocked(store)) == 4


def test_a_wait_as_long_as_the_patience_is_waited_and_a_longer_one_is_not(applier: Applier) -> None:
    waited: list[float] = []
    applier.paces, applier.pause = {"jira": Pace((WriteLimit(1, PATIENCE),))}, waited.append
    apply(applier, add("1"), add("2"))
    assert (waited, applier.paused) == ([PATIENCE], {})
    applier.paces = {"jira": Pace((WriteLimit(1, PATIENCE + 0.5),), [NOON])}
    apply(applier, add("3"))
    assert (waited, applier.paused) == ([PATIENCE], {"jira": PATIENCE + 0.5})


def test_a_wait_of_less_than_a_second_is_waited_too(applier: Applier) -> None:
    waited: list[float] = []
    applier.paces, applier.pause = {"jira": Pace((WriteLimit(1, 0.5),))}, waited.append
    apply(applier, add("1"), add("2"))
    assert waited == [0.5]


@pytest.mark.parametrize(
    ("change", "before"),
    [
        (AddLabel(REF, LABEL), Shown(REF)),
        (RemoveLabel(REF, LABEL), Shown(REF, labels=(LABEL,))),
        (DeleteNote(REF, "78"), Shown(REF, surplus=("78",))),
    ],
)
def test_a_receipt_names_a_note_only_where_one_was_put(
    applier: Applier, tracker: FakeTracker, change: Change, before: Shown
) -> None:
    tracker.shown["1"] = before
    tracker.writes.append(AnswerLost(happened=True))
    (write,) = apply(applier, change)
    assert write.receipt == Receipt(Done.ALREADY)


def test_a_ticket_that_cannot_be_found_after_a_lost_answer_is_written_to_once_more(
    applier: Applier, tracker: FakeTracker
) -> None:
    tracker.gone = {"1": "hidden for a moment"}
    tracker.writes.append(AnswerLost(happened=False))
    assert apply(applier, add("1")) == [Write(add("1"), Receipt(Done.APPLIED))]
    assert tracker.of("apply") == [add("1"), add("1")]


def test_a_look_remembers_each_answer_and_blocks_only_those_without(tracker: FakeTracker, store: Store) -> None:
    with store.transaction():
        store.items.keep([item(str(number)) for number in range(1, 5)], Namespace().owns)
    tracker.gone = {"2": "deleted", "3": "moved"}
    tracker.shown["4"] = Shown(item("4").ref)
    observe(store, tracker.connect(), [msgspec.structs.replace(item(id)).ref for id in "1234"])
    assert set(blocked(store)) == {"2", "3"}
