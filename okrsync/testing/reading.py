"""What the contract kit holds connectors to when they read."""

from __future__ import annotations

from datetime import datetime

import pytest

from okrsync.connector import Connector
from okrsync.errors import AuthError, BadAnswer, Forbidden, OkrsyncError, RateLimited
from okrsync.model.work import Page
from okrsync.testing.tracker import Rig, Tracker, Trouble, items_of


class ReadingContract:
    """Everything is read, once, and what goes wrong is named; a part of ``ConnectorContract``."""

    def test_a_full_pull_brings_every_item_once_over_all_pages(self, rig: Rig, tracker: Tracker) -> None:
        pages = rig.pages()
        found = [item.id for item in items_of(pages)]
        assert len(pages) >= 3, "give the tracker at least three pages"
        assert set(found) == set(tracker.ids(rig.scope))

    def test_short_pages_are_not_the_end(self, rig: Rig, tracker: Tracker) -> None:
        if not tracker.trouble(Trouble.SHORT_PAGES):
            pytest.skip("this tracker fills its pages")
        found = {item.id for item in rig.items()}
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
        pages = rig.pages()
        everything, cursor = items_of(pages), _cursor(rig.connector, pages)
        changed = everything[len(everything) // 2]
        tracker.edit(changed.ref)
        before = rig.meter.requests
        again = {item.id: item for item in items_of(rig.connector.pull(rig.scope, cursor))}
        assert again[changed.id].title != changed.title
        assert again[changed.id].updated > changed.updated
        assert rig.meter.requests - before <= 3

    def test_a_second_look_at_an_item_brings_it_as_a_pull_would(self, rig: Rig, tracker: Tracker) -> None:
        one, other = rig.items()[:2]
        tracker.edit(one.ref)
        before = rig.meter.requests
        again = {item.id: item for item in items_of(rig.connector.reread(rig.scope, [one.ref, other.ref]))}
        assert rig.meter.requests - before <= 4
        pulled = {item.id: item for item in rig.items()}
        assert again[one.id].title != one.title
        assert again == {one.id: pulled[one.id], other.id: pulled[other.id]}

    def test_a_second_look_at_nothing_asks_nothing(self, rig: Rig) -> None:
        before = rig.meter.requests
        assert items_of(rig.connector.reread(rig.scope, [])) == []
        assert rig.meter.requests == before

    def test_a_second_look_leaves_out_what_is_gone(self, rig: Rig, tracker: Tracker) -> None:
        gone, stays = rig.items()[:2]
        tracker.delete(gone.ref)
        found = items_of(rig.connector.reread(rig.scope, [gone.ref, stays.ref]))
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
        gone, stays = rig.items()[:2]
        tracker.delete(gone.ref)
        assert set(rig.connector.census(rig.scope)) == set(tracker.ids(rig.scope))
        confirmed = rig.connector.confirm([gone.ref, stays.ref])
        assert set(confirmed) == {gone.id}
        assert confirmed[gone.id]


def _cursor(connector: Connector, pages: list[Page]) -> datetime:
    as_of = pages[0].as_of
    assert as_of is not None
    return as_of - connector.overlap
