"""Writing on the sandbox GitHub: what moves, what stays, and what is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sandbox_github import SHOP, GitHubClient

from okrsync.sandbox.github.directory import READ_ONLY_TOKEN
from okrsync.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.github.add_repository("acme/shop")
        running.github.add_repository("acme/api")
        running.github.add_label("acme/shop", "bug", color="d73a4a")
        running.github.add_milestone("acme/shop", "One page")
        running.github.create("acme/shop", "Faster", labels=["bug"], milestone="One page")
        running.clock.advance(timedelta(hours=1))
        yield running


@pytest.fixture
def github(sandbox: Sandbox) -> GitHubClient:
    return GitHubClient(sandbox)


def updated(github: GitHubClient) -> str:
    return str(github.get(f"{SHOP}/issues/1").json()["updated_at"])


def test_posting_labels_adds_and_makes_missing_ones_grey(sandbox: Sandbox, github: GitHubClient) -> None:
    answer = github("POST", f"{SHOP}/issues/1/labels", {"labels": ["okr:a"]})
    assert [label["name"] for label in answer.json()] == ["bug", "okr:a"]
    assert github.get(f"{SHOP}/labels/okr:a").json()["color"] == "ededed"


def test_putting_labels_replaces_what_humans_set(github: GitHubClient) -> None:
    github("PUT", f"{SHOP}/issues/1/labels", {"labels": ["okr:a"]})
    assert [label["name"] for label in github.get(f"{SHOP}/issues/1/labels").json()] == ["okr:a"]


def test_a_label_comes_off_alone_and_only_once(github: GitHubClient) -> None:
    github("POST", f"{SHOP}/issues/1/labels", ["okr:a"])
    assert [label["name"] for label in github("DELETE", f"{SHOP}/issues/1/labels/okr:a").json()] == ["bug"]
    assert github("DELETE", f"{SHOP}/issues/1/labels/okr:a").status_code == 404


def test_a_label_is_defined_once_and_within_limits(github: GitHubClient) -> None:
    made = github("POST", f"{SHOP}/labels", {"name": "okr:a", "color": "0e8a16", "description": "counts"})
    assert (made.status_code, made.json()["description"]) == (201, "counts")
    again = github("POST", f"{SHOP}/labels", {"name": "OKR:a"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "already_exists")
    for wrong in ({"name": "x" * 51}, {"name": "y", "description": "d" * 101}, {"name": "z", "color": "green"}, {}):
        assert github("POST", f"{SHOP}/labels", wrong).status_code == 422


def test_comments_labels_and_edits_touch_the_issue(sandbox: Sandbox, github: GitHubClient) -> None:
    seen = [updated(github)]
    comment = github("POST", f"{SHOP}/issues/1/comments", {"body": "hello"}).json()
    seen.append(updated(github))
    acts = (
        ("PATCH", f"{SHOP}/issues/comments/{comment['id']}", {"body": "better"}),
        ("POST", f"{SHOP}/issues/1/labels", ["ux"]),
        ("PATCH", f"{SHOP}/issues/1", {"title": "Fastest"}),
        ("DELETE", f"{SHOP}/issues/comments/{comment['id']}", None),
    )
    for method, path, body in acts:
        sandbox.clock.advance(timedelta(minutes=1))
        assert github(method, path, body).ok
        seen.append(updated(github))
    assert seen == sorted(set(seen))


def test_a_renamed_label_or_an_edited_milestone_touches_no_issue(sandbox: Sandbox, github: GitHubClient) -> None:
    before = updated(github)
    assert github("PATCH", f"{SHOP}/labels/bug", {"new_name": "defect"}).json()["name"] == "defect"
    assert github("PATCH", f"{SHOP}/milestones/1", {"description": "soon"}).json()["description"] == "soon"
    issue = github.get(f"{SHOP}/issues/1").json()
    assert issue["updated_at"] == before
    assert [label["name"] for label in issue["labels"]] == ["defect"]
    assert issue["milestone"]["description"] == "soon"


def test_a_label_that_is_worn_already_touches_nothing(sandbox: Sandbox, github: GitHubClient) -> None:
    before = updated(github)
    github("POST", f"{SHOP}/issues/1/labels", ["bug"])
    assert updated(github) == before


def test_closing_counts_in_the_milestone_and_tells_why(github: GitHubClient) -> None:
    closed = github("PATCH", f"{SHOP}/issues/1", {"state": "closed", "state_reason": "not_planned"}).json()
    assert (closed["state_reason"], closed["closed_by"]["login"]) == ("not_planned", "okrsync-bot")
    assert (closed["milestone"]["open_issues"], closed["milestone"]["closed_issues"]) == (0, 1)
    assert github("PATCH", f"{SHOP}/issues/1", {"state": "open"}).json()["state_reason"] == "reopened"


def test_comments_are_listed_for_the_issue_and_for_the_repository_since_a_time(
    sandbox: Sandbox, github: GitHubClient
) -> None:
    sandbox.github.comment("acme/shop", 1, "old")
    sandbox.clock.advance(timedelta(hours=1))
    moment = sandbox.clock.now().isoformat().replace("+00:00", "Z")
    github("POST", f"{SHOP}/issues/1/comments", {"body": "new"})
    for path in (f"{SHOP}/issues/1/comments", f"{SHOP}/issues/comments"):
        assert [row["body"] for row in github.get(path).json()] == ["old", "new"]
        assert [row["body"] for row in github.get(f"{path}?since={moment}").json()] == ["new"]
        assert [row["body"] for page in github.pages(f"{path}?per_page=1") for row in page.json()] == ["old", "new"]


def test_comment_texts_have_a_length(github: GitHubClient) -> None:
    assert github("POST", f"{SHOP}/issues/1/comments", {"body": " "}).status_code == 422
    assert github("POST", f"{SHOP}/issues/1/comments", {"body": "x" * 65_537}).status_code == 422
    assert github("POST", f"{SHOP}/issues/1/comments", {"body": "x" * 65_536}).status_code == 201


def test_locked_archived_and_read_only_refuse(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.lock_issue("acme/shop", 1)
    assert "locked" in github("POST", f"{SHOP}/issues/1/comments", {"body": "x"}).json()["message"]
    reader = GitHubClient(sandbox, READ_ONLY_TOKEN)
    assert reader.get(SHOP).json()["permissions"]["push"] is False
    assert reader("POST", f"{SHOP}/issues/1/labels", ["x"]).status_code == 403
    sandbox.github.archive("acme/shop")
    refused = github("POST", f"{SHOP}/issues/1/labels", ["x"])
    assert (refused.status_code, "archived" in refused.json()["message"]) == (403, True)
    assert github.get(SHOP).json()["archived"] is True


def test_a_renamed_repository_redirects_and_the_id_stays(sandbox: Sandbox, github: GitHubClient) -> None:
    home = sandbox.github.repository("acme/shop")
    sandbox.github.rename_repository("acme/shop", "acme/store")
    moved = github.get(f"{SHOP}/issues?state=all")
    assert (moved.status_code, moved.headers["location"]) == (
        301,
        f"{sandbox.github_url}/repositories/{home.id}/issues?state=all",
    )
    assert github("POST", f"{SHOP}/issues/1/labels", ["x"]).status_code == 307
    assert sandbox.github.label_names("acme/store", 1) == ["bug"]
    assert github.get(f"/repositories/{home.id}").json()["full_name"] == "acme/store"


def test_transferred_deleted_and_unknown_issues_answer_differently(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.create("acme/shop", "To delete")
    arrived = sandbox.github.transfer("acme/shop", 1, "acme/api")
    sandbox.github.delete("acme/shop", 2)
    answers = [github.get(f"{SHOP}/issues/{number}") for number in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [301, 410, 404]
    assert github.get(answers[0].headers["location"]).json()["id"] == arrived.id
    assert github.get(f"{SHOP}/milestones/1").json()["open_issues"] == 0
    assert github.numbers(f"{SHOP}/issues?state=all") == []


def test_sub_issues_are_told_and_can_be_unknown(sandbox: Sandbox, github: GitHubClient) -> None:
    parent = sandbox.github.issue("acme/shop", 1)
    child = sandbox.github.create("acme/api", "Child", parent=parent)
    sandbox.github.close("acme/api", child.number)
    told = github.get(f"{SHOP}/issues/1").json()["sub_issues_summary"]
    assert told == {"total": 1, "completed": 1, "percent_completed": 100}
    assert [row["id"] for row in github.get(f"{SHOP}/issues/1/sub_issues").json()] == [child.id]
    listed = github.get("/repos/acme/api/issues?state=all").json()[0]
    assert listed["parent_issue_url"] == f"{sandbox.github_url}{SHOP}/issues/1"
    sandbox.github.tells_parent = False
    assert "parent_issue_url" not in github.get("/repos/acme/api/issues?state=all").json()[0]
    assert github.get(f"/repos/acme/api/issues/{child.number}/parent").json()["number"] == 1
    sandbox.github.sub_issues = False
    assert github.get(f"{SHOP}/issues/1/sub_issues").status_code == 404
    assert "sub_issues_summary" not in github.get(f"{SHOP}/issues/1").json()


def test_editing_replaces_labels_people_and_milestone(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.add_milestone("acme/shop", "Later")
    edited = github("PATCH", f"{SHOP}/issues/1", {"labels": ["ux"], "assignees": ["ben"], "milestone": 2}).json()
    assert [label["name"] for label in edited["labels"]] == ["ux"]
    assert edited["assignee"]["login"] == "ben"
    assert edited["milestone"]["title"] == "Later"
    assert [row["open_issues"] for row in github.get(f"{SHOP}/milestones").json()] == [0, 1]
    assert github("PATCH", f"{SHOP}/issues/1", {"milestone": None}).json()["milestone"] is None
    assert github("PATCH", f"{SHOP}/issues/1", {"milestone": 9}).status_code == 422


def test_a_closed_milestone_leaves_the_usual_list(github: GitHubClient) -> None:
    assert github("PATCH", f"{SHOP}/milestones/1", {"state": "closed", "title": "Done page"}).json()["closed_at"]
    assert github.get(f"{SHOP}/milestones").json() == []
    assert [row["title"] for row in github.get(f"{SHOP}/milestones?state=all").json()] == ["Done page"]
    assert github.get(f"{SHOP}/milestones/9").status_code == 404


def test_a_deleted_label_leaves_every_issue_untouched_but_for_itself(github: GitHubClient) -> None:
    before = updated(github)
    assert github("DELETE", f"{SHOP}/labels/bug").status_code == 204
    assert github.get(f"{SHOP}/labels/bug").status_code == 404
    assert github.get(f"{SHOP}/issues/1").json()["labels"] == []
    assert updated(github) == before


def test_a_label_cannot_take_another_labels_name(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.add_label("acme/shop", "ux")
    refused = github("PATCH", f"{SHOP}/labels/ux", {"new_name": "Bug"})
    assert refused.json()["errors"][0]["code"] == "already_exists"


def test_all_labels_can_be_taken_off_and_wrong_ones_are_refused(github: GitHubClient) -> None:
    for wrong in ({"labels": "bug"}, ["x" * 51], [""], 3):
        assert github("POST", f"{SHOP}/issues/1/labels", wrong).status_code == 422
    assert github("DELETE", f"{SHOP}/issues/1/labels").status_code == 204
    assert github.get(f"{SHOP}/issues/1").json()["labels"] == []


def test_the_repositorys_comments_are_sorted_as_asked(sandbox: Sandbox, github: GitHubClient) -> None:
    first = sandbox.github.comment("acme/shop", 1, "first")
    sandbox.clock.advance(timedelta(minutes=1))
    sandbox.github.comment("acme/shop", 1, "second")
    sandbox.clock.advance(timedelta(minutes=1))
    sandbox.github.edit_comment(first, "first, edited")
    for query, expected in {
        "sort=updated&direction=desc": ["first, edited", "second"],
        "sort=created&direction=asc": ["first, edited", "second"],
        "sort=created": ["second", "first, edited"],
    }.items():
        rows = [row for page in github.pages(f"{SHOP}/issues/comments?{query}&per_page=1") for row in page.json()]
        assert [row["body"] for row in rows] == expected


def test_a_repository_that_is_gone_is_not_found(sandbox: Sandbox, github: GitHubClient) -> None:
    sandbox.github.delete_repository("acme/shop")
    assert github.get(SHOP).status_code == 404
    assert github.get("/repos/acme/api").status_code == 200


def test_people_and_requests_may_write_at_the_same_time(sandbox: Sandbox, github: GitHubClient) -> None:
    def human() -> None:
        for count in range(100):
            sandbox.github.label("acme/shop", 1, f"human-{count}")

    thread = threading.Thread(target=human)
    thread.start()
    for count in range(50):
        assert github("POST", f"{SHOP}/issues/1/labels", [f"ours-{count}"]).ok
    thread.join()
    assert len(sandbox.github.label_names("acme/shop", 1)) == 151
