"""What the contract kit holds connectors to when they write."""

from __future__ import annotations

import pytest

from okrsync.errors import ConnectionFailed, OutcomeUnknown
from okrsync.marker import digest
from okrsync.model.change import AddLabel, Change, DeleteNote, Done, Note, NoteLine, PutNote, RemoveLabel
from okrsync.testing.tracker import Rig, Tracker, Trouble

LABEL = "okr:contract-1"


def note(tenth: int = 3) -> Note:
    """A note with everything in it that one can show."""
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


class WritingContract:
    """Written once, found again, and nothing of anybody else's touched; a part of ``ConnectorContract``."""

    def test_a_label_is_added_once_and_nobody_loses_one(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        tracker.add_label(ref, "a-persons-label")
        for _ in range(2):
            rig.connector.apply(AddLabel(ref, LABEL))
        labels = list(tracker.labels(ref))
        assert labels.count(LABEL) == 1
        assert "a-persons-label" in labels

    def test_a_label_is_removed_and_nobody_loses_one(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        tracker.add_label(ref, "a-persons-label")
        rig.connector.apply(AddLabel(ref, LABEL))
        for _ in range(2):
            rig.connector.apply(RemoveLabel(ref, LABEL))
        labels = list(tracker.labels(ref))
        assert LABEL not in labels
        assert "a-persons-label" in labels

    def test_a_note_is_created_once_found_again_and_edited_in_place(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        before = len(tracker.comments(ref))
        created = rig.connector.apply(PutNote(ref, note()))
        found = rig.observe(ref)
        assert found.note is not None
        assert found.note.id == created.note_id
        assert found.note.digest == digest(note())
        assert found.note.tenths == {"contract-1": 3}
        assert found.note.statuses == {"contract-1": "behind"}
        rig.connector.apply(PutNote(ref, note(tenth=7), found.note.id))
        edited = rig.observe(ref).note
        assert edited is not None
        assert (edited.id, edited.tenths) == (found.note.id, {"contract-1": 7})
        assert len(tracker.comments(ref)) == before + 1

    def test_a_note_that_somebody_deleted_is_written_anew(self, rig: Rig) -> None:
        ref = rig.writable()
        created = rig.connector.apply(PutNote(ref, note()))
        assert created.note_id is not None
        rig.connector.apply(DeleteNote(ref, created.note_id))
        assert rig.connector.apply(PutNote(ref, note(tenth=5), created.note_id)).done is Done.APPLIED
        assert rig.observe(ref).note is not None

    def test_deleting_a_note_twice_is_no_error(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        before = list(tracker.comments(ref))
        created = rig.connector.apply(PutNote(ref, note()))
        assert created.note_id is not None
        for _ in range(2):
            rig.connector.apply(DeleteNote(ref, created.note_id))
        assert list(tracker.comments(ref)) == before

    def test_a_note_of_another_installation_is_not_ours(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        other = Rig(tracker, installation="another")
        other.connector.apply(PutNote(ref, note()))
        assert rig.observe(ref).note is None
        assert rig.observe(ref).claimed == (LABEL,)
        rig.connector.apply(PutNote(ref, note()))
        mine, theirs = rig.observe(ref).note, other.observe(ref).note
        assert mine is not None
        assert theirs is not None
        assert mine.id != theirs.id

    def test_our_labels_are_observed_and_no_others(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        tracker.add_label(ref, "a-persons-label")
        rig.connector.apply(AddLabel(ref, LABEL))
        assert rig.observe(ref).labels == (LABEL,)

    def test_a_note_pings_nobody_and_breaks_out_of_nothing(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
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
        found = rig.observe(ref).note
        assert found is not None
        assert found.id == created.note_id

    @pytest.mark.parametrize("change", ["label", "note"])
    def test_a_write_whose_answer_is_lost_says_so_and_is_not_repeated(
        self, rig: Rig, tracker: Tracker, change: str
    ) -> None:
        ref = rig.writable()
        before = len(tracker.comments(ref))
        wanted: Change = AddLabel(ref, LABEL) if change == "label" else PutNote(ref, note())
        tracker.trouble(Trouble.LOST_ANSWER, writes=True)
        with pytest.raises(OutcomeUnknown):
            rig.connector.apply(wanted)
        tracker.heal()
        assert len(tracker.comments(ref)) - before == (change == "note")
        assert (LABEL in tracker.labels(ref)) == (change == "label")

    def test_a_write_without_permission_changes_nothing(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.writable()
        before = list(tracker.comments(ref))
        tracker.trouble(Trouble.FORBIDDEN, writes=True)
        with pytest.raises(ConnectionFailed):
            rig.connector.apply(PutNote(ref, note()))
        assert list(tracker.comments(ref)) == before

    def test_a_change_costs_what_it_said(self, rig: Rig) -> None:
        ref = rig.writable()
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
