"""GitHub's JSON to items, without a network."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from okrsync_github import payload, translate

from okrsync.model.work import Item, Kind, Outcome, State


def issue(**fields: Any) -> dict[str, Any]:
    return {
        "node_id": "I_1",
        "number": 12,
        "title": "Slow checkout",
        "html_url": "https://github.com/acme/shop/issues/12",
        "repository_url": "https://api.github.com/repos/acme/shop",
        "created_at": "2026-10-01T09:00:00Z",
        "updated_at": "2026-10-02T09:00:00Z",
        "state": "open",
        **fields,
    }


def item(**fields: Any) -> Item:
    return translate.item("github", "1", msgspec.convert(issue(**fields), payload.Issue, strict=False))


MERGED = {"merged_at": "2026-10-03T09:00:00Z"}


@pytest.mark.parametrize(
    ("fields", "state", "word", "outcome"),
    [
        ({}, State.TODO, "open", None),
        ({"state_reason": "reopened"}, State.TODO, "open", None),
        ({"state": "closed"}, State.DONE, "completed", Outcome.DELIVERED),
        ({"state": "closed", "state_reason": "completed"}, State.DONE, "completed", Outcome.DELIVERED),
        ({"state": "closed", "state_reason": "not_planned"}, State.DONE, "not_planned", Outcome.CANCELLED),
        ({"state": "closed", "state_reason": "duplicate"}, State.DONE, "duplicate", Outcome.DUPLICATE),
        ({"pull_request": {"merged_at": None}}, State.DOING, "open", None),
        ({"pull_request": {"merged_at": None}, "draft": True}, State.DOING, "draft", None),
        ({"state": "closed", "pull_request": MERGED}, State.DONE, "merged", Outcome.DELIVERED),
        ({"state": "closed", "pull_request": {"merged_at": None}}, State.DONE, "closed", Outcome.CANCELLED),
        ({"state": "closed", "pull_request": {}}, State.DONE, "closed", Outcome.DELIVERED),
        ({"state": "frozen"}, State.UNKNOWN, "frozen", None),
    ],
)
def test_states_are_told_apart(fields: dict[str, Any], state: State, word: str, outcome: Outcome | None) -> None:
    found = item(**fields)
    assert (found.state, found.word, found.outcome) == (state, word, outcome)


def test_every_field_finds_its_place() -> None:
    found = item(
        body="Why\n\nOKR: checkout-1, checkout-2",
        labels=[{"name": "bug"}, "old style"],
        assignees=[{"login": "ana"}, {"login": "ben"}],
        milestone={"id": 5},
        comments=3,
        locked=True,
        type={"name": "Bug"},
        parent_issue_url="https://api.github.com/repos/acme/plans/issues/4",
        closed_at=None,
    )
    assert found == Item(
        connection="github",
        scope="1",
        id="I_1",
        key="acme/shop#12",
        url="https://github.com/acme/shop/issues/12",
        title="Slow checkout",
        created=datetime(2026, 10, 1, 9, tzinfo=UTC),
        updated=datetime(2026, 10, 2, 9, tzinfo=UTC),
        type="Bug",
        state=State.TODO,
        word="open",
        labels=("bug", "old style"),
        assignees=("ana", "ben"),
        milestones=("5",),
        parent="acme/plans#4",
        references=("checkout-1", "checkout-2"),
        comments=3,
        writable=False,
    )


def test_a_pull_request_is_named_one() -> None:
    found = item(pull_request=MERGED, state="closed", closed_at="2026-10-03T09:00:00Z")
    assert (found.kind, found.type) == (Kind.PULL_REQUEST, "Pull Request")
    assert found.closed == datetime(2026, 10, 3, 9, tzinfo=UTC)


def test_a_reopened_issue_is_not_closed_at_some_time() -> None:
    assert item(closed_at="2026-10-01T10:00:00Z").closed is None


def test_one_bad_item_costs_nobody_but_itself() -> None:
    page = msgspec.json.encode([issue(), issue(node_id="I_2", number=13, title=None), issue(node_id="I_3", number=14)])
    found = translate.decode_issues(page)
    assert [one.number for one in found.good] == [12, 14]
    assert [(bad.id, bad.key) for bad in found.bad] == [("I_2", "acme/shop#13")]
    assert "title" in found.bad[0].reason


@pytest.mark.parametrize("strange", [None, 7, "text", [], {"node_id": 3}, {"number": "x", "repository_url": None}])
def test_an_item_that_is_none_at_all_is_quarantined(strange: object) -> None:
    found = translate.decode_issues(msgspec.json.encode([issue(), strange]))
    assert len(found.good) == len(found.bad) == 1


def test_a_page_that_is_no_list_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        translate.decode_issues(b'{"message": "hello"}')


def test_a_milestone_is_due_on_its_date_in_utc() -> None:
    found = msgspec.json.decode(
        b'{"id": 5, "title": "One page", "due_on": "2026-12-31T08:00:00Z", "open_issues": 2, "closed_issues": 1}',
        type=payload.Milestone,
    )
    milestone = translate.milestone("github", "1", found)
    assert (milestone.due, milestone.state, milestone.open, milestone.done) == (date(2026, 12, 31), State.DOING, 2, 1)
