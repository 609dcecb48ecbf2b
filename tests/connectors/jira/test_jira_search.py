"""Every page of a search on both products, whatever happens to the tickets meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st
from jira_canned import API, NOW, SITE, raw_issue
from okrsync_jira import plugin
from okrsync_jira.client import Client
from okrsync_jira.connector import JiraConnector
from okrsync_jira.flavour import DataCenter
from okrsync_jira.pages import batch_decoder
from okrsync_jira.shapes import Bare

from okrsync.connector import Context
from okrsync.errors import BadAnswer, ConnectionFailed, Gone, Rejected, Transient
from okrsync.marker import Namespace
from okrsync.retry import Retry

START = datetime(2026, 10, 1, tzinfo=UTC)


def ids(pages: Iterator[Any]) -> list[str]:
    return [item.id for page in pages for item in page.items]


def bodies(rsps: responses.RequestsMock, path: str) -> list[dict[str, Any]]:
    return [json.loads(call.request.body) for call in rsps.calls if str(call.request.url).endswith(path)]


def test_cloud_pages_end_where_no_token_is_given(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    for page in (
        {"issues": [raw_issue(1)], "nextPageToken": "a", "isLast": False},
        {"issues": [], "nextPageToken": "b"},
        {"issues": [raw_issue(2), raw_issue(3)], "isLast": True},
    ):
        rsps.post(f"{API}/search/jql", json=page)
    (scope,) = cloud.scopes(())
    assert ids(cloud.pull(scope, None)) == ["10001", "10002", "10003"]
    asked = bodies(rsps, "/search/jql")
    assert [body.get("nextPageToken") for body in asked] == [None, "a", "b"]
    assert asked[0]["jql"] == "project = 10000 ORDER BY created ASC, id ASC"
    assert "summary" in asked[0]["fields"]


@pytest.mark.parametrize(
    "pages",
    [
        [{"issues": [], "nextPageToken": "a"}, {"issues": [], "nextPageToken": "a"}],
        [{"issues": [], "isLast": False}],
        [{"values": []}],
        [{"issues": "none"}],
        [[]],
    ],
)
def test_a_search_that_makes_no_sense_is_an_error(
    pages: list[Any], cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    for page in pages:
        rsps.post(f"{API}/search/jql", json=page)
    with pytest.raises(BadAnswer):
        list(cloud.pull(cloud.scopes(())[0], None))


def test_a_page_that_cannot_be_had_ends_the_pull_with_an_error(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": [raw_issue(1)], "nextPageToken": "a"})
    rsps.post(f"{API}/search/jql", status=503)
    pages = cloud.pull(cloud.scopes(())[0], None)
    assert [item.id for item in next(pages).items] == ["10001"]
    with pytest.raises(Transient):
        next(pages)


def test_a_cursor_is_exact_to_the_millisecond_and_has_no_upper_bound(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": []})
    list(cloud.pull(cloud.scopes(())[0], datetime(2024, 11, 29, 10, 31, 31, 500_000, tzinfo=UTC)))
    assert bodies(rsps, "/search/jql")[0]["jql"] == (
        "project = 10000 AND updated >= 1732876291500 ORDER BY created ASC, id ASC"
    )


def test_the_first_page_carries_versions_and_the_trackers_clock(
    cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.replace(responses.GET, f"{API}/project/10000/versions", json=[{"id": "3", "name": "2.0"}])
    rsps.post(f"{API}/search/jql", json={"issues": [], "nextPageToken": "a"})
    rsps.post(f"{API}/search/jql", json={"issues": []})
    first, second = cloud.pull(cloud.scopes(())[0], None)
    assert first.milestones is not None
    assert [version.title for version in first.milestones] == ["2.0"]
    assert first.as_of == NOW
    assert (second.milestones, second.as_of) == (None, None)


def test_a_project_without_versions_says_so(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": []})
    (page,) = cloud.pull(cloud.scopes(())[0], None)
    assert page.milestones == ()


def test_a_bad_issue_does_not_take_its_page_along(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": [raw_issue(1), raw_issue(2, labels=7), raw_issue(3)]})
    (page,) = cloud.pull(cloud.scopes(())[0], None)
    assert [item.key for item in page.items] == ["SHOP-1", "SHOP-3"]
    assert [misfit.key for misfit in page.quarantined] == ["SHOP-2"]


def test_an_unchanged_project_costs_two_requests(
    connect: Callable[..., JiraConnector], cloud: JiraConnector, context: Context, rsps: responses.RequestsMock
) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": []})
    known = cloud.scopes(())
    later = connect()
    before = context.meter.requests
    (scope,) = later.scopes(known)
    later.asks(scope)
    list(later.pull(scope, NOW))
    assert context.meter.requests - before == 2


def test_an_archived_project_is_looked_at_again_since_it_may_be_open(cloud: JiraConnector) -> None:
    (scope,) = cloud.scopes(())
    (again,) = cloud.scopes([msgspec.structs.replace(scope, archived=True)])
    assert not again.archived


def test_a_project_whose_key_changed_is_read_anew(
    connect: Callable[..., JiraConnector], cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    (scope,) = cloud.scopes(())
    renamed = {"id": "10000", "key": "STORE", "name": "Shop"}
    rsps.replace(responses.GET, f"{API}/project/SHOP", json=renamed)
    later = connect()
    (moved,) = later.scopes(())
    assert (moved.id, moved.name) == (scope.id, scope.name)
    assert later.asks(moved) != cloud.asks(scope)


def test_a_new_key_is_learned_from_the_issues_that_have_it(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": [{**raw_issue(7), "key": "STORE-7"}]})
    (scope,) = cloud.scopes(())
    *_, last = cloud.pull(scope, NOW)
    assert last.scope is not None
    assert cloud.asks(last.scope) != cloud.asks(scope)


def test_other_options_make_the_next_pull_a_full_one(
    connect: Callable[..., JiraConnector], cloud: JiraConnector
) -> None:
    known = cloud.scopes(())
    other = connect(story_points=False)
    assert other.asks(other.scopes(known)[0]) != cloud.asks(known[0])
    stricter = connect(cancelled_resolutions=["Nope"])
    assert stricter.asks(stricter.scopes(known)[0]) != cloud.asks(known[0])


SHOP = {"id": "10000", "key": "SHOP", "name": "Shop"}


def test_several_projects_are_told_by_one_request_in_the_order_of_the_configuration(
    connect: Callable[..., JiraConnector], cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    ops = {"id": "10001", "key": "OPS", "name": "Operations"}
    rsps.get(f"{API}/project/search", json={"isLast": True, "values": [SHOP, ops]})
    found = connect(projects=["OPS", "SHOP"]).scopes(())
    assert [(one.id, one.name) for one in found] == [("10001", "OPS"), ("10000", "SHOP")]
    asked = [urlsplit(str(call.request.url)) for call in rsps.calls]
    assert [parse_qs(one.query)["keys"] for one in asked if "/project" in one.path] == [["OPS", "SHOP"]]


def test_sixty_projects_take_two_requests(
    connect: Callable[..., JiraConnector], cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    keys = [f"P{number}" for number in range(60)]
    rsps.get(f"{API}/project/search", json={"values": [{"id": key, "key": key} for key in keys[:50]]})
    rsps.get(f"{API}/project/search", json={"values": [{"id": key, "key": key} for key in keys[50:]]})
    assert [one.name for one in connect(projects=keys).scopes(())] == keys
    told = [
        parse_qs(urlsplit(str(call.request.url)).query)["keys"] for call in rsps.calls if "keys" in call.request.url
    ]
    assert told == [keys[:50], keys[50:]]


def test_a_project_that_is_not_among_them_is_asked_for_by_itself(
    connect: Callable[..., JiraConnector], cloud: JiraConnector, rsps: responses.RequestsMock
) -> None:
    rsps.get(f"{API}/project/search", json={"values": [SHOP]})
    rsps.get(f"{API}/project/OLD", json={"id": "10001", "key": "NEW", "archived": True})
    shop, old = connect(projects=["SHOP", "OLD"]).scopes(())
    assert (shop.id, old.id, old.name, old.archived) == ("10000", "10001", "OLD", True)


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_where_projects_cannot_be_searched_each_is_asked_for(
    connect: Callable[..., JiraConnector], cloud: JiraConnector, rsps: responses.RequestsMock, status: int
) -> None:
    rsps.get(f"{API}/project/search", status=status, json={"errorMessages": ["No."]})
    rsps.get(f"{API}/project/OPS", json={"id": "10001", "key": "OPS"})
    assert [one.name for one in connect(projects=["SHOP", "OPS"]).scopes(())] == ["SHOP", "OPS"]


def test_a_missing_project_is_named(connect: Callable[..., JiraConnector], cloud: JiraConnector, rsps: Any) -> None:
    rsps.get(f"{API}/project/search", json={"values": [SHOP]})
    rsps.get(f"{API}/project/NOPE", status=404, json={"errorMessages": ["No project could be found"]})
    with pytest.raises(Gone, match="no project NOPE"):
        connect(projects=["SHOP", "NOPE"]).scopes(())


def test_a_query_is_kept_inside_the_projects(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": [{"id": "1"}, {"id": "2", "key": "SHOP-2"}]})
    scopes = cloud.scopes(())
    assert cloud.select(scopes, "type = Bug OR type = Task") == {"1", "2"}
    (body,) = bodies(rsps, "/search/jql")
    assert body["jql"].startswith("project = 10000 AND (type = Bug OR type = Task) ORDER BY")
    assert (body["fields"], body["maxResults"]) == (["id"], 5000)
    with pytest.raises(ConnectionFailed):
        cloud.select(scopes, "a = 1) OR (b = 2")


def test_a_probe_asks_cloud_for_one_id(cloud: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search/jql", json={"issues": [{"id": "1"}], "nextPageToken": "more"})
    cloud.probe(cloud.scopes(()), "type = Bug")
    (body,) = bodies(rsps, "/search/jql")
    assert body["jql"].startswith("project = 10000 AND (type = Bug) ORDER BY")
    assert (body["fields"], body["maxResults"]) == (["id"], 1)


def test_a_probe_asks_data_center_for_one_id(data_center: JiraConnector, rsps: responses.RequestsMock) -> None:
    rsps.post(f"{API}/search", json={"issues": [{"id": "1"}], "total": 7})
    data_center.probe(data_center.scopes(()), "type = Bug")
    (body,) = bodies(rsps, "/search")
    assert (body["fields"], body["maxResults"], body["startAt"]) == (["id"], 1, 0)


@pytest.mark.parametrize("query", ["type = 'Bug", "a = 1) OR (b = 2", "type = Bug ORDER BY key", " "])
def test_a_query_that_cannot_be_put_into_brackets_is_refused_alone(cloud: JiraConnector, query: str) -> None:
    with pytest.raises(Rejected):
        cloud.probe((), query)


class Server:
    """Enough of Data Center's search: offsets over rows by (created, id), a page limit, and a busy team."""

    def __init__(
        self, created: Sequence[datetime], limit: int, happenings: dict[int, Callable[[Server], None]]
    ) -> None:
        self.rows = {str(100 + index): moment for index, moment in enumerate(created)}
        self.limit = limit
        self.happenings = happenings
        self.requests = 0

    def search(self, request: Any) -> tuple[int, dict[str, str], str]:
        if happening := self.happenings.get(self.requests):
            happening(self)
        self.requests += 1
        asked = json.loads(request.body)
        bound = re.search(r"created >= (\d+)", asked["jql"])
        floor = int(bound[1]) / 1000 if bound else 0
        found = sorted((moment, id_) for id_, moment in self.rows.items() if moment.timestamp() >= floor)
        start = asked["startAt"]
        page = found[start : start + min(self.limit, asked["maxResults"])]
        issues = [{"id": id_, "fields": {"created": moment.isoformat()}} for moment, id_ in page]
        return 200, {}, json.dumps({"startAt": start, "total": len(found), "issues": issues})

    def scan(self) -> list[str]:
        context = Context("jira", "acme", Namespace(), Retry(lambda _: None), lambda: NOW)
        client = Client(plugin.options(url=SITE, projects=["SHOP"], email="a@b.example", token="t"), context)
        with responses.RequestsMock() as rsps:
            rsps.add_callback(responses.POST, f"{API}/search", callback=self.search)
            batches = DataCenter().ids(client, batch_decoder(Bare), "project = 10000")
            return [row.id for batch in batches for row in batch.rows]


@given(
    offsets=st.lists(st.integers(0, 12), min_size=1, max_size=40),
    limit=st.integers(1, 7),
    deleted=st.dictionaries(st.integers(1, 15), st.integers(0, 39), max_size=4),
    added=st.dictionaries(st.integers(1, 15), st.integers(0, 12), max_size=4),
)
def test_no_row_is_lost_or_repeated_while_others_come_and_go(
    offsets: list[int], limit: int, deleted: dict[int, int], added: dict[int, int]
) -> None:
    """Within one second rows have no order to hold on to, so deletions there are left to the census."""
    moments = [START + timedelta(seconds=offset, milliseconds=index) for index, offset in enumerate(offsets)]
    victims = {str(100 + index) for index in deleted.values()}
    crowded = max(offsets.count(offset) for offset in offsets) >= limit

    def happen(request: int) -> Callable[[Server], None]:
        def change(server: Server) -> None:
            if request in deleted and not crowded:
                server.rows.pop(str(100 + deleted[request]), None)
            if request in added:
                server.rows[f"9{request:03}"] = START + timedelta(seconds=13 + added[request])

        return change

    server = Server(moments, limit, {request: happen(request) for request in {*deleted, *added}})
    seen = server.scan()
    lasting = {str(100 + index) for index in range(len(offsets))} - (set() if crowded else victims)
    assert lasting <= set(seen)
    assert len(seen) == len(set(seen))


def test_more_rows_in_one_second_than_fit_a_page_are_all_read() -> None:
    assert len(Server([START] * 25, 4, {}).scan()) == 25


def test_a_page_that_a_data_center_gives_again_is_no_end() -> None:
    class Stuck(Server):
        def search(self, request: Any) -> tuple[int, dict[str, str], str]:
            first = json.dumps({**json.loads(request.body), "startAt": 0})
            status, headers, body = super().search(type("Asked", (), {"body": first}))
            return status, headers, json.dumps({**json.loads(body), "startAt": json.loads(request.body)["startAt"]})

    with pytest.raises(BadAnswer, match="again"):
        Stuck([START] * 25, 10, {}).scan()


def test_a_data_center_that_ends_before_its_total_is_not_believed() -> None:
    server = Server([START] * 3, 0, {})
    with pytest.raises(BadAnswer, match="announced total"):
        server.scan()


def test_an_edit_between_pages_of_a_data_center_pull_is_harmless(
    data_center: JiraConnector, rsps: responses.RequestsMock
) -> None:
    first = [raw_issue(1, created="2026-10-01T09:00:00.250+0000"), raw_issue(2, created="2026-10-01T09:00:01.750+0000")]
    second = [
        raw_issue(2, created="2026-10-01T09:00:01.750+0000"),
        raw_issue(3, created="2026-10-01T09:00:02.000+0000"),
    ]
    rsps.post(f"{API}/search", json={"issues": first, "total": 3, "startAt": 0, "maxResults": 2})
    rsps.post(f"{API}/search", json={"issues": second, "total": 2, "startAt": 0, "maxResults": 2})
    assert ids(data_center.pull(data_center.scopes(())[0], None)) == ["10001", "10002", "10003"]
    edge = int(datetime(2026, 10, 1, 9, 0, 1, tzinfo=UTC).timestamp() * 1000)
    assert f"project = 10000 AND created >= {edge} ORDER BY" in bodies(rsps, "/search")[1]["jql"]
