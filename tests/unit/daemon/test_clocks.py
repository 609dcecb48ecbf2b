"""A connection that fails is tried less and less often, and like the others again once it went well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okrsync.daemon.clocks import LONGEST, SOONEST, SPREAD, Clocks

EVERY = 300.0


def clocks(chance: float = 0.0, every: float = EVERY) -> Clocks:
    made = Clocks(lambda: chance)
    made.heed({"jira": timedelta(seconds=every)})
    made.due()
    return made


def test_a_new_connection_is_due_at_once_and_told_once() -> None:
    made = Clocks()
    made.heed({"jira": timedelta(seconds=EVERY), "github": timedelta(seconds=EVERY)})
    assert made.idle() == 0
    assert made.due() == ("jira", "github")
    assert made.due() == ()
    made.heed({"jira": timedelta(seconds=EVERY), "gitlab": timedelta(seconds=EVERY)})
    assert made.due() == ("gitlab",)


def test_each_failure_doubles_the_wait_up_to_an_hour() -> None:
    made = clocks()
    assert [made.failed("jira") for _ in range(5)] == [600, 1200, 2400, LONGEST, LONGEST]
    assert made.fails("jira")


def test_a_connection_that_is_asked_less_often_than_that_keeps_its_own_interval() -> None:
    assert clocks(every=2 * LONGEST).failed("jira") == 2 * LONGEST


def test_success_brings_back_the_ordinary_interval() -> None:
    made = clocks()
    made.failed("jira")
    made.succeeded("jira")
    assert not made.fails("jira")
    assert made.failed("jira") == 600, "it begins anew"


def test_when_a_try_may_help_is_known_that_is_the_first_wait() -> None:
    made = clocks()
    assert [made.failed("jira", 60) for _ in range(3)] == [60, 120, 240]
    assert clocks().failed("jira", 0.5) == SOONEST


@given(st.floats(0, 1, exclude_max=True), st.floats(1, 7200), st.lists(st.just(0.0) | st.floats(0.1, 7200), min_size=1))
def test_no_wait_is_shorter_than_asked_nor_longer_than_chance_allows(
    chance: float, every: float, asked: list[float]
) -> None:
    made = clocks(chance, every)
    for retry_after in asked:
        wait = made.failed("jira", retry_after)
        assert wait >= (retry_after or every)
        assert wait <= max(every, LONGEST, retry_after) * (1 + SPREAD) + 1


@pytest.mark.parametrize("name", ["gone", "github"])
def test_what_the_files_do_not_name_any_more_has_no_clock(name: str) -> None:
    made = clocks()
    made.again(name, 1)
    assert made.failed(name) == 0
    assert made.due() == ()


def test_everybody_is_due_after_a_change_and_failures_are_forgiven() -> None:
    made = clocks()
    made.failed("jira")
    made.all_due()
    assert made.due() == ("jira",)
    assert not made.fails("jira")
