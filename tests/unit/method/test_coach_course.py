"""Rules on how a cycle goes: each at its border, on this side and on that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from coach_facts import CYCLE, DAY_50, day, facts, found, key_result, objective, okrs, reasons, said, sample

from okrsync.method.checkins import Duty, State
from okrsync.method.coach import Facts, TargetMove, Work
from okrsync.model.okr import Phase

NAME = "checkout-1"
LINK = {"connection": "jira", "labels": ["x"]}
BERLIN = CYCLE.model_copy(update={"timezone": "Europe/Berlin"})


def _one(now: datetime = DAY_50, *, facts_of: dict[str, Any] | None = None, **changed: Any) -> Facts:
    return facts(objective(key_result(NAME, **changed)), now=now, **(facts_of or {}))


def test_what_has_not_begun_after_a_week_is_found() -> None:
    [reason] = reasons("NOSTART", _one(day("2026-10-08")))
    assert reason.startswith("checkout-1 has not begun 7 days into 2026-Q4: no progress, no linked work in progress")


def test_the_first_week_is_given() -> None:
    assert not found("NOSTART", _one(day("2026-10-07", hour=23)))


@pytest.mark.parametrize(
    "begun",
    [
        {"samples": {NAME: sample(NAME, 0.01)}},
        {"work": {NAME: Work(doing=1, linked=1)}},
        {"work": {NAME: Work(done=1, linked=1)}},
        {"duties": {NAME: said()}},
    ],
)
def test_whoever_has_begun_in_any_way_has_begun(begun: dict[str, Any]) -> None:
    assert not found("NOSTART", _one(facts_of=begun))


@pytest.mark.parametrize(
    "not_begun",
    [
        {"samples": {NAME: sample(NAME, 0.0)}},
        {"samples": {NAME: sample(NAME, -0.5)}},
        {"samples": {NAME: sample(NAME, None)}},
        {"work": {NAME: Work(todo=9, linked=9)}},
        {"duties": {NAME: Duty(State.MISSED, "")}},
    ],
)
def test_plans_alone_are_no_beginning(not_begun: dict[str, Any]) -> None:
    assert found("NOSTART", _one(facts_of=not_begun))


def test_what_is_to_be_maintained_needs_no_beginning() -> None:
    assert not found("NOSTART", _one(measure={"type": "maintain", "below": 5, "of": {"type": "manual", "target": 9}}))


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.CLOSED])
def test_cycles_that_do_not_run_have_no_course(phase: Phase) -> None:
    cycle = CYCLE.model_copy(update={"state": phase})
    given = facts(okrs=okrs(objective(key_result(due="2026-10-02")), cycle=cycle), read=frozenset({"jira"}))
    assert not any(found(rule, given) for rule in ("NOSTART", "PASTDUE", "NOWORK", "IDLE", "STALE", "ZEROS"))


def test_before_its_cycle_begins_nothing_is_expected() -> None:
    given = _one(day("2026-09-30"), facts_of={"read": frozenset({"jira"})})
    assert not any(found(rule, given) for rule in ("NOSTART", "PASTDUE", "NOWORK", "IDLE", "STALE"))


def test_the_day_after_it_was_due_it_is_found() -> None:
    late = _one(day("2026-11-16"), due="2026-11-15", facts_of={"samples": {NAME: sample(NAME, 0.4)}})
    assert reasons("PASTDUE", late) == ["checkout-1 was due on 15 Nov 2026, 1 day ago, and stands at 40 %."]


def test_the_due_day_itself_is_in_time() -> None:
    assert not found("PASTDUE", _one(day("2026-11-15", hour=23), due="2026-11-15"))


def test_the_day_ends_by_the_clocks_of_the_cycle() -> None:
    late = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    given = okrs(objective(key_result(due="2026-11-15")), cycle=BERLIN)
    assert found("PASTDUE", facts(okrs=given, now=late))
    assert not found("PASTDUE", facts(okrs=given, now=late - timedelta(hours=1)))


def test_without_a_day_of_its_own_it_is_due_with_its_cycle() -> None:
    assert not found("PASTDUE", _one(day("2026-12-31")))
    assert "was due on 31 Dec 2026" in reasons("PASTDUE", _one(day("2027-01-01")))[0]


def test_what_was_reached_is_not_past_due() -> None:
    assert not found("PASTDUE", _one(day("2027-01-01"), facts_of={"samples": {NAME: sample(NAME, 1.0)}}))
    assert "has no reading" in reasons("PASTDUE", _one(day("2027-01-01")))[0]


def test_a_target_that_sums_miss_by_less_than_any_work_is_not_past_due() -> None:
    nearly = {NAME: sample(NAME, (0.3 + 0.6) / 0.9)}
    assert not found("PASTDUE", _one(day("2027-01-01"), facts_of={"samples": nearly}))


def test_a_key_result_without_work_is_found() -> None:
    given = _one(facts_of={"read": frozenset({"jira"})})
    assert reasons("NOWORK", given) == ["checkout-1 is linked to no work."]


def test_links_that_reach_nothing_are_told_apart() -> None:
    given = _one(links=[LINK, LINK], measure={"type": "completion"}, facts_of={"read": frozenset({"jira"})})
    assert reasons("NOWORK", given) == ["checkout-1: its 2 links reach no ticket."]


def test_cancelled_work_is_work_that_was_linked() -> None:
    assert not found("NOWORK", _one(facts_of={"read": frozenset({"jira"}), "work": {NAME: Work(linked=1)}}))


@pytest.mark.parametrize("read", [frozenset(), frozenset({"github"})])
def test_of_trackers_that_were_never_read_nothing_is_concluded(read: frozenset[str]) -> None:
    assert not found("NOWORK", _one(links=[LINK], measure={"type": "completion"}, facts_of={"read": read}))


def _idle(now: datetime, work: Work) -> list[str]:
    return reasons("IDLE", _one(now, facts_of={"work": {NAME: work}}))


def test_work_that_rests_after_a_quarter_of_the_cycle_is_found() -> None:
    assert _idle(day("2026-10-24"), Work(todo=7, done=2, linked=9)) == [
        "checkout-1: 7 tickets open, none in progress, 2 done, and 25 % of 2026-Q4 is gone."
    ]


def test_until_a_quarter_is_gone_work_may_rest() -> None:
    assert not _idle(day("2026-10-23"), Work(todo=7, linked=7))


@pytest.mark.parametrize("work", [Work(todo=7, doing=1, linked=8), Work(done=9, linked=9), Work(linked=4), Work()])
def test_work_in_progress_or_none_left_is_not_idle(work: Work) -> None:
    assert not _idle(DAY_50, work)


@pytest.mark.parametrize(("days", "idle"), [(0, False), (14, False), (15, True)])
def test_what_delivered_within_two_weeks_does_not_rest(days: int, idle: bool) -> None:
    assert bool(_idle(DAY_50, Work(todo=7, done=2, linked=9, delivered=DAY_50 - timedelta(days=days)))) is idle


def test_where_nothing_tells_of_progress_whoever_is_assigned_works_on_it() -> None:
    assert not _idle(DAY_50, Work(todo=7, linked=7, taken=1))


@pytest.mark.parametrize(("raw", "idle"), [(1.0, False), (0.0, True), (None, True)])
def test_open_work_below_a_bound_that_holds_may_rest(raw: float | None, idle: bool) -> None:
    bound = {"type": "maintain", "below": 4, "of": {"type": "count", "of": "open", "target": 1}}
    known = {"work": {NAME: Work(todo=1, linked=1)}, "samples": {NAME: sample(NAME, raw)}}
    assert bool(found("IDLE", _one(measure=bound, facts_of=known))) is idle


def test_silence_is_found_with_whoever_is_silent() -> None:
    duty = Duty(State.MISSED, "", last=day("2026-11-01"), silent=timedelta(days=19), stale=True)
    [one] = found("STALE", _one(facts_of={"duties": {NAME: duty}}))
    assert one.reason == "Nobody (ana) has spoken about checkout-1 since 1 Nov 2026: 19 days of silence."
    assert one.fix.startswith("okrsync checkin checkout-1 ")
    assert not found("STALE", _one(facts_of={"duties": {NAME: said()}}))


def _moved(*moves: tuple[str, float, float], start: float = 2.1, now: datetime = DAY_50) -> list[str]:
    made = [TargetMove(NAME, day(when), start, before, after) for when, before, after in moves]
    return reasons("LATE-TARGET", _one(now, facts_of={"moves": made}))


def test_a_target_that_became_easier_is_found_at_any_time() -> None:
    assert _moved(("2026-10-05", 3, 2.8)) == [
        "The target of checkout-1 was moved from 3 to 2.8, last on 5 Oct 2026: it became easier."
    ]
    assert "easier" in _moved(("2026-10-05", 5, 20), start=40)[0]


def test_a_target_may_become_harder_before_half_time() -> None:
    assert not _moved(("2026-11-15", 3, 3.5))
    assert not _moved(("2026-10-05", 20, 5), start=40)


def test_after_half_time_any_move_is_found() -> None:
    [reason] = _moved(("2026-11-16", 3, 3.5))
    assert reason.endswith("last on 16 Nov 2026: after half time.")
    [both] = _moved(("2026-11-16", 3, 2.5))
    assert both.endswith("after half time and it became easier.")


def test_a_target_that_was_moved_back_is_over() -> None:
    assert not _moved(("2026-11-16", 3, 2.5), ("2026-11-17", 2.5, 3))


def test_what_was_moved_before_the_cycle_is_a_plan() -> None:
    assert not _moved(("2026-09-29", 3, 2.5))


def test_before_its_tracker_was_read_nobody_knows_whether_it_began() -> None:
    linked = {"links": [LINK], "measure": {"type": "completion"}}
    assert not found("NOSTART", _one(**linked))
    assert found("NOSTART", _one(**linked, facts_of={"read": frozenset({"jira"})}))
