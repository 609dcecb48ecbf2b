"""The contract kit notices a connector that is wrong in one thing: each test of it fails for what it is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from msgspec.structs import replace
from okrsync_github import connector, pull, translate
from okrsync_github.client import Client
from okrsync_github.connector import GitHubConnector
from okrsync_github.observe import Observer
from test_github_contract import GitHubTracker

from okrsync.model.work import Quarantined
from okrsync.sandbox.server import Sandbox
from okrsync.testing import ConnectorContract
from okrsync.testing.tracker import Rig

Spoil = Callable[[pytest.MonkeyPatch], None]

SET_APART = "test_an_item_that_nobody_understands_is_set_apart_and_takes_no_other_along"
_pull, _pages, _notes_on = pull.pull, Client.pages, Observer._notes_on


def _nothing_is_selected(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(GitHubConnector, "select", lambda *asked: frozenset())


def _milestones_are_not_read(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pull, "_milestones", lambda *asked: ())


def _the_first_comments_are_all(patch: pytest.MonkeyPatch) -> None:
    def first(self: Observer, ref: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Client, "pages", lambda *asked, **query: islice(_pages(*asked, **query), 1))
            return _notes_on(self, ref)

    patch.setattr(Observer, "_notes_on", first)


def _any_author_will_do(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Observer, "_wrote", lambda self, comment: True)


def _bad_items_are_dropped(patch: pytest.MonkeyPatch) -> None:
    _change_what_is_read(patch, lambda found: replace(found, bad=()))


def _bad_items_take_their_page_along(patch: pytest.MonkeyPatch) -> None:
    _change_what_is_read(patch, lambda found: replace(found, good=[]) if found.bad else found)


def _change_what_is_read(patch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    whole = translate._one_by_one
    patch.setattr(translate, "_one_by_one", lambda raws: change(whole(raws)))


def _bad_items_have_no_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(translate, "_quarantined", lambda raw, reason: Quarantined("", "", reason))


def _a_census_ends_early(patch: pytest.MonkeyPatch) -> None:
    whole = pull.census
    patch.setattr(pull, "census", lambda client, scope: islice(whole(client, scope), 100))


def _changes_are_asked_for_too_late(patch: pytest.MonkeyPatch) -> None:
    def late(client: Any, context: Any, scope: Any, family: Any, since: datetime | None) -> Iterator[Any]:
        return _pull(client, context, scope, family, since and since + timedelta(days=2))

    patch.setattr(connector.pull, "pull", late)


@pytest.mark.parametrize(
    ("wrong", "noticed_by"),
    [
        (_nothing_is_selected, "test_a_query_selects_what_it_matches_over_all_pages"),
        (_milestones_are_not_read, "test_a_full_pull_brings_the_milestones_of_the_scope"),
        (_the_first_comments_are_all, "test_a_note_below_a_long_talk_is_found"),
        (_any_author_will_do, "test_a_copy_of_a_note_by_somebody_else_is_not_ours"),
        (_bad_items_are_dropped, SET_APART),
        (
            _bad_items_take_their_page_along,
            SET_APART,
        ),
        (_bad_items_have_no_name, SET_APART),
        (_a_census_ends_early, "test_a_census_finds_everything"),
        (_changes_are_asked_for_too_late, "test_an_incremental_pull_brings_what_changed_and_little_else"),
    ],
    ids=lambda case: case.__name__.strip("_") if callable(case) else "",
)
def test_the_kit_notices_that(wrong: Spoil, noticed_by: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    check = getattr(ConnectorContract(), noticed_by)
    tracker = GitHubTracker(sandbox)
    check(Rig(tracker), tracker)
    with Sandbox() as another:
        fresh = GitHubTracker(another)
        wrong(monkeypatch)
        with pytest.raises((AssertionError, KeyError, ValueError)):
            check(Rig(fresh), fresh)
