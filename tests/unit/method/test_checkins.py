"""When a check-in is due, and what came of it; by the clocks of the cycle's zone, also when they jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import CYCLE, placed

from okrsync.method.checkins import (
    DAY,
    OWING,
    Duty,
    Kept,
    State,
    dues,
    duty,
    expiry,
    kept,
    midnight,
)
from okrsync.model.checkin import CheckIn, Rhythm
from okrsync.model.okr import Cycle, GoalState, Objective, Phase

WEEKLY = Rhythm()
BERLIN = CYCLE.model_copy(update={"timezone": "Europe/Berlin"})
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Africa/Cairo", "Asia/Kolkata")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone) if zone != "UTC" else UTC)


def said(*times: str) -> tuple[CheckIn, ...]:
    return tuple(CheckIn("checkout-1", at(time), "ana", confidence=7) for time in times)


def owed(now: str, *times: str, cycle: Cycle = CYCLE, since: str | None = None, **changed: object) -> Duty:
    return duty(placed(cycle=cycle, **changed), said(*times), at(now), WEEKLY, at(since) if since else None)


def test_due_days_are_the_fridays_after_a_first_whole_week() -> None:
    days = [due.day for due in dues(CYCLE, WEEKLY)]
    assert days[:2] == [date(2026, 10, 9), date(2026, 10, 16)]
    assert days[-1] == date(2026, 12, 25)
    assert {day.weekday() for day in days} == {4}


def test_a_cycle_that_begins_on_the_day_after_a_due_day_has_its_first_one_a_week_later() -> None:
    saturday = CYCLE.model_copy(update={"start": date(2026, 10, 3)})
    assert dues(saturday, WEEKLY)[0].day == date(2026, 10, 9)


def test_every_second_week_keeps_to_the_weekday() -> None:
    days = [due.day for due in dues(CYCLE, Rhythm(weekday=0, weeks=2))]
    assert days[:3] == [date(2026, 10, 19), date(2026, 11, 2), date(2026, 11, 16)]


def test_who_came_to_know_a_key_result_late_owes_nothing_for_the_time_before() -> None:
    since = at("2026-11-18T10:00")
    assert [due.day for due in dues(CYCLE, WEEKLY, since)][:2] == [date(2026, 11, 27), date(2026, 12, 4)]
    assert dues(CYCLE, WEEKLY, since)[0].opens == at("2026-11-18T00:00")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-13T23:59:59", Kept.MISSED),
        ("2026-11-14T00:00", Kept.ON_TIME),
        ("2026-11-20T23:59:59", Kept.ON_TIME),
        ("2026-11-21T00:00", Kept.LATE),
        ("2026-11-27T23:59:59", Kept.LATE),
        ("2026-11-28T00:00", Kept.MISSED),
    ],
)
def test_on_time_is_until_the_end_of_the_day_late_until_the_next_and_missed_after(time: str, expected: Kept) -> None:
    due = next(due for due in dues(CYCLE, WEEKLY) if due.day == date(2026, 11, 20))
    assert kept(due, said(time), at("2026-12-30T00:00")) is expected


def test_before_its_day_is_over_nothing_is_late() -> None:
    due = dues(CYCLE, WEEKLY)[0]
    assert kept(due, (), due.closes - timedelta(seconds=1)) is Kept.AHEAD
    assert kept(due, (), due.closes) is Kept.OWED
    assert kept(due, (), due.lapses) is Kept.MISSED


@pytest.mark.parametrize(
    ("now", "times", "state", "words"),
    [
        ("2026-10-05T12:00", (), State.NOT_YET, "next due on Fri 9 Oct; no word yet"),
        ("2026-10-09T08:00", (), State.DUE, "due today; no word yet"),
        ("2026-10-09T18:00", ("2026-10-09T17:00",), State.DONE, "next due on Fri 16 Oct; last word on Fri 9 Oct"),
        ("2026-10-10T00:00", (), State.LATE, "late since Fri 9 Oct; no word yet"),
        ("2026-10-13T00:00", ("2026-10-07T09:00",), State.DONE, "next due on Fri 16 Oct; last word on Wed 7 Oct"),
        ("2026-10-16T12:00", (), State.LATE, "late since Fri 9 Oct; no word yet"),
        ("2026-10-17T00:00", (), State.MISSED, "missed 1 due day, late since Fri 16 Oct; no word yet"),
        (
            "2026-10-31T12:00",
            ("2026-10-09T10:00",),
            State.MISSED,
            "missed 2 in a row, late since Fri 30 Oct; last word on Fri 9 Oct",
        ),
        (
            "2026-12-28T12:00",
            ("2026-12-24T10:00",),
            State.DONE,
            "no further due day in this cycle; last word on Thu 24 Dec",
        ),
    ],
)
def test_what_is_owed_is_said_in_words(now: str, times: tuple[str, ...], state: State, words: str) -> None:
    found = owed(now, *times)
    assert (found.state, found.words) == (state, words)


def test_a_word_in_the_new_week_ends_the_lateness_and_counts_for_that_week_too() -> None:
    assert owed("2026-10-12T12:00", "2026-10-12T11:00").words == "next due on Fri 23 Oct; last word on Mon 12 Oct"


def test_a_check_in_of_the_future_does_not_count_yet() -> None:
    assert owed("2026-10-12T10:00", "2026-10-12T11:00").state is State.LATE


def test_stale_is_longer_than_two_weeks_of_silence() -> None:
    assert not owed("2026-10-23T10:00", "2026-10-09T10:00").stale
    assert owed("2026-10-23T10:00:01", "2026-10-09T10:00").stale
    assert owed("2026-10-15T00:00:01").stale
    assert not owed("2026-10-20T00:00", since="2026-10-15T00:00").stale


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"cycle": CYCLE.model_copy(update={"state": Phase.CLOSED})}, "the cycle is closed"),
        ({"cycle": CYCLE.model_copy(update={"state": Phase.DRAFT})}, "the cycle is a draft"),
        ({"state": GoalState.CLOSED}, "it is closed"),
        ({"state": GoalState.ABANDONED}, "it is abandoned"),
        ({"objective": Objective(id="o", title="O", state=GoalState.POSTPONED)}, "its objective is postponed"),
    ],
)
def test_what_is_over_owes_nothing(changed: dict[str, object], why: str) -> None:
    found = owed("2026-11-21T12:00", **changed)  # type: ignore[arg-type]
    assert (found.state, found.words, found.stale) == (State.NOTHING, f"owes nothing: {why}", False)


@pytest.mark.parametrize(("now", "why"), [("2026-09-30T12:00", "begins on Thu 1 Oct"), ("2027-01-01T00:00", "is over")])
def test_outside_its_cycle_nothing_is_owed(now: str, why: str) -> None:
    assert owed(now).words == f"owes nothing: the cycle {why}"


def test_the_day_is_that_of_the_cycles_time_zone() -> None:
    assert owed("2026-10-09T21:59", cycle=BERLIN).state is State.DUE
    assert owed("2026-10-09T22:00", cycle=BERLIN).state is State.LATE
    assert owed("2026-10-08T22:00", cycle=BERLIN).state is State.DUE


def test_the_week_in_which_clocks_are_set_back_is_an_hour_longer() -> None:
    spans = {due.day: due.closes - due.opens for due in dues(BERLIN, WEEKLY)}
    assert spans[date(2026, 10, 23)] == timedelta(days=7)
    assert spans[date(2026, 10, 30)] == timedelta(days=7, hours=1)


def test_a_midnight_that_does_not_exist_is_the_instant_of_the_jump() -> None:
    assert midnight(date(2026, 4, 24), ZoneInfo("Africa/Cairo")) == at("2026-04-23T22:00")


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-17T12:00", "2026-11-21T00:00"),
        ("2026-11-20T12:00", "2026-11-28T00:00"),
        ("2026-11-21T00:00", "2026-11-28T00:00"),
        ("2026-12-24T12:00", "2026-12-26T00:00"),
        ("2026-12-25T12:00", "2027-01-01T00:00"),
    ],
)
def test_an_override_stands_until_the_next_check_in_is_due(now: str, ends: str) -> None:
    assert expiry(CYCLE, WEEKLY, at(now)) == at(ends)


cycles = st.builds(
    lambda start, days, zone: Cycle(id="c", start=start, end=start + timedelta(days=days), timezone=zone),
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.integers(10, 200),
    st.sampled_from(ZONES),
)
rhythms = st.builds(Rhythm, weekday=st.integers(0, 6), weeks=st.integers(1, 4))


def instants(cycle: Cycle) -> st.SearchStrategy[datetime]:
    begin, end = midnight(cycle.start, cycle.zone), midnight(cycle.end + DAY, cycle.zone)
    minutes = int((end - begin) / timedelta(minutes=1)) - 1
    return st.integers(0, minutes).map(lambda passed: begin + timedelta(minutes=passed))


@given(st.data(), cycles, rhythms)
def test_due_days_tile_the_cycle_without_gap_or_overlap(data: st.DataObject, cycle: Cycle, rhythm: Rhythm) -> None:
    found = dues(cycle, rhythm)
    for before, after in pairwise(found):
        assert before.closes == after.opens
        assert before.lapses == after.closes
        assert after.day - before.day == timedelta(weeks=rhythm.weeks)
    for due in found:
        assert due.day.weekday() == rhythm.weekday
        assert cycle.start <= due.day <= cycle.end
        assert timedelta(weeks=rhythm.weeks, hours=-1) <= due.closes - due.opens
    if found:
        assert found[0].opens == midnight(cycle.start, cycle.zone)


@given(st.data(), cycles, rhythms)
def test_what_came_of_a_due_day_is_what_the_calendar_says(data: st.DataObject, cycle: Cycle, rhythm: Rhythm) -> None:
    """The rule in days: on time (previous due, due], late up to the next due, missed after."""
    times = data.draw(st.lists(instants(cycle), max_size=8))
    now = data.draw(instants(cycle))
    words = tuple(CheckIn("checkout-1", time, "ana") for time in times)
    days = [time.astimezone(cycle.zone).date() for time in times if time <= now]
    today, step = now.astimezone(cycle.zone).date(), timedelta(weeks=rhythm.weeks)
    for number, due in enumerate(dues(cycle, rhythm)):
        previous = due.day - step if number else cycle.start - DAY
        if any(previous < day <= due.day for day in days):
            expected = Kept.ON_TIME
        elif any(due.day < day <= due.day + step for day in days):
            expected = Kept.LATE
        elif today > due.day + step:
            expected = Kept.MISSED
        else:
            expected = Kept.OWED if today > due.day else Kept.AHEAD
        assert kept(due, words, now) is expected


@given(st.data(), cycles, rhythms)
def test_the_state_of_a_moment_agrees_with_what_came_of_the_due_days(
    data: st.DataObject, cycle: Cycle, rhythm: Rhythm
) -> None:
    times, now = data.draw(st.lists(instants(cycle), max_size=8)), data.draw(instants(cycle))
    words = tuple(CheckIn("checkout-1", time, "ana") for time in times)
    found = duty(placed(cycle=cycle), words, now, rhythm)
    outcomes = [kept(due, words, now) for due in dues(cycle, rhythm)]
    trailing = 0
    for outcome in reversed([one for one in outcomes if one is not Kept.AHEAD]):
        if outcome not in (Kept.OWED, Kept.MISSED):
            break
        trailing += 1
    assert (found.state in (State.LATE, State.MISSED)) == (Kept.OWED in outcomes)
    assert (found.state is State.MISSED) == (Kept.OWED in outcomes and trailing > 1)
    assert found.missed == max(0, trailing - 1)
    if found.state is State.DUE:
        assert found.day == now.astimezone(cycle.zone).date()
    assert found.owing == (found.state in OWING)


@given(st.data(), cycles, rhythms)
def test_speaking_now_always_ends_what_is_owed(data: st.DataObject, cycle: Cycle, rhythm: Rhythm) -> None:
    times, now = data.draw(st.lists(instants(cycle), max_size=4)), data.draw(instants(cycle))
    words = tuple(CheckIn("checkout-1", time, "ana") for time in [*times, now])
    found = duty(placed(cycle=cycle), words, now, rhythm, data.draw(st.none() | instants(cycle)))
    assert found.state is State.DONE
    assert not found.stale


@given(st.data(), cycles, rhythms)
def test_the_order_in_which_check_ins_come_does_not_matter(data: st.DataObject, cycle: Cycle, rhythm: Rhythm) -> None:
    times, now = data.draw(st.lists(instants(cycle), max_size=6)), data.draw(instants(cycle))
    words = [CheckIn("checkout-1", time, "ana") for time in times]
    mixed = data.draw(st.permutations(words))
    one = placed(cycle=cycle)
    assert duty(one, words, now, rhythm) == duty(one, mixed, now, rhythm)
