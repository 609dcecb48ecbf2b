"""Lists of the sandbox GitHub: every page, by number and by cursor, filtered and sorted as on GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_github import SHOP, GitHubClient

from okrsync.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.github.limits = {"core": None, "search": None}
        sandbox.github.add_repository("acme/shop")
        sandbox.github.add_milestone("acme/shop", "One page")
        for count in range(25):
            made = sandbox.github.create(
                "acme/shop",
                f"Issue {count + 1}",
                labels=["bug"] if count % 2 else ["bug", "ux"],
                milestone="One page" if count < 5 else None,
                assignees=["ben"] if count % 5 == 0 else [],
                pull_request=count % 10 == 9,
            )
            if count % 4 == 0:
                sandbox.github.close("acme/shop", made.number, "not_planned" if count % 8 == 0 else "completed")
            sandbox.clock.advance(timedelta(minutes=1))
        yield sandbox


@pytest.fixture
def github(running: Sandbox) -> Iterator[GitHubClient]:
    running.github.deepest_page, running.github.searches_one_kind = 100, True
    yield GitHubClient(running)
    running.github.deepest_page, running.github.searches_one_kind = 100, True


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    per_page=st.integers(1, 30),
    deepest=st.integers(1, 8),
    sort=st.sampled_from(["created", "updated", "comments"]),
    direction=st.sampled_from(["asc", "desc"]),
)
def test_following_link_reads_every_issue_once_in_order(
    running: Sandbox, github: GitHubClient, per_page: int, deepest: int, sort: str, direction: str
) -> None:
    running.github.deepest_page = deepest
    query = f"state=all&per_page={per_page}&sort={sort}&direction={direction}"
    assert sorted(github.numbers(f"{SHOP}/issues?{query}")) == list(range(1, 26))
    running.github.deepest_page, running.github.searches_one_kind = 100, True
    whole = github.numbers(f"{SHOP}/issues?state=all&per_page=100&sort={sort}&direction={direction}")
    running.github.deepest_page = deepest
    assert github.numbers(f"{SHOP}/issues?{query}") == whole


def test_beyond_the_deepest_page_numbers_are_refused_and_a_cursor_leads_on(
    running: Sandbox, github: GitHubClient
) -> None:
    running.github.deepest_page = 3
    assert github.get(f"{SHOP}/issues?state=all&per_page=5&page=4").status_code == 422
    links = [page.links for page in github.pages(f"{SHOP}/issues?state=all&per_page=5")]
    assert ["after=" in page.get("next", {}).get("url", "") for page in links] == [False, False, True, True, False]
    assert all("last" not in page for page in links)


def test_a_cursor_that_nobody_gave_is_refused(github: GitHubClient) -> None:
    assert github.get(f"{SHOP}/issues?after=nonsense").status_code == 422


def test_link_names_the_repository_by_id_and_keeps_the_question(running: Sandbox, github: GitHubClient) -> None:
    answer = github.get(f"{SHOP}/issues?state=all&labels=bug,ux&per_page=2")
    following = answer.links["next"]["url"]
    assert f"/repositories/{running.github.repository('acme/shop').id}/issues?" in following
    assert "state=all" in following
    assert "labels=bug%2Cux" in following
    assert answer.links["last"]["url"].endswith("page=7")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=closed", [1, 5, 9, 13, 17, 21, 25]),
        ("state=all&labels=bug,ux&assignee=ben", [1, 11, 21]),
        ("state=all&milestone=1", [1, 2, 3, 4, 5]),
        ("state=open&milestone=*", [2, 3, 4]),
        ("state=all&milestone=none&assignee=*", [6, 11, 16, 21]),
        ("state=all&creator=nobody", []),
    ],
)
def test_filters_narrow_the_list(github: GitHubClient, query: str, expected: list[int]) -> None:
    assert github.numbers(f"{SHOP}/issues?{query}&sort=created&direction=asc") == expected


def test_since_includes_its_own_second_and_what_was_touched_later(running: Sandbox, github: GitHubClient) -> None:
    moment = running.github.issue("acme/shop", 23).updated.isoformat().replace("+00:00", "Z")
    assert github.numbers(f"{SHOP}/issues?state=all&direction=asc&since={moment}") == [23, 24, 25]


def test_the_list_holds_pull_requests_and_open_ones_unless_asked(github: GitHubClient) -> None:
    rows = github.get(f"{SHOP}/issues?per_page=100").json()
    assert {row["number"] for row in rows if "pull_request" in row} == {10, 20}
    assert {row["state"] for row in rows} == {"open"}


def test_unknown_words_in_a_filter_are_refused(github: GitHubClient) -> None:
    for query in ("state=opened", "sort=age", "direction=up", "since=yesterday"):
        assert github.get(f"{SHOP}/issues?{query}").status_code == 422


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("repo:acme/shop is:issue is:closed reason:completed", {5, 13, 21}),
        ("repo:acme/shop is:pr", {10, 20}),
        ('repo:acme/shop is:issue milestone:"one page" is:open', {2, 3, 4}),
        ("org:acme is:issue label:ux -label:nothing assignee:ben state:open", {11}),
        ("repo:acme/shop type:issue label:nothing,ux no:assignee is:closed", {5, 9, 13, 17, 25}),
        ("repo:acme/shop is:issue created:>=2026-10-06", set()),
        ("repo:acme/shop is:issue issue 7", {7, 17}),
    ],
)
def test_search_understands_qualifiers(github: GitHubClient, query: str, expected: set[int]) -> None:
    found = [
        item["number"]
        for page in github.pages(f"/search/issues?q={requests_quote(query)}&per_page=3")
        for item in page.json()["items"]
    ]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_search_refuses_an_empty_question_and_unknown_repositories(github: GitHubClient) -> None:
    assert github.get("/search/issues?q=").status_code == 422
    assert github.get("/search/issues?q=repo:acme/nowhere+is:issue").status_code == 422


def test_a_search_says_whether_it_wants_issues_or_pull_requests_unless_the_server_is_old(
    running: Sandbox, github: GitHubClient
) -> None:
    refused = github.get("/search/issues?q=repo:acme/shop+-is:pr")
    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "Query must include 'is:issue' or 'is:pull-request'",
    )
    running.github.searches_one_kind = False
    assert github.get("/search/issues?q=repo:acme/shop+is:open").json()["total_count"] > 2


def requests_quote(text: str) -> str:
    from urllib.parse import quote

    return quote(text)
