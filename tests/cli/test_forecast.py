"""``okrsync forecast`` as people and programs read it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from forecast_past import NOW, with_work, work
from practising import Practice
from rich.console import Console

from okrsync.practice.outlook import outlook
from okrsync.report.forecast import forecast_text
from okrsync.views import find


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    made = with_work(tmp_path / "acme")
    work(made, "checkout-1", [3, 1, 0, 4, 2, 5, 3], added=[0, 0, 1, 0, 2, 0, 0], remaining=14)
    return made


def test_one_key_result_has_its_chance_dates_paces_rule_and_chart(acme: Practice) -> None:
    said = acme.call("forecast", "checkout-1").stdout
    assert "30-70 % likely to be reached by 31 Dec" in said
    assert "50 %  10 Jan 2027  after the due day" in said
    assert (
        "needed 2.5 items a week, observed 2.6 items a week over 7 complete weeks, and 0.43 items a week added" in said
    )
    assert "Rule: exact convolution v1: each week to come is one of the last 7 complete weeks" in said
    assert "▓ 95 %   ▒ 85 %   ░ 70 %   · 50 %" in said


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_nothing_is_wider_than_the_terminal(acme: Practice, width: int) -> None:
    with acme.desk() as desk:
        found = outlook(desk, find(desk.okrs, "checkout-1"), charted=True)
    assert found is not None
    console = Console(file=StringIO(), width=width)
    console.print(forecast_text(found))
    rows = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, rows)) <= width


def test_a_narrow_list_keeps_ids_and_dates_whole_and_leaves_out_paces(acme: Practice) -> None:
    shown = acme.call("forecast", width=60).stdout
    assert shown.splitlines()[0].split() == ["key", "result", "due", "chance", "50", "%", "85", "%"]
    assert "\ncheckout-1  31 Dec  " in shown


def test_a_single_week_is_no_weeks(acme: Practice) -> None:
    with acme.desk() as desk:
        found = outlook(desk, find(desk.okrs, "checkout-1"), charted=True)
    assert found is not None
    console = Console(file=StringIO(), width=100)
    console.print(forecast_text(msgspec.structs.replace(found, weeks_left=1.0)))
    assert ", 1 week left" in console.file.getvalue()  # type: ignore[attr-defined]


def test_where_blocks_cannot_be_shown_the_chart_is_plain_ascii(acme: Practice, tmp_path: Path) -> None:
    with acme.desk() as desk:
        found = outlook(desk, find(desk.okrs, "checkout-1"), charted=True)
    assert found is not None
    with (tmp_path / "said").open("w", encoding="ascii") as file:
        Console(file=file, width=80).print(forecast_text(found))
    said = (tmp_path / "said").read_text("ascii")
    assert "# made   = 95 %   + 85 %   : 70 %   . 50 %   - goal   | due" in said
    assert "####" in said


def test_all_of_them_are_a_table_with_reasons_below(acme: Practice) -> None:
    said = acme.call("forecast", width=80).stdout
    assert "checkout-1  31 Dec  30-70 %" in said
    assert "rota: people say yes or no at check-ins" in said
    assert max(map(len, said.splitlines())) <= 95


def test_json_holds_no_probability_beside_a_band(acme: Practice) -> None:
    one = json.loads(acme.call("forecast", "checkout-1", "--json").stdout)
    assert (one["chance"], one["probability"], one["model"]) == ("30-70 %", None, "exact")
    assert [reach["weeks"] for reach in one["reaches"]] == [7, 8, 10, 12]
    everything = json.loads(acme.call("forecast", "--json").stdout)
    assert [row["key_result"] for row in everything][:2] == ["checkout-1", "checkout-2"]


def test_a_metric_is_told_as_where_it_will_be(acme: Practice) -> None:
    for week, value in enumerate([2.1, 2.2, 2.18, 2.4, 2.45, 2.5]):
        acme.say("checkout-3", NOW - timedelta(days=7 * (5 - week) + 1), value=value)
    said = acme.call("forecast", "checkout-3").stdout
    assert "likely to be there on 31 Dec" in said
    assert "Now 2.5 %, from 2.1 to 3 %" in said


def test_readings_that_are_too_few_are_not_called_weeks(acme: Practice) -> None:
    for week, value in enumerate([2.1, 2.2, 2.18]):
        acme.say("checkout-3", NOW - timedelta(days=7 * (2 - week) + 1), value=value)
    said = acme.call("forecast", "checkout-3").stdout
    assert "a week over 3 readings" in said
    assert "complete week" not in said


def test_of_a_bound_the_limit_is_told_and_no_way_to_go(acme: Practice) -> None:
    acme.rewrite(
        "measure: {type: count, of: open, start: 40, target: 5}",
        "measure: {type: maintain, below: 4, of: {type: count, of: open, start: 4, target: 0}}",
    )
    work(acme, "checkout-2", [1, 1, 1, 0, 1, 1, 1], added=[2, 1, 1, 1, 0, 1, 1], remaining=3)
    said = acme.call("forecast", "checkout-2").stdout
    assert "Now 3 items; must stay below 4" in said
    assert "to go" not in said
    assert "█ was" in said
    assert "─ limit" in said


def test_the_back_test_names_its_verdict_and_rule(acme: Practice) -> None:
    said = acme.call("forecast", "--backtest").stdout
    assert "No date that was told at 85 % has come yet." in said
    assert "Rule: rolling origins" in said
    assert json.loads(acme.call("forecast", "--backtest", "--json").stdout)["overall"]["calibrated"] is None


def test_where_everything_came_out_alike_there_is_no_skill_and_this_is_said(acme: Practice) -> None:
    work(acme, "checkout-2", [2] * 12, remaining=30)
    said = acme.call("forecast", "--backtest").stdout
    assert re.search(r"^checkout-2 .* 0\.000 +- *$", said, re.MULTILINE)
    assert "There is no skill where everything came out alike." in said


def test_forecasts_that_missed_are_marked_uncalibrated(acme: Practice) -> None:
    for key_result in ("checkout-1", "checkout-2", "checkout-4"):
        work(acme, key_result, [5, 4, 6, 5, 5, 4, *[0] * 11, 1], remaining=30, connection="jira")
    assert "Uncalibrated: " in acme.call("forecast", "--backtest").stdout
    assert "uncalibrated" in acme.call("forecast", "checkout-2").stdout
    assert "Mind: uncalibrated: " in acme.call("forecast").stdout


def test_an_unknown_key_result_names_the_nearest(acme: Practice) -> None:
    result = acme.call("forecast", "chekout-1")
    assert result.exit_code == 2
    assert "Did you mean checkout-1?" in result.stderr


def test_what_is_not_live_is_refused_with_a_reason(acme: Practice) -> None:
    acme.rewrite("title: Ship the one-page checkout", "title: Ship the one-page checkout\n        state: postponed")
    result = acme.call("forecast", "checkout-1")
    assert result.exit_code == 2
    assert "checkout-1 is not live" in result.stderr
