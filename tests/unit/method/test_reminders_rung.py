"""When reminders go out, by the clocks of the cycle's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from okrsync.method.reminders import rings
from okrsync.model.checkin import Rhythm
from okrsync.model.okr import Cycle, Phase
from okrsync.model.roles import PracticeRole

CYCLE = Cycle(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31), timezone="Europe/Berlin")
FRIDAYS = Rhythm(weekday=4, hour=9, weeks=1, stale=timedelta(days=14))
OWNER, COACH, CHAMPION = PracticeRole.OWNER, PracticeRole.COACH, PracticeRole.CHAMPION


def rung(day: str, hour: int = 8, role: PracticeRole = OWNER, cycle: Cycle = CYCLE) -> bool:
    at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=hour)
    return rings(cycle, role, FRIDAYS, at) is not None


def test_they_go_out_on_the_day_from_an_hour_of_the_cycles_own_clocks_on() -> None:
    assert not rung("2026-10-16", hour=6)
    assert rung("2026-10-16", hour=7)
    assert not rung("2026-11-06", hour=7)
    assert rung("2026-11-06", hour=8)


def test_what_was_not_sent_on_its_day_is_not_made_up() -> None:
    assert not rung("2026-10-17")


def test_an_owner_hears_nothing_before_the_first_check_in_is_due() -> None:
    assert not rung("2026-10-02")
    assert rung("2026-10-02", role=COACH)


@pytest.mark.parametrize(("role", "heard"), [(OWNER, False), (COACH, False), (CHAMPION, True)])
def test_once_a_cycle_is_over_only_the_champion_hears_of_it(role: PracticeRole, heard: bool) -> None:
    assert rung("2027-01-08", role=role) is heard


@pytest.mark.parametrize("role", PracticeRole)
def test_nobody_hears_of_a_draft_or_of_what_is_to_come(role: PracticeRole) -> None:
    assert not rung("2026-10-16", role=role, cycle=CYCLE.model_copy(update={"state": Phase.DRAFT}))
    assert not rung("2026-09-25", role=role)
