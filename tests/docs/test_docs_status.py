"""The worked example of docs/status.md is what the program computes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from okr_builders import CYCLE, placed

from okrsync.method.expected import expected
from okrsync.method.presets import compare
from okrsync.model.verdict import Preset

PAGE = (Path(__file__).parents[2] / "docs" / "status.md").read_text("utf-8")
[EXAMPLE] = re.findall(r"```status\n(.*?)```", PAGE, re.DOTALL)
HEAD, *ROWS = [re.split(r"\s{2,}", line) for line in EXAMPLE.splitlines()]


def test_the_page_expects_what_the_program_expects() -> None:
    wanted = expected(placed(cycle=CYCLE), date(2026, 11, 14))
    assert wanted == pytest.approx(44 / 91)
    assert f"{wanted:.0%}".replace("%", " %") in PAGE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_status_of_the_example_is_computed(row: list[str]) -> None:
    wanted = expected(placed(cycle=CYCLE), date(2026, 11, 14)) or 0.0
    done, *statuses = row
    computed = [compare(Preset(name), float(done), wanted).value for name in HEAD[1:]]
    assert computed == statuses
