"""The verdict on a key result: which rule decides, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okr_builders import CYCLE, NOON, placed

from okrsync.method.status import verdict
from okrsync.model.checkin import CheckIn
from okrsync.model.okr import GoalState, Objective, Phase, Placed
from okrsync.model.sample import Sample
from okrsync.model.verdict import Preset, Rule, Status, Verdict

MANUAL: dict[str, Any] = {"type": "manual", "start": 0, "target": 10}
MAINTAIN: dict[str, Any] = {"type": "maintain", "below": 3, "of": {"type": "count", "of": "open", "target": 1}}
AFTER = datetime(2027, 1, 1, 12, tzinfo=UTC)
BEFORE = datetime(2026, 9, 30, 12, tzinfo=UTC)


def sample(raw: float | None, **given: Any) -> Sample:
    return Sample("checkout-1", NOON, raw, raw, **given)


def judged(raw: float | None = 0.31, at: datetime = NOON, one: Placed | None = None, **given: Any) -> Verdict:
    return verdict(one or placed(measure=MANUAL), sample(raw), at, **given)


def said(at: datetime = NOON, **given: Any) -> CheckIn:
    return CheckIn("checkout-1", at, "ana", **given)


def overriding(status: Status = Status.ON_TRACK, days: float = 7) -> CheckIn:
    return said(NOON, status=status, reason="the supplier ships on Monday", expires=NOON + timedelta(days=days))


def in_state(state: GoalState) -> Placed:
    return placed(measure=MANUAL, state=state)


def test_a_verdict_carries_its_rule_in_words() -> None:
    found = judged(0.31, at=datetime(2026, 11, 14, tzinfo=UTC))
    assert found.because == "behind: 31 % done, 48 % expected; preset viva"
    assert (found.status, found.rule, found.actual) == (Status.BEHIND, Rule.PRESET, 0.31)
    assert found.expected == pytest.approx(44 / 91)


def test_shares_that_differ_are_never_told_as_the_same() -> None:
    found = judged(31 / 91 - 0.001, at=NOON)
    assert found.status is Status.BEHIND
    assert found.because == "behind: 34.0 % done, 34.1 % expected; preset viva"


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        (Preset.OBOARD, "on track: 31 % done, 34 % expected, 91 % of that; preset oboard"),
        (Preset.UPRAISE, "behind: 31 % done, 34 % expected, 91 % of that; preset upraise"),
        (Preset.GOOGLE, "at risk: 31 % done is red; preset google"),
        (Preset.CONFIDENCE, "on track: confidence 8 of 10; preset confidence"),
    ],
)
def test_each_preset_says_what_it_looked_at(preset: Preset, words: str) -> None:
    assert judged(preset=preset, checkins=[said(confidence=8)]).because == words


@pytest.mark.parametrize(
    ("one", "status", "words"),
    [
        (in_state(GoalState.CLOSED), Status.CLOSED, "closed: it is closed in the OKR file"),
        (in_state(GoalState.ABANDONED), Status.ABANDONED, "abandoned: it is abandoned in the OKR file"),
        (in_state(GoalState.POSTPONED), Status.POSTPONED, "postponed: it is postponed in the OKR file"),
        (
            placed(objective=Objective(id="o", title="O", state=GoalState.ABANDONED)),
            Status.ABANDONED,
            "abandoned: its objective is abandoned in the OKR file",
        ),
        (
            placed(cycle=CYCLE.model_copy(update={"state": Phase.CLOSED})),
            Status.CLOSED,
            "closed: its cycle 2026-Q4 is closed",
        ),
    ],
)
def test_what_has_ended_is_judged_no_more(one: Placed, status: Status, words: str) -> None:
    found = judged(1.2, one=one, checkins=[overriding()])
    assert (found.status, found.because, found.rule) == (status, words, Rule.ENDED)


def test_an_abandoned_result_of_a_closed_cycle_stays_abandoned() -> None:
    cycle = CYCLE.model_copy(update={"state": Phase.CLOSED})
    assert judged(one=placed(cycle=cycle, state=GoalState.ABANDONED)).status is Status.ABANDONED


def test_what_has_not_begun_is_not_achieved_yet() -> None:
    assert judged(1.0, at=BEFORE).because == "not started: it begins on 2026-10-01"
    assert judged(1.0, one=in_state(GoalState.DRAFT)).because == "not started: it is a draft"


def test_achieved_is_achieved_whatever_anybody_says_and_however_late() -> None:
    found = judged(1.25, at=AFTER, checkins=[overriding(Status.AT_RISK, days=90)])
    assert found.because == "achieved: 125 % done"
    assert found.actual == 1.0


def test_a_target_that_sums_miss_by_less_than_any_work_is_reached() -> None:
    assert (0.3 + 0.6) / 0.9 < 1
    assert judged((0.3 + 0.6) / 0.9).because == "achieved: 100 % done"


def test_an_override_stands_until_it_expires() -> None:
    given = [overriding(Status.ON_TRACK, days=7)]
    found = judged(0.1, checkins=given)
    assert (found.status, found.overridden) == (Status.ON_TRACK, True)
    assert found.because == (
        "on track: set by ana on 2026-11-01 until 2026-11-08, because: the supplier ships on Monday; "
        "without that behind: 10 % done, 34 % expected; preset viva"
    )
    assert judged(0.1, at=NOON + timedelta(days=7), checkins=given).status is Status.AT_RISK
    assert judged(0.1, at=NOON + timedelta(days=7, seconds=-1), checkins=given).overridden


def test_an_override_without_an_end_lasts_a_week() -> None:
    given = [said(status=Status.ON_TRACK)]
    assert judged(0.1, at=NOON + timedelta(days=6), checkins=given).overridden
    assert not judged(0.1, at=NOON + timedelta(days=7), checkins=given).overridden


def test_the_latest_override_counts_and_whoever_speaks_after_it_ends_it() -> None:
    later = CheckIn("checkout-1", NOON + timedelta(hours=1), "ben", status=Status.AT_RISK, reason="no supplier")
    found = judged(0.9, at=NOON + timedelta(hours=3), checkins=[overriding(), later])
    assert found.status is Status.AT_RISK
    assert "ben" in found.because
    plain = said(NOON + timedelta(hours=2), note="he has come back")
    found = judged(0.9, at=NOON + timedelta(hours=3), checkins=[overriding(), later, plain])
    assert (found.status, found.overridden) == (Status.ON_TRACK, False)


def test_the_days_of_an_override_are_those_of_the_cycle_and_the_last_one_is_told() -> None:
    berlin = placed(measure=MANUAL, cycle=CYCLE.model_copy(update={"timezone": "Europe/Berlin"}))
    late = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    given = said(late, status=Status.ON_TRACK, reason="x", expires=datetime(2026, 11, 6, 23, tzinfo=UTC))
    found = judged(0.1, at=late, one=berlin, checkins=[given])
    assert "set by ana on 2026-11-02 until 2026-11-06, because: x" in found.because


def test_an_override_of_tomorrow_is_not_known_today() -> None:
    assert not judged(0.1, at=NOON - timedelta(seconds=1), checkins=[overriding()]).overridden


def test_after_its_day_it_is_overdue_and_on_its_day_it_is_not() -> None:
    one = placed(measure=MANUAL, due="2026-11-01")
    assert judged(0.9, at=datetime(2026, 11, 1, 23, 59, tzinfo=UTC), one=one).status is Status.BEHIND
    found = judged(0.9, at=datetime(2026, 11, 2, tzinfo=UTC), one=one)
    assert found.because == "overdue: 90 % done, and it was due on 2026-11-01"
    assert judged(None, at=AFTER, one=one).status is Status.OVERDUE


def test_without_a_value_there_is_no_data_and_the_reason_is_the_readings_own() -> None:
    flagged = sample(None, flags=("no check-in gave a value yet",))
    assert verdict(placed(), flagged, NOON).because == "no data: no check-in gave a value yet"
    assert verdict(placed(), None, NOON).because == "no data: nothing was measured yet"
    assert judged(preset=Preset.CONFIDENCE).because == ("no data: no check-in gave a confidence yet; preset confidence")


def test_a_value_that_was_given_since_the_reading_is_told_as_not_yet_counted() -> None:
    flagged = sample(None, flags=("no check-in gave a value yet",))
    one, given = placed(measure={**MANUAL, "unit": "%"}), [said(value=2.4), said(confidence=7)]
    words = "no data: ana gave 2.4 %, not yet counted by a sync"
    assert verdict(one, flagged, NOON, checkins=given).because == words
    assert verdict(one, None, NOON, checkins=given).because == words
    yes = placed(measure={"type": "boolean"})
    assert verdict(yes, None, NOON, checkins=given).because == "no data: ana gave a value, not yet counted by a sync"
    assert verdict(one, None, NOON - timedelta(1), checkins=given).because == "no data: nothing was measured yet"


@pytest.mark.parametrize("preset", list(Preset))
def test_only_ratio_presets_say_that_it_is_too_early(preset: Preset) -> None:
    fourth_day, fifth_day = (datetime(2026, 10, day, tzinfo=UTC) for day in (5, 6))
    ratio = preset in (Preset.OBOARD, Preset.UPRAISE)
    early = judged(0.0, at=fourth_day, preset=preset, checkins=[said(BEFORE, confidence=8)])
    assert (early.status is Status.TOO_EARLY) == ratio
    assert judged(0.0, at=fifth_day, preset=preset).status is not Status.TOO_EARLY


def test_what_must_hold_is_on_track_while_it_does_and_achieved_only_after_the_end() -> None:
    one = placed(measure=MAINTAIN)
    assert judged(1.0, one=one).because == "on track: it holds, as it should until 2026-12-31"
    broken = verdict(one, sample(0.0, flags=("it is 5 and should be below 3",)), NOON)
    assert broken.because == "at risk: it does not hold; it is 5 and should be below 3"
    assert judged(1.0, at=AFTER, one=one).because == "achieved: it held until 2026-12-31"
    assert judged(0.0, at=AFTER, one=one).status is Status.OVERDUE


def test_a_yes_or_no_is_expected_on_its_day_only() -> None:
    one = placed(measure={"type": "boolean"}, due="2026-12-01")
    assert judged(0.0, one=one).because == "on track: it is yes or no, and only due on 2026-12-01"
    assert judged(1.0, one=one).because == "achieved: it is met"
    assert judged(0.0, at=AFTER, one=one).because == "overdue: not met, and it was due on 2026-12-01"
    assert judged(0.0, one=one, preset=Preset.CONFIDENCE, checkins=[said(confidence=2)]).status is Status.AT_RISK


def test_confidence_against_the_forecast_is_said_aloud() -> None:
    def remarks(confidence: int, probability: float) -> tuple[str, ...]:
        return judged(checkins=[said(confidence=confidence)], probability=probability).remarks

    assert "less than 30 %" in remarks(7, 0.29)[0]
    assert "more than 70 %" in remarks(3, 0.71)[0]
    assert remarks(7, 0.30) == remarks(3, 0.70) == remarks(6, 0.0) == remarks(4, 1.0) == ()


def test_work_that_moves_nothing_is_said_aloud() -> None:
    assert judged(0.0, work=0.9).remarks == ("90 % of the work is done and the metric has not moved",)
    assert judged(-0.2, work=1.0).remarks
    assert judged(0.01, work=1.0).remarks == judged(0.0, work=0.89).remarks == judged(None, work=1.0).remarks == ()


def test_an_aspiration_met_in_full_is_asked_whether_it_was_too_easy() -> None:
    moon = placed(measure=MANUAL, objective=Objective(id="o", title="O", kind="aspirational"))
    assert judged(1.0, one=moon).remarks == ("too easy? it is aspirational and was reached in full",)
    assert judged(0.99, one=moon).remarks == judged(1.0).remarks == ()


@given(
    raw=st.none() | st.floats(-2, 2, allow_nan=False),
    days=st.integers(-30, 120),
    preset=st.sampled_from(Preset),
    confidence=st.none() | st.integers(0, 10),
    measure=st.sampled_from([MANUAL, MAINTAIN, {"type": "boolean"}, {"type": "completion"}]),
)
def test_every_case_gets_a_verdict_that_begins_with_its_status(
    raw: float | None, days: int, preset: Preset, confidence: int | None, measure: dict[str, Any]
) -> None:
    at = datetime(2026, 10, 1, 12, tzinfo=UTC) + timedelta(days=days)
    given_ = [] if confidence is None else [said(at, confidence=confidence)]
    found = judged(raw, at=at, one=placed(measure=measure), preset=preset, checkins=given_)
    assert found.because.startswith(f"{found.status}: ")
    assert found.actual is None or 0 <= found.actual <= 1


@given(st.floats(0, 0.99), st.floats(0, 0.99), st.integers(1, 91), st.sampled_from([*Preset][:4]))
def test_more_progress_is_never_a_worse_status(one: float, other: float, day: int, preset: Preset) -> None:
    order = [Status.AT_RISK, Status.BEHIND, Status.TOO_EARLY, Status.ON_TRACK]
    at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=day)
    less, more = (order.index(judged(raw, at=at, preset=preset).status) for raw in sorted((one, other)))
    assert less <= more
