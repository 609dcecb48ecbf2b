"""A note whose answer got lost, on a ticket that turns out to have one already."""

from __future__ import annotations

from fake_connector import AnswerLost, FakeTracker
from okr_builders import NOON, item

from okrsync.apply import Applier
from okrsync.marker import Namespace
from okrsync.model.change import Done, Note, NoteLine, PutNote, Shown, ShownNote
from okrsync.progress import NoProgress
from okrsync.store import Store


def test_the_note_that_a_look_finds_is_edited_and_none_is_added(store: Store) -> None:
    ref, line = item("1").ref, NoteLine("checkout-1", "Ship it", "Buying is effortless", 3, "1 item", ("listed",))
    tracker = FakeTracker()
    tracker.shown[ref.id] = Shown(ref, note=ShownNote("77", "of another text"))
    tracker.writes.append(AnswerLost(happened=False))
    applier = Applier(store, {"jira": tracker.connect()}, {"jira": Namespace()}, 1, lambda: NOON, NoProgress())
    (write,) = applier.apply([PutNote(ref, Note((line,), "okr:ignore"))])
    assert write.receipt is not None
    assert (write.receipt.done, write.receipt.note_id) == (Done.APPLIED, "77")
    assert tracker.shown[ref.id].surplus == ()
