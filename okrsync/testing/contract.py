"""The contract of connectors, as tests that a connector author runs by subclassing one class.

class TestMine(ConnectorContract):
    @pytest.fixture
    def tracker(self) -> Iterator[Tracker]:
        with MyServer() as server:
            yield MyTracker(server)
"""

from __future__ import annotations

from datetime import datetime

import pytest

from okrsync.connector import Connector
from okrsync.errors import (
    AuthError,
    BadAnswer,
    ConnectionFailed,
    Forbidden,
    OkrsyncError,
    OutcomeUnknown,
    RateLimited,
)
from okrsync.marker import digest
from okrsync.model.change import AddLabel, Change, DeleteNote, Done, Note, NoteLine, PutNote, RemoveLabel, Shown
from okrsync.model.work import Item, Page, Ref, Scope
from okrsync.testing.answers import AnswersContract
from okrsync.testing.histories import HistoryContract
from okrsync.testing.tracker import Rig, Tracker, Trouble

LABEL = "okr:contract-1"


def note(tenth: int = 3) -> Note:
    line = NoteLine(
        key_result="contract-1",
        title="Keep the *contract*",
        objective="Connectors can be trusted",
        tenth=tenth,
        counts="1 item",
        reasons=("its description says OKR: contract-1",),
        status="behind",
        pace="short of the pace for 31 December",
    )
    return Note((line,), "okr:ignore")


class ConnectorContract(AnswersContract, HistoryContract):
    """Every promise of :class:`okrsync.connector.Connector` that can be seen from outside."""

    @pytest.fixture
    def tracker(self) -> Tracker:
        raise NotImplementedError("give the contract a tracker: override this fixture")

    @pytest.fixture
    def rig(self, tracker: Tracker) -> Rig:
        return Rig(tracker)

    # Reading

    def test_a_full_pull_brings_every_item_once_over_all_pages(self, rig: Rig, tracker: Tracker) -> None:
        pages = list(rig.connector.pull(rig.scope, None))
        found = [item.id for item in _items(pages)]
        assert len(pages) >= 3, "give the tracker at least three pages"
        assert set(found) == set(tracker.ids(rig.scope))

    def test_short_pages_are_not_the_end(self, rig: Rig, tracker: Tracker) -> None:
        if not tracker.trouble(Trouble.SHORT_PAGES):
            pytest.skip("this tracker fills its pages")
        found = {item.id for item in _items(list(rig.connector.pull(rig.scope, None)))}
        assert found == set(tracker.ids(rig.scope))

    def test_a_repeated_page_is_an_error_and_not_a_loop(self, rig: Rig, tracker: Tracker) -> None:
        if not tracker.trouble(Trouble.REPEATED_PAGE, skip=1):
            pytest.skip("this tracker cannot repeat a page")
        with pytest.raises(BadAnswer):
            list(rig.connector.pull(rig.scope, None))

    def test_the_first_page_tells_the_trackers_clock(self, rig: Rig) -> None:
        first = next(iter(rig.connector.pull(rig.scope, None)))
        assert first.as_of is not None
        assert first.as_of.utcoffset() is not None

    def test_an_incremental_pull_brings_what_changed_and_little_else(self, rig: Rig, tracker: Tracker) -> None:
        pages = list(rig.connector.pull(rig.scope, None))
        everything, cursor = _items(pages), _cursor(rig.connector, pages)
        changed = everything[len(everything) // 2]
        tracker.edit(changed.ref)
        before = rig.meter.requests
        again = {item.id: item for item in _items(list(rig.connector.pull(rig.scope, cursor)))}
        assert again[changed.id].title != changed.title
        assert again[changed.id].updated > changed.updated
        assert rig.meter.requests - before <= 3

    def test_a_second_look_at_an_item_brings_it_as_a_pull_would(self, rig: Rig, tracker: Tracker) -> None:
        one, other = _items(list(rig.connector.pull(rig.scope, None)))[:2]
        tracker.edit(one.ref)
        before = rig.meter.requests
        again = {item.id: item for item in _items(list(rig.connector.reread(rig.scope, [one.ref, other.ref])))}
        assert rig.meter.requests - before <= 4
        pulled = {item.id: item for item in _items(list(rig.connector.pull(rig.scope, None)))}
        assert again[one.id].title != one.title
        assert again == {one.id: pulled[one.id], other.id: pulled[other.id]}

    def test_a_second_look_at_nothing_asks_nothing(self, rig: Rig) -> None:
        before = rig.meter.requests
        assert _items(list(rig.connector.reread(rig.scope, []))) == []
        assert rig.meter.requests == before

    def test_a_second_look_leaves_out_what_is_gone(self, rig: Rig, tracker: Tracker) -> None:
        gone, stays = _items(list(rig.connector.pull(rig.scope, None)))[:2]
        tracker.delete(gone.ref)
        found = _items(list(rig.connector.reread(rig.scope, [gone.ref, stays.ref])))
        assert [item.id for item in found] == [stays.id]

    def test_scopes_that_are_known_cost_nothing(self, rig: Rig) -> None:
        before = rig.meter.requests
        assert [scope.id for scope in rig.connector.scopes((rig.scope,))] == [rig.scope.id]
        assert rig.meter.requests == before

    def test_a_short_limit_is_waited_for(self, rig: Rig, tracker: Tracker) -> None:
        tracker.trouble(Trouble.LIMITED_SHORTLY, skip=1)
        with pytest.raises(RateLimited):
            list(rig.connector.pull(rig.scope, None))
        assert rig.waited
        assert all(seconds >= 2 for seconds in rig.waited)

    def test_a_long_limit_is_handed_on_with_its_wait(self, rig: Rig, tracker: Tracker) -> None:
        tracker.trouble(Trouble.LIMITED_LONG)
        with pytest.raises(RateLimited) as caught:
            list(rig.connector.pull(rig.scope, None))
        assert caught.value.retry_after > 3000
        assert not rig.waited

    def test_refused_credentials_are_named_as_such(self, rig: Rig, tracker: Tracker) -> None:
        tracker.trouble(Trouble.UNAUTHORIZED)
        with pytest.raises(AuthError) as caught:
            list(rig.connector.pull(rig.scope, None))
        assert caught.value.hint

    def test_missing_permission_is_named_as_such(self, rig: Rig, tracker: Tracker) -> None:
        tracker.trouble(Trouble.FORBIDDEN)
        with pytest.raises(Forbidden) as caught:
            list(rig.connector.pull(rig.scope, None))
        assert caught.value.hint

    @pytest.mark.parametrize("kind", list(Trouble))
    def test_no_error_shows_the_token(self, rig: Rig, tracker: Tracker, kind: Trouble) -> None:
        if not tracker.trouble(kind):
            pytest.skip("cannot happen with this tracker")
        try:
            list(rig.connector.pull(rig.scope, None))
        except OkrsyncError as error:
            shown = f"{error} {error!r} {error.__cause__!r}"
            assert tracker.token not in shown

    def test_a_census_finds_everything(self, rig: Rig, tracker: Tracker) -> None:
        assert set(rig.connector.census(rig.scope)) == set(tracker.ids(rig.scope))

    def test_only_what_is_gone_is_confirmed_as_gone(self, rig: Rig, tracker: Tracker) -> None:
        gone, stays = _items(list(rig.connector.pull(rig.scope, None)))[:2]
        tracker.delete(gone.ref)
        assert set(rig.connector.census(rig.scope)) == set(tracker.ids(rig.scope))
        confirmed = rig.connector.confirm([gone.ref, stays.ref])
        assert set(confirmed) == {gone.id}
        assert confirmed[gone.id]

    # Writing

    def test_a_label_is_added_once_and_nobody_loses_one(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        tracker.add_label(ref, "a-persons-label")
        for _ in range(2):
            rig.connector.apply(AddLabel(ref, LABEL))
        labels = list(tracker.labels(ref))
        assert labels.count(LABEL) == 1
        assert "a-persons-label" in labels

    def test_a_label_is_removed_and_nobody_loses_one(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        tracker.add_label(ref, "a-persons-label")
        rig.connector.apply(AddLabel(ref, LABEL))
        for _ in range(2):
            rig.connector.apply(RemoveLabel(ref, LABEL))
        labels = list(tracker.labels(ref))
        assert LABEL not in labels
        assert "a-persons-label" in labels

    def test_a_note_is_created_once_found_again_and_edited_in_place(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        before = len(tracker.comments(ref))
        created = rig.connector.apply(PutNote(ref, note()))
        found = _observe(rig, ref)
        assert found.note is not None
        assert found.note.id == created.note_id
        assert found.note.digest == digest(note())
        assert found.note.tenths == {"contract-1": 3}
        assert found.note.statuses == {"contract-1": "behind"}
        rig.connector.apply(PutNote(ref, note(tenth=7), found.note.id))
        edited = _observe(rig, ref).note
        assert edited is not None
        assert (edited.id, edited.tenths) == (found.note.id, {"contract-1": 7})
        assert len(tracker.comments(ref)) == before + 1

    def test_a_note_that_somebody_deleted_is_written_anew(self, rig: Rig) -> None:
        ref = _writable(rig)
        created = rig.connector.apply(PutNote(ref, note()))
        assert created.note_id is not None
        rig.connector.apply(DeleteNote(ref, created.note_id))
        assert rig.connector.apply(PutNote(ref, note(tenth=5), created.note_id)).done is Done.APPLIED
        assert _observe(rig, ref).note is not None

    def test_deleting_a_note_twice_is_no_error(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        before = list(tracker.comments(ref))
        created = rig.connector.apply(PutNote(ref, note()))
        assert created.note_id is not None
        for _ in range(2):
            rig.connector.apply(DeleteNote(ref, created.note_id))
        assert list(tracker.comments(ref)) == before

    def test_a_note_of_another_installation_is_not_ours(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        other = Rig(tracker, installation="another")
        other.connector.apply(PutNote(ref, note()))
        assert _observe(rig, ref).note is None
        assert _observe(rig, ref).claimed == (LABEL,)
        rig.connector.apply(PutNote(ref, note()))
        mine, theirs = _observe(rig, ref).note, _observe(other, ref).note
        assert mine is not None
        assert theirs is not None
        assert mine.id != theirs.id

    def test_our_labels_are_observed_and_no_others(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        tracker.add_label(ref, "a-persons-label")
        rig.connector.apply(AddLabel(ref, LABEL))
        assert _observe(rig, ref).labels == (LABEL,)

    def test_a_note_pings_nobody_and_breaks_out_of_nothing(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        before = set(tracker.comments(ref))
        line = NoteLine(
            "contract-1", "@everyone [~accountid:1] <b>{code} --> <!--", "O\x1b[31m\u202e", 3, "1 item", ("x",)
        )
        created = rig.connector.apply(PutNote(ref, Note((line,), "okr:ignore")))
        (text,) = set(tracker.comments(ref)) - before
        assert "@everyone" not in text
        assert "[~accountid" not in text
        assert "<b>" not in text
        assert not {"\x1b", "\u202e"} & set(text)
        found = _observe(rig, ref).note
        assert found is not None
        assert found.id == created.note_id

    @pytest.mark.parametrize("change", ["label", "note"])
    def test_a_write_whose_answer_is_lost_says_so_and_is_not_repeated(
        self, rig: Rig, tracker: Tracker, change: str
    ) -> None:
        ref = _writable(rig)
        before = len(tracker.comments(ref))
        wanted: Change = AddLabel(ref, LABEL) if change == "label" else PutNote(ref, note())
        tracker.trouble(Trouble.LOST_ANSWER, writes=True)
        with pytest.raises(OutcomeUnknown):
            rig.connector.apply(wanted)
        tracker.heal()
        assert len(tracker.comments(ref)) - before == (change == "note")
        assert (LABEL in tracker.labels(ref)) == (change == "label")

    def test_a_write_without_permission_changes_nothing(self, rig: Rig, tracker: Tracker) -> None:
        ref = _writable(rig)
        before = list(tracker.comments(ref))
        tracker.trouble(Trouble.FORBIDDEN, writes=True)
        with pytest.raises(ConnectionFailed):
            rig.connector.apply(PutNote(ref, note()))
        assert list(tracker.comments(ref)) == before

    def test_a_change_costs_what_it_said(self, rig: Rig) -> None:
        ref = _writable(rig)
        created = rig.connector.apply(PutNote(ref, note()))
        changes: list[Change] = [
            AddLabel(ref, LABEL),
            PutNote(ref, note(tenth=9), created.note_id),
            RemoveLabel(ref, LABEL),
            DeleteNote(ref, created.note_id or ""),
            PutNote(ref, note()),
        ]
        for change in changes:
            before = rig.meter.requests
            rig.connector.apply(change)
            assert rig.meter.requests - before == rig.connector.cost(change), change


def _items(pages: list[Page]) -> list[Item]:
    return list({item.id: item for page in pages for item in page.items}.values())


def _cursor(connector: Connector, pages: list[Page]) -> datetime:
    as_of = pages[0].as_of
    assert as_of is not None
    return as_of - connector.overlap


def _writable(rig: Rig) -> Ref:
    for page in rig.connector.pull(rig.scope, None):
        for item in page.items:
            if item.writable and not item.comments:
                return item.ref
    raise AssertionError("give the tracker a ticket that can be written to")


def _observe(rig: Rig, ref: Ref) -> Shown:
    (found,) = rig.connector.observe([ref])
    return found


__all__ = ["ConnectorContract", "Rig", "Scope", "Tracker", "Trouble"]
