"""Two fields of a Jira that could hold story points stop it only where a key result is made of points."""

from __future__ import annotations

import pytest
from installation import OKRS, Installation

from okrsync.connector import Level
from okrsync.sandbox.jira.catalogue import Field

SECOND = "Story point estimate"


@pytest.fixture
def doubtful(acme: Installation) -> Installation:
    points = acme.sandbox.jira.points_field
    second = Field("customfield_10099", SECOND, points.type, (SECOND,))
    acme.sandbox.jira.fields.append(second)
    return acme


def said(acme: Installation) -> tuple[Level, str]:
    with acme.open() as app:
        (found,) = [one for _, one in app.check(offline=False) if one.subject == "story points"]
    return found.level, found.hint


def test_a_key_result_in_points_makes_them_an_error_with_the_line_to_write(doubtful: Installation) -> None:
    github, jira = doubtful.run().connections
    assert (github.error, SECOND in jira.error) == ("", True)
    assert "story_points: customfield_10099" in jira.hint
    assert said(doubtful) == (Level.ERROR, jira.hint)


def test_where_nothing_is_made_of_points_everything_is_read_and_check_warns(doubtful: Installation) -> None:
    doubtful.okrs.write_text(OKRS.replace("by: points", "by: count"))
    assert doubtful.run().exit_code == 0
    assert said(doubtful)[0] is Level.WARNING


def test_the_line_that_the_hint_names_settles_it(doubtful: Installation) -> None:
    named = "projects: [SHOP], story_points: customfield_10016"
    doubtful.config.write_text(doubtful.config.read_text().replace("projects: [SHOP]", named))
    assert doubtful.run().exit_code == 0
    assert said(doubtful)[0] is Level.OK
