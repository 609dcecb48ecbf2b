"""Searches that would read our own labels and notes."""

from __future__ import annotations

import pytest
from okrsync_github import plugin


def written(query: str) -> list[str]:
    return [echo.written for echo in plugin.echoes(query)]


@pytest.mark.parametrize(
    "part",
    [
        "no:label",
        "-no:label",
        "NO:Label",
        "has:label",
        "label:*",
        "label:ok*",
        "comments:>5",
        "interactions:>10",
        "commenter:ana",
        "-involves:ana",
        "in:comments",
        "in:title,comments",
        "updated:<2026-10-01",
    ],
)
def test_a_qualifier_that_our_writes_change_is_found_wherever_it_stands(part: str) -> None:
    assert written(f"is:issue {part}") == [part]
    assert written(f"is:open (label:bug OR {part})") == [part]


@pytest.mark.parametrize("query", ["checkout", '"one page" is:issue', "is:issue NOT checkout"])
def test_words_are_looked_for_in_comments_unless_the_query_says_otherwise(query: str) -> None:
    [echo] = plugin.echoes(query)
    assert echo.instead == "add in:title,body"
    assert written(f"{query} in:title") == []
    assert written(f"{query} in:title,body") == []


@pytest.mark.parametrize(
    "query",
    [
        "is:issue label:bug",
        'is:pr -label:"no:label" label:"ready to ship"',
        "(label:bug OR label:slow) AND is:open NOT label:later",
        "no:milestone no:assignee author:ana assignee:@me",
        "created:>=2026-10-01 closed:<2026-11-01 sort:updated-desc reactions:>3",
        'milestone:"comments: none" type:Bug',
    ],
)
def test_what_our_writes_do_not_change_is_no_echo(query: str) -> None:
    assert written(query) == []
