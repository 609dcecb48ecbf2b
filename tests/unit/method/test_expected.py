"""Where a key result should be on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import CYCLE, placed

from okrsync.method.expected import day_of, due, expected
from okrsync.model.okr import Cycle

BUGS: dict[str, Any] = {"type": "count", "of": "open", "start": 100, "target": 60}
DAYS = st.dates(date(2026, 9, 1), date(2027, 1, 31))


def at(day: int, month: int = 11) -> date:
    return date(2026, month, day)


def test_nothing_is_expected_on_the_first_day_and_everything_on_the_last() -> None:
    assert expected(placed(), CYCLE.start) == 0.0
    assert expected(placed(), CYCLE.end) == 1.0


def test_it_grows_by_the_day() -> None:
    assert expected(placed(), CYCLE.start + timedelta(days=45)) == pytest.approx(45 / 91)


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2027, 3, 1)])
def test_it_stays_between_nothing_and_everything(day: date) -> None:
    assert expected(placed(), day) in (0.0, 1.0)


def test_a_due_day_of_its_own_asks_for_more_at_once() -> None:
    early = placed(due=at(15))
    assert due(early) == at(15)
    assert expected(early, at(15)) == 1.0
    assert expected(early, date(2026, 10, 16)) == pytest.approx(15 / 45)


def test_one_that_is_due_on_the_first_day_is_expected_at_once() -> None:
    assert expected(placed(due=CYCLE.start), CYCLE.start) == 1.0
    assert expected(placed(due=CYCLE.start), CYCLE.start - timedelta(days=1)) == 0.0


def test_a_plan_is_followed_from_point_to_point_also_downwards() -> None:
    plan = [{"date": "2026-11-01", "value": 90}, {"date": "2026-12-01", "value": 70}]
    bugs = placed(measure=BUGS, plan=plan)
    assert expected(bugs, at(1)) == pytest.approx(0.25)
    assert expected(bugs, at(16)) == pytest.approx(0.5)
    assert expected(bugs, date(2026, 10, 16)) == pytest.approx(0.25 * 15 / 31), "from the start of the measure"
    assert expected(bugs, date(2026, 12, 16)) == pytest.approx(0.75 + 0.25 * 15 / 30), "to its target"


def test_a_plan_that_ends_short_of_its_target_expects_no_more() -> None:
    modest = placed(measure=BUGS, plan=[{"date": "2026-12-31", "value": 80}])
    assert expected(modest, CYCLE.end) == pytest.approx(0.5)


def test_a_plan_beyond_the_target_expects_no_more_than_all() -> None:
    eager = placed(measure=BUGS, plan=[{"date": "2026-11-01", "value": 20}, {"date": "2026-11-02", "value": 120}])
    assert (expected(eager, at(1)), expected(eager, at(2))) == (1.0, 0.0)


@pytest.mark.parametrize(
    "measure",
    [{"type": "maintain", "below": 3, "of": {"type": "count", "of": "open", "target": 1}}, {"type": "boolean"}],
)
def test_nothing_is_expected_of_what_holds_or_not(measure: dict[str, Any]) -> None:
    assert expected(placed(measure=measure), at(1)) is None


def test_days_begin_at_the_midnight_of_the_cycles_time_zone() -> None:
    tokyo = Cycle(id="c", start=date(2026, 10, 1), end=date(2026, 12, 31), timezone="Asia/Tokyo")
    evening = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
    assert day_of(tokyo, evening) == at(2)
    assert day_of(tokyo, evening - timedelta(seconds=1)) == at(1)


@given(DAYS, DAYS)
def test_without_a_plan_it_never_falls(one: date, other: date) -> None:
    earlier, later = (expected(placed(), day) or 0.0 for day in sorted((one, other)))
    assert earlier <= later


@given(DAYS)
def test_a_straight_plan_is_no_plan(day: date) -> None:
    middle = CYCLE.start + timedelta(days=26)
    straight = placed(measure=BUGS, plan=[{"date": middle, "value": 100 - 40 * 26 / 91}])
    assert expected(straight, day) == pytest.approx(expected(placed(measure=BUGS), day))
