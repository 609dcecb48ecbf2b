"""What the contract kit holds connectors to when answers are odd, long, or written by somebody else."""

from __future__ import annotations

import pytest

from okrsync.errors import BadAnswer, Transient
from okrsync.model.change import DeleteNote, Note, NoteLine, PutNote
from okrsync.model.work import Ref
from okrsync.testing.tracker import Rig, Tracker, Trouble

TALK = 120
"""Comments of people before the note: more than trackers give in one page."""

MEMBERS = 120
"""Tickets that a query matches: more than trackers give in one page."""

BROKEN = (Trouble.HTML, Trouble.TRUNCATED, Trouble.EMPTY, Trouble.WRONG_SHAPE, Trouble.UNAVAILABLE)

_NOTE = Note((NoteLine("contract-1", "Keep the contract", "Trust", 3, "1 item", ("x",)),), "okr:ignore")


class AnswersContract:
    """Nothing is dropped in silence, and nobody else's words are taken for ours; a part of ``ConnectorContract``."""

    @pytest.mark.parametrize("kind", BROKEN)
    def test_a_pull_that_breaks_raises_and_never_just_ends(self, rig: Rig, tracker: Tracker, kind: Trouble) -> None:
        tracker.trouble(kind, skip=2)
        with pytest.raises((BadAnswer, Transient)):
            list(rig.connector.pull(rig.scope, None))

    @pytest.mark.parametrize("kind", BROKEN)
    def test_a_second_look_that_breaks_raises_and_never_just_ends(
        self, rig: Rig, tracker: Tracker, kind: Trouble
    ) -> None:
        item = rig.items()[0]
        tracker.trouble(kind)
        with pytest.raises((BadAnswer, Transient)):
            list(rig.connector.reread(rig.scope, [item.ref]))

    @pytest.mark.parametrize("kind", BROKEN)
    def test_a_census_that_breaks_raises_and_never_just_ends(self, rig: Rig, tracker: Tracker, kind: Trouble) -> None:
        tracker.trouble(kind)
        with pytest.raises((BadAnswer, Transient)):
            list(rig.connector.census(rig.scope))

    def test_an_item_that_nobody_understands_is_set_apart_and_takes_no_other_along(
        self, rig: Rig, tracker: Tracker
    ) -> None:
        spoiled = rig.items()[1]
        tracker.spoil(spoiled.ref)
        pages = rig.pages()
        assert {item.id for page in pages for item in page.items} == set(tracker.ids(rig.scope)) - {spoiled.id}
        (apart,) = [one for page in pages for one in page.quarantined]
        assert (apart.id, apart.key) == (spoiled.id, spoiled.key)
        assert apart.reason

    def test_a_full_pull_brings_the_milestones_of_the_scope(self, rig: Rig, tracker: Tracker) -> None:
        told = [page.milestones for page in rig.pages() if page.milestones is not None]
        assert tracker.milestones(rig.scope), "give the tracker at least one milestone"
        assert len(told) == 1
        assert sorted(one.title for one in told[0]) == sorted(tracker.milestones(rig.scope))

    def test_a_query_selects_what_it_matches_over_all_pages(self, rig: Rig, tracker: Tracker) -> None:
        refs = [item.ref for item in rig.items()[:MEMBERS]]
        query = tracker.query(refs)
        assert rig.connector.select([rig.scope], query) == {ref.id for ref in refs}

    def test_a_query_is_probed_with_one_request_and_no_more(self, rig: Rig, tracker: Tracker) -> None:
        query = tracker.query([item.ref for item in rig.items()[:MEMBERS]])
        before = rig.meter.requests
        rig.connector.probe([rig.scope], query)
        assert rig.meter.requests == before + 1

    def test_a_note_below_a_long_talk_is_found(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.items()[0].ref
        for number in range(TALK):
            tracker.comment(ref, f"Comment {number}")
        created = rig.connector.apply(PutNote(ref, _NOTE))
        assert _note_id(rig, ref) == created.note_id

    def test_a_copy_of_a_note_by_somebody_else_is_not_ours(self, rig: Rig, tracker: Tracker) -> None:
        ref = rig.items()[0].ref
        created = rig.connector.apply(PutNote(ref, _NOTE))
        if not tracker.copy_comments(ref):
            pytest.skip("what people write on this tracker carries no mark")
        assert _note_id(rig, ref) == created.note_id
        rig.connector.apply(DeleteNote(ref, created.note_id or ""))
        assert _note_id(rig, ref) is None
        assert tracker.comments(ref)


def _note_id(rig: Rig, ref: Ref) -> str | None:
    found = rig.observe(ref)
    assert not found.surplus
    return found.note.id if found.note else None
