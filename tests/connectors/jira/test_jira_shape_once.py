"""The shape of a site's issues is made once: classes are never let go of, and a daemon runs for months."""

from __future__ import annotations

from okrsync_jira.shapes import issue_shape


def test_the_same_fields_have_the_same_shape_and_others_another() -> None:
    one = issue_shape("customfield_1", None, None, ["customfield_5"])
    assert issue_shape("customfield_1", None, None, ("customfield_5",)) is one
    assert issue_shape("customfield_2", None, None, ["customfield_5"]) is not one
