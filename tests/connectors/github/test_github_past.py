"""What GitHub tells of the past: by a repository's events where that is cheap, else by each issue's timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import okrsync_github.client
import pytest
from okrsync_github import past
from okrsync_github.connector import GitHubConnector
from okrsync_github.payload import IssueEvent

from okrsync.model.life import Moment
from okrsync.model.work import Item, Kind, Outcome, Scope, State
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import START, Sandbox

SHOP = "acme/shop"
HOUR = timedelta(hours=1)
DELIVERED, CANCELLED, DUPLICATE = Outcome.DELIVERED, Outcome.CANCELLED, Outcome.DUPLICATE

Items = Callable[[], dict[str, Item]]


def item(**given: Any) -> Item:
    known: dict[str, Any] = {"word": "open", "updated": START + 99 * HOUR}
    return Item("github", "1", "I_1", f"{SHOP}#1", "", "An issue", START, **{**known, **given})


def event(hours: float, kind: str, reason: str | None = None, *, id: int = 1) -> IssueEvent:
    return IssueEvent(kind, id, START + hours * HOUR, reason)


def told(moments: Sequence[Moment]) -> list[tuple[Any, ...]]:
    return [((one.at - START) / HOUR, one.state, one.word, one.outcome) for one in moments]


def test_an_issue_is_open_closed_and_open_again_and_nobody_knows_when_work_on_it_begins() -> None:
    events = [
        event(5, "reopened", id=3),
        event(1, "closed"),
        event(6, "closed", "not_planned", id=4),
        event(7, "closed", "completed", id=5),
    ]
    closed = item(state=State.DONE, word="not_planned", outcome=CANCELLED)
    assert told(past.moments(closed, events)) == [
        (0, State.TODO, "open", None),
        (1, State.DONE, "completed", DELIVERED),
        (5, State.TODO, "open", None),
        (6, State.DONE, "not_planned", CANCELLED),
    ]


def test_a_pull_request_is_work_from_the_start_and_merged_or_given_up() -> None:
    merged = item(kind=Kind.PULL_REQUEST, state=State.DONE, word="merged", outcome=DELIVERED)
    events = [event(1, "closed"), event(2, "reopened", id=2), event(3, "closed", id=3), event(3, "merged", id=4)]
    assert told(past.moments(merged, events)) == [
        (0, State.DOING, "open", None),
        (1, State.DONE, "closed", CANCELLED),
        (2, State.DOING, "open", None),
        (3, State.DONE, "merged", DELIVERED),
    ]


def test_where_events_do_not_say_why_the_issue_of_today_does() -> None:
    closed = item(state=State.DONE, word="duplicate", outcome=DUPLICATE)
    assert told(past.moments(closed, [event(2, "closed")]))[-1] == (2, State.DONE, "duplicate", DUPLICATE)


def test_closed_work_of_which_no_event_is_left_was_closed_when_it_says() -> None:
    closed = item(state=State.DONE, word="completed", outcome=DELIVERED, closed=START + 4 * HOUR)
    assert told(past.moments(closed, ()))[-1] == (4, State.DONE, "completed", DELIVERED)


def work(hub: GitHubState, sandbox: Sandbox, count: int = 8) -> None:
    """So many issues, one an hour; each is closed an hour later, and every other one is then reopened."""
    for number in range(1, count + 1):
        hub.create(SHOP, f"Issue {number}", labels=["ux"])
        sandbox.clock.advance(HOUR)
        hub.close(SHOP, number, "not_planned" if number % 3 == 0 else "completed")
        sandbox.clock.advance(HOUR)
        if number % 2 == 0:
            hub.reopen(SHOP, number)
            sandbox.clock.advance(HOUR)


def words(connector: GitHubConnector, scope: Scope, items: Sequence[Item]) -> dict[str, list[str]]:
    found = connector.histories([scope], items)
    keys = {item.id: item.key.rpartition("#")[2] for item in items}
    return {keys[one.id]: [moment.word for moment in one.moments] for one in found}


def expected(count: int = 8) -> dict[str, list[str]]:
    reason = {True: "not_planned", False: "completed"}
    again = {True: ["open"], False: []}
    return {str(number): ["open", reason[number % 3 == 0], *again[number % 2 == 0]] for number in range(1, count + 1)}


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(okrsync_github.client, "PER_PAGE", 5)


@pytest.mark.usefixtures("small_pages")
def test_many_issues_are_told_by_the_events_of_their_repository(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    work(hub, sandbox)
    found = list(items().values())
    sandbox.log.clear()
    assert words(connector, scope, found) == expected()
    assert not sandbox.log.select(path="/timeline")
    assert 1 < len(sandbox.log) <= connector.history_cost([scope], found)


@pytest.mark.usefixtures("small_pages")
def test_the_list_of_events_is_read_no_further_than_the_issues_are_old(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    work(hub, sandbox, 12)
    found = list(items().values())[3:]
    sandbox.log.clear()
    assert words(connector, scope, found).items() <= expected(12).items()
    assert not sandbox.log.select(path="/timeline")
    assert len(sandbox.log) <= 7


def test_few_issues_are_looked_at_one_by_one_with_all_their_pages(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    work(hub, sandbox, 2)
    for number in range(120):
        hub.comment(SHOP, 1, f"Comment {number}")
    hub.reopen(SHOP, 1)
    sandbox.log.clear()
    assert words(connector, scope, list(items().values())) == {**expected(2), "1": ["open", "completed", "open"]}
    assert len(sandbox.log.select(path="/timeline")) == 3


@pytest.mark.parametrize("deepest", [2, 3])
@pytest.mark.usefixtures("small_pages")
def test_where_the_list_of_events_ends_too_early_the_older_issues_are_looked_at_one_by_one(
    sandbox: Sandbox,
    hub: GitHubState,
    connector: GitHubConnector,
    scope: Scope,
    items: Items,
    monkeypatch: pytest.MonkeyPatch,
    deepest: int,
) -> None:
    monkeypatch.setattr(past, "DEEPEST", deepest)
    work(hub, sandbox)
    found = list(items().values())
    hub.deepest_page = deepest
    sandbox.log.clear()
    assert words(connector, scope, found) == expected()
    looked_at = len(sandbox.log.select(path="/timeline"))
    assert 0 < looked_at < 8
    assert len(sandbox.log) <= connector.history_cost([scope], found)


@pytest.mark.usefixtures("small_pages")
def test_a_list_of_events_that_is_refused_further_down_is_taken_as_far_as_it_went(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    work(hub, sandbox)
    sandbox.faults.add(path="/issues/events", kind="status", status=422, skip=2, times=None)
    assert words(connector, scope, list(items().values())) == expected()
    assert 0 < len(sandbox.log.select(path="/timeline")) < 8


@pytest.mark.usefixtures("small_pages")
def test_a_long_list_of_events_is_not_read_for_a_few_issues(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    work(hub, sandbox, 12)
    found = list(items().values())[-4:]
    sandbox.log.clear()
    assert words(connector, scope, found).items() <= expected(12).items()
    assert len(sandbox.log.select(path="/timeline")) == 4
    assert len(sandbox.log) == 5


def test_an_old_server_that_gives_no_reasons_tells_the_last_one_all_the_same(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    hub.tells_reasons = False
    work(hub, sandbox)
    assert words(connector, scope, list(items().values()))["3"] == ["open", "not_planned"]


def test_what_was_never_touched_costs_nothing(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    for number in range(20):
        hub.create(SHOP, f"Issue {number}")
    found = list(items().values())
    sandbox.log.clear()
    assert connector.history_cost([scope], found) == 0
    assert set(map(tuple, words(connector, scope, found).values())) == {("open",)}
    assert not list(sandbox.log)


def test_an_issue_that_came_from_elsewhere_is_looked_at_alone(
    sandbox: Sandbox, hub: GitHubState, connector: GitHubConnector, scope: Scope, items: Items
) -> None:
    hub.add_repository("acme/elsewhere")
    hub.create("acme/elsewhere", "Moves")
    hub.close("acme/elsewhere", 1)
    work(hub, sandbox)
    hub.transfer("acme/elsewhere", 1, SHOP)
    hub.issue(SHOP, 9).events.clear()
    found = items()
    assert words(connector, scope, list(found.values()))["9"] == ["open", "completed"]


def test_events_that_come_twice_because_others_came_in_between_count_once() -> None:
    twice = [event(1, "closed"), event(1, "closed"), event(2, "reopened", id=2)]
    assert [one.word for one in past.moments(item(), twice)] == ["open", "completed", "open"]


def test_a_commit_in_a_timeline_has_neither_id_nor_time() -> None:
    commit = msgspec.json.decode(b'{"event": "committed", "sha": "6dcb09"}', type=IssueEvent)
    assert (commit.id, commit.created_at) == (None, None)
