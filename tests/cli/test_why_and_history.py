"""``why``, ``history`` and ``status --at`` after ten scripted days: what moved a key result, and what was true when."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import fsum
from typing import Any

import pytest
from scripted_fortnight import Fortnight, fortnight


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortnight]:
    with fortnight(tmp_path_factory.mktemp("fortnight")) as made:
        yield made


def said(told: Fortnight, *arguments: str, width: int = 100) -> str:
    result = told.call(*arguments, width=width)
    assert result.exit_code == 0, result.output
    return result.stdout


def data(told: Fortnight, *arguments: str) -> Any:
    return json.loads(said(told, *arguments, "--json"))


def test_work_that_is_added_is_no_regression(told: Fortnight) -> None:
    text = said(told, "why", "checkout-1", "--since", "2026-11-01")
    assert "62.5 % → 46.9 %" in text
    assert "-15.6 points: 2 items added. Not a regression: no work was undone." in text
    assert re.search(r"-7\.8\s+SHOP-7\s+Gift cards", text)


def test_every_cause_is_told_with_its_tickets_and_a_moved_target_by_its_name(told: Fortnight) -> None:
    text = said(told, "why", "checkout-1", "--since", "8d")
    for row in (
        r"finished\s+\+28\.5\s+2 items",
        r"reopened\s+-15\.6\s+1 item",
        r"added\s+-22\.6\s+3 items",
        r"cancelled\s+\+8\.9\s+1 item",
        r"target 1 -> 0\.8\s+\+14\.3",
        r"together\s+\+13\.5",
        r"SHOP-3\s+Bank transfer",
    ):
        assert re.search(row, text), row


def test_what_is_shown_adds_up_after_rounding(told: Fortnight) -> None:
    text = said(told, "why", "checkout-1", "--since", "8d")
    rows = re.findall(r"^(\S.*?)\s+([+-]\d+\.\d)(?:\s|$)", text.partition("ticket")[2], re.MULTILINE)
    shown = {name: round(float(points) * 10) for name, points in rows}
    whole = shown.pop("together")
    assert sum(shown.values()) == whole == 135


@pytest.mark.parametrize(("key_result", "since"), [("checkout-1", "8d"), ("checkout-2", "8d"), ("checkout-3", "8d")])
def test_the_parts_add_up_exactly(told: Fortnight, key_result: str, since: str) -> None:
    found = data(told, "why", key_result, "--since", since)
    assert fsum(cause["contributes"] for cause in found["causes"]) == pytest.approx(found["change"], abs=1e-9)
    assert (found["after"] or 0) - (found["before"] or 0) == pytest.approx(found["change"], abs=1e-9)
    for cause in found["causes"]:
        if cause["pieces"]:
            parts = fsum(piece["contributes"] for piece in cause["pieces"])
            assert parts == pytest.approx(cause["contributes"], abs=1e-9)


def test_a_day_in_between_is_told_from_what_was_true_then(told: Fortnight) -> None:
    text = said(told, "why", "checkout-1", "--since", "2026-10-28", "--until", "2026-10-29")
    assert "57.1 %" in text
    assert "Gift cards" not in text


def test_people_move_a_manual_key_result_by_check_ins(told: Fortnight) -> None:
    text = said(told, "why", "checkout-3", "--since", "8d")
    assert "+40.0 points: 1 check-in." in text
    assert "ana, 2026-10-29  the test helped" in text


def test_before_anybody_measured_the_tickets_tell_and_it_says_so(told: Fortnight) -> None:
    text = said(told, "why", "checkout-1", "--since", "2026-10-01")
    assert "nobody measured it by 2026-10-01" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["why", "checkout-1", "--since", "tomorrow"], "--since: 'tomorrow' is no date or time"),
        (["why", "checkout-1", "--since", "2026-12-01"], "The begin is not before the end"),
        (["history", "checkout-1", "--since", "2040-01-01"], "2040-01-01 is still to come"),
        (["why", "checkout-1", "--since", "2026-10-01", "--until", "2026-10-02"], "was not measured by then"),
        (["why", "checkout"], "checkout is an objective, not a key result"),
        (["history", "checkout-1", "--since", "9"], "--since: '9' is no date or time"),
        (["status", "--at", "2027-01-01"], "is not over yet"),
        (["status", "--at", "yesterday"], "'yesterday' is no date"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_usage_error(told: Fortnight, arguments: list[str], complaint: str) -> None:
    result = told.call(*arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_the_history_lists_every_day_on_which_something_was_noted(told: Fortnight) -> None:
    text = said(told, "history", "checkout-1", width=120)
    days = re.findall(r"^(2026-\d\d-\d\d)\s+\S+\s+(\d+) %\s+\S+ %\s+(\d / \d)", text, re.MULTILINE)
    assert days == [
        ("2026-10-26", "33", "2 / 6"),
        ("2026-10-28", "29", "2 / 7"),
        ("2026-10-29", "57", "4 / 7"),
        ("2026-10-30", "71", "4 / 7"),
        ("2026-10-31", "62", "3 / 6"),
        ("2026-11-03", "47", "3 / 8"),
    ]


def test_the_history_marks_a_moved_target_with_progress_before_and_after(told: Fortnight) -> None:
    assert "target 1 -> 0.8: 57 % before, 71 % after" in said(told, "history", "checkout-1", width=120)


def test_the_history_shows_check_ins(told: Fortnight) -> None:
    assert "ana 6/10: the test helped" in said(told, "history", "checkout-3")


def test_the_history_since_a_day_begins_there(told: Fortnight) -> None:
    text = said(told, "history", "checkout-1", "--since", "2026-10-31")
    assert "2026-10-30 " not in text.partition("noted")[2]
    assert "2026-10-31" in text


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", [["history", "checkout-1"], ["why", "checkout-1", "--since", "8d"]])
def test_nothing_is_much_wider_than_the_terminal(told: Fortnight, command: list[str], width: int) -> None:
    rows = said(told, *command, width=width).splitlines()
    assert max(len(row) for row in rows if row.count("  ") > 1) <= width


def test_the_history_as_json_has_every_reading(told: Fortnight) -> None:
    found = data(told, "history", "checkout-1")
    assert [day["day"] for day in found["days"]][:2] == ["2026-10-26", "2026-10-28"]
    (turn,) = [turn for day in found["days"] for turn in day["redefined"]]
    assert turn["changed"] == ["target 1 -> 0.8"]
    assert (turn["before"], turn["after"]) == (pytest.approx(4 / 7), pytest.approx(5 / 7))


def test_the_status_of_a_past_day_is_that_of_its_evening(told: Fortnight) -> None:
    text = said(told, "status", "--at", "2026-10-29", width=120)
    assert "As of the end of 2026-10-29" in text
    assert re.search(r"checkout-1 .* 57 %.* 57\.14 % +0 % → 100 %", text), "the target of then"
    now = said(told, "status", width=120)
    assert re.search(r"checkout-1 .* 47 %.* 0 % → 80 %", now)


def test_the_status_of_a_past_day_as_json_has_the_readings_of_then(told: Fortnight) -> None:
    (objective,) = data(told, "status", "--at", "2026-10-28")
    row = next(row for row in objective["key_results"] if row["key_result"] == "checkout-1")
    assert (row["sample"]["done"], row["sample"]["scope"], row["items"], row["target"]) == (2, 7, 7, 1)


def test_before_the_first_sync_there_is_nothing_and_it_says_what_helps(told: Fortnight) -> None:
    result = told.call("status", "--at", "2026-10-20")
    assert result.exit_code == 0
    assert "okrsync backfill" in result.stderr
