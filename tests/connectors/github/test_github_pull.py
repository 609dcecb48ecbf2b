"""Reading a repository from the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote_plus

import msgspec
import pytest
from okrsync_github.connector import GitHubConnector

from okrsync.connector import Context
from okrsync.errors import BadAnswer, ConnectionFailed, Gone, OkrsyncError, Rejected, Transient
from okrsync.model.work import Item, Outcome, Page, Scope, State
from okrsync.sandbox.github import GitHubState
from okrsync.sandbox.server import Sandbox

Connect = Callable[..., GitHubConnector]
Items = Callable[[], dict[str, Item]]


def fill(hub: GitHubState, count: int) -> None:
    for number in range(1, count + 1):
        hub.create("acme/shop", f"Issue {number}")


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
    assert asked == ["issues", "milestones", "labels"]
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


class TestSubIssues:
    @pytest.fixture
    def family(self, hub: GitHubState) -> GitHubState:
        """Issue 1 is the parent of 2 and 3; 4 stands alone."""
        parent = hub.create("acme/shop", "Tracking")
        hub.create("acme/shop", "First", parent=parent)
        hub.create("acme/shop", "Second", parent=parent)
        hub.create("acme/shop", "Alone")
        return hub

    @pytest.mark.parametrize("told", [True, False])
    def test_parents_are_known_on_servers_old_and_new(self, told: bool, family: GitHubState, items: Items) -> None:
        family.tells_parent = told
        assert {key: item.parent for key, item in items().items()} == {
            "acme/shop#1": None,
            "acme/shop#2": "acme/shop#1",
            "acme/shop#3": "acme/shop#1",
            "acme/shop#4": None,
        }

    def test_no_extra_request_where_the_list_names_the_parent(
        self, family: GitHubState, items: Items, connector: GitHubConnector, scope: Scope, context: Context
    ) -> None:
        before = context.meter.requests
        pages = list(connector.pull(scope, None))
        assert context.meter.requests - before == 3
        assert all(page.scope is None for page in pages)

    def test_a_child_that_changes_alone_keeps_its_parent_on_an_old_server(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox
    ) -> None:
        family.tells_parent = False
        *_, last = connector.pull(scope, None)
        assert last.scope is not None
        sandbox.clock.advance(timedelta(hours=1))
        family.close("acme/shop", 2)
        pages = list(connector.pull(last.scope, sandbox.clock.now()))
        assert pages[0].items[0].parent == "acme/shop#1"
        assert {item.key: item.parent for page in pages for item in page.items}["acme/shop#2"] == "acme/shop#1"

    def test_an_old_server_is_asked_nothing_more_when_nothing_changed(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox, context: Context
    ) -> None:
        family.tells_parent = False
        *_, last = connector.pull(scope, None)
        assert last.scope is not None
        sandbox.clock.advance(timedelta(hours=1))
        before = context.meter.requests
        assert [page.scope for page in connector.pull(last.scope, sandbox.clock.now())] == [None]
        assert context.meter.requests - before == 3

    def test_a_server_without_sub_issues_has_no_parents(
        self, family: GitHubState, items: Items, context: Context
    ) -> None:
        family.tells_parent = family.sub_issues = False
        assert {item.parent for item in items().values()} == {None}


class TestScopes:
    def test_a_known_repository_costs_no_request(
        self, connect: Connect, connector: GitHubConnector, scope: Scope, context: Context
    ) -> None:
        before = context.meter.requests
        assert connect().scopes([scope]) == (scope,)
        assert context.meter.requests == before

    def test_a_repository_that_was_renamed_keeps_its_id_and_the_name_people_wrote(
        self, connect: Connect, scope: Scope, hub: GitHubState
    ) -> None:
        hub.rename_repository("acme/shop", "acme/store")
        [found] = connect().scopes(())
        assert (found.id, found.name, found.data["full_name"]) == (scope.id, "acme/shop", "acme/store")

    def test_a_rename_noticed_in_a_pull_makes_the_next_one_full(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState
    ) -> None:
        fill(hub, 1)
        hub.rename_repository("acme/shop", "acme/store")
        *_, last = connector.pull(scope, None)
        assert last.scope is not None
        assert connector.asks(last.scope) != connector.asks(scope)
        assert msgspec.structs.replace(last.scope, data={}) == msgspec.structs.replace(scope, data={})

    def test_one_that_does_not_exist_is_named(self, connect: Connect, hub: GitHubState) -> None:
        with pytest.raises(Gone, match="acme/nothing"):
            connect("acme/shop", "acme/nothing").scopes(())

    def test_two_names_of_one_repository_are_refused(self, connect: Connect, hub: GitHubState) -> None:
        hub.rename_repository("acme/shop", "acme/store")
        with pytest.raises(ConnectionFailed, match="same repository"):
            connect("acme/shop", "acme/store").scopes(())

    def test_an_organisation_means_all_its_repositories(self, connect: Connect, hub: GitHubState) -> None:
        for number in range(120):
            hub.add_repository(f"acme/tool-{number}", archived=number == 7)
        scopes = connect(organization="acme").scopes(())
        assert len({scope.id for scope in scopes}) == 121
        assert [scope.name for scope in scopes if scope.archived] == ["acme/tool-7"]

    @pytest.mark.parametrize(("names", "more"), [((), {"organization": "acme"}), (("acme/shop", "acme/wiki"), {})])
    def test_a_repository_without_issues_is_left_out_with_the_reason(
        self, connect: Connect, hub: GitHubState, names: tuple[str, ...], more: dict[str, str]
    ) -> None:
        hub.add_repository("acme/wiki")
        hub.switch_issues("acme/wiki", on=False)
        left = {scope.name: scope.left_out for scope in connect(*names, **more).scopes(())}
        assert left["acme/shop"] == ""
        assert "issues are switched off" in left["acme/wiki"]

    def test_an_unknown_organisation_is_named(self, connect: Connect, hub: GitHubState) -> None:
        with pytest.raises(Gone, match="nobody"):
            connect(organization="nobody").scopes(())

    def test_an_archived_repository_is_looked_at_again(self, connect: Connect, scope: Scope, hub: GitHubState) -> None:
        hub.archive("acme/shop")
        [archived] = connect().scopes(())
        assert archived.archived
        hub.archive("acme/shop", False)
        assert not connect().scopes([archived])[0].archived


class TestCensus:
    def test_it_finds_everything(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState, items: Items
    ) -> None:
        fill(hub, 150)
        assert set(connector.census(scope)) == {item.id for item in items().values()}

    def test_what_it_missed_is_confirmed_with_a_reason(
        self, connector: GitHubConnector, hub: GitHubState, items: Items
    ) -> None:
        fill(hub, 4)
        hub.add_repository("acme/api")
        refs = {key: item.ref for key, item in items().items()}
        hub.delete("acme/shop", 1)
        hub.transfer("acme/shop", 2, "acme/api")
        reasons = connector.confirm(list(refs.values()))
        assert set(reasons) == {refs["acme/shop#1"].id, refs["acme/shop#2"].id}
        assert "deleted" in reasons[refs["acme/shop#1"].id]
        assert reasons[refs["acme/shop#2"].id] == "transferred to another repository"


class TestSelect:
    def test_ids_of_what_a_search_finds(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState, items: Items
    ) -> None:
        fill(hub, 2)
        hub.create("acme/shop", "Slow", labels=["latency"])
        found = connector.select([scope], "label:latency")
        assert found == {items()["acme/shop#3"].id}

    def test_other_repositories_are_not_searched(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState
    ) -> None:
        hub.add_repository("acme/api")
        hub.create("acme/api", "Slow", labels=["latency"])
        assert connector.select([scope], "label:latency") == frozenset()

    def test_more_than_a_search_can_give_is_refused(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState
    ) -> None:
        fill(hub, 1001)
        with pytest.raises(Rejected, match="more than 1000"):
            connector.select([scope], "is:issue")

    @pytest.mark.parametrize("query", ["label:a OR (label:b", "label:a) OR label:b", 'label:"a'])
    def test_a_query_that_would_reach_beyond_its_brackets_is_refused(
        self, connector: GitHubConnector, scope: Scope, query: str
    ) -> None:
        with pytest.raises(Rejected, match="unbalanced"):
            connector.select([scope], query)

    def test_a_probe_asks_for_one_result_of_one_repository(
        self, connector: GitHubConnector, scope: Scope, sandbox: Sandbox
    ) -> None:
        sandbox.log.clear()
        connector.probe([scope, scope], "label:latency")
        (entry,) = sandbox.log.select(path="/search/issues")
        assert "per_page=1&" in f"{entry.query}&"
        connector.probe([], "label:latency")
        assert len(sandbox.log.select(path="/search/issues")) == 1

    @pytest.mark.parametrize("query", ["a OR b OR c OR d OR e OR f OR g", "label:a OR (label:b", "is:issue"])
    def test_a_probe_tells_what_github_would_refuse(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState, query: str
    ) -> None:
        fill(hub, 1001)
        with pytest.raises(Rejected):
            connector.probe([scope], query)

    def test_issues_and_pull_requests_are_searched_apart_and_united(
        self, connector: GitHubConnector, scope: Scope, hub: GitHubState, items: Items, sandbox: Sandbox
    ) -> None:
        hub.create("acme/shop", "Slow", labels=["latency"])
        hub.create("acme/shop", "Faster", labels=["latency"], pull_request=True)
        sandbox.log.clear()
        assert connector.select([scope], "label:latency") == {item.id for item in items().values()}
        assert [
            unquote_plus(entry.query).partition("q=")[2].partition("&")[0]
            for entry in sandbox.log.select(path="/search/issues")
        ] == ["repo:acme/shop is:issue label:latency", "repo:acme/shop is:pull-request label:latency"]

    @pytest.mark.parametrize("kind", ["is:issue", "IS:pr", "is:pull-request", "type:issue", "type:pr"])
    def test_a_query_that_says_what_it_wants_is_asked_once_as_it_is(
        self, connector: GitHubConnector, scope: Scope, sandbox: Sandbox, kind: str
    ) -> None:
        sandbox.log.clear()
        connector.select([scope], f"label:latency {kind}")
        assert len(sandbox.log.select(path="/search/issues")) == 1

    @pytest.mark.parametrize("query", ['"is:issue"', "-is:issue", "(is:issue OR label:bug)", "this:issue", "is:issues"])
    def test_words_that_only_look_like_it_do_not_count(
        self, connector: GitHubConnector, scope: Scope, sandbox: Sandbox, query: str
    ) -> None:
        sandbox.log.clear()
        connector.select([scope], query)
        assert len(sandbox.log.select(path="/search/issues")) == 2

    def test_words_between_terms_ask_for_the_advanced_search(
        self, connector: GitHubConnector, scope: Scope, sandbox: Sandbox
    ) -> None:
        connector.select([scope], "label:a OR label:b")
        connector.select([scope], 'label:"a OR b"')
        advanced = ["advanced_search=true" in entry.query for entry in sandbox.log.select(path="/search/issues")]
        assert advanced == [True, True, False, False]


class TestOldServersInTrouble:
    """A list of sub-issues that is not there, on a server that does not name parents."""

    @pytest.fixture
    def family(self, hub: GitHubState) -> GitHubState:
        """Issues 1, 3 and 5 are parents of the ones after them."""
        for _ in range(3):
            parent = hub.create("acme/shop", "Tracking")
            hub.create("acme/shop", "Child", parent=parent)
        hub.tells_parent = False
        return hub

    @pytest.mark.parametrize("status", [404, 410])
    def test_nothing_is_concluded_when_one_list_is_refused_for_an_issue_that_is_there(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox, status: int
    ) -> None:
        sandbox.faults.add("status", status=status, path="/issues/1/sub_issues")
        with pytest.raises(BadAnswer, match="acme/shop#1"):
            list(connector.pull(scope, None))

    def test_a_parent_that_goes_between_the_page_and_its_list_stops_no_other(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope, sandbox: Sandbox
    ) -> None:
        for path in ("/issues/1/sub_issues", "/issues/1$"):
            sandbox.faults.add("status", status=404, path=path, times=None)
        found = {item.key: item.parent for page in connector.pull(scope, None) for item in page.items}
        assert found["acme/shop#2"] is None
        assert (found["acme/shop#4"], found["acme/shop#6"]) == ("acme/shop#3", "acme/shop#5")

    def test_a_remembered_parent_that_is_gone_is_forgotten_and_the_others_are_not(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope
    ) -> None:
        remembering = msgspec.structs.replace(scope, data={**scope.data, "parents": "1 99"})
        *_, last = connector.pull(remembering, None)
        assert last.scope is not None
        assert last.scope.data["parents"] == "1 3 5"

    def test_a_remembered_parent_that_has_no_children_any_more_is_forgotten(
        self, family: GitHubState, connector: GitHubConnector, scope: Scope
    ) -> None:
        family.sub_issues = False
        remembering = msgspec.structs.replace(scope, data={**scope.data, "parents": "1 3"})
        *_, last = connector.pull(remembering, None)
        assert last.scope is not None
        assert not last.scope.data["parents"]
