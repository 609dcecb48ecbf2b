"""Reading a repository from the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from github_repository import Connect, Items, fill
from okrsync_github.connector import GitHubConnector

from okrsync.connector import Context
from okrsync.errors import BadAnswer, Gone, OkrsyncError, Transient
from okrsync.model.work import Outcome, Page, Scope, State
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox


def numbers(pages: list[Page]) -> list[int]:
    return [int(item.key.rpartition("#")[2]) for page in pages for item in page.items]


def test_every_page_is_read_each_item_once(connector: GitHubConnector, scope: Scope, hub: GitHubState) -> None:
    fill(hub, 250)
    pages = list(connector.pull(scope, None))
    assert [len(page.items) for page in pages] == [100, 100, 50]
    assert numbers(pages) == list(range(1, 251))


def test_beyond_the_deepest_page_number_the_cursor_goes_on(
    connector: GitHubConnector, scope: Scope, hub: GitHubState
) -> None:
    hub.deepest_page = 1
    fill(hub, 310)
    assert numbers(list(connector.pull(scope, None))) == list(range(1, 311))


def test_a_full_pull_costs_its_pages_and_two_requests(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, context: Context
) -> None:
    fill(hub, 201)
    before = context.meter.requests
    list(connector.pull(scope, None))
    assert context.meter.requests - before == 3 + 2


def test_nothing_is_read_ahead_before_all_that_is_asked_for_the_first_page_is_there(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, sandbox: Sandbox
) -> None:
    """One client serves one request at a time."""
    fill(hub, 301)
    sandbox.log.clear()
    pages = connector.pull(scope, None)
    next(pages)
    asked = [one.path.rpartition("/")[2] for one in sandbox.log.reads("github")]
    assert asked == ["labels", "issues", "milestones"]
    assert len(list(pages)) == 3


def test_a_pull_without_news_costs_three_requests(
    connect: Connect, connector: GitHubConnector, scope: Scope, hub: GitHubState, sandbox: Sandbox, context: Context
) -> None:
    fill(hub, 201)
    sandbox.clock.advance(timedelta(hours=1))
    again = connect()
    before = context.meter.requests
    [known] = again.scopes([scope])
    pages = list(again.pull(known, sandbox.clock.now() - timedelta(minutes=2)))
    assert context.meter.requests - before == 3
    assert numbers(pages) == []
    assert all(page.scope is None for page in pages)


def test_only_what_changed_since_is_read(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, sandbox: Sandbox
) -> None:
    fill(hub, 5)
    sandbox.clock.advance(timedelta(hours=1))
    hub.close("acme/shop", 3)
    since = sandbox.clock.now().astimezone(tz=None)
    assert numbers(list(connector.pull(scope, since))) == [3]


def test_the_first_page_holds_definitions_and_the_time_of_github(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, sandbox: Sandbox
) -> None:
    hub.add_milestone("acme/shop", "One page", due=sandbox.clock.now())
    hub.add_label("acme/shop", "bug", description="Broken")
    fill(hub, 101)
    first, second = connector.pull(scope, None)
    assert first.as_of == sandbox.clock.now()
    assert [one.title for one in first.milestones or ()] == ["One page"]
    assert [(one.name, one.description) for one in first.labels or ()] == [("bug", "Broken")]
    assert (second.as_of, second.milestones, second.labels) == (None, None, None)


def test_a_renamed_label_keeps_its_id(connector: GitHubConnector, scope: Scope, hub: GitHubState) -> None:
    hub.add_label("acme/shop", "bug")
    [before] = [page.labels for page in connector.pull(scope, None)]
    hub.rename_label("acme/shop", "bug", "defect")
    [after] = [page.labels for page in connector.pull(scope, None)]
    assert before is not None
    assert after is not None
    assert (before[0].id, after[0].name) == (after[0].id, "defect")


def test_states_and_pull_requests_come_through(hub: GitHubState, items: Items) -> None:
    fill(hub, 3)
    hub.create("acme/shop", "Merged", pull_request=True)
    hub.create("acme/shop", "Open", pull_request=True)
    hub.close("acme/shop", 1)
    hub.close("acme/shop", 2, "not_planned")
    hub.merge("acme/shop", 4)
    found = items()
    assert [found[f"acme/shop#{number}"].outcome for number in (1, 2, 3, 4, 5)] == [
        Outcome.DELIVERED,
        Outcome.CANCELLED,
        None,
        Outcome.DELIVERED,
        None,
    ]
    assert found["acme/shop#5"].state is State.DOING


def test_a_pull_that_breaks_raises_and_ends(
    connector: GitHubConnector, scope: Scope, hub: GitHubState, sandbox: Sandbox
) -> None:
    fill(hub, 250)
    sandbox.faults.add("status", status=502, path="page=2", times=None)
    pages = connector.pull(scope, None)
    assert len(next(pages).items) == 100
    with pytest.raises(Transient):
        next(pages)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "html"}, BadAnswer),
        ({"kind": "repeated-page", "skip": 1}, BadAnswer),
        ({"kind": "status", "status": 404}, Gone),
        ({"kind": "reset", "times": None}, Transient),
        ({"kind": "truncated", "times": None}, OkrsyncError),
        ({"kind": "cut-off", "times": None}, Transient),
        ({"kind": "empty", "times": None}, Transient),
    ],
)
def test_a_pull_never_ends_early_in_silence(
    fault: dict[str, object],
    error: type[Exception],
    connector: GitHubConnector,
    scope: Scope,
    hub: GitHubState,
    sandbox: Sandbox,
) -> None:
    fill(hub, 150)
    sandbox.faults.add(**{"path": "/issues", **fault})  # type: ignore[arg-type]
    with pytest.raises(error):
        list(connector.pull(scope, None))


@pytest.mark.parametrize("kind", ["truncated", "cut-off", "empty", "reset"])
def test_a_hiccup_is_survived(
    kind: str, connector: GitHubConnector, scope: Scope, hub: GitHubState, sandbox: Sandbox
) -> None:
    fill(hub, 3)
    sandbox.faults.add(kind, path="/issues")
    assert numbers(list(connector.pull(scope, None))) == [1, 2, 3]
