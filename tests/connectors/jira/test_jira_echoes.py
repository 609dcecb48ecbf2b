"""JQL that would read our own labels and notes."""

from __future__ import annotations

import pytest
from okrsync_jira import plugin


def written(query: str) -> list[str]:
    return [echo.written for echo in plugin.echoes(query)]


@pytest.mark.parametrize(
    "clause",
    [
        "labels is EMPTY",
        "labels is not EMPTY",
        "labels = null",
        "labels != bug",
        "labels not in (bug, slow)",
        "labels NOT IN (bug)",
        "labels in (bug, EMPTY)",
        '"labels" != bug',
        "NOT labels = bug",
        "not (labels = bug)",
        "! labels in (bug)",
        "NOT (type = Bug AND labels = bug)",
        "labels is EMPTY OR labels != bug AND type = Bug",
        'comment ~ "checkout"',
        "comment!~checkout",
        'text ~ "checkout"',
        "textfields ~ checkout",
        "updated >= -7d",
        "updatedDate<2026-10-01",
        "watchers > 3",
        "watcher = currentUser()",
        "key in updatedBy(ana)",
    ],
)
def test_a_clause_that_our_writes_change_is_found_wherever_it_stands(clause: str) -> None:
    assert written(clause)
    assert written(f"project = SHOP AND ({clause})")
    assert written(f"type = Bug OR {clause}")


@pytest.mark.parametrize(
    "query",
    [
        "type = Bug AND priority = Highest",
        "labels = bug",
        "labels in (bug, slow) AND labels = urgent",
        "labels is EMPTY OR labels != bug",
        "type = Bug AND (labels not in (bug, slow) OR labels is EMPTY)",
        "NOT (labels is EMPTY OR labels != bug)",
        "NOT labels != bug",
        'summary ~ "labels is EMPTY" AND description ~ "updated >= -7d"',
        r'summary ~ "a \" labels is EMPTY"',
        "status changed after -7d AND resolved >= -7d AND created >= 2026-10-01",
        "status not in (Done) AND assignee is EMPTY AND NOT type = Bug",
        "cf[10010] = x AND sprint in openSprints()",
        "",
        "labels",
        "((labels = a",
    ],
)
def test_what_our_writes_do_not_change_is_no_echo(query: str) -> None:
    assert written(query) == []


def test_each_echo_is_told_with_what_to_write_instead() -> None:
    [labels, updated] = plugin.echoes("labels != bug AND updated >= -7d")
    assert labels.written == "labels != bug"
    assert "(labels is EMPTY OR labels != bug)" in labels.instead
    assert updated.written == "updated >="
    assert "created" in updated.instead
