"""What is kept of a check-in, what is refused, and who owes one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from practising import BEGIN, FRIDAY, Practice, practise

from okrsync.errors import ConfigError
from okrsync.method.checkins import State
from okrsync.model.checkin import CheckIn
from okrsync.model.verdict import Status
from okrsync.practice.checkins import owed


@pytest.fixture
def shop(tmp_path: Path) -> Practice:
    return practise(tmp_path / "shop")


def states(shop: Practice, owner: str | None = None) -> dict[str, State]:
    with shop.desk() as desk:
        return {row.key_result: row.duty.state for row in owed(desk, owner)}


def test_everything_that_was_said_comes_back(shop: Practice) -> None:
    shop.now = FRIDAY
    shop.say(
        "CHECKOUT-3",
        confidence=3,
        note="slow",
        value=2.4,
        blocker="legal",
        next="call them",
        status=Status.AT_RISK,
        reason="the supplier is bankrupt",
    )
    with shop.desk() as desk:
        (kept,) = desk.store.checkins.of("checkout-3")
    assert kept == CheckIn(
        key_result="checkout-3",
        at=FRIDAY,
        who="ana",
        value=2.4,
        note="slow",
        confidence=3,
        blocker="legal",
        next="call them",
        status=Status.AT_RISK,
        reason="the supplier is bankrupt",
        expires=datetime(2026, 10, 16, 22, tzinfo=UTC),
    )


def test_a_second_check_in_keeps_the_first(shop: Practice) -> None:
    for confidence in (6, 2):
        shop.say("api-1", confidence=confidence)
        shop.later(days=1)
    with shop.desk() as desk:
        assert [one.confidence for one in desk.store.checkins.of("api-1")] == [6, 2]
        assert desk.store.checkins.latest()["API-1"].confidence == 2
        assert list(desk.store.checkins.all()) == ["api-1"]


def test_the_value_of_a_past_day_is_the_one_given_until_then(shop: Practice) -> None:
    shop.say("checkout-3", value=2.4)
    shop.later(days=7)
    shop.say("checkout-3", value=2.6)
    with shop.desk() as desk:
        cabinet = desk.store.checkins
        at = [cabinet.value("checkout-3", at=BEGIN + timedelta(days=days)) for days in (-1, 0, 6, 7)]
        assert at == [None, 2.4, 2.4, 2.6]
        assert cabinet.value("checkout-3") == 2.6


@pytest.mark.parametrize(
    ("key_result", "words", "complaint", "hint"),
    [
        ("chekout-3", {"note": "x"}, "no key result 'chekout-3'", "Did you mean checkout-3?"),
        ("checkout-3", {"confidence": None}, "says something", "a confidence, a note"),
        ("checkout-3", {"confidence": 11}, "11 is no confidence", "0 (no hope) to 10 (certain)"),
        ("checkout-3", {"confidence": -1}, "-1 is no confidence", "0 (no hope) to 10 (certain)"),
        ("checkout-3", {"value": float("nan")}, "nan is no value", "as in 2.4"),
        ("checkout-3", {"value": float("-inf")}, "-inf is no value", "as in 2.4"),
        ("checkout-1", {"value": 0.5}, "measured from tickets (completion)", "Leave the value out"),
        ("api-1", {"value": 0.5}, "a yes or a no", "Give 1 for yes"),
        ("api-1", {"status": Status.BEHIND}, "needs a reason", "Add the reason"),
        ("api-1", {"status": Status.BEHIND, "reason": " "}, "needs a reason", "Add the reason"),
        ("api-1", {"status": Status.CLOSED, "reason": "x"}, "Nobody can say that it is closed", "on track, behind"),
        ("api-1", {"reason": "x"}, "belong to a status", "Add the status"),
        ("api-1", {"until": date(2026, 10, 20)}, "belong to a status", "Add the status"),
        (
            "api-1",
            {"status": Status.BEHIND, "reason": "x", "until": date(2026, 9, 30)},
            "2026-09-30 is over",
            "a day to come",
        ),
    ],
)
def test_nonsense_is_refused_with_what_to_do_and_nothing_is_kept(
    shop: Practice, key_result: str, words: dict[str, Any], complaint: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        shop.say(key_result, **words)
    assert complaint in refused.value.message
    assert hint in refused.value.hint
    with shop.desk() as desk:
        assert not desk.store.checkins.all()


def test_a_closed_cycle_takes_no_more_words(shop: Practice) -> None:
    shop.rewrite("timezone: Europe/Berlin", "timezone: Europe/Berlin, state: closed")
    with pytest.raises(ConfigError, match="2026-Q4 is closed"):
        shop.say("api-1")


def test_an_override_ends_with_the_day_that_is_named(shop: Practice) -> None:
    said = shop.say("api-1", status=Status.ON_TRACK, reason="x", until=date(2026, 10, 25))
    assert said.expires == datetime(2026, 10, 25, 23, tzinfo=UTC), "the day has 25 hours in Berlin"


def test_nobody_owes_a_word_about_what_was_never_measured(shop: Practice) -> None:
    shop.now = FRIDAY + timedelta(days=30)
    assert set(states(shop).values()) == {State.NOT_YET}


def test_a_team_that_begins_late_owes_nothing_for_the_weeks_before(shop: Practice) -> None:
    shop.know(at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    shop.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert set(states(shop).values()) == {State.NOT_YET}
    shop.now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert set(states(shop).values()) == {State.DUE}


def test_what_a_backfill_rebuilds_makes_nobody_late(shop: Practice) -> None:
    shop.know(at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    with shop.desk() as desk, desk.store.transaction():
        sample = desk.store.history.sample("api-1")
        assert sample is not None
        desk.store.history.add_sample(msgspec.structs.replace(sample, at=BEGIN, value=0.1, rebuilt=True))
    shop.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert states(shop)["api-1"] is State.NOT_YET


def test_the_most_urgent_comes_first(shop: Practice) -> None:
    shop.know()
    shop.say("checkout-1", at=FRIDAY)
    shop.say("api-1", at=FRIDAY + timedelta(days=8))
    shop.now = FRIDAY + timedelta(days=9)
    assert list(states(shop).items()) == [
        ("checkout-3", State.MISSED),
        ("checkout-1", State.LATE),
        ("api-1", State.DONE),
    ]


def test_the_list_of_one_owner_has_only_theirs(shop: Practice) -> None:
    assert set(states(shop, "BEN")) == {"api-1"}
    with pytest.raises(ConfigError) as refused:
        states(shop, "bem")
    assert refused.value.hint == "Did you mean --owner ben?"
    with pytest.raises(ConfigError) as refused:
        states(shop, "somebody")
    assert "ana, ben" in refused.value.hint
