"""A cycle that was closed while its OKR file does not say so: every command that shows or takes numbers tells it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from closing_time import at_the_end, measured
from practising import Practice

WRITTEN = "{id: 2026-Q4, state: closed, start"
SILENT = "2026-Q4 was closed on 2027-01-02, and its OKR files do not say so: what is above goes on."


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """Closed two days after its end, and three days later something is measured."""
    made = at_the_end(tmp_path / "acme")
    monkeypatch.chdir(made.folder)
    made.later(days=2)
    closed = made.call("cycle", "close", "2026-Q4", "--yes", "--who", "ana")
    assert closed.exit_code == 0, closed.stderr
    made.later(days=3)
    measured(made, made.now, {"checkout-1": (1.0, 1.0)})
    return made


def test_status_tells_the_scores_and_that_what_it_shows_goes_on(acme: Practice) -> None:
    told = acme.call("status").stdout
    assert "  closed on 2027-01-02: score 0.69, from checkout-1 0.92, checkout-2 0.80, checkout-3 0.36" in told
    assert "  closed on 2027-01-02: score 1.00, from api-1 1.00\n" in told, "api-2 is postponed and got none"
    assert told.count(SILENT) == 1
    assert "status --at 2026-12-31 shows what was scored." in told


def test_status_of_a_day_before_the_closing_knows_nothing_of_it(acme: Practice) -> None:
    assert "closed" not in acme.call("status", "--at", "2026-12-30").stdout


def test_once_the_file_says_it_only_the_scores_are_told(acme: Practice) -> None:
    acme.rewrite("{id: 2026-Q4, start", WRITTEN)
    told = acme.call("status").stdout
    assert "closed on 2027-01-02: score 0.69" in told
    assert "do not say so" not in told
    assert "goes on" not in acme.call("explain", "checkout-1").stdout


def test_programs_are_told_the_scores(acme: Practice) -> None:
    objectives = json.loads(acme.call("status", "--json").stdout)
    found = {one["objective"]: one for one in objectives}["checkout"]
    assert (round(found["final"]["score"], 2), found["final"]["last"]) == (0.69, "2026-12-31")
    assert found["final"]["silent"] is True
    assert round(found["key_results"][0]["final"]["score"], 2) == 0.92


def test_nothing_in_it_is_judged_any_more(acme: Practice) -> None:
    reopened = acme.call("status", "--why").stdout
    assert reopened.count("its cycle 2026-Q4 is closed") == 7, "four key results and three objectives"
    for word in ("overdue", "behind", "on track", "achieved", "should be by now"):
        assert word not in reopened
    objectives = json.loads(acme.call("status", "--json").stdout)
    rows = [row for one in objectives for row in one["key_results"] if row["state"] != "postponed"]
    assert {one["verdict"]["status"] for one in [*objectives, *rows]} == {"closed"}
    assert {one["state"] for one in objectives} == {"closed"}
    assert rows[0]["sample"]["value"] == 1.0, "its numbers go on"


@pytest.mark.parametrize("asked", [("explain", "checkout-1"), ("explain", "checkout"), ("status",)])
def test_a_day_after_the_closing_is_not_judged_either_and_one_before_it_is(
    acme: Practice, asked: tuple[str, ...]
) -> None:
    def verdict(day: str) -> str:
        found = json.loads(acme.call(*asked, "--at", day, "--json").stdout)
        one = {row["objective"]: row for row in found}["checkout"] if isinstance(found, list) else found
        return str(one.get("status", one)["verdict"]["status"])

    assert verdict("2027-01-03") == "closed"
    assert verdict("2027-01-01") != "closed"


def test_nobody_forecasts_it(acme: Practice) -> None:
    assert json.loads(acme.call("forecast", "--json").stdout) == []
    refused = acme.call("forecast", "checkout-1")
    assert (refused.exit_code, "checkout-1 is not live" in refused.stderr) == (2, True)


def test_the_coach_and_the_champion_hear_how_it_ended_and_not_how_it_goes_on(acme: Practice) -> None:
    (coach,) = json.loads(acme.call("digest", "--role", "coach", "--json").stdout)
    assert (coach["moved"], coach["diverging"], coach["silent"]) == ([], [], [])
    (champion,) = json.loads(acme.call("digest", "--role", "champion", "--json").stdout)
    assert [(one["cycle"], one["closed"]) for one in champion["ended"]] == [("2026-Q4", True)]


def test_explain_names_the_score_and_the_day_that_explains_it(acme: Practice) -> None:
    told = acme.call("explain", "CHECKOUT-1").stdout
    assert "Closed: score 0.92, final since 2027-01-02, by ana; these numbers go on, --at 2026-12-31 explains" in told
    frozen = acme.call("explain", "checkout-1", "--at", "2026-12-31").stdout
    assert "92 %" in frozen
    assert "Closed:" not in frozen, "on that day it was not closed yet"


def test_what_is_told_of_a_past_day_does_not_go_on(acme: Practice) -> None:
    for command in (("status", "--at"), ("explain", "checkout-1", "--at")):
        told = acme.call(*command, "2027-01-03").stdout
        assert "score 0." in told
        assert "numbers go on" not in told
        assert "what is above goes on" not in told


def test_the_parts_of_an_objective_still_add_up_to_what_it_shows(acme: Practice) -> None:
    found = json.loads(acme.call("explain", "checkout", "--json").stdout)
    assert sum(one["share"] * one["progress"] for one in found["parts"]) == pytest.approx(found["progress"])
    assert found["progress"] == pytest.approx((1.0 + 0.8 + 0.3555555555) / 3)
    assert found["score"] == pytest.approx((0.923076923 + 0.8 + 0.3555555555) / 3)


def test_a_check_in_after_the_closing_is_kept_and_said_to_change_no_score(acme: Practice) -> None:
    result = acme.call("checkin", "checkout-3", "--value", "2.9")
    assert result.exit_code == 0
    assert "2026-Q4 was closed on 2027-01-02, so this changes no score of checkout-3." in result.stderr
    assert "okrsync cycle close 2026-Q4 --reopen takes it in" in result.stderr


def test_for_a_closed_cycle_nobody_owes_a_word(acme: Practice) -> None:
    assert "Nothing is owed." in acme.call("checkin", "--list").stdout
    bare = acme.call("checkin", "--owner", "ana", typed="")
    assert bare.stderr == "Nothing is due for ana: what is theirs belongs to a cycle that was closed.\n"
    acme.now -= timedelta(days=4)
    assert "checkout-3" in acme.call("checkin", "--list").stdout, "the day before it was closed they did"


def test_a_cycle_stays_closed_for_owners_however_its_id_is_written(acme: Practice) -> None:
    acme.rewrite("id: 2026-Q4", "id: 2026-q4")
    assert "Nothing is owed." in acme.call("checkin", "--list").stdout


def test_the_coach_has_no_more_to_say_of_a_closed_cycle(acme: Practice) -> None:
    assert "PASTDUE" not in acme.call("coach").stdout
    acme.now -= timedelta(days=4)
    assert "PASTDUE" in acme.call("coach").stdout, "before it was closed there was"


def test_a_cycle_that_is_closed_once_more_hears_the_coach_again(acme: Practice) -> None:
    made = json.loads(acme.call("cycle", "close", "2026-Q4", "--reopen", "--yes", "--json").stdout)
    assert "PASTDUE" in {one["rule"] for one in made["remarks"]}
