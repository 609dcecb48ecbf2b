"""Outlooks from a store: which model applies to what the team does, and what it is given."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from forecast_past import NOW, with_work, work
from okr_builders import item
from practising import Practice

from okrsync.model.outlook import Model, Outlook
from okrsync.model.sample import Linked, Sample
from okrsync.practice.outlook import backtest, marked, outlook, outlooks
from okrsync.views import find

STEADY = [3, 1, 0, 4, 2, 5, 3]
STOPPED = [5, 4, 6, 5, 5, 4, *[0] * 11, 1]


@pytest.fixture
def acme(tmp_path: Path) -> Practice:
    return with_work(tmp_path / "acme")


def told(acme: Practice, key_result: str) -> Outlook:
    """By both ways, which must agree."""
    with acme.desk() as desk:
        one = outlook(desk, find(desk.okrs, key_result))
        assert one is not None
        assert outlooks(desk)[key_result] == one
        return one


def test_one_stream_is_convolved(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, added=[0, 0, 1, 0, 2, 0, 0], remaining=14)
    found = told(acme, "checkout-1")
    assert (found.model, found.history, found.unit) == (Model.EXACT, 7, "items")
    assert (found.made, found.goal, found.chance) == (18, 32, "30-70 %")
    assert found.observed == pytest.approx(18 / 7)
    assert [reach.weeks for reach in found.reaches] == [7, 8, 10, 12]


def test_two_connections_are_drawn_apart(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=9)
    work(acme, "checkout-1", STEADY, remaining=9, connection="jira")
    assert told(acme, "checkout-1").model is Model.MONTE_CARLO


def test_open_bugs_run_out_and_come_in(acme: Practice) -> None:
    work(acme, "checkout-2", STEADY, added=[1] * 7, remaining=17)
    found = told(acme, "checkout-2")
    assert (found.made, found.goal, found.origin, found.falling) == (23, 35, 40, True)
    assert found.added == 1


def test_points_are_counted_in_points(acme: Practice) -> None:
    work(acme, "checkout-4", STEADY, remaining=10, points=2.5)
    found = told(acme, "checkout-4")
    assert (found.unit, found.goal) == ("points", 70)
    assert "rounded" not in found.rule


def test_weights_are_said_in_the_unit(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, weight=2.0)
    assert told(acme, "checkout-1").unit == "weighted items"


def test_values_of_checkins_make_a_trend(acme: Practice) -> None:
    for week, value in enumerate([2.1, 2.2, 2.18, 2.4, 2.45, 2.5]):
        acme.say("checkout-3", NOW - timedelta(days=7 * (5 - week) + 1), value=value)
    found = told(acme, "checkout-3")
    assert (found.model, found.history, found.unit) == (Model.TREND, 6, "%")
    assert found.observed == pytest.approx(0.085, abs=0.001)


def test_without_checkins_the_samples_of_a_manual_key_result_are_read(acme: Practice) -> None:
    with acme.desk() as desk, desk.store.transaction():
        for week in range(4):
            value = 2.1 + week / 10
            at = NOW - timedelta(days=7 * (3 - week) + 1)
            desk.store.history.add_sample(Sample("checkout-3", at, value, None))
    assert told(acme, "checkout-3").history == 4


def test_a_percentile_is_measured_again_for_each_past_week(acme: Practice) -> None:
    measure = "{type: duration, of: lead, percentile: 50, start: 40, target: 10}"
    acme.rewrite("{type: completion}", measure)
    with acme.desk() as desk, desk.store.transaction():
        created = [NOW - timedelta(days=80) + timedelta(days=n) for n in range(70)]
        items = [
            item(str(n), created=at, updated=at, done=True, closed=at + timedelta(days=40 - n / 2), connection="github")
            for n, at in enumerate(created)
        ]
        desk.store.items.keep(items, lambda label: False)
        links = [Linked("checkout-1", "github", one.id, 1.0, False, ()) for one in items]
        desk.store.links.replace("github", [one.id for one in items], links)
    found = told(acme, "checkout-1")
    assert found.model is Model.TREND
    assert found.history >= 5
    assert found.falling
    assert found.observed is not None
    assert found.observed > 0


def test_a_share_is_told_in_per_cent(acme: Practice) -> None:
    acme.rewrite("{type: completion}", "{type: maintain, of: {type: completion}, above: 0.2}")
    work(acme, "checkout-1", STEADY, remaining=14)
    found = told(acme, "checkout-1")
    assert (found.unit, found.goal) == ("%", pytest.approx(20))
    assert found.made == pytest.approx(1800 / 32)


def test_yes_or_no_is_not_forecast(acme: Practice) -> None:
    assert told(acme, "rota").why == "people say yes or no at check-ins, and that leaves no trend"


def test_nothing_linked_is_nothing_to_forecast(acme: Practice) -> None:
    assert told(acme, "checkout-1").why == "there is nothing to do: no work is linked, or all of it is left out"


def test_a_locked_baseline_is_what_the_last_reading_was_taken_against(acme: Practice) -> None:
    acme.rewrite("{type: completion}", "{type: completion, denominator: baseline}")
    work(acme, "checkout-1", STEADY, added=[0, 0, 0, 0, 3, 0, 0], remaining=14)
    with acme.desk() as desk, desk.store.transaction():
        sample = Sample("checkout-1", NOW, 18 / 29, 18 / 29, numerator=18, denominator=29)
        desk.store.history.add_sample(sample)
    assert told(acme, "checkout-1").goal == 29


def test_what_is_not_live_has_no_outlook(acme: Practice) -> None:
    acme.rewrite("end: 2026-12-31", "end: 2026-12-31, state: closed")
    with acme.desk() as desk:
        assert outlook(desk, find(desk.okrs, "checkout-1")) is None
        assert outlooks(desk) == {}


def test_a_forecast_is_the_same_however_often_it_is_asked(acme: Practice) -> None:
    work(acme, "checkout-1", STEADY, remaining=9)
    work(acme, "checkout-1", STEADY, remaining=9, connection="jira")
    assert told(acme, "checkout-1") == told(acme, "checkout-1")


def test_the_back_test_looks_at_what_is_over_too(acme: Practice) -> None:
    work(acme, "checkout-1", [2] * 12, remaining=9)
    acme.rewrite("end: 2026-12-31", "end: 2026-12-31, state: closed")
    with acme.desk() as desk:
        found = backtest(desk)
    assert [one.key_result for one in found.key_results] == ["checkout-1"]
    assert found.overall.origins > 0


def test_forecasts_that_missed_are_marked_and_metrics_are_not(acme: Practice) -> None:
    for key_result in ("checkout-1", "checkout-2", "checkout-4"):
        work(acme, key_result, STOPPED, remaining=30)
    with acme.desk() as desk:
        found = {one.key_result: one for one in marked(desk, list(outlooks(desk).values()))}
    assert found["checkout-1"].uncalibrated.startswith("uncalibrated: ")
    assert found["rota"].uncalibrated == ""
