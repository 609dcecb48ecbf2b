"""Periods as people write them, for a team on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from okrsync.errors import ConfigError
from okrsync.model.okr import Cycle, Phase
from okrsync.practice.periods import check_period, current, period_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def cycle(id: str, start: date, end: date, **changed: object) -> Cycle:
    return Cycle.model_validate({"id": id, "start": start, "end": end, **changed})


Q3 = cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), state=Phase.CLOSED)
Q4 = cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), timezone="Europe/Berlin")
Q1 = cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), state=Phase.DRAFT)
YEAR = cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
ALL = (YEAR, Q3, Q4, Q1)


def test_the_current_cycle_is_the_one_that_began_last() -> None:
    assert current(ALL, NOW) == Q4
    assert current([YEAR, Q1], NOW) == YEAR
    assert current([Q1], NOW) is None


def test_a_cycle_that_goes_on_lasts_until_now() -> None:
    found = period_of("cycle", ALL, NOW)
    assert found is not None
    assert (found.start, found.end) == (datetime(2026, 9, 30, 22, tzinfo=UTC), NOW), "midnight in Berlin"
    assert (found.first, found.last) == (date(2026, 10, 1), date(2026, 11, 22))


def test_a_cycle_that_is_over_ends_with_its_last_day() -> None:
    found = period_of("2026-q3", ALL, NOW)
    assert found is not None
    assert (found.end, found.last) == (datetime(2026, 10, 1, tzinfo=UTC), date(2026, 9, 30))


def test_weeks_count_back_from_now_exactly() -> None:
    found = period_of("4w", ALL, NOW)
    assert found is not None
    assert (found.start, found.end, found.weeks) == (NOW - timedelta(weeks=4), NOW, 4.0)


def test_both_days_are_part_of_a_span() -> None:
    found = period_of("2026-11-01..2026-11-07", [Q4], NOW)
    assert found is not None
    assert found.weeks == 1.0
    assert (found.first, found.last) == (date(2026, 11, 1), date(2026, 11, 7))


def test_a_span_into_the_future_ends_now() -> None:
    found = period_of("2026-11-20..2026-11-30", [Q4], NOW)
    assert found is not None
    assert (found.end, found.last) == (NOW, date(2026, 11, 22))


@pytest.mark.parametrize("text", ["2027-Q1", "2026-12-01..2026-12-31"])
def test_what_has_not_begun_is_no_period_yet(text: str) -> None:
    assert period_of(text, ALL, NOW) is None


def test_a_team_without_that_cycle_has_no_period() -> None:
    assert period_of("2026-Q3", [Q4], NOW) is None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("2026-Q5", "'2026-Q5' is no period", "Did you mean --period 2026-Q"),
        ("lately", "'lately' is no period", "4w"),
        ("0w", "'0w' is no period", "4w"),
        ("2026-11-07..2026-11-01", "ends before it begins", "2026-10-01..2026-10-31"),
        ("2026-13-01..2026-13-02", "2026-13-01 in the period", "2026-10-01..2026-10-31"),
    ],
)
def test_what_is_no_period_is_refused_with_what_is_one(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        check_period(text, ALL)
    assert hint in refused.value.hint
