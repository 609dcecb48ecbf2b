"""``okrsync figures`` at a terminal and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from closing_time import MIDWAY, OKRS, measured
from practising import BEGIN, Practice, practise


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    made = practise(tmp_path / "acme", okrs=OKRS)
    made.now = MIDWAY
    measured(made, BEGIN, {"checkout-1": (0.5, 0.5), "api-1": (250, 0.5)})
    return made


@pytest.mark.parametrize("width", [80, 120])
def test_each_number_stands_beside_what_it_was_made_from(acme: Practice, width: int) -> None:
    result = acme.call("figures", "--team", "SHOP", width=width)
    assert result.exit_code == 0, result.stderr
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "shop 2026-10-01 to 2026-11-16 · 2026-Q4"
    assert any(line.startswith("Engagement check-ins on time 0 / 6 0 %") for line in lines)
    assert any("mean score 0.5 / 3 0.17" in line for line in lines)
    assert any("committed, of expected 0 / 0 –" in line for line in lines)
    assert max(map(len, result.stdout.splitlines())) <= width


def test_programs_get_numerators_and_denominators(acme: Practice) -> None:
    found = json.loads(acme.call("figures", "--json", "--period", "2w").stdout)
    assert [one["team"] for one in found] == ["shop", "platform"]
    assert found[1]["engagement"]["owners"] == {
        "numerator": None,
        "denominator": 1,
        "value": None,
        "why": "one owner; no figure is about one person",
    }
    assert found[1]["engagement"]["on_time"]["numerator"] is None
    assert found[1]["performance"]["score"] == {"numerator": 0.5, "denominator": 1, "value": 0.5, "why": ""}


def test_a_period_in_which_nobody_pursued_anything_says_so(acme: Practice) -> None:
    result = acme.call("figures", "--period", "2025-01-01..2025-02-01")
    assert result.stdout == "No team has a key result in the period 2025-01-01..2025-02-01.\n"


def test_what_is_no_period_is_refused(acme: Practice) -> None:
    result = acme.call("figures", "--period", "2026-Q3")
    assert (result.exit_code, "Did you mean --period 2026-Q4?" in result.stderr) == (2, True)
