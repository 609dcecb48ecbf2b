"""The worked example of docs/measures.md is what the program computes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from okr_builders import placed

from okrsync.measure import Evidence, measure
from okrsync.model.okr import Manual
from okrsync.report.numbers import percent

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text("utf-8")
[EXAMPLE] = re.findall(r"```progress\n(.*?)```", PAGE, re.DOTALL)
ROWS = [re.split(r"\s{2,}", line) for line in EXAMPLE.splitlines()[1:]]


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_progress_is_what_the_page_says(row: list[str]) -> None:
    start, target, value, raw = map(float, row[:4])
    one = placed(measure=Manual(type="manual", start=start, target=target))
    sample = measure(one, (), Evidence(at=datetime(2026, 11, 1, tzinfo=UTC), checkin=value))
    assert sample.raw == pytest.approx(raw)
    assert percent(sample.progress) == row[4]
