"""What every request to the sandbox GitHub passes: credentials, limits, conditions, dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sandbox_github import SHOP, GitHubClient

from okrsync.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.github.add_repository("acme/shop")
        running.github.create("acme/shop", "Faster")
        yield running


@pytest.fixture
def github(sandbox: Sandbox) -> GitHubClient:
    return GitHubClient(sandbox)


def test_a_wrong_token_is_401_and_an_unknown_version_400(sandbox: Sandbox, github: GitHubClient) -> None:
    assert GitHubClient(sandbox, "wrong").get("/user").status_code == 401
    assert github.get("/user", X_GitHub_Api_Version="1999-01-01").status_code == 400
    assert github.get("/user", X_GitHub_Api_Version="2022-11-28").json()["login"] == "okrsync-bot"


def test_the_limit_counts_down_refuses_and_comes_back_with_the_clock(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.limits["core"] = 3
    left = [github.get(SHOP).headers["x-ratelimit-remaining"] for _ in range(3)]
    refused = github.get(SHOP)
    assert (left, refused.status_code) == (["2", "1", "0"], 403)
    assert int(refused.headers["x-ratelimit-reset"]) == int(sandbox.clock.now().timestamp()) + 3600
    sandbox.clock.advance(timedelta(hours=1))
    assert github.get(SHOP).headers["x-ratelimit-remaining"] == "2"


def test_asking_for_the_limit_is_free_and_search_has_its_own(github: GitHubClient) -> None:
    github.get("/search/issues?q=repo:acme/shop+is:issue")
    resources = github.get("/rate_limit").json()["resources"]
    assert (resources["core"]["used"], resources["search"]["used"]) == (0, 1)


def test_an_enterprise_server_may_have_no_limits(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.limits = {"core": None, "search": None}
    assert "x-ratelimit-limit" not in github.get(SHOP).headers
    assert github.get("/rate_limit").status_code == 404


def test_unchanged_is_304_for_the_same_token_and_costs_nothing(sandbox: Sandbox, github: GitHubClient) -> None:
    first = github.get(f"{SHOP}/issues")
    again = github.get(f"{SHOP}/issues", If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    sandbox.github.tokens["another"] = True
    other = GitHubClient(sandbox, "another").get(f"{SHOP}/issues", If_None_Match=first.headers["etag"])
    assert other.status_code == 200
    sandbox.github.comment("acme/shop", 1, "news")
    assert github.get(f"{SHOP}/issues", If_None_Match=first.headers["etag"]).status_code == 200


def test_the_date_is_the_sandbox_clocks(sandbox: Sandbox, github: GitHubClient) -> None:
    assert github.get(SHOP).headers["date"] == "Mon, 05 Oct 2026 08:00:00 GMT"
    sandbox.clock.advance(timedelta(days=1))
    assert github.get(SHOP).headers["date"] == "Tue, 06 Oct 2026 08:00:00 GMT"


def test_an_app_gets_a_token_for_its_jwt_and_is_nobodys_user(sandbox: Sandbox, github: GitHubClient) -> None:
    path = "/app/installations/7/access_tokens"
    assert github("POST", path).status_code == 401
    granted = GitHubClient(sandbox, "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2ln")("POST", path)
    assert granted.status_code == 201
    app = GitHubClient(sandbox, granted.json()["token"])
    assert app.get("/user").status_code == 403
    assert app.get("/installation/repositories").json()["total_count"] == 1
    comment = app("POST", f"{SHOP}/issues/1/comments", {"body": "x"}).json()
    assert comment["user"]["login"] == "okrsync-bot[bot]"


def test_an_organization_lists_its_repositories(github: GitHubClient) -> None:
    assert [row["full_name"] for row in github.get("/orgs/acme/repos").json()] == ["acme/shop"]
    assert github.get("/orgs/nobody/repos").status_code == 404


def test_unknown_addresses_and_broken_json_answer_as_github_does(sandbox: Sandbox, github: GitHubClient) -> None:
    assert github.get("/nothing/here").json()["message"] == "Not Found"
    broken = github.session.post(f"{github.url}{SHOP}/labels", data=b"{", timeout=5)
    assert (broken.status_code, broken.json()["message"]) == (400, "Problems parsing JSON")
