"""What the contract kit holds connectors to when they tell the past of items."""

from __future__ import annotations

import pytest

from okrsync.errors import BadAnswer, Transient
from okrsync.model.work import Outcome, State
from okrsync.testing.tracker import Rig, Tracker, Trouble


class HistoryContract:
    """The promises of ``histories`` and ``history_cost``; a part of ``ConnectorContract``."""

    def test_a_history_leads_from_the_creation_to_what_is_true_today(self, rig: Rig, tracker: Tracker) -> None:
        finished = rig.items()[0]
        tracker.finish(finished.ref)
        items = {item.id: item for item in rig.items()}
        told = {one.id: one.moments for one in rig.connector.histories([rig.scope], list(items.values()))}
        assert set(told) == set(items)
        for item in items.values():
            moments = told[item.id]
            assert moments[0].at == item.created
            assert [one.at for one in moments] == sorted(one.at for one in moments)
            assert all(one.rebuilt for one in moments)
            assert (moments[-1].state, moments[-1].outcome, moments[-1].points) == (
                item.state,
                item.outcome,
                item.points,
            )
        last = told[finished.id][-1]
        assert (last.state, last.outcome) == (State.DONE, Outcome.DELIVERED)
        assert finished.created < last.at <= items[finished.id].updated

    def test_histories_cost_about_what_was_said(self, rig: Rig) -> None:
        items = rig.items()
        before = rig.meter.requests
        told = rig.connector.history_cost([rig.scope], items)
        assert rig.meter.requests == before
        assert len(list(rig.connector.histories([rig.scope], items))) == len(items)
        assert rig.meter.requests - before <= told
        assert rig.connector.history_cost([rig.scope], ()) == 0

    def test_an_item_that_is_gone_has_no_history_and_others_have_theirs(self, rig: Rig, tracker: Tracker) -> None:
        gone, stays = rig.items()[:2]
        for one in (gone, stays):
            tracker.finish(one.ref)
        items = {item.id: item for item in rig.items()}
        tracker.delete(gone.ref)
        told = [one.id for one in rig.connector.histories([rig.scope], [items[gone.id], items[stays.id]])]
        assert told == [stays.id]

    @pytest.mark.parametrize("kind", [Trouble.HTML, Trouble.TRUNCATED, Trouble.UNAVAILABLE])
    def test_histories_that_break_raise_and_never_just_end(self, rig: Rig, tracker: Tracker, kind: Trouble) -> None:
        item = rig.items()[0]
        tracker.finish(item.ref)
        items = rig.items()
        tracker.trouble(kind)
        with pytest.raises((BadAnswer, Transient)):
            list(rig.connector.histories([rig.scope], items))
