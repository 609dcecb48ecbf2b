"""``okrsync status`` and ``okrsync explain``: the verdict, its rule, and what contradicts it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from practising import OKRS, Practice, practise

from okrsync.model.verdict import Status


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    made = practise(tmp_path / "acme")
    made.now = datetime(2026, 11, 15, 12, tzinfo=UTC)
    made.know(progress=0.4)
    return made


@pytest.mark.parametrize(("width", "below"), [(60, 1), (80, 1), (100, 0), (120, 0)])
def test_a_row_shows_its_status_and_the_mark_at_any_width(acme: Practice, width: int, below: int) -> None:
    shown = acme.call("status", width=width)
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    [place] = [place for place, line in enumerate(lines) if line.startswith("  checkout-1  Ship the one-page checkout")]
    assert "behind" in lines[place + below]
    assert "│" in lines[place + below]
    assert "preset viva" not in shown.stdout


def test_why_tells_the_rule_of_everything(acme: Practice) -> None:
    told = acme.call("status", "--why").stdout
    assert "checkout-1  behind: 40 % done, 49 % expected; preset viva" in told
    assert "  behind: 40 % done, 49 % expected; preset viva" in told
    assert "api-1  on track: it is yes or no, and only due on 2026-12-31" in told


def test_an_override_is_marked_and_told_with_its_reason(acme: Practice) -> None:
    acme.say("checkout-1", status=Status.ON_TRACK, reason="the supplier ships on Monday")
    told = acme.call("status").stdout
    assert "on track*" in told
    assert "because: the supplier ships on Monday; without that behind: 40 % done" in told


def test_the_status_as_json_carries_verdicts_and_the_worst(acme: Practice) -> None:
    checkout, api = json.loads(acme.call("status", "--json").stdout)
    verdict = checkout["key_results"][0]["verdict"]
    assert verdict["because"] == "behind: 40 % done, 49 % expected; preset viva"
    assert (verdict["status"], verdict["rule"], verdict["preset"]) == ("behind", "preset", "viva")
    assert checkout["verdict"]["status"] == "behind"
    assert checkout["worst"]["id"] == "checkout-1"
    assert api["verdict"]["expected"] == 0.0


def test_an_explanation_carries_the_verdict(acme: Practice) -> None:
    told = acme.call("explain", "checkout-1").stdout
    assert "Status: behind: 40 % done, 49 % expected; preset viva" in told
    status = json.loads(acme.call("explain", "checkout-1", "--json").stdout)["status"]
    assert status["verdict"]["status"] == "behind"


LONG = "conversion-of-the-returning-customers-eu"


@pytest.mark.parametrize("width", [80, 100, 120])
def test_long_ids_and_units_fold_and_push_no_column_out(tmp_path: Path, width: int) -> None:
    made = practise(tmp_path / "acme", okrs=OKRS.replace("checkout-1", LONG).replace('"%"', "returning customers"))
    made.now = datetime(2026, 11, 15, 12, tzinfo=UTC)
    made.know(progress=0.4)
    lines = made.call("status", width=width).stdout.splitlines()
    goal, named = ["goal"] if width >= 110 else [], ["key", "result"] if width >= 96 else []
    assert [*named, "progress", "status", "value", *goal, "week", "data"] in [line.split() for line in lines]
    assert any("40 %" in line and "behind" in line for line in lines)
