"""Somebody edits okrsync.yaml between two runs: what was never read is not taken for empty."""

from __future__ import annotations

import pytest
from installation import CONFIG, Installation

SHOP_ALONE = CONFIG.replace("[acme/shop, acme/api]", "[acme/shop]")

JIRA_ALONE = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: checkout
    title: Buying is effortless
    key_results:
      - id: checkout-2
        title: Open P1 bugs from 40 to 5
        measure: {type: count, of: open, start: 40, target: 5}
        links: [{connection: jira, query: "type = Bug AND priority = Highest"}]
"""

OPEN_IN_API = """\
cycle: {id: 2026-Q4, start: 2026-10-01, end: 2026-12-31}
objectives:
  - id: api
    title: Answers come at once
    key_results:
      - id: api-open
        title: Nothing left to do in the API
        measure: {type: count, of: open, start: 40, target: 0}
        links: [{connection: github, repository: acme/api}]
"""


def configure(acme: Installation, config: str, okrs: str = "") -> None:
    acme.config.write_text(config.format(github=acme.sandbox.github_url, jira=acme.sandbox.jira_url))
    if okrs:
        acme.okrs.write_text(okrs)


def test_a_repository_that_was_never_read_is_not_measured_as_empty(acme: Installation) -> None:
    configure(acme, SHOP_ALONE, JIRA_ALONE)
    acme.run()
    configure(acme, CONFIG, OPEN_IN_API)
    report = acme.run(connections=("jira",), write_back=False)
    assert report.stale == ("api-open",)
    assert acme.value("api-open") is None
    acme.run(write_back=False)
    assert acme.value("api-open")


def test_a_connection_that_comes_back_is_not_measured_before_it_is_read_again(acme: Installation) -> None:
    whole = acme.okrs.read_text()
    acme.run(write_back=False)
    value = acme.value("checkout-1")
    without = "\n".join(line for line in CONFIG.splitlines() if "type: github" not in line)
    configure(acme, without, JIRA_ALONE)
    acme.run(write_back=False)
    configure(acme, CONFIG, whole)
    report = acme.run(connections=("jira",), write_back=False)
    assert "checkout-1" in report.stale
    assert acme.value("checkout-1") == value
    assert acme.run(write_back=False).stale == ()
    assert acme.value("checkout-1") == value


@pytest.mark.parametrize("option", ["every: 1h", "parallel: 2", "remote_link: true"])
def test_an_option_that_changes_nothing_that_is_read_leaves_numbers_fresh(acme: Installation, option: str) -> None:
    acme.run(write_back=False)
    configure(acme, CONFIG.replace("projects: [SHOP]", f"projects: [SHOP], {option}"))
    assert acme.run(connections=("github",), write_back=False).stale == ()


def test_clean_finds_labels_of_a_prefix_that_is_not_written_any_more(acme: Installation) -> None:
    before = acme.labels()
    goals = CONFIG.replace('"okr:{{key_result}}"', '"goal:{{key_result}}"')
    configure(acme, goals)
    acme.run()
    assert any(label.startswith("goal:") for labels in acme.labels().values() for label in labels)
    configure(acme, goals.replace("projects: [SHOP]", "projects: [SHOP], write_back: false"))
    acme.run("clean")
    assert acme.labels() == before
