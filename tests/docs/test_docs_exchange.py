"""The page about import and export says what they do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docs_examples import Page, said

from okrsync.practice.exchange.table import FIELDS

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
CONFIG = """\
okrs: [okrs/*.yaml]
connections:
  github: {type: github, repositories: [acme/shop]}
"""
TABLE = "\n".join(["| field | meaning |", "|---|---|", *(f"| `{name}` | {told} |" for name, told in FIELDS.items())])
_WRITTEN = re.compile(r"<!-- written: (\S+) -->\n```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "okrsync.yaml").write_text(CONFIG)
    return Page("exchange.md", tmp_path, NOW)


def test_the_worked_example_prints_and_writes_what_the_page_shows(page: Page) -> None:
    page.write_files()
    shown = list(page.runs())
    assert len(shown) == 5
    for command, printed in shown:
        assert said(page.call(command)) == printed.rstrip()
    [(file, content)] = _WRITTEN.findall(page.text)
    assert (page.folder / file).read_text("utf-8") == content


def test_the_page_lists_every_field_that_a_column_can_be(page: Page) -> None:
    assert page.text.partition("<!-- fields -->\n")[2].partition("\n<!-- fields:end -->")[0] == TABLE
