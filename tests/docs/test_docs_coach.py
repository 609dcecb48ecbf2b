"""The page about the coach says what the coach does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from docs_examples import Page, said

from okrsync.model.rules import RULES

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
CONFIG = """\
okrs: [okrs/*.yaml]
connections:
  github: {type: github, repositories: [acme/shop]}
"""
TABLE = "\n".join(
    [
        "| rule | weight | finds | why it matters |",
        "|---|---|---|---|",
        *(f"| {rule.id} | {rule.severity} | {rule.summary} | {rule.why} |" for rule in RULES.values()),
    ]
)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "okrsync.yaml").write_text(CONFIG)
    return Page("coach.md", tmp_path, NOW)


def test_the_worked_example_prints_what_the_page_shows(page: Page) -> None:
    page.write_files()
    shown = list(page.runs())
    assert shown
    for command, printed in shown:
        assert said(page.call(command)) == printed.rstrip()


def test_the_page_lists_every_rule_as_the_program_knows_it(page: Page) -> None:
    listed = page.text.partition("<!-- rules -->\n")[2].partition("\n<!-- rules:end -->")[0]
    assert listed == TABLE


def test_the_page_explains_no_rule_that_does_not_exist(page: Page) -> None:
    explained = page.text.partition("## What exactly is looked at")[2]
    named = {word.strip("*.,") for word in explained.split() if word.strip("*.,").isupper() and len(word) > 4}
    assert {word for word in named if "-" in word or word in RULES} <= set(RULES)
