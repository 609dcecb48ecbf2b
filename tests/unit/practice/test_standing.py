"""How everything stands, from the store: now, and on any day before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from okr_builders import item
from practising import BEGIN, Practice, practise

from okrsync.assess import Assessor
from okrsync.model.sample import Linked, Sample
from okrsync.model.verdict import Status
from okrsync.practice.objective import explain_objective
from okrsync.practice.past import status_at
from okrsync.practice.standing import contradictable, standings, verdict_of
from okrsync.views import find

HALF = datetime(2026, 11, 15, 12, tzinfo=UTC)
"""45 of 91 days: 49 % expected."""


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    made = practise(tmp_path / "acme")
    made.now = HALF
    made.know(progress=0.4)
    return made


def status_of(acme: Practice, key_result: str, at: datetime | None = None) -> Status:
    """The status by both ways, which must agree."""
    with acme.desk() as desk:
        one = verdict_of(desk, find(desk.okrs, key_result), at)
        assert standings(desk, at).verdicts[key_result] == one
        return one.status


def test_the_verdict_is_made_from_the_latest_reading_and_the_settings(acme: Practice) -> None:
    assert status_of(acme, "checkout-1") is Status.BEHIND
    acme.configure("status: {preset: oboard}")
    assert status_of(acme, "checkout-1") is Status.ON_TRACK


def test_an_override_of_a_checkin_is_heard_until_it_expires(acme: Practice) -> None:
    acme.say("checkout-1", status=Status.AT_RISK, reason="the supplier is bankrupt")
    assert status_of(acme, "checkout-1") is Status.AT_RISK
    acme.later(days=13)
    assert status_of(acme, "checkout-1") is Status.BEHIND


def test_a_past_day_is_judged_by_what_was_known_then(acme: Practice) -> None:
    with acme.desk() as desk, desk.store.transaction():
        desk.store.history.add_sample(Sample("checkout-1", HALF, 0.9, 0.9))
    acme.say("checkout-1", status=Status.AT_RISK, reason="the supplier is bankrupt")
    assert status_of(acme, "checkout-1") is Status.AT_RISK
    assert status_of(acme, "checkout-1", datetime(2026, 10, 9, tzinfo=UTC)) is Status.ON_TRACK
    assert status_of(acme, "checkout-1", datetime(2026, 12, 20, tzinfo=UTC)) is Status.ON_TRACK


def test_a_cycle_that_is_closed_today_was_running_once(acme: Practice) -> None:
    acme.rewrite("timezone: Europe/Berlin", "timezone: Europe/Berlin, state: closed")
    assert status_of(acme, "checkout-1") is Status.CLOSED
    assert status_of(acme, "checkout-1", HALF) is Status.BEHIND
    with acme.desk() as desk:
        assert standings(desk, HALF).objectives["checkout"].verdict.status is Status.BEHIND


def synced(acme: Practice, at: datetime) -> None:
    """What a run keeps of the files at a time."""
    with acme.desk() as desk:
        Assessor(desk.store, desk.okrs, [], at).assess(())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Ship the one-page checkout", "title: Ship the one-page checkout\n        state: abandoned"),
        ("title: Ship the one-page checkout", "title: Ship the one-page checkout\n        weight: 9"),
        ("title: Ship the one-page checkout", "title: Ship the one-page checkout\n        due: 2026-11-02"),
        (
            "title: Ship the one-page checkout",
            "title: Ship the one-page checkout\n        plan: [{date: 2026-11-01, value: 0.9}]",
        ),
        ("owner: ana", "owner: ana\n    state: postponed"),
        ("end: 2026-12-31", "end: 2027-03-31"),
    ],
)
def test_a_past_day_is_judged_by_what_the_files_asked_then(acme: Practice, old: str, new: str) -> None:
    with acme.desk() as desk, desk.store.transaction():
        desk.store.history.add_sample(Sample("checkout-3", BEGIN, 2.37, 0.3))
    synced(acme, BEGIN)
    then = datetime(2026, 11, 5, tzinfo=UTC)
    with acme.desk() as desk:
        before, told = standings(desk, then), status_at(desk, then)
    acme.rewrite(old, new)
    synced(acme, HALF)
    with acme.desk() as desk:
        assert standings(desk, then) == before
        assert [one.key_results for one in status_at(desk, then)] == [one.key_results for one in told]
        assert verdict_of(desk, find(desk.okrs, "checkout-1"), then) == before.verdicts["checkout-1"]
        parts = explain_objective(desk, *desk.okrs.objectives[0], then).parts
        assert [part.share for part in parts] == [0.5, 0.5]
        assert standings(desk, HALF) == standings(desk) != before


def test_of_the_time_before_anybody_looked_the_first_terms_that_are_known_hold(acme: Practice) -> None:
    synced(acme, BEGIN)
    acme.rewrite("owner: ana", "owner: ana\n    state: postponed")
    assert status_of(acme, "checkout-1", datetime(2026, 9, 1, tzinfo=UTC)) is Status.NOT_STARTED


def test_names_and_owners_are_those_of_today(acme: Practice) -> None:
    synced(acme, BEGIN)
    acme.rewrite("Buying is effortless", "Buying is a joy")
    with acme.desk() as desk:
        assert status_at(desk, datetime(2026, 11, 5, tzinfo=UTC))[0].title == "Buying is a joy"


def test_work_that_is_done_beside_a_metric_that_stands_still_is_noticed(acme: Practice) -> None:
    with acme.desk() as desk, desk.store.transaction():
        desk.store.history.add_sample(Sample("checkout-3", HALF, 2.1, 0.0))
        desk.store.items.keep([item("1", done=True), item("2", cancelled=True)], lambda label: False)
        supports = [Linked("checkout-3", "jira", name, 1.0, True, ()) for name in ("1", "2")]
        desk.store.links.replace("jira", ["1", "2"], supports)
    with acme.desk() as desk:
        said = verdict_of(desk, find(desk.okrs, "checkout-3")).remarks
        assert said == ("100 % of the work is done and the metric has not moved",)
        assert standings(desk).verdicts["checkout-3"].remarks == said


def test_only_what_a_forecast_could_contradict_is_forecast(acme: Practice) -> None:
    with acme.desk() as desk:
        assert contradictable(desk) == {}
    for day in range(1, 14):
        acme.say("checkout-3", datetime(2026, 11, day, tzinfo=UTC), confidence=9, value=2.1 + 0.001 * day)
    acme.say("checkout-1", confidence=5)
    with acme.desk() as desk:
        chances = contradictable(desk)
        assert set(chances) == {"checkout-3"}
        found = verdict_of(desk, find(desk.okrs, "checkout-3"), probability=chances["checkout-3"])
    assert len(found.remarks) == 1
    assert found.remarks[0].startswith("confidence is 9 of 10, and the forecast gives it less than 30 %: ")
