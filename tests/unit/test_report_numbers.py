"""Numbers read as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.report import numbers


@pytest.mark.parametrize(
    ("share", "shown"), [(None, "no data"), (0, "0 %"), (0.374, "37 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_only_a_full_share_reads_a_hundred_per_cent(share: float | None, shown: str) -> None:
    assert numbers.percent(share) == shown


@pytest.mark.parametrize(
    ("value", "measure", "unit", "shown"),
    [
        (0.4, "completion", "", "40 %"),
        (0.4, "completion", "parts", "0.4 parts"),
        (12, "count", "", "12"),
        (2.4, "manual", "%", "2.4 %"),
        (1, "maintain", "", "met"),
        (0, "boolean", "", "not met"),
        (None, "count", "", "no data"),
    ],
)
def test_values_are_shown_in_the_unit_of_the_key_result(
    value: float | None, measure: str, unit: str, shown: str
) -> None:
    assert numbers.quantity(value, measure=measure, unit=unit) == shown


def test_a_way_is_told_in_points_and_only_between_two_readings() -> None:
    assert numbers.points(0.41, 0.3) == "+11 pts"
    assert numbers.points(0.3, 0.327) == "-2.7 pts"
    assert numbers.points(0.3, 0.3) == "±0"
    assert numbers.points(None, 0.3) == numbers.points(0.3, None) == ""


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=25), "1 d"),
    ],
)
def test_ages_use_the_largest_unit_that_fits(passed: timedelta, shown: str) -> None:
    assert numbers.age(passed) == shown


@given(st.floats(0, 1), st.integers(3, 40))
def test_a_bar_is_full_only_when_reached_and_empty_only_at_nothing(progress: float, width: int) -> None:
    full, rest = numbers.bar(progress, width)
    assert len(full) + len(rest) == width
    assert (rest == "") == (progress == 1)
    assert (full == "") == (progress == 0)


def test_a_listing_counts_its_tail() -> None:
    assert numbers.listing(["a", "b", "c"], 2) == "a, b and 1 more"
    assert numbers.listing(["a", "b"], 2) == "a, b"


@pytest.mark.parametrize(
    ("count", "told"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st")]
)
def test_times_are_counted_in_words_people_use(count: int, told: str) -> None:
    assert numbers.ordinal(count) == told
